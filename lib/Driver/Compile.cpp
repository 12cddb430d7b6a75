// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Compile.cpp - From a network to a file -----------------------------===//

#include "se/Driver/Compile.h"

#include "se/CodeGen/DeviceCode.h"
#include "se/CodeGen/ProgramInfo.h"
#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/Plan/Plan.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"
#include "se/Driver/CellNetwork.h"
#include "se/Driver/Diagnostics.h"
#include "se/Driver/NetworkName.h"
#include "se/Driver/Report.h"
#include "se/Driver/Sizes.h"
#include "se/Host/HostProgram.h"
#include "se/Pipelines/Pipelines.h"
#include "se/Quantization/Policy.h"
#include "se/Schedule/LeastMemory.h"
#include "se/Schedule/Passes.h"
#include "se/Support/InputFile.h"
#include "se/Support/OutputFiles.h"
#include "se/Target/Linker.h"
#include "se/Target/LinkerScript.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
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

namespace {
class Compilation {
public:
  Compilation(ModuleOp module, const CompileOptions &options,
              const target::TargetDescription &target, StringRef resourceDir,
              StringRef outputPath)
      : module(module), options(options), target(target),
        resourceDir(resourceDir), outputPath(outputPath.str()),
        precisionName(
            llvm::json::fixUTF8(llvm::sys::path::filename(options.precision))) {
  }

  LogicalResult run();

private:
  LogicalResult fail(const llvm::Twine &message) {
    return emitFailure(*module.getContext(), message);
  }
  LogicalResult fail(llvm::Error error) {
    return emitFailure(*module.getContext(), std::move(error));
  }
  LogicalResult check();
  LogicalResult checkLeastL1();
  llvm::Expected<quantization::Cost>
  predict(const quantization::Policy &policy);
  llvm::Expected<quantization::Policy> searchPolicy();
  FailureOr<quantization::Policy> nameHalfLayers();
  LogicalResult write(StringRef path, StringRef text);
  LogicalResult link(StringRef object);
  FailureOr<llvm::SmallVector<char>> emitObject(DeviceCode &code);
  LogicalResult fitCode(const ProgramInfo &program, StringRef object);
  LogicalResult emit();
  /// All files or none.
  LogicalResult commit();
  bool wantsReport() const {
    return options.reportFile ||
           (options.report && reaches(Phase::Scheduled) && hasPlan(module));
  }
  int64_t getL1Bytes() const {
    int64_t available = target::getAvailableL1(target, script);
    return options.l1Bytes ? std::min(options.l1Bytes, available) : available;
  }
  /// Stacks come first, the network has at most what is left.
  void limitL1() {
    pipeline.target.coreStack = script.coreStackSize;
    if (options.l1Bytes)
      pipeline.target.l1Bytes = getL1Bytes();
  }
  bool reaches(Phase phase) const {
    return options.emit.emit != Emit::MLIR || options.emit.phase >= phase;
  }
  /// Of the C header beside an object.
  std::string getHeaderPath() const {
    llvm::SmallString<128> header(outputPath);
    llvm::sys::path::replace_extension(header, "h");
    return header.str().str();
  }

  ModuleOp module;
  const CompileOptions &options;
  const target::TargetDescription &target;
  StringRef resourceDir;
  /// A copy: LLD resets all options of the command line library, and with them
  /// the strings that belong to a tool's options.
  std::string outputPath;
  /// A policy is known by its file, wherever that lies. Reports refer to it.
  std::string precisionName;
  OutputFiles outputs;
  PipelineOptions pipeline;
  target::LinkerScriptOptions script;
  /// Of the network; empty: it keeps its own.
  std::string name;
  /// Set when the code turned out to need other room than it was given, which
  /// is known now: all is planned again.
  bool plansAgain = false;
  bool isPlanned = false;    ///< what was given says how parameters flow
  bool hasTightCode = false; ///< room for code that was made as small as it is
  std::optional<llvm::json::Object> report;
};
} // namespace

/// Besides the kernel's frame: what it is called from, and the runtime's
/// functions that it calls.
static constexpr uint64_t otherFrames = 160;

