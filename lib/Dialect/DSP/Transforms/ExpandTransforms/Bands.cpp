// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Bands.cpp - Bands as products of small matrices --------------------===//
//
// The matrix of bands and bins has two diagonals of weights. It is cut into
// pieces, groups of bands that lie side by side and the bins that they hold, so
// that few zeros are in any, and there are few.
//
//===----------------------------------------------------------------------===//

#include "Bands.h"

#include "llvm/ADT/SmallVectorExtras.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace se::dsp;

namespace {
/// Items [begin, end).
struct Group {
  int64_t begin, end;
  int64_t size() const { return end - begin; }
};
} // namespace

/// Cuts `count` items into groups. `cost` is the number of products of one.
static SmallVector<Group>
cutIntoGroups(int64_t count, llvm::function_ref<int64_t(Group)> cost) {
  /// What a group costs besides, in products on 8 cores: a stage of its own,
  /// measured with bands of Mel, Bark and RNNoise (docs/rationale/dsp.md).
  constexpr int64_t costOfGroup = 400;
  SmallVector<int64_t> least{0}, starts{0}; // of what ends before an item
  for (int64_t end = 1; end <= count; ++end) {
    int64_t best = std::numeric_limits<int64_t>::max(), bestBegin = 0;
    for (int64_t begin = end; begin-- > 0;) {
      int64_t total = least[begin] + costOfGroup + cost({begin, end});
      if (total < best) {
        best = total;
        bestBegin = begin;
      }
    }
    least.push_back(best);
    starts.push_back(bestBegin);
  }
  SmallVector<Group> groups;
  for (int64_t end = count; end > 0; end = starts[end])
    groups.push_back({starts[end], end});
  std::reverse(groups.begin(), groups.end());
  return groups;
}

/// The weight of a bin in a band.
static float getWeight(const BandWeights &band, int64_t bin) {
  int64_t i = bin - band.firstBin;
  return i >= 0 && i < int64_t(band.weights.size()) ? float(band.weights[i])
                                                    : 0.0f;
}

Value se::dsp::expandBands(ComplexBuilder &c, BandsOp op) {
  SmallVector<BandWeights> bands = getBandWeights(op.getEdges());
  auto getBins = [&](Group group) -> Group {
    const BandWeights &last = bands[group.end - 1];
    return {bands[group.begin].firstBin,
            last.firstBin + int64_t(last.weights.size())};
  };
  SmallVector<Value> parts;
  for (Group group : cutIntoGroups(int64_t(bands.size()), [&](Group candidate) {
         return candidate.size() * getBins(candidate).size();
       })) {
    Group bins = getBins(group);
    SmallVector<float> weights;
    for (int64_t band = group.begin; band != group.end; ++band)
      for (int64_t bin = bins.begin; bin != bins.end; ++bin)
        weights.push_back(getWeight(bands[band], bin));
    parts.push_back(c.matvec(weights, group.size(),
                             c.slice(op.getX(), bins.begin, bins.size())));
  }
  return parts.size() == 1 ? parts.front() : c.concat(parts);
}

Value se::dsp::expandSpread(ComplexBuilder &c, SpreadOp op) {
  SmallVector<BandWeights> bands = getBandWeights(op.getEdges());
  int64_t count = int64_t(bands.size());
  // Between two edges bins belong to the same one or two bands.
  auto firstBins = llvm::map_to_vector(
      op.getEdges(), [](double edge) { return int64_t(std::ceil(edge)); });
  auto getBins = [&](Group group) -> Group {
    return {firstBins[group.begin], firstBins[group.end]};
  };
  auto getBands = [&](Group group) -> Group {
    return {std::max<int64_t>(group.begin - 1, 0), std::min(group.end, count)};
  };
  SmallVector<Value> parts;
  auto addZeros = [&](int64_t number) {
    if (number > 0)
      parts.push_back(c.constant(0, number));
  };
  addZeros(firstBins.front());
  for (Group group : cutIntoGroups(count + 1, [&](Group candidate) {
         return getBins(candidate).size() * getBands(candidate).size();
       })) {
    Group bins = getBins(group), inputs = getBands(group);
    if (!bins.size())
      continue;
    SmallVector<float> weights;
    for (int64_t bin = bins.begin; bin != bins.end; ++bin)
      for (int64_t band = inputs.begin; band != inputs.end; ++band)
        weights.push_back(getWeight(bands[band], bin));
    parts.push_back(c.matvec(weights, bins.size(),
                             c.slice(op.getX(), inputs.begin, inputs.size())));
  }
  addZeros(sizeOf(op.getY()) - firstBins.back());
  return parts.size() == 1 ? parts.front() : c.concat(parts);
}
