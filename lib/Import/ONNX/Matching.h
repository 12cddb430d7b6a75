// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Matching.h - Cheapest pairs, and whether they are unique -*- C++ -*-===//

#ifndef SE_LIB_IMPORT_ONNX_MATCHING_H
#define SE_LIB_IMPORT_ONNX_MATCHING_H

#include <cstdint>
#include <optional>
#include <vector>

namespace se::onnx_import {

/// A left and a right element that can be a pair, and what it costs.
struct PossiblePair {
  unsigned left, right;
  int64_t cost;
};
struct PossiblePairs {
  unsigned numLeft, numRight;
  /// By left, then by right element.
  std::vector<PossiblePair> pairs;
};

struct Matching {
  /// For each left element its right one, or -1.
  std::vector<int> partner;
  unsigned size = 0;
  /// No other matching of this size has the same cost.
  bool isUnique = true;
};

/// Of the matchings with the most pairs, but at most `limit`, one that costs
/// the least.
Matching findMatching(const PossiblePairs &possible, unsigned limit);

/// All matchings of `size` pairs, cheapest first; nothing if there are more
/// than `atMost`.
std::optional<std::vector<std::vector<int>>>
listMatchings(const PossiblePairs &possible, unsigned size, size_t atMost);

} // namespace se::onnx_import

#endif // SE_LIB_IMPORT_ONNX_MATCHING_H
