// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Graph.cpp - From an ONNX model to a network ------------------------===//

#include "Graph.h"

#include "Node.h"
#include "States.h"

#include "se/Dialect/RNN/Constants.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include "onnx/onnx_pb.h"

using namespace mlir;
using namespace se::onnx_import;

/// Those whose operators mean what their handlers do.
constexpr int64_t oldestOpset = 9, newestOpset = 28;

static OperatorTable makeTable() {
  OperatorTable table;
  addElementwise(table);
  addActivations(table);
  addComparisons(table);
  addConstants(table);
  addShapes(table);
  addIndexing(table);
  addScatters(table);
  addResizes(table);
  addProducts(table);
  addEinsum(table);
  addFused(table);
  addQuantized(table);
  addReductions(table);
  addPools(table);
  addNormalizations(table);
  addRecurrent(table);
  return table;
}

namespace {
class GraphImporter {
public:
  GraphImporter(const onnx::ModelProto &model, FileLineColLoc loc,
                const se::OnnxImportOptions &options)
      : model(model), graph(model.graph()), loc(loc), options(options),
        builder(loc.getContext()),
        directory(llvm::sys::path::parent_path(loc.getFilename().getValue())) {}

  OwningOpRef<ModuleOp> run();

private:
  void error(const Twine &message) { emitter->error(message); }
  bool failed() const { return emitter->failed(); }

  void checkOpset();
  void importInitializers();
  void importInputs();
  void importNode(const onnx::NodeProto &proto, unsigned index);
  void bindOutputs(const onnx::NodeProto &proto, Node &node, bool moves);
  void define(StringRef name, Operand operand);
  void finish(se::rnn::NetworkOp network);

  const onnx::ModelProto &model;
  const onnx::GraphProto &graph;
  FileLineColLoc loc;
  const se::OnnxImportOptions &options;
  Builder builder;
  StringRef directory;

  int64_t opset = 0;
  Block *block = nullptr;
  std::optional<Emitter> emitter;
  Recurrences recurrences;
  llvm::StringMap<Operand> values;
  /// Every name that some node defines, to tell a cycle from a typo.
  llvm::StringSet<> defined;
  struct Input {
    std::string name;
    Shape shape;
  };
  std::vector<Input> inputs;
};
} // namespace

void GraphImporter::checkOpset() {
  for (const auto &import : model.opset_import())
    if (import.domain().empty() || import.domain() == "ai.onnx")
      opset = import.version();
  if (!model.has_graph())
    return error("the model has no graph; is the file truncated?");
  if (model.opset_import_size() == 0)
    return error("the model names no opset; is the file truncated?");
  if (opset < oldestOpset || opset > newestOpset)
    return error("opset " + Twine(opset) +
                 " is not supported; export with one of " + Twine(oldestOpset) +
                 " to " + Twine(newestOpset));
  if (graph.sparse_initializer_size() > 0)
    return error("sparse initializers are not supported; export dense ones");
  if (graph.output_size() == 0)
    return error("the graph has no outputs");
}

/// Binds a name, which must be new.
void GraphImporter::define(StringRef name, Operand operand) {
  operand.inputs.resize(inputs.size());
  if (!values.try_emplace(name, std::move(operand)).second)
    error("the value '" + name + "' is defined twice");
}

void GraphImporter::importInitializers() {
  for (const onnx::TensorProto &proto : graph.initializer()) {
    std::string reason;
    TensorPtr tensor = readTensor(proto, directory, reason);
    if (!tensor)
      return error("initializer '" + proto.name() + "' " + reason);
    define(proto.name(), emitter->constant(std::move(tensor)));
  }
}

static bool isFloatType(int type) {
  return type == onnx::TensorProto::FLOAT ||
         type == onnx::TensorProto::FLOAT16 ||
         type == onnx::TensorProto::DOUBLE ||
         type == onnx::TensorProto::BFLOAT16;
}

