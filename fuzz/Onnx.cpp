// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Onnx.cpp - ONNX models, imported and verified ----------------------===//

#include "Fuzz.h"

#include "se/Dialect/RNN/RNN.h"
#include "se/Import/ONNX/ImportONNX.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"

using namespace se;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  unsigned errors = 0;
  context.getDiagEngine().registerHandler([&](mlir::Diagnostic &diagnostic) {
    errors += diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error;
  });
  // No folder for external data.
  auto module =
      importOnnx(fuzz::toText(data, size), "/nowhere/fuzz.onnx", &context);
  fuzz::require(errors == (module ? 0 : 1), "not one error for a failure");
  fuzz::require(!module || succeeded(mlir::verify(*module)),
                "a module that is not valid");
  return 0;
}
