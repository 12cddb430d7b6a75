// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- AddFrontEnd.cpp - From networks to a filter of sound ---------------===//

#include "Features.h"

#include "se/Dialect/DSP/DSP.h"
#include "se/Dialect/DSP/Transforms/Passes.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Target/TargetDescription.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringSet.h"

namespace se::dsp {
#define GEN_PASS_DEF_ADDFRONTEND
#include "se/Dialect/DSP/Transforms/Passes.h.inc"
} // namespace se::dsp

using namespace mlir;
using namespace se;
using namespace se::dsp;
using frontend::FrontEnd;
using frontend::NetworkUse;
using frontend::Output;
using frontend::Result;
using rnn::NetworkOp;

static int64_t elementsOf(Attribute type) {
  return cast<RankedTensorType>(cast<TypeAttr>(type).getValue())
      .getNumElements();
}

namespace {
class FilterBuilder : StateList {
public:
  FilterBuilder(ModuleOp module, const FrontEnd &frontEnd)
      : module(module), frontEnd(frontEnd),
        networks(llvm::to_vector(module.getOps<NetworkOp>())),
        loc(networks.empty() ? module.getLoc() : networks.front().getLoc()),
        b(loc, module.getContext()), c(b) {}

  LogicalResult check();
  LogicalResult run();
  /// Of a module without networks: what stands before network `part`, or behind
  /// the last one.
  void makePart(size_t part);

private:
  LogicalResult checkPorts(NetworkOp network, const NetworkUse &use);
  /// A name that nobody has yet.
  StringAttr makeName(llvm::StringSet<> &taken, StringRef name);
  Value add(StringRef name, Attribute reset) override;
  void setNext(Value next) override { nextStates.push_back(next); }
  Value addState(StringRef name, int64_t elements);
  Value clip(Value samples);
  Value addInput(StringRef name, int64_t elements);
  void addOutput(Value value, StringAttr name);
  SoundBlock makeBlock();
  void runNetwork(NetworkOp network, const NetworkUse &use, SoundBlock &block);
  Value addUp(Value samples);
  void makeNetwork(StringAttr name);
  /// What follows belongs to the layer of this name.
  void setLayer(StringRef name) {
    b.setLoc(NameLoc::get(b.getStringAttr(name), loc));
  }
  RankedTensorType getVector(int64_t elements) {
    return RankedTensorType::get(elements, b.getF32Type());
  }

  ModuleOp module;
  const FrontEnd &frontEnd;
  SmallVector<NetworkOp> networks;
  Location loc;
  ImplicitLocOpBuilder b;
  ComplexBuilder c;
  std::unique_ptr<Block> body = std::make_unique<Block>();
  llvm::StringSet<> inputNames, outputNames; ///< states are inputs
  SmallVector<Attribute> inputTypes, inputs;
  SmallVector<Attribute> stateTypes, stateNames, resets;
  SmallVector<Attribute> outputTypes, outputs;
  SmallVector<Value> nextStates, results;
};
} // namespace

/// Rules of the pass's description.
LogicalResult FilterBuilder::check() {
  size_t expected = frontEnd.networks.size();
  if (networks.size() != expected)
    // The first one too many, or the last one there is.
    return emitError(
               networks.empty()
                   ? module.getLoc()
                   : networks[std::min(expected, networks.size() - 1)].getLoc())
           << "front-end-C1: front end '" << frontEnd.name << "' takes "
           << expected << (expected == 1 ? " network" : " networks")
           << ", found " << networks.size();
  for (auto [network, use] : llvm::zip(networks, frontEnd.networks))
    if (failed(checkPorts(network, use)))
      return failure();
  return success();
}

LogicalResult FilterBuilder::checkPorts(NetworkOp network,
                                        const NetworkUse &use) {
  auto fail = [&](StringRef rule, ArrayAttr names, ArrayAttr types,
                  ArrayRef<int64_t> expected, StringRef what) {
    InFlightDiagnostic error = network.emitError();
    error << rule << ": front end '" << frontEnd.name
          << "' needs a network with " << expected.size() << ' ' << what
          << ", ";
    llvm::interleaveComma(expected, error, [&](int64_t elements) {
      if (elements)
        error << '[' << elements << ']';
      else
        error << "any";
    });
    error << "; found ";
    if (names.empty())
      error << "none";
    llvm::interleaveComma(llvm::zip(names, types), error, [&](auto port) {
      error << cast<StringAttr>(std::get<0>(port)).getValue() << " ["
            << elementsOf(std::get<1>(port)) << ']';
    });
    return failure();
  };
  auto inputs =
      llvm::map_to_vector(use.inputs, [](const frontend::Feature &feature) {
        return feature.elements;
      });
  auto outputs = llvm::map_to_vector(
      use.outputs, [](const Output &output) { return output.elements; });
  auto fits = [](ArrayAttr types, ArrayRef<int64_t> expected) {
    return types.size() == expected.size() &&
           llvm::all_of(llvm::zip(types, expected), [](auto port) {
             auto [type, elements] = port;
             return !elements || elementsOf(type) == elements;
           });
  };
  if (!fits(network.getInputTypes(), inputs))
    return fail("front-end-C2", network.getInputNames(),
                network.getInputTypes(), inputs,
                inputs.size() == 1 ? "input" : "inputs");
  if (!fits(network.getOutputTypes(), outputs))
    return fail("front-end-C3", network.getOutputNames(),
                network.getOutputTypes(), outputs,
                outputs.size() == 1 ? "output" : "outputs");
  return success();
}

