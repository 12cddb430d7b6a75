// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ReadModule.h - Modules that nobody vouches for -----------*- C++ -*-===//

#ifndef SE_PIPELINES_READMODULE_H
#define SE_PIPELINES_READMODULE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace se {

/// Reads a module, text or bytecode, from a file that may be damaged or mean
/// harm. MLIR's readers are not made for that: they call themselves for each
/// level of nesting, and bytecode can make them read outside of memory. So a
/// process of its own reads, checks and verifies the file, and writes what it
/// found as bytecode, which is what this process reads. On failure there is one
/// diagnostic, with the place of the first error, and null.
mlir::OwningOpRef<mlir::ModuleOp> readModule(llvm::MemoryBufferRef content,
                                             mlir::MLIRContext &context);

/// For tools that read for themselves: whether reading a module would crash, or
/// it is nested too deep. Other errors are the tool's to find.
llvm::Error probeModule(llvm::MemoryBufferRef content,
                        const mlir::DialectRegistry &registry);

} // namespace se

#endif // SE_PIPELINES_READMODULE_H