LogicalResult Compilation::check() {
  if (reaches(Phase::Scheduled) && failed(checkNotOnlyCells(module)))
    return failure();
  if (options.cores && (*options.cores < 1 || *options.cores > target.cores))
    return fail("--cores must be 1 to " + llvm::Twine(target.cores) +
                " for target " + target.name + ", found " +
                llvm::Twine(*options.cores));
  if (int64_t most = target::getAvailableL1(target, script);
      options.l1Bytes < 0 || options.l1Bytes > most)
    return fail("--l1-bytes must be 1 to " + llvm::Twine(most) +
                ", what stacks and runtime leave of target " + target.name +
                ", found " + llvm::Twine(options.l1Bytes));
  if (options.reportFile && !reaches(Phase::Scheduled))
    return fail("--report: phase '" + stringifyPhase(options.emit.phase) +
                "' comes before the plan is made");
  if (options.reportFile && options.reportFile->empty() &&
      OutputFiles::isStandardOutput(outputPath))
    return fail("--report and -o both go to standard output, give one of them "
                "a file");
  // A program's bytes do not depend on where it lies; what is linked with
  // others has symbols of its own.
  bool isComplete =
      options.emit.emit == Emit::ELF || options.emit.emit == Emit::MLIR;
  if (!options.name.empty() || !isComplete) {
    auto chosen = chooseNetworkName(options.name, outputPath);
    if (!chosen)
      return fail(chosen.takeError());
    name = std::move(*chosen);
  }
  if (auto carried = cluster::TargetAttr::lookup(module)) {
    if (carried.getName() != target.name)
      return fail("the module is for target " + carried.getName() +
                  ", give --target=" + carried.getName() + " (found " +
                  target.name + ")");
    if (options.cores && *options.cores != carried.getCores())
      return fail("--cores: the module is for " +
                  llvm::Twine(carried.getCores()) + " cores, found " +
                  llvm::Twine(*options.cores));
    if (int64_t bytes = carried.getL1().getAvailable();
        options.l1Bytes && options.l1Bytes != bytes)
      return fail("--l1-bytes: the module is for " + llvm::Twine(bytes) +
                  " bytes, found " + llvm::Twine(options.l1Bytes));
  }
  isPlanned =
      !module.getOps<cluster::ProgramOp>().empty() ||
      llvm::any_of(module.getOps<rnn::NetworkOp>(), [](rnn::NetworkOp network) {
        return network->hasAttr(plan::StreamAttr::attrName);
      });
  if (isPlanned && !options.schedule.empty())
    return fail("--schedule: the network has a tiling already, in its "
                "attribute '" +
                plan::StreamAttr::attrName + "'");
  auto nonfinite = parseNonfinite(options.nonfinite, module);
  if (!nonfinite)
    return fail(nonfinite.takeError());
  pipeline.nonfinite = *nonfinite;
  pipeline.proof = options.proof;
  pipeline.remarks = options.remarks;
  pipeline.target.target = target;
  pipeline.target.cores = options.cores.value_or(0);
  limitL1();
  if (llvm::Error error = parseSchedule(options.schedule, pipeline.tiling))
    return fail(std::move(error));
  // Linker scripts put it into L1 only where somebody wants that.
  if (options.emit.emit == Emit::Object && pipeline.tiling.code == "auto")
    pipeline.tiling.code = "l2";
  if (options.calibration.isGiven() && failed(checkLeastL1()))
    return failure();
  auto policy =
      options.precision == "auto"
          ? searchPolicy()
          : loadPolicy(module, options.precision, options.calibration, outputs);
  if (!policy)
    return fail(policy.takeError());
  pipeline.policy = std::move(*policy);
  if (options.policyFile.empty())
    return success();
  auto saved = nameHalfLayers();
  if (failed(saved))
    return failure();
  return write(options.policyFile, saved->format());
}

