// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CostModel.cpp - Cycles of scheduled code ---------------------------===//

#include "CostModel.h"

#include "../Planning/DelayLines.h"
#include "../Planning/Positions.h"
#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/RNN/FiniteRoot.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;
using namespace se;
using namespace se::schedule;

// Cycles are fitted to warm frames of some 1,200 programs on the simulator, by
// least squares with bounds (an operation takes no less than the instructions
// it surely becomes), bytes to the sizes of kernels. `./dev bench prediction`
// shows how far other programs are from their prediction.

// Sums are unrolled (se-unroll-reductions), with a loop for what is left.
static constexpr double unroll = 4;
static constexpr double turnOverhead = 0.2; // of an unrolled loop, per step
/// Of cores that share an FPU and follow each other at some distance, how long
/// one waits at each use.
static constexpr double fpuWait = 0.54;
/// Cycles of an FPU's turn if more cores want it than it can serve.
static constexpr double fpuTurn = 1;

static Cost makeCost(double cycles, double fpu, double bytes,
                     double divisions = 0) {
  Cost cost;
  cost.cycles = cycles;
  cost.fpu = fpu;
  cost.bytes = bytes;
  cost.divisions = divisions;
  return cost;
}

// Of functions, after se-expand-activations.
static const Cost expCost = makeCost(21, 10, 107);
// Of two halves, or one.
static const Cost halfExpCost = makeCost(26, 9, 123);
static const Cost halfLogCost = makeCost(26, 11, 125);
static const Cost halfRootCost = makeCost(25, 11, 140);
static const Cost logCost = makeCost(34, 11, 141);
static const Cost tanhCost = makeCost(41, 32, 222);
static const Cost otherFunctionCost = makeCost(110, 45, 324);
static const Cost floatCost = makeCost(2, 1, 5.9);

static Cost getActivationCost(rnn::ActivationKind kind) {
  using rnn::ActivationKind;
  switch (kind) {
  case ActivationKind::sigmoid:
    return makeCost(38, 22, 171);
  case ActivationKind::tanh:
    return tanhCost;
  case ActivationKind::scaled_tanh:
    return makeCost(53, 35, 197);
  case ActivationKind::softsign:
    return makeCost(15, 3, 67, /*divisions=*/1);
  case ActivationKind::elu:
    return makeCost(24, 12, 110);
  case ActivationKind::softplus:
    return makeCost(74, 26, 330);
  case ActivationKind::hard_sigmoid:
    return makeCost(10, 4, 58);
  case ActivationKind::affine:
    return makeCost(4, 2, 10);
  case ActivationKind::relu:
  case ActivationKind::leaky_relu:
  case ActivationKind::thresholded_relu:
    return makeCost(2.4, 1, 12);
  }
  llvm_unreachable("all kinds handled");
}

static Cost getFunctionCost(Operation &op) {
  if (isa<math::AbsFOp, math::CopySignOp>(op))
    return makeCost(1, 0, 4);
  if (isa<math::ExpOp>(op))
    return op.getResult(0).getType().isF16() ? halfExpCost : expCost;
  if (isa<math::LogOp>(op) && op.getResult(0).getType().isF16())
    return halfLogCost;
  if (isa<math::LogOp, math::Log2Op>(op))
    return logCost;
  if (isa<math::TanhOp>(op))
    return tanhCost;
  if (isa<math::SqrtOp>(op) && op.getResult(0).getType().isF16())
    return halfRootCost;
  if (auto root = dyn_cast<math::SqrtOp>(op); root && rnn::hasFiniteRoot(root))
    return makeCost(13, 11, 56);
  if (isa<math::SqrtOp>(op))
    return makeCost(2, 1, 6, /*divisions=*/1);
  if (isa<math::RsqrtOp>(op))
    return makeCost(4, 2, 14, /*divisions=*/2);
  return otherFunctionCost;
}

