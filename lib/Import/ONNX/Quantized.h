// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Quantized.h - Integers that stand for floats -------------*- C++ -*-===//

#ifndef SE_LIB_IMPORT_ONNX_QUANTIZED_H
#define SE_LIB_IMPORT_ONNX_QUANTIZED_H

#include "Node.h"

namespace se::onnx_import {

/// (x - zeroPoint) * scale. These are one number each, one for each position of
/// `axis`, or one for each `block` positions. Nothing with an error.
std::optional<Operand> dequantize(Node &node, const Operand &x,
                                  const Operand &scale,
                                  const Operand *zeroPoint, int64_t axis,
                                  int64_t block = 0);

/// x / scale, rounded to even, plus the zero point, saturated to its type, or
/// to `type` if there is none.
std::optional<Operand> quantize(Node &node, const Operand &x,
                                const Operand &scale, const Operand *zeroPoint,
                                int type, int64_t axis, int64_t block = 0);

} // namespace se::onnx_import

#endif // SE_LIB_IMPORT_ONNX_QUANTIZED_H
