// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ActivationTable.h - Tables of lines for activations ------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_LEGALIZE_TABULATEACTIVATIONS_ACTIVATIONTABLE_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_LEGALIZE_TABULATEACTIVATIONS_ACTIVATIONTABLE_H

#include "se/Dialect/RNN/RNN.h"

#include "mlir/IR/BuiltinAttributes.h"

namespace se::rnn {

/// Operands of rnn.interpolate.
struct ActivationTable {
  mlir::DenseElementsAttr lines; ///< tensor<Nx2xf16>: slope, offset
  float scale = 1;
  bool isRectified = false;
};

/// The table for sigmoid, tanh or softplus. Over all arguments in f16, results
/// of softplus are within 1.7 units in the last place of the function. Those of
/// the others
///
/// * are within 5e-4 of the function;
/// * never decrease and stay within [0, 1] or [-1, 1];
/// * are 0.5 or 0 at 0, and the function's limit at infinity;
/// * of tanh change their sign with the argument.
ActivationTable makeActivationTable(mlir::MLIRContext *context,
                                    ActivationKind kind);

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_LEGALIZE_TABULATEACTIVATIONS_ACTIVATIONTABLE_H
