// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsProduct.cpp - Gemm, MatMul and Conv -----------------------------===//
//
// Products with a constant become matvecs, whose weights are brought into the
// order [outputs, inputs] at import.
//
//===----------------------------------------------------------------------===//

#include "Node.h"

using namespace llvm;
using namespace se::onnx_import;

/// The last two dimensions exchanged.
static Operand transposeLast(Emitter &e, const Operand &x) {
  Ints perm;
  for (int64_t d = 0; d < x.rank(); ++d)
    perm.push_back(d);
  std::swap(perm[x.rank() - 1], perm[x.rank() - 2]);
  return e.transpose(x, perm);
}

/// Reports a product whose sum runs over an open dimension.
static bool sumsOpen(Node &node, const Operand &x, int64_t d) {
  if (x.open[d])
    node.mixes(d, "sums over");
  return x.open[d];
}

static void productMismatch(Node &node) {
  node.error("cannot multiply " + toString(node.at(0).shape) + " and " +
             toString(node.at(1).shape));
}

/// x * B: each vector of x with the columns of B.
static Operand multiplyRight(Emitter &e, const Operand &x, const Operand &B) {
  Operand W = e.reshape(B, {B.shape[B.rank() - 2], B.shape.back()});
  return e.matvec(e.transpose(W, {1, 0}), x);
}

/// A * x: the rows of A with each column of x.
static Operand multiplyLeft(Emitter &e, const Operand &A, const Operand &x) {
  Operand W = e.reshape(A, {A.shape[A.rank() - 2], A.shape.back()});
  if (x.rank() == 1)
    return e.matvec(W, x);
  return transposeLast(e, e.matvec(W, transposeLast(e, x)));
}

/// Matrices of both sides in groups of the same number.
static Operand multiplyGroups(Emitter &e, const Operand &a, const Operand &b,
                              ArrayRef<int64_t> groups, ArrayRef<bool> open) {
  int64_t count = *countElements(groups);
  auto spread = [&](const Operand &x) {
    Shape shape(groups);
    Flags flags(open);
    for (unsigned i : {2, 1}) {
      shape.push_back(x.shape[x.rank() - i]);
      flags.push_back(x.open[x.rank() - i]);
    }
    Operand wide = e.broadcast(x, shape, flags);
    return e.reshape(
        wide, {count, shape[groups.size()], shape.back()},
        {is_contained(open, true), flags[groups.size()], flags.back()});
  };
  Operand right = e.transpose(spread(b), {0, 2, 1}), left = spread(a);
  Operand y = e.contract(left, right);
  Shape shape(groups);
  Flags flags(open);
  shape.append({y.shape[1], y.shape[2]});
  flags.append({y.open[1], y.open[2]});
  return e.reshape(y, shape, flags);
}

std::optional<Operand> se::onnx_import::multiply(Node &node, const Operand &a,
                                                 const Operand &b) {
  Emitter &e = node.e;
  auto mismatch = [&] {
    node.error("cannot multiply " + toString(a.shape) + " and " +
               toString(b.shape));
    return std::nullopt;
  };
  if (a.rank() == 0 || b.rank() == 0 || !a.isFloat() || !b.isFloat() ||
      countElements(a.shape) == 0 || countElements(b.shape) == 0)
    return mismatch();
  // A vector is a row on the left and a column on the right.
  Operand x = a, y = b;
  if (a.rank() == 1)
    x = e.reshape(a, {1, a.shape[0]}, {false, a.open[0]});
  if (b.rank() == 1)
    y = e.reshape(b, {b.shape[0], 1}, {b.open[0], false});
  if (x.shape.back() != y.shape[y.rank() - 2])
    return mismatch();
  if (sumsOpen(node, x, x.rank() - 1) || sumsOpen(node, y, y.rank() - 2))
    return std::nullopt;
  auto groupsOf = [](const Operand &x) {
    Operand groups;
    groups.shape.assign(x.shape.begin(), x.shape.end() - 2);
    groups.open.assign(x.open.begin(), x.open.end() - 2);
    return groups;
  };
  Operand xGroups = groupsOf(x), yGroups = groupsOf(y);
  Shape groups;
  Flags open;
  if (!e.broadcastShapes({&xGroups, &yGroups}, groups, open))
    return std::nullopt;
  // One matrix of weights takes all vectors of the other side.
  Operand product;
  if (y.tensor && countElements(yGroups.shape) == 1 && !x.tensor)
    product = multiplyRight(e, a, y);
  else if (x.tensor && countElements(xGroups.shape) == 1 && !y.tensor)
    product = multiplyLeft(e, x, b);
  else
    product = multiplyGroups(e, x, y, groups, open);
  Shape shape = groups;
  Flags flags = open;
  if (a.rank() > 1) {
    shape.push_back(x.shape[x.rank() - 2]);
    flags.push_back(x.open[x.rank() - 2]);
  }
  if (b.rank() > 1) {
    shape.push_back(y.shape.back());
    flags.push_back(y.open.back());
  }
  return e.reshape(product, shape, flags);
}

