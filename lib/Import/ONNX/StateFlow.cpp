// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StateFlow.cpp - What data flow says about states -------------------===//

#include "StateFlow.h"

#include "SlicedParts.h"

#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace se::onnx_import;

/// The value without reshapes.
static Value strip(Value value) {
  while (auto reshape = value.getDefiningOp<se::rnn::ReshapeOp>())
    value = reshape.getX();
  return value;
}

/// Whether a value is put together from operands.
static bool isAssembly(Value value) {
  return isa_and_nonnull<se::rnn::ReshapeOp, se::rnn::TransposeOp,
                         tensor::ConcatOp>(value.getDefiningOp());
}

static bool isElementwise(Operation *op) {
  return op->hasTrait<OpTrait::Elementwise>() ||
         isa<se::rnn::ActivationOp, se::rnn::ReshapeOp, se::rnn::TransposeOp,
             tensor::ConcatOp>(op);
}

static bool keepsZero(se::rnn::ActivationKind kind) {
  using se::rnn::ActivationKind;
  return kind == ActivationKind::tanh || kind == ActivationKind::relu ||
         kind == ActivationKind::leaky_relu || kind == ActivationKind::elu ||
         kind == ActivationKind::thresholded_relu ||
         kind == ActivationKind::scaled_tanh ||
         kind == ActivationKind::softsign;
}

/// Calls `visit(operand, changes)` for each operand whose elements live on in
/// `value`, which is no slice; `changes` if they are multiplied.
static void visitCarriers(Value value, bool withArithmetic,
                          llvm::function_ref<void(Value, bool)> visit) {
  Operation *op = value.getDefiningOp();
  if (!withArithmetic && op->hasTrait<OpTrait::Elementwise>())
    return;
  auto visitAll = [&](bool changes) {
    for (Value operand : op->getOperands())
      visit(operand, changes);
  };
  llvm::TypeSwitch<Operation *>(op)
      .Case<se::rnn::ReshapeOp, se::rnn::TransposeOp, tensor::ConcatOp,
            arith::AddFOp, arith::SubFOp, arith::NegFOp, arith::MaximumFOp,
            arith::MinimumFOp>([&](auto) { visitAll(false); })
      .Case([&](arith::MulFOp) { visitAll(true); })
      .Case([&](arith::DivFOp div) { visit(div.getLhs(), true); })
      .Case([&](arith::SelectOp select) {
        visit(select.getTrueValue(), true);
        visit(select.getFalseValue(), true);
      })
      .Case([&](se::rnn::LSTMOp lstm) {
        visit(value == lstm.getHNext() ? lstm.getH() : lstm.getC(), true);
      })
      .Case([&](se::rnn::GRUOp gru) { visit(gru.getH(), true); });
}

namespace {
/// Numbers of inputs and of parts of outputs.
struct Sources {
  NumberSet inputs, parts;

  Sources &operator|=(const Sources &other) {
    inputs |= other.inputs;
    parts |= other.parts;
    return *this;
  }
};

/// Elements that are still what they were, and those that only are part of it,
/// or a multiple.
struct Carriers {
  Sources same, changed;
};

/// The sums of what flows out of the parts of a slice's source, of each range.
class PartSums {
public:
  explicit PartSums(std::vector<Sources> parts) : size(parts.size()) {
    // A binary tree: the sum of nodes 2 n and 2 n + 1 is node n.
    tree.resize(size);
    for (Sources &part : parts)
      tree.push_back(std::move(part));
    for (size_t node = size; node-- > 1;) {
      tree[node] |= tree[2 * node];
      tree[node] |= tree[2 * node + 1];
    }
  }
  void add(size_t begin, size_t end, Sources &sum) const {
    for (begin += size, end += size; begin < end; begin /= 2, end /= 2) {
      if (begin % 2)
        sum |= tree[begin++];
      if (end % 2)
        sum |= tree[--end];
    }
  }

private:
  size_t size;
  std::vector<Sources> tree;
};

/// The inputs that make a value zero if they are.
struct Zeros {
  bool always = false;
  NumberSet inputs;
};

/// What flows into a value. What flows into a part of an output is not followed
/// behind it: the part stands for that.
struct Flow {
  NumberSet all;  ///< inputs, also behind parts
  Sources direct; ///< by ways that no part lies on
  /// From where elements live on; in `kept` without arithmetic.
  Carriers carried, kept;
  NumberSet elementwise; ///< parts, also behind parts
  Zeros zeros;
};

/// What slices read.
struct SliceSource {
  explicit SliceSource(Value value) : parts(value) {}

