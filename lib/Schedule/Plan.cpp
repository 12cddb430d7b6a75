// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Plan.cpp - Which values get buffers, and when they are made --------===//

#include "se/Schedule/Plan.h"

#include "se/Dialect/RNN/RNNScreening.h"
#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

Value schedule::stripReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<rnn::ReshapeOp>())
    value = reshape.getX();
  return value;
}

bool schedule::isElementwise(Operation *op) {
  if (isa<arith::ConstantOp>(op) || op->getNumResults() != 1)
    return false;
  return isa<rnn::ActivationOp, rnn::QuantizeOp, rnn::InterpolateOp>(op) ||
         isa_and_nonnull<arith::ArithDialect, math::MathDialect>(
             op->getDialect());
}

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

Plan::Plan(rnn::NetworkOp network) : network(network) {
  findEarly();
  findRoots();
  do {
    makeJobs();
    assignLevels();
  } while (addRepeatedRoots());
  delayJobs();
  makeLoops();
  placeStates();
  findBuffers();
}

void Plan::findEarly() {
  auto isSplat = [](Value value) {
    auto constant = value.getDefiningOp<arith::ConstantOp>();
    return constant && isa<SplatElementsAttr>(constant.getValue());
  };
  for (Operation &op : network.getBody().front()) {
    if (auto finite = dyn_cast<rnn::FiniteOp>(op)) {
      early.insert_range(finite.getPeaks());
      continue;
    }
    bool isSimple =
        (isElementwise(&op) && !isa<rnn::InterpolateOp>(op)) || isMovement(&op);
    if (!isSimple || elementsOf(op.getResult(0)) != 1)
      continue;
    auto isKnown = [&](Value operand) {
      return early.contains(operand) || isSplat(operand);
    };
    if (!llvm::all_of(op.getOperands(), isKnown) ||
        llvm::all_of(op.getOperands(), isSplat))
      continue;
    early.insert(op.getResult(0));
    earlyOps.push_back(&op);
  }
}

/// The value that a matvec or reduction reads, behind all movement, must lie in
/// memory. States and constants do; inputs are copied to L1 first. A vector
/// whose elements do not lie side by side there is put in order.
void Plan::addOperandRoot(Value operand, bool inOrder) {
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

void Plan::findRoots() {
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
    if (isa<tensor::ConcatOp>(op))
      roots.insert(op.getResult(0));
  }
  for (Value value : network.getYield().getOperands())
    roots.insert(stripReshapes(value));
}

