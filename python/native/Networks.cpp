// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Networks.cpp - Compiling and running networks ----------------------===//

#include "Bindings.h"

#include "se/Driver/Compile.h"
#include "se/Driver/FrontEndPart.h"
#include "se/Driver/LoadNetwork.h"
#include "se/Driver/RunHost.h"
#include "se/Simulator/Program.h"

#include "llvm/Support/FormatVariadic.h"

#include <chrono>
#include <cmath>
#include <mutex>

using namespace se;
using namespace se::python;
namespace py = pybind11;

static std::string toText(llvm::json::Object object) {
  return llvm::formatv("{0}", llvm::json::Value(std::move(object)));
}

static CalibrationOptions makeCalibration(const std::vector<std::string> &paths,
                                          const std::string &method,
                                          const std::string &levels,
                                          const std::string &frontend,
                                          const std::string &resources) {
  CalibrationOptions options;
  options.resourceDir = resources;
  options.paths = paths;
  options.method = method;
  options.levels = levels;
  options.frontend = frontend;
  return options;
}

using Strings = std::vector<std::string>;

static NetworkSource makeSource(const Strings &models, const std::string &app,
                                const std::string &frontEnd,
                                const Strings &states, const Strings &constants,
                                const std::string &resources) {
  NetworkSource source;
  source.paths = models;
  source.app = app;
  source.frontEnd = frontEnd;
  source.states = states;
  source.constants = constants;
  source.resourceDir = resources;
  return source;
}

/// Returns the statistics as JSON.
static std::string
calibrateNetwork(const Strings &models, const std::string &app,
                 const std::vector<std::string> &recordings,
                 const std::string &method, const std::string &levels,
                 const std::string &frontend, const std::string &saveFile,
                 const std::vector<std::string> &states,
                 const std::vector<std::string> &constants,
                 const py::object &progress, const std::string &resources) {
  CalibrationOptions options =
      makeCalibration(recordings, method, levels, frontend, resources);
  options.saveFile = saveFile;
  if (!progress.is_none())
    options.progress = [&](const Recording &recording, size_t number,
                           size_t count) {
      py::gil_scoped_acquire acquire;
      progress(number, count, recording.name);
    };
  std::string text;
  std::vector<Context::Message> messages;
  {
    py::gil_scoped_release release;
    if (recordings.empty())
      throw UserError("no recordings to calibrate with");
    Context context;
    mlir::OwningOpRef<mlir::ModuleOp> module = loadNetwork(
        makeSource(models, app, frontend, states, constants, resources),
        context.get());
    if (!module)
      context.fail();
    OutputFiles outputs;
    quantization::Policy policy =
        context.check(loadPolicy(*module, "fp32", options, outputs));
    check(outputs.commit());
    text = policy.getCalibration()->format();
    messages = context.getMessages();
  }
  report(messages);
  return text;
}

/// Returns for each recording what inputs and states reach in fp32, as JSON:
/// [{NAME: [min, max]}].
static std::string observeNetwork(const std::string &model,
                                  const std::vector<std::string> &recordings,
                                  const std::vector<std::string> &states) {
  py::gil_scoped_release release;
  Context context;
  mlir::OwningOpRef<mlir::ModuleOp> module =
      loadModule(model, states, context.get());
  if (!module)
    context.fail();
  CalibrationOptions options;
  options.paths = recordings;
  auto frames =
      context.check(readRecordings(options, context.check(getInputs(*module)),
                                   context.get(), [](const llvm::Twine &) {}));
  llvm::json::Array list;
  for (const auto &extents : context.check(observeExtents(*module, frames))) {
    llvm::json::Object tensors;
    for (const Extent &extent : extents)
      tensors[extent.tensor] = llvm::json::Array{extent.min, extent.max};
    list.push_back(std::move(tensors));
  }
  return llvm::formatv("{0}", llvm::json::Value(std::move(list)));
}

