// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ComparePhases.cpp - The first value that phases disagree on --------===//
//
// A phase runs plainly: on one core, and without the passes that only make
// programs faster, unless they come before the phase. So a pass that is wrong
// is in the program of one phase and not in that of the other.
//
// First the network runs as it is. If phases disagree, it runs once more with
// its values between layers as outputs (as in calibration), to find the first
// that differs. That may make another program of it, so it does not decide
// whether phases agree.

#include "se/Driver/ComparePhases.h"

#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"
#include "se/Driver/Diagnostics.h"
#include "se/Pipelines/Pipelines.h"
#include "se/Support/Npy.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace mlir;
using namespace se;

llvm::Expected<std::vector<Phase>> se::parsePhases(StringRef text) {
  std::vector<Phase> phases;
  for (StringRef name : llvm::split(text, ',')) {
    std::optional<Phase> phase = symbolizePhase(name);
    if (!phase)
      return llvm::createStringError("--compare: " +
                                     describeUnknownPhase(name));
    if (*phase == Phase::LLVM)
      return llvm::createStringError(
          "--compare: phase 'llvm' is the device's code, the last phase that "
          "runs on the host is 'selected'");
    if (!phases.empty() && *phase <= phases.back())
      return llvm::createStringError("--compare: phase '" + name +
                                     "' does not come after phase '" +
                                     stringifyPhase(phases.back()) + "'");
    phases.push_back(*phase);
  }
  if (phases.size() < 2)
    return llvm::createStringError("--compare: expected PHASE,PHASE such as "
                                   "normalized,legalized, found '" +
                                   text + "'");
  return phases;
}

namespace {
/// What a value is in all frames.
struct Values {
  std::string name;
  std::string element; ///< of states: how they are stored
  int64_t elements;
  std::vector<float> data;
};

/// A phase of the network, and what its program computes.
struct Run {
  Phase phase;
  std::unique_ptr<HostProgram> program;
  std::vector<Values> values;
};

/// Where two runs disagree.
struct Difference {
  const Run *first, *second;
  size_t value;
  int64_t frame, index, count;
  double largest;
};

class Comparison {
public:
  Comparison(const CompareOptions &options, MLIRContext &context)
      : options(options), context(context) {}

  /// Error: one line, or diagnosed.
  llvm::Expected<bool> run();

private:
  llvm::Error loadFrames(ArrayRef<PortInfo> ports);
  /// The programs of all phases of a module.
  llvm::Expected<std::vector<Run>> makeRuns(ModuleOp module);
  void execute(Run &run);
  llvm::Error writeOutputs(OutputFiles &files, const Run &run) const;
  std::optional<Difference> findDifference(ArrayRef<Run> runs) const;
  std::optional<Difference> compare(const Run &first, const Run &second,
                                    int64_t frame) const;
  llvm::Expected<std::vector<Run>> observe();
  void print(const Difference &difference) const;
  llvm::Error dump(const Difference &difference) const;

  const CompareOptions &options;
  MLIRContext &context;
  LoadedNetwork network;
  std::optional<Frames> frames;
};
} // namespace

llvm::Error Comparison::loadFrames(ArrayRef<PortInfo> ports) {
  std::vector<Port> inputs(ports.begin(), ports.end());
  if (options.inputs.empty()) {
    frames = makeRandomRecording(options.seed, inputs).frames;
    return llvm::Error::success();
  }
  auto read = readFrames(options.inputs, inputs);
  if (!read)
    return read.takeError();
  frames = std::move(*read);
  return llvm::Error::success();
}

llvm::Expected<std::vector<Run>> Comparison::makeRuns(ModuleOp module) {
  std::vector<Run> runs;
  for (Phase phase : options.phases) {
    OwningOpRef<ModuleOp> copy(module.clone());
    PipelineOptions pipeline = network.options;
    // What has no other types than f32 is what they are compared with.
    if (phase < Phase::Legalized)
      pipeline.policy = {};
    if (failed(HostProgram::lower(*copy, phase, pipeline, network.fitsTarget)))
      return llvm::make_error<DiagnosedError>();
    pipeline.plain = true;
    // Only in fp32: later passes of other precisions read what these leave.
    pipeline.plainRounding = options.tolerance && phase < Phase::Legalized;
    pipeline.target.cores = 1;
    auto program =
        HostProgram::create(*copy, std::move(pipeline), network.fitsTarget);
    if (!program)
      return program.takeError();
    runs.push_back({phase, std::move(*program), {}});
  }
  return runs;
}

