// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Node.h - One node of an ONNX graph while it is imported --*- C++ -*-===//
//
// What the handler of an operator sees: operands, attributes with checked
// types, and a place for results. Errors are sticky (see Emitter::error): a
// handler may go on after one if it does not rely on what was refused.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_IMPORT_ONNX_NODE_H
#define SE_LIB_IMPORT_ONNX_NODE_H

#include "Emitter.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace onnx {
class AttributeProto;
class NodeProto;
} // namespace onnx

namespace se::onnx_import {

using Ints = llvm::SmallVector<int64_t>;

/// The states that recurrent nodes bring along, and what links the others to
/// graph inputs and outputs.
struct Recurrences {
  struct State {
    std::string name;
    Shape shape;
    TensorPtr reset; ///< null: zeros
    mlir::Value argument, next;
  };
  std::vector<State> states;
  /// For each graph input, the initial states that it feeds (PairingInput).
  std::vector<std::set<unsigned>> feeds;
  /// Nodes over an open number of frames: one of these inputs must turn out
  /// to be a state.
  struct Demand {
    std::string label;
    llvm::SmallBitVector inputs;
  };
  std::vector<Demand> demands;
};

class Node {
public:
  Node(const onnx::NodeProto &proto, unsigned index, int64_t opset,
       llvm::StringRef directory, Emitter &emitter, Recurrences &recurrences,
       mlir::Block *block)
      : e(emitter), recurrences(recurrences), opset(opset), index(index),
        proto(proto), directory(directory), block(block) {}

  Emitter &e;
  Recurrences &recurrences;
  const int64_t opset;
  const unsigned index;

  llvm::StringRef op() const;
  llvm::StringRef name() const;
  void error(const llvm::Twine &message) { e.error(message); }

  /// Operand `i`, null if it is absent.
  const Operand *find(unsigned i) const {
    return i < inputs.size() ? inputs[i] : nullptr;
  }
  /// Operand `i`, which the table of operators requires.
  const Operand &at(unsigned i) const { return *inputs[i]; }
  unsigned numInputs() const { return inputs.size(); }
  std::vector<const Operand *> inputs;

  unsigned numOutputs() const;
  bool wants(unsigned output) const;
  void push(Operand result) { outputs.push_back(std::move(result)); }
  llvm::SmallVector<Operand, 2> outputs;

  // Attributes.
  bool has(llvm::StringRef attribute) const;
  void ignore(llvm::StringRef attribute) { seen.insert(attribute); }
  /// Attributes that `part`, a handler for part of this node, has asked for.
  void seenBy(const Node &part) {
    for (const auto &entry : part.seen)
      seen.insert(entry.getKey());
  }
  int64_t getInt(llvm::StringRef attribute, int64_t otherwise);
  float getFloat(llvm::StringRef attribute, float otherwise);
  std::string getString(llvm::StringRef attribute, llvm::StringRef otherwise);
  Ints getInts(llvm::StringRef attribute);
  std::vector<float> getFloats(llvm::StringRef attribute);
  std::vector<std::string> getStrings(llvm::StringRef attribute);
  TensorPtr getTensor(llvm::StringRef attribute);
  /// Reports attributes that no getter asked for.
  void checkAttributes();

  /// The integers of constant operand `input` or of `attribute` (older opsets);
  /// nothing if both are absent. They must not depend on the frames.
  std::optional<Ints> intsOf(unsigned input, llvm::StringRef attribute);
  /// Operand `input` as constant floats, null with an error if it is not.
  TensorPtr floatsOf(unsigned input, llvm::StringRef what);

  /// `axis` counted from 0, or -1 with an error.
  int64_t axis(int64_t axis, int64_t rank);
  /// `axes` ascending; false with an error.
  bool axesOf(Ints &axes, int64_t rank);
  /// Reports that the node mixes elements along open dimension `d`.
  void mixes(int64_t d, const llvm::Twine &how);

  /// A new persistent state of the network, as the value of this frame.
  Operand addState(llvm::StringRef suffix, llvm::ArrayRef<int64_t> shape,
                   TensorPtr reset);
  void setNext(const Operand &state, const Operand &next);

private:
  const onnx::AttributeProto *attribute(llvm::StringRef name, int type);

  const onnx::NodeProto &proto;
  llvm::StringRef directory;
  mlir::Block *block;
  llvm::StringSet<> seen;
};

/// How one ONNX operator is imported.
struct Operator {
  void (*import)(Node &node);
  unsigned minInputs, maxInputs;
  /// Its results are elements of its operands in another arrangement.
  bool moves = false;
  bool takesSequences = false;
};
constexpr unsigned variadic = ~0u;
using OperatorTable = llvm::StringMap<Operator>;

// Operators of another domain have it before their name: "domain::Name".
void addElementwise(OperatorTable &table);
void addActivations(OperatorTable &table);
void addComparisons(OperatorTable &table);
void addConstants(OperatorTable &table);
void addShapes(OperatorTable &table);
void addIndexing(OperatorTable &table);
void addScatters(OperatorTable &table);
void addResizes(OperatorTable &table);
void addProducts(OperatorTable &table);
void addEinsum(OperatorTable &table);
void addFused(OperatorTable &table);
void addQuantized(OperatorTable &table);
void addQLinear(OperatorTable &table);
void addReductions(OperatorTable &table);
void addPools(OperatorTable &table);
void addNormalizations(OperatorTable &table);
void addRecurrent(OperatorTable &table);
void addSequences(OperatorTable &table);

// Handlers that fused and quantized operators share.
void importGemm(Node &node);
void importConv(Node &node);
void importLSTM(Node &node);
void importSoftmax(Node &node);
void importPool(Node &node);
void importGlobalPool(Node &node);
void importConcat(Node &node);

/// ONNX's MatMul; nothing with an error.
std::optional<Operand> multiply(Node &node, const Operand &a, const Operand &b);
/// A product of integers times the scale of its factors, which goes to the
/// weights. Nothing if it is something else.
std::optional<Operand> scaleProduct(Node &node, const Operand &product,
                                    const Operand &scale);
/// Elements `positions` of x along `axis`.
std::optional<Operand> pick(Node &node, const Operand &x,
                            llvm::ArrayRef<int64_t> positions, unsigned axis);
/// Does the node join elements along one of `axes` that is open? Reports it.
bool reducesOpen(Node &node, const Operand &x, llvm::ArrayRef<int64_t> axes);

} // namespace se::onnx_import

#endif // SE_LIB_IMPORT_ONNX_NODE_H
