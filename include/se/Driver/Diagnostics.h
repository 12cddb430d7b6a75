// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Diagnostics.h - Messages of the tools --------------------*- C++ -*-===//

#ifndef SE_DRIVER_DIAGNOSTICS_H
#define SE_DRIVER_DIAGNOSTICS_H

#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/Error.h"

namespace se {

/// Prints diagnostics as `error: LOCATION: MESSAGE`, one line each, without
/// notes and source lines.
void installOneLineDiagnostics(mlir::MLIRContext &context);

/// Prints `error: MESSAGE` and returns 1, the exit status of a failed tool. A
/// DiagnosedError has been printed.
int reportError(llvm::Error error);
int reportError(const llvm::Twine &message);

} // namespace se

#endif // SE_DRIVER_DIAGNOSTICS_H
