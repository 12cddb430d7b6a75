// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Messages.h - Diagnostics as lines ------------------------*- C++ -*-===//

#ifndef SE_PIPELINES_MESSAGES_H
#define SE_PIPELINES_MESSAGES_H

#include "mlir/IR/Diagnostics.h"

#include <string>

namespace se {

/// "error", "warning", "remark" or "note".
llvm::StringRef stringifySeverity(mlir::DiagnosticSeverity severity);

/// Whether a diagnostic lists what the user has to know as a whole: whoever
/// emits such a one gives it metadata.
bool isList(mlir::Diagnostic &diagnostic);

/// `PLACE: SEVERITY: MESSAGE` as MLIR's tools print it, but one line: neither
/// notes nor the line of the source.
std::string formatAsMlir(mlir::Diagnostic &diagnostic);

} // namespace se

#endif // SE_PIPELINES_MESSAGES_H