const Cost schedule::loadCost = makeCost(1, 0, 3.7);

/// Of the index that an expression stands for, as far as `counts` its parts;
/// what is added is part of the load.
static Cost getIndexCost(AffineExpr position,
                         function_ref<bool(AffineExpr)> counts) {
  Cost cost;
  position.walk([&](AffineExpr expr) {
    if (!counts(expr))
      return;
    if (expr.getKind() == AffineExprKind::Mul)
      cost += makeCost(0.5, 0, 2);
    else if (expr.getKind() == AffineExprKind::Mod ||
             expr.getKind() == AffineExprKind::FloorDiv)
      cost += makeCost(3, 0, 13); // by a constant
  });
  return cost;
}

/// What is known before all stages is in a register.
static bool isInRegister(plan::ReadOp read) {
  Operation *op = read.getTensor().getDefiningOp();
  return op &&
         !isa<arith::ConstantOp, tensor::ConcatOp, plan::StageOp, plan::PushOp>(
             op);
}

static Cost getReadCost(plan::ReadOp read) {
  if (isInRegister(read))
    return Cost();
  Cost cost = getIndexCost(getPosition(read), [](AffineExpr) { return true; });
  cost += loadCost;
  return cost;
}

namespace {
/// A loop that adds up, element by element.
class SumCounter {
public:
  explicit SumCounter(scf::ForOp loop) : loop(loop) {
    if (auto count = loop.getStaticTripCount())
      trips = double(count->getSExtValue());
  }
  Cost run();

private:
  void addRead(plan::ReadOp read);
  bool addPairOfProducts(arith::AddFOp sum);
  Cost getPacking(Value first, Value second);

  scf::ForOp loop;
  double trips = 1;
  Cost turn, once;
  llvm::SmallPtrSet<Operation *, 16> done;
};
} // namespace

/// What an index takes of the element alone is computed before the loop, and of
/// the turn alone by nobody, if the loop is unrolled as a whole.
void SumCounter::addRead(plan::ReadOp read) {
  if (isInRegister(read))
    return;
  AffineExpr position = getPosition(read);
  once += getIndexCost(
      position, [](AffineExpr expr) { return !expr.isFunctionOfDim(1); });
  turn += getIndexCost(position, [&](AffineExpr expr) {
    return expr.isFunctionOfDim(1) &&
           (trips > unroll || expr.isFunctionOfDim(0));
  });
  turn += loadCost;
}

/// Halves of one word are loaded as one.
Cost SumCounter::getPacking(Value first, Value second) {
  auto one = first.getDefiningOp<plan::ReadOp>(),
       other = second.getDefiningOp<plan::ReadOp>();
  constexpr double pack = 1;
  if (one && other && one.getTensor() == other.getTensor() &&
      beginsAtWord(one.getTensor())) {
    AffineExpr at = getPosition(one);
    auto distance = dyn_cast<AffineConstantExpr>(
        simplifyAffineExpr(getPosition(other) - at, 2, 0));
    if (distance && distance.getValue() == 1 && at.isMultipleOf(2))
      return -1 * loadCost;
  }
  return makeCost(pack, 0, 4);
}

/// sum + fma(x1, w1, x0 * w0) of halves is one instruction
/// (se-select-expanding-fma).
bool SumCounter::addPairOfProducts(arith::AddFOp sum) {
  auto both = sum.getRhs().getDefiningOp<math::FmaOp>();
  auto one = both ? both.getC().getDefiningOp<arith::MulFOp>() : nullptr;
  if (!one)
    return false;
  SmallVector<Value> halves;
  SmallVector<Operation *> extensions;
  for (Value factor : {one.getLhs(), both.getA(), one.getRhs(), both.getB()}) {
    auto extension = factor.getDefiningOp<arith::ExtFOp>();
    if (!extension || !extension.getIn().getType().isF16())
      return false;
    halves.push_back(extension.getIn());
    extensions.push_back(extension);
  }
  done.insert(extensions.begin(), extensions.end());
  done.insert(both);
  done.insert(one);
  turn += floatCost;
  turn += getPacking(halves[0], halves[1]);
  turn += getPacking(halves[2], halves[3]);
  turn.products += 2;
  return true;
}

