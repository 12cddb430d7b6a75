// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Node.cpp - One node of an ONNX graph while it is imported ----------===//

#include "Node.h"

#include "mlir/IR/Block.h"

#include "onnx/onnx_pb.h"

using namespace llvm;
using namespace se::onnx_import;
using onnx::AttributeProto;

StringRef Node::op() const { return proto.op_type(); }
StringRef Node::name() const { return proto.name(); }
unsigned Node::numOutputs() const { return proto.output_size(); }
bool Node::wants(unsigned output) const {
  return output < numOutputs() && !proto.output(output).empty();
}

bool Node::has(StringRef name) const {
  return any_of(proto.attribute(),
                [&](const AttributeProto &a) { return a.name() == name; });
}

const AttributeProto *Node::attribute(StringRef name, int type) {
  seen.insert(name);
  for (const AttributeProto &a : proto.attribute()) {
    if (a.name() != name)
      continue;
    if (a.type() == type)
      return &a;
    error("attribute '" + name + "' has the wrong type");
    return nullptr;
  }
  return nullptr;
}

int64_t Node::getInt(StringRef name, int64_t otherwise) {
  const AttributeProto *a = attribute(name, AttributeProto::INT);
  return a ? a->i() : otherwise;
}
float Node::getFloat(StringRef name, float otherwise) {
  const AttributeProto *a = attribute(name, AttributeProto::FLOAT);
  return a ? a->f() : otherwise;
}
std::string Node::getString(StringRef name, StringRef otherwise) {
  const AttributeProto *a = attribute(name, AttributeProto::STRING);
  return a ? a->s() : otherwise.str();
}
Ints Node::getInts(StringRef name) {
  const AttributeProto *a = attribute(name, AttributeProto::INTS);
  return a ? Ints(a->ints().begin(), a->ints().end()) : Ints();
}
std::vector<float> Node::getFloats(StringRef name) {
  const AttributeProto *a = attribute(name, AttributeProto::FLOATS);
  return a ? std::vector<float>(a->floats().begin(), a->floats().end())
           : std::vector<float>();
}
std::vector<std::string> Node::getStrings(StringRef name) {
  const AttributeProto *a = attribute(name, AttributeProto::STRINGS);
  return a ? std::vector<std::string>(a->strings().begin(), a->strings().end())
           : std::vector<std::string>();
}
TensorPtr Node::getTensor(StringRef name) {
  const AttributeProto *a = attribute(name, AttributeProto::TENSOR);
  if (!a)
    return nullptr;
  std::string reason;
  TensorPtr tensor = readTensor(a->t(), directory, reason);
  if (!tensor)
    error("tensor in attribute '" + name + "' " + reason);
  return tensor;
}

void Node::checkAttributes() {
  for (const AttributeProto &a : proto.attribute())
    if (!seen.contains(a.name()))
      error("attribute '" + a.name() + "' is not supported");
}

std::optional<Ints> Node::intsOf(unsigned input, StringRef name) {
  if (!name.empty() && has(name))
    return getInts(name);
  const Operand *x = find(input);
  if (!x)
    return std::nullopt;
  if (!x->tensor || x->isFloat() || x->rank() > 1) {
    error("input " + Twine(input) + " (" + name +
          ") must be a constant list of integers");
    return Ints();
  }
  if (x->tensor->anyDynamic()) {
    error("input " + Twine(input) + " (" + name +
          ") depends on the number of frames; export with sequence length 1");
    return Ints();
  }
  return Ints(x->tensor->ints.begin(), x->tensor->ints.end());
}

TensorPtr Node::floatsOf(unsigned input, StringRef what) {
  const Operand &x = at(input);
  if (x.tensor && x.isFloat() && !x.tensor->anyDynamic())
    return x.tensor;
  error(what + " must be constant floats");
  return nullptr;
}

int64_t Node::axis(int64_t axis, int64_t rank) {
  int64_t result = axis < 0 ? axis + rank : axis;
  if (axis < -rank || result < 0 || result >= rank) {
    error("axis " + Twine(axis) + " is out of range for rank " + Twine(rank));
    return -1;
  }
  return result;
}

bool Node::axesOf(Ints &axes, int64_t rank) {
  for (int64_t &a : axes) {
    a = axis(a, rank);
    if (a < 0)
      return false;
  }
  sort(axes);
  if (std::adjacent_find(axes.begin(), axes.end()) == axes.end())
    return true;
  error("an axis is named twice");
  return false;
}

void Node::mixes(int64_t d, const Twine &how) {
  error(how + " dimension " + Twine(d) +
        ", which is dynamic (time or batch): that needs all frames at once; "
        "export that dimension with size 1");
}

Operand Node::addState(StringRef suffix, ArrayRef<int64_t> shape,
                       TensorPtr reset) {
  std::string base = proto.name();
  if (base.empty())
    base = proto.op_type() + "_" + std::to_string(index);
  Recurrences::State state;
  state.name = base + suffix.str();
  state.shape.assign(shape.begin(), shape.end());
  state.reset = std::move(reset);
  state.argument = block->addArgument(e.typeOf(shape), e.getLoc());
  recurrences.states.push_back(state);
  return e.wrap(state.argument);
}

void Node::setNext(const Operand &state, const Operand &next) {
  for (Recurrences::State &s : recurrences.states)
    if (s.argument == state.value)
      s.next = next.value;
}