  SlicedParts parts;
  std::optional<PartSums> carried, kept;
};
} // namespace

namespace se::onnx_import {
/// One pass over the network: each value has the flows of its operands. They
/// are kept until the last operation has read them.
class StateFlowAnalysis {
public:
  StateFlowAnalysis(ArrayRef<Value> inputs, ArrayRef<Value> outputs,
                    StateFlow &flow)
      : inputs(inputs), outputs(outputs), flow(flow) {}

  void run();

private:
  void findParts(Block &block);
  void findAlike();
  void visit(Operation *op);
  Zeros findZeros(Operation *op);
  void findCarriers(Value value, Carriers Flow::*kind);
  SliceSource &getSource(tensor::ExtractSliceOp slice);
  void findSliceCarriers(tensor::ExtractSliceOp slice, Carriers Flow::*kind);
  void findLastReaders(Block &block);
  void release(Operation *reader);
  /// Values from elsewhere have no flows, such as a recurrent node's own state.
  const Flow &get(Value value) const {
    auto it = flows.find(value);
    return it == flows.end() ? none : *it->second;
  }
  /// What those see of a value who use it.
  void addDirect(Value value, Sources &sum) const;
  void addCarriers(Value value, Carriers Flow::*kind, bool changes,
                   Carriers &sum) const;

  NumberSet collectDirect(unsigned out) const;
  NumberSet collectCarried(unsigned out, Carriers Flow::*kind) const;
  void tie(unsigned out);
  void recognizeCells();

  ArrayRef<Value> inputs, outputs;
  StateFlow &flow;
  llvm::DenseMap<Value, std::unique_ptr<Flow>> flows;
  const Flow none;
  llvm::DenseMap<Value, Operation *> lastReader;
  llvm::DenseMap<Value, std::unique_ptr<SliceSource>> sources;
  /// The values that outputs are put together from, with their numbers.
  std::vector<Value> parts;
  llvm::DenseMap<Value, unsigned> partNumbers;
  std::vector<NumberSet> partsOf; ///< of each output
};
} // namespace se::onnx_import

/// Outputs are put together from parts by reshapes, transposes and
/// concatenations.
void StateFlowAnalysis::findParts(Block &block) {
  llvm::DenseSet<Value> seen;
  SmallVector<Value> work(outputs);
  while (!work.empty()) {
    Value value = work.pop_back_val();
    if (!seen.insert(value).second)
      continue;
    if (isAssembly(value)) {
      llvm::append_range(work, value.getDefiningOp()->getOperands());
    } else if (value.getDefiningOp()) {
      // Inputs are no results, and constants lead nowhere.
      partNumbers[value] = parts.size();
      parts.push_back(value);
    }
  }
  llvm::DenseMap<Value, NumberSet> assemblies;
  for (Operation &op : block)
    for (Value value : op.getResults()) {
      if (!seen.contains(value) || !isAssembly(value))
        continue;
      NumberSet all;
      for (Value operand : op.getOperands())
        if (auto part = partNumbers.find(operand); part != partNumbers.end())
          all.set(part->second);
        else if (auto it = assemblies.find(operand); it != assemblies.end())
          all |= it->second;
      assemblies[value] = std::move(all);
    }
  for (Value output : outputs) {
    NumberSet &own = partsOf.emplace_back();
    if (auto part = partNumbers.find(output); part != partNumbers.end())
      own.set(part->second);
    else if (auto it = assemblies.find(output); it != assemblies.end())
      own = it->second;
  }
}

