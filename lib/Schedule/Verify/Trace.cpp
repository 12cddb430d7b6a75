// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Trace.cpp - What a core does to memory -----------------------------===//

#include "Trace.h"

using namespace se::schedule::proof;

unsigned Buffers::addBuffer(Buffer buffer) {
  buffers.push_back(std::move(buffer));
  return buffers.size() - 1;
}

unsigned Buffers::getView(View view) {
  auto [it, isNew] = numbers.try_emplace(
      {view.buffer, view.begin, view.end, view.line}, views.size());
  if (isNew)
    views.push_back(view);
  return it->second;
}

std::string Buffers::describe(unsigned buffer, int64_t begin,
                              int64_t end) const {
  return "bytes " + std::to_string(begin) + " to " + std::to_string(end - 1) +
         " of " + buffers[buffer].name;
}

bool Side::overlaps(unsigned otherBuffer, int64_t otherBegin,
                    int64_t otherEnd) const {
  if (buffer != otherBuffer || otherBegin >= getEnd() || otherEnd <= begin)
    return false;
  // The last line that starts at or before the other, and the one behind it.
  int64_t number = std::max<int64_t>(0, (otherBegin - begin) / stride);
  int64_t start = begin + number * stride;
  return (start < otherEnd && otherBegin < start + line) ||
         (number + 1 < bytes / line && start + stride < otherEnd);
}

bool Side::overlaps(const Side &other) const {
  for (int64_t i = 0; i < other.bytes; i += other.line)
    if (overlaps(other.buffer, other.at(i), other.at(i) + other.line))
      return true;
  return false;
}
