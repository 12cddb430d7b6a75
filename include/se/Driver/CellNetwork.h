// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CellNetwork.h - A network around one cell ----------------*- C++ -*-===//

#ifndef SE_DRIVER_CELLNETWORK_H
#define SE_DRIVER_CELLNETWORK_H

#include "se/Dialect/RNN/RNN.h"
#include "se/Support/Npz.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/OwningOpRef.h"

#include <map>
#include <optional>

namespace se {

/// What a network is made of that consists of a cell.
struct CellOptions {
  /// A cell of the library, or FILE.mlir, which has one, or FILE.mlir:NAME.
  std::string cell;
  /// "x=40,h=64"; empty if the cell leaves no sizes open.
  std::string sizes;
  /// "NAME=VALUE" or "NAME" of options that the cell's text names: a function
  /// ("relu", "#rnn.act<elu, alpha = 0.5 : f32>"), a number, or a choice.
  std::vector<std::string> options;
  /// The seed of random weights.
  std::optional<uint64_t> randomWeights;
  /// FILE.npz with an array for each weight.
  std::string weightsFile;
};

/// Weights by their names in the cell's text.
using CellWeights = std::map<std::string, NpyArray>;

/// A cell with known sizes, in a module of its own.
class SizedCell {
public:
  /// Reads the cell. Emits one error and returns nothing on failure.
  static std::optional<SizedCell> load(const CellOptions &options,
                                       mlir::MLIRContext &context);

  /// Within the range of each weight, or else such that a sum of products has
  /// the variance of what is multiplied; optional weights are left out. The
  /// same numbers on each machine.
  CellWeights makeWeights(uint64_t seed);
  /// A network with the cell's inputs, states, which start from zero, and
  /// outputs: y, or y1, y2, ... Consumes the cell. Error: one line, or
  /// diagnosed.
  llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
  makeNetwork(CellWeights weights);

private:
  SizedCell(mlir::OwningOpRef<mlir::ModuleOp> module, rnn::CellOp cell)
      : module(std::move(module)), cell(cell) {}
  llvm::Error setSizes(llvm::StringRef text);
  llvm::Error setOptions(llvm::ArrayRef<std::string> texts);
  mlir::RankedTensorType getType(unsigned argument);
  llvm::Expected<llvm::SmallVector<mlir::Value>>
  makeConstants(mlir::ImplicitLocOpBuilder &b, CellWeights weights,
                llvm::SmallVectorImpl<llvm::StringRef> &without);

  mlir::OwningOpRef<mlir::ModuleOp> module;
  rnn::CellOp cell;
  std::vector<llvm::SmallVector<int64_t>> shapes; ///< of all arguments
  mlir::DictionaryAttr options;                   ///< null if there are none
};

/// The network that `options` ask for. Emits one error and returns nothing on
/// failure.
mlir::OwningOpRef<mlir::ModuleOp> makeCellNetwork(const CellOptions &options,
                                                  mlir::MLIRContext &context);

/// An error if the module has cells and no network.
mlir::LogicalResult checkNotOnlyCells(mlir::ModuleOp module);

/// All cells of the library: what they are, sizes, states, weights.
std::string listCells();

} // namespace se

#endif // SE_DRIVER_CELLNETWORK_H