/// The policy with an entry for each layer that --rnn-weigh-layers leaves in
/// fp16.
FailureOr<quantization::Policy> Compilation::nameHalfLayers() {
  quantization::Policy policy = pipeline.policy;
  std::optional<Phase> phase = getPhase(module);
  if (!phase || *phase > Phase::Normalized)
    return policy;
  OwningOpRef<ModuleOp> copy(module.clone());
  // Its remarks are those of the compilation itself.
  ScopedDiagnosticHandler silence(copy->getContext(), [](Diagnostic &message) {
    return success(message.getSeverity() == DiagnosticSeverity::Remark);
  });
  PassManager passes(copy->getContext());
  passes.addPass(rnn::createSplitLayers(policy));
  passes.addPass(rnn::createWeighLayers(policy));
  if (failed(lowerTo(*copy, Phase::Normalized, {})) ||
      failed(passes.run(*copy)))
    return failure();
  quantization::LayerPolicy half;
  half.precision = quantization::Precision::FP16;
  for (NamedAttribute layer : rnn::getHalfLayers(*copy))
    policy.set(layer.getName(), half);
  return policy;
}

/// Recordings may take minutes to run. What does not fit in any precision is
/// found before.
LogicalResult Compilation::checkLeastL1() {
  std::optional<Phase> phase = getPhase(module);
  if (!phase || *phase > Phase::Normalized || !reaches(Phase::Scheduled))
    return success(phase.has_value());
  OwningOpRef<ModuleOp> copy(module.clone());
  PassManager passes(copy->getContext());
  buildStages(passes, /*remarks=*/false, /*plain=*/true);
  if (failed(lowerTo(*copy, Phase::Normalized, {})) ||
      failed(passes.run(*copy)))
    return failure();
  for (auto network : copy->getOps<rnn::NetworkOp>()) {
    int64_t least = schedule::getLeastL1(network);
    int64_t available = getL1Bytes();
    if (least > available)
      return network.emitError()
             << "network does not fit: memory l1 exceeded by "
             << least - available << " bytes (" << least
             << " needed for states and activations even in int8, " << available
             << " available) on target " << target.name;
  }
  return success();
}

LogicalResult Compilation::write(StringRef path, StringRef text) {
  if (llvm::Error error = outputs.add(path, text))
    return fail(std::move(error));
  return success();
}

/// What the planner expects of a policy.
llvm::Expected<quantization::Cost>
Compilation::predict(const quantization::Policy &policy) {
  OwningOpRef<ModuleOp> copy(module.clone());
  PipelineOptions trial = pipeline;
  trial.policy = policy;
  trial.remarks = false;
  if (failed(lowerTo(*copy, Phase::Scheduled, trial)))
    return llvm::make_error<DiagnosedError>();
  std::optional<ProgramInfo> info = getProgramInfo(*copy);
  if (!info || !info->predictedCycles)
    return llvm::make_error<DiagnosedError>();
  return quantization::Cost{*info->predictedCycles, info->weightBytes};
}

llvm::Expected<quantization::Policy> Compilation::searchPolicy() {
  if (!options.calibration.isGiven())
    return llvm::createStringError(
        "--precision=auto needs recordings: give --calibration");
  auto calibration = getCalibration(module, options.calibration, outputs);
  if (!calibration)
    return calibration.takeError();
  if (calibration->recordings.empty())
    return llvm::createStringError("--precision=auto needs recordings, not "
                                   "their statistics: give --calibration");
  auto layers = getQuantizableLayers(module);
  if (!layers)
    return layers.takeError();
  std::optional<LossMeter> meter;
  if (!options.search.getLoss) {
    auto created =
        LossMeter::create(module, calibration->recordings, options.search);
    if (!created)
      return created.takeError();
    meter = std::move(*created);
  }
  quantization::Policy base =
      llvm::cantFail(quantization::Policy::load("fp16"));
  base.setCalibration(calibration->statistics);
  quantization::SearchOptions search;
  search.maxLoss = options.search.maxLoss;
  search.getCost = [&](const quantization::Policy &policy) {
    return predict(policy);
  };
  search.getLoss = [&](const quantization::Policy &policy) {
    return meter ? meter->measure(policy) : options.search.getLoss(policy);
  };
  // A metric of one's own says itself what it measures over.
  if (meter)
    search.getTrend = [&](const quantization::Policy &policy) {
      return meter->measureTrend(policy);
    };
  auto names = getLayers(module);
  if (!names)
    return names.takeError();
  search.allLayers = std::move(*names);
  search.progress = options.search.progress;
  auto result = quantization::searchPolicy(base, *layers, search);
  if (!result)
    return result.takeError();
  if (options.search.finish)
    options.search.finish(result->candidates);
  return std::move(result->policy);
}

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
  if (isPlanned)
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

