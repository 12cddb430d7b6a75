// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SlicedParts.cpp - What slices take of concatenations ---------------===//

#include "SlicedParts.h"

using namespace mlir;
using namespace se::onnx_import;

SlicedParts::SlicedParts(Value source) {
  auto concat = source.getDefiningOp<tensor::ConcatOp>();
  if (!concat) {
    values = {source};
    return;
  }
  axis = concat.getDim();
  int64_t end = 0;
  for (Value part : concat.getInputs()) {
    values.push_back(part);
    end += cast<ShapedType>(part.getType()).getDimSize(axis);
    ends.push_back(end);
  }
}

SlicedParts::Range SlicedParts::getTaken(tensor::ExtractSliceOp slice) const {
  if (ends.empty())
    return {0, 1};
  int64_t first = slice.getStaticOffsets()[axis];
  int64_t last = first + (slice.getStaticSizes()[axis] - 1) *
                             slice.getStaticStrides()[axis];
  // The parts that end behind the first element, up to that of the last.
  size_t begin = llvm::upper_bound(ends, first) - ends.begin();
  size_t end = llvm::upper_bound(ends, last) - ends.begin();
  return {begin, std::min(end + 1, values.size())};
}

SlicedParts::Range SlicedParts::getWhole(tensor::ExtractSliceOp slice) const {
  if (ends.empty())
    return {0, size_t(slice.getSourceType() == slice.getType())};
  for (int64_t d = 0; d < slice.getSourceType().getRank(); ++d)
    if (d != axis &&
        slice.getStaticSizes()[d] != slice.getSourceType().getDimSize(d))
      return {0, 0};
  if (slice.getStaticStrides()[axis] != 1)
    return {0, 0};
  Range range = getTaken(slice);
  int64_t first = slice.getStaticOffsets()[axis];
  int64_t behind = first + slice.getStaticSizes()[axis];
  auto startOf = [&](size_t part) { return part ? ends[part - 1] : 0; };
  if (range.begin < range.end && startOf(range.begin) < first)
    ++range.begin;
  if (range.begin < range.end && ends[range.end - 1] > behind)
    --range.end;
  return range;
}
