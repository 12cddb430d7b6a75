// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsShape.cpp - Operators that keep the order of the elements -------===//
//
// Reshape and its like. The question they must answer is where the open
// dimensions go, and whether frames would be merged into features.
//
//===----------------------------------------------------------------------===//

#include "Node.h"

using namespace llvm;
using namespace se::onnx_import;

static void importIdentity(Node &node) { node.push(node.at(0)); }

static void importDropout(Node &node) {
  node.ignore("ratio");
  node.ignore("seed");
  const Operand *training = node.find(2);
  if (training && (!training->tensor || training->isFloat() ||
                   training->tensor->size() != 1 || training->tensor->ints[0]))
    return node.error("training mode is not supported; export for inference");
  node.push(node.at(0));
}

static void importTranspose(Node &node) {
  const Operand &x = node.at(0);
  Ints perm = node.getInts("perm");
  if (perm.empty())
    for (int64_t d = x.rank() - 1; d >= 0; --d)
      perm.push_back(d);
  SmallVector<bool> seen(x.rank(), false);
  bool valid = int64_t(perm.size()) == x.rank();
  for (int64_t d : perm) {
    valid = valid && d >= 0 && d < x.rank() && !seen[d];
    if (valid)
      seen[d] = true;
  }
  if (!valid)
    return node.error("perm " + toString(perm) +
                      " is no permutation of the dimensions of " +
                      toString(x.shape));
  node.push(node.e.transpose(x, perm));
}

/// Reports that elements along an open dimension and others would become one
/// dimension.
static void merges(Node &node, int64_t from) {
  node.mixes(from, "merges other dimensions with");
}

static void importReshape(Node &node) {
  const Operand &x = node.at(0), &target = node.at(1);
  if (!target.tensor || target.isFloat() || target.rank() != 1)
    return node.error("the shape must be a constant list of integers");
  bool allowZero = node.getInt("allowzero", 0) != 0;
  Shape shape(target.tensor->ints.begin(), target.tensor->ints.end());
  if (shape.size() > maxRank)
    return node.error("a shape of " + Twine(shape.size()) + " dimensions");
  Flags open(shape.size(), false);
  int64_t wildcard = -1, known = 1;
  auto impossible = [&] {
    node.error("cannot reshape " + toString(x.shape) + " to " +
               toString(target.tensor->ints));
  };
  // Open dimensions that the target names: by copying (0), or by a number that
  // was computed from them.
  int64_t placed = 0;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 0 && !allowZero) {
      if (int64_t(d) >= x.rank())
        return impossible();
      shape[d] = x.shape[d];
      open[d] = x.open[d];
    } else if (shape[d] == -1) {
      if (wildcard >= 0)
        return node.error("the shape has two unknown dimensions");
      wildcard = d;
      continue;
    } else if (target.tensor->isDynamic(d)) {
      if (shape[d] != 1)
        return node.error(
            "dimension " + Twine(d) + " of the new shape merges frames with " +
            Twine(shape[d]) + " elements; export with sequence length 1");
      open[d] = true;
    }
    placed += open[d];
    if (shape[d] < 0 || (shape[d] > 0 && known > maxElements / shape[d]))
      return impossible();
    known *= shape[d];
  }
  std::optional<int64_t> count = countElements(x.shape);
  if (wildcard >= 0) {
    if (known == 0 || *count % known != 0)
      return impossible();
    shape[wildcard] = *count / known;
    // What the target does not name goes where the size is left open. With all
    // sizes given the exporter has fixed the open dimensions to 1.
    if (llvm::count(x.open, true) > placed) {
      if (shape[wildcard] != 1)
        return merges(node, find(x.open, true) - x.open.begin());
      open[wildcard] = true;
    }
  } else if (known != *count) {
    return impossible();
  }
  node.push(node.e.reshape(x, shape, open));
}

