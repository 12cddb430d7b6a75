// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Roots.cpp - Which values have stages, and at which depth -----------===//

#include "Roots.h"

#include "../Planning/EarlyValues.h"
#include "../Planning/Joins.h"
#include "se/Dialect/Plan/Plan.h"
#include "se/Dialect/RNN/Movement.h"
#include "se/Dialect/RNN/RNNScreening.h"
#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// Operations worth a buffer rather than a second evaluation. Masks are made
/// where they are used, so none of them needs a buffer (--rnn-store-masks).
static bool isExpensive(Operation *op) {
  if (getElementTypeOrSelf(op->getResult(0).getType()).isInteger(1))
    return false;
  return isa<rnn::MatvecOp, rnn::ReduceOp, rnn::ActivationOp, rnn::QuantizeOp,
             rnn::InterpolateOp, arith::DivFOp>(op) ||
         isa_and_nonnull<math::MathDialect>(op->getDialect());
}

static bool isConstant(Value value) {
  return value.getDefiningOp<arith::ConstantOp>() != nullptr;
}

Roots::Roots(rnn::NetworkOp network)
    : network(network), early(findEarlyValues(network)) {
  findRoots();
  do {
    makeJobs();
    assignDepths();
  } while (addRepeatedRoots());
  delayJobs();
  makeLoops();
}

/// The value that a matvec or reduction reads, behind all movement, must lie in
/// memory. States and constants do; inputs are copied to L1 first. A vector
/// whose elements do not lie side by side there is put in order.
void Roots::addOperandRoot(Value operand, bool inOrder) {
  AffineExpr position = getAffineDimExpr(0, operand.getContext());
  auto [source, place] =
      traceMovement(operand, position, [](Value) { return false; });
  if (inOrder && isa<AffineConstantExpr>(simplifyAffineExpr(
                     place - position, /*numDims=*/1, /*numSymbols=*/0)))
    inOrder = false;
  if (isConstant(source))
    return;
  auto argument = dyn_cast<BlockArgument>(source);
  bool isState = argument && argument.getArgNumber() >= network.getNumInputs();
  if (inOrder)
    roots.insert(operand);
  else if (!isState)
    roots.insert(source);
}

void Roots::findRoots() {
  for (Operation &op : network.getBody().front()) {
    if (auto reduce = dyn_cast<rnn::ReduceOp>(op))
      addOperandRoot(reduce.getX(), /*inOrder=*/false);
    if (auto matvec = dyn_cast<rnn::MatvecOp>(op)) {
      addOperandRoot(matvec.getW(), /*inOrder=*/false);
      // The vectors of a batch are read word by word if they share a constant.
      bool isBatch = elementsOf(matvec.getY()) != shapeOf(matvec.getW())[0];
      addOperandRoot(matvec.getX(),
                     /*inOrder=*/!isBatch || isConstant(matvec.getW()));
    }
    if (isa<tensor::ConcatOp, plan::PushOp>(op) && !isJoined(op.getResult(0)))
      roots.insert(op.getResult(0));
  }
  rnn::YieldOp yield = network.getYield();
  for (Value value : yield.getOutputs())
    roots.insert(stripReshapes(value));
  // A state that stays what it is stays where it is.
  for (auto [value, state] :
       llvm::zip(yield.getStates(), network.getStateArguments()))
    if (stripReshapes(value) != state)
      roots.insert(stripReshapes(value));
}

void Roots::makeJobs() {
  jobs.clear();
  definitions.clear();
  auto addJob = [&](Value value, Value root) {
    jobs.push_back(std::make_unique<Job>());
    jobs.back()->value = value;
    jobs.back()->root = root;
    jobs.back()->elements = elementsOf(value);
    return jobs.back().get();
  };
  auto addRoot = [&](Value value) {
    auto addPart = [&](OpOperand &part) {
      addJob(part.get(), value)->part = &part;
    };
    if (auto push = value.getDefiningOp<plan::PushOp>())
      return addPart(push.getXMutable());
    auto concat = value.getDefiningOp<tensor::ConcatOp>();
    if (concat)
      return forEachPart(concat, addPart);
    definitions[value] = addJob(value, value);
  };
  Block &block = network.getBody().front();
  for (Value argument : block.getArguments())
    if (roots.contains(argument))
      addRoot(argument);
  for (Operation &op : block)
    for (Value result : op.getResults())
      if (roots.contains(result))
        addRoot(result);
}

