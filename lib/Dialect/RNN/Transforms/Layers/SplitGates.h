// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SplitGates.h - Matvecs of single layers and gates --------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_LAYERS_SPLITGATES_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_LAYERS_SPLITGATES_H

#include "se/Dialect/RNN/RNN.h"

namespace se::rnn {

/// Whether a slice of a product has the name of one of the product's layers.
bool isOfLayer(mlir::Operation *slice, mlir::Operation *product);

/// Whether only slices of a product with a constant are read.
bool canSeparate(MatvecOp op);

/// Replaces such a matvec by one for each slice, at the slice's location if it
/// is of the matvec's layer.
void separateSlices(MatvecOp op);

/// Slices of sums and other elementwise operations become such operations of
/// slices, for gates whose location `isSplit`, down to the products: each is
/// then computed for the gates it is read by.
void splitGates(NetworkOp network,
                llvm::function_ref<bool(mlir::Location)> isSplit);

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_LAYERS_SPLITGATES_H
