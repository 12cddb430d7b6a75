// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Network.cpp - Inputs, outputs and states of the network ------------===//

#include "GraphImporter.h"

#include "se/Dialect/RNN/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace se::onnx_import;

/// Block arguments become inputs, then states; the attributes are filled in.
void GraphImporter::finish(se::rnn::NetworkOp network) {
  emitter->startNode("", "");
  std::vector<PairingInput> ins;
  SmallVector<Value> inValues;
  for (const auto &[i, input] : llvm::enumerate(inputs)) {
    ins.push_back({input.name, input.shape, recurrences.feeds[i]});
    inValues.push_back(values.find(input.name)->second.value);
  }
  std::vector<PairingOutput> outs;
  SmallVector<Value> outValues;
  llvm::StringSet<> outNames;
  for (const onnx::ValueInfoProto &info : graph.output()) {
    emitter->startNode("", "");
    auto it = values.find(info.name());
    if (it == values.end())
      return error("graph output '" + info.name() + "' is defined nowhere");
    if (info.name().empty() || !outNames.insert(info.name()).second)
      return error("graph output '" + info.name() +
                   "' stands twice or has no name");
    const Operand &x = it->second;
    if (x.sequence)
      return error("graph output '" + info.name() +
                   "' is a sequence of tensors");
    outs.push_back({info.name(), x.shape, {}});
    for (unsigned state : x.movedStates)
      outs.back().from.insert(state);
    emitter->startNode("", "graph output '" + info.name() + "'");
    outValues.push_back(emitter->get(emitter->toOutput(x)));
  }
  emitter->startNode("", "");
  if (failed())
    return;
  StateFlow flow(inValues, outValues);
  std::string reason;
  std::optional<Pairing> pairing =
      pairStates(ins, outs, flow, options.states, reason);
  if (!pairing)
    return error(reason);
  for (const Recurrences::Demand &demand : recurrences.demands) {
    bool kept = false;
    for (unsigned i : demand.inputs.set_bits())
      kept |= pairing->outputOf[i] >= 0;
    if (!kept)
      return error(demand.label +
                   ": the initial state is no persistent state of the "
                   "network, so it would be lost between frames; export the "
                   "final state as an output, or pair it with --state");
  }
  for (unsigned i : pairing->guessed)
    if (options.remarks)
      emitRemark(loc) << oneLine(
          "input '" + inputs[i].name + "' and output '" +
          outs[pairing->outputOf[i]].name +
          "' are taken as one state because of the data flow between them; "
          "--state confirms or excludes it");
  warnOfLostStates(ins, outs, flow, *pairing);
  for (const auto &[i, value] : llvm::enumerate(inValues))
    if (int out = pairing->outputOf[i];
        out >= 0 && value.use_empty() && outValues[out] != value)
      emitWarning(loc) << oneLine("state '" + inputs[i].name +
                                  "' is never read; was its recurrence folded "
                                  "away at the export?");

  SmallVector<Type> inputTypes, stateTypes, outputTypes;
  SmallVector<StringRef> inputNames, stateNames, outputNames;
  SmallVector<Attribute> resets;
  SmallVector<Value> results, nexts;
  unsigned oldCount = block->getNumArguments();
  auto addArgument = [&](Value old) {
    old.replaceAllUsesWith(block->addArgument(old.getType(), old.getLoc()));
  };
  // Replacing an argument also replaces it where it is an output.
  SmallVector<unsigned> stateInputs;
  OpBuilder body = OpBuilder::atBlockEnd(block);
  for (const auto &[i, input] : llvm::enumerate(inputs)) {
    if (pairing->outputOf[i] >= 0) {
      stateInputs.push_back(i);
      continue;
    }
    inputNames.push_back(input.name);
    inputTypes.push_back(block->getArgument(i).getType());
  }
  for (unsigned i : stateInputs) {
    stateNames.push_back(inputs[i].name);
    stateTypes.push_back(block->getArgument(i).getType());
    resets.push_back(
        DenseElementsAttr::get(cast<ShapedType>(stateTypes.back()), 0.0f));
    nexts.push_back(outValues[pairing->outputOf[i]]);
  }
  llvm::StringSet<> used;
  for (const Input &input : inputs)
    used.insert(input.name);
  for (Recurrences::State &state : recurrences.states) {
    std::string name = state.name;
    for (unsigned n = 1; !used.insert(state.name).second; ++n)
      state.name = name + "_" + std::to_string(n);
    stateNames.push_back(state.name);
    auto type = emitter->typeOf(state.shape);
    stateTypes.push_back(type);
    resets.push_back(state.reset ? Attribute(se::rnn::makeConstant(
                                       type, state.reset->floats, state.name))
                                 : DenseElementsAttr::get(type, 0.0f));
    nexts.push_back(state.next);
  }
  for (const auto &[i, output] : llvm::enumerate(outs))
    if (pairing->isOutput[i]) {
      outputNames.push_back(output.name);
      outputTypes.push_back(outValues[i].getType());
      results.push_back(outValues[i]);
    }
  // The yield first, so that the new arguments reach its operands too.
  emitter->startNode("", "");
  se::rnn::YieldOp::create(body, loc, results, nexts);
  for (unsigned i = 0; i < inputs.size(); ++i)
    if (pairing->outputOf[i] < 0)
      addArgument(block->getArgument(i));
  for (unsigned i : stateInputs)
    addArgument(block->getArgument(i));
  for (unsigned i = inputs.size(); i < oldCount; ++i)
    addArgument(block->getArgument(i));
  block->eraseArguments(0, oldCount);

  network.setInputTypesAttr(builder.getTypeArrayAttr(inputTypes));
  network.setInputNamesAttr(builder.getStrArrayAttr(inputNames));
  network.setStateTypesAttr(builder.getTypeArrayAttr(stateTypes));
  network.setStateNamesAttr(builder.getStrArrayAttr(stateNames));
  network.setResetValuesAttr(builder.getArrayAttr(resets));
  network.setOutputTypesAttr(builder.getTypeArrayAttr(outputTypes));
  network.setOutputNamesAttr(builder.getStrArrayAttr(outputNames));
}

