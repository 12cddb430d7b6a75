// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Subgraphs.cpp - If, Loop and Scan ----------------------------------===//
//
// Their graphs become part of the network: of If the branch that a constant
// picks, of Loop and Scan the body, once. They must run over time, so one step
// is one frame, and what they carry from step to step are states.
//
//===----------------------------------------------------------------------===//

#include "GraphImporter.h"

using namespace llvm;
using namespace se::onnx_import;

const onnx::GraphProto *
GraphImporter::findSubgraph(const onnx::NodeProto &proto, Node &node,
                            StringRef attribute) {
  node.ignore(attribute);
  for (const onnx::AttributeProto &a : proto.attribute())
    if (a.name() == attribute && a.type() == onnx::AttributeProto::GRAPH)
      return &a.g();
  error("attribute '" + attribute + "' is no graph");
  return nullptr;
}

bool GraphImporter::importSubgraph(const onnx::GraphProto &body,
                                   ArrayRef<Operand> arguments,
                                   SmallVectorImpl<Operand> &results) {
  if (size_t(body.input_size()) != arguments.size()) {
    error("the graph '" + body.name() + "' has " + Twine(body.input_size()) +
          " inputs where " + Twine(arguments.size()) + " are expected");
    return false;
  }
  if (scopes.size() == 64) {
    error("graphs are nested too deeply");
    return false;
  }
  auto outer = emitter->getNode();
  scopes.emplace_back();
  importInitializers(body);
  for (const auto &[info, argument] : zip(body.input(), arguments))
    if (!failed())
      define(info.name(), argument);
  bool complete = !failed();
  if (complete)
    importNodes(body);
  emitter->setNode(outer);
  for (const onnx::ValueInfoProto &info : body.output()) {
    if (!complete)
      break;
    auto it = values.find(info.name());
    complete = it != values.end();
    if (complete)
      results.push_back(it->second);
    else if (!missing.contains(info.name()))
      error("output '" + info.name() + "' of the graph '" + body.name() +
            "' is defined nowhere");
  }
  for (const std::string &name : scopes.back())
    values.erase(name);
  scopes.pop_back();
  return complete;
}

void GraphImporter::bindResults(const onnx::NodeProto &proto,
                                ArrayRef<Operand> results) {
  if (size_t(proto.output_size()) > results.size())
    return error("has " + Twine(proto.output_size()) +
                 " outputs; its graph has " + Twine(results.size()));
  for (const auto &[name, result] : zip(proto.output(), results))
    if (!name.empty())
      define(name, result);
}

/// The one number that a constant holds.
static std::optional<int64_t> getScalar(const Operand *x) {
  if (!x || !x->tensor || x->isFloat() || x->tensor->size() != 1)
    return std::nullopt;
  return x->tensor->ints[0];
}

void GraphImporter::importIf(const onnx::NodeProto &proto, Node &node) {
  std::optional<int64_t> condition = getScalar(node.find(0));
  const onnx::GraphProto *first = findSubgraph(proto, node, "then_branch"),
                         *second = findSubgraph(proto, node, "else_branch");
  if (failed())
    return;
  if (!condition)
    return error("the condition depends on the inputs; only one that is known "
                 "at import is supported");
  if (node.at(0).tensor->anyDynamic())
    return error("the condition depends on the number of frames; export with "
                 "sequence length 1");
  SmallVector<Operand, 2> results;
  if (importSubgraph(*condition ? *first : *second, {}, results))
    bindResults(proto, results);
}

//===----------------------------------------------------------------------===//
// Loops over time
//===----------------------------------------------------------------------===//

struct GraphImporter::CarriedValue {
  Operand now;
  unsigned id = 0;
  Shape shape;        ///< of the initial value
  bool isOwn = false; ///< a state that the network keeps by itself
  bool isCounter = false;
  bool isStep = false; ///< counts from 0, until there is another value
  bool isOpen = false;
};

bool GraphImporter::importCarried(Node &node, const Operand &initial,
                                  StringRef name, unsigned id, bool isOpen,
                                  CarriedValue &carried) {
  carried.id = id;
  carried.isOpen = isOpen;
  carried.shape = initial.shape;
  carried.now = initial;
  if (initial.sequence) {
    if (initial.sequence->empty())
      return true;
    error("the sequence '" + name + "' has elements before the loop");
    return false;
  }
  if (!initial.tensor) {
    for (unsigned i : initial.movedInputs)
      recurrences.feeds[i].insert(id);
    if (isOpen)
      recurrences.demands.push_back(
          {"node '" + node.name().str() + "' (" + node.op().str() + ")",
           initial.inputs});
    return true;
  }
  if (initial.tensor->anyDynamic()) {
    error("the initial value of '" + name +
          "' depends on the number of frames");
    return false;
  }
  if (!initial.isFloat()) {
    // Of integers only shapes are made. In the first frame and in all others
    // they must be the same.
    carried.isCounter = true;
    auto counter = std::make_shared<Tensor>(*initial.tensor);
    counter->dynamic.assign(counter->size(), isOpen);
    carried.isStep = counter->isStep =
        isOpen && counter->size() == 1 && counter->ints[0] == 0;
    carried.now = emitter->constant(std::move(counter));
    return true;
  }
  if (initial.tensor->size() == 0) {
    error("the initial value of '" + name + "' is empty");
    return false;
  }
  bool isZero = all_of(initial.tensor->floats, [](float f) { return f == 0; });
  carried.isOwn = true;
  carried.now = node.addState("." + name.str(), initial.shape,
                              isZero ? nullptr : initial.tensor);
  carried.now.inputs.resize(inputs.size());
  return true;
}

