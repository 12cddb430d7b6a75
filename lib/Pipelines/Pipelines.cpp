// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Pipelines.cpp - From one phase to another --------------------------===//

#include "se/Pipelines/Pipelines.h"

#include "se/Conversion/Passes.h"
#include "se/Dialect/Cluster/Transforms/Passes.h"
#include "se/Dialect/DSP/Transforms/Passes.h"
#include "se/Dialect/Plan/Plan.h"
#include "se/Dialect/RNN/Transforms/Passes.h"
#include "se/Dialect/XPulp/Transforms/Passes.h"
#include "se/Schedule/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVMPass.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringSwitch.h"

namespace se {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "se/Pipelines/Passes.h.inc"
} // namespace se

using namespace mlir;
using namespace se;

static void buildNormalize(OpPassManager &pm, const PipelineOptions &options) {
  pm.addPass(dsp::createExpandTransforms());
  pm.addPass(rnn::createExpandNamedCells());
  pm.addPass(rnn::createInstantiateCells());
  pm.addPass(rnn::createNormalizeMovement());
  pm.addPass(rnn::createFoldConstants());
  // What is computed once, rnn-contract rounds otherwise than twice the same.
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  if (!options.plainRounding)
    pm.addPass(rnn::createJoinBiases());
  if (!options.plain)
    pm.addPass(rnn::createFuseGates());
  pm.addPass(rnn::createFoldConstants());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

static void buildLegalize(OpPassManager &pm, const PipelineOptions &options) {
  pm.addPass(rnn::createSplitLayers(options.policy));
  pm.addPass(rnn::createWeighLayers(options.policy));
  pm.addPass(rnn::createChooseFloats(options.policy));
  pm.addPass(rnn::createQuantize(options.policy));
  pm.addPass(rnn::createJoinScales());
  pm.addPass(rnn::createAssignFloats(options.policy));
  pm.addPass(rnn::createNarrowFloats());
  pm.addPass(rnn::createTabulateActivations());
  pm.addPass(rnn::createLowerQuantized());
  if (!options.plainRounding)
    pm.addPass(rnn::createFuseSums());
  pm.addPass(rnn::createQuantizeStates());
  pm.addPass(rnn::createRoundEarly());
  if (!options.plainRounding) {
    pm.addPass(rnn::createSplitReductions());
    pm.addPass(rnn::createDivideOnce());
  }
  if (!options.plain)
    pm.addPass(rnn::createBroadcastLate());
  if (!options.plainRounding)
    pm.addPass(rnn::createContract());
  pm.addPass(rnn::createFoldConstants()); // scales of rows, sliced
  pm.addPass(rnn::createScreenInputs({options.nonfinite}));
  pm.addPass(rnn::createExpandPeaks());
  pm.addPass(createCSEPass());
}

/// Of the passes, each keeps what a module has already.
static void buildDecisions(OpPassManager &pm, const PipelineOptions &options) {
  if (!options.plain) {
    pm.addPass(schedule::createFuseReductions());
    pm.addPass(schedule::createStripElements());
    pm.addPass(schedule::createPairElements());
  }
  pm.addPass(schedule::createChooseTiling(options.tiling));
  pm.addPass(schedule::createSplitStages());
  pm.addPass(schedule::createPlaceBuffers());
}

void se::buildStages(OpPassManager &pm, bool remarks, bool plain) {
  pm.addPass(rnn::createInlineCells());
  pm.addPass(rnn::createStoreMasks());
  pm.addPass(createCSEPass());
  if (!plain)
    pm.addPass(schedule::createFormDelayLines());
  pm.addPass(schedule::createFormStages({remarks}));
}

static void buildPlan(OpPassManager &pm, const PipelineOptions &options) {
  pm.addPass(createAttachTargetPass(options.target));
  buildStages(pm, options.remarks, options.plain);
  buildDecisions(pm, options);
}

static void buildSchedule(OpPassManager &pm, const PipelineOptions &options) {
  pm.addPass(schedule::createScheduleNetwork({options.remarks}));
  if (options.plain)
    return;
  pm.addPass(cluster::createChainDots());
  pm.addPass(createCSEPass());
}

static void buildSelect(OpPassManager &pm, const PipelineOptions &options) {
  if (!options.plain)
    pm.addPass(conversion::createUnrollReductions());
  pm.addPass(conversion::createExpandActivations());
  pm.addPass(conversion::createSelectPacked());
  pm.addPass(conversion::createSelectDots());
  pm.addPass(conversion::createSelectExpandingFma());
  pm.addPass(createCSEPass());
}

static void buildLLVM(OpPassManager &pm, const PipelineOptions &options) {
  unsigned bits = options.indexBits;
  if (bits != 32) {
    pm.addPass(conversion::createExpandHalfFma());
    pm.addPass(conversion::createExpandMinMax());
  } else {
    pm.addPass(conversion::createSelectMinMax());
  }
  pm.addPass(conversion::createLowerCluster());
  if (bits == 32)
    pm.addPass(xpulp::createAllocateRegisters());
  conversion::LowerXPulpOptions instructions;
  instructions.host = bits != 32;
  pm.addPass(conversion::createLowerXPulp(instructions));
  pm.addPass(createSCFToControlFlowPass());
  ArithToLLVMConversionPassOptions arith;
  arith.indexBitwidth = bits;
  pm.addPass(createArithToLLVMConversionPass(arith));
  pm.addPass(createConvertMathToLLVMPass());
  FinalizeMemRefToLLVMConversionPassOptions memref;
  memref.indexBitwidth = bits;
  pm.addPass(createFinalizeMemRefToLLVMConversionPass(memref));
  ConvertControlFlowToLLVMPassOptions cf;
  cf.indexBitwidth = bits;
  pm.addPass(createConvertControlFlowToLLVMPass(cf));
  ConvertFuncToLLVMPassOptions func;
  func.indexBitwidth = bits;
  func.useBarePtrCallConv = true;
  pm.addPass(createConvertFuncToLLVMPass(func));
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(conversion::createMakeEntryPoints());
  pm.addPass(createCSEPass());
  // The host's code is not looked at by any debugger.
  if (options.indexBits == 32)
    pm.addPass(conversion::createAddDebugInfo());
}

llvm::Error se::parseSchedule(StringRef text,
                              schedule::ChooseTilingOptions &options) {
  SmallVector<StringRef> choices;
  text.split(choices, ',', -1, /*KeepEmpty=*/false);
  for (StringRef choice : choices) {
    auto [key, value] = choice.split('=');
    auto fail = [&](const Twine &expected) {
      return llvm::createStringError("--schedule: expected " + expected +
                                     ", found '" + choice + "'");
    };
    if (key == "resident") {
      if (value != "on" && value != "off")
        return fail("resident=on or off");
      options.resident = value == "on";
      continue;
    }
    if (key == "code") {
      if (value != "l1" && value != "l2" && value != "auto")
        return fail("code=l1, l2 or auto");
      options.code = value.str();
      continue;
    }
    int64_t *number = llvm::StringSwitch<int64_t *>(key)
                          .Case("ring", &options.ring)
                          .Case("tile-rows", &options.tileRows)
                          .Case("slot-bytes", &options.slotBytes)
                          .Default(nullptr);
    if (!number)
      return fail("ring=, tile-rows=, slot-bytes=, resident= or code=");
    if (value.getAsInteger(10, *number) || *number < 1)
      return fail("a positive number");
    if (key == "ring" && !plan::StreamAttr::isSlots(*number))
      return fail("ring=2 to 6");
    if (key == "slot-bytes" && !plan::StreamAttr::isSlotBytes(*number))
      return fail("a multiple of 16 up to 65536");
  }
  return llvm::Error::success();
}

void se::buildPipeline(OpPassManager &pm, Phase from, Phase to,
                       const PipelineOptions &options) {
  auto reaches = [&](Phase phase) { return from < phase && phase <= to; };
  auto enter = [&](Phase phase) { pm.addPass(createEnterPhasePass(phase)); };
  if (reaches(Phase::Normalized)) {
    buildNormalize(pm, options);
    enter(Phase::Normalized);
  }
  if (reaches(Phase::Legalized)) {
    buildLegalize(pm, options);
    enter(Phase::Legalized);
  }
  if (reaches(Phase::Planned)) {
    buildPlan(pm, options);
    enter(Phase::Planned);
  }
  if (reaches(Phase::Scheduled)) {
    // A module that was written by hand may lack some.
    if (from == Phase::Planned) {
      pm.addPass(createAttachTargetPass(options.target));
      buildDecisions(pm, options);
    }
    buildSchedule(pm, options);
    enter(Phase::Scheduled);
  }
  if (options.proof && from <= Phase::Scheduled && to >= Phase::Scheduled)
    pm.addPass(schedule::createVerifySchedule());
  if (reaches(Phase::Selected)) {
    buildSelect(pm, options);
    enter(Phase::Selected);
  }
  if (reaches(Phase::LLVM)) {
    buildLLVM(pm, options);
    enter(Phase::LLVM);
  }
}

LogicalResult se::lowerTo(ModuleOp module, Phase to,
                          const PipelineOptions &options) {
  std::optional<Phase> from = getPhase(module);
  if (!from || failed(verifyPhase(module, *from)))
    return failure();
  PassManager pm(module.getContext());
  buildPipeline(pm, *from, to, options);
  return pm.run(module);
}

namespace {
llvm::cl::ValuesClass phaseValues() {
  return llvm::cl::values(
      clEnumValN(Phase::Imported, "imported", "named cells, f32"),
      clEnumValN(Phase::Normalized, "normalized", "region cells, f32"),
      clEnumValN(Phase::Legalized, "legalized", "types of the policy"),
      clEnumValN(Phase::Planned, "planned", "stages and tilings"),
      clEnumValN(Phase::Scheduled, "scheduled", "cores, loops, buffers"),
      clEnumValN(Phase::Selected, "selected", "instructions of the target"),
      clEnumValN(Phase::LLVM, "llvm", "LLVM dialect"));
}

/// `--se-pipeline="to=scheduled precision=fp16 target=gap9 cores=4"`.
struct CommandLineOptions : PassPipelineOptions<CommandLineOptions> {
  Option<Phase> from{*this, "from", llvm::cl::init(Phase::Imported),
                     llvm::cl::desc("phase of the input"), phaseValues()};
  Option<Phase> to{*this, "to", llvm::cl::init(Phase::Normalized),
                   llvm::cl::desc("phase to reach"), phaseValues()};
  Option<std::string> precision{
      *this, "precision", llvm::cl::init("fp32"),
      llvm::cl::desc("fp32, fp16, int8, mixed, or a policy, FILE.json")};
  Option<std::string> calibration{
      *this, "calibration", llvm::cl::init(""),
      llvm::cl::desc("a file of se-compile --save-calibration")};
  Option<rnn::Nonfinite> nonfinite{
      *this, "nonfinite", llvm::cl::init(rnn::Nonfinite::ZeroFrame),
      llvm::cl::desc("frames with inputs that are not finite"),
      llvm::cl::values(
          clEnumValN(rnn::Nonfinite::ZeroFrame, "zero-frame", "zeros instead"),
          clEnumValN(rnn::Nonfinite::Reset, "reset",
                     "zeros instead, then a reset of all states"),
          clEnumValN(rnn::Nonfinite::Propagate, "propagate",
                     "computed like any other"))};
  Option<std::string> target{
      *this, "target", llvm::cl::init("pulp-open"),
      llvm::cl::desc("name or .json file of the target")};
  Option<unsigned> cores{*this, "cores", llvm::cl::init(0),
                         llvm::cl::desc("number of cores; 0: all")};
  Option<int64_t> l1Bytes{
      *this, "l1-bytes", llvm::cl::init(-1),
      llvm::cl::desc("bytes of L1 that the network may use; -1: all")};
  Option<std::string> schedule{
      *this, "schedule", llvm::cl::init(""),
      llvm::cl::desc("forced choices, as for se-compile --schedule")};
};
} // namespace

/// The passes that the options ask for; the error is one line.
static llvm::Error addPasses(OpPassManager &pm,
                             const CommandLineOptions &options) {
  // From `scheduled` to itself there is the proof.
  if (options.from > options.to ||
      (options.from == options.to && options.to != Phase::Scheduled))
    return llvm::createStringError("from=" + stringifyPhase(options.from) +
                                   " to=" + stringifyPhase(options.to) +
                                   ": phase '" + stringifyPhase(options.to) +
                                   "' does not come after phase '" +
                                   stringifyPhase(options.from) + "'");
  PipelineOptions pipeline;
  auto policy =
      quantization::Policy::load(options.precision, options.calibration);
  if (!policy)
    return policy.takeError();
  pipeline.policy = *policy;
  pipeline.nonfinite = options.nonfinite;
  auto target = target::loadTarget(options.target, target::getResourceDir());
  if (!target)
    return target.takeError();
  pipeline.target.target = std::move(*target);
  pipeline.target.cores = options.cores;
  if (options.l1Bytes >= 0)
    pipeline.target.l1Bytes = options.l1Bytes;
  if (llvm::Error error = parseSchedule(options.schedule, pipeline.tiling))
    return error;
  pm.addPass(rnn::createReadLayers());
  buildPipeline(pm, options.from, options.to, pipeline);
  pm.addPass(rnn::createWriteLayers());
  return llvm::Error::success();
}

void se::registerPasses() {
  rnn::registerRNNPasses();
  rnn::registerRNNScreeningPasses();
  dsp::registerDSPPasses();
  cluster::registerClusterPasses();
  schedule::registerSchedulePasses();
  xpulp::registerXPulpPasses();
  conversion::registerConversionPasses();
  registerPhasePasses();
  registerTransformsPasses();
  // PassPipelineRegistration has no way to report a wrong option.
  registerPassPipeline(
      "se-pipeline", "Take a module from one phase to another",
      [](OpPassManager &pm, StringRef text, auto errorHandler) {
        // MLIR ends the process where a pass cannot run on the operation.
        std::optional<StringRef> anchor = pm.getOpName();
        if (anchor && *anchor != ModuleOp::getOperationName())
          return errorHandler("se-pipeline runs on 'builtin.module', not on '" +
                              *anchor +
                              "'; write builtin.module(se-pipeline{...})");
        CommandLineOptions options;
        std::string message;
        llvm::raw_string_ostream os(message);
        // A wrong value is reported by the option itself.
        if (failed(options.parseFromString(text, os)))
          return message.empty() ? failure()
                                 : errorHandler(StringRef(message).rtrim());
        if (llvm::Error error = addPasses(pm, options))
          return errorHandler(llvm::toString(std::move(error)));
        return success();
      },
      [](auto handleOptions) { handleOptions(CommandLineOptions()); });
}
