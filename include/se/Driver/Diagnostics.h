// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Diagnostics.h - Messages of the tools --------------------*- C++ -*-===//

#ifndef SE_DRIVER_DIAGNOSTICS_H
#define SE_DRIVER_DIAGNOSTICS_H

#include "se/Pipelines/Messages.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/Error.h"

#include <functional>

namespace se {

/// Receives a message without its severity: `LOCATION: MESSAGE`, or only the
/// message; one line.
using MessageHandler =
    std::function<void(mlir::DiagnosticSeverity, llvm::StringRef)>;

/// Hands the diagnostics of a context, one line each, without notes and source
/// lines, to `handler`; by default they are printed, `error: LOCATION:
/// MESSAGE`.
void installOneLineDiagnostics(mlir::MLIRContext &context,
                               MessageHandler handler = nullptr);

/// Emits an error that has no place in the network as a diagnostic, unless it
/// is a DiagnosedError, and returns failure.
mlir::LogicalResult emitFailure(mlir::MLIRContext &context,
                                const llvm::Twine &message);
mlir::LogicalResult emitFailure(mlir::MLIRContext &context, llvm::Error error);

/// Prints `error: MESSAGE` and returns 1, the exit status of a failed tool. A
/// DiagnosedError has been printed.
int reportError(llvm::Error error);
int reportError(const llvm::Twine &message);

} // namespace se

#endif // SE_DRIVER_DIAGNOSTICS_H