Cost SumCounter::run() {
  for (Operation &op : llvm::reverse(*loop.getBody())) {
    if (done.contains(&op))
      continue;
    if (auto read = dyn_cast<plan::ReadOp>(op)) {
      addRead(read);
      continue;
    }
    auto sum = dyn_cast<arith::AddFOp>(op);
    if (sum && addPairOfProducts(sum))
      continue;
    turn += schedule::getCost(op, /*isPair=*/false);
    turn.products +=
        isa<math::FmaOp, arith::MulFOp>(op) ||
        (isa<arith::MulIOp>(op) && op.getResult(0).getType().isInteger(32));
  }
  turn.cycles += turnOverhead;
  Cost cost = trips * turn;
  cost.cycles += 2;
  cost.bytes = (unroll + 1) * turn.bytes + 26;
  cost += once;
  return cost;
}

Cost schedule::getCost(Operation &op, bool isPair) {
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return SumCounter(loop).run();
  if (auto read = dyn_cast<plan::ReadOp>(op))
    return getReadCost(read);
  if (op.getNumResults() != 1 || isa<arith::ConstantOp>(op))
    return Cost();
  Type element = op.getResult(0).getType();
  // The sums of even and odd columns are added.
  if (isa<plan::DotOp>(op))
    return !element.isF16() ? Cost() : isPair ? makeCost(1, 1, 4) : floatCost;
  if (auto activation = dyn_cast<rnn::ActivationOp>(op))
    return getActivationCost(activation.getFunction().getKind());
  if (auto lines = dyn_cast<rnn::InterpolateOp>(op);
      lines && lines.getRectified())
    return isPair ? makeCost(17, 5, 92) : makeCost(22, 7, 75);
  if (isa<rnn::InterpolateOp>(op))
    return isPair ? makeCost(11, 2, 73) : makeCost(16, 4, 43);
  if (isa<rnn::QuantizeOp>(op)) {
    if (isPair)
      return makeCost(7, 4, 53);
    return op.getOperand(0).getType().isF16() ? makeCost(15, 5, 46)
                                              : makeCost(4, 4, 24);
  }
  if (isa<arith::BitcastOp>(op))
    return Cost();
  // The instruction of an fma negates as well.
  if (isa<arith::NegFOp>(op) && element.isF32() &&
      llvm::all_of(op.getUsers(),
                   [](Operation *user) { return isa<math::FmaOp>(user); }))
    return Cost();
  if (isa<arith::DivFOp>(op))
    return makeCost(2, 1, 22, /*divisions=*/1);
  if (isa<arith::CmpFOp>(op))
    return makeCost(1, 1, 6.1);
  if (isa<arith::SelectOp>(op))
    return makeCost(1, 0, 14);
  if (isa<arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp,
          arith::MinNumFOp>(op))
    return makeCost(6.3, 1.5, 14); // NaN stays
  if (isa<arith::ExtFOp, arith::TruncFOp, arith::SIToFPOp, arith::UIToFPOp,
          arith::FPToSIOp>(op)) {
    // The product of two halves that is added to a single is one instruction
    // (se-select-expanding-fma).
    if (isa<arith::ExtFOp>(op) &&
        llvm::all_of(op.getUsers(),
                     [](Operation *user) { return isa<math::FmaOp>(user); }))
      return Cost();
    return isPair ? makeCost(2, 1, 4.8) : makeCost(1, 1, 4.8);
  }
  if (isa<math::FmaOp>(op) ||
      (isa<arith::ArithDialect>(op.getDialect()) && isa<FloatType>(element)))
    return isPair ? makeCost(1, 1, 4) : floatCost;
  if (isa<math::MathDialect>(op.getDialect()))
    return getFunctionCost(op);
  // A product of integers, each extended when it was loaded; and the addition.
  if (isa<arith::MulIOp>(op) && element.isInteger(32))
    return makeCost(2, 0, 8);
  if (isa<arith::ArithDialect>(op.getDialect()) && !isa<arith::ExtSIOp>(op))
    return makeCost(0.5, 0, 2.8);
  return Cost();
}