void GraphImporter::importInputs() {
  std::vector<std::pair<std::string, Operand>> arguments;
  for (const onnx::ValueInfoProto &info : graph.input()) {
    if (values.contains(info.name()))
      continue; // only the default of an initializer
    std::string label = "graph input '" + info.name() + "' ";
    const auto &type = info.type().tensor_type();
    if (info.name().empty())
      return error("a graph input has no name");
    if (!info.type().has_tensor_type() || !isFloatType(type.elem_type()))
      return error(label + "is not a tensor of floats; make it a constant "
                           "before the export");
    if (!type.has_shape() || type.shape().dim_size() > int(maxRank))
      return error(label + "has no usable shape; export with shapes");
    Operand x;
    for (const auto &dim : type.shape().dim()) {
      bool open = !dim.has_dim_value();
      x.open.push_back(open);
      x.shape.push_back(open ? 1 : dim.dim_value());
    }
    std::optional<int64_t> count = countElements(x.shape);
    if (!count || *count == 0)
      return error(label + "has an empty, negative or too large shape " +
                   toString(x.shape));
    Location argLoc = NameLoc::get(builder.getStringAttr(info.name()));
    x.value = block->addArgument(emitter->typeOf(x.shape), argLoc);
    x.movedInputs.insert(inputs.size());
    inputs.push_back({info.name(), x.shape});
    arguments.emplace_back(info.name(), std::move(x));
  }
  recurrences.feeds.resize(inputs.size());
  for (auto &[name, x] : arguments) {
    x.inputs.resize(inputs.size());
    x.inputs.set(*x.movedInputs.begin());
    define(name, std::move(x));
  }
}

void GraphImporter::importNode(const onnx::NodeProto &proto, unsigned index) {
  static const OperatorTable table = makeTable();
  std::string label = "node " + std::to_string(index);
  if (!proto.name().empty())
    label = "node '" + proto.name() + "'";
  else if (proto.output_size() > 0 && !proto.output(0).empty())
    label = "node of '" + proto.output(0) + "'";
  bool foreign = !proto.domain().empty() && proto.domain() != "ai.onnx";
  std::string op =
      foreign ? proto.domain() + "::" + proto.op_type() : proto.op_type();
  // What has no name is called by its first result, as in messages.
  std::string name = proto.name();
  for (const std::string &output : proto.output())
    if (name.empty())
      name = output;
  emitter->startNode(name, label + " (" + op + ")");

  auto it = table.find(foreign ? op : proto.op_type());
  // Layouts of one machine, which level `all` of the optimizer makes.
  if (proto.domain() == "com.microsoft.nchwc")
    return error("this operator is made for one machine; let ONNX Runtime "
                 "optimize up to level 'extended' only");
  if (it == table.end())
    return error("this operator is not supported; docs/onnx.md lists those "
                 "that are");
  const Operator &entry = it->second;
  Node node(proto, index, opset, directory, *emitter, recurrences, block);
  for (const auto &[i, name] : llvm::enumerate(proto.input())) {
    const Operand *operand = nullptr;
    if (!name.empty()) {
      auto found = values.find(name);
      if (found == values.end())
        return error("input '" + name + "' " +
                     (defined.contains(name)
                          ? "comes from a later node; the graph is not sorted "
                            "or has a cycle"
                          : "is defined nowhere"));
      operand = &found->second;
    }
    node.inputs.push_back(operand);
  }
  while (!node.inputs.empty() && !node.inputs.back())
    node.inputs.pop_back();
  if (node.inputs.size() > entry.maxInputs)
    return error("has " + Twine(node.inputs.size()) + " inputs; at most " +
                 Twine(entry.maxInputs) + " are expected");
  unsigned required =
      entry.maxInputs == variadic
          ? std::max<unsigned>(entry.minInputs, node.inputs.size())
          : entry.minInputs;
  for (unsigned i = 0; i < required; ++i)
    if (!node.find(i))
      return error("input " + Twine(i) + " is missing");

  entry.import(node);
  if (!failed())
    node.checkAttributes();
  if (!failed())
    bindOutputs(proto, node, entry.moves);
}

