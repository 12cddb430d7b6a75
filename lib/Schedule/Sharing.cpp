// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Sharing.cpp - Matrices that vectors of a batch share ---------------===//

#include "Sharing.h"

#include "Records.h"

#include "se/Schedule/Indexing.h"

#include <map>

using namespace mlir;
using namespace se;
using namespace se::schedule;

AffineExpr schedule::fitStrides(ArrayRef<int64_t> values, AffineExpr index) {
  auto size = int64_t(values.size());
  AffineExpr sum = getAffineConstantExpr(values[0], index.getContext());
  for (int64_t period = 1; period < size;) {
    int64_t stride = values[period] - values[0], count = 2;
    while (count * period < size &&
           values[count * period] == values[0] + count * stride)
      ++count;
    if (size % (count * period))
      return {};
    AffineExpr digit = index.floorDiv(period);
    if (count * period != size)
      digit = digit % count;
    sum = sum + digit * stride;
    period *= count;
  }
  for (int64_t i = 0; i != size; ++i)
    if (evaluatePosition(sum, {i, i}) != values[i])
      return {};
  return sum;
}

std::optional<Sharing> schedule::findSharing(int64_t elements,
                                             MutableArrayRef<RowBlock> blocks) {
  // By where vectors begin, the elements that read them by their rows.
  using Key = std::vector<int64_t>;
  std::map<Key, std::multimap<Key, int64_t>> vectors;
  for (int64_t element = 0; element != elements; ++element) {
    Key vector, rows;
    for (const RowBlock &block : blocks) {
      vector.push_back(evaluatePosition(block.from, {element}));
      for (const RowBlock::Sum &sum : block.sums)
        rows.push_back(sum.getRow(element));
    }
    vectors[vector].insert({rows, element});
  }
  const auto &first = vectors.begin()->second;
  Sharing sharing;
  sharing.rows = int64_t(first.size());
  sharing.vectors = int64_t(vectors.size());
  std::vector<int64_t> byRow, byVector;
  for (auto &[rows, element] : first)
    byRow.push_back(element);
  for (auto &[vector, members] : vectors) {
    byVector.push_back(members.begin()->second - byRow.front());
    auto isSame = [](const auto &a, const auto &b) {
      return a.first == b.first;
    };
    if (!std::equal(members.begin(), members.end(), first.begin(), first.end(),
                    isSame))
      return std::nullopt;
  }
  MLIRContext *context = blocks.front().from.getContext();
  AffineExpr row = getAffineDimExpr(0, context);
  AffineExpr vector = getAffineDimExpr(1, context);
  AffineExpr ofRow = fitStrides(byRow, row);
  AffineExpr ofVector = fitStrides(byVector, vector);
  if (!ofRow || !ofVector)
    return std::nullopt;
  sharing.element = ofRow + ofVector;
  int64_t b = 0;
  for (auto &[key, members] : vectors) {
    int64_t r = 0;
    for (auto &[rows, element] : members)
      if (evaluatePosition(sharing.element, {r++, b}) != element)
        return std::nullopt;
    ++b;
  }
  SmallVector<AffineExpr> places;
  for (auto [k, block] : llvm::enumerate(blocks)) {
    std::vector<int64_t> from;
    for (auto &[key, members] : vectors)
      from.push_back(key[k]);
    places.push_back(fitStrides(from, vector));
    if (!places.back())
      return std::nullopt;
  }
  for (auto [block, place] : llvm::zip(blocks, places))
    block.from = place;
  return sharing;
}
