// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CellFlags.cpp - A cell on the command line -------------------------===//

#include "se/Driver/CellFlags.h"

#include "llvm/ADT/StringExtras.h"

using namespace se;
namespace cl = llvm::cl;

CellFlags::CellFlags(cl::OptionCategory &category)
    : cell("cell",
           cl::desc("Instead of a network: one around a cell of the library "
                    "(--cell=help lists them) or of FILE.mlir; FILE.mlir:NAME "
                    "if it has several"),
           cl::value_desc("NAME|FILE"), cl::cat(category)),
      sizes("size", cl::desc("Sizes that the cell leaves open"),
            cl::value_desc("NAME=N,..."), cl::cat(category)),
      options("option",
              cl::desc("With --cell: another function or number for what its "
                       "text calls by this name, or a choice"),
              cl::value_desc("NAME[=VALUE]"), cl::cat(category)),
      randomWeights(
          "random-weights",
          cl::desc("With --cell: weights from this seed, and for int8 "
                   "random frames as calibration"),
          cl::value_desc("seed"), cl::cat(category)),
      weights("weights",
              cl::desc("With --cell: float32 arrays by the names of weights in "
                       "the cell's text"),
              cl::value_desc("FILE.npz"), cl::cat(category)) {}

CellOptions CellFlags::get() const {
  CellOptions result;
  result.cell = cell;
  result.sizes = llvm::join(sizes, ",");
  result.options.assign(options.begin(), options.end());
  if (randomWeights.getNumOccurrences())
    result.randomWeights = randomWeights;
  result.weightsFile = weights;
  return result;
}

llvm::Error CellFlags::check(llvm::StringRef network) const {
  if (isGiven() && !network.empty())
    return llvm::createStringError("--cell takes the place of a network, found "
                                   "'" +
                                   network + "' too");
  if (!isGiven() &&
      (!sizes.empty() || !options.empty() ||
       randomWeights.getNumOccurrences() || weights.getNumOccurrences()))
    return llvm::createStringError(
        "--size, --option, --random-weights and --weights go with --cell");
  return llvm::Error::success();
}

void CellFlags::addCalibration(CalibrationOptions &options,
                               llvm::StringRef precision) const {
  bool isFloat = precision == "fp32" || precision == "fp16";
  if (isGiven() && randomWeights.getNumOccurrences() && options.paths.empty() &&
      !isFloat)
    options.randomSeed = randomWeights;
}
