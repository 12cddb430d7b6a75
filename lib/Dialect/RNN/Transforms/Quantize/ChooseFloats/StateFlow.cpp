// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StateFlow.cpp - How states reach the next frame --------------------===//

#include "StateFlow.h"

#include "Intervals.h"
#include "Layers/Tensors.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/SCCIterator.h"
#include "llvm/ADT/SparseBitVector.h"
#include "llvm/ADT/TypeSwitch.h"

#include <map>

using namespace mlir;
using namespace se::rnn;

namespace {
/// Of a graph with cycles.
struct Node {
  unsigned number = 0;
  SmallVector<Node *, 2> next;
};
} // namespace

namespace llvm {
template <> struct GraphTraits<Node *> {
  using NodeRef = Node *;
  using ChildIteratorType = SmallVectorImpl<Node *>::iterator;
  static NodeRef getEntryNode(NodeRef node) { return node; }
  static ChildIteratorType child_begin(NodeRef node) {
    return node->next.begin();
  }
  static ChildIteratorType child_end(NodeRef node) { return node->next.end(); }
};
} // namespace llvm

namespace {
/// Which operations and states lie on cycles over frames. Only there anything
/// is left of a state when it is computed anew.
class Cycles {
public:
  explicit Cycles(NetworkOp network);

  /// The cycles that a value is part of have one number; 0 if there are none.
  unsigned get(Value value) const {
    Operation *op = value.getDefiningOp();
    return op ? numbers.lookup(op)
              : states.lookup(cast<BlockArgument>(value).getArgNumber());
  }

private:
  llvm::DenseMap<Operation *, unsigned> numbers;
  llvm::DenseMap<unsigned, unsigned> states; ///< by numbers of arguments
};

/// What is left of a state in a value, element by element.
struct Path {
  unsigned state;
  /// The part of the state that was taken: paths from one part add up element
  /// by element.
  Value part;
  Interval factor;
  bool isRounded = false; ///< arithmetic on the way
  bool isGated = false;   ///< multiplied by data; the factor means nothing
};

/// What is left of all states in a value.
struct Paths {
  SmallVector<Path, 1> all;
  /// States that are behind a matrix or a reduction.
  llvm::SparseBitVector<> mixed;

  bool empty() const { return all.empty() && mixed.empty(); }
  Path *find(const Path &like) {
    auto *it = llvm::find_if(all, [&](const Path &path) {
      return path.state == like.state && path.part == like.part;
    });
    return it == all.end() ? nullptr : it;
  }
  /// Adds a path of one of several values, whichever it is.
  void joinPath(const Path &path);
};

/// Goes through a network. Paths are kept until the last operation has read
/// them.
class PathFinder {
public:
  explicit PathFinder(NetworkOp network);

  const Paths &get(Value value) const {
    // What leads out of a cycle leads nowhere.
    if (reader && cycles.get(value) != cycles.get(reader->getResult(0)))
      return none;
    auto it = paths.find(value);
    return it == paths.end() ? none : it->second;
  }

private:
  /// Those of an operand, which no other operation may need.
  Paths take(Value value);
  Paths find(Operation *op);
  Paths add(Value a, Value b, double sign);
  Paths join(ArrayRef<Value> values);
  Paths multiply(Value a, Value b);
  Paths scale(Value value, std::optional<Interval> factor);
  /// Adds those of a factor of something that depends on data.
  void addGated(Paths &product, Value value);
  Paths activate(ActivationOp op);
  /// Behind a matrix or a reduction.
  Paths mix(Operation *op) const;

  const Cycles cycles;
  llvm::DenseMap<Value, Paths> paths;
  const Paths none;
  Operation *reader = nullptr; ///< the operation that is looked at
  llvm::DenseMap<Value, Operation *> lastReader;
};
} // namespace

