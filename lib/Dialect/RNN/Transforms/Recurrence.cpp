// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Recurrence.cpp - Which layers are recurrent ------------------------===//

#include "Tensors.h"

#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/RNNScreening.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace se::rnn;

namespace {
/// The operations of a network as a graph over frames: from the one that yields
/// a state an edge leads to those that read it in the next frame.
class FrameGraph {
public:
  explicit FrameGraph(NetworkOp network);

  using Set = llvm::DenseSet<Operation *>;
  /// What can be reached from `start`, by one edge or more; with `stopAtMatvec`
  /// not beyond matvecs.
  Set getReachable(ArrayRef<Operation *> start,
                   bool stopAtMatvec = false) const;
  /// What `op` can be reached from.
  Set getReaching(Operation *op) const;

private:
  using Edges = llvm::DenseMap<Operation *, SmallVector<Operation *>>;
  static void walk(const Edges &edges, Operation *op, bool stopAtMatvec,
                   Set &found);

  Edges next, previous;
};
} // namespace

FrameGraph::FrameGraph(NetworkOp network) {
  auto addEdges = [&](Operation *from, Value value) {
    for (Operation *user : value.getUsers())
      // How large a vector is makes no layer recurrent: scales of frames.
      if (!isa<YieldOp, PeakOp>(user)) {
        next[from].push_back(user);
        previous[user].push_back(from);
      }
  };
  for (Operation &op : network.getBody().front())
    for (Value result : op.getResults())
      addEdges(&op, result);
  // A state may be handed on from state to state before it is read.
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
      addEdges(from, argument);
      for (auto [j, other] : llvm::enumerate(network.getYield().getStates()))
        if (other == argument)
          states.push_back(unsigned(j));
    }
  }
}

void FrameGraph::walk(const Edges &edges, Operation *op, bool stopAtMatvec,
                      Set &found) {
  SmallVector<Operation *> work{op};
  while (!work.empty()) {
    auto it = edges.find(work.pop_back_val());
    if (it == edges.end())
      continue;
    for (Operation *other : it->second)
      if (found.insert(other).second && !(stopAtMatvec && isa<MatvecOp>(other)))
        work.push_back(other);
  }
}

FrameGraph::Set FrameGraph::getReachable(ArrayRef<Operation *> start,
                                         bool stopAtMatvec) const {
  Set found;
  for (Operation *op : start)
    walk(next, op, stopAtMatvec, found);
  return found;
}

FrameGraph::Set FrameGraph::getReaching(Operation *op) const {
  Set found;
  walk(previous, op, /*stopAtMatvec=*/false, found);
  return found;
}

llvm::StringSet<> se::rnn::findRecurrentLayers(NetworkOp network) {
  FrameGraph graph(network);
  // What becomes a state as it is. A state may come from an earlier frame's.
  FrameGraph::Set next;
  for (Value value : network.getYield().getStates())
    if (Operation *op = value.getDefiningOp())
      next.insert(op);
  auto matvecs = llvm::to_vector(network.getBody().front().getOps<MatvecOp>());
  FrameGraph::Set recurrent;
  for (MatvecOp op : matvecs) {
    FrameGraph::Set after = graph.getReachable({op});
    if (!after.contains(op))
      continue;
    for (Operation *other : graph.getReaching(op))
      if (after.contains(other))
        recurrent.insert(other);
  }
  llvm::StringSet<> layers;
  for (MatvecOp op : matvecs) {
    // A matvec that was fused from several layers: one slice for each.
    auto users = llvm::to_vector(op->getUsers());
    bool isFused = getLayerNames(op.getLoc()).size() > 1 &&
                   llvm::all_of(users, llvm::IsaPred<tensor::ExtractSliceOp>);
    SmallVector<Operation *> starts{op};
    if (isFused)
      starts = users;
    for (Operation *start : starts) {
      bool isRecurrent = recurrent.contains(start) || next.contains(start);
      for (Operation *other :
           graph.getReachable({start}, /*stopAtMatvec=*/true))
        isRecurrent |= !isa<MatvecOp>(other) &&
                       (recurrent.contains(other) || next.contains(other));
      if (isRecurrent)
        layers.insert(getLayerName(start->getLoc()));
    }
  }
  return layers;
}
