// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsRecurrent.cpp - LSTM, GRU and RNN -------------------------------===//

#include "Node.h"

#include "mlir/IR/BuiltinAttributes.h"

#include <algorithm>

using namespace llvm;
using namespace se::onnx_import;
using se::rnn::ActivationAttr;
using se::rnn::ActivationKind;

namespace {
/// What the three operators have in common. X, W, R, B, sequence_lens and
/// initial_h are operands 0 to 5 of each.
class Recurrent {
public:
  Recurrent(Node &node, int64_t gates, ArrayRef<StringRef> functions)
      : node(node), e(node.e), gates(gates), functions(functions) {}

  /// Checks operands and attributes; false after an error.
  bool prepare();
  /// The state that operand `input` initializes, of shape [hidden].
  Operand initial(unsigned input, unsigned which, StringRef suffix);
  /// Notes the next value of a state that the network keeps by itself.
  void finish(const Operand &state, const Operand &next);
  /// Adds the next result of the node: Y, or a final state.
  void push(const Operand &h, bool sequence, unsigned which);

  Operand vector(const Operand &x, int64_t size) {
    return e.reshape(x, {size});
  }

  Node &node;
  Emitter &e;
  const int64_t gates;
  ArrayRef<StringRef> functions;

  int64_t hidden = 0;
  bool batchFirst = false, openSequence = false, openBatch = false;
  Operand x, W, R;
  std::optional<Operand> B;
  SmallVector<mlir::Attribute> activations;
  std::optional<float> clip;

private:
  bool readActivations();
  bool checkX();
  bool checkSequenceLengths();
  std::optional<Operand> weights(unsigned input, StringRef name,
                                 ArrayRef<int64_t> shape);
};
} // namespace

/// Name, kind, and whether it takes alpha and beta.
static const struct {
  StringLiteral name;
  ActivationKind kind;
  bool alpha, beta;
} activationNames[] = {
    {"sigmoid", ActivationKind::sigmoid, false, false},
    {"tanh", ActivationKind::tanh, false, false},
    {"relu", ActivationKind::relu, false, false},
    {"affine", ActivationKind::affine, true, true},
    {"leakyrelu", ActivationKind::leaky_relu, true, false},
    {"thresholdedrelu", ActivationKind::thresholded_relu, true, false},
    {"scaledtanh", ActivationKind::scaled_tanh, true, true},
    {"hardsigmoid", ActivationKind::hard_sigmoid, true, true},
    {"elu", ActivationKind::elu, true, false},
    {"softsign", ActivationKind::softsign, false, false},
    {"softplus", ActivationKind::softplus, false, false},
};

/// Values in activation_alpha and activation_beta belong to those functions
/// that take them, in order, as in ONNX Runtime.
bool Recurrent::readActivations() {
  std::vector<std::string> names = node.getStrings("activations");
  std::vector<float> alphas = node.getFloats("activation_alpha"),
                     betas = node.getFloats("activation_beta");
  if (names.empty())
    for (StringRef function : functions)
      names.push_back(function.str());
  if (names.size() != functions.size()) {
    node.error("has " + Twine(names.size()) + " activations; " +
               Twine(functions.size()) + " are expected");
    return false;
  }
  size_t nextAlpha = 0, nextBeta = 0;
  mlir::OpBuilder &b = e.getBuilder();
  for (const std::string &name : names) {
    const auto *entry = find_if(activationNames, [&](const auto &candidate) {
      return candidate.name == StringRef(name).lower();
    });
    if (entry == std::end(activationNames)) {
      node.error("activation '" + name + "' is unknown");
      return false;
    }
    mlir::FloatAttr alpha, beta;
    if (entry->alpha && nextAlpha < alphas.size())
      alpha = b.getF32FloatAttr(alphas[nextAlpha++]);
    if (entry->beta && nextBeta < betas.size())
      beta = b.getF32FloatAttr(betas[nextBeta++]);
    activations.push_back(
        ActivationAttr::get(b.getContext(), entry->kind, alpha, beta));
  }
  return true;
}

bool Recurrent::checkX() {
  const Operand &operand = node.at(0);
  if (operand.rank() != 3) {
    node.error("X of shape " + toString(operand.shape) +
               " must have three dimensions");
    return false;
  }
  int64_t time = batchFirst ? 1 : 0, batch = batchFirst ? 0 : 1;
  if (operand.shape[time] != 1) {
    node.error("the sequence has " + Twine(operand.shape[time]) +
               " steps inside one frame; recurrences inside a frame are not "
               "supported yet. If the steps are frames, export with sequence "
               "length 1 or dynamic");
    return false;
  }
  if (operand.shape[batch] != 1) {
    node.error("the batch has " + Twine(operand.shape[batch]) +
               " sequences; a recurrence for each part of a frame is not "
               "supported yet. If they are recordings, export with batch size "
               "1 or dynamic");
    return false;
  }
  if (operand.open[2]) {
    node.mixes(2, "sums over");
    return false;
  }
  openSequence = operand.open[time];
  openBatch = operand.open[batch];
  x = vector(operand, operand.shape[2]);
  return true;
}