void Comparison::execute(Run &run) {
  const ProgramInfo &info = run.program->getInfo();
  for (const std::vector<PortInfo> *ports : {&info.outputs, &info.states})
    for (const PortInfo &port : *ports)
      run.values.push_back(
          {port.name, ports == &info.states ? port.element : "", port.elements,
           std::vector<float>(port.elements * frames->numFrames)});
  std::vector<const float *> in(info.inputs.size());
  std::vector<float *> out(info.outputs.size());
  for (int64_t t = 0; t != frames->numFrames; ++t) {
    for (size_t i = 0; i != in.size(); ++i)
      in[i] = frames->values[i].data() + t * info.inputs[i].elements;
    for (size_t i = 0; i != out.size(); ++i)
      out[i] = run.values[i].data.data() + t * run.values[i].elements;
    run.program->step(in, out);
    for (size_t i = 0; i != info.states.size(); ++i) {
      Values &values = run.values[out.size() + i];
      llvm::copy(run.program->readState(i),
                 values.data.begin() + t * values.elements);
    }
  }
}

llvm::Error Comparison::writeOutputs(OutputFiles &files, const Run &run) const {
  const std::vector<PortInfo> &ports = run.program->getInfo().outputs;
  std::vector<Port> outputs(ports.begin(), ports.end());
  auto wanted =
      matchPorts(options.outputs, outputs, "--out", /*needsAll=*/false);
  if (!wanted)
    return wanted.takeError();
  Frames results;
  results.numFrames = frames->numFrames;
  for (size_t i = 0; i != outputs.size(); ++i)
    results.values.push_back(run.values[i].data);
  return writeFrames(files, *wanted, outputs, results);
}

/// Integers have a scale, which is that of their phase.
static bool isComparable(const Values &a, const Values &b) {
  auto isFloat = [](const Values &v) {
    return v.element.empty() || StringRef(v.element).starts_with("f");
  };
  return a.name == b.name && a.elements == b.elements &&
         (a.element == b.element || (isFloat(a) && isFloat(b)));
}

static double getLargest(ArrayRef<float> values) {
  double largest = 0;
  for (float value : values)
    if (std::isfinite(value))
      largest = std::max(largest, double(std::abs(value)));
  return largest;
}

std::optional<Difference>
Comparison::compare(const Run &first, const Run &second, int64_t frame) const {
  for (auto [number, pair] :
       llvm::enumerate(llvm::zip_equal(first.values, second.values))) {
    const auto &[a, b] = pair;
    if (!isComparable(a, b))
      continue;
    double most =
        options.tolerance ? options.tolerance * getLargest(a.data) : 0;
    std::optional<Difference> found;
    for (int64_t i = 0; i != a.elements; ++i) {
      float x = a.data[frame * a.elements + i];
      float y = b.data[frame * a.elements + i];
      // Of a NaN no bits are promised.
      if (llvm::bit_cast<uint32_t>(x) == llvm::bit_cast<uint32_t>(y) ||
          (std::isnan(x) && std::isnan(y)))
        continue;
      double difference = std::abs(double(x) - double(y));
      if (options.tolerance && difference <= most)
        continue;
      if (!found)
        found = Difference{&first, &second, number, frame, i, 0, 0};
      ++found->count;
      // Of a NaN and a number.
      if (!(difference <= found->largest))
        found->largest = difference;
    }
    if (found)
      return found;
  }
  return std::nullopt;
}

std::optional<Difference> Comparison::findDifference(ArrayRef<Run> runs) const {
  for (int64_t frame = 0; frame != frames->numFrames; ++frame)
    for (const Run &run : runs.drop_front())
      if (auto difference = compare(runs.front(), run, frame))
        return difference;
  return std::nullopt;
}

/// Makes outputs of what the operations of a network give, before cells are
/// known as more than that.
static void exposeResults(rnn::NetworkOp network) {
  llvm::StringSet<> used;
  Block &body = network.getBody().front();
  for (Operation &op : llvm::make_early_inc_range(body.without_terminator())) {
    if (op.hasTrait<OpTrait::ConstantLike>())
      continue;
    for (Value result : op.getResults()) {
      auto type = dyn_cast<RankedTensorType>(result.getType());
      if (!type || !type.getElementType().isF32() || !type.hasStaticShape())
        continue;
      std::string layer = rnn::getLayerName(op.getLoc()), name = layer;
      for (unsigned number = 2; !used.insert(name).second; ++number)
        name = layer + "#" + std::to_string(number);
      OpBuilder b(&body, std::next(op.getIterator()));
      rnn::ObserveOp::create(b, op.getLoc(), result, name);
    }
  }
}

