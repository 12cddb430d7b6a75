// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Diagnostics.cpp - Messages of the tools ----------------------------===//

#include "se/Driver/Diagnostics.h"

#include "se/Host/HostProgram.h"
#include "se/Support/MessageLine.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace se;

/// Where the user has to look: file and line, or the name of an ONNX node.
static std::string describe(Location location) {
  if (auto file = dyn_cast<FileLineColLoc>(location))
    return (file.getFilename().getValue() + ":" + llvm::Twine(file.getLine()) +
            ":" + llvm::Twine(file.getColumn()))
        .str();
  if (auto name = dyn_cast<NameLoc>(location)) {
    std::string child = describe(name.getChildLoc());
    return child.empty() ? "'" + name.getName().str() + "'"
                         : child + ": '" + name.getName().str() + "'";
  }
  if (auto call = dyn_cast<CallSiteLoc>(location))
    return describe(call.getCallee());
  if (auto fused = dyn_cast<FusedLoc>(location))
    return fused.getLocations().empty() ? ""
                                        : describe(fused.getLocations()[0]);
  return "";
}

static void printMessage(DiagnosticSeverity severity, StringRef line) {
  llvm::errs() << stringifySeverity(severity) << ": " << line << '\n';
}

void se::installOneLineDiagnostics(MLIRContext &context,
                                   MessageHandler handler) {
  if (!handler)
    handler = printMessage;
  // Passes run again for another policy; what they warn of is said once.
  auto said = std::make_shared<llvm::StringSet<>>();
  context.getDiagEngine().registerHandler(
      [handler, said](Diagnostic &diagnostic) {
        DiagnosticSeverity severity = diagnostic.getSeverity();
        if (severity == DiagnosticSeverity::Note)
          return;
        std::string location = describe(diagnostic.getLocation());
        std::string line = formatPlace(location, diagnostic.str(),
                                       /*isList=*/isList(diagnostic));
        if (severity == DiagnosticSeverity::Error || said->insert(line).second)
          handler(severity, line);
      });
}

LogicalResult se::emitFailure(MLIRContext &context,
                              const llvm::Twine &message) {
  return emitError(UnknownLoc::get(&context), message);
}

LogicalResult se::emitFailure(MLIRContext &context, llvm::Error error) {
  if (error.isA<DiagnosedError>()) {
    llvm::consumeError(std::move(error));
    return failure();
  }
  return emitFailure(context, llvm::toString(std::move(error)));
}

int se::reportError(const llvm::Twine &message) {
  llvm::errs() << formatMessage("error", message.str()) << '\n';
  return 1;
}

int se::reportError(llvm::Error error) {
  if (error.isA<DiagnosedError>()) {
    llvm::consumeError(std::move(error));
    return 1;
  }
  return reportError(llvm::toString(std::move(error)));
}