/// Operand `input` as constant floats of `shape` behind the direction.
std::optional<Operand> Recurrent::weights(unsigned input, StringRef name,
                                          ArrayRef<int64_t> shape) {
  TensorPtr tensor = node.floatsOf(input, name);
  if (!tensor)
    return std::nullopt;
  Shape full{1};
  full.append(shape.begin(), shape.end());
  if (tensor->shape == full)
    return e.reshape(node.at(input), shape);
  node.error(name + " has shape " + toString(tensor->shape) + " instead of " +
             toString(full));
  return std::nullopt;
}

bool Recurrent::checkSequenceLengths() {
  const Operand *lengths = node.find(4);
  if (!lengths)
    return true;
  if (lengths->tensor && !lengths->isFloat() && lengths->tensor->size() == 1 &&
      lengths->tensor->ints[0] == 1 &&
      (!openSequence || lengths->tensor->isDynamic(0)))
    return true;
  node.error("sequence_lens must be the length of the sequence; leave it out");
  return false;
}

bool Recurrent::prepare() {
  std::string direction = node.getString("direction", "forward");
  batchFirst = node.getInt("layout", 0) != 0;
  int64_t declared = node.getInt("hidden_size", 0);
  bool hasClip = node.has("clip");
  float limit = node.getFloat("clip", 0);
  if (e.failed())
    return false;
  // Along what is no time, all directions are alike.
  if (!checkX())
    return false;
  if (direction != "forward") {
    node.error("direction '" + direction +
               "' needs future frames, so it cannot stream; only 'forward' is "
               "supported");
    return false;
  }
  if (hasClip && !(limit > 0)) {
    node.error("clip must be positive");
    return false;
  }
  if (hasClip)
    clip = limit;
  if (!readActivations() || !checkSequenceLengths())
    return false;
  const Operand &recurrence = node.at(2);
  if (recurrence.rank() != 3 || recurrence.shape[2] < 1) {
    node.error("R of shape " + toString(recurrence.shape) +
               " must have three dimensions");
    return false;
  }
  hidden = recurrence.shape[2];
  if (declared != 0 && declared != hidden) {
    node.error("hidden_size " + Twine(declared) +
               " does not match R of shape " + toString(recurrence.shape));
    return false;
  }
  std::optional<Operand> w = weights(1, "W", {gates * hidden, x.shape[0]});
  std::optional<Operand> r =
      w ? weights(2, "R", {gates * hidden, hidden}) : std::nullopt;
  if (!w || !r)
    return false;
  W = *w;
  R = *r;
  if (node.find(3)) {
    B = weights(3, "B", {2 * gates * hidden});
    if (!B)
      return false;
  }
  return true;
}

Operand Recurrent::initial(unsigned input, unsigned which, StringRef suffix) {
  const Operand *given = node.find(input);
  Operand zeros = e.constant(makeFloats({hidden}, std::vector<float>(hidden)));
  if (given) {
    std::optional<int64_t> count = countElements(given->shape);
    if (given->rank() != 3 || count != hidden || !given->isFloat()) {
      node.error("the initial state of shape " + toString(given->shape) +
                 " must have shape [1, 1, " + Twine(hidden) + "]");
      return zeros;
    }
  }
  if (!given || given->tensor) {
    TensorPtr reset;
    if (given && any_of(given->tensor->floats, [](float f) { return f != 0; }))
      reset = given->tensor;
    return node.addState(suffix, {hidden}, reset);
  }
  for (unsigned i : given->movedInputs)
    node.recurrences.feeds[i].insert(2 * node.index + which);
  // Over many frames the state must survive from one to the next.
  if (openSequence)
    node.recurrences.demands.push_back(
        {"node '" + node.name().str() + "' (" + node.op().str() + ")",
         given->inputs});
  return vector(*given, hidden);
}

void Recurrent::finish(const Operand &state, const Operand &next) {
  node.setNext(state, next);
}

void Recurrent::push(const Operand &h, bool sequence, unsigned which) {
  if (!node.wants(node.outputs.size()))
    return node.push(h);
  // Y is [seq, direction, batch, hidden] or [batch, seq, direction, hidden];
  // Y_h is [direction, batch, hidden] or [batch, direction, hidden].
  Shape shape(sequence ? 3 : 2, 1);
  Flags open(shape.size(), false);
  if (sequence)
    open[batchFirst ? 1 : 0] = openSequence;
  open[batchFirst ? 0 : sequence ? 2 : 1] = openBatch;
  shape.push_back(hidden);
  open.push_back(false);
  Operand y = e.reshape(h, shape, open);
  if (!sequence)
    y.movedStates.set(2 * node.index + which);
  node.push(y);
}

