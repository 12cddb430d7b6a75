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

using namespace mlir;
using namespace se;
using namespace se::quantization;

llvm::Expected<std::vector<float>> LossMeter::run(const Policy &policy) const {
  OwningOpRef<ModuleOp> copy(module.clone());
  auto program = HostProgram::create(*copy, policy);
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
  auto reference = meter.run(Policy());
  if (!reference)
    return reference.takeError();
  meter.reference = std::move(*reference);
  return meter;
}

llvm::Expected<double> LossMeter::measure(const Policy &policy) const {
  auto results = run(policy);
  if (!results)
    return results.takeError();
  double error = 0, power = 0;
  for (auto [y, expected] : llvm::zip(*results, reference)) {
    error += (double(y) - double(expected)) * (double(y) - double(expected));
    power += double(expected) * double(expected);
  }
  // A network that is silent on all recordings.
  if (power == 0)
    return std::sqrt(error);
  return std::sqrt(error / power);
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
    os << '\n';
  }
  os << "-> chosen   * nothing is as fast and as good   loss: of outputs "
        "against fp32, root mean square, relative\n";
  return text;
}
