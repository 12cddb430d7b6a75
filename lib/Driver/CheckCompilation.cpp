// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CheckCompilation.cpp - Options, and the policy they ask for --------===//

#include "Compilation.h"

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/Plan/Plan.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"
#include "se/Driver/CellNetwork.h"
#include "se/Driver/NetworkName.h"
#include "se/Host/HostProgram.h"
#include "se/Schedule/LeastMemory.h"
#include "se/Schedule/Passes.h"

#include "mlir/Pass/PassManager.h"

using namespace mlir;
using namespace se;

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
  if (options.deadlineMs && !(*options.deadlineMs > 0))
    return fail("--deadline-ms: expected a time above 0");
  if (options.deadlineMs && !reaches(Phase::Scheduled))
    return fail("--deadline-ms: phase '" + stringifyPhase(options.emit.phase) +
                "' comes before the plan is made");
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
  candidates = std::move(result->candidates);
  return std::move(result->policy);
}