/// Whether elements that are computed one after the other need each element of
/// a value anew: those of a row, for each row of a matrix.
static bool isRepeated(AffineExpr position) {
  return position
      .walk([](AffineExpr part) {
        return part.getKind() == AffineExprKind::Mod ? WalkResult::interrupt()
                                                     : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Records what `job` reads and evaluates to compute `value` at `position`.
/// With `define`, `value` is computed even if it is a root; with `isPart` it is
/// part of something cheap that has been recorded.
void Roots::visit(Job *job, Value value, AffineExpr position, bool inReduction,
                  bool define, bool isPart,
                  llvm::DenseSet<std::pair<Value, AffineExpr>> &seen) {
  if (!seen.insert({value, position}).second)
    return;
  Operation *op = value.getDefiningOp();
  if (!define && roots.contains(value)) {
    reads.push_back({job, value, position, inReduction});
    return;
  }
  if (!op) {
    reads.push_back({job, value, position, inReduction});
    return;
  }
  // What is computed before all stages is known to each core.
  if (isConstant(value) || isa<rnn::FiniteOp>(op) || early.contains(value))
    return;
  if (rnn::isMovement(op)) {
    return visit(job, op->getOperand(0), sourcePosition(op, position),
                 inReduction, false, isPart, seen);
  }
  // What is cheap is worth a buffer if it would be computed many times.
  constexpr int64_t many = 8;
  if (isExpensive(op)) {
    evaluations.push_back({value, job, position});
  } else if (!isPart && isElementwise(op) && !inReduction &&
             !getElementTypeOrSelf(value.getType()).isInteger(1) &&
             job->elements >= many * elementsOf(value) &&
             isRepeated(position)) {
    evaluations.push_back({value, job, position});
    isPart = true;
  }
  bool isReduction = isa<rnn::MatvecOp, rnn::ReduceOp>(op);
  for (Value operand : op->getOperands())
    visit(job, operand,
          // Which element does not matter for reads inside a reduction.
          isReduction ? getAffineDimExpr(1, op->getContext()) : position,
          inReduction || isReduction, false, isPart, seen);
}

/// A read of what the same loop has just computed for the same element.
bool Roots::isForwarded(const Read &read) const {
  auto it = definitions.find(read.value);
  return it != definitions.end() && !read.inReduction &&
         read.position == getAffineDimExpr(0, network->getContext()) &&
         it->second->elements == read.job->elements &&
         it->second->depth == read.job->depth;
}

void Roots::assignDepths() {
  reads.clear();
  evaluations.clear();
  depthOf.clear();
  AffineExpr d0 = getAffineDimExpr(0, network.getContext());
  for (std::unique_ptr<Job> &job : jobs) {
    size_t first = reads.size();
    llvm::DenseSet<std::pair<Value, AffineExpr>> seen;
    visit(job.get(), job->value, d0, false, job->isDefinition(), false, seen);
    auto firstRead = reads.begin() + first;
    for (const Read &read : llvm::make_range(firstRead, reads.end()))
      if (auto it = depthOf.find(read.value); it != depthOf.end())
        job->depth = std::max(job->depth, it->second);
    for (const Read &read : llvm::make_range(firstRead, reads.end()))
      if (auto it = depthOf.find(read.value); it != depthOf.end() &&
                                              it->second == job->depth &&
                                              !isForwarded(read)) {
        ++job->depth;
        break;
      }
    unsigned &depth = depthOf[job->root];
    depth = std::max(depth, job->depth);
  }
}

/// Moves jobs that read nothing but inputs, states and constants to the last
/// depth that is in time for their readers, and before states are overwritten:
/// their buffers live shorter.
void Roots::delayJobs() {
  llvm::DenseMap<Value, unsigned> firstRead;
  for (const Read &read : reads)
    if (depthOf.contains(read.value)) {
      auto [it, isNew] = firstRead.insert({read.value, read.job->depth});
      it->second = std::min(it->second, read.job->depth);
    }
  llvm::DenseMap<Value, unsigned> overwritten;
  for (auto [next, state] :
       llvm::zip(network.getYield().getStates(), network.getStateArguments()))
    if (Job *job = definitions.lookup(stripReshapes(next)))
      overwritten[state] = job->depth;
  // Reads stand in the order of their jobs.
  ArrayRef<Read> left = reads;
  for (std::unique_ptr<Job> &job : jobs) {
    ArrayRef<Read> own = left.take_while(
        [&](const Read &read) { return read.job == job.get(); });
    left = left.drop_front(own.size());
    auto first = firstRead.find(job->value);
    if (!job->isDefinition() || first == firstRead.end())
      continue;
    unsigned last = first->second;
    bool readsBuffer = false;
    for (const Read &read : own) {
      readsBuffer |= depthOf.contains(read.value);
      if (auto it = overwritten.find(read.value); it != overwritten.end())
        last = std::min(last, it->second);
    }
    if (!readsBuffer && last > job->depth + 1)
      job->depth = depthOf[job->value] = last - 1;
  }
}

/// Makes roots of expensive values that would be computed for more elements
/// than they have, or a few of their elements by few cores, before all others.
/// Returns whether there were any.
bool Roots::addRepeatedRoots() {
  constexpr int64_t few = 8;
  llvm::DenseMap<Value, int64_t> count;
  llvm::DenseSet<std::tuple<Value, AffineExpr, unsigned, int64_t>> seen;
  for (const Evaluation &evaluation : evaluations)
    // Jobs of one loop share evaluations at the same position.
    if (seen.insert({evaluation.value, evaluation.position,
                     evaluation.job->depth, evaluation.job->elements})
            .second) {
      int64_t &sum = count[evaluation.value],
              all = elementsOf(evaluation.value);
      sum += evaluation.job->elements;
      if (evaluation.job->elements < few && all >= few * few)
        sum = std::max(sum, all + 1);
    }
  bool changed = false;
  for (auto [value, elements] : count)
    if (elements > elementsOf(value))
      changed |= roots.insert(value).second;
  return changed;
}

void Roots::makeLoops() {
  depths.clear();
  for (std::unique_ptr<Job> &job : jobs) {
    if (depths.size() <= job->depth)
      depths.resize(job->depth + 1);
    std::vector<Loop> &loops = depths[job->depth];
    auto it = llvm::find_if(loops, [&](const Loop &loop) {
      return loop.elements == job->elements;
    });
    if (it == loops.end())
      it = loops.insert(it, Loop{job->elements, {}});
    it->jobs.push_back(job.get());
  }
}
