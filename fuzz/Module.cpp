// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Module.cpp - MLIR text of our dialects -----------------------------===//
//
// Our parsers, verifiers and printers, and the checks of what is read. MLIR's
// own reader of bytecode is left out: it crashes on damage, which is why the
// tools read in a process of their own.
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/Plan/Plan.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Pipelines/ReadModule.h"

#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/raw_ostream.h"

using namespace se;

static mlir::DialectRegistry makeRegistry() {
  mlir::DialectRegistry registry;
  registry.insert<rnn::RNNDialect, plan::PlanDialect, cluster::ClusterDialect,
                  mlir::arith::ArithDialect, mlir::func::FuncDialect,
                  mlir::math::MathDialect, mlir::memref::MemRefDialect,
                  mlir::quant::QuantDialect, mlir::scf::SCFDialect,
                  mlir::tensor::TensorDialect, mlir::vector::VectorDialect>();
  return registry;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const mlir::DialectRegistry registry = makeRegistry();
  // The lexer wants a zero behind the text.
  std::string input = fuzz::toText(data, size).str();
  llvm::MemoryBufferRef content(input, "fuzz.mlir");
  if (mlir::isBytecode(content))
    return 0;
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.getDiagEngine().registerHandler([](mlir::Diagnostic &) {});
  auto module = readModuleHere(content, context);
  if (!module)
    return 0;
  std::string text;
  llvm::raw_string_ostream os(text);
  module->print(os, mlir::OpPrintingFlags().enableDebugInfo());
  fuzz::require(bool(readModuleHere({text, "again.mlir"}, context)),
                "what is printed is not read");
  return 0;
}
