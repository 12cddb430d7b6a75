// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Compile.cpp - From a network to a file -----------------------------===//

#include "se/Driver/Compile.h"

#include "Compilation.h"

#include "se/Driver/NetworkName.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace se;

llvm::Expected<EmitKind> se::parseEmit(StringRef text) {
  if (text == "elf")
    return EmitKind{Emit::ELF};
  if (text == "obj")
    return EmitKind{Emit::Object};
  if (text == "asm")
    return EmitKind{Emit::Assembly};
  if (text == "llvm")
    return EmitKind{Emit::LLVMIR};
  StringRef name = text;
  if (name.consume_front("mlir-"))
    if (std::optional<Phase> phase = symbolizePhase(name))
      return EmitKind{Emit::MLIR, *phase};
  return llvm::createStringError("unknown --emit kind '" + text +
                                 "', expected elf, obj, asm, llvm or "
                                 "mlir-PHASE (see se-compile --help)");
}

llvm::Expected<rnn::Nonfinite> se::parseNonfinite(StringRef text,
                                                  ModuleOp module) {
  if (text.empty())
    return rnn::Nonfinite::ZeroFrame;
  std::optional<rnn::Nonfinite> value = rnn::symbolizeNonfinite(text);
  if (!value)
    return llvm::createStringError(
        "--nonfinite: expected zero-frame, reset or propagate, found '" + text +
        "'");
  std::optional<Phase> phase = getPhase(module);
  if (phase && *phase >= Phase::Legalized)
    return llvm::createStringError(
        "--nonfinite: this was decided when the module entered phase "
        "'legalized', give the option there");
  return *value;
}

LogicalResult Compilation::write(StringRef path, StringRef text) {
  if (llvm::Error error = outputs.add(path, text))
    return fail(std::move(error));
  return success();
}

LogicalResult Compilation::commit() {
  if (llvm::Error error = outputs.commit())
    return fail(std::move(error));
  return success();
}

LogicalResult Compilation::run() {
  // An object goes with a linker script that does not know the code; programs
  // of other networks than the known ones may be planned twice.
  if (options.coreStack)
    script.coreStackSize = options.coreStack;
  else if (options.emit.emit != Emit::Object)
    script.coreStackSize = usualStack;
  if (failed(check()))
    return failure();
  ModuleOp given = module;
  while (true) {
    OwningOpRef<ModuleOp> copy = given.clone();
    module = *copy;
    if (!name.empty())
      setNetworkName(module, name);
    plansAgain = false;
    ++numPlans;
    bool isEmitted = succeeded(emit());
    // The copy goes, and whoever fails later asks the module.
    module = given;
    if (isEmitted)
      break;
    if (!plansAgain)
      return failure();
  }
  return writeReport();
}

LogicalResult Compilation::writeReport() {
  if (!report)
    return commit();
  // The object refers to strings of the context and of the options.
  std::string text =
      llvm::formatv("{0:2}\n", llvm::json::Value(llvm::json::Object(*report)));
  bool hasReportFile = options.reportFile && !options.reportFile->empty();
  if (wantsPage()) {
    llvm::Expected<StringRef> program =
        pageProgram ? llvm::Expected<StringRef>(pageProgram->getBuffer())
                    : llvm::createStringError(noProgram);
    if (failed(write(*options.reportFile,
                     makeReportPage(*report, std::move(program), target))))
      return failure();
  } else if (hasReportFile && failed(write(*options.reportFile, text))) {
    return failure();
  }
  if (failed(commit()))
    return failure();
  if (options.reportFile && !hasReportFile)
    llvm::outs() << formatReport(*report);
  if (options.report)
    *options.report = std::move(text);
  return success();
}

LogicalResult se::compile(ModuleOp module, const CompileOptions &options,
                          const target::TargetDescription &target,
                          StringRef resourceDir, StringRef outputPath) {
  return Compilation(module, options, target, resourceDir, outputPath).run();
}
