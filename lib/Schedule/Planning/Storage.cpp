// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Storage.cpp - Which values of stages lie in memory -----------------===//

#include "Storage.h"

#include "EarlyValues.h"
#include "Joins.h"
#include "Positions.h"

#include "se/Dialect/RNN/RNNScreening.h"
#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

bool schedule::isStaged(rnn::NetworkOp network) {
  llvm::SetVector<Value> early = findEarlyValues(network);
  // What is put together are results that go nowhere else.
  auto isKBlock = [](Value value) {
    return value.hasOneUse() &&
           (value.getDefiningOp<plan::StageOp>() || isJoined(value));
  };
  auto isNextValue = [](Operation *user) { return isa<rnn::YieldOp>(user); };
  for (Operation &op : network.getBody().front().without_terminator()) {
    bool isKnown =
        isa<arith::ConstantOp, rnn::FiniteOp, plan::StageOp>(op) ||
        (isa<tensor::ConcatOp>(op) &&
         llvm::all_of(op.getOperands(), isKBlock)) ||
        (op.getNumResults() == 1 && isJoined(op.getResult(0)) &&
         llvm::all_of(op.getOperands(), isKBlock)) ||
        (isa<plan::PushOp>(op) && isKBlock(op.getOperand(0))) ||
        (op.getNumResults() == 1 && early.contains(op.getResult(0))) ||
        (isa<rnn::ReshapeOp>(op) && llvm::all_of(op.getUsers(), isNextValue));
    if (!isKnown)
      return false;
  }
  auto isComputed = [](Value value) {
    return isa_and_nonnull<plan::StageOp, tensor::ConcatOp, plan::PushOp>(
        stripReshapes(value).getDefiningOp());
  };
  rnn::YieldOp yield = network.getYield();
  return llvm::all_of(yield.getOutputs(), isComputed) &&
         llvm::all_of(llvm::zip(yield.getStates(), network.getStateArguments()),
                      [&](auto pair) {
                        auto [value, state] = pair;
                        return stripReshapes(value) == state ||
                               isComputed(value);
                      });
}

Storage::Storage(rnn::NetworkOp network) : network(network) {
  for (auto stage : network.getBody().front().getOps<plan::StageOp>()) {
    if (depths.size() <= stage.getDepth())
      depths.resize(stage.getDepth() + 1);
    depths[stage.getDepth()].push_back(stage);
  }
  findReads();
  findOutputs();
  placeStates();
  findBuffers();
}

void Storage::findReads() {
  AffineExpr anywhere = getAffineDimExpr(1, network.getContext());
  auto add = [&](plan::StageOp stage, Value value, AffineExpr position,
                 bool inReduction) {
    Operation *op = value.getDefiningOp();
    if (!op || isa<plan::StageOp, tensor::ConcatOp, plan::PushOp>(op))
      reads.push_back({stage, value, position, inReduction});
  };
  for (ArrayRef<plan::StageOp> stages : depths)
    for (plan::StageOp stage : stages)
      stage.getBody().walk([&](Operation *op) {
        if (auto read = dyn_cast<plan::ReadOp>(op))
          add(stage, read.getTensor(), getPosition(read),
              read->getParentOp() != stage);
        else if (auto dot = dyn_cast<plan::DotOp>(op))
          add(stage, dot.getVector(), anywhere, true);
      });
}

/// Does a concatenation become of it?
static bool isPart(OpOperand &use) {
  Operation *op = use.getOwner();
  return isa<tensor::ConcatOp>(op) ||
         (op->getNumResults() == 1 && isJoined(op->getResult(0)));
}

/// Buffers, of which findBuffers() removes those that nobody reads, and
/// outputs.
void Storage::findOutputs() {
  AffineExpr d0 = getAffineDimExpr(0, network.getContext());
  llvm::DenseMap<Value, SmallVector<unsigned, 1>> outputsOf;
  for (auto [k, value] : llvm::enumerate(network.getYield().getOutputs()))
    outputsOf[stripReshapes(value)].push_back(unsigned(k));
  for (ArrayRef<plan::StageOp> stages : depths)
    for (plan::StageOp stage : stages)
      for (Value result : stage.getResults()) {
        auto add = [&](Value root, AffineExpr position) {
          SmallVector<Destination, 2> &list = destinations[result];
          list.push_back({Destination::Buffer, root, 0, position});
          // Every part of a concatenation goes to its place in the output.
          for (unsigned k : outputsOf.lookup(root))
            list.push_back({Destination::Output, {}, k, position});
        };
        bool isKBlock = false;
        for (OpOperand &use : result.getUses())
          if (isPart(use)) {
            auto [whole, place] = findWhole(use);
            add(whole, place);
            isKBlock = true;
          } else if (auto push = dyn_cast<plan::PushOp>(use.getOwner())) {
            for (auto kind : {Destination::Slot, Destination::SecondSlot})
              destinations[result].push_back({kind, {}, push.getState(), d0});
            isKBlock = true;
          }
        if (!isKBlock)
          add(result, d0);
      }
}