/// Returns the report as JSON; "{}" if no plan is made.
static std::string compileNetwork(
    const Strings &models, const std::string &app, const std::string &output,
    const std::string &precision, const std::vector<std::string> &calibration,
    const std::string &method, const std::string &levels,
    const std::string &frontend, const std::string &nonfinite,
    const std::string &targetName, std::optional<unsigned> cores,
    const std::vector<std::string> &states,
    const std::vector<std::string> &constants, const std::string &schedule,
    const std::string &emit, const std::string &name, unsigned coreStack,
    int64_t l1Bytes, std::optional<double> deadlineMs, bool remarks,
    double maxLoss, const py::object &metric, const std::string &policyFile,
    const std::string &reportFile, const std::string &resources) {
  std::string report = "{}";
  std::vector<Context::Message> messages;
  {
    py::gil_scoped_release release;
    CompileOptions options;
    options.precision = precision;
    options.calibration =
        makeCalibration(calibration, method, levels, frontend, resources);
    options.nonfinite = nonfinite;
    options.cores = cores;
    options.name = name;
    options.coreStack = coreStack;
    options.l1Bytes = l1Bytes;
    options.deadlineMs = deadlineMs;
    options.schedule = schedule;
    options.emit = check(parseEmit(emit));
    options.remarks = remarks;
    options.report = &report;
    options.policyFile = policyFile;
    if (!reportFile.empty())
      options.reportFile = reportFile;
    options.search.maxLoss = maxLoss;
    if (!metric.is_none())
      options.search.getLoss = [&](const quantization::Policy &policy) {
        py::gil_scoped_acquire acquire;
        py::object loss = metric(policy.format());
        double number = 0;
        try {
          number = loss.cast<double>();
        } catch (const py::cast_error &) {
          throw UserError(
              "metric: expected a number, found " +
              py::str(py::type::of(loss).attr("__name__")).cast<std::string>());
        }
        if (std::isnan(number))
          throw UserError("metric: expected a number, found NaN");
        return llvm::Expected<double>(number);
      };
    auto target = check(target::loadTarget(targetName, resources));
    Context context;
    mlir::OwningOpRef<mlir::ModuleOp> module = loadNetwork(
        makeSource(models, app, frontend, states, constants, resources),
        context.get());
    if (!module ||
        mlir::failed(compile(*module, options, target, resources, output)))
      context.fail();
    messages = context.getMessages();
  }
  python::report(messages);
  return report;
}

/// Sample rate and delay.
static std::optional<std::pair<int64_t, int64_t>>
toPair(const std::optional<Stream> &stream) {
  if (!stream)
    return std::nullopt;
  return std::pair(stream->sampleRate, stream->delay);
}

namespace {

/// A network compiled for the host.
class HostNetwork {
public:
  HostNetwork(const Strings &models, const std::string &app,
              const std::string &precision,
              const std::vector<std::string> &calibration,
              const std::string &method, const std::string &levels,
              const std::string &frontend, const std::string &nonfinite,
              const std::string &target, unsigned cores,
              const std::vector<std::string> &states,
              const std::vector<std::string> &constants,
              const std::string &resources) {
    std::vector<Context::Message> messages;
    {
      py::gil_scoped_release release;
      HostNetworkOptions options;
      options.source =
          makeSource(models, app, frontend, states, constants, resources);
      options.precision = precision;
      options.calibration =
          makeCalibration(calibration, method, levels, frontend, resources);
      options.nonfinite = nonfinite;
      options.target = target;
      options.cores = cores;
      Context context;
      // There are none: nothing is saved.
      OutputFiles outputs;
      program = loadHostProgram(options, context.get(), outputs);
      if (!program)
        context.fail();
      messages = context.getMessages();
    }
    report(messages);
  }

  /// A part of a front end, see makeFrontEndPart.
  HostNetwork(const frontend::FrontEnd &frontEnd, size_t part) {
    py::gil_scoped_release release;
    Context context;
    program = context.check(makeFrontEndPart(frontEnd, part, context.get()));
  }

  std::vector<Port> getInputs() const { return toPorts(getInfo().inputs); }
  std::vector<Port> getOutputs() const { return toPorts(getInfo().outputs); }
  std::optional<std::pair<int64_t, int64_t>> getStream() const {
    return toPair(getInfo().stream);
  }

