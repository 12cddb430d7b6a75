// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- AutoPolicy.cpp - A policy found by search --------------------------===//

#include "se/Driver/AutoPolicy.h"

#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"
#include "se/Host/HostProgram.h"
#include "se/Pipelines/Pipelines.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace se;
using namespace se::quantization;

llvm::Expected<std::vector<float>> LossMeter::run(const Policy &policy,
                                                  int64_t framesOfEach) const {
  OwningOpRef<ModuleOp> copy(module.clone());
  PipelineOptions options;
  options.policy = policy;
  options.target.cores = 1; // others would be threads, for the same bits
  auto program = HostProgram::create(*copy, std::move(options));
  if (!program)
    return program.takeError();
  const ProgramInfo &info = (*program)->getInfo();
  std::vector<float> results;
  std::vector<const float *> in(info.inputs.size());
  for (const Recording &recording : recordings) {
    (*program)->reset();
    int64_t frames = std::min(framesOfEach, recording.frames.numFrames);
    for (int64_t t = 0; t != frames; ++t) {
      for (size_t i = 0; i != in.size(); ++i)
        in[i] = recording.frames.values[i].data() + t * info.inputs[i].elements;
      size_t at = results.size();
      std::vector<float *> out;
      for (const PortInfo &port : info.outputs)
        results.resize(results.size() + port.elements);
      for (const PortInfo &port : info.outputs) {
        out.push_back(results.data() + at);
        at += port.elements;
      }
      (*program)->step(in, out);
    }
  }
  return results;
}

llvm::Expected<LossMeter> LossMeter::create(ModuleOp module,
                                            ArrayRef<Recording> recordings,
                                            const AutoOptions &options) {
  LossMeter meter(module, recordings);
  meter.framesOfEach =
      std::max<int64_t>(options.maxFrames / int64_t(recordings.size()), 1);
  auto reference = meter.run(Policy(), meter.framesOfEach);
  if (!reference)
    return reference.takeError();
  meter.reference = std::move(*reference);
  return meter;
}

namespace {
/// The root mean square of differences, relative to that of what is expected.
struct Difference {
  double error = 0, power = 0;

  void add(ArrayRef<float> results, ArrayRef<float> reference) {
    for (auto [y, expected] : llvm::zip(results, reference)) {
      error += (double(y) - double(expected)) * (double(y) - double(expected));
      power += double(expected) * double(expected);
    }
  }
  double get() const {
    // A network that is silent on all recordings.
    return std::sqrt(power == 0 ? error : error / power);
  }
};
} // namespace

llvm::Expected<double> LossMeter::measure(const Policy &policy) const {
  auto results = run(policy, framesOfEach);
  if (!results)
    return results.takeError();
  Difference difference;
  difference.add(*results, reference);
  return difference.get();
}

/// Parts of the recordings' time, and how long they are at least: shorter ones
/// show the signal's changes.
static constexpr size_t numParts = 4;
static constexpr size_t leastFrames = 50;

llvm::Expected<LossTrend> LossMeter::measureTrend(const Policy &policy) {
  constexpr int64_t all = std::numeric_limits<int64_t>::max();
  if (wholeReference.empty()) {
    auto whole = run(Policy(), all);
    if (!whole)
      return whole.takeError();
    wholeReference = std::move(*whole);
  }
  auto results = run(policy, all);
  if (!results)
    return results.takeError();
  size_t numFrames = 0, longest = 0;
  for (const Recording &recording : recordings) {
    numFrames += size_t(recording.frames.numFrames);
    longest = std::max(longest, size_t(recording.frames.numFrames));
  }
  size_t elements = results->size() / numFrames, at = 0;
  Difference whole;
  std::vector<Difference> parts(numParts);
  for (const Recording &recording : recordings)
    for (size_t t = 0; t != size_t(recording.frames.numFrames); ++t) {
      auto y = ArrayRef(*results).slice(at, elements),
           expected = ArrayRef(wholeReference).slice(at, elements);
      whole.add(y, expected);
      parts[t * numParts / longest].add(y, expected);
      at += elements;
    }
  LossTrend trend;
  trend.loss = whole.get();
  if (longest >= numParts * leastFrames)
    for (const Difference &part : parts)
      trend.parts.push_back(part.get());
  return trend;
}