static void importFlatten(Node &node) {
  const Operand &x = node.at(0);
  int64_t axis = node.getInt("axis", 1);
  if (axis < 0)
    axis += x.rank();
  if (axis < 0 || axis > x.rank())
    return node.error("axis " + Twine(axis) + " is out of range");
  Shape shape{1, 1};
  Flags open{false, false};
  for (int64_t d = 0; d < x.rank(); ++d) {
    shape[d >= axis] *= x.shape[d];
    open[d >= axis] = open[d >= axis] || x.open[d];
  }
  for (unsigned i = 0; i < 2; ++i)
    if (open[i] && shape[i] != 1)
      return merges(node, find(x.open, true) - x.open.begin());
  node.push(node.e.reshape(x, shape, open));
}

static void importSqueeze(Node &node) {
  const Operand &x = node.at(0);
  std::optional<Ints> axes = node.intsOf(1, "axes");
  if (node.e.failed())
    return;
  // Without axes an open dimension stays: in general it is not 1.
  if (!axes) {
    axes.emplace();
    for (int64_t d = 0; d < x.rank(); ++d)
      if (x.shape[d] == 1 && !x.open[d])
        axes->push_back(d);
  }
  if (!node.axesOf(*axes, x.rank()))
    return;
  Shape shape;
  Flags open;
  for (int64_t d = 0; d < x.rank(); ++d) {
    if (!is_contained(*axes, d)) {
      shape.push_back(x.shape[d]);
      open.push_back(x.open[d]);
    } else if (x.shape[d] != 1) {
      return node.error("dimension " + Twine(d) + " of " + toString(x.shape) +
                        " is not 1");
    }
  }
  node.push(node.e.reshape(x, shape, open));
}

static void importUnsqueeze(Node &node) {
  const Operand &x = node.at(0);
  std::optional<Ints> axes = node.intsOf(1, "axes");
  if (node.e.failed())
    return;
  if (!axes)
    return node.error("input 1 (axes) is missing");
  if (x.rank() + axes->size() > maxRank)
    return node.error("result with more than " + Twine(maxRank) +
                      " dimensions");
  int64_t rank = x.rank() + axes->size();
  if (!node.axesOf(*axes, rank))
    return;
  Shape shape;
  Flags open;
  for (int64_t d = 0, from = 0; d < rank; ++d) {
    bool added = is_contained(*axes, d);
    shape.push_back(added ? 1 : x.shape[from]);
    open.push_back(added ? false : x.open[from]);
    from += !added;
  }
  node.push(node.e.reshape(x, shape, open));
}

static void importExpand(Node &node) {
  const Operand &x = node.at(0), &target = node.at(1);
  if (!target.tensor || target.isFloat() || target.rank() != 1)
    return node.error("the shape must be a constant list of integers");
  Shape wanted(target.tensor->ints.begin(), target.tensor->ints.end());
  if (wanted.size() > maxRank || !countElements(wanted))
    return node.error("the shape " + toString(wanted) +
                      " is negative or too large");
  Operand like;
  like.shape = wanted;
  for (size_t d = 0; d < wanted.size(); ++d) {
    like.open.push_back(target.tensor->isDynamic(d));
    if (like.open[d] && wanted[d] != 1)
      return node.error("the shape multiplies the number of frames; export "
                        "with sequence length 1");
  }
  Shape shape;
  Flags open;
  if (!node.e.broadcastShapes({&x, &like}, shape, open))
    return;
  node.push(x.tensor ? node.e.expand(x, shape)
                     : node.e.broadcast(x, shape, open));
}

void se::onnx_import::addShapes(OperatorTable &table) {
  table["Identity"] = {importIdentity, 1, 1, /*moves=*/true,
                       /*takesSequences=*/true};
  table["Dropout"] = {importDropout, 1, 3, /*moves=*/true};
  table["Transpose"] = {importTranspose, 1, 1, /*moves=*/true};
  table["Reshape"] = {importReshape, 2, 2, /*moves=*/true};
  table["Flatten"] = {importFlatten, 1, 1, /*moves=*/true};
  table["Squeeze"] = {importSqueeze, 1, 2, /*moves=*/true};
  table["Unsqueeze"] = {importUnsqueeze, 1, 2, /*moves=*/true};
  table["Expand"] = {importExpand, 2, 2, /*moves=*/true};
}
