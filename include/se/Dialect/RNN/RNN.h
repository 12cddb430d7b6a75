// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RNN.h - The rnn dialect ----------------------------------*- C++ -*-===//
//
// What to compute: networks, cells and tensor operations for one frame. The
// dialect's documentation is in RNNDialect.td and RNNOps.td.
//
//===----------------------------------------------------------------------===//

#ifndef SE_DIALECT_RNN_RNN_H
#define SE_DIALECT_RNN_RNN_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "se/Dialect/RNN/RNNDialect.h.inc"
#include "se/Dialect/RNN/RNNEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "se/Dialect/RNN/RNNAttributes.h.inc"

namespace se::rnn {
/// Names of cells of the library begin so.
constexpr llvm::StringLiteral libraryPrefix = "se.";
/// On an operation in a cell: the option that chooses its function or number.
constexpr llvm::StringLiteral optionAttrName = "rnn.option";
} // namespace se::rnn

#define GET_OP_CLASSES
#include "se/Dialect/RNN/RNNOps.h.inc"

#endif // SE_DIALECT_RNN_RNN_H
