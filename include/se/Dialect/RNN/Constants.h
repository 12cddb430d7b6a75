// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Constants.h - Reading and making constant tensors --------*- C++ -*-===//

#ifndef SE_DIALECT_RNN_CONSTANTS_H
#define SE_DIALECT_RNN_CONSTANTS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Value.h"

#include <optional>
#include <vector>

namespace se::rnn {

/// The elements of a constant of f32 or f16 in row-major order, as f32. Reads
/// dense attributes, splats and dense_resource blobs. Nothing if `attr` is
/// something else or its blob is missing or has another size.
std::optional<std::vector<float>> readFloats(mlir::Attribute attr);

/// The same for the constant that defines `value`.
std::optional<std::vector<float>> readFloats(mlir::Value value);

/// False for a dense_resource constant whose blob is missing or has another
/// size than its type.
bool hasData(mlir::Attribute attr);

/// The elements of a constant that is no splat and has data, as they lie in
/// memory.
llvm::ArrayRef<char> getRawBytes(mlir::Attribute attr);

/// A constant of `type` (element type f32 or f16; values are rounded to
/// nearest, ties to even) with these elements in row-major order. Splats and
/// constants of up to 16 elements become dense attributes, others a
/// dense_resource blob that is named after `name`.
mlir::ElementsAttr makeConstant(mlir::RankedTensorType type,
                                llvm::ArrayRef<float> values,
                                llvm::StringRef name = "constant");

/// The same for integers of 8, 16 or 32 bits, which the values must fit.
mlir::ElementsAttr makeIntegers(mlir::RankedTensorType type,
                                llvm::ArrayRef<int64_t> values,
                                llvm::StringRef name = "constant");

/// The name of the blob behind a dense_resource constant, "constant" for other
/// attributes.
llvm::StringRef getConstantName(mlir::Attribute attr);

} // namespace se::rnn

#endif // SE_DIALECT_RNN_CONSTANTS_H