void StateFlowAnalysis::findAlike() {
  llvm::DenseMap<Value, unsigned> first;
  for (const auto &[out, output] : llvm::enumerate(outputs))
    flow.firstAlike.push_back(
        first.try_emplace(strip(output), out).first->second);
}

void StateFlowAnalysis::addDirect(Value value, Sources &sum) const {
  if (auto part = partNumbers.find(value); part != partNumbers.end())
    sum.parts.set(part->second);
  else
    sum |= get(value).direct;
}

void StateFlowAnalysis::addCarriers(Value value, Carriers Flow::*kind,
                                    bool changes, Carriers &sum) const {
  Sources &same = changes ? sum.changed : sum.same;
  if (auto part = partNumbers.find(value); part != partNumbers.end()) {
    same.parts.set(part->second);
    return;
  }
  const Carriers &carriers = get(value).*kind;
  same |= carriers.same;
  sum.changed |= carriers.changed;
}

void StateFlowAnalysis::findCarriers(Value value, Carriers Flow::*kind) {
  // What only is added does not count: frames are added to outputs as well.
  Carriers &sum = (*flows[value]).*kind;
  visitCarriers(value, /*withArithmetic=*/kind == &Flow::carried,
                [&](Value operand, bool changes) {
                  addCarriers(operand, kind, changes, sum);
                });
}

SliceSource &StateFlowAnalysis::getSource(tensor::ExtractSliceOp slice) {
  std::unique_ptr<SliceSource> &source = sources[slice.getSource()];
  if (!source)
    source = std::make_unique<SliceSource>(slice.getSource());
  return *source;
}

void StateFlowAnalysis::findSliceCarriers(tensor::ExtractSliceOp slice,
                                          Carriers Flow::*kind) {
  SliceSource &source = getSource(slice);
  std::optional<PartSums> &sums =
      kind == &Flow::carried ? source.carried : source.kept;
  const SlicedParts &parts = source.parts;
  if (!sums) {
    std::vector<Sources> all;
    for (Value part : parts.values) {
      Carriers found;
      addCarriers(part, kind, /*changes=*/true, found);
      all.push_back(std::move(found.changed));
    }
    sums.emplace(std::move(all));
  }
  // What is dropped is the oldest frame of a cache, perhaps its only one.
  Carriers &sum = (*flows[slice.getResult()]).*kind;
  auto [begin, end] = parts.getWhole(slice);
  for (size_t part = begin; part < end; ++part)
    addCarriers(parts.values[part], kind, /*changes=*/false, sum);
  sums->add(0, begin, sum.changed);
  sums->add(std::max(begin, end), parts.values.size(), sum.changed);
}

Zeros StateFlowAnalysis::findZeros(Operation *op) {
  auto zerosOf = [&](Value value) {
    if (matchPattern(value, m_AnyZeroFloat()))
      return Zeros{true, {}};
    return get(value).zeros;
  };
  auto ifAny = [&](ValueRange values) {
    Zeros zeros;
    for (Value value : values) {
      Zeros other = zerosOf(value);
      zeros.always |= other.always;
      zeros.inputs |= other.inputs;
    }
    return zeros;
  };
  auto ifAll = [&](ValueRange values) {
    Zeros zeros{true, {}};
    for (Value value : values) {
      Zeros other = zerosOf(value);
      if (other.always)
        continue;
      if (zeros.always)
        zeros = std::move(other);
      else
        zeros.inputs &= other.inputs;
    }
    return zeros;
  };
  return llvm::TypeSwitch<Operation *, Zeros>(op)
      .Case([&](arith::MulFOp) { return ifAny(op->getOperands()); })
      .Case([&](arith::DivFOp div) { return zerosOf(div.getLhs()); })
      .Case([&](se::rnn::MatvecOp matvec) { return zerosOf(matvec.getX()); })
      .Case([&](se::rnn::ActivationOp activation) {
        return keepsZero(activation.getFunction().getKind())
                   ? zerosOf(activation.getX())
                   : Zeros();
      })
      .Case([&](tensor::ExtractSliceOp slice) {
        const SlicedParts &parts = getSource(slice).parts;
        auto [begin, end] = parts.getTaken(slice);
        return ifAll(ArrayRef(parts.values).slice(begin, end - begin));
      })
      .Case<se::rnn::ReshapeOp, se::rnn::TransposeOp, se::rnn::BroadcastOp,
            se::rnn::ReduceOp, tensor::ConcatOp, arith::AddFOp, arith::SubFOp,
            arith::NegFOp, arith::MaximumFOp, arith::MinimumFOp, math::AbsFOp,
            math::SqrtOp>([&](auto) { return ifAll(op->getOperands()); })
      .Default([](Operation *) { return Zeros(); });
}