static Interval hull(const Interval &a, const Interval &b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

void Paths::joinPath(const Path &path) {
  Path *same = find(path);
  if (!same) {
    all.push_back(path);
    return;
  }
  same->factor = hull(same->factor, path.factor);
  same->isRounded |= path.isRounded;
  same->isGated |= path.isGated;
}

Cycles::Cycles(NetworkOp network) {
  Block &block = network.getBody().front();
  unsigned numNodes = 0;
  llvm::DenseMap<Operation *, Node *> nodeOf;
  std::vector<Node> nodes(network.getNumStates() +
                          block.getOperations().size());
  Node root;
  auto addNode = [&] {
    Node &node = nodes[numNodes];
    node.number = numNodes++;
    root.next.push_back(&node);
    return &node;
  };
  SmallVector<Node *> stateNodes;
  for (unsigned k = 0; k != network.getNumStates(); ++k)
    stateNodes.push_back(addNode());
  for (Operation &op : block)
    nodeOf[&op] = addNode();
  auto addReaders = [&](Node *node, Value value) {
    for (OpOperand &use : value.getUses())
      if (auto yield = dyn_cast<YieldOp>(use.getOwner())) {
        unsigned outputs = yield.getOutputs().size();
        if (use.getOperandNumber() >= outputs)
          node->next.push_back(stateNodes[use.getOperandNumber() - outputs]);
      } else {
        node->next.push_back(nodeOf[use.getOwner()]);
      }
  };
  for (auto [k, state] : llvm::enumerate(network.getStateArguments()))
    addReaders(stateNodes[k], state);
  for (Operation &op : block)
    for (Value result : op.getResults())
      addReaders(nodeOf[&op], result);
  std::vector<unsigned> cycleOf(nodes.size());
  unsigned number = 0;
  for (auto cycle = llvm::scc_begin(&root); !cycle.isAtEnd(); ++cycle) {
    if (!cycle.hasCycle())
      continue;
    ++number;
    for (Node *node : *cycle)
      cycleOf[node->number] = number;
  }
  for (auto [op, node] : nodeOf)
    numbers[op] = cycleOf[node->number];
  for (auto [k, state] : llvm::enumerate(network.getStateArguments()))
    states[state.getArgNumber()] = cycleOf[stateNodes[k]->number];
}

PathFinder::PathFinder(NetworkOp network) : cycles(network) {
  for (auto [k, state] : llvm::enumerate(network.getStateArguments()))
    paths[state].all = {{unsigned(k), state, {1, 1}}};
  Block &block = network.getBody().front();
  for (Operation &op : block)
    for (Value operand : op.getOperands())
      lastReader[operand] = &op;
  for (Operation &op : block) {
    if (op.getNumResults() != 1 || !cycles.get(op.getResult(0)))
      continue;
    reader = &op;
    if (Paths found = find(&op); !found.empty())
      paths[op.getResult(0)] = std::move(found);
    for (Value operand : op.getOperands())
      if (lastReader.lookup(operand) == &op)
        paths.erase(operand);
  }
  reader = nullptr;
}

Paths PathFinder::take(Value value) {
  bool isOnce = llvm::count(reader->getOperands(), value) == 1;
  auto it = paths.find(value);
  if (it == paths.end() || !isOnce || lastReader.lookup(value) != reader ||
      cycles.get(value) != cycles.get(reader->getResult(0)))
    return get(value);
  return std::move(it->second);
}

Paths PathFinder::add(Value a, Value b, double sign) {
  Paths sum = take(a);
  sum.mixed |= get(b).mixed;
  for (Path path : get(b).all) {
    if (sign < 0)
      path.factor = {-path.factor.high, -path.factor.low};
    if (Path *same = sum.find(path)) {
      same->factor = {same->factor.low + path.factor.low,
                      same->factor.high + path.factor.high};
      same->isGated |= path.isGated;
    } else {
      sum.all.push_back(path);
    }
  }
  for (Path &path : sum.all)
    path.isRounded = true;
  return sum;
}

/// One of several values, whichever it is.
Paths PathFinder::join(ArrayRef<Value> values) {
  Paths joined = take(values.front());
  for (Value value : values.drop_front()) {
    joined.mixed |= get(value).mixed;
    for (const Path &path : get(value).all)
      joined.joinPath(path);
  }
  return joined;
}

Paths PathFinder::scale(Value value, std::optional<Interval> factor) {
  Paths scaled = take(value);
  for (Path &path : scaled.all) {
    path.isRounded |= !factor || factor->magnitude() != 1;
    if (factor)
      path.factor = multiplyIntervals(path.factor, *factor);
    else
      path.isGated = true;
  }
  return scaled;
}

void PathFinder::addGated(Paths &product, Value value) {
  Paths gated = scale(value, std::nullopt);
  product.mixed |= gated.mixed;
  for (const Path &path : gated.all)
    if (Path *same = product.find(path))
      same->isGated = same->isRounded = true;
    else
      product.all.push_back(path);
}

Paths PathFinder::multiply(Value a, Value b) {
  if (std::optional<Interval> factor = getChoiceOfConstants(b))
    return scale(a, factor);
  if (std::optional<Interval> factor = getChoiceOfConstants(a))
    return scale(b, factor);
  Paths product = scale(a, std::nullopt);
  addGated(product, b);
  return product;
}

Paths PathFinder::activate(ActivationOp op) {
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
  Paths behind;
  for (Value operand : op->getOperands()) {
    behind.mixed |= get(operand).mixed;
    for (const Path &path : get(operand).all)
      behind.mixed.set(path.state);
  }
  return behind;
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
        addGated(quotient, div.getRhs());
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
      .Case<ReshapeOp, BroadcastOp, TransposeOp>(
          [&](Operation *movement) { return take(movement->getOperand(0)); })
      .Case([&](tensor::ExtractSliceOp slice) {
        // Slices of one state that are added are different elements of it.
        // Several paths of a state are those of parts of a concatenation.
        Paths whole = take(slice.getSource()), parts;
        parts.mixed = std::move(whole.mixed);
        for (Path path : whole.all) {
          path.part = slice.getResult();
          parts.joinPath(path);
        }
        return parts;
      })
      .Case([&](tensor::ConcatOp concat) {
        return join(llvm::to_vector(concat.getInputs()));
      })
      .Case<MatvecOp, ReduceOp>([&](Operation *sum) { return mix(sum); })
      .Case([&](arith::CmpFOp) { return Paths(); })
      .Default([&](Operation *other) {
        Paths product;
        for (Value operand : other->getOperands())
          addGated(product, operand);
        return product;
      });
}

namespace {
/// From a state to a next state.
struct Edge {
  double factor = 0; ///< the largest
  bool isRounded = false, isGated = false;
  bool isElementwise = false;

  bool carries() const { return isElementwise && !isGated && factor > 0; }
};

/// How large a part of a state is added to a next state.
struct Factor {
  unsigned to, from;
  double value;
};
} // namespace

/// By states, those that reach a next value; of what is behind a matrix the
/// edge knows nothing else.
static std::map<unsigned, Edge> getEdges(const Paths &paths) {
  std::map<unsigned, Edge> edges;
  for (unsigned state : paths.mixed)
    edges.try_emplace(state);
  for (const Path &path : paths.all) {
    Edge &edge = edges[path.state];
    edge.isElementwise = true;
    edge.isGated |= path.isGated;
    edge.isRounded |= path.isRounded;
    edge.factor += path.factor.magnitude();
  }
  return edges;
}

/// The largest eigenvalue of a matrix of nonnegative numbers, or a little more.
static double getSpectralRadius(size_t n, ArrayRef<Factor> matrix) {
  // That of (matrix + 1) / 2, which is aperiodic.
  std::vector<double> x(n, 1.0), next(n);
  double radius = 0;
  for (unsigned step = 0; step != 200; ++step) {
    double most = 0;
    radius = 0;
    next = x;
    for (const Factor &factor : matrix)
      next[factor.to] += factor.value * x[factor.from];
    for (size_t i = 0; i != n; ++i) {
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
  std::vector<std::map<unsigned, Edge>> edges; // to each state
  std::vector<Node> nodes(n);
  Node root{n, {}};
  for (auto [to, next] : llvm::enumerate(network.getYield().getStates())) {
    edges.push_back(getEdges(finder.get(next)));
    for (const auto &[from, edge] : edges.back()) {
      if (from == to)
        gated[to] = edge.isGated || !edge.isElementwise;
      if (edge.carries())
        nodes[from].next.push_back(&nodes[to]);
    }
    nodes[to].number = to;
    root.next.push_back(&nodes[to]);
  }
  // States that reach each other.
  for (auto cycle = llvm::scc_begin(&root); !cycle.isAtEnd(); ++cycle) {
    if (!cycle.hasCycle())
      continue;
    SmallVector<unsigned> states;
    for (Node *node : *cycle)
      states.push_back(node->number);
    llvm::sort(states);
    llvm::DenseMap<unsigned, unsigned> number;
    for (auto [i, state] : llvm::enumerate(states))
      number[state] = i;
    bool isRounded = false;
    std::vector<Factor> factors;
    for (unsigned to : states)
      for (const auto &[from, edge] : edges[to]) {
        auto known = number.find(from);
        if (known == number.end() || !edge.isElementwise || edge.isGated)
          continue;
        factors.push_back({number[to], known->second, edge.factor});
        isRounded |= edge.isRounded;
      }
    if (isRounded && getSpectralRadius(states.size(), factors) > mostOfHalf)
      for (unsigned state : states)
        slow[state] = true;
  }
}
