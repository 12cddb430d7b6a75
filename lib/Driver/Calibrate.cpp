// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Calibrate.cpp - Statistics from recordings -------------------------===//

#include "se/Driver/Calibrate.h"

#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"
#include "se/Host/HostProgram.h"
#include "se/Pipelines/Pipelines.h"
#include "se/Support/TextFile.h"

#include "mlir/IR/OwningOpRef.h"

#include <cmath>

using namespace mlir;
using namespace se;
using namespace se::quantization;

/// The network with its tensors as outputs, for the host.
static llvm::Expected<std::unique_ptr<HostProgram>>
makeObservedProgram(ModuleOp module) {
  std::optional<Phase> phase = getPhase(module);
  if (!phase)
    return llvm::make_error<DiagnosedError>();
  if (*phase > Phase::Normalized)
    return llvm::createStringError(
        "a module of phase '" + stringifyPhase(*phase) +
        "' cannot be calibrated: its precision has been chosen");
  OwningOpRef<ModuleOp> copy(module.clone());
  if (failed(lowerTo(*copy, Phase::Normalized, {})))
    return llvm::make_error<DiagnosedError>();
  PassManager passes(module.getContext());
  passes.addPass(rnn::createObserve());
  passes.addPass(rnn::createExposeObserved());
  if (failed(passes.run(*copy)))
    return llvm::make_error<DiagnosedError>();
  // What is observed stays in memory to the end of the frame. Recordings that
  // are not finite are an error.
  PipelineOptions options;
  options.nonfinite = rnn::Nonfinite::Propagate;
  return HostProgram::create(*copy, std::move(options));
}

namespace {
/// Runs recordings, and adds up what tensors are.
class Observer {
public:
  explicit Observer(HostProgram &program);

  llvm::Error run(const Recording &recording);
  Calibration take() { return std::move(calibration); }

private:
  llvm::Error add(TensorStatistics &tensor, ArrayRef<float> values,
                  const Recording &recording, int64_t frame);

  HostProgram &program;
  Calibration calibration;
  std::vector<std::vector<float>> outputs;
  size_t firstTensor = 0; ///< outputs of the network come before
};
} // namespace

Observer::Observer(HostProgram &program) : program(program) {
  for (const PortInfo &output : program.getInfo().outputs) {
    outputs.emplace_back(output.elements);
    StringRef name = output.name;
    if (name.consume_front(rnn::observedPrefix)) {
      TensorStatistics tensor;
      tensor.name = name.str();
      tensor.min = INFINITY;
      tensor.max = -INFINITY;
      calibration.tensors.push_back(std::move(tensor));
    } else {
      ++firstTensor;
    }
  }
}

llvm::Error Observer::add(TensorStatistics &tensor, ArrayRef<float> values,
                          const Recording &recording, int64_t frame) {
  for (float value : values) {
    if (!std::isfinite(value))
      return llvm::createStringError(recording.name + ": tensor '" +
                                     tensor.name + "' is not finite in frame " +
                                     llvm::Twine(frame));
    tensor.min = std::min(tensor.min, value);
    tensor.max = std::max(tensor.max, value);
    tensor.histogram.add(value);
  }
  return llvm::Error::success();
}

llvm::Error Observer::run(const Recording &recording) {
  ArrayRef<PortInfo> ports = program.getInfo().inputs;
  std::vector<const float *> in(ports.size());
  std::vector<float *> out;
  for (std::vector<float> &output : outputs)
    out.push_back(output.data());
  program.reset();
  for (int64_t t = 0; t != recording.frames.numFrames; ++t) {
    for (size_t i = 0; i != ports.size(); ++i)
      in[i] = recording.frames.values[i].data() + t * ports[i].elements;
    program.step(in, out);
    for (auto [i, tensor] : llvm::enumerate(calibration.tensors))
      if (llvm::Error error =
              add(tensor, outputs[firstTensor + i], recording, t))
        return error;
  }
  calibration.frames += recording.frames.numFrames;
  calibration.files.push_back(recording.name);
  return llvm::Error::success();
}

