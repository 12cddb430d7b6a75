// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Sizes.h - What a precision makes of a network's data -----*- C++ -*-===//

#ifndef SE_DRIVER_SIZES_H
#define SE_DRIVER_SIZES_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

namespace se {

/// Elements and bytes of a legalized network's parameters by kind (matrices,
/// vectors, scales of int8, tables of activations) and of its states and stored
/// activations, and what they would take in fp16 and fp32 (docs/report.md).
/// Nothing if the module is of another phase.
std::optional<llvm::json::Object> getSizes(mlir::ModuleOp module);

} // namespace se

#endif // SE_DRIVER_SIZES_H
