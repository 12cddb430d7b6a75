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
};

using Products = llvm::DenseMap<mlir::Operation *, Product>;

/// Decides on all matvecs of int8 layers in a network of f32. Emits an error if
/// a scale is missing, a matrix is no constant, or a sum may overflow.
mlir::LogicalResult planProducts(NetworkOp network, const Layers &layers,
                                 const Tensors &tensors, Products &products);

/// Marks the operands of these matvecs by casts to quantized types.
void markProducts(const Products &products);

/// Finds the matvecs whose operands are marked, and takes the marks away.
Products readProducts(NetworkOp network);

/// `x` as integers. Reshapes come last, so that what computes an element also
/// quantizes it.
mlir::Value quantize(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                     mlir::Type integer, const quantization::Grid &grid);

/// Rewrites matvecs of which all else has been legalized.
class ProductRewriter {
public:
  /// Replaces a matvec by one of integers, scaled in f32.
  void rewrite(MatvecOp op, const Product &product);
  /// When all are rewritten: sums of scaled products become
  /// fma(p, scale, fma(..., rest)).
  void fuseSums();

private:
  void sinkScale(mlir::arith::MulFOp scaled);

  llvm::SmallVector<mlir::arith::MulFOp> scaled;
};

/// States that are only read through quantizations are kept as integers.
void quantizeStates(NetworkOp network);

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_PRODUCTS_H