  std::pair<std::vector<Array>, std::string>
  run(const std::vector<py::buffer> &inputs, int64_t numFrames) {
    Frames frames = toFrames(inputs, numFrames, getInputs());
    py::gil_scoped_release release;
    std::lock_guard<std::mutex> lock(mutex);
    auto start = std::chrono::steady_clock::now();
    Frames outputs = runFrames(*program, frames);
    std::chrono::duration<double> seconds =
        std::chrono::steady_clock::now() - start;
    return {toArrays(std::move(outputs)),
            toText(makeHostStatistics(numFrames, seconds.count()))};
  }

  void reset() {
    py::gil_scoped_release release;
    std::lock_guard<std::mutex> lock(mutex);
    program->reset();
  }

private:
  const ProgramInfo &getInfo() const { return program->getInfo(); }
  static std::vector<Port> toPorts(const std::vector<PortInfo> &ports) {
    return {ports.begin(), ports.end()};
  }

  /// Of the states, which threads of Python may share.
  std::mutex mutex;
  std::unique_ptr<HostProgram> program;
};

/// What stands around networks.
class FrontEnd {
public:
  FrontEnd(const std::string &name, const std::string &resources)
      : frontEnd(check(frontend::load(name, resources))) {}

  const frontend::FrontEnd &get() const { return frontEnd; }
  /// Of each network, the elements of its inputs.
  std::vector<std::vector<int64_t>> getInputs() const {
    std::vector<std::vector<int64_t>> all;
    for (const frontend::NetworkUse &use : frontEnd.networks) {
      all.emplace_back();
      for (const frontend::Feature &feature : use.inputs)
        all.back().push_back(feature.elements);
    }
    return all;
  }
  /// Of each network, of its outputs the elements (0: any) and what they are.
  std::vector<std::vector<std::pair<int64_t, std::string>>> getOutputs() const {
    static constexpr const char *kinds[] = {"gain", "complex_gain", "spectrum",
                                            "samples", "other"};
    std::vector<std::vector<std::pair<int64_t, std::string>>> all;
    for (const frontend::NetworkUse &use : frontEnd.networks) {
      all.emplace_back();
      for (const frontend::Output &output : use.outputs)
        all.back().push_back({output.elements, kinds[int(output.result)]});
    }
    return all;
  }
  std::unique_ptr<HostNetwork> makePart(size_t part) const {
    if (part > frontEnd.networks.size())
      throw py::index_error("no such part");
    return std::make_unique<HostNetwork>(frontEnd, part);
  }

private:
  frontend::FrontEnd frontEnd;
};

/// A compiled network in an ELF file.
class Program {
public:
  explicit Program(const std::string &path)
      : program(check(sim::loadProgram(path))) {
    if (!program.metadata)
      throw UserError(path + ": holds no compiled network");
  }

  const sim::NetworkMetadata &getMetadata() const { return *program.metadata; }

  std::pair<std::vector<Array>, std::string>
  run(const std::vector<py::buffer> &inputs, int64_t numFrames, bool onGvsoc,
      const std::string &target, bool checks, bool profile,
      const std::string &traceFile, uint64_t maxCycles, unsigned hostTimeout,
      const std::string &resources) const {
    Frames frames = toFrames(inputs, numFrames, getMetadata().inputs);
    py::gil_scoped_release release;
    sim::RunOptions options;
    options.platform =
        onGvsoc ? sim::Platform::Gvsoc : sim::Platform::Simulator;
    options.target = target;
    options.check = checks;
    options.profile = profile;
    options.traceFile = traceFile;
    options.maxCycles = maxCycles;
    options.hostTimeout = hostTimeout;
    options.resourceDir = resources;
    OutputFiles outputs;
    sim::ProgramRun run =
        check(sim::runProgram(program, frames, options, outputs));
    check(outputs.commit());
    return {toArrays(std::move(run.outputs)),
            toText(std::move(run.statistics))};
  }

private:
  sim::Program program;
};

} // namespace

