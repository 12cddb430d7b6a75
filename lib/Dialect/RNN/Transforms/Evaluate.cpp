// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Evaluate.cpp - Results of ops for known operands -------------------===//

#include "Evaluate.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

#include <numeric>

using namespace mlir;
using namespace se::rnn;

namespace {
using Floats = std::vector<float>;
} // namespace

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

static SmallVector<int64_t> stridesOf(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  return strides;
}

/// Gathers `from` into row-major order of `shape`: element (i0, i1, ...) comes
/// from position start + sum of i_k * strides[k].
static Floats gather(const Floats &from, ArrayRef<int64_t> shape,
                     ArrayRef<int64_t> strides, int64_t start = 0) {
  Floats to;
  int64_t count = 1;
  for (int64_t dim : shape)
    count *= dim;
  to.reserve(count);
  SmallVector<int64_t> index(shape.size(), 0);
  for (int64_t n = 0; n != count; ++n) {
    int64_t position = start;
    for (size_t k = 0; k != shape.size(); ++k)
      position += index[k] * strides[k];
    to.push_back(from[position]);
    for (size_t k = shape.size(); k-- > 0;) {
      if (++index[k] != shape[k])
        break;
      index[k] = 0;
    }
  }
  return to;
}

static Floats concat(tensor::ConcatOp op, ArrayRef<Floats> parts) {
  ArrayRef<int64_t> shape = shapeOf(op.getResult());
  int64_t outer = 1, inner = 1;
  for (auto [i, dim] : llvm::enumerate(shape))
    (int64_t(i) < int64_t(op.getDim()) ? outer : inner) *= dim;
  Floats to;
  to.reserve(outer * inner);
  for (int64_t o = 0; o != outer; ++o)
    for (const Floats &part : parts) {
      size_t run = part.size() / outer;
      to.insert(to.end(), part.begin() + o * run, part.begin() + (o + 1) * run);
    }
  return to;
}

template <typename F> static Floats zip(ArrayRef<Floats> args, F function) {
  Floats to(args[0].size());
  for (size_t i = 0; i != to.size(); ++i)
    to[i] = function(args[0][i], args[1][i]);
  return to;
}

std::optional<Floats> se::rnn::evaluate(Operation *op, ArrayRef<Floats> args) {
  using Result = std::optional<Floats>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](arith::AddFOp) { return zip(args, std::plus<float>()); })
      .Case([&](arith::SubFOp) { return zip(args, std::minus<float>()); })
      .Case([&](arith::MulFOp) { return zip(args, std::multiplies<float>()); })
      .Case([&](arith::DivFOp) { return zip(args, std::divides<float>()); })
      .Case([&](arith::NegFOp) {
        Floats to = args[0];
        for (float &value : to)
          value = -value;
        return to;
      })
      .Case([&](ReshapeOp) { return args[0]; })
      .Case([&](tensor::ConcatOp concatOp) { return concat(concatOp, args); })
      .Case([&](TransposeOp transpose) {
        SmallVector<int64_t> from = stridesOf(shapeOf(transpose.getX())),
                             strides;
        for (int64_t dim : transpose.getPermutation())
          strides.push_back(from[dim]);
        return gather(args[0], shapeOf(transpose.getY()), strides);
      })
      .Case([&](BroadcastOp broadcast) {
        ArrayRef<int64_t> from = shapeOf(broadcast.getX()),
                          to = shapeOf(broadcast.getY());
        SmallVector<int64_t> fromStrides = stridesOf(from),
                             strides(to.size(), 0);
        for (size_t i = 0; i != from.size(); ++i)
          if (from[i] != 1)
            strides[to.size() - from.size() + i] = fromStrides[i];
        return gather(args[0], to, strides);
      })
      .Case([&](tensor::ExtractSliceOp slice) -> Result {
        ArrayRef<int64_t> from = shapeOf(slice.getSource());
        if (slice.getSourceType().getRank() != slice.getType().getRank() ||
            ShapedType::isDynamicShape(slice.getStaticOffsets()) ||
            ShapedType::isDynamicShape(slice.getStaticStrides()))
          return std::nullopt;
        SmallVector<int64_t> strides = stridesOf(from);
        int64_t start = 0;
        for (size_t i = 0; i != strides.size(); ++i) {
          start += slice.getStaticOffsets()[i] * strides[i];
          strides[i] *= slice.getStaticStrides()[i];
        }
        return gather(args[0], shapeOf(slice.getResult()), strides, start);
      })
      .Default([](Operation *) { return std::nullopt; });
}

bool se::rnn::isElementMovement(Operation *op) {
  return isa_and_nonnull<ReshapeOp, TransposeOp, BroadcastOp,
                         tensor::ExtractSliceOp>(op);
}

std::optional<std::vector<int64_t>>
se::rnn::getMovedElements(Operation *movement) {
  auto type = cast<RankedTensorType>(movement->getOperand(0).getType());
  constexpr int64_t most = int64_t(1) << 24; // numbers that f32 has
  if (!type.hasStaticShape() || type.getNumElements() > most)
    return std::nullopt;
  Floats numbers(type.getNumElements());
  std::iota(numbers.begin(), numbers.end(), 0.0f);
  std::optional<Floats> moved = evaluate(movement, {numbers});
  if (!moved)
    return std::nullopt;
  return std::vector<int64_t>(moved->begin(), moved->end());
}