/// The last value of a loop is that of this frame.
bool GraphImporter::finishCarried(Node &node, CarriedValue &carried,
                                  const Operand &next) {
  if (carried.now.sequence || next.sequence) {
    if (!carried.now.sequence || !next.sequence || next.sequence->size() != 1) {
      error("a sequence must get one element in each step");
      return false;
    }
    carried.now = next;
    carried.now.open = {carried.isOpen};
    return true;
  }
  if (next.shape != carried.shape) {
    error("a value of shape " + toString(carried.shape) + " has shape " +
          toString(next.shape) + " after a step");
    return false;
  }
  Operand last = next;
  if (carried.isCounter) {
    if (!next.tensor || next.isFloat()) {
      error("an integer that goes from step to step is computed from data");
      return false;
    }
    if (carried.isStep && next.tensor->ints[0] != 1) {
      error("an integer that starts from 0 must count the steps");
      return false;
    }
  } else {
    last.movedStates.clear();
    last.movedStates.set(carried.id);
    if (carried.isOwn) {
      Operand value = next;
      value.value = emitter->get(next);
      value.tensor = nullptr;
      node.setNext(carried.now, value);
    }
  }
  carried.now = last;
  return true;
}

/// Copies what is known of where a value comes from.
static Operand withOrigin(Operand x, const Operand &from) {
  x.inputs = from.inputs;
  x.movedInputs = from.movedInputs;
  x.movedStates = from.movedStates;
  return x;
}

/// A step's result as an element of the sequence of all results.
static Operand stack(Emitter &e, const Operand &x, int64_t axis, bool isOpen) {
  if (x.sequence) {
    e.error("a result of each step is a sequence of tensors");
    return x;
  }
  Shape shape = x.shape;
  Flags open = x.open;
  shape.insert(shape.begin() + axis, 1);
  open.insert(open.begin() + axis, isOpen);
  return withOrigin(e.reshape(x, shape, open), x);
}

void GraphImporter::importScan(const onnx::NodeProto &proto, Node &node) {
  Emitter &e = *emitter;
  const onnx::GraphProto *body = findSubgraph(proto, node, "body");
  int64_t numScans = node.getInt("num_scan_inputs", 0);
  Ints inputAxes = node.getInts("scan_input_axes"),
       outputAxes = node.getInts("scan_output_axes"),
       directions = node.getInts("scan_input_directions");
  append_range(directions, node.getInts("scan_output_directions"));
  node.checkAttributes();
  if (failed())
    return;
  if (is_contained(directions, 1))
    return error("a scan in reverse needs future frames, so it cannot stream");
  int64_t numStates = int64_t(node.numInputs()) - numScans;
  int64_t numResults = body->output_size() - numStates;
  if (numScans < 1 || numStates < 0 || numResults < 0)
    return error("num_scan_inputs " + Twine(numScans) +
                 " does not match the inputs");
  auto axisOf = [&](const Ints &axes, int64_t i, int64_t rank) -> int64_t {
    return node.axis(i < int64_t(axes.size()) ? axes[i] : 0, rank);
  };

  SmallVector<Operand, 2> steps;
  bool isOpen = false;
  for (int64_t i = 0; i < numScans; ++i) {
    const Operand &x = node.at(numStates + i);
    if (x.sequence)
      return error("input " + Twine(numStates + i) +
                   " is a sequence of tensors");
    int64_t axis = axisOf(inputAxes, i, x.rank());
    if (axis < 0)
      return;
    if (x.shape[axis] != 1)
      return error("runs over " + Twine(x.shape[axis]) +
                   " steps inside a frame, which is not supported; if they "
                   "are frames, export with sequence length 1 or dynamic");
    Shape shape = x.shape;
    Flags open = x.open;
    isOpen |= open[axis];
    shape.erase(shape.begin() + axis);
    open.erase(open.begin() + axis);
    steps.push_back(withOrigin(e.reshape(x, shape, open), x));
  }
  // Identities of states beyond those that this node's index stands for.
  unsigned id = 2 * nextIndex;
  nextIndex += (numStates + 1) / 2;
  SmallVector<Operand, 2> arguments;
  std::vector<CarriedValue> carried(numStates);
  for (int64_t i = 0; i < numStates; ++i) {
    StringRef name =
        i < body->input_size() ? StringRef(body->input(i).name()) : StringRef();
    if (!importCarried(node, node.at(i), name, id + i, isOpen, carried[i]))
      return;
    arguments.push_back(carried[i].now);
  }
  arguments.append(steps);
  SmallVector<Operand, 2> results;
  if (!importSubgraph(*body, arguments, results))
    return;
  for (int64_t i = 0; i < numStates; ++i) {
    if (!finishCarried(node, carried[i], results[i]))
      return;
    results[i] = carried[i].now;
  }
  for (int64_t i = 0; i < numResults; ++i) {
    Operand &y = results[numStates + i];
    int64_t axis = axisOf(outputAxes, i, y.rank() + 1);
    if (axis < 0)
      return;
    y = stack(e, y, axis, isOpen);
  }
  bindResults(proto, results);
}