LogicalResult Compilation::link(StringRef object) {
  auto text = target::makeLinkerScript(target, script);
  if (!text)
    return fail(text.takeError());
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> files;
  std::vector<llvm::MemoryBufferRef> inputs{{object, "network.o"}};
  for (StringRef name : {"app_frames.o", "libse_runtime.a"}) {
    std::string path = (resourceDir + "/runtime/" + name).str();
    auto file = llvm::MemoryBuffer::getFile(path);
    if (!file)
      return fail("cannot read '" + path + "': " + file.getError().message() +
                  " (is the installation complete?)");
    files.push_back(std::move(*file));
    inputs.push_back(files.back()->getMemBufferRef());
  }
  auto program = target::linkProgram(inputs, *text);
  if (!program)
    return fail(program.takeError());
  return write(outputPath, (*program)->getBuffer());
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
  std::optional<llvm::json::Object> sizes;
  llvm::json::Array halfLayers;
  if (options.reportFile || (options.report && reaches(Phase::Scheduled))) {
    if (failed(lowerTo(module, Phase::Legalized, pipeline)))
      return failure();
    sizes = getSizes(module);
    for (NamedAttribute layer : rnn::getHalfLayers(module))
      halfLayers.push_back(llvm::json::Object{
          {"layer", layer.getName().getValue()},
          {"reason", cast<StringAttr>(layer.getValue()).getValue()}});
  }
  if (failed(lowerTo(module, middle, pipeline)))
    return failure();
  if (wantsReport()) {
    report = makeReport(module, precisionName);
    if (!report)
      return failure();
    if (sizes)
      (*report)["sizes"] = std::move(*sizes);
    if (!halfLayers.empty())
      (*report)["fp16_layers"] = std::move(halfLayers);
  }
  if (!reaches(Phase::LLVM))
    return printModule();
  std::optional<ProgramInfo> program = getProgramInfo(module);
  if (!program || failed(lowerTo(module, Phase::LLVM, pipeline)))
    return failure();
  if (options.emit.emit == Emit::MLIR)
    return printModule();

  auto code = DeviceCode::create(module, target);
  if (!code)
    return fail(code.takeError());
  bool isFirmware = options.emit.emit == Emit::Object;
  if (isFirmware)
    (*code)->refer(target::getScriptSymbols(target, script));
  else
    (*code)->addApplication(*program,
                            makeMetadata(*program, target.name, precisionName));
  if (options.emit.emit == Emit::LLVMIR)
    return write(outputPath, (*code)->getIR());
  if (options.emit.emit == Emit::Assembly) {
    auto text = (*code)->emit(llvm::CodeGenFileType::AssemblyFile);
    if (!text)
      return fail(text.takeError());
    return write(outputPath, {text->data(), text->size()});
  }
  auto bytes = emitObject(**code);
  if (failed(bytes))
    return failure();
  StringRef object(bytes->data(), bytes->size());
  if (failed(fitCode(*program, object)))
    return failure();
  if (report)
    if (llvm::Error error = addStageCode(*report, object))
      return fail(std::move(error));
  if (!isFirmware)
    return link(object);
  // Nothing stands beside a stream or a device.
  if (OutputFiles::isRegular(outputPath)) {
    std::string header = getHeaderPath();
    if (header == outputPath)
      return fail("the object's name must not end in .h");
    if (failed(write(header, makeHeader(*program))))
      return failure();
  }
  return write(outputPath, object);
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
    if (succeeded(emit()))
      break;
    if (!plansAgain)
      return failure();
  }
  if (!report)
    return commit();
  // The object refers to strings of the context and of the options.
  std::string text =
      llvm::formatv("{0:2}\n", llvm::json::Value(llvm::json::Object(*report)));
  bool hasReportFile = options.reportFile && !options.reportFile->empty();
  if (hasReportFile && failed(write(*options.reportFile, text)))
    return failure();
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