static void importMatMul(Node &node) {
  if (std::optional<Operand> y = multiply(node, node.at(0), node.at(1)))
    node.push(*y);
}

/// Of two values of the network, or of two constants.
static void importGeneralGemm(Node &node) {
  Emitter &e = node.e;
  float alpha = node.getFloat("alpha", 1), beta = node.getFloat("beta", 1);
  auto turned = [&](const Operand &x, StringRef attribute) {
    return node.getInt(attribute, 0) ? e.transpose(x, {1, 0}) : x;
  };
  std::optional<Operand> y = multiply(node, turned(node.at(0), "transA"),
                                      turned(node.at(1), "transB"));
  if (!y)
    return;
  if (alpha != 1)
    y = e.binary(Binary::Mul, *y, alpha);
  if (const Operand *c = node.find(2); c && beta != 0)
    y = e.binary(Binary::Add, *y,
                 beta == 1 ? *c : e.binary(Binary::Mul, *c, beta));
  node.push(*y);
}

void se::onnx_import::importGemm(Node &node) {
  Emitter &e = node.e;
  const Operand &a = node.at(0), &b = node.at(1), *c = node.find(2);
  float alpha = node.getFloat("alpha", 1), beta = node.getFloat("beta", 1);
  bool transA = node.getInt("transA", 0), transB = node.getInt("transB", 0);
  if (a.rank() != 2 || b.rank() != 2 ||
      a.shape[transA ? 0 : 1] != b.shape[transB ? 1 : 0])
    return productMismatch(node);
  if (sumsOpen(node, a, transA ? 0 : 1) || sumsOpen(node, b, transB ? 1 : 0))
    return;
  bool left = !b.isConstant();
  if (a.isConstant() == b.isConstant())
    return importGeneralGemm(node);
  const Operand &weights = left ? a : b, &x = left ? b : a;
  if (!weights.isFloat() || weights.tensor->size() == 0)
    return productMismatch(node);
  // As [outputs, inputs], times vectors in rows.
  Operand W =
      (left ? transA : !transB) ? e.transpose(weights, {1, 0}) : weights;
  Operand rows = (left ? !transB : transA) ? e.transpose(x, {1, 0}) : x;
  if (alpha != 1)
    W = e.binary(Binary::Mul, W, alpha);
  int64_t outputs = W.shape[0];
  Shape shape = rows.shape;
  shape[1] = outputs;
  if (left)
    std::swap(shape[0], shape[1]);
  if (c && beta != 0) {
    Operand result;
    result.shape = shape;
    result.open =
        left ? Flags{false, rows.open[0]} : Flags{rows.open[0], false};
    Shape joined;
    Flags open;
    if (!e.broadcastShapes({&result, c}, joined, open))
      return;
    if (joined != shape)
      return node.error("input 2 of shape " + toString(c->shape) +
                        " does not broadcast to " + toString(shape));
  }
  bool isBias = c && beta != 0 && !left && c->tensor && c->isFloat() &&
                !c->tensor->anyDynamic() && (c->rank() < 2 || c->shape[0] == 1);
  if (isBias) {
    Shape row(std::max<int64_t>(c->rank(), 1), 1);
    row.back() = outputs;
    Operand bias = c->shape == row ? *c : e.expand(*c, row);
    bias = e.reshape(bias, {outputs});
    if (beta != 1)
      bias = e.binary(Binary::Mul, bias, beta);
    return node.push(e.linear(W, rows, bias));
  }
  Operand y = e.matvec(W, rows);
  if (left)
    y = e.transpose(y, {1, 0});
  if (c && beta != 0)
    y = e.binary(Binary::Add, y,
                 beta == 1 ? *c : e.binary(Binary::Mul, *c, beta));
  node.push(y);
}