/// Does a loop hand on a value as it is?
static bool isInvariant(const onnx::GraphProto &body, StringRef input,
                        StringRef output) {
  // Nodes are sorted, so one look backwards sees a chain of identities.
  for (const onnx::NodeProto &node : reverse(body.node()))
    if (node.op_type() == "Identity" && node.input_size() == 1 &&
        node.output_size() == 1 && node.output(0) == output)
      output = node.input(0);
  return output == input;
}

void GraphImporter::importLoop(const onnx::NodeProto &proto, Node &node) {
  Emitter &e = *emitter;
  const onnx::GraphProto *body = findSubgraph(proto, node, "body");
  node.checkAttributes();
  if (failed())
    return;
  const Operand *trips = node.find(0), *goesOn = node.find(1);
  std::optional<int64_t> count = getScalar(trips);
  if (goesOn && getScalar(goesOn) != 1)
    return error("the condition must be constant and true");
  bool countsFrames = count && trips->tensor->isDynamic(0);
  // TensorFlow counts in the body up to the number of frames; what is given as
  // the number of steps is then a bound that is never met.
  bool testsFrames = goesOn && goesOn->tensor->anyDynamic() && !countsFrames;
  bool isOpen = countsFrames || testsFrames;
  if (!count && (trips || !testsFrames))
    return error("the number of steps must be the number of frames, or 1");
  if (count && *count != 1 && (!testsFrames || *count < 1))
    return error("runs " + Twine(*count) +
                 " steps inside a frame, which is not supported; if they are "
                 "frames, export with sequence length 1 or dynamic");
  int64_t numCarried = std::max<int64_t>(proto.input_size() - 2, 0);
  if (body->input_size() != numCarried + 2 ||
      body->output_size() < numCarried + 1)
    return error("the inputs and outputs of the body do not match");

  auto step = std::make_shared<Tensor>(*makeInts({}, {0}));
  step->dynamic.assign(1, isOpen);
  step->isStep = isOpen;
  auto condition = std::make_shared<Tensor>(*makeInts({}, {1}));
  condition->kind = Tensor::Kind::Bool;
  SmallVector<Operand, 2> arguments{e.constant(std::move(step)),
                                    e.constant(std::move(condition))};
  for (Operand &x : arguments)
    x.inputs.resize(inputs.size());
  unsigned id = 2 * nextIndex;
  nextIndex += (numCarried + 1) / 2;
  std::vector<std::optional<CarriedValue>> carried(numCarried);
  for (int64_t i = 0; i < numCarried; ++i) {
    const Operand *initial = node.find(2 + i);
    if (!initial)
      return error("input " + Twine(2 + i) + " is missing");
    StringRef name = body->input(2 + i).name();
    if (isInvariant(*body, name, body->output(1 + i).name())) {
      arguments.push_back(*initial);
      continue;
    }
    if (!importCarried(node, *initial, name, id + i, isOpen,
                       carried[i].emplace()))
      return;
    arguments.push_back(carried[i]->now);
  }
  SmallVector<Operand, 2> results;
  if (!importSubgraph(*body, arguments, results))
    return;
  // With one frame a loop that tests their number ends behind the first step.
  if (getScalar(&results[0]) != !testsFrames ||
      results[0].tensor->anyDynamic() != testsFrames)
    return error("the loop ends on a condition that is computed");
  results.erase(results.begin());
  for (int64_t i = 0; i < numCarried; ++i) {
    if (!carried[i])
      continue;
    if (!finishCarried(node, *carried[i], results[i]))
      return;
    results[i] = carried[i]->now;
  }
  for (Operand &y : drop_begin(results, numCarried))
    y = stack(e, y, 0, isOpen);
  bindResults(proto, results);
}
