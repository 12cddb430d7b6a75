// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Products.h - Matvecs that are computed in integers -------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_QUANTIZE_PRODUCTS_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_QUANTIZE_PRODUCTS_H

#include "Layers/Layers.h"
#include "Layers/Tensors.h"

#include "se/Quantization/Statistics.h"

namespace se::rnn {

/// What a matvec in integers is quantized to.
struct Product {
  quantization::Grid grid; ///< of the vector
  /// Of the vector divided by its largest magnitude, which the sums are
  /// multiplied by.
  bool hasFrameScale = false;
  /// Of the matrix, one for each row; with `isPerTensor` all the same.
  std::vector<float> scales;
  bool isPerTensor = false;
};

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

/// Marks the operands of these matvecs and their sums by casts to quantized
/// types.
void markProducts(NetworkOp network, const Products &products);

/// Divides the vector of a matvec by its largest magnitude, or by `leastPeak`
/// if that is larger, and multiplies what the matvec gives by the same. `peaks`
/// are those of other matvecs of the network.
void addFrameScale(MatvecOp op, FramePeaks &peaks);

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_QUANTIZE_PRODUCTS_H
