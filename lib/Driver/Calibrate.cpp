// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Calibrate.cpp - Statistics from recordings -------------------------===//

#include "se/Driver/Calibrate.h"

#include "se/Dialect/DSP/DSP.h"
#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Observed.h"
#include "se/Dialect/RNN/Transforms/Passes.h"
#include "se/Host/HostProgram.h"
#include "se/Pipelines/Pipelines.h"
#include "se/Quantization/OutputError.h"
#include "se/Support/OutputFiles.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"

#include <cmath>

using namespace mlir;
using namespace se;
using namespace se::quantization;

namespace {
/// The network with its tensors as outputs, for the host, and by the tensors'
/// names the matrices that they are multiplied by.
struct ObservedNetwork {
  std::unique_ptr<HostProgram> program;
  llvm::StringMap<std::vector<ReadingMatrix>> readers;
  /// Inputs and states that no operation bounds.
  llvm::StringSet<> unbounded;
};
} // namespace

/// Adds the constant matrices that read `value`, also behind reshapes.
static void findReaders(Value value, std::vector<ReadingMatrix> &readers) {
  for (Operation *user : value.getUsers()) {
    if (auto reshape = dyn_cast<rnn::ReshapeOp>(user))
      findReaders(reshape.getY(), readers);
    auto matvec = dyn_cast<rnn::MatvecOp>(user);
    if (!matvec || matvec.getX() != value)
      continue;
    if (auto weights = rnn::readFloats(matvec.getW()))
      readers.push_back(
          {size_t(cast<RankedTensorType>(value.getType()).getShape().back()),
           std::move(*weights)});
  }
}

/// A state is observed where its next value is computed, and read as argument
/// in the next frame.
static void findStateReaders(rnn::NetworkOp network, StringRef name,
                             std::vector<ReadingMatrix> &readers) {
  for (auto [state, argument] :
       llvm::zip(network.getStateNames(), network.getStateArguments()))
    if (cast<StringAttr>(state).getValue() == name)
      findReaders(argument, readers);
}

static llvm::Expected<ObservedNetwork> makeObservedNetwork(ModuleOp module) {
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
  if (failed(passes.run(*copy)))
    return llvm::make_error<DiagnosedError>();
  ObservedNetwork observed;
  copy->walk([&](rnn::ObserveOp op) {
    auto network = op->getParentOfType<rnn::NetworkOp>();
    std::vector<ReadingMatrix> &readers = observed.readers[op.getTensor()];
    findReaders(op.getX(), readers);
    if (op.getX().getDefiningOp())
      findStateReaders(network, op.getTensor(), readers);
    for (ArrayAttr names : {network.getInputNames(), network.getStateNames()})
      if (llvm::is_contained(names, op.getTensorAttr()) &&
          !op->hasAttr(rnn::boundedAttr))
        observed.unbounded.insert(op.getTensor());
  });
  PassManager expose(module.getContext());
  expose.addPass(rnn::createExposeObserved());
  if (failed(expose.run(*copy)))
    return llvm::make_error<DiagnosedError>();
  // What is observed stays in memory to the end of the frame. Recordings that
  // are not finite are an error.
  PipelineOptions options;
  options.nonfinite = rnn::Nonfinite::Propagate;
  options.target.cores = 1; // others would be threads, for the same bits
  auto program = HostProgram::create(*copy, std::move(options));
  if (!program)
    return program.takeError();
  observed.program = std::move(*program);
  return observed;
}

/// Frames of each tensor that are kept, to try ranges on.
static constexpr int64_t maxSamples = 512;

namespace {
/// Runs recordings, and adds up what tensors are.
class Observer {
public:
  /// `numFrames`: of all runs that will follow.
  Observer(ObservedNetwork &network, int64_t numFrames);

  /// With inputs that are `gain` times as large.
  llvm::Error run(const Recording &recording, float gain);
  /// With the ranges of Method::OutputError.
  Calibration take();
  ArrayRef<TensorStatistics> getTensors() const { return calibration.tensors; }

private:
  llvm::Error add(TensorStatistics &tensor, ArrayRef<float> values,
                  const Recording &recording, int64_t frame);

  HostProgram &program;
  Calibration calibration;
  std::vector<TensorSamples> samples; ///< of each tensor
  int64_t stride, number = 0;         ///< every so many frames are kept
  std::vector<std::vector<float>> outputs;
  size_t firstTensor = 0; ///< outputs of the network come before
};
} // namespace

