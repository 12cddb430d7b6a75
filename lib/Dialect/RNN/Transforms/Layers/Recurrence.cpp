// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Recurrence.cpp - Which layers are recurrent ------------------------===//

#include "Tensors.h"

#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/RNNScreening.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SCCIterator.h"

using namespace mlir;
using namespace se::rnn;

namespace {
struct FrameNode {
  Operation *op = nullptr;
  SmallVector<FrameNode *, 2> next, previous;
  /// Part of a cycle with a matvec, or becomes a state as it is.
  bool isRecurrent = false;
  /// A recurrent operation can be reached, not by way of a matvec.
  bool leadsToRecurrent = false;
};

/// The operations of a network as a graph over frames: from the one that yields
/// a state an edge leads to those that read it in the next frame.
class FrameGraph {
public:
  explicit FrameGraph(NetworkOp network);

  /// Whether `op` is recurrent, or what follows up to the next matvecs.
  bool isRecurrent(Operation *op);

private:
  void addEdges(NetworkOp network);
  void findCycles();
  void propagate();

  llvm::MapVector<Operation *, FrameNode> nodes;
  FrameNode root; ///< leads to all of them
};
} // namespace

namespace llvm {
template <> struct GraphTraits<FrameNode *> {
  using NodeRef = FrameNode *;
  using ChildIteratorType = SmallVectorImpl<FrameNode *>::iterator;
  static NodeRef getEntryNode(NodeRef node) { return node; }
  static ChildIteratorType child_begin(NodeRef node) {
    return node->next.begin();
  }
  static ChildIteratorType child_end(NodeRef node) { return node->next.end(); }
};
} // namespace llvm

FrameGraph::FrameGraph(NetworkOp network) {
  for (Operation &op : network.getBody().front())
    nodes[&op].op = &op;
  for (auto &[op, node] : nodes)
    root.next.push_back(&node);
  addEdges(network);
  findCycles();
  // What becomes a state as it is. A state may come from an earlier frame's.
  for (Value value : network.getYield().getStates())
    if (Operation *op = value.getDefiningOp())
      nodes[op].isRecurrent = true;
  propagate();
}

void FrameGraph::addEdges(NetworkOp network) {
  auto addReaders = [&](Operation *from, Value value) {
    for (Operation *user : value.getUsers())
      // How large a vector is makes no layer recurrent: scales of frames.
      if (!isa<YieldOp, PeakOp>(user)) {
        nodes[from].next.push_back(&nodes[user]);
        nodes[user].previous.push_back(&nodes[from]);
      }
  };
  for (Operation &op : network.getBody().front())
    for (Value result : op.getResults())
      addReaders(&op, result);
  // A state may be handed on from state to state before it is read.
  llvm::DenseMap<Value, SmallVector<unsigned, 1>> heirs;
  for (auto [k, value] : llvm::enumerate(network.getYield().getStates()))
    if (!value.getDefiningOp())
      heirs[value].push_back(unsigned(k));
  for (auto [k, value] : llvm::enumerate(network.getYield().getStates())) {
    Operation *from = value.getDefiningOp();
    if (!from)
      continue;
    llvm::DenseSet<unsigned> seen;
    SmallVector<unsigned> states{unsigned(k)};
    while (!states.empty()) {
      unsigned state = states.pop_back_val();
      if (!seen.insert(state).second)
        continue;
      Value argument = network.getStateArguments()[state];
      addReaders(from, argument);
      llvm::append_range(states, heirs.lookup(argument));
    }
  }
}

void FrameGraph::findCycles() {
  for (auto cycle = llvm::scc_begin(&root); !cycle.isAtEnd(); ++cycle)
    if (cycle.hasCycle() && llvm::any_of(*cycle, [](FrameNode *node) {
          return isa<MatvecOp>(node->op);
        }))
      for (FrameNode *node : *cycle)
        node->isRecurrent = true;
}

void FrameGraph::propagate() {
  SmallVector<FrameNode *> work;
  for (auto &[op, node] : nodes)
    if (node.isRecurrent && !isa<MatvecOp>(op))
      work.push_back(&node);
  while (!work.empty())
    for (FrameNode *before : work.pop_back_val()->previous)
      if (!before->leadsToRecurrent) {
        before->leadsToRecurrent = true;
        if (!isa<MatvecOp>(before->op))
          work.push_back(before);
      }
}

bool FrameGraph::isRecurrent(Operation *op) {
  const FrameNode &node = nodes[op];
  return node.isRecurrent || node.leadsToRecurrent;
}

llvm::StringSet<> se::rnn::findRecurrentLayers(NetworkOp network) {
  FrameGraph graph(network);
  llvm::StringSet<> layers;
  for (auto op : network.getBody().front().getOps<MatvecOp>()) {
    // A matvec that was fused from several layers: one slice for each.
    auto users = llvm::to_vector(op->getUsers());
    bool isFused = getLayerNames(op.getLoc()).size() > 1 &&
                   llvm::all_of(users, llvm::IsaPred<tensor::ExtractSliceOp>);
    SmallVector<Operation *> starts{op};
    if (isFused)
      starts = users;
    for (Operation *start : starts)
      if (graph.isRecurrent(start))
        layers.insert(getLayerName(start->getLoc()));
  }
  return layers;
}
