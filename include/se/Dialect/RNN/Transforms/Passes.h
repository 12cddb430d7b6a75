// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.h - Passes on the rnn dialect ---------------------*- C++ -*-===//

#ifndef SE_DIALECT_RNN_TRANSFORMS_PASSES_H
#define SE_DIALECT_RNN_TRANSFORMS_PASSES_H

#include "se/Quantization/Policy.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace se::rnn {
class NetworkOp;

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "se/Dialect/RNN/Transforms/Passes.h.inc"

/// What --rnn-fold-constants does, within `root`.
void foldConstants(mlir::Operation *root);

/// Replaces all applications of cells in networks by the cells' bodies, and
/// evaluates what these make of their weights alone. Emits an error if a cell
/// applies itself.
mlir::LogicalResult inlineCells(mlir::ModuleOp module);

/// What --rnn-instantiate-cells does. Results of applications may be open here.
mlir::LogicalResult instantiateCells(mlir::ModuleOp module);

/// What the passes of these names do.
void writeLayers(mlir::ModuleOp module);
void readLayers(mlir::ModuleOp module);

/// Splits the sums of a network without cells by gates, and returns the
/// locations of the products that a policy may name (LayerName.h): matvecs, and
/// the slices that can be computed by matvecs of their own.
llvm::SmallVector<mlir::Location> splitAllGates(NetworkOp network);

/// What stands before the name of a tensor in the name of an output that
/// `--rnn-expose-observed` made.
constexpr llvm::StringLiteral observedPrefix = "observed:";

/// On a network: the layers that its policy's base would make int8 and that
/// stay fp16, each with the reason. --rnn-weigh-layers sets it.
constexpr llvm::StringLiteral halfLayersAttrName = "se.fp16_layers";
/// What this attribute says in the module's network; nothing if there is none.
mlir::DictionaryAttr getHalfLayers(mlir::ModuleOp module);

/// The passes with a policy that has been loaded.
std::unique_ptr<mlir::Pass>
createSplitLayers(const quantization::Policy &policy);
std::unique_ptr<mlir::Pass>
createWeighLayers(const quantization::Policy &policy);
std::unique_ptr<mlir::Pass>
createChooseFloats(const quantization::Policy &policy);
std::unique_ptr<mlir::Pass> createQuantize(const quantization::Policy &policy);
std::unique_ptr<mlir::Pass>
createAssignFloats(const quantization::Policy &policy);

} // namespace se::rnn

#endif // SE_DIALECT_RNN_TRANSFORMS_PASSES_H