/// A state is overwritten in place if whatever reads it does so at a smaller
/// depth, or where it computes the same element. If products read it at that
/// depth, they read what was saved at the first one.
void Storage::placeStates() {
  AffineExpr d0 = getAffineDimExpr(0, network.getContext());
  rnn::YieldOp yield = network.getYield();
  for (auto [k, value, state] : llvm::enumerate(
           yield.getStates(), ValueRange(network.getStateArguments()))) {
    Value root = stripReshapes(value);
    // Of a delay line nothing is overwritten that this frame reads.
    if (root == state || root.getDefiningOp<plan::PushOp>())
      continue;
    auto stage = root.getDefiningOp<plan::StageOp>();
    bool isFree = bool(stage), canSave = stage && stage.getDepth() > 0;
    for (const Read &read : reads) {
      if (!stage || read.value != state)
        continue;
      bool isSameElement =
          !read.inReduction && read.position == d0 && read.stage == stage;
      isFree &= isSameElement ||
                plan::StageOp(read.stage).getDepth() < stage.getDepth();
      canSave &= plan::StageOp(read.stage).getDepth() > 0;
    }
    if (isFree || canSave) {
      destinations[root].push_back({Destination::State, {}, unsigned(k), d0});
      inPlace.insert({root, unsigned(k)});
    } else {
      stateCopies.push_back({unsigned(k), root});
    }
    if (!isFree && canSave)
      savedStates.insert(state);
  }
}

bool Storage::mayRepeatFirstDepth(ValueRange inputs) const {
  AffineExpr d0 = getAffineDimExpr(0, rnn::NetworkOp(network).getContext());
  llvm::DenseSet<Value> whole, known(inputs.begin(), inputs.end());
  for (const Read &read : reads) {
    if (!known.contains(read.value))
      continue;
    plan::StageOp stage = read.stage;
    if (stage.getDepth() != 0 || read.inReduction)
      return false;
    if (read.position == d0 &&
        int64_t(stage.getElements()) == elementsOf(read.value))
      whole.insert(read.value);
  }
  auto overwritesState = [&](Value result) {
    return llvm::any_of(getDestinations(result), [](const Destination &to) {
      return to.kind == Destination::State;
    });
  };
  return llvm::all_of(inputs,
                      [&](Value input) { return whole.contains(input); }) &&
         llvm::none_of(depths.front(), [&](plan::StageOp stage) {
           return llvm::any_of(stage.getResults(), overwritesState);
         });
}

SmallVector<Operation *> Storage::getEarlyOps() const {
  SmallVector<Operation *> ops;
  for (Value value : findEarlyValues(network))
    if (!value.getDefiningOp<rnn::FiniteOp>())
      ops.push_back(value.getDefiningOp());
  return ops;
}

ArrayRef<Destination> Storage::getDestinations(Value result) const {
  auto it = destinations.find(result);
  return it == destinations.end() ? ArrayRef<Destination>()
                                  : ArrayRef<Destination>(it->second);
}

int64_t Storage::getNumStores(plan::StageOp stage) const {
  int64_t stores = 0;
  for (Value result :
       stage.getResults().take_front(stage.getNumElementResults()))
    stores += int64_t(getDestinations(result).size());
  return stores;
}

void Storage::findBuffers() {
  llvm::DenseMap<Value, unsigned> lastRead;
  auto addRead = [&](Value value, unsigned depth) {
    unsigned &last = lastRead[value];
    last = std::max(last, depth);
  };
  for (const Read &read : reads) {
    auto depth = unsigned(plan::StageOp(read.stage).getDepth());
    auto argument = dyn_cast<BlockArgument>(read.value);
    if (!argument || savedStates.contains(read.value)) {
      addRead(read.value, depth);
    } else if (argument.getArgNumber() < network.getNumInputs()) {
      inputReaders.insert(read.stage);
      unsigned &last = lastInputReads[read.value];
      last = std::max(last, depth);
    }
  }
  for (auto [number, root] : stateCopies)
    addRead(root, unsigned(depths.size()));
  for (Value state : savedStates) {
    buffers.insert(state);
    liveRanges[state] = {0, lastRead.lookup(state)};
  }
  for (auto [depth, stages] : llvm::enumerate(depths))
    for (plan::StageOp stage : stages)
      for (Value result : stage.getResults()) {
        llvm::erase_if(destinations[result], [&](const Destination &to) {
          return to.kind == Destination::Buffer &&
                 (!lastRead.contains(to.buffer) || inPlace.contains(to.buffer));
        });
        for (const Destination &to : destinations[result]) {
          if (to.kind != Destination::Buffer)
            continue;
          if (buffers.insert(to.buffer))
            liveRanges[to.buffer] = {unsigned(depth),
                                     lastRead.lookup(to.buffer)};
          // The K blocks of a concatenation may be written at different depths.
          unsigned &first = liveRanges[to.buffer].first;
          first = std::min(first, unsigned(depth));
        }
      }
}
