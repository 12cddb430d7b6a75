// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StateFlow.cpp - How states reach the next frame --------------------===//

#include "StateFlow.h"

#include "Intervals.h"
#include "Tensors.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace se::rnn;

namespace {
/// What is left of a state in a value.
struct Path {
  unsigned state;
  /// The part of the state that was taken: paths from one part add up element
  /// by element. Null behind a matrix or a reduction.
  Value part;
  Interval factor;
  bool isRounded = false; ///< arithmetic on the way
  bool isGated = false;   ///< multiplied by data; the factor means nothing
};
using Paths = SmallVector<Path>;

class PathFinder {
public:
  explicit PathFinder(NetworkOp network);

  ArrayRef<Path> get(Value value) const {
    auto it = paths.find(value);
    return it == paths.end() ? ArrayRef<Path>() : ArrayRef<Path>(it->second);
  }

private:
  Paths find(Operation *op);
  Paths add(Value a, Value b, double sign) const;
  Paths join(ArrayRef<Value> values) const;
  Paths multiply(Value a, Value b) const;
  Paths scale(Value value, std::optional<Interval> factor) const;
  Paths activate(ActivationOp op) const;
  /// Behind a matrix or a reduction.
  Paths mix(Operation *op) const;

  llvm::DenseMap<Value, Paths> paths;
};
} // namespace

