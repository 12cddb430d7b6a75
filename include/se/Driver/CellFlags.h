// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CellFlags.h - A cell on the command line -----------------*- C++ -*-===//

#ifndef SE_DRIVER_CELLFLAGS_H
#define SE_DRIVER_CELLFLAGS_H

#include "se/Driver/CalibrationFlags.h"
#include "se/Driver/CellNetwork.h"

#include "llvm/Support/CommandLine.h"

namespace se {

/// The options of a tool: --cell, --size, --option, --random-weights and
/// --weights.
class CellFlags {
public:
  explicit CellFlags(llvm::cl::OptionCategory &category);

  bool isGiven() const { return cell.getNumOccurrences() != 0; }
  /// --cell=help.
  bool wantsList() const { return cell == "help"; }
  CellOptions get() const;
  /// What is wrong with how options go together; `network` is the tool's other
  /// way to name one.
  llvm::Error check(llvm::StringRef network) const;
  /// Random frames, for random weights, if nothing else is given.
  void addCalibration(CalibrationOptions &options,
                      llvm::StringRef precision) const;

private:
  llvm::cl::opt<std::string> cell;
  llvm::cl::list<std::string> sizes, options;
  llvm::cl::opt<uint64_t> randomWeights;
  llvm::cl::opt<std::string> weights;
};

} // namespace se

#endif // SE_DRIVER_CELLFLAGS_H
