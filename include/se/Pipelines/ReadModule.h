// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ReadModule.h - Modules that nobody vouches for -----------*- C++ -*-===//

#ifndef SE_PIPELINES_READMODULE_H
#define SE_PIPELINES_READMODULE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/MemoryBufferRef.h"

#include <optional>
#include <string>

namespace se {

/// Reads a module, text or bytecode, from a file that may be damaged or mean
/// harm. MLIR's readers are not made for that: they call themselves for each
/// level of nesting, and bytecode can make them read outside of memory. So a
/// process of its own reads, checks and verifies the file, and writes what it
/// found as bytecode, which is what this process reads. On failure there is one
/// diagnostic, with the place of the first error, and null.
mlir::OwningOpRef<mlir::ModuleOp> readModule(llvm::MemoryBufferRef content,
                                             mlir::MLIRContext &context);

/// What the process that reads does: parses, verifies and checks. For a file
/// that nobody vouches for, only where a crash does no harm. A zero follows the
/// content.
mlir::OwningOpRef<mlir::ModuleOp> readModuleHere(llvm::MemoryBufferRef content,
                                                 mlir::MLIRContext &context);

/// How a tool that reads for itself does so.
struct ProbeOptions {
  bool allowsUnregisteredDialects = false;
  bool verifies = true;
  /// The tool reads the parts between these one by one; empty: all at once.
  llvm::StringRef splitMarker;
  /// Finds errors too; otherwise those are the tool's to find.
  bool findsErrors = true;
};

/// For tools that read for themselves: the line of the first error if reading a
/// module fails, would crash, or finds it nested too deep; else nothing.
std::optional<std::string> probeModule(llvm::MemoryBufferRef content,
                                       const mlir::DialectRegistry &registry,
                                       const ProbeOptions &options);

} // namespace se

#endif // SE_PIPELINES_READMODULE_H