void StateFlowAnalysis::visit(Operation *op) {
  if (op->getNumOperands() == 0)
    return;
  auto found = std::make_unique<Flow>();
  for (Value operand : op->getOperands()) {
    found->all |= get(operand).all;
    addDirect(operand, found->direct);
    if (isElementwise(op))
      found->elementwise |= get(operand).elementwise;
  }
  found->zeros = findZeros(op);
  for (Value result : op->getResults()) {
    flows[result] = std::make_unique<Flow>(*found);
    for (Carriers Flow::*kind : {&Flow::carried, &Flow::kept})
      if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
        findSliceCarriers(slice, kind);
      else
        findCarriers(result, kind);
    if (auto part = partNumbers.find(result); part != partNumbers.end())
      flows[result]->elementwise.set(part->second);
  }
}

/// Calls `follow(part)` for the parts of an output that `isReached`, each once,
/// until there are no more.
static void followParts(const NumberSet &own,
                        llvm::function_ref<bool(unsigned)> isReached,
                        llvm::function_ref<void(unsigned)> follow) {
  NumberSet done;
  for (bool hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (unsigned part : own)
      if (!done.test(part) && isReached(part)) {
        done.set(part);
        follow(part);
        hasChanged = true;
      }
  }
}

/// The inputs that an output depends on by ways that no part of another output
/// lies on.
NumberSet StateFlowAnalysis::collectDirect(unsigned out) const {
  Sources found;
  addDirect(outputs[out], found);
  followParts(
      partsOf[out], [&](unsigned part) { return found.parts.test(part); },
      [&](unsigned part) { found |= get(parts[part]).direct; });
  return std::move(found.inputs);
}

/// The same for inputs whose elements live on, changed.
NumberSet StateFlowAnalysis::collectCarried(unsigned out,
                                            Carriers Flow::*kind) const {
  Carriers found;
  addCarriers(outputs[out], kind, /*changes=*/false, found);
  auto inner = [&](unsigned part) -> const Carriers & {
    return get(parts[part]).*kind;
  };
  followParts(
      partsOf[out], [&](unsigned part) { return found.same.parts.test(part); },
      [&](unsigned part) {
        found.same |= inner(part).same;
        found.changed |= inner(part).changed;
      });
  followParts(
      partsOf[out],
      [&](unsigned part) { return found.changed.parts.test(part); },
      [&](unsigned part) {
        found.changed |= inner(part).same;
        found.changed |= inner(part).changed;
      });
  return std::move(found.changed.inputs);
}

void StateFlowAnalysis::tie(unsigned out) {
  const Flow &found = get(outputs[out]);
  StateFlow::Ties &ties = flow.ties.emplace_back();
  if (found.zeros.always)
    return;
  ties = {found.all, collectDirect(out), collectCarried(out, &Flow::carried),
          collectCarried(out, &Flow::kept)};
  for (NumberSet &set : ties)
    set.intersectWithComplement(found.zeros.inputs);
}