Cost schedule::getDotCost(int64_t rows, int64_t columns, Type element,
                          bool sharesFpu) {
  Cost cost;
  int64_t lanes = 32 / element.getIntOrFloatBitWidth();
  int64_t words = columns / lanes, rest = columns % lanes;
  int64_t turn = cluster::DotOp::getWordsPerTurn(element, words);
  cost.cycles = double(rows);
  cost.bytes = 1.7 * double(rows);
  if (words) {
    cost.sumCycles = double(words * (2 * rows + 1));
    // The only row's word is used right after it is loaded.
    if (rows == 1 && turn == 1)
      cost.sumCycles += double(words);
    cost.cycles += cost.sumCycles + 15;
    cost.bytes += 4 * double(2 * turn * rows + turn) + 28;
  }
  if (rest) { // the elements of the last word are loaded one by one
    cost.cycles += 2.1 * double(rows) + 0.2 * double(rest);
    cost.bytes += 3.9 * double(rows) + 7.1 * double(rest);
  }
  if (isa<FloatType>(element))
    cost.sumUses = double(words * rows);
  if (sharesFpu)
    cost.sumFpu = cost.sumUses;
  cost.products = double(columns * rows);
  return cost;
}

Machine::Machine(cluster::TargetAttr target)
    : cores(unsigned(target.getCores())), fpus(unsigned(target.getFpus())),
      loadCycles(double(target.getL2().getLatency())),
      coldFetchCycles(0.94 * (loadCycles + 1) / 16),
      nearFetchCycles(0.94 * (double(target.getL1().getLatency()) + 1) / 16),
      bytesPerCycle(target.getL2().getRate()),
      coreCacheBytes(target.getCoreCache()),
      clusterCacheBytes(target.getClusterCache()) {}

double schedule::getCycles(Cost cost, unsigned busy, const Machine &machine) {
  // Cores i and i + fpus share an FPU: the more they use it in a loop that all
  // go through word by word, the more they wait; elsewhere they come at any
  // time.
  double others = double(llvm::divideCeil(busy, machine.fpus)) - 1;
  double waiting = fpuWait * others * cost.fpu;
  if (others > 0 && cost.sumCycles > 0) {
    double load = (1 + others) * cost.sumFpu / cost.sumCycles;
    double meeting = 0.17 * load * load * cost.sumCycles;
    // However they come, an FPU does one operation a cycle.
    double busy = fpuTurn * (1 + others) * cost.sumUses - cost.sumCycles;
    waiting += std::max(meeting, busy);
  }
  // All share a divider, which they need at about the same time.
  double dividing = divideCycles * (1 + 0.35 * (busy - 1)) * cost.divisions;
  return cost.cycles + waiting + dividing;
}

double schedule::getMissShare(double size) {
  // Lines that follow each other fill the sets evenly. A line stays if none of
  // the misses in between falls on its way.
  constexpr int ways = 4;
  auto getSetShare = [](double lines) {
    double misses = lines > ways;
    for (int i = 0; i != 100 && misses; ++i)
      misses = 1 - std::pow(1 - 1.0 / ways, (lines - 1) * misses);
    return misses;
  };
  double lines = ways * size; // of a set, on average
  double few = std::floor(lines), rest = lines - few;
  if (lines <= ways)
    return 0;
  return ((1 - rest) * few * getSetShare(few) +
          rest * (few + 1) * getSetShare(few + 1)) /
         lines;
}
