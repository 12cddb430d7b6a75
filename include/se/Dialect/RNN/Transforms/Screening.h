// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Screening.h - Frames that are not finite -----------------*- C++ -*-===//

#ifndef SE_DIALECT_RNN_TRANSFORMS_SCREENING_H
#define SE_DIALECT_RNN_TRANSFORMS_SCREENING_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

#include <optional>

namespace se::rnn {

/// What becomes of a frame of inputs that are not all finite.
enum class Nonfinite {
  ZeroFrame, ///< it is taken as zeros
  Reset,     ///< that, and the states get their reset values behind it
  Propagate, ///< it is computed like any other
};

/// Reads zero-frame, reset or propagate.
std::optional<Nonfinite> symbolizeNonfinite(llvm::StringRef text);

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "se/Dialect/RNN/Transforms/Screening.h.inc"

} // namespace se::rnn

#endif // SE_DIALECT_RNN_TRANSFORMS_SCREENING_H