/// The programs again, with values between layers as outputs that come before
/// the network's. None if the network is of a phase in which values have lost
/// their names.
llvm::Expected<std::vector<Run>> Comparison::observe() {
  std::optional<Phase> phase = getPhase(*network.module);
  if (!phase || *phase > Phase::Normalized)
    return std::vector<Run>();
  OwningOpRef<ModuleOp> copy(network.module->clone());
  PassManager passes(&context);
  if (options.phases.front() == Phase::Imported) {
    for (auto op : copy->getOps<rnn::NetworkOp>())
      exposeResults(op);
  } else {
    PipelineOptions pipeline = network.options;
    if (failed(lowerTo(*copy, Phase::Normalized, pipeline)))
      return llvm::make_error<DiagnosedError>();
    passes.addPass(rnn::createObserve());
  }
  passes.addPass(rnn::createExposeObserved());
  if (failed(passes.run(*copy)))
    return llvm::make_error<DiagnosedError>();
  auto runs = makeRuns(*copy);
  if (!runs)
    return runs.takeError();
  auto isObserved = [](const Values &values) {
    return StringRef(values.name).starts_with(rnn::observedPrefix);
  };
  for (Run &run : *runs) {
    execute(run);
    std::stable_partition(run.values.begin(), run.values.end(), isObserved);
    for (Values &values : run.values)
      if (isObserved(values))
        values.name.erase(0, rnn::observedPrefix.size());
  }
  return std::move(*runs);
}

void Comparison::print(const Difference &d) const {
  const Values &a = d.first->values[d.value], &b = d.second->values[d.value];
  int64_t at = d.frame * a.elements + d.index;
  auto number = [](float value) { return llvm::format("%.9g", value); };
  llvm::outs() << "frame " << d.frame << ": '" << a.name
               << "' differs, first at [" << d.index
               << "]: " << number(a.data[at]) << " in "
               << stringifyPhase(d.first->phase) << ", " << number(b.data[at])
               << " in " << stringifyPhase(d.second->phase) << "; " << d.count
               << " of " << a.elements << " elements, by at most "
               << llvm::format("%.3g", d.largest) << '\n';
}

llvm::Error Comparison::dump(const Difference &d) const {
  StringRef folder = options.dumpFolder;
  if (std::error_code error = llvm::sys::fs::create_directories(folder))
    return llvm::createStringError("--dump: cannot make the folder '" + folder +
                                   "': " + error.message());
  OutputFiles files;
  for (const Run *run : {d.first, d.second}) {
    const Values &values = run->values[d.value];
    // Names of layers may be paths.
    std::string name = values.name;
    std::replace_if(
        name.begin(), name.end(),
        [](char c) { return !llvm::isAlnum(c) && c != '_' && c != '-'; }, '_');
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path,
                            name + "." + stringifyPhase(run->phase) + ".npy");
    if (llvm::Error error = writeNpy(
            files, path, {frames->numFrames, values.elements}, values.data))
      return error;
  }
  return files.commit();
}

llvm::Expected<bool> Comparison::run() {
  OutputFiles files;
  auto loaded = loadHostNetwork(options, context, files);
  if (!loaded)
    return llvm::make_error<DiagnosedError>();
  network = std::move(*loaded);
  std::optional<Phase> phase = getPhase(*network.module);
  if (!phase)
    return llvm::make_error<DiagnosedError>();
  if (*phase > options.phases.front())
    return llvm::createStringError(
        "--compare: " + llvm::join(options.source.paths, " ") +
        " is in phase '" + stringifyPhase(*phase) +
        "' already, which comes after '" +
        stringifyPhase(options.phases.front()) + "'");
  auto runs = makeRuns(*network.module);
  if (!runs)
    return runs.takeError();
  if (llvm::Error error = loadFrames(runs->front().program->getInfo().inputs))
    return std::move(error);
  for (Run &run : *runs)
    execute(run);
  if (llvm::Error error = writeOutputs(files, runs->back()))
    return std::move(error);
  if (llvm::Error error = files.commit())
    return std::move(error);
  std::optional<Difference> difference = findDifference(*runs);
  if (!difference) {
    llvm::outs() << frames->numFrames << " frames: all outputs and states agree"
                 << '\n';
    return true;
  }
  auto observed = observe();
  if (!observed)
    return observed.takeError();
  if (!observed->empty())
    if (auto earlier = findDifference(*observed);
        earlier && earlier->frame <= difference->frame)
      difference = earlier;
  print(*difference);
  if (!options.dumpFolder.empty())
    if (llvm::Error error = dump(*difference))
      return std::move(error);
  return false;
}

int se::comparePhases(const CompareOptions &options) {
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry);
  installOneLineDiagnostics(context);
  auto agrees = Comparison(options, context).run();
  if (!agrees)
    return reportError(agrees.takeError());
  return *agrees ? 0 : 1;
}