static llvm::Expected<Method> parseMethod(StringRef text) {
  if (auto method = Method::parse(text))
    return *method;
  return llvm::createStringError("unknown method '" + text +
                                 "', expected max, percentile, percentile:P "
                                 "(50 to 100), mse or kl");
}

llvm::Expected<Calibration> se::calibrate(ModuleOp module,
                                          ArrayRef<Recording> recordings,
                                          const CalibrationOptions &options) {
  auto method = parseMethod(options.method.empty() ? "max" : options.method);
  if (!method)
    return method.takeError();
  auto program = makeObservedProgram(module);
  if (!program)
    return program.takeError();
  Observer observer(**program);
  for (auto [i, recording] : llvm::enumerate(recordings)) {
    if (options.progress)
      options.progress(recording, i, recordings.size());
    if (llvm::Error error = observer.run(recording))
      return error;
  }
  Calibration calibration = observer.take();
  for (const TensorStatistics &tensor : calibration.tensors)
    if (tensor.min == 0 && tensor.max == 0)
      emitWarning(module.getLoc())
          << "calibration: tensor '" << tensor.name << "' is 0 in all "
          << calibration.frames << " frames, so its scale says nothing";
  calibration.choose(*method);
  return calibration;
}

static std::vector<Port> getInputs(rnn::NetworkOp network) {
  std::vector<Port> ports;
  for (auto [name, type] :
       llvm::zip(network.getInputNames(), network.getInputTypes())) {
    auto tensor = cast<RankedTensorType>(cast<TypeAttr>(type).getValue());
    Port &port = ports.emplace_back();
    port.name = cast<StringAttr>(name).str();
    port.shape.assign(tensor.getShape().begin(), tensor.getShape().end());
    port.elements = tensor.getNumElements();
  }
  return ports;
}

/// Statistics of a file, with ranges by another method if one is given.
static llvm::Expected<Calibration>
loadStatistics(const CalibrationOptions &options) {
  if (options.paths.size() != 1)
    return llvm::createStringError("--calibration: '.json' has statistics of "
                                   "all recordings, and goes with no other "
                                   "file");
  auto calibration = Calibration::load(options.paths.front());
  if (!calibration || options.method.empty())
    return calibration;
  auto method = parseMethod(options.method);
  if (!method)
    return method.takeError();
  calibration->choose(*method);
  return calibration;
}

llvm::Expected<CalibrationResult>
se::getCalibration(ModuleOp module, const CalibrationOptions &options) {
  CalibrationResult result;
  llvm::Expected<Calibration> calibration = Calibration();
  if (llvm::any_of(options.paths,
                   [](StringRef path) { return path.ends_with(".json"); })) {
    calibration = loadStatistics(options);
  } else {
    auto networks = module.getOps<rnn::NetworkOp>();
    if (!llvm::hasSingleElement(networks))
      return llvm::createStringError("--calibration: expected one rnn.network, "
                                     "in phase 'imported' or 'normalized'");
    auto recordings =
        readRecordings(options.paths, getInputs(*networks.begin()));
    if (!recordings)
      return recordings.takeError();
    result.recordings = std::move(*recordings);
    calibration = calibrate(module, result.recordings, options);
  }
  if (!calibration)
    return calibration.takeError();
  if (!options.saveFile.empty())
    if (llvm::Error error =
            writeTextFile(options.saveFile, calibration->format()))
      return error;
  result.statistics = std::make_shared<Calibration>(std::move(*calibration));
  return result;
}

llvm::Expected<Policy> se::loadPolicy(ModuleOp module, StringRef precision,
                                      const CalibrationOptions &options) {
  auto policy = Policy::load(precision);
  if (!policy || options.paths.empty())
    return policy;
  auto calibration = getCalibration(module, options);
  if (!calibration)
    return calibration.takeError();
  policy->setCalibration(calibration->statistics);
  return policy;
}
