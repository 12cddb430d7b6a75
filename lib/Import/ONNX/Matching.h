// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Matching.h - Cheapest pairs, and whether they are unique -*- C++ -*-===//

#ifndef SE_LIB_IMPORT_ONNX_MATCHING_H
#define SE_LIB_IMPORT_ONNX_MATCHING_H

#include <cstdint>
#include <optional>
#include <vector>

namespace se::onnx_import {

/// The cost of each pair of a left and a right element; nothing where they
/// cannot be a pair.
using PairCosts = std::vector<std::vector<std::optional<int64_t>>>;

struct Matching {
  /// For each left element its right one, or -1.
  std::vector<int> partner;
  unsigned size = 0;
  /// No other matching of this size has the same cost.
  bool isUnique = true;
};

/// Of the matchings with the most pairs, but at most `limit`, one that costs
/// the least.
Matching findMatching(const PairCosts &costs, unsigned limit);

/// All matchings of `size` pairs, cheapest first; nothing if there are more
/// than `atMost`.
std::optional<std::vector<std::vector<int>>>
listMatchings(const PairCosts &costs, unsigned size, size_t atMost);

} // namespace se::onnx_import

#endif // SE_LIB_IMPORT_ONNX_MATCHING_H
