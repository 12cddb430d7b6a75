// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Search.h - The fastest policy that is good enough --------*- C++ -*-===//

#ifndef SE_QUANTIZATION_SEARCH_H
#define SE_QUANTIZATION_SEARCH_H

#include "se/Quantization/Policy.h"

#include <functional>
#include <optional>

namespace se::quantization {

/// What a policy costs.
struct Cost {
  int64_t cycles = 0;         ///< per frame, as the planner predicts
  int64_t parameterBytes = 0; ///< of the program
};

/// What a policy loses over whole recordings.
struct LossTrend {
  double loss = 0;
  /// In the first, second, ... part of the recordings' time, of equal length.
  std::vector<double> parts;

  /// From part to part, to more than twice the first and a tenth of `maxLoss`:
  /// it would leave that bound some time.
  bool isGrowing(double maxLoss) const;
};

/// A policy that was tried: these layers and gates int8, `wide` layers fp32,
/// all others fp16.
struct Candidate {
  std::vector<std::string> layers, wide;
  bool isAll = false; ///< layers are int8
  Cost cost;
  double loss = 0;
  /// Of a candidate that was to be chosen.
  std::optional<LossTrend> trend;
  bool isRefused = false; ///< for its trend
  double maxLoss = 0;     ///< the bound
  /// No other candidate is at least as fast and as good.
  bool isPareto = false;
  bool isChosen = false;
};

/// What may be int8: a layer, and its gates, by their names in policies.
struct QuantizableLayer {
  std::string name;
  std::vector<std::string> gates;
};

struct SearchOptions {
  /// Of a candidate that may be chosen.
  double maxLoss = 0;
  std::function<llvm::Expected<Cost>(const Policy &)> getCost;
  /// Of what the network computes, against fp32; 0 is none.
  std::function<llvm::Expected<double>(const Policy &)> getLoss;
  /// Of a candidate that is to be chosen; none is refused if that is empty.
  std::function<llvm::Expected<LossTrend>(const Policy &)> getTrend;
  /// Layers that may be fp32, also those without a matrix.
  std::vector<std::string> allLayers;
  /// Is told of each candidate.
  std::function<void(const Candidate &)> progress;
};

struct SearchResult {
  Policy policy;
  std::vector<Candidate> candidates; ///< the fastest first
};

/// Makes layers int8 that give the most cycles for their loss first: those
/// alone, then more and more of them together, and from the fastest of these
/// within the bound every further layer that still is. Of layers that are left
/// out, gates follow in the same way. Takes about three times as many trials as
/// there are layers and gates of layers left out. `base` has the default fp16
/// and the ranges.
///
/// What is chosen is judged by its trend, too; if that is refused, the next
/// fastest is. If not even fp16 is good enough, layers become fp32, those first
/// that alone leave the least loss, until it is, and int8 is tried for others.
llvm::Expected<SearchResult>
searchPolicy(const Policy &base, llvm::ArrayRef<QuantizableLayer> layers,
             const SearchOptions &options);

} // namespace se::quantization

#endif // SE_QUANTIZATION_SEARCH_H
