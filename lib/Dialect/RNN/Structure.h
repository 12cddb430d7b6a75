// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Structure.h - What networks and cells share --------------*- C++ -*-===//

#ifndef SE_DIALECT_RNN_STRUCTURE_H
#define SE_DIALECT_RNN_STRUCTURE_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpImplementation.h"

namespace se::rnn::detail {

/// What one `keyword(...)` clause declares.
struct Clause {
  llvm::SmallVector<mlir::OpAsmParser::Argument> arguments;
  llvm::SmallVector<mlir::Attribute> types, names, resets;
};

/// Parses `keyword(%arg [= "name"] : type [reset attr], ...)` if the keyword is
/// there. Without arguments (outputs) the SSA name is left out; without names,
/// so is the string.
mlir::ParseResult parseOptionalClause(mlir::OpAsmParser &parser,
                                      llvm::StringRef keyword, bool hasArgument,
                                      bool hasName, bool hasReset,
                                      Clause &clause);
mlir::ParseResult
parseBody(mlir::OpAsmParser &parser, mlir::OperationState &result,
          llvm::ArrayRef<mlir::OpAsmParser::Argument> arguments);

void printClause(mlir::OpAsmPrinter &p, llvm::StringRef keyword,
                 llvm::ArrayRef<mlir::BlockArgument> arguments,
                 mlir::ArrayAttr types, mlir::ArrayAttr names = {},
                 mlir::ArrayAttr resets = {});
void printBody(mlir::OpAsmPrinter &p, mlir::Operation *op, mlir::Region &body,
               llvm::ArrayRef<llvm::StringRef> elided);

void concatTypes(llvm::SmallVectorImpl<mlir::Type> &to, mlir::ArrayAttr types);

/// Checks the types of a region's arguments and of its yield.
mlir::LogicalResult verifyBody(mlir::Operation *op,
                               llvm::StringRef argumentRule,
                               llvm::StringRef yieldRule, mlir::Block &block,
                               llvm::ArrayRef<mlir::ArrayAttr> argumentTypes,
                               mlir::ArrayAttr outputTypes,
                               mlir::ArrayAttr stateTypes);

} // namespace se::rnn::detail

#endif // SE_DIALECT_RNN_STRUCTURE_H
