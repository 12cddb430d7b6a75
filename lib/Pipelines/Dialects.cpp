// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Dialects.cpp - What may stand in a module --------------------------===//

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/DSP/DSP.h"
#include "se/Dialect/Plan/Plan.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/XPulp/XPulpDialect.h"
#include "se/Pipelines/Pipelines.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"

using namespace mlir;
using namespace se;

void se::registerDialects(DialectRegistry &registry) {
  registry.insert<rnn::RNNDialect, dsp::DSPDialect, plan::PlanDialect,
                  cluster::ClusterDialect, xpulp::XPulpDialect,
                  vector::VectorDialect, arith::ArithDialect, math::MathDialect,
                  tensor::TensorDialect, quant::QuantDialect,
                  memref::MemRefDialect, scf::SCFDialect, func::FuncDialect,
                  cf::ControlFlowDialect, LLVM::LLVMDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
}
