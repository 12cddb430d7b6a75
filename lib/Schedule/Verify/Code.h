// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Code.h - Operations, ready for execution -----------------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_VERIFY_CODE_H
#define SE_LIB_SCHEDULE_VERIFY_CODE_H

#include "Interpreter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace se::schedule::proof {

enum class IntegerOp {
  Add,
  Sub,
  Mul,
  DivU,
  DivS,
  CeilDivU,
  RemU,
  RemS,
  MinU,
  MaxU,
  MinS,
  MaxS,
  And,
  Or,
  Xor,
  Shl,
  ShrU,
  ShrS,
  Compare,
  Select,
  CastSigned,
  CastUnsigned
};

struct Node {
  enum Kind {
    Integer,
    Load,
    Store,
    Dot,
    ReadTable,
    View,
    For,
    If,
    Call,
    Parallel,
    Start,
    Wait,
    Barrier
  } kind = Integer;
  mlir::Operation *op = nullptr;
  llvm::SmallVector<unsigned, 4> operands;
  llvm::SmallVector<unsigned, 2> results;
  std::vector<Code> bodies;
  // Of an integer operation. Index has 32 bits, as on all targets.
  IntegerOp integer = IntegerOp::Add;
  mlir::arith::CmpIPredicate predicate = mlir::arith::CmpIPredicate::eq;
  unsigned inputBits = 32, resultBits = 32;
  int64_t bytes = 0;  ///< of an element that is accessed, or of a view
  int64_t lanes = 1;  ///< elements that are accessed
  bool isSum = false; ///< a loop that is executed once
};

/// The type's bits; 32 for an index.
unsigned getBits(mlir::Type type);

} // namespace se::schedule::proof

#endif // SE_LIB_SCHEDULE_VERIFY_CODE_H
