// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsSequence.cpp - Sequences of tensors -----------------------------===//
//
// Loops that PyTorch scripts append their results to a sequence, which is
// concatenated behind the loop. Over time each frame has one element of it.
//
//===----------------------------------------------------------------------===//

#include "Node.h"

using namespace llvm;
using namespace se::onnx_import;

static void pushSequence(Node &node, std::vector<Operand> elements) {
  Operand result;
  result.shape = {int64_t(elements.size())};
  result.open = {false};
  result.sequence =
      std::make_shared<const std::vector<Operand>>(std::move(elements));
  node.push(result);
}

static void importSequenceEmpty(Node &node) {
  node.ignore("dtype");
  pushSequence(node, {});
}

static void importSequenceConstruct(Node &node) {
  std::vector<Operand> elements;
  for (const Operand *x : node.inputs)
    elements.push_back(*x);
  pushSequence(node, std::move(elements));
}

/// False with an error if operand 0 is no sequence.
static bool isSequence(Node &node) {
  if (!node.at(0).sequence)
    node.error("input 0 is no sequence of tensors");
  return node.at(0).sequence != nullptr;
}

static void importSequenceInsert(Node &node) {
  if (!isSequence(node))
    return;
  if (node.at(1).sequence)
    return node.error("a sequence of sequences is not supported");
  if (node.find(2))
    return node.error("supported at the end of a sequence only");
  if (node.at(0).open[0])
    return node.error("adds to the results of a loop over time");
  std::vector<Operand> elements = *node.at(0).sequence;
  if (elements.size() == 4096)
    return node.error("a sequence of more than 4096 elements");
  elements.push_back(node.at(1));
  pushSequence(node, std::move(elements));
}

static void importSequenceAt(Node &node) {
  if (!isSequence(node))
    return;
  std::optional<Ints> position = node.intsOf(1, "");
  if (node.e.failed())
    return;
  const std::vector<Operand> &elements = *node.at(0).sequence;
  int64_t size = elements.size(),
          at = position->size() == 1 ? (*position)[0] : size;
  // The last frame is, for each frame, the frame itself.
  if (node.at(0).open[0] && at != -1)
    return node.error("takes the result of some frames; only that of the last "
                      "one is supported");
  if (at < -size || at >= size)
    return node.error("the position must be one number from " + Twine(-size) +
                      " to " + Twine(size - 1));
  node.push(elements[at < 0 ? at + size : at]);
}

static void importConcatFromSequence(Node &node) {
  Emitter &e = node.e;
  if (!isSequence(node))
    return;
  const std::vector<Operand> &elements = *node.at(0).sequence;
  bool isOpen = node.at(0).open[0], isNew = node.getInt("new_axis", 0) != 0;
  if (elements.empty())
    return node.error("the sequence is empty");
  int64_t rank = elements[0].rank() + isNew;
  int64_t axis = node.axis(node.getInt("axis", 0), rank);
  if (axis < 0)
    return;
  SmallVector<Operand, 2> parts;
  for (const Operand &x : elements) {
    Shape shape = x.shape;
    Flags open = x.open;
    if (isNew) {
      shape.insert(shape.begin() + std::min<int64_t>(axis, x.rank()), 1);
      open.insert(open.begin() + std::min<int64_t>(axis, x.rank()), false);
    }
    bool fits = int64_t(shape.size()) == rank;
    for (int64_t d = 0; fits && d < rank && !parts.empty(); ++d)
      fits = d == axis || shape[d] == parts[0].shape[d];
    if (!fits || x.isFloat() != elements[0].isFloat())
      return node.error("shapes or types of the elements differ");
    if (isOpen && shape[axis] != 1)
      return node.error("each frame adds " + Twine(shape[axis]) +
                        " elements along axis " + Twine(axis) +
                        "; only one is supported");
    open[axis] = open[axis] || isOpen;
    parts.push_back(e.reshape(x, shape, open));
  }
  node.push(e.concat(parts, axis));
}

void se::onnx_import::addSequences(OperatorTable &table) {
  table["SequenceEmpty"] = {importSequenceEmpty, 0, 0};
  table["SequenceConstruct"] = {importSequenceConstruct, 1, variadic,
                                /*moves=*/true};
  table["SequenceInsert"] = {importSequenceInsert, 2, 3, /*moves=*/true,
                             /*takesSequences=*/true};
  table["SequenceAt"] = {importSequenceAt, 2, 2, /*moves=*/true,
                         /*takesSequences=*/true};
  table["ConcatFromSequence"] = {importConcatFromSequence, 1, 1,
                                 /*moves=*/true, /*takesSequences=*/true};
}
