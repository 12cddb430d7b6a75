// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StateFlow.cpp - What data flow says about states -------------------===//

#include "StateFlow.h"

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

using ValueSet = llvm::DenseSet<Value>;

static bool isZero(Value value) {
  return matchPattern(value, m_AnyZeroFloat());
}

/// The value without reshapes.
static Value strip(Value value) {
  while (auto reshape = value.getDefiningOp<se::rnn::ReshapeOp>())
    value = reshape.getX();
  return value;
}

/// The values that `value` is put together from.
static void addParts(Value value, ValueSet &parts) {
  value = strip(value);
  if (auto transpose = value.getDefiningOp<se::rnn::TransposeOp>())
    return addParts(transpose.getX(), parts);
  if (auto concat = value.getDefiningOp<tensor::ConcatOp>()) {
    for (Value part : concat.getInputs())
      addParts(part, parts);
    return;
  }
  // Inputs are no results, and constants lead nowhere.
  if (value.getDefiningOp())
    parts.insert(value);
}

namespace {
/// What a slice takes of one operand of a concatenation, or of its own.
struct SlicedPart {
  Value value;
  bool isTaken = true; ///< some of it
  bool isWhole = true;
};
} // namespace

/// A slice of a concatenation looks at the operands.
static SmallVector<SlicedPart> getSlicedParts(tensor::ExtractSliceOp slice) {
  auto concat = slice.getSource().getDefiningOp<tensor::ConcatOp>();
  auto type = slice.getSourceType();
  if (!concat)
    return {{slice.getSource(), true, type == slice.getType()}};
  unsigned axis = concat.getDim();
  int64_t low = slice.getStaticOffsets()[axis];
  int64_t step = slice.getStaticStrides()[axis];
  int64_t high = low + (slice.getStaticSizes()[axis] - 1) * step;
  bool isWhole = step == 1;
  for (int64_t d = 0; d < type.getRank(); ++d)
    isWhole &= d == axis || slice.getStaticSizes()[d] == type.getDimSize(d);
  SmallVector<SlicedPart> parts;
  int64_t start = 0;
  for (Value part : concat.getInputs()) {
    int64_t end = start + cast<ShapedType>(part.getType()).getDimSize(axis);
    parts.push_back({part, low < end && high >= start,
                     isWhole && low <= start && high >= end - 1});
    start = end;
  }
  return parts;
}

namespace {
class Analysis {
public:
  Analysis(ArrayRef<Value> inputs, ArrayRef<Value> outputs)
      : inputs(inputs), outputs(outputs) {
    parts.resize(outputs.size());
    for (const auto &[i, output] : llvm::enumerate(outputs))
      addParts(output, parts[i]);
  }

  StateFlow run();

private:
  /// What `output` depends on, without going beyond values in `cuts`.
  static ValueSet reach(Value output, const ValueSet &cuts);
  /// From where elements live on in `output`; with `kept`, without arithmetic.
  static ValueSet carry(Value output, const ValueSet &cuts, bool kept);
  /// Is `output` computed element by element from one of `parts`?
  static bool isElementwiseIn(Value output, const ValueSet &parts);
  /// What is zero where `input` is.
  static ValueSet vanish(Value input);
  /// The values that make up the outputs, but for those of output `out`.
  ValueSet getCuts(unsigned out) const;
  void recognizeCells(StateFlow &flow) const;

  ArrayRef<Value> inputs, outputs;
  std::vector<ValueSet> parts;
};
} // namespace

ValueSet Analysis::getCuts(unsigned out) const {
  ValueSet cuts;
  for (const auto &[i, others] : llvm::enumerate(parts))
    if (i != out)
      cuts.insert(others.begin(), others.end());
  for (Value own : parts[out])
    cuts.erase(own);
  return cuts;
}

ValueSet Analysis::reach(Value output, const ValueSet &cuts) {
  ValueSet seen;
  SmallVector<Value> work{output};
  while (!work.empty()) {
    Value value = work.pop_back_val();
    if (cuts.contains(value) || !seen.insert(value).second)
      continue;
    if (Operation *op = value.getDefiningOp())
      llvm::append_range(work, op->getOperands());
  }
  return seen;
}

/// Calls `visit(operand, changes)` for each operand whose elements live on in
/// `value`; `changes` if they are multiplied or only some of them are taken.
static void visitCarriers(Value value, bool withArithmetic,
                          llvm::function_ref<void(Value, bool)> visit) {
  Operation *op = value.getDefiningOp();
  if (!op || (!withArithmetic && op->hasTrait<OpTrait::Elementwise>()))
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
      .Case([&](tensor::ExtractSliceOp slice) {
        // What is dropped is the oldest frame of a cache, perhaps its only one.
        for (const SlicedPart &part : getSlicedParts(slice))
          visit(part.value, !part.isWhole);
      })
      .Case([&](se::rnn::LSTMOp lstm) {
        visit(value == lstm.getHNext() ? lstm.getH() : lstm.getC(), true);
      })
      .Case([&](se::rnn::GRUOp gru) { visit(gru.getH(), true); });
}

ValueSet Analysis::carry(Value output, const ValueSet &cuts, bool kept) {
  // What only is added does not count: frames are added to outputs as well.
  ValueSet seen[2];
  SmallVector<std::pair<Value, bool>> work{{output, false}};
  while (!work.empty()) {
    auto [value, changed] = work.pop_back_val();
    if (cuts.contains(value) || !seen[changed].insert(value).second)
      continue;
    visitCarriers(value, /*withArithmetic=*/!kept,
                  [&, changed = changed](Value operand, bool changes) {
                    work.push_back({operand, changed || changes});
                  });
  }
  return seen[true];
}