StringAttr FilterBuilder::makeName(llvm::StringSet<> &taken, StringRef name) {
  std::string unique = name.str();
  for (unsigned number = 2; !taken.insert(unique).second; ++number)
    unique = (name + "_" + Twine(number)).str();
  return b.getStringAttr(unique);
}

Value FilterBuilder::add(StringRef name, Attribute reset) {
  Type type = cast<TypedAttr>(reset).getType();
  stateNames.push_back(makeName(inputNames, name));
  stateTypes.push_back(TypeAttr::get(type));
  resets.push_back(reset);
  return body->addArgument(type, b.getLoc());
}

Value FilterBuilder::addState(StringRef name, int64_t elements) {
  return add(name, b.getZeroAttr(getVector(elements)));
}

/// To full scale, NaN too. Of bounded samples features are bounded, so that the
/// layers that take them may be f16 (--rnn-choose-floats).
Value FilterBuilder::clip(Value samples) {
  int64_t count = sizeOf(samples);
  Value above = arith::MaxNumFOp::create(b, samples, c.constant(-1, count));
  return arith::MinNumFOp::create(b, above, c.constant(1, count));
}

Value FilterBuilder::addInput(StringRef name, int64_t elements) {
  inputs.push_back(makeName(inputNames, name));
  inputTypes.push_back(TypeAttr::get(getVector(elements)));
  return body->addArgument(getVector(elements), b.getLoc());
}

void FilterBuilder::addOutput(Value value, StringAttr name) {
  results.push_back(value);
  outputTypes.push_back(TypeAttr::get(value.getType()));
  outputs.push_back(name);
}

/// Of the last samples, which are a state. It holds whole hops, this one too,
/// so that it is a delay line that blocks are read from. Of two hops the first
/// is enough: no delay line of them would be small.
SoundBlock FilterBuilder::makeBlock() {
  Value input = clip(body->getArgument(0));
  int64_t hop = frontEnd.hop, fft = frontEnd.fft;
  int64_t samples = (fft + hop - 1) / hop * hop;
  Value all = input;
  if (samples > hop) {
    int64_t kept = samples == 2 * hop ? hop : samples;
    Value history = addState("history", kept);
    all = c.concat(
        {c.slice(history, kept - samples + hop, samples - hop), input});
    setNext(kept == samples ? all : input);
  }
  return SoundBlock(c, b, frontEnd, *this, c.slice(all, samples - fft, fft));
}

void FilterBuilder::runNetwork(NetworkOp network, const NetworkUse &use,
                               SoundBlock &block) {
  setLayer("analysis");
  IRMapping mapping;
  for (auto [argument, value] :
       llvm::zip(network.getInputArguments(), block.getInputs(use))) {
    auto type = cast<RankedTensorType>(argument.getType());
    mapping.map(argument, c.reshape(value, type.getShape()));
  }
  for (auto [argument, name, reset] :
       llvm::zip(network.getStateArguments(), network.getStateNames(),
                 network.getResetValues()))
    mapping.map(argument, add(cast<StringAttr>(name).getValue(), reset));
  for (Operation &op : network.getBody().front().without_terminator())
    b.clone(op, mapping);
  rnn::YieldOp yield = network.getYield();
  for (Value value : yield.getStates())
    nextStates.push_back(mapping.lookupOrDefault(value));
  setLayer("synthesis");
  for (auto [yielded, name, output] :
       llvm::zip(yield.getOutputs(), network.getOutputNames(), use.outputs)) {
    Value value = mapping.lookupOrDefault(yielded);
    if (output.result != Result::Other) {
      block.apply(output, c.reshape(value, {sizeOf(value)}));
      continue;
    }
    addOutput(value, makeName(outputNames, cast<StringAttr>(name).getValue()));
  }
}

