// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- MarkProducts.cpp - Marks on operands and sums of matvecs -----------===//

#include "Evaluate.h"
#include "Marks.h"
#include "Products.h"

#include "mlir/IR/IRMapping.h"
#include "se/Dialect/RNN/Movement.h"

#include <limits>

using namespace mlir;
using namespace se::rnn;

/// `value` without marks of the same type behind data movement: these are the
/// same integers.
static Value withoutMark(OpBuilder &b, Value value, quant::QuantizedType type) {
  SmallVector<Operation *> movements;
  Value root = value;
  while (isMovement(root.getDefiningOp())) {
    movements.push_back(root.getDefiningOp());
    root = movements.back()->getOperand(0);
  }
  quant::DequantizeCastOp inner = getMark(root);
  if (!inner || getType(inner) != type)
    return value;
  root = getMarked(inner);
  for (Operation *movement : llvm::reverse(movements)) {
    IRMapping mapping;
    mapping.map(movement->getOperand(0), root);
    root = b.clone(*movement, mapping)->getResult(0);
  }
  return root;
}

/// What one of a sum is worth, as far as f32 has it: the type takes neither 0
/// nor infinity.
static float multiplyScales(float row, float vector) {
  using Limits = std::numeric_limits<float>;
  return std::clamp(row * vector, Limits::denorm_min(), Limits::max());
}

/// One scale for each row, or one for all.
static quant::QuantizedType getType(MLIRContext *context, unsigned bits,
                                    ArrayRef<float> scales, bool isPerTensor,
                                    int64_t dimension) {
  if (isPerTensor)
    return getQuantizedType(context, bits, {scales.front(), 0});
  return getRowsType(context, bits, scales, dimension);
}

static void markProduct(MatvecOp op, const Product &product) {
  OpBuilder b(op);
  MLIRContext *context = op.getContext();
  Location loc = op.getLoc();
  std::vector<float> sums;
  for (float scale : product.scales)
    sums.push_back(multiplyScales(scale, product.grid.scale));
  auto vector = getQuantizedType(context, 8, product.grid);
  Value x = withoutMark(b, op.getX(), vector);
  Value w = mark(b, loc, op.getW(),
                 getType(context, 8, product.scales, product.isPerTensor, 0));
  op->setOperands({w, mark(b, loc, x, vector)});
  Value y = op.getY();
  int64_t last = cast<RankedTensorType>(y.getType()).getRank() - 1;
  b.setInsertionPointAfter(op);
  Value sum =
      mark(b, loc, y, getType(context, 32, sums, product.isPerTensor, last));
  y.replaceAllUsesExcept(sum,
                         sum.getDefiningOp()->getOperand(0).getDefiningOp());
}

void se::rnn::markProducts(NetworkOp network, const Products &products) {
  FramePeaks peaks;
  for (auto op : network.getBody().front().getOps<MatvecOp>()) {
    auto it = products.find(op);
    if (it == products.end())
      continue;
    if (it->second.hasFrameScale)
      addFrameScale(op, peaks);
    markProduct(op, it->second);
  }
}