static Interval hull(const Interval &a, const Interval &b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

static Path *findPart(Paths &paths, const Path &like) {
  auto it = llvm::find_if(paths, [&](const Path &path) {
    return path.state == like.state && path.part == like.part;
  });
  return it == paths.end() ? nullptr : it;
}

PathFinder::PathFinder(NetworkOp network) {
  for (auto [k, state] : llvm::enumerate(network.getStateArguments()))
    paths[state] = {{unsigned(k), state, {1, 1}}};
  for (Operation &op : network.getBody().front())
    if (op.getNumResults() == 1)
      if (Paths found = find(&op); !found.empty())
        paths[op.getResult(0)] = std::move(found);
}

Paths PathFinder::add(Value a, Value b, double sign) const {
  Paths sum(get(a));
  for (Path path : get(b)) {
    if (sign < 0)
      path.factor = {-path.factor.high, -path.factor.low};
    if (Path *same = findPart(sum, path)) {
      same->factor = {same->factor.low + path.factor.low,
                      same->factor.high + path.factor.high};
      same->isGated |= path.isGated;
    } else {
      sum.push_back(path);
    }
  }
  for (Path &path : sum)
    path.isRounded = true;
  return sum;
}

/// One of several values, whichever it is.
Paths PathFinder::join(ArrayRef<Value> values) const {
  Paths all;
  for (Value value : values)
    for (const Path &path : get(value)) {
      Path *same = findPart(all, path);
      if (!same) {
        all.push_back(path);
        continue;
      }
      same->factor = hull(same->factor, path.factor);
      same->isRounded |= path.isRounded;
      same->isGated |= path.isGated;
    }
  return all;
}

Paths PathFinder::scale(Value value, std::optional<Interval> factor) const {
  Paths scaled(get(value));
  for (Path &path : scaled) {
    path.isRounded |= !factor || factor->magnitude() != 1;
    if (factor)
      path.factor = multiplyIntervals(path.factor, *factor);
    else if (path.part)
      path.isGated = true;
  }
  return scaled;
}

Paths PathFinder::multiply(Value a, Value b) const {
  if (std::optional<Interval> factor = getChoiceOfConstants(b))
    return scale(a, factor);
  if (std::optional<Interval> factor = getChoiceOfConstants(a))
    return scale(b, factor);
  Paths product = scale(a, std::nullopt);
  llvm::append_range(product, scale(b, std::nullopt));
  return product;
}

Paths PathFinder::activate(ActivationOp op) const {
  // The largest slope.
  ActivationAttr function = op.getFunction();
  double slope = 1;
  switch (function.getKind()) {
  case ActivationKind::sigmoid:
    slope = 0.25;
    break;
  case ActivationKind::affine:
  case ActivationKind::hard_sigmoid:
    slope = function.getAlphaValue();
    break;
  case ActivationKind::scaled_tanh:
    slope = function.getAlphaValue() * function.getBetaValue();
    break;
  default:
    break;
  }
  return scale(op.getX(), Interval{slope, slope});
}

Paths PathFinder::mix(Operation *op) const {
  Paths mixed;
  for (Value operand : op->getOperands())
    for (const Path &path : get(operand))
      mixed.push_back({path.state, Value(), {0, 0}, /*isRounded=*/true});
  return mixed;
}

Paths PathFinder::find(Operation *op) {
  if (llvm::all_of(op->getOperands(), [&](Value v) { return get(v).empty(); }))
    return {};
  return llvm::TypeSwitch<Operation *, Paths>(op)
      .Case([&](arith::AddFOp add_) {
        return add(add_.getLhs(), add_.getRhs(), 1);
      })
      .Case([&](arith::SubFOp sub) {
        return add(sub.getLhs(), sub.getRhs(), -1);
      })
      .Case([&](arith::MulFOp mul) {
        return multiply(mul.getLhs(), mul.getRhs());
      })
      .Case([&](arith::DivFOp div) {
        std::optional<Interval> divisor = getChoiceOfConstants(div.getRhs());
        Paths quotient = scale(div.getLhs(), divisor ? invertInterval(*divisor)
                                                     : std::nullopt);
        llvm::append_range(quotient, scale(div.getRhs(), std::nullopt));
        return quotient;
      })
      .Case([&](arith::NegFOp neg) {
        return scale(neg.getOperand(), Interval{-1, -1});
      })
      .Case<arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp,
            arith::MinNumFOp>([&](Operation *choice) {
        return join({choice->getOperand(0), choice->getOperand(1)});
      })
      .Case([&](arith::SelectOp select) {
        return join({select.getTrueValue(), select.getFalseValue()});
      })
      .Case([&](math::AbsFOp abs) {
        return scale(abs.getOperand(), Interval{-1, 1});
      })
      .Case([&](ActivationOp activation) { return activate(activation); })
      .Case<ReshapeOp, BroadcastOp, TransposeOp>([&](Operation *movement) {
        return Paths(get(movement->getOperand(0)));
      })
      .Case([&](tensor::ExtractSliceOp slice) {
        // Slices of one state that are added are different elements of it.
        Paths parts(get(slice.getSource()));
        for (Path &path : parts)
          if (path.part)
            path.part = slice.getResult();
        return parts;
      })
      .Case([&](tensor::ConcatOp concat) {
        return join(llvm::to_vector(concat.getInputs()));
      })
      .Case<MatvecOp, ReduceOp>([&](Operation *sum) { return mix(sum); })
      .Case([&](arith::CmpFOp) { return Paths(); })
      .Default([&](Operation *other) {
        Paths all;
        for (Value operand : other->getOperands())
          llvm::append_range(all, scale(operand, std::nullopt));
        return all;
      });
}

namespace {
/// From a state to a next state.
struct Edge {
  double factor = 0; ///< the largest
  bool isRounded = false, isGated = false;
  bool isElementwise = false, exists = false;
};
} // namespace

static Edge summarize(ArrayRef<Path> paths, unsigned state) {
  Edge edge;
  for (const Path &path : paths) {
    if (path.state != state)
      continue;
    edge.exists = true;
    if (!path.part)
      continue;
    edge.isElementwise = true;
    edge.isGated |= path.isGated;
    edge.isRounded |= path.isRounded;
    edge.factor += path.factor.magnitude();
  }
  return edge;
}

/// The largest eigenvalue of a matrix of nonnegative numbers, or a little more.
static double
getSpectralRadius(const std::vector<std::vector<double>> &matrix) {
  // That of (matrix + 1) / 2, which is aperiodic.
  size_t n = matrix.size();
  std::vector<double> x(n, 1.0), next(n);
  double radius = 0;
  for (unsigned step = 0; step != 200; ++step) {
    double most = 0;
    radius = 0;
    for (size_t i = 0; i != n; ++i) {
      next[i] = x[i];
      for (size_t j = 0; j != n; ++j)
        next[i] += matrix[i][j] * x[j];
      next[i] /= 2;
      radius = std::max(radius, next[i] / x[i]);
      most = std::max(most, next[i]);
    }
    for (size_t i = 0; i != n; ++i)
      x[i] = std::max(next[i] / most, 1e-30);
  }
  return 2 * radius - 1;
}

StateFlow::StateFlow(NetworkOp network)
    : slow(network.getNumStates()), gated(network.getNumStates()) {
  PathFinder finder(network);
  unsigned n = network.getNumStates();
  std::vector<std::vector<Edge>> edges(n, std::vector<Edge>(n));
  std::vector<std::vector<bool>> reaches(n, std::vector<bool>(n));
  for (unsigned to = 0; to != n; ++to)
    for (unsigned from = 0; from != n; ++from) {
      Edge edge =
          summarize(finder.get(network.getYield().getStates()[to]), from);
      if (from == to)
        gated[to] = edge.exists && (edge.isGated || !edge.isElementwise);
      reaches[from][to] =
          edge.isElementwise && !edge.isGated && edge.factor > 0;
      edges[from][to] = edge;
    }
  for (unsigned via = 0; via != n; ++via)
    for (unsigned from = 0; from != n; ++from)
      if (reaches[from][via])
        for (unsigned to = 0; to != n; ++to)
          if (reaches[via][to])
            reaches[from][to] = true;
  // States that reach each other.
  for (unsigned k = 0; k != n; ++k) {
    SmallVector<unsigned> cycle;
    for (unsigned other = 0; other != n; ++other)
      if (reaches[k][other] && reaches[other][k])
        cycle.push_back(other);
    if (cycle.empty() || cycle.front() != k)
      continue;
    bool isRounded = false;
    std::vector<std::vector<double>> factors;
    for (unsigned to : cycle) {
      factors.emplace_back();
      for (unsigned from : cycle) {
        const Edge &edge = edges[from][to];
        factors.back().push_back(edge.isGated ? 0 : edge.factor);
        isRounded |= edge.isElementwise && !edge.isGated && edge.isRounded;
      }
    }
    if (isRounded && getSpectralRadius(factors) > mostOfHalf)
      for (unsigned state : cycle)
        slow[state] = true;
  }
}