/// The samples that no later block changes.
Value FilterBuilder::addUp(Value samples) {
  int64_t count = frontEnd.windowSamples, hop = frontEnd.hop;
  int64_t kept = count - hop;
  ArrayRef<double> factors =
      ArrayRef(frontEnd.synthesis).take_back(size_t(count));
  Value y = c.slice(samples, frontEnd.fft - count, count);
  if (!llvm::all_of(factors, [](double factor) { return factor == 1; }))
    y = c.mul(y, c.constant(llvm::map_to_vector(
                     factors, [](double factor) { return float(factor); })));
  if (!kept)
    return y;
  Value overlap = addState("overlap", kept);
  Value sum = c.add(overlap, c.slice(y, 0, kept));
  Value last = c.slice(y, kept, hop);
  if (kept >= hop) {
    nextStates.push_back(
        kept == hop ? last : c.concat({c.slice(sum, hop, kept - hop), last}));
    return c.slice(sum, 0, hop);
  }
  nextStates.push_back(c.slice(y, hop, kept));
  return c.concat({sum, c.slice(y, kept, hop - kept)});
}

void FilterBuilder::makeNetwork(StringAttr name) {
  b.setLoc(loc);
  rnn::YieldOp::create(b, results, nextStates);
  if (networks.empty())
    b.setInsertionPointToEnd(module.getBody());
  else
    b.setInsertionPoint(networks.front());
  auto network =
      NetworkOp::create(b, name, b.getArrayAttr(inputTypes),
                        b.getArrayAttr(inputs), b.getArrayAttr(stateTypes),
                        b.getArrayAttr(stateNames), b.getArrayAttr(resets),
                        b.getArrayAttr(outputTypes), b.getArrayAttr(outputs));
  if (!networks.empty())
    network->setAttr(StreamAttr::attrName,
                     StreamAttr::get(b.getContext(), frontEnd.sampleRate,
                                     frontEnd.getDelay()));
  network.getBody().push_back(body.release());
  for (NetworkOp old : networks)
    old.erase();
}

LogicalResult FilterBuilder::run() {
  if (failed(check()))
    return failure();
  setLayer("analysis");
  b.setInsertionPointToStart(body.get());
  addInput("in", frontEnd.hop);
  // The sound comes first.
  outputNames.insert("out");
  outputTypes.push_back(TypeAttr::get(getVector(frontEnd.hop)));
  outputs.push_back(b.getStringAttr("out"));
  results.push_back(Value());
  SoundBlock block = makeBlock();
  for (auto [network, use] : llvm::zip(networks, frontEnd.networks))
    runNetwork(network, use, block);
  setLayer("synthesis");
  results.front() = clip(addUp(block.getSamples()));
  makeNetwork(networks.front().getSymNameAttr());
  return success();
}

void FilterBuilder::makePart(size_t part) {
  b.setInsertionPointToStart(body.get());
  addInput("in", frontEnd.hop);
  ArrayRef<NetworkUse> before = ArrayRef(frontEnd.networks).take_front(part);
  SmallVector<std::pair<const Output *, Value>> known;
  for (auto [n, use] : llvm::enumerate(before))
    for (auto [i, output] : llvm::enumerate(use.outputs))
      if (output.result != Result::Other)
        known.push_back(
            {&output, addInput("y" + Twine(n).str() + "_" + Twine(i).str(),
                               output.elements)});
  SoundBlock block = makeBlock();
  for (auto [output, value] : known)
    block.apply(*output, value);
  if (part == frontEnd.networks.size()) {
    addOutput(clip(addUp(block.getSamples())), b.getStringAttr("out"));
  } else {
    for (auto [i, value] :
         llvm::enumerate(block.getInputs(frontEnd.networks[part])))
      addOutput(value, b.getStringAttr("x" + Twine(i)));
  }
  makeNetwork(b.getStringAttr("part"));
}

bool se::dsp::fits(ModuleOp module, const FrontEnd &frontEnd) {
  ScopedDiagnosticHandler silence(module.getContext(), [](Diagnostic &) {});
  return succeeded(FilterBuilder(module, frontEnd).check());
}

OwningOpRef<ModuleOp> se::dsp::makePart(MLIRContext &context,
                                        const FrontEnd &frontEnd, size_t part) {
  context.loadDialect<arith::ArithDialect, math::MathDialect,
                      tensor::TensorDialect, DSPDialect, rnn::RNNDialect>();
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  FilterBuilder(*module, frontEnd).makePart(part);
  return module;
}

LogicalResult se::dsp::addFrontEnd(ModuleOp module, const FrontEnd &frontEnd) {
  return FilterBuilder(module, frontEnd).run();
}

namespace {
struct AddFrontEndPass : se::dsp::impl::AddFrontEndBase<AddFrontEndPass> {
  using AddFrontEndBase::AddFrontEndBase;
  void runOnOperation() override {
    auto read = frontend::load(frontEnd, target::getResourceDir());
    if (!read) {
      emitError(getOperation().getLoc()) << llvm::toString(read.takeError());
      return signalPassFailure();
    }
    if (failed(addFrontEnd(getOperation(), *read)))
      signalPassFailure();
  }
};
} // namespace
