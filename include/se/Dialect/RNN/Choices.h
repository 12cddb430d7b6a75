// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Choices.h - What passes write down on precision ----------*- C++ -*-===//

#ifndef SE_DIALECT_RNN_CHOICES_H
#define SE_DIALECT_RNN_CHOICES_H

#include "mlir/IR/Operation.h"

namespace se::rnn {

/// Of an operation: it computes in f32, whatever its layer's precision is.
constexpr llvm::StringLiteral singleAttrName = "rnn.f32";
/// Of a network: the names of states that are stored as f32.
constexpr llvm::StringLiteral singleStatesAttrName = "rnn.f32_states";
/// Of an operation: what its floats become, a FloatKindAttr.
constexpr llvm::StringLiteral floatsAttrName = "rnn.floats";
/// Of a network whose floats have been decided on: the names of states that are
/// stored as f16.
constexpr llvm::StringLiteral halfStatesAttrName = "rnn.f16_states";
/// Of a network: the names of the layers that its policy's base makes int8. The
/// first pass that asks for them writes them down: when operands are marked and
/// integers are made, it can no longer be told which those are.
constexpr llvm::StringLiteral quantizedLayersAttrName = "rnn.int8_layers";

/// An error if the attribute is one of these and does not have its form.
mlir::LogicalResult verifyChoice(mlir::Operation *op,
                                 mlir::NamedAttribute attribute);

} // namespace se::rnn

#endif // SE_DIALECT_RNN_CHOICES_H