void Plan::makeJobs() {
  jobs.clear();
  definitions.clear();
  AffineExpr d0 = getAffineDimExpr(0, network.getContext());
  auto addJob = [&](Value value, bool isDefinition) {
    jobs.push_back(std::make_unique<Job>());
    jobs.back()->value = value;
    jobs.back()->isDefinition = isDefinition;
    jobs.back()->elements = elementsOf(value);
    return jobs.back().get();
  };
  auto addRoot = [&](Value value) {
    auto concat = value.getDefiningOp<tensor::ConcatOp>();
    if (!concat) {
      Job *job = addJob(value, true);
      definitions[value] = job;
      job->destinations.push_back({Destination::Buffer, value, 0, d0});
      return;
    }
    ArrayRef<int64_t> whole = shapeOf(value);
    int64_t dim = concat.getDim(), offset = 0;
    for (Value part : concat.getInputs()) {
      SmallVector<AffineExpr> index = delinearize(d0, shapeOf(part));
      index[dim] = index[dim] + offset;
      offset += shapeOf(part)[dim];
      Job *job = addJob(part, false);
      job->destinations.push_back(
          {Destination::Buffer, value, 0,
           linearize(index, whole, network.getContext())});
    }
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

/// Records what `job` reads and evaluates to compute `value` at `position`.
/// With `define`, `value` is computed even if it is a root.
void Plan::visit(Job *job, Value value, AffineExpr position, bool inReduction,
                 bool define,
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
  // What is computed before all levels is known to each core.
  if (isConstant(value) || isa<rnn::FiniteOp>(op) || early.contains(value))
    return;
  if (isMovement(op)) {
    return visit(job, op->getOperand(0), sourcePosition(op, position),
                 inReduction, false, seen);
  }
  if (isExpensive(op))
    evaluations.push_back({value, job, position});
  bool isReduction = isa<rnn::MatvecOp, rnn::ReduceOp>(op);
  for (Value operand : op->getOperands())
    visit(job, operand,
          // Which element does not matter for reads inside a reduction.
          isReduction ? getAffineDimExpr(1, op->getContext()) : position,
          inReduction || isReduction, false, seen);
}

/// A read of what the same loop has just computed for the same element.
bool Plan::isForwarded(const Read &read) const {
  auto it = definitions.find(read.value);
  return it != definitions.end() && !read.inReduction &&
         read.position == getAffineDimExpr(0, network->getContext()) &&
         it->second->elements == read.job->elements &&
         it->second->level == read.job->level;
}

void Plan::assignLevels() {
  reads.clear();
  evaluations.clear();
  levelOf.clear();
  AffineExpr d0 = getAffineDimExpr(0, network.getContext());
  for (std::unique_ptr<Job> &job : jobs) {
    size_t first = reads.size();
    llvm::DenseSet<std::pair<Value, AffineExpr>> seen;
    visit(job.get(), job->value, d0, false, job->isDefinition, seen);
    auto firstRead = reads.begin() + first;
    for (const Read &read : llvm::make_range(firstRead, reads.end()))
      if (auto it = levelOf.find(read.value); it != levelOf.end())
        job->level = std::max(job->level, it->second);
    for (const Read &read : llvm::make_range(firstRead, reads.end()))
      if (auto it = levelOf.find(read.value); it != levelOf.end() &&
                                              it->second == job->level &&
                                              !isForwarded(read)) {
        ++job->level;
        break;
      }
    for (const Destination &destination : job->destinations) {
      unsigned &level = levelOf[destination.buffer];
      level = std::max(level, job->level);
    }
  }
}

/// Moves jobs that read nothing but inputs, states and constants to the last
/// level that is in time for their readers, and before states are overwritten:
/// their buffers live shorter.
void Plan::delayJobs() {
  llvm::DenseMap<Value, unsigned> firstRead;
  for (const Read &read : reads)
    if (levelOf.contains(read.value)) {
      auto [it, isNew] = firstRead.insert({read.value, read.job->level});
      it->second = std::min(it->second, read.job->level);
    }
  llvm::DenseMap<Value, unsigned> overwritten;
  for (auto [next, state] :
       llvm::zip(network.getYield().getStates(), network.getStateArguments()))
    if (Job *job = definitions.lookup(stripReshapes(next)))
      overwritten[state] = job->level;
  // Reads stand in the order of their jobs.
  ArrayRef<Read> left = reads;
  for (std::unique_ptr<Job> &job : jobs) {
    ArrayRef<Read> own = left.take_while(
        [&](const Read &read) { return read.job == job.get(); });
    left = left.drop_front(own.size());
    auto first = firstRead.find(job->value);
    if (!job->isDefinition || first == firstRead.end())
      continue;
    unsigned last = first->second;
    bool readsBuffer = false;
    for (const Read &read : own) {
      readsBuffer |= levelOf.contains(read.value);
      if (auto it = overwritten.find(read.value); it != overwritten.end())
        last = std::min(last, it->second);
    }
    if (!readsBuffer && last > job->level + 1)
      job->level = levelOf[job->value] = last - 1;
  }
}

/// Makes roots of expensive values that would be computed for more elements
/// than they have. Returns whether there were any.
bool Plan::addRepeatedRoots() {
  llvm::DenseMap<Value, int64_t> count;
  llvm::DenseSet<std::tuple<Value, AffineExpr, unsigned, int64_t>> seen;
  for (const Evaluation &evaluation : evaluations)
    // Jobs of one loop share evaluations at the same position.
    if (seen.insert({evaluation.value, evaluation.position,
                     evaluation.job->level, evaluation.job->elements})
            .second)
      count[evaluation.value] += evaluation.job->elements;
  bool changed = false;
  for (auto [value, elements] : count)
    if (elements > elementsOf(value))
      changed |= roots.insert(value).second;
  return changed;
}

void Plan::makeLoops() {
  levels.clear();
  for (std::unique_ptr<Job> &job : jobs) {
    if (levels.size() <= job->level)
      levels.resize(job->level + 1);
    std::vector<Loop> &loops = levels[job->level];
    auto it = llvm::find_if(loops, [&](const Loop &loop) {
      return loop.elements == job->elements;
    });
    if (it == loops.end())
      it = loops.insert(it, Loop{job->elements, {}});
    it->jobs.push_back(job.get());
  }
}

/// A state is overwritten in place if whatever reads it does so in an earlier
/// level, or where it computes the same element. If products read it in that
/// level, they read what was saved in the first one.
void Plan::placeStates() {
  AffineExpr d0 = getAffineDimExpr(0, network.getContext());
  rnn::YieldOp yield = network.getYield();
  llvm::DenseMap<Value, SmallVector<unsigned, 1>> outputsOf;
  for (auto [k, value] : llvm::enumerate(yield.getOutputs()))
    outputsOf[stripReshapes(value)].push_back(unsigned(k));
  for (std::unique_ptr<Job> &job : jobs) {
    // Every part of a concatenation goes to its place in the output.
    Destination to = job->destinations.front();
    for (unsigned k : outputsOf.lookup(to.buffer))
      job->destinations.push_back({Destination::Output, {}, k, to.position});
  }
  llvm::DenseMap<Value, SmallVector<const Read *, 2>> readsOf;
  for (const Read &read : reads)
    readsOf[read.value].push_back(&read);
  for (auto [k, pair] : llvm::enumerate(
           llvm::zip(yield.getStates(), network.getStateArguments()))) {
    auto [value, state] = pair;
    Value root = stripReshapes(value);
    Job *job = definitions.lookup(root);
    if (root == state)
      continue;
    bool isFree = job;
    bool canSave = job && job->level > 0 && !roots.contains(state);
    for (const Read *read : readsOf.lookup(state)) {
      if (!job)
        break;
      bool isSameElement = !read->inReduction && read->position == d0 &&
                           read->job->level == job->level &&
                           read->job->elements == job->elements;
      isFree &= isSameElement || read->job->level < job->level;
      canSave &= read->job->level > 0;
    }
    if (isFree || canSave)
      job->destinations.push_back({Destination::State, {}, unsigned(k), d0});
    else
      stateCopies.push_back({unsigned(k), root});
    if (!isFree && canSave)
      savedStates.insert(state);
  }
}

bool Plan::mayRepeatFirstLevel(ValueRange inputs) const {
  AffineExpr d0 = getAffineDimExpr(0, network->getContext());
  llvm::DenseSet<Value> whole, known(inputs.begin(), inputs.end());
  for (const Read &read : reads) {
    if (!known.contains(read.value))
      continue;
    if (read.job->level != 0 || read.inReduction)
      return false;
    if (read.position == d0 && read.job->elements == elementsOf(read.value))
      whole.insert(read.value);
  }
  auto overwritesState = [](const Destination &destination) {
    return destination.kind == Destination::State;
  };
  return llvm::all_of(inputs,
                      [&](Value input) { return whole.contains(input); }) &&
         llvm::none_of(jobs, [&](const std::unique_ptr<Job> &job) {
           return job->level == 0 &&
                  llvm::any_of(job->destinations, overwritesState);
         });
}

void Plan::findBuffers() {
  llvm::DenseMap<Value, unsigned> lastRead;
  auto addRead = [&](Value value, unsigned level) {
    unsigned &last = lastRead[value];
    last = std::max(last, level);
  };
  for (const Read &read : reads) {
    auto argument = dyn_cast<BlockArgument>(read.value);
    if (!argument || argument.getArgNumber() >= network.getNumInputs())
      continue;
    inputReaders.insert(read.job);
    unsigned &last = lastInputReads[read.value];
    last = std::max(last, read.job->level);
  }
  for (const Read &read : reads)
    if (savedStates.contains(read.value) ||
        (roots.contains(read.value) && !isForwarded(read)))
      addRead(read.value, read.job->level);
  for (auto [number, root] : stateCopies)
    addRead(root, levels.size());
  for (Value state : savedStates) {
    buffers.insert(state);
    liveRanges[state] = {0, lastRead.lookup(state)};
  }
  for (std::unique_ptr<Job> &job : jobs) {
    llvm::erase_if(job->destinations, [&](const Destination &destination) {
      return destination.kind == Destination::Buffer &&
             !lastRead.contains(destination.buffer);
    });
    for (const Destination &destination : job->destinations) {
      if (destination.kind != Destination::Buffer)
        continue;
      Value buffer = destination.buffer;
      if (buffers.insert(buffer))
        liveRanges[buffer] = {job->level, lastRead.lookup(buffer)};
      // The parts of a concatenation may be written at different levels.
      unsigned &first = liveRanges[buffer].first;
      first = std::min(first, job->level);
    }
  }
}