static bool isElementwise(Operation *op) {
  return op && (op->hasTrait<OpTrait::Elementwise>() ||
                isa<se::rnn::ActivationOp, se::rnn::ReshapeOp,
                    se::rnn::TransposeOp, tensor::ConcatOp>(op));
}

bool Analysis::isElementwiseIn(Value output, const ValueSet &parts) {
  ValueSet seen;
  SmallVector<Value> work{output};
  while (!work.empty()) {
    Value value = work.pop_back_val();
    if (!seen.insert(value).second)
      continue;
    if (parts.contains(value))
      return true;
    if (isElementwise(value.getDefiningOp()))
      llvm::append_range(work, value.getDefiningOp()->getOperands());
  }
  return false;
}

static bool keepsZero(se::rnn::ActivationKind kind) {
  using se::rnn::ActivationKind;
  return kind == ActivationKind::tanh || kind == ActivationKind::relu ||
         kind == ActivationKind::leaky_relu || kind == ActivationKind::elu ||
         kind == ActivationKind::thresholded_relu ||
         kind == ActivationKind::scaled_tanh ||
         kind == ActivationKind::softsign;
}

ValueSet Analysis::vanish(Value input) {
  ValueSet zeros{input};
  auto isGone = [&](Value value) {
    return zeros.contains(value) || isZero(value);
  };
  for (Operation &op : *input.getParentBlock()) {
    bool gone =
        llvm::TypeSwitch<Operation *, bool>(&op)
            .Case<arith::MulFOp>(
                [&](auto) { return llvm::any_of(op.getOperands(), isGone); })
            .Case([&](arith::DivFOp div) { return isGone(div.getLhs()); })
            .Case(
                [&](se::rnn::MatvecOp matvec) { return isGone(matvec.getX()); })
            .Case([&](se::rnn::ActivationOp activation) {
              return keepsZero(activation.getFunction().getKind()) &&
                     isGone(activation.getX());
            })
            .Case([&](tensor::ExtractSliceOp slice) {
              return llvm::all_of(getSlicedParts(slice),
                                  [&](const SlicedPart &part) {
                                    return !part.isTaken || isGone(part.value);
                                  });
            })
            .Case<se::rnn::ReshapeOp, se::rnn::TransposeOp,
                  se::rnn::BroadcastOp, se::rnn::ReduceOp, tensor::ConcatOp,
                  arith::AddFOp, arith::SubFOp, arith::NegFOp,
                  arith::MaximumFOp, arith::MinimumFOp, math::AbsFOp,
                  math::SqrtOp>(
                [&](auto) { return llvm::all_of(op.getOperands(), isGone); })
            .Default(false);
    if (gone)
      zeros.insert(op.result_begin(), op.result_end());
  }
  return zeros;
}

/// h' = o * tanh(c') is a state of the cell that keeps c, although h reaches it
/// through matrices: h makes the gates of c' as well.
void Analysis::recognizeCells(StateFlow &flow) const {
  using Pair = std::pair<unsigned, unsigned>;
  std::vector<Pair> carried, found;
  for (unsigned c = 0; c < inputs.size(); ++c)
    for (unsigned cNext = 0; cNext < outputs.size(); ++cNext)
      if (flow.ties[c][cNext] >= Tie::Carried)
        carried.push_back({c, cNext});
  for (unsigned h = 0; h < inputs.size(); ++h)
    for (unsigned hNext = 0; hNext < outputs.size(); ++hNext) {
      if (flow.ties[h][hNext] != Tie::Direct)
        continue;
      bool isCell = llvm::any_of(carried, [&](const Pair &pair) {
        auto [c, cNext] = pair;
        return c != h && flow.ties[c][hNext] == Tie::Distant &&
               flow.ties[h][cNext] == Tie::Direct &&
               inputs[c].getType() == inputs[h].getType() &&
               isElementwiseIn(outputs[hNext], parts[cNext]);
      });
      if (isCell)
        found.push_back({h, hNext});
    }
  for (auto [h, hNext] : found)
    flow.ties[h][hNext] = Tie::Carried;
}

StateFlow Analysis::run() {
  StateFlow flow;
  flow.ties.assign(inputs.size(), std::vector<Tie>(outputs.size(), Tie::None));
  for (const auto &[out, output] : llvm::enumerate(outputs)) {
    ValueSet cuts = getCuts(out);
    ValueSet all = reach(output, {}), direct = reach(output, cuts),
             carried = carry(output, cuts, /*kept=*/false),
             kept = carry(output, cuts, /*kept=*/true);
    for (const auto &[in, input] : llvm::enumerate(inputs))
      flow.ties[in][out] = kept.contains(input)      ? Tie::Kept
                           : carried.contains(input) ? Tie::Carried
                           : direct.contains(input)  ? Tie::Direct
                           : all.contains(input)     ? Tie::Distant
                                                     : Tie::None;
    unsigned same = 0;
    while (strip(outputs[same]) != strip(output))
      ++same;
    flow.sameAs.push_back(same);
  }
  for (const auto &[in, input] : llvm::enumerate(inputs)) {
    ValueSet zeros = vanish(input);
    for (const auto &[out, output] : llvm::enumerate(outputs))
      if (zeros.contains(output))
        flow.ties[in][out] = Tie::None;
  }
  recognizeCells(flow);
  return flow;
}

StateFlow se::onnx_import::analyzeStateFlow(ArrayRef<Value> inputs,
                                            ArrayRef<Value> outputs) {
  return Analysis(inputs, outputs).run();
}
