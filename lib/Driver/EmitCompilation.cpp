// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- EmitCompilation.cpp - From the module to an object -----------------===//

#include "Compilation.h"

#include "se/Dialect/RNN/Transforms/Passes.h"
#include "se/Driver/Layers.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace se;

/// Besides the kernel's frame: what it is called from, and the runtime's
/// functions that it calls.
static constexpr uint64_t otherFrames = 160;

/// The object file. Fails if its frames do not fit the stacks.
FailureOr<llvm::SmallVector<char>> Compilation::emitObject(DeviceCode &code) {
  auto object = code.emit(llvm::CodeGenFileType::ObjectFile);
  if (!object)
    return fail(object.takeError());
  auto frame = getLargestFrame({object->data(), object->size()});
  if (!frame)
    return fail(frame.takeError());
  uint64_t needed = *frame + otherFrames;
  if (needed <= script.coreStackSize)
    return std::move(*object);
  needed = llvm::alignTo(needed, 64);
  if (options.coreStack || options.emit.emit == Emit::Object)
    return fail(llvm::formatv("the code needs stacks of {0} bytes for the "
                              "cluster cores, they have {1}: use "
                              "--core-stack={0}, also for the linker script",
                              needed, script.coreStackSize));
  // Larger stacks leave less L1 to the network.
  script.coreStackSize = unsigned(needed);
  limitL1();
  plansAgain = true;
  return failure();
}

/// Fails if code that shall lie in L1 does not fit what the plan leaves to it,
/// or much less would do while parameters flow.
LogicalResult Compilation::fitCode(const ProgramInfo &program,
                                   StringRef object) {
  if (!program.codeBytes)
    return success();
  auto bytes = getNearBytes(object);
  if (!bytes)
    return fail(bytes.takeError());
  auto needed = int64_t(llvm::alignTo(*bytes, 16));
  int64_t room = getL1Bytes() - program.stateBytes;
  bool wasAsked = pipeline.tiling.code == "l1";
  bool isTooLarge =
      wasAsked && !hasTightCode && program.codeBytes > needed + 256;
  if (needed <= room && !isTooLarge)
    return success();
  if (isPlanned || numPlans > 4)
    return fail("the code takes " + llvm::Twine(needed) +
                " bytes of L1, where the plan leaves " + llvm::Twine(room) +
                ": give plan.stream code_bytes = " + llvm::Twine(needed));
  if (wasAsked) {
    // The code depends on the plan, by a little.
    pipeline.tiling.codeBytes =
        needed + (needed > room && hasTightCode ? 256 : 64);
    hasTightCode = true;
  } else {
    pipeline.tiling.code = "l2";
  }
  plansAgain = true;
  return failure();
}

/// Of a module that is printed: whether its program has the room that the plan
/// leaves to stacks and code. If not, all is planned again, so that what is
/// printed is the plan of the program.
LogicalResult Compilation::settlePlan() {
  if (options.coreStack)
    return success();
  OwningOpRef<ModuleOp> copy = module.clone();
  // Whoever makes the program hears what is wrong with it.
  ScopedDiagnosticHandler quiet(module.getContext(),
                                [](Diagnostic &) { return success(); });
  if (failed(lowerTo(*copy, Phase::Selected, pipeline)))
    return success();
  std::optional<ProgramInfo> program = getProgramInfo(*copy);
  if (!program || failed(lowerTo(*copy, Phase::LLVM, pipeline)))
    return success();
  if (auto code = makeCode(*copy, *program))
    (void)emitFitting(**code, *program);
  return success(!plansAgain);
}

LogicalResult Compilation::link(StringRef object) {
  auto program = linkApplication(object, getLinkOptions());
  if (!program)
    return fail(program.takeError());
  pageProgram = std::move(*program);
  return success();
}

/// Down to phase `scheduled` or `selected`, with the report on the way.
LogicalResult Compilation::plan(Phase middle) {
  llvm::json::Object layers;
  if (options.reportFile || options.deadlineMs ||
      (options.report && reaches(Phase::Scheduled))) {
    auto described = legalizeAndDescribe(module, pipeline, candidates);
    if (failed(described))
      return failure();
    layers = std::move(*described);
  }
  if (failed(lowerTo(module, middle, pipeline)))
    return failure();
  if (!wantsReport())
    return success();
  report = makeReport(module, precisionName);
  if (!report)
    return failure();
  for (auto &[key, value] : layers)
    (*report)[key] = std::move(value);
  return success();
}

