// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Layers.h - What each layer computes with -----------------*- C++ -*-===//

#ifndef SE_DRIVER_LAYERS_H
#define SE_DRIVER_LAYERS_H

#include "se/Pipelines/Pipelines.h"
#include "se/Quantization/Search.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

namespace se {

/// Lowers a module of any phase to `legalized`, if it comes before, and returns
/// what a report then tells of layers: its keys "sizes", "layers",
/// "fp16_layers" and "loss" (docs/report.md), those that there is something to
/// say for. `candidates`: what a search for the policy tried. Emits errors.
mlir::FailureOr<llvm::json::Object>
legalizeAndDescribe(mlir::ModuleOp module, const PipelineOptions &options,
                    llvm::ArrayRef<quantization::Candidate> candidates);

} // namespace se

#endif // SE_DRIVER_LAYERS_H
