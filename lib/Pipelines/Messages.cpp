// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Messages.cpp - Diagnostics as lines --------------------------------===//

#include "se/Pipelines/Messages.h"

#include "se/Support/MessageLine.h"

#include "mlir/IR/Location.h"

using namespace mlir;
using namespace se;

StringRef se::stringifySeverity(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Remark:
    return "remark";
  case DiagnosticSeverity::Note:
    return "note";
  }
  llvm_unreachable("unknown severity");
}

bool se::isList(Diagnostic &diagnostic) {
  return !diagnostic.getMetadata().empty();
}

std::string se::formatAsMlir(Diagnostic &diagnostic) {
  std::string place;
  if (auto file = diagnostic.getLocation()->findInstanceOf<FileLineColLoc>())
    place = toOneLine(file.getFilename().getValue(), /*maxLength=*/180) + ":" +
            std::to_string(file.getLine()) + ":" +
            std::to_string(file.getColumn()) + ": ";
  place += stringifySeverity(diagnostic.getSeverity());
  return formatPlace(place, diagnostic.str(), isList(diagnostic));
}
