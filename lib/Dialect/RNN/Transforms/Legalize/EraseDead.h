// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- EraseDead.h - What nothing needs any more ----------------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_LEGALIZE_ERASEDEAD_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_LEGALIZE_ERASEDEAD_H

#include "mlir/IR/Block.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace se::rnn {

/// Patterns ask whether a value has one use: what is dead is none.
inline void eraseDead(mlir::Block &block) {
  for (mlir::Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (mlir::isOpTriviallyDead(&op))
      op.erase();
}

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_LEGALIZE_ERASEDEAD_H
