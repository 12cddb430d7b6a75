// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Movement.cpp - Operations that only move elements ------------------===//

#include "se/Dialect/RNN/Movement.h"

#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace se::rnn;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

std::optional<Movement> se::rnn::getMovement(Operation *op) {
  if (!op)
    return std::nullopt;
  Movement movement;
  SmallVector<int64_t> &strides = movement.strides;
  using Result = std::optional<Movement>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](ReshapeOp reshape) {
        strides = computeStrides(shapeOf(reshape.getY()));
        return movement;
      })
      .Case([&](TransposeOp transpose) {
        SmallVector<int64_t> from = computeStrides(shapeOf(transpose.getX()));
        for (int64_t dim : transpose.getPermutation())
          strides.push_back(from[dim]);
        return movement;
      })
      .Case([&](BroadcastOp broadcast) {
        ArrayRef<int64_t> from = shapeOf(broadcast.getX());
        SmallVector<int64_t> fromStrides = computeStrides(from);
        strides.assign(shapeOf(broadcast.getY()).size(), 0);
        for (size_t i = 0; i != from.size(); ++i)
          if (from[i] != 1)
            strides[strides.size() - from.size() + i] = fromStrides[i];
        return movement;
      })
      .Case([&](tensor::ExtractSliceOp slice) -> Result {
        if (slice.getSourceType().getRank() != slice.getType().getRank() ||
            ShapedType::isDynamicShape(slice.getStaticOffsets()) ||
            ShapedType::isDynamicShape(slice.getStaticStrides()))
          return std::nullopt;
        strides = computeStrides(slice.getSourceType().getShape());
        for (size_t i = 0; i != strides.size(); ++i) {
          movement.start += slice.getStaticOffsets()[i] * strides[i];
          strides[i] *= slice.getStaticStrides()[i];
        }
        return movement;
      })
      .Default([](Operation *) { return std::nullopt; });
}

std::vector<int64_t> se::rnn::getMovedElements(Operation *op) {
  Movement movement = *getMovement(op);
  ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
  std::vector<int64_t> elements;
  elements.reserve(computeProduct(shape));
  SmallVector<int64_t> index(shape.size(), 0);
  for (int64_t n = 0, e = computeProduct(shape); n != e; ++n) {
    int64_t position = movement.start;
    for (size_t k = 0; k != shape.size(); ++k)
      position += index[k] * movement.strides[k];
    elements.push_back(position);
    for (size_t k = shape.size(); k-- > 0;) {
      if (++index[k] != shape[k])
        break;
      index[k] = 0;
    }
  }
  return elements;
}