llvm::Expected<std::vector<std::string>> se::getLayers(ModuleOp module) {
  OwningOpRef<ModuleOp> copy(module.clone());
  if (failed(lowerTo(*copy, Phase::Normalized, {})) ||
      failed(rnn::inlineCells(*copy)))
    return llvm::make_error<DiagnosedError>();
  std::vector<std::string> names;
  for (auto network : copy->getOps<rnn::NetworkOp>())
    for (Operation &op : network.getBody().front())
      if (!isa<arith::ConstantOp, rnn::YieldOp>(op))
        for (const std::string &name : rnn::getLayerNames(op.getLoc()))
          if (!llvm::is_contained(names, name))
            names.push_back(name);
  return names;
}

llvm::Expected<std::vector<QuantizableLayer>>
se::getQuantizableLayers(ModuleOp module) {
  OwningOpRef<ModuleOp> copy(module.clone());
  if (failed(lowerTo(*copy, Phase::Normalized, {})) ||
      failed(rnn::inlineCells(*copy)))
    return llvm::make_error<DiagnosedError>();
  std::vector<QuantizableLayer> layers;
  auto find = [&](const std::string &name) {
    return llvm::find_if(layers, [&](const QuantizableLayer &layer) {
      return layer.name == name;
    });
  };
  llvm::StringSet<> variable;
  copy->walk([&](rnn::MatvecOp op) {
    for (const std::string &name : rnn::getLayerNames(op.getLoc())) {
      if (find(name) == layers.end())
        layers.push_back({name, {}});
      if (!op.getW().getDefiningOp<arith::ConstantOp>())
        variable.insert(name);
    }
  });
  llvm::erase_if(layers, [&](const QuantizableLayer &layer) {
    return variable.contains(layer.name);
  });
  copy->walk([&](rnn::NetworkOp network) {
    for (Location product : rnn::splitAllGates(network)) {
      std::string gate = rnn::getGateName(product);
      auto layer = find(rnn::getLayerName(product));
      if (layer != layers.end() && layer->name != gate &&
          !llvm::is_contained(layer->gates, gate))
        layer->gates.push_back(gate);
    }
  });
  return layers;
}

static std::string formatTrend(const Candidate &candidate) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << llvm::formatv("        over whole recordings: loss {0:f4}",
                      candidate.trend->loss);
  if (!candidate.trend->parts.empty()) {
    os << ", by quarters of their time";
    for (double part : candidate.trend->parts)
      os << llvm::formatv(" {0:f4}", part);
  }
  if (candidate.isRefused)
    os << (candidate.trend->loss > candidate.maxLoss
               ? ": more than the bound, refused"
               : ": still grows, refused");
  os << '\n';
  return text;
}

std::string se::formatCandidates(ArrayRef<Candidate> list) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "   cycles/frame   parameters    loss   layers and gates in int8\n";
  for (const Candidate &candidate : list) {
    os << (candidate.isChosen   ? "->"
           : candidate.isPareto ? " *"
                                : "  ")
       << llvm::formatv(" {0,12} {1,12} {2,8:f4}   ", candidate.cost.cycles,
                        candidate.cost.parameterBytes, candidate.loss);
    if (candidate.layers.empty())
      os << "none";
    else if (candidate.isAll)
      os << "all";
    else
      llvm::interleaveComma(candidate.layers, os);
    if (!candidate.wide.empty()) {
      os << "; fp32: ";
      llvm::interleaveComma(candidate.wide, os);
    }
    os << '\n';
    if (candidate.trend)
      os << formatTrend(candidate);
  }
  os << "-> chosen   * nothing is as fast and as good   loss: of outputs "
        "against fp32, root mean square, relative\n";
  return text;
}
