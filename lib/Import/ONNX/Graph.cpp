// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Graph.cpp - From an ONNX model to a network ------------------------===//

#include "GraphImporter.h"

#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include <cmath>

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
  addQLinear(table);
  addReductions(table);
  addPools(table);
  addNormalizations(table);
  addRecurrent(table);
  addSequences(table);
  return table;
}

GraphImporter::GraphImporter(const onnx::ModelProto &model, FileLineColLoc loc,
                             const se::OnnxImportOptions &options)
    : model(model), graph(model.graph()), loc(loc), options(options),
      builder(loc.getContext()),
      directory(llvm::sys::path::parent_path(loc.getFilename().getValue())) {}

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
    return error("the value '" + name + "' is defined twice");
  if (!scopes.empty())
    scopes.back().push_back(name.str());
}

void GraphImporter::importInitializers(const onnx::GraphProto &from) {
  for (const onnx::TensorProto &proto : from.initializer()) {
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

static bool isForeign(const onnx::NodeProto &proto) {
  return !proto.domain().empty() && proto.domain() != "ai.onnx";
}

/// The shape that is declared; open dimensions have size 1.
static Operand declare(const onnx::TypeProto::Tensor &type) {
  Operand x;
  for (const auto &dim : type.shape().dim()) {
    bool open = !dim.has_dim_value();
    x.open.push_back(open);
    x.shape.push_back(open ? 1 : dim.dim_value());
  }
  return x;
}

static bool isIntegerType(int type) {
  return type == onnx::TensorProto::INT64 || type == onnx::TensorProto::INT32 ||
         type == onnx::TensorProto::INT16 || type == onnx::TensorProto::INT8 ||
         type == onnx::TensorProto::UINT64 ||
         type == onnx::TensorProto::UINT32 ||
         type == onnx::TensorProto::UINT16 || type == onnx::TensorProto::UINT8;
}

void GraphImporter::importConstantInput(const onnx::ValueInfoProto &info,
                                        const std::vector<double> &given) {
  std::string label = "--constant " + info.name() + ": the input ";
  const auto &type = info.type().tensor_type();
  Operand x = declare(type);
  std::optional<int64_t> count = countElements(x.shape);
  if (x.shape.size() > maxRank || !count || *count > maxComputed)
    return error(label + "has an unusable shape " + toString(x.shape));
  // One value serves for all elements.
  std::vector<double> numbers = given;
  if (numbers.size() == 1)
    numbers.resize(*count, numbers[0]);
  // A size that is left open is what is given.
  auto open = llvm::find(x.open, true);
  if (*count == 1 && numbers.size() > 1 && open != x.open.end())
    x.shape[open - x.open.begin()] = *count = numbers.size();
  if (int64_t(numbers.size()) != *count)
    return error(label + "has " + Twine(*count) + " elements, not " +
                 Twine(numbers.size()));
  if (isFloatType(type.elem_type()))
    return define(info.name(),
                  emitter->constant(makeFloats(
                      x.shape, {numbers.begin(), numbers.end()}, info.name())));
  bool isBool = type.elem_type() == onnx::TensorProto::BOOL;
  if (!isBool && !isIntegerType(type.elem_type()))
    return error(label + "has no type of numbers");
  auto tensor = std::make_shared<Tensor>();
  tensor->kind = isBool ? Tensor::Kind::Bool : Tensor::Kind::Int;
  tensor->shape = x.shape;
  tensor->name = info.name();
  for (double number : numbers) {
    if (number != std::floor(number) || std::fabs(number) > 9e15)
      return error(label + "takes integers");
    tensor->ints.push_back(isBool ? number != 0 : int64_t(number));
  }
  define(info.name(), emitter->constant(std::move(tensor)));
}

void GraphImporter::checkConstantInputs() {
  llvm::StringSet<> names;
  std::string all;
  for (const onnx::ValueInfoProto &info : graph.input()) {
    names.insert(info.name());
    all += (all.empty() ? "'" : ", '") + info.name() + "'";
  }
  llvm::StringSet<> given;
  for (const auto &[name, numbers] : options.constants) {
    if (!names.contains(name))
      return error("--constant " + name +
                   ": the graph has no such input; it has " + all);
    if (!given.insert(name).second)
      return error("--constant " + name + ": the input is named twice");
  }
}

void GraphImporter::importInput(const onnx::ValueInfoProto &info) {
  std::string label = "graph input '" + info.name() + "' ";
  const auto &type = info.type().tensor_type();
  if (info.name().empty())
    return error("a graph input has no name");
  if (!info.type().has_tensor_type() || !isFloatType(type.elem_type()))
    return error(label +
                 "is not a tensor of floats; give its value with "
                 "--constant " +
                 info.name() + "=VALUE");
  if (!type.has_shape() || type.shape().dim_size() > int(maxRank))
    return error(label + "has no usable shape; export with shapes");
  Operand x = declare(type);
  std::optional<int64_t> count = countElements(x.shape);
  if (!count || *count == 0)
    return error(label + "has an empty, negative or too large shape " +
                 toString(x.shape));
  Location argLoc = NameLoc::get(builder.getStringAttr(info.name()));
  x.value = block->addArgument(emitter->typeOf(x.shape), argLoc);
  x.movedInputs.set(inputs.size());
  inputs.push_back({info.name(), x.shape});
  define(info.name(), std::move(x));
}

void GraphImporter::importInputs() {
  checkConstantInputs();
  for (const onnx::ValueInfoProto &info : graph.input()) {
    auto constant = llvm::find_if(options.constants, [&](auto &given) {
      return given.first == info.name();
    });
    if (failed())
      return;
    if (constant != options.constants.end()) {
      // The value given stands for the default of an initializer.
      values.erase(info.name());
      importConstantInput(info, constant->second);
    } else if (!values.contains(info.name())) {
      importInput(info);
    }
  }
  if (failed())
    return;
  recurrences.feeds.resize(inputs.size());
  for (const auto &[i, input] : llvm::enumerate(inputs)) {
    Operand &x = values.find(input.name)->second;
    x.inputs.resize(inputs.size());
    x.inputs.set(i);
  }
}

/// A stand-in for a result that could not be imported, if the model tells its
/// shape: what comes later may have errors of its own.
std::optional<Operand> GraphImporter::makePlaceholder(const std::string &name) {
  auto declared = shapes.find(name);
  if (declared == shapes.end() || !isFloatType(declared->second->elem_type()))
    return std::nullopt;
  Operand x = declare(*declared->second);
  std::optional<int64_t> count = countElements(x.shape);
  if (x.anyOpen() || x.shape.size() > maxRank || !count || *count == 0)
    return std::nullopt;
  return emitter->splat(x.shape, 0.0f);
}

void GraphImporter::importNodes(const onnx::GraphProto &from) {
  for (const onnx::ValueInfoProto &info : from.value_info())
    if (info.type().tensor_type().has_shape())
      shapes[info.name()] = &info.type().tensor_type();
  for (const onnx::NodeProto &node : from.node())
    for (const std::string &name : node.output())
      defined.insert(name);
  for (const onnx::NodeProto &node : from.node()) {
    bool isMissing = llvm::any_of(node.input(), [&](const std::string &name) {
      return missing.contains(name);
    });
    unsigned index = nextIndex++;
    if (isMissing) {
      startNode(node, index);
      (void)findOperator(node);
    } else {
      importNode(node, index);
    }
    emitter->goOn();
    for (const std::string &name : node.output()) {
      if (name.empty() || values.contains(name))
        continue;
      if (std::optional<Operand> x = makePlaceholder(name))
        define(name, *x);
      else
        missing.insert(name);
    }
  }
}

void GraphImporter::startNode(const onnx::NodeProto &proto, unsigned index) {
  std::string label = "node " + std::to_string(index);
  if (!proto.name().empty())
    label = "node '" + proto.name() + "'";
  else if (proto.output_size() > 0 && !proto.output(0).empty())
    label = "node of '" + proto.output(0) + "'";
  std::string op = isForeign(proto) ? proto.domain() + "::" + proto.op_type()
                                    : proto.op_type();
  // What has no name is called by its first result, as in messages.
  std::string name = proto.name();
  for (const std::string &output : proto.output())
    if (name.empty())
      name = output;
  emitter->startNode(name, label + " (" + op + ")");
}

const Operator *GraphImporter::findOperator(const onnx::NodeProto &proto) {
  static const OperatorTable table = makeTable();
  static const Operator withSubgraphs = {nullptr, 1, variadic};
  bool foreign = isForeign(proto);
  auto it = table.find(foreign ? proto.domain() + "::" + proto.op_type()
                               : proto.op_type());
  if (it != table.end())
    return &it->second;
  if (!foreign && (proto.op_type() == "If" || proto.op_type() == "Loop" ||
                   proto.op_type() == "Scan"))
    return &withSubgraphs;
  // Layouts of one machine, which level `all` of the optimizer makes.
  if (proto.domain() == "com.microsoft.nchwc")
    error("this operator is made for one machine; let ONNX Runtime optimize up "
          "to level 'extended' only");
  error("this operator is not supported; docs/onnx.md lists those that are");
  return nullptr;
}

void GraphImporter::importNode(const onnx::NodeProto &proto, unsigned index) {
  startNode(proto, index);
  const Operator *found = findOperator(proto);
  if (!found)
    return;
  const Operator &entry = *found;
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
  if (proto.op_type() == "Loop") // trip count and condition may be absent
    required = 0;
  for (unsigned i = 0; i < required; ++i)
    if (!node.find(i))
      return error("input " + Twine(i) + " is missing");

  if (proto.op_type() == "If")
    return importIf(proto, node);
  if (proto.op_type() == "Loop")
    return importLoop(proto, node);
  if (proto.op_type() == "Scan")
    return importScan(proto, node);
  for (const Operand *x : node.inputs)
    if (x && x->sequence && !entry.takesSequences)
      return error("operates on a sequence of tensors, which is supported for "
                   "the results of loops only");
  entry.import(node);
  if (!failed())
    node.checkAttributes();
  if (!failed())
    bindOutputs(proto, node, entry.moves);
}

void GraphImporter::bindOutputs(const onnx::NodeProto &proto, Node &node,
                                bool moves) {
  llvm::SmallBitVector reach(inputs.size());
  NumberSet movedInputs, movedStates;
  for (const Operand *x : node.inputs) {
    if (!x)
      continue;
    reach |= x->inputs;
    movedInputs |= x->movedInputs;
    movedStates |= x->movedStates;
  }
  for (const auto &[i, name] : llvm::enumerate(proto.output())) {
    if (name.empty())
      continue;
    if (i >= node.outputs.size())
      return error("output " + Twine(i) + " ('" + name + "') is not supported");
    Operand &x = node.outputs[i];
    std::optional<int64_t> count = countElements(x.shape);
    if (!count || (*count == 0 && !x.isConstant() && !x.sequence))
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

  checkOpset();
  if (!failed())
    importInitializers(graph);
  if (!failed())
    importInputs();
  if (!failed())
    importNodes(graph);
  if (!emitter->hasProblems())
    finish(network);
  emitter->eraseUnused();
  if (emitter->hasProblems()) {
    emitter->reportProblems();
    return nullptr;
  }
  if (options.remarks)
    emitter->reportRemarks();
  if (mlir::failed(verify(*module)))
    return nullptr;
  return module;
}

OwningOpRef<ModuleOp>
se::onnx_import::importModel(const onnx::ModelProto &model, FileLineColLoc loc,
                             const se::OnnxImportOptions &options) {
  return GraphImporter(model, loc, options).run();
}
