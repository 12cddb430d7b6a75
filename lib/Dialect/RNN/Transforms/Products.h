// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Products.h - Matvecs that are computed in integers -------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_PRODUCTS_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_PRODUCTS_H

#include "Layers.h"
#include "Tensors.h"

#include "se/Quantization/Weights.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace se::rnn {

/// A matvec in integers.
struct Product {
  quantization::QuantizedMatrix matrix;
  quantization::Grid grid; ///< of the vector
  /// Of the vector divided by its largest magnitude, which the sums are
  /// multiplied by.
  bool hasFrameScale = false;
  /// Of the sum of each row: what one of the integer is worth.
  std::vector<float> sumScales;
};

/// What a column can add to a sum, with its part of the zero point's offset.
inline constexpr int64_t largestProduct = 127 * 254;
/// Products of so many columns altogether add up within 32 bits, whatever the
/// weights, vectors and zero points are.
inline constexpr int64_t maxJointColumns = INT32_MAX / largestProduct;

using Products = llvm::DenseMap<mlir::Operation *, Product>;

/// A vector divided by its largest magnitude, and that magnitude.
struct FramePeak {
  mlir::Value scaled, peak;
};
using FramePeaks = llvm::DenseMap<mlir::Value, FramePeak>;
/// Of frames that are silent or nearly so. f16 has the inverse.
inline constexpr float leastPeak = 0x1p-14f;

/// Decides on all matvecs of int8 layers in a network of f32. Emits an error if
/// a scale is missing, a matrix is no constant, or a sum may overflow.
mlir::LogicalResult planProducts(NetworkOp network, const Layers &layers,
                                 const Tensors &tensors, Products &products);

/// Marks the operands of these matvecs by casts to quantized types.
void markProducts(NetworkOp network, const Products &products);

/// Divides the vector of a matvec by its largest magnitude, or by `leastPeak`
/// if that is larger, and multiplies what the matvec gives by the same. `peaks`
/// are those of other matvecs of the network.
void addFrameScale(MatvecOp op, FramePeaks &peaks);

/// Finds the matvecs whose operands are marked, and takes the marks away.
Products readProducts(NetworkOp network);

/// `x` as integers. Reshapes come last, so that what computes an element also
/// quantizes it.
mlir::Value quantize(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                     mlir::Type integer, const quantization::Grid &grid);

/// Gives rows that are added to each other one scale, if that loses little, so
/// that their sums of integers can be added. `products` are those of a network
/// that has not been rewritten.
void joinScales(NetworkOp network, const Layers &layers, Products &products);

/// Rewrites matvecs of which all else has been legalized.
class ProductRewriter {
public:
  /// Replaces a matvec by one of integers, scaled in f32.
  void rewrite(MatvecOp op, const Product &product);
  /// When all are rewritten: sums of scaled products become
  /// fma(p, scale, fma(..., rest)), where p is a sum of integers of one scale.
  void fuseSums();

private:
  void sinkScale(mlir::arith::MulFOp scaled);

  llvm::SmallVector<mlir::arith::MulFOp> scaled;
};

/// States that are only read through quantizations are kept as integers.
void quantizeStates(NetworkOp network);

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_PRODUCTS_H