void python::addNetworks(py::module_ &module) {
  using py::arg;
  module.def("compile", compileNetwork, arg("models"), arg("app"),
             arg("output"), arg("precision"), arg("calibration"), arg("method"),
             arg("levels"), arg("frontend"), arg("nonfinite"), arg("target"),
             arg("cores"), arg("states"), arg("constants"), arg("schedule"),
             arg("emit"), arg("name"), arg("core_stack"), arg("l1_bytes"),
             arg("deadline_ms"), arg("remarks"), arg("max_loss"), arg("metric"),
             arg("policy"), arg("report_file"), arg("resources"));
  module.def("calibrate", calibrateNetwork, arg("models"), arg("app"),
             arg("recordings"), arg("method"), arg("levels"), arg("frontend"),
             arg("output"), arg("states"), arg("constants"), arg("progress"),
             arg("resources"));
  module.def("observe", observeNetwork, arg("model"), arg("recordings"),
             arg("states"));
  module.def("is_host_program", isHostProgram, arg("path"));

  py::class_<HostNetwork>(module, "HostNetwork")
      .def(py::init<const Strings &, const std::string &, const std::string &,
                    const std::vector<std::string> &, const std::string &,
                    const std::string &, const std::string &,
                    const std::string &, const std::string &, unsigned,
                    const std::vector<std::string> &,
                    const std::vector<std::string> &, const std::string &>(),
           arg("models"), arg("app"), arg("precision"), arg("calibration"),
           arg("method"), arg("levels"), arg("frontend"), arg("nonfinite"),
           arg("target"), arg("cores"), arg("states"), arg("constants"),
           arg("resources"))
      .def_property_readonly("inputs", &HostNetwork::getInputs)
      .def_property_readonly("outputs", &HostNetwork::getOutputs)
      .def_property_readonly("stream", &HostNetwork::getStream)
      .def("run", &HostNetwork::run, arg("inputs"), arg("num_frames"))
      .def("reset", &HostNetwork::reset);

  py::class_<FrontEnd>(module, "FrontEnd")
      .def(py::init<const std::string &, const std::string &>(), arg("name"),
           arg("resources"))
      .def_property_readonly("name",
                             [](const FrontEnd &f) { return f.get().name; })
      .def_property_readonly(
          "sample_rate", [](const FrontEnd &f) { return f.get().sampleRate; })
      .def_property_readonly("hop",
                             [](const FrontEnd &f) { return f.get().hop; })
      .def_property_readonly(
          "delay", [](const FrontEnd &f) { return f.get().getDelay(); })
      .def_property_readonly(
          "is_linear", [](const FrontEnd &f) { return isLinear(f.get()); })
      .def_property_readonly("inputs", &FrontEnd::getInputs)
      .def_property_readonly("outputs", &FrontEnd::getOutputs)
      .def("make_part", &FrontEnd::makePart, arg("part"));
  module.def(
      "list_front_ends",
      [](const std::string &resources) { return frontend::list(resources); },
      arg("resources"));

  auto metadata = [](auto member) {
    return [member](const Program &program) {
      return program.getMetadata().*member;
    };
  };
  using Metadata = sim::NetworkMetadata;
  py::class_<Program>(module, "Program")
      .def(py::init<const std::string &>(), arg("path"))
      .def_property_readonly("network", metadata(&Metadata::network))
      .def_property_readonly("target", metadata(&Metadata::target))
      .def_property_readonly("precision", metadata(&Metadata::precision))
      .def_property_readonly("cores", metadata(&Metadata::cores))
      .def_property_readonly("inputs", metadata(&Metadata::inputs))
      .def_property_readonly("outputs", metadata(&Metadata::outputs))
      .def_property_readonly("stream",
                             [](const Program &program) {
                               return toPair(program.getMetadata().stream);
                             })
      .def("run", &Program::run, arg("inputs"), arg("num_frames"),
           arg("on_gvsoc"), arg("target"), arg("check"), arg("profile"),
           arg("trace"), arg("max_cycles"), arg("host_timeout"),
           arg("resources"));
}
