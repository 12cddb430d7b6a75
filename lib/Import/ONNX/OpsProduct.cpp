// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsProduct.cpp - Gemm, MatMul and Conv -----------------------------===//
//
// All become matvecs: one side is constant, and the weights are brought into
// the order [outputs, inputs] at import.
//
//===----------------------------------------------------------------------===//

#include "Node.h"

using namespace llvm;
using namespace se::onnx_import;

/// Constant weights of rank 2, null with an error if `x` is something else.
/// Leading dimensions of 1 are dropped.
static std::optional<Operand> matrix(Node &node, const Operand &x) {
  Shape shape = x.shape;
  while (shape.size() > 2 && shape[0] == 1)
    shape.erase(shape.begin());
  if (shape.size() == 2 && x.isFloat() && x.tensor->size() > 0)
    return node.e.reshape(x, shape);
  node.error("weights of shape " + toString(x.shape) +
             " are not supported; only one matrix is");
  return std::nullopt;
}

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
static void importMatMulRight(Node &node, const Operand &x, Operand B) {
  Emitter &e = node.e;
  bool vector = B.rank() == 1;
  int64_t extra =
      std::max<int64_t>(B.rank() - std::max<int64_t>(x.rank(), 2), 0);
  if (vector)
    B = e.reshape(B, {B.shape[0], 1});
  std::optional<Operand> W = matrix(node, B);
  if (!W)
    return;
  if (x.rank() == 0 || x.shape.back() != W->shape[0])
    return productMismatch(node);
  if (sumsOpen(node, x, x.rank() - 1))
    return;
  Operand y = e.matvec(e.transpose(*W, {1, 0}), x);
  Shape shape(extra, 1);
  Flags open(extra, false);
  shape.append(y.shape.begin(), y.shape.end() - (vector ? 1 : 0));
  open.append(y.open.begin(), y.open.end() - (vector ? 1 : 0));
  // A vector x has no row to keep, but leading dimensions of B stay.
  node.push(e.reshape(y, shape, open));
}

/// A * x: the rows of A with each column of x.
static void importMatMulLeft(Node &node, Operand A, const Operand &x) {
  Emitter &e = node.e;
  bool vector = A.rank() == 1;
  int64_t extra = x.rank() == 1 ? std::max<int64_t>(A.rank() - 2, 0)
                                : std::max<int64_t>(A.rank() - x.rank(), 0);
  if (vector)
    A = e.reshape(A, {1, A.shape[0]});
  std::optional<Operand> W = matrix(node, A);
  if (!W)
    return;
  int64_t inner = x.rank() == 1 ? 0 : x.rank() - 2;
  if (x.rank() == 0 || x.shape[inner] != W->shape[1])
    return productMismatch(node);
  if (sumsOpen(node, x, inner))
    return;
  Operand y = x.rank() == 1
                  ? e.matvec(*W, x)
                  : transposeLast(e, e.matvec(*W, transposeLast(e, x)));
  Shape shape(extra, 1);
  Flags open(extra, false);
  for (int64_t d = 0; d < y.rank(); ++d)
    if (!vector || d != inner) {
      shape.push_back(y.shape[d]);
      open.push_back(y.open[d]);
    }
  node.push(e.reshape(y, shape, open));
}

static void importMatMul(Node &node) {
  const Operand &a = node.at(0), &b = node.at(1);
  if (b.isConstant() && b.rank() > 0)
    return importMatMulRight(node, a, b);
  if (a.isConstant() && a.rank() > 0)
    return importMatMulLeft(node, a, b);
  if (a.rank() == 0 || b.rank() == 0)
    return productMismatch(node);
  node.error("a product of two values that both depend on inputs is not "
             "supported; one side must be constant");
}

static void importGemm(Node &node) {
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
  if (left && !a.isConstant())
    return node.error("a product of two values that both depend on inputs is "
                      "not supported; one side must be constant");
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
static void importConv(Node &node) {
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