/// Makes the program that the report's page runs, if none is written.
LogicalResult Compilation::preparePage() {
  if (!(wantsPage() || options.deadlineMs) || options.emit.emit == Emit::ELF)
    return success();
  std::optional<ProgramInfo> program = getProgramInfo(module);
  if (!program)
    return failure();
  auto made = makeApplication(module, *program, precisionName, pipeline,
                              getLinkOptions());
  if (made)
    pageProgram = std::move(*made);
  else
    noProgram = llvm::toString(made.takeError());
  return success();
}

LogicalResult Compilation::emit() {
  auto printModule = [&]() {
    rnn::writeLayers(module);
    std::string text;
    llvm::raw_string_ostream os(text);
    module->print(os);
    os << '\n';
    return write(outputPath, text);
  };
  if (!reaches(Phase::Normalized)) {
    std::optional<Phase> phase = getPhase(module);
    if (!phase || failed(verifyPhase(module, *phase)))
      return failure();
    return printModule();
  }
  Phase middle =
      reaches(Phase::Selected) ? Phase::Selected : options.emit.phase;
  if (failed(plan(middle)) || failed(preparePage()))
    return failure();
  // Of others it is measured when they are made.
  bool isProgram = options.emit.emit == Emit::ELF,
       isFirmware = options.emit.emit == Emit::Object;
  if (!isProgram && !isFirmware && failed(meetDeadline()))
    return failure();
  if (options.emit.emit == Emit::MLIR && reaches(Phase::Planned) &&
      failed(settlePlan()))
    return failure();
  if (!reaches(Phase::LLVM))
    return printModule();
  std::optional<ProgramInfo> program = getProgramInfo(module);
  if (!program || failed(lowerTo(module, Phase::LLVM, pipeline)))
    return failure();
  if (options.emit.emit == Emit::MLIR)
    return printModule();
  program->worstCaseCycles = worstCase;
  if (failed(emitProgram(*program)))
    return failure();
  if (!isProgram)
    return success();
  if (options.deadlineMs) {
    if (failed(meetDeadline()))
      return failure();
    // Once more, with what is known of it now.
    program->worstCaseCycles = worstCase;
    if (failed(emitProgram(*program)))
      return failure();
  }
  return write(outputPath, pageProgram->getBuffer());
}

/// The code of a module in phase LLVM, with all that an object of it needs.
llvm::Expected<std::unique_ptr<DeviceCode>>
Compilation::makeCode(ModuleOp lowered, const ProgramInfo &program) {
  auto code = DeviceCode::create(lowered, target);
  if (!code)
    return code.takeError();
  if (options.emit.emit == Emit::Object)
    (*code)->refer(target::getScriptSymbols(target, script));
  else
    (*code)->addApplication(program,
                            makeMetadata(program, target.name, precisionName));
  return code;
}

/// Its object file. Fails if stacks or code have less room than they need.
FailureOr<llvm::SmallVector<char>>
Compilation::emitFitting(DeviceCode &code, const ProgramInfo &program) {
  auto object = emitObject(code);
  if (failed(object) ||
      failed(fitCode(program, {object->data(), object->size()})))
    return failure();
  return object;
}

/// Of a module in phase LLVM: writes its code as text or object, or links the
/// program.
LogicalResult Compilation::emitProgram(ProgramInfo program) {
  bool isFirmware = options.emit.emit == Emit::Object;
  auto code = makeCode(module, program);
  if (!code)
    return fail(code.takeError());
  std::string text;
  if (options.emit.emit == Emit::LLVMIR)
    text = (*code)->getIR();
  auto bytes = emitFitting(**code, program);
  if (failed(bytes))
    return failure();
  if (options.emit.emit == Emit::LLVMIR)
    return write(outputPath, text);
  if (options.emit.emit == Emit::Assembly) {
    // Code that was emitted once is no longer what it was.
    auto again = makeCode(module, program);
    if (!again)
      return fail(again.takeError());
    auto assembly = (*again)->emit(llvm::CodeGenFileType::AssemblyFile);
    if (!assembly)
      return fail(assembly.takeError());
    return write(outputPath, {assembly->data(), assembly->size()});
  }
  StringRef object(bytes->data(), bytes->size());
  if (report)
    if (llvm::Error error = addStageCode(*report, object))
      return fail(std::move(error));
  if (!isFirmware)
    return link(object);
  if (failed(meetDeadline()))
    return failure();
  program.worstCaseCycles = worstCase;
  // Nothing stands beside a stream or a device.
  if (OutputFiles::isRegular(outputPath)) {
    std::string header = getHeaderPath();
    if (header == outputPath)
      return fail("the object's name must not end in .h");
    if (failed(write(header, makeHeader(program))))
      return failure();
  }
  return write(outputPath, object);
}
