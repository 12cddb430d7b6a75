// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ExpandNamedCells.cpp - LSTM and GRU as cells of the library --------===//
//
// What ONNX says of weights and options (RNNOps.td), in the words of
// cells/lstm.mlir, cells/gru.mlir and cells/gru_before.mlir.
//
//===----------------------------------------------------------------------===//

#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace se::rnn {
#define GEN_PASS_DEF_EXPANDNAMEDCELLS
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

namespace {
struct CellBuilder : ImplicitLocOpBuilder {
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  Value add(Value a, Value b) { return arith::AddFOp::create(*this, a, b); }
  /// Rows [offset, offset + size) of a vector or matrix.
  Value rows(Value x, int64_t offset, int64_t size) {
    auto type = cast<RankedTensorType>(x.getType());
    SmallVector<int64_t> shape(type.getShape());
    SmallVector<OpFoldResult> offsets(shape.size(), getIndexAttr(0)), sizes,
        strides(shape.size(), getIndexAttr(1));
    shape[0] = size;
    offsets[0] = getIndexAttr(offset);
    for (int64_t dim : shape)
      sizes.push_back(getIndexAttr(dim));
    return tensor::ExtractSliceOp::create(*this, type.clone(shape), x, offsets,
                                          sizes, strides);
  }
  /// The states are the outputs too, where there is one output: the first.
  ResultRange apply(StringRef cell, Value x, ValueRange states,
                    ValueRange weights, ArrayRef<NamedAttribute> options,
                    ArrayRef<StringRef> without) {
    SmallVector<Type> next(states.getTypes());
    return ApplyOp::create(*this, TypeRange(next).take_front(1), next,
                           (libraryPrefix + cell).str(), x, states, weights,
                           getDictionaryAttr(options),
                           without.empty() ? ArrayAttr()
                                           : getStrArrayAttr(without))
        .getNextStates();
  }
  NamedAttribute number(StringRef name, const APFloat &value) {
    return getNamedAttr(name, getF32FloatAttr(value.convertToFloat()));
  }
};
} // namespace

static int64_t getSize(Value h) {
  return cast<RankedTensorType>(h.getType()).getDimSize(0);
}

static void expand(LSTMOp op) {
  CellBuilder b(op.getLoc(), op);
  int64_t n = getSize(op.getH());
  SmallVector<Value> weights{op.getW(), op.getR()};
  SmallVector<StringRef> without;
  if (Value bias = op.getB())
    weights.push_back(
        b.add(b.rows(bias, 0, 4 * n), b.rows(bias, 4 * n, 4 * n)));
  else
    without.push_back("b");
  if (Value peepholes = op.getP())
    weights.push_back(peepholes);
  SmallVector<NamedAttribute> options;
  for (auto [name, function] : llvm::zip(StringRef("fgh"), op.getActivations()))
    options.push_back(b.getNamedAttr(StringRef(&name, 1), function));
  if (std::optional<APFloat> clip = op.getClip())
    options.push_back(b.number("clip", *clip));
  if (op.getInputForget())
    options.push_back(b.getNamedAttr("input_forget", b.getUnitAttr()));
  ResultRange next = b.apply("lstm", op.getX(), {op.getH(), op.getC()}, weights,
                             options, without);
  op.replaceAllUsesWith(next);
  op.erase();
}

static void expand(GRUOp op) {
  CellBuilder b(op.getLoc(), op);
  int64_t n = getSize(op.getH());
  bool after = op.getLinearBeforeReset(); // reset after the product
  SmallVector<Value> weights{op.getW()};
  SmallVector<StringRef> without;
  if (after)
    weights.push_back(op.getR());
  else
    weights.append({b.rows(op.getR(), 0, 2 * n), b.rows(op.getR(), 2 * n, n)});
  if (Value bias = op.getB()) {
    // z and r; then the candidate, whose recurrent bias the reset gate scales
    // if it comes after the product.
    weights.push_back(
        b.add(b.rows(bias, 0, 2 * n), b.rows(bias, 3 * n, 2 * n)));
    Value input = b.rows(bias, 2 * n, n), recurrent = b.rows(bias, 5 * n, n);
    if (after)
      weights.append({input, recurrent});
    else
      weights.push_back(b.add(input, recurrent));
  } else {
    without.append({"b", "bn"});
    if (after)
      without.push_back("br");
  }
  SmallVector<NamedAttribute> options;
  for (auto [name, function] : llvm::zip(StringRef("fg"), op.getActivations()))
    options.push_back(b.getNamedAttr(StringRef(&name, 1), function));
  if (std::optional<APFloat> clip = op.getClip())
    options.push_back(b.number("clip", *clip));
  ResultRange next = b.apply(after ? "gru" : "gru_before", op.getX(), op.getH(),
                             weights, options, without);
  op.getHNext().replaceAllUsesWith(next.front());
  op.erase();
}

static void expand(LinearOp op) {
  CellBuilder b(op.getLoc(), op);
  Value y = MatvecOp::create(b, op.getY().getType(), op.getW(), op.getX());
  Value bias = op.getB();
  if (bias.getType() != y.getType())
    bias = BroadcastOp::create(b, y.getType(), bias);
  op.getY().replaceAllUsesWith(b.add(y, bias));
  op.erase();
}

namespace {
struct ExpandNamedCellsPass
    : se::rnn::impl::ExpandNamedCellsBase<ExpandNamedCellsPass> {
  void runOnOperation() override {
    getOperation().walk([](Operation *op) {
      if (auto lstm = dyn_cast<LSTMOp>(op))
        expand(lstm);
      else if (auto gru = dyn_cast<GRUOp>(op))
        expand(gru);
      else if (auto linear = dyn_cast<LinearOp>(op))
        expand(linear);
    });
  }
};
} // namespace