/// A convolution that has one matrix: either each position for itself (kernel
/// of 1), or all positions at once (the kernel covers the input).
void se::onnx_import::importConv(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0), &w = node.at(1), *b = node.find(2);
  std::string autoPad = node.getString("auto_pad", "NOTSET");
  Ints dilations = node.getInts("dilations"), pads = node.getInts("pads"),
       strides = node.getInts("strides"), kernel = node.getInts("kernel_shape");
  int64_t group = node.getInt("group", 1);
  if (node.e.failed())
    return;
  if (!w.tensor || !w.isFloat())
    return node.error("the weights must be constant");
  int64_t rank = x.rank(), spatial = rank - 2;
  if (rank < 3 || w.rank() != rank || w.tensor->size() == 0)
    return node.error("input " + toString(x.shape) +
                      " does not match weights " + toString(w.shape));
  Shape window(w.shape.begin() + 2, w.shape.end());
  if (!kernel.empty() && ArrayRef<int64_t>(kernel) != ArrayRef<int64_t>(window))
    return node.error("kernel_shape " + toString(kernel) +
                      " does not match weights " + toString(w.shape));
  if (group != 1)
    return node.error("group " + Twine(group) + " is not supported; only 1 is");
  if (w.shape[1] != x.shape[1])
    return node.error("input " + toString(x.shape) +
                      " does not match weights " + toString(w.shape));
  auto sized = [&](Ints &list, size_t size, int64_t value) {
    if (list.empty())
      list.assign(size, value);
    return list.size() == size;
  };
  if (!sized(dilations, spatial, 1) || !sized(pads, 2 * spatial, 0) ||
      !sized(strides, spatial, 1))
    return node.error("dilations, pads or strides of the wrong length");
  if (sumsOpen(node, x, 1))
    return;

  bool pointwise = true, whole = true;
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t d = i + 2;
    bool padded = pads[i] != 0 || pads[i + spatial] != 0;
    if (autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER")
      padded = window[i] != 1;
    if (x.open[d] && (window[i] != 1 || padded || strides[i] != 1))
      return node.error("a convolution with kernel " + Twine(window[i]) +
                        " over dimension " + Twine(d) +
                        ", which is dynamic (time or batch), needs other "
                        "frames; keep past frames in a state input and export "
                        "with sequence length 1");
    bool step = strides[i] != 1 && x.shape[d] != 1;
    pointwise &= window[i] == 1 && !padded && !step;
    whole &= window[i] == x.shape[d] && !padded &&
             (dilations[i] == 1 || window[i] == 1);
  }
  if (!pointwise && !whole)
    return node.error(
        "a convolution with kernel " + toString(window) + " over input " +
        toString(x.shape) +
        " is not supported; only kernel 1 and a kernel of the input's size "
        "without padding are");
  int64_t outputs = w.shape[0];
  std::optional<Operand> bias;
  if (b) {
    if (!b->tensor || !b->isFloat() || b->rank() != 1 || b->shape[0] != outputs)
      return node.error("the bias must be constant, of shape [" +
                        Twine(outputs) + "]");
    bias = *b;
  }
  auto apply = [&](const Operand &W, const Operand &vectors) {
    return bias ? e.linear(W, vectors, *bias) : e.matvec(W, vectors);
  };
  if (whole) {
    int64_t inputs = w.tensor->size() / outputs;
    Operand W = e.reshape(w, {outputs, inputs});
    Operand y =
        apply(W, e.reshape(x, {x.shape[0], inputs}, {x.open[0], false}));
    Shape shape(rank, 1);
    shape[0] = x.shape[0];
    shape[1] = outputs;
    return node.push(e.reshape(y, shape, x.open));
  }
  // Channels last, one matvec for each position, channels second again.
  Ints toLast{0}, back{0, rank - 1};
  for (int64_t d = 2; d < rank; ++d) {
    toLast.push_back(d);
    back.push_back(d - 1);
  }
  toLast.push_back(1);
  Operand W = e.reshape(w, {outputs, x.shape[1]});
  node.push(e.transpose(apply(W, e.transpose(x, toLast)), back));
}

void se::onnx_import::addProducts(OperatorTable &table) {
  table["MatMul"] = {importMatMul, 2, 2};
  table["Gemm"] = {importGemm, 2, 3};
  table["Conv"] = {importConv, 2, 3};
}
