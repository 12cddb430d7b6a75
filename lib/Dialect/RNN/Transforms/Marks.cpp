// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Marks.cpp - Casts to quantized types and back ----------------------===//

#include "Marks.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace se::rnn;
using namespace se::quantization;

/// Sums wrap, all else is symmetric.
static int64_t getLeast(unsigned bits) {
  return bits == 32 ? llvm::minIntN(bits) : -llvm::maxIntN(bits);
}

quant::UniformQuantizedType se::rnn::getQuantizedType(MLIRContext *context,
                                                      unsigned bits,
                                                      const Grid &grid) {
  return quant::UniformQuantizedType::get(
      quant::QuantizationFlags::Signed, IntegerType::get(context, bits),
      Float32Type::get(context), double(grid.scale), grid.zeroPoint,
      getLeast(bits), llvm::maxIntN(bits));
}

quant::UniformQuantizedPerAxisType se::rnn::getRowsType(MLIRContext *context,
                                                        unsigned bits,
                                                        ArrayRef<float> scales,
                                                        int64_t dimension) {
  SmallVector<double> values(scales.begin(), scales.end());
  SmallVector<int64_t> zeroPoints(values.size(), 0);
  return quant::UniformQuantizedPerAxisType::get(
      quant::QuantizationFlags::Signed, IntegerType::get(context, bits),
      Float32Type::get(context), values, zeroPoints, int32_t(dimension),
      getLeast(bits), llvm::maxIntN(bits));
}

std::vector<float> se::rnn::getRowScales(quant::QuantizedType type,
                                         int64_t rows) {
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(type))
    return std::vector<float>(size_t(rows), float(uniform.getScale()));
  auto scales = cast<quant::UniformQuantizedPerAxisType>(type).getScales();
  return std::vector<float>(scales.begin(), scales.end());
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

/// The mark of i32 that alone reads a sum.
static quant::DequantizeCastOp getSumMark(Value sum) {
  if (!sum.hasOneUse())
    return nullptr;
  auto cast = dyn_cast<quant::QuantizeCastOp>(*sum.user_begin());
  if (!cast || !cast->hasOneUse())
    return nullptr;
  auto mark = dyn_cast<quant::DequantizeCastOp>(*cast->user_begin());
  return mark && getType(mark).getStorageType().isInteger(32)
             ? mark
             : quant::DequantizeCastOp();
}

std::optional<MarkedProduct> se::rnn::getMarkedProduct(MatvecOp op) {
  MarkedProduct product{getMark(op.getW()), getMark(op.getX()),
                        getSumMark(op.getY())};
  if (!product.w || !product.x)
    return std::nullopt;
  return product;
}

static bool isSymmetric(quant::QuantizedType type, unsigned bits) {
  return type.isSigned() && type.getExpressedType().isF32() &&
         type.getStorageType().isInteger(bits) &&
         type.getStorageTypeMin() == getLeast(bits) &&
         type.getStorageTypeMax() == llvm::maxIntN(bits);
}

bool se::rnn::isUniform(quant::DequantizeCastOp mark, unsigned bits) {
  quant::QuantizedType type = getType(mark);
  return isa<quant::UniformQuantizedType>(type) && isSymmetric(type, bits);
}

/// One scale for each row, which are the last dimension of a sum and the first
/// of a matrix, or one for all; no zero point.
static bool isOfRows(quant::DequantizeCastOp mark, unsigned bits,
                     int64_t dimension) {
  quant::QuantizedType type = getType(mark);
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(type))
    return isSymmetric(type, bits) && uniform.getZeroPoint() == 0;
  auto rows = dyn_cast<quant::UniformQuantizedPerAxisType>(type);
  return rows && isSymmetric(type, bits) &&
         rows.getQuantizedDimension() == dimension &&
         llvm::all_of(rows.getZeroPoints(),
                      [](int64_t zeroPoint) { return zeroPoint == 0; });
}

bool se::rnn::isOfIntegers(MarkedProduct product) {
  if (!product.y)
    return false;
  auto sums = cast<RankedTensorType>(product.y.getType());
  return isOfRows(product.w, 8, 0) && isUniform(product.x, 8) &&
         isOfRows(product.y, 32, sums.getRank() - 1);
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
