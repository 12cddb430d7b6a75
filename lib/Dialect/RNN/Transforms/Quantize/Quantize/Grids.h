// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Grids.h - The integers that a tensor is quantized to -----*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_QUANTIZE_GRIDS_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_QUANTIZE_GRIDS_H

#include "Layers/Tensors.h"

#include "se/Quantization/Policy.h"

namespace se::rnn {

/// The grid of i8 for `value`: fixed if the operations of the network bound it,
/// otherwise from the range of the tensor, which takes in the reset value of a
/// state. Nothing if there is no range.
std::optional<quantization::Grid> getGrid(NetworkOp network, mlir::Value value,
                                          const Tensors &tensors,
                                          const quantization::Policy &policy);

/// The scale of i16 for state `k`. Unless operations bound it, twice the range
/// fits, because a state may go further than it did while calibrating.
std::optional<float> getWideScale(NetworkOp network, unsigned k,
                                  const Tensors &tensors,
                                  const quantization::Policy &policy);

/// What gives a tensor the range that it lacks.
inline llvm::StringRef getRangeHint(const quantization::Policy &policy) {
  return policy.getCalibration() ? "the calibration does not know it, "
                                   "calibrate this network"
                                 : "give --calibration";
}

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_QUANTIZE_GRIDS_H