/// A constant of a recurrent layer of PyTorch whose recurrent matrix is not
/// there any more, empty if there is none.
static std::string findHalfLayer(const onnx::GraphProto &graph) {
  llvm::StringSet<> names;
  for (const onnx::TensorProto &tensor : graph.initializer())
    names.insert(tensor.name());
  for (const onnx::TensorProto &tensor : graph.initializer()) {
    std::string name = tensor.name();
    size_t at = name.find("weight_ih");
    if (at != std::string::npos &&
        !names.contains(name.replace(at, 9, "weight_hh")))
      return tensor.name();
  }
  return "";
}

/// What speaks of a recurrent layer in the model, empty if nothing does.
static std::string findRecurrentLayer(const onnx::GraphProto &graph) {
  for (const onnx::TensorProto &tensor : graph.initializer()) {
    StringRef name = tensor.name();
    for (StringRef word : {"weight_ih", "weight_hh", "bias_ih", "bias_hh",
                           "recurrent_kernel", "recurrent_weight"})
      if (name.contains(word))
        return "constant '" + name.str() + "'";
  }
  // Exporters note of each node from which module it comes.
  for (const onnx::NodeProto &node : graph.node())
    if (node.SerializeAsString().find("torch.nn.modules.rnn.") !=
        std::string::npos)
      return "node '" + node.name() + "'";
  return "";
}

static bool isZeroConstant(Value value) {
  std::optional<std::vector<float>> floats = se::rnn::readFloats(value);
  return floats && llvm::all_of(*floats, [](float f) { return f == 0; });
}

/// The matrix and the vectors of a product.
static std::pair<Value, Value> getFactors(Operation *op) {
  if (auto matvec = dyn_cast<se::rnn::MatvecOp>(op))
    return {matvec.getW(), matvec.getX()};
  if (auto linear = dyn_cast<se::rnn::LinearOp>(op))
    return {linear.getW(), linear.getX()};
  return {};
}

/// What an initial state of zero leaves when it is folded into the network.
static Operation *findZeroProduct(Block &block) {
  // A constant may have many readers.
  llvm::DenseMap<Value, bool> known;
  auto isZero = [&](Value value) {
    auto [it, isNew] = known.try_emplace(value);
    if (isNew)
      it->second = isZeroConstant(value);
    return it->second;
  };
  Operation *found = nullptr;
  for (Operation &op : block) {
    auto [W, x] = getFactors(&op);
    bool isProduct = isa<arith::MulFOp>(op);
    if (!(x && isZero(x)) &&
        !(isProduct && llvm::any_of(op.getOperands(), isZero)))
      continue;
    // The first of several steps inside a frame: the others use the matrix too.
    if (W && !W.hasOneUse())
      return nullptr;
    if (!found)
      found = &op;
  }
  return found;
}

void GraphImporter::warnOfLostStates(ArrayRef<PairingInput> ins,
                                     ArrayRef<PairingOutput> outs,
                                     const StateFlow &flow,
                                     const Pairing &pairing) {
  auto warn = [&](const Twine &text) { emitWarning(loc) << oneLine(text); };
  std::vector<std::string> lost = describeLostStates(ins, outs, flow, pairing);
  for (const std::string &text : lost)
    warn(text);
  Operation *folded = findZeroProduct(*block);
  std::string layer;
  bool hasStates = !recurrences.states.empty() ||
                   llvm::any_of(pairing.outputOf, [](int o) { return o >= 0; });
  if (folded) {
    std::string name;
    if (auto named = dyn_cast<NameLoc>(folded->getLoc()))
      name = named.getName().str();
    layer = "node '" + name + "' multiplies zeros";
  } else if (std::string half = findHalfLayer(graph); !half.empty()) {
    layer = "constant '" + half +
            "' is of a recurrent layer, but the layer's recurrent weights are "
            "gone";
  } else if (!hasStates && lost.empty()) {
    layer = findRecurrentLayer(graph);
    if (!layer.empty())
      layer += " is of a recurrent layer, but the network has no states";
  }
  if (!layer.empty())
    warn(layer + ": an initial state of zero may have been folded away at the "
                 "export, and then nothing is kept from frame to frame; export "
                 "with the state as an input and an output");
}
