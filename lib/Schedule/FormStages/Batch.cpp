// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Batch.cpp - Matrices that vectors of a batch share -----------------===//

#include "Batch.h"

#include "../Planning/Positions.h"

#include "se/Schedule/Indexing.h"

#include <map>

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// Rows are dealt to cores, so fewer leave most of them idle: then it is faster
/// to compute element by element.
static constexpr size_t leastRows = 4;

plan::BatchAttr schedule::findBatch(int64_t elements,
                                    ArrayRef<plan::DotOp> dots,
                                    const char *&why) {
  why = "the elements of its stage are not all pairs of a row and a vector of "
        "a batch";
  // By where vectors begin, the elements that read them by their rows.
  using Key = std::vector<int64_t>;
  std::map<Key, std::multimap<Key, int64_t>> vectors;
  for (int64_t element = 0; element != elements; ++element) {
    Key vector, rows;
    for (plan::DotOp dot : dots) {
      vector.push_back(evaluatePosition(getStart(dot), {element}));
      rows.push_back(evaluatePosition(getRow(dot), {element}));
    }
    vectors[vector].insert({rows, element});
  }
  const auto &first = vectors.begin()->second;
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
      return nullptr;
  }
  MLIRContext *context = dots.front()->getContext();
  AffineExpr ofRow = fitStrides(byRow, getAffineDimExpr(0, context));
  AffineExpr ofVector = fitStrides(byVector, getAffineDimExpr(1, context));
  if (!ofRow || !ofVector)
    return nullptr;
  AffineExpr element = ofRow + ofVector;
  int64_t b = 0;
  for (auto &[key, members] : vectors) {
    int64_t r = 0;
    for (auto &[rows, number] : members)
      if (evaluatePosition(element, {r++, b}) != number)
        return nullptr;
    ++b;
  }
  if (first.size() < leastRows) {
    why = "its rows are too few for the cores to share";
    return nullptr;
  }
  auto batch = plan::BatchAttr::get(context, int64_t(first.size()),
                                    int64_t(vectors.size()),
                                    AffineMap::get(2, 0, element));
  // Where a vector begins has to be an expression of its number, too.
  if (!llvm::all_of(dots, [&](plan::DotOp dot) {
        return bool(getStartOfVector(dot, batch));
      }))
    return nullptr;
  return batch;
}
