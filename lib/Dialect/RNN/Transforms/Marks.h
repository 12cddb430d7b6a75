// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Marks.h - Casts to quantized types and back --------------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_MARKS_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_MARKS_H

#include "se/Dialect/RNN/RNN.h"
#include "se/Quantization/Statistics.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Builders.h"

namespace se::rnn {

/// The type of i8 (-127 to 127), i16 (-32767 to 32767) or i32 on a grid.
mlir::quant::UniformQuantizedType
getQuantizedType(mlir::MLIRContext *context, unsigned bits,
                 const quantization::Grid &grid);

/// dcast(qcast(value)) where `b` stands.
mlir::Value mark(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value,
                 mlir::quant::QuantizedType type);

/// The cast back of a mark; null if `value` is none.
mlir::quant::DequantizeCastOp getMark(mlir::Value value);

/// One scale for each row of a matrix, or of a sum (of 32 bits), which the rows
/// of `dimension` have.
mlir::quant::UniformQuantizedPerAxisType
getRowsType(mlir::MLIRContext *context, unsigned bits,
            llvm::ArrayRef<float> scales, int64_t dimension);

/// The scales of a mark for so many rows.
std::vector<float> getRowScales(mlir::quant::QuantizedType type, int64_t rows);

/// A matvec of integers: marks on its operands, and one on its sums, which says
/// what one of each is worth.
struct MarkedProduct {
  mlir::quant::DequantizeCastOp w, x, y;
};

/// Nothing if matrix or vector has no mark, `y` null if only that lacks one.
std::optional<MarkedProduct> getMarkedProduct(MatvecOp op);

/// Whether all three are there and have types that --rnn-quantize makes: i8
/// with a scale for each row or for all, i8 with one scale, i32 like the
/// matrix.
bool isOfIntegers(MarkedProduct product);

/// Whether a mark is of so many bits, with one scale.
bool isUniform(mlir::quant::DequantizeCastOp mark, unsigned bits);

/// What a mark was put on, and as which type.
mlir::Value getMarked(mlir::quant::DequantizeCastOp mark);
mlir::quant::QuantizedType getType(mlir::quant::DequantizeCastOp mark);

quantization::Grid getGrid(mlir::quant::UniformQuantizedType type);

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_MARKS_H
