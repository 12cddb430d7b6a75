// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StageCode.h - How long the code of each stage is ---------*- C++ -*-===//

#ifndef SE_CODEGEN_STAGECODE_H
#define SE_CODEGEN_STAGECODE_H

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace se {

/// Bytes of instructions of each stage, by name, in an object file that
/// DeviceCode emitted: what its debug information says is inlined from the
/// stage. Functions that a stage calls are not counted.
llvm::Expected<llvm::StringMap<uint64_t>> getStageCode(llvm::StringRef object);

} // namespace se

#endif // SE_CODEGEN_STAGECODE_H