Observer::Observer(ObservedNetwork &network, int64_t numFrames)
    : program(*network.program),
      stride((numFrames + maxSamples - 1) / maxSamples) {
  for (const PortInfo &output : program.getInfo().outputs) {
    outputs.emplace_back(output.elements);
    StringRef name = output.name;
    if (name.consume_front(rnn::observedPrefix)) {
      TensorStatistics tensor;
      tensor.name = name.str();
      tensor.min = INFINITY;
      tensor.max = -INFINITY;
      TensorSamples &kept = samples.emplace_back();
      kept.elements = size_t(output.elements);
      kept.readers = std::move(network.readers[name]);
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

llvm::Error Observer::run(const Recording &recording, float gain) {
  ArrayRef<PortInfo> ports = program.getInfo().inputs;
  std::vector<const float *> in(ports.size());
  std::vector<float *> out;
  for (std::vector<float> &output : outputs)
    out.push_back(output.data());
  std::vector<std::vector<float>> frame(ports.size());
  program.reset();
  for (int64_t t = 0; t != recording.frames.numFrames; ++t, ++number) {
    for (size_t i = 0; i != ports.size(); ++i) {
      const float *first =
          recording.frames.values[i].data() + t * ports[i].elements;
      frame[i].assign(first, first + ports[i].elements);
      for (float &value : frame[i])
        value *= gain;
      in[i] = frame[i].data();
    }
    program.step(in, out);
    for (auto [i, tensor] : llvm::enumerate(calibration.tensors)) {
      ArrayRef<float> values = outputs[firstTensor + i];
      if (llvm::Error error = add(tensor, values, recording, t))
        return error;
      if (number % stride == 0)
        samples[i].frames.insert(samples[i].frames.end(), values.begin(),
                                 values.end());
    }
  }
  calibration.frames += recording.frames.numFrames;
  return llvm::Error::success();
}

Calibration Observer::take() {
  for (auto [tensor, kept] : llvm::zip(calibration.tensors, samples))
    tensor.best = chooseByOutputError(tensor, kept);
  return std::move(calibration);
}

/// Factors for the levels in dB of --calibration-levels.
static llvm::Expected<std::vector<float>> getGains(StringRef levels,
                                                   const Recording &recording) {
  if (levels.empty())
    levels = recording.isSound ? "0,20" : "0";
  std::vector<float> gains;
  for (StringRef level : llvm::split(levels, ',')) {
    double decibels;
    if (level.trim().getAsDouble(decibels) || !(std::abs(decibels) <= 100))
      return llvm::createStringError(
          "--calibration-levels: expected levels in dB from -100 to 100, such "
          "as -20,0,20, found '" +
          level + "'");
    gains.push_back(float(std::pow(10, decibels / 20)));
  }
  return gains;
}

static llvm::Expected<Method> parseMethod(StringRef text) {
  if (auto method = Method::parse(text))
    return *method;
  return llvm::createStringError("unknown method '" + text +
                                 "', expected output-error, max, percentile, "
                                 "percentile:P (50 to 100), mse or kl");
}

llvm::Expected<Calibration> se::calibrate(ModuleOp module,
                                          ArrayRef<Recording> recordings,
                                          const CalibrationOptions &options) {
  auto method =
      parseMethod(options.method.empty() ? Method().getName() : options.method);
  if (!method)
    return method.takeError();
  std::vector<std::vector<float>> gains;
  int64_t numFrames = 0;
  for (const Recording &recording : recordings) {
    auto levels = getGains(options.levels, recording);
    if (!levels)
      return levels.takeError();
    numFrames += recording.frames.numFrames * int64_t(levels->size());
    gains.push_back(std::move(*levels));
  }
  auto network = makeObservedNetwork(module);
  if (!network)
    return network.takeError();
  Observer observer(*network, numFrames);
  std::vector<std::string> files;
  for (auto [i, recording] : llvm::enumerate(recordings)) {
    if (options.progress)
      options.progress(recording, i, recordings.size());
    for (float gain : gains[i]) {
      gain = std::min(gain, recording.maxGain);
      Recording made;
      made.name = recording.name;
      if (recording.makeFrames && gain != 1)
        made.frames = recording.makeFrames(gain);
      llvm::Error error = recording.makeFrames && gain != 1
                              ? observer.run(made, 1)
                              : observer.run(recording, gain);
      if (error)
        return error;
    }
    files.push_back(llvm::json::fixUTF8(recording.name));
  }
  Calibration calibration = observer.take();
  calibration.files = std::move(files);
  for (const TensorStatistics &tensor : calibration.tensors)
    if (tensor.min == 0 && tensor.max == 0)
      emitWarning(module.getLoc())
          << "calibration: tensor '" << tensor.name << "' is 0 in all "
          << calibration.frames << " frames, so its scale says nothing";
  calibration.choose(*method);
  return calibration;
}

llvm::Expected<std::vector<std::vector<Extent>>>
se::observeExtents(ModuleOp module, ArrayRef<Recording> recordings) {
  auto network = makeObservedNetwork(module);
  if (!network)
    return network.takeError();
  std::vector<std::vector<Extent>> extents;
  for (const Recording &recording : recordings) {
    Observer observer(*network, recording.frames.numFrames);
    if (llvm::Error error = observer.run(recording, /*gain=*/1))
      return error;
    std::vector<Extent> &list = extents.emplace_back();
    for (const TensorStatistics &tensor : observer.getTensors())
      if (network->unbounded.contains(tensor.name))
        list.push_back({tensor.name, tensor.min, tensor.max});
  }
  return extents;
}

llvm::Expected<NetworkInputs> se::getInputs(ModuleOp module) {
  auto networks = module.getOps<rnn::NetworkOp>();
  if (!llvm::hasSingleElement(networks))
    return llvm::createStringError("--calibration: expected one rnn.network, "
                                   "in phase 'imported' or 'normalized'");
  rnn::NetworkOp network = *networks.begin();
  NetworkInputs inputs;
  for (auto [name, type] :
       llvm::zip(network.getInputNames(), network.getInputTypes())) {
    auto tensor = cast<RankedTensorType>(cast<TypeAttr>(type).getValue());
    Port &port = inputs.ports.emplace_back();
    port.name = cast<StringAttr>(name).str();
    port.shape.assign(tensor.getShape().begin(), tensor.getShape().end());
    port.elements = tensor.getNumElements();
  }
  // A person may have written the attribute to any network.
  auto stream =
      network->getAttrOfType<dsp::StreamAttr>(dsp::StreamAttr::attrName);
  if (stream && inputs.ports.size() == 1 && inputs.ports.front().elements)
    inputs.stream = Stream{stream.getSampleRate(), stream.getDelay()};
  return inputs;
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
  if (!calibration->choose(*method))
    return llvm::createStringError(
        options.paths.front() + ": the statistics do not have what " +
        method->getName() + " needs: calibrate again");
  return calibration;
}

llvm::Expected<CalibrationResult>
se::getCalibration(ModuleOp module, const CalibrationOptions &options,
                   OutputFiles &outputs) {
  CalibrationResult result;
  llvm::Expected<Calibration> calibration = Calibration();
  if (llvm::any_of(options.paths,
                   [](StringRef path) { return path.ends_with(".json"); })) {
    calibration = loadStatistics(options);
  } else {
    auto inputs = getInputs(module);
    if (!inputs)
      return inputs.takeError();
    llvm::Expected<std::vector<Recording>> recordings =
        std::vector<Recording>();
    if (options.paths.empty() && options.randomSeed)
      recordings->push_back(
          makeRandomRecording(*options.randomSeed, inputs->ports));
    else
      recordings = readRecordings(
          options, *inputs, *module.getContext(), [&](const llvm::Twine &text) {
            emitWarning(module.getLoc()) << "calibration: " << text;
          });
    if (!recordings)
      return recordings.takeError();
    auto made = llvm::find_if(
        *recordings, [](const Recording &r) { return !r.frontEnd.empty(); });
    if (options.frontend.empty() && made != recordings->end())
      emitRemark(module.getLoc())
          << "calibration: sound becomes frames of front end '"
          << made->frontEnd
          << "'; if the network gets others, give --frontend, or .npy files of "
             "its frames";
    result.recordings = std::move(*recordings);
    calibration = calibrate(module, result.recordings, options);
  }
  if (!calibration)
    return calibration.takeError();
  if (!options.saveFile.empty())
    if (llvm::Error error =
            outputs.add(options.saveFile, calibration->format()))
      return error;
  result.statistics = std::make_shared<Calibration>(std::move(*calibration));
  return result;
}

llvm::Expected<Policy> se::loadPolicy(ModuleOp module, StringRef precision,
                                      const CalibrationOptions &options,
                                      OutputFiles &outputs) {
  auto policy = Policy::load(precision);
  if (!policy || !options.isGiven())
    return policy;
  auto calibration = getCalibration(module, options, outputs);
  if (!calibration)
    return calibration.takeError();
  policy->setCalibration(calibration->statistics);
  return policy;
}