void GraphImporter::bindOutputs(const onnx::NodeProto &proto, Node &node,
                                bool moves) {
  llvm::SmallBitVector reach(inputs.size());
  std::set<unsigned> movedInputs, movedStates;
  for (const Operand *x : node.inputs) {
    if (!x)
      continue;
    reach |= x->inputs;
    movedInputs.insert(x->movedInputs.begin(), x->movedInputs.end());
    movedStates.insert(x->movedStates.begin(), x->movedStates.end());
  }
  for (const auto &[i, name] : llvm::enumerate(proto.output())) {
    if (name.empty())
      continue;
    if (i >= node.outputs.size())
      return error("output " + Twine(i) + " ('" + name + "') is not supported");
    Operand &x = node.outputs[i];
    std::optional<int64_t> count = countElements(x.shape);
    if (!count || (*count == 0 && !x.isConstant()))
      return error("output of empty or too large shape " + toString(x.shape));
    x.inputs = reach;
    if (moves) {
      x.movedInputs = movedInputs;
      x.movedStates = movedStates;
    } else {
      // What a recurrent node says of its results stands; the rest, which
      // handlers may have copied from an operand, does not.
      x.movedInputs.clear();
    }
    define(name, x);
  }
}

/// Block arguments become inputs, then states; the attributes are filled in.
void GraphImporter::finish(se::rnn::NetworkOp network) {
  emitter->startNode("", "");
  std::vector<PairingInput> ins;
  for (const auto &[i, input] : llvm::enumerate(inputs))
    ins.push_back({input.name, input.shape, recurrences.feeds[i]});
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
    outs.push_back({info.name(), x.shape, x.inputs, x.movedStates});
    emitter->startNode("", "graph output '" + info.name() + "'");
    outValues.push_back(emitter->get(emitter->toOutput(x)));
  }
  emitter->startNode("", "");
  std::string reason;
  std::optional<Pairing> pairing =
      pairStates(ins, outs, options.states, reason);
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
          "' are taken as one state because of their place and shape; --state "
          "confirms or excludes it");

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

/// A symbol that needs no quotes.
static std::string symbolFor(StringRef name) {
  std::string symbol;
  for (char c : name)
    symbol += llvm::isAlnum(c) ? c : '_';
  if (symbol.empty())
    return "network";
  return llvm::isDigit(symbol[0]) ? "_" + symbol : symbol;
}

OwningOpRef<ModuleOp> GraphImporter::run() {
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  (*module)->setAttr("se.phase", builder.getStringAttr("imported"));
  OpBuilder body = OpBuilder::atBlockEnd(module->getBody());
  ArrayAttr none = builder.getArrayAttr({});
  auto network =
      se::rnn::NetworkOp::create(body, loc, symbolFor(graph.name()), none, none,
                                 none, none, none, none, none);
  block = &network.getBody().emplaceBlock();
  emitter.emplace(block, loc);
  emitter->remarks = options.remarks;

  checkOpset();
  if (!failed())
    importInitializers();
  if (!failed())
    importInputs();
  for (const onnx::NodeProto &node : graph.node())
    for (const std::string &name : node.output())
      defined.insert(name);
  for (int i = 0; i < graph.node_size() && !failed(); ++i)
    importNode(graph.node(i), i);
  if (!failed())
    finish(network);
  if (failed() || mlir::failed(verify(*module)))
    return nullptr;
  return module;
}

OwningOpRef<ModuleOp>
se::onnx_import::importModel(const onnx::ModelProto &model, FileLineColLoc loc,
                             const se::OnnxImportOptions &options) {
  return GraphImporter(model, loc, options).run();
}