void se::onnx_import::importLSTM(Node &node) {
  StringRef defaults[] = {"Sigmoid", "Tanh", "Tanh"};
  Recurrent r(node, 4, defaults);
  bool coupled = node.getInt("input_forget", 0) != 0;
  if (!r.prepare())
    return;
  Emitter &e = node.e;
  mlir::Value P;
  if (node.find(7)) {
    TensorPtr peepholes = node.floatsOf(7, "P");
    if (!peepholes)
      return;
    if (peepholes->shape != Shape{1, 3 * r.hidden})
      return node.error("P has shape " + toString(peepholes->shape) +
                        " instead of " + toString({1, 3 * r.hidden}));
    P = e.get(r.vector(node.at(7), 3 * r.hidden));
  }
  Operand h = r.initial(5, 0, ".h");
  if (e.failed())
    return;
  Operand c = r.initial(6, 1, ".c");
  if (e.failed())
    return;
  mlir::OpBuilder &b = e.getBuilder();
  mlir::RankedTensorType type = e.typeOf({r.hidden});
  mlir::Value x = e.get(r.x), hv = e.get(h), cv = e.get(c), W = e.get(r.W),
              R = e.get(r.R), B = r.B ? e.get(*r.B) : mlir::Value();
  auto lstm = se::rnn::LSTMOp::create(
      b, e.getLoc(), type, type, x, hv, cv, W, R, B, P,
      b.getArrayAttr(r.activations),
      r.clip ? b.getF32FloatAttr(*r.clip) : mlir::FloatAttr(),
      coupled ? b.getUnitAttr() : mlir::UnitAttr());
  Operand hNext = e.wrap(lstm.getHNext()), cNext = e.wrap(lstm.getCNext());
  r.finish(h, hNext);
  r.finish(c, cNext);
  r.push(hNext, /*sequence=*/true, 0);
  r.push(hNext, /*sequence=*/false, 0);
  r.push(cNext, /*sequence=*/false, 1);
}

static void importGRU(Node &node) {
  StringRef defaults[] = {"Sigmoid", "Tanh"};
  Recurrent r(node, 3, defaults);
  bool after = node.getInt("linear_before_reset", 0) != 0;
  if (!r.prepare())
    return;
  Emitter &e = node.e;
  Operand h = r.initial(5, 0, ".h");
  if (e.failed())
    return;
  mlir::OpBuilder &b = e.getBuilder();
  mlir::Value x = e.get(r.x), hv = e.get(h), W = e.get(r.W), R = e.get(r.R),
              B = r.B ? e.get(*r.B) : mlir::Value();
  auto gru = se::rnn::GRUOp::create(b, e.getLoc(), e.typeOf({r.hidden}), x, hv,
                                    W, R, B, b.getArrayAttr(r.activations),
                                    r.clip ? b.getF32FloatAttr(*r.clip)
                                           : mlir::FloatAttr(),
                                    after ? b.getUnitAttr() : mlir::UnitAttr());
  Operand hNext = e.wrap(gru.getHNext());
  r.finish(h, hNext);
  r.push(hNext, /*sequence=*/true, 0);
  r.push(hNext, /*sequence=*/false, 0);
}

/// h' = f(W x + R h + Wb + Rb): too small for a named cell.
static void importRNN(Node &node) {
  StringRef defaults[] = {"Tanh"};
  Recurrent r(node, 1, defaults);
  if (!r.prepare())
    return;
  Emitter &e = node.e;
  Operand h = r.initial(5, 0, ".h");
  if (e.failed())
    return;
  Operand sum;
  if (r.B)
    sum = e.linear(r.W, r.x,
                   e.binary(Binary::Add, e.slice(*r.B, 0, 0, r.hidden),
                            e.slice(*r.B, 0, r.hidden, r.hidden)));
  else
    sum = e.matvec(r.W, r.x);
  sum = e.binary(Binary::Add, sum, e.matvec(r.R, h));
  if (r.clip) {
    sum = e.binary(Binary::Max, sum, -*r.clip);
    sum = e.binary(Binary::Min, sum, *r.clip);
  }
  Operand hNext = e.activation(cast<ActivationAttr>(r.activations[0]), sum);
  r.finish(h, hNext);
  r.push(hNext, /*sequence=*/true, 0);
  r.push(hNext, /*sequence=*/false, 0);
}

void se::onnx_import::addRecurrent(OperatorTable &table) {
  table["LSTM"] = {importLSTM, 3, 8};
  table["GRU"] = {importGRU, 3, 6};
  table["RNN"] = {importRNN, 3, 6};
}