/// h' = o * tanh(c') is a state of the cell that keeps c, although h reaches it
/// through matrices: h makes the gates of c' as well.
void StateFlowAnalysis::recognizeCells() {
  /// Outputs that carry something, for each of their parts.
  llvm::DenseMap<unsigned, SmallVector<unsigned>> carrying;
  for (unsigned out = 0; out < outputs.size(); ++out)
    if (!flow.getInputs(out, Tie::Carried).empty())
      for (unsigned part : partsOf[out])
        carrying[part].push_back(out);
  auto onlyDirect = [&](unsigned out) {
    NumberSet found = flow.getInputs(out, Tie::Direct);
    found.intersectWithComplement(flow.getInputs(out, Tie::Carried));
    return found;
  };
  std::vector<std::pair<unsigned, unsigned>> found;
  for (unsigned hNext = 0; hNext < outputs.size(); ++hNext) {
    NumberSet hidden = onlyDirect(hNext);
    if (hidden.empty() || carrying.empty())
      continue;
    llvm::SmallDenseSet<unsigned> cells;
    for (unsigned part : get(outputs[hNext]).elementwise)
      if (auto it = carrying.find(part); it != carrying.end())
        cells.insert(it->second.begin(), it->second.end());
    for (unsigned cNext : cells) {
      NumberSet candidates = onlyDirect(cNext);
      candidates &= hidden;
      for (unsigned c : flow.getInputs(cNext, Tie::Carried)) {
        if (candidates.empty() || flow.getTie(c, hNext) != Tie::Distant)
          continue;
        for (unsigned h : candidates)
          if (h != c && inputs[c].getType() == inputs[h].getType())
            found.push_back({h, hNext});
      }
    }
  }
  for (auto [h, hNext] : found)
    flow.ties[hNext][unsigned(Tie::Carried) - 1].set(h);
}

void StateFlowAnalysis::findLastReaders(Block &block) {
  for (Operation &op : block)
    for (Value operand : op.getOperands())
      lastReader[operand] = &op;
  // Slices of a concatenation look at its operands.
  for (auto concat : block.getOps<tensor::ConcatOp>())
    if (Operation *last = lastReader.lookup(concat.getResult()))
      for (Value part : concat.getInputs())
        if (lastReader[part]->isBeforeInBlock(last))
          lastReader[part] = last;
  // These are looked at in the end.
  for (Value value : outputs)
    lastReader.erase(value);
  for (Value value : parts)
    lastReader.erase(value);
}

/// Forgets what nothing reads after `reader`.
void StateFlowAnalysis::release(Operation *reader) {
  auto isLast = [&](Value value) { return lastReader.lookup(value) == reader; };
  for (Value operand : reader->getOperands()) {
    if (auto concat = operand.getDefiningOp<tensor::ConcatOp>();
        concat && isLast(operand))
      for (Value part : concat.getInputs())
        if (isLast(part))
          flows.erase(part);
    if (isLast(operand)) {
      flows.erase(operand);
      sources.erase(operand);
    }
  }
}

void StateFlowAnalysis::run() {
  findAlike();
  if (inputs.empty()) {
    flow.ties.resize(outputs.size());
    return;
  }
  Value any = inputs.front();
  Block &block = *any.getParentBlock();
  findParts(block);
  for (const auto &[in, input] : llvm::enumerate(inputs)) {
    auto own = std::make_unique<Flow>();
    own->all.set(in);
    own->direct.inputs.set(in);
    own->carried.same.inputs.set(in);
    own->kept.same.inputs.set(in);
    own->zeros.inputs.set(in);
    flows[input] = std::move(own);
  }
  findLastReaders(block);
  for (Operation &op : block) {
    visit(&op);
    release(&op);
  }
  for (unsigned out = 0; out < outputs.size(); ++out)
    tie(out);
  recognizeCells();
}

StateFlow::StateFlow(ArrayRef<Value> inputs, ArrayRef<Value> outputs) {
  StateFlowAnalysis(inputs, outputs, *this).run();
}

Tie StateFlow::getTie(unsigned in, unsigned out) const {
  for (Tie tie : {Tie::Kept, Tie::Carried, Tie::Direct, Tie::Distant})
    if (getInputs(out, tie).test(in))
      return tie;
  return Tie::None;
}
