// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Marks.cpp - Casts to quantized types and back ----------------------===//

#include "Marks.h"

#include "Evaluate.h"
#include "Products.h"

#include "se/Dialect/RNN/Constants.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace se::rnn;
using namespace se::quantization;

quant::UniformQuantizedType se::rnn::getQuantizedType(MLIRContext *context,
                                                      unsigned bits,
                                                      const Grid &grid) {
  int64_t most = llvm::maxIntN(bits);
  return quant::UniformQuantizedType::get(
      quant::QuantizationFlags::Signed, IntegerType::get(context, bits),
      Float32Type::get(context), double(grid.scale), grid.zeroPoint, -most,
      most);
}

/// Of a product's matrix: one scale for each row, or one if they are all the
/// same. In f64 a scale times that of the vector gives exactly the f32 that
/// stands for the sum, also where rows share that.
static quant::QuantizedType getMatrixType(MLIRContext *context,
                                          const Product &product) {
  float vectorScale = product.grid.scale;
  SmallVector<double> scales;
  for (auto [row, sum] : llvm::zip(product.matrix.scales, product.sumScales))
    scales.push_back(row * vectorScale == sum
                         ? double(row)
                         : double(sum) / double(vectorScale));
  if (llvm::all_equal(scales))
    return quant::UniformQuantizedType::get(
        quant::QuantizationFlags::Signed, IntegerType::get(context, 8),
        Float32Type::get(context), scales.front(), /*zeroPoint=*/0, -127, 127);
  SmallVector<int64_t> zeroPoints(scales.size(), 0);
  return quant::UniformQuantizedPerAxisType::get(
      quant::QuantizationFlags::Signed, IntegerType::get(context, 8),
      Float32Type::get(context), scales, zeroPoints,
      /*quantizedDimension=*/0, -127, 127);
}

Value se::rnn::mark(OpBuilder &b, Location loc, Value value,
                    quant::QuantizedType type) {
  auto tensor = cast<RankedTensorType>(value.getType());
  Value q =
      quant::QuantizeCastOp::create(b, loc, tensor.clone(Type(type)), value);
  return quant::DequantizeCastOp::create(b, loc, tensor, q);
}

quant::DequantizeCastOp se::rnn::getMark(Value value) {
  auto back = value.getDefiningOp<quant::DequantizeCastOp>();
  if (!back || !back.getInput().getDefiningOp<quant::QuantizeCastOp>())
    return nullptr;
  return back;
}

Value se::rnn::getMarked(quant::DequantizeCastOp mark) {
  return mark.getInput().getDefiningOp<quant::QuantizeCastOp>().getInput();
}

quant::QuantizedType se::rnn::getType(quant::DequantizeCastOp mark) {
  return cast<quant::QuantizedType>(
      getElementTypeOrSelf(mark.getInput().getType()));
}

Grid se::rnn::getGrid(quant::UniformQuantizedType type) {
  return {float(type.getScale()), int(type.getZeroPoint())};
}

void se::rnn::markProducts(NetworkOp network, const Products &products) {
  FramePeaks peaks;
  for (auto matvec : network.getBody().front().getOps<MatvecOp>()) {
    Operation *op = matvec;
    auto it = products.find(op);
    if (it == products.end())
      continue;
    const Product &product = it->second;
    if (product.hasFrameScale)
      addFrameScale(matvec, peaks);
    OpBuilder b(op);
    MLIRContext *context = op->getContext();
    Location loc = op->getLoc();
    Value w = mark(b, loc, matvec.getW(), getMatrixType(context, product));
    Value x =
        mark(b, loc, matvec.getX(), getQuantizedType(context, 8, product.grid));
    matvec->setOperands({w, x});
  }
}

/// Scales of a matrix of so many rows.
static std::vector<double> getScales(quant::QuantizedType type, int64_t rows) {
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(type))
    return std::vector<double>(size_t(rows), uniform.getScale());
  return cast<quant::UniformQuantizedPerAxisType>(type).getScales().vec();
}

/// `value` without marks of the same type behind data movement: these are the
/// same integers.
static Value withoutMark(OpBuilder &b, Value value, quant::QuantizedType type) {
  SmallVector<Operation *> movements;
  Value root = value;
  while (isElementMovement(root.getDefiningOp())) {
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

Products se::rnn::readProducts(NetworkOp network) {
  Products products;
  for (auto op : network.getBody().front().getOps<MatvecOp>()) {
    quant::DequantizeCastOp w = getMark(op.getW()), x = getMark(op.getX());
    if (!w || !x)
      continue;
    std::optional<std::vector<float>> weights = readFloats(getMarked(w));
    auto vector = dyn_cast<quant::UniformQuantizedType>(getType(x));
    if (!weights || !vector)
      continue;
    int64_t rows = cast<RankedTensorType>(op.getW().getType()).getDimSize(0);
    Product &product = products[op];
    product.grid = getGrid(vector);
    std::vector<float> rowScales;
    for (double scale : getScales(getType(w), rows)) {
      rowScales.push_back(float(scale));
      product.sumScales.push_back(float(scale * vector.getScale()));
    }
    product.matrix = quantizeMatrix(*weights, rowScales);
    OpBuilder b(op);
    op->setOperands({getMarked(w), withoutMark(b, getMarked(x), vector)});
    for (quant::DequantizeCastOp mark : {w, x})
      if (mark->use_empty()) {
        Operation *cast = mark.getInput().getDefiningOp();
        mark.erase();
        if (cast->use_empty())
          cast->erase();
      }
  }
  return products;
}
