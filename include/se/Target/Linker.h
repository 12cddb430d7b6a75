//===- Linker.h - Links a program in process --------------------*- C++ -*-===//
//
// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SE_TARGET_LINKER_H
#define SE_TARGET_LINKER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>

namespace se::target {

/// Links objects and archives to an ELF file by LLD, with the text of a linker
/// script. The error is one line, such as
///
///   network does not fit: memory l2 exceeded by 4096 bytes (1638400 available)
///
/// Sections that nothing refers to are dropped. One link runs at a time.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
linkProgram(llvm::ArrayRef<llvm::MemoryBufferRef> inputs,
            llvm::StringRef script);

} // namespace se::target

#endif // SE_TARGET_LINKER_H
