// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ExpandNamedCells.cpp - LSTM, GRU and linear as region cells --------===//
//
// The equations are those of RNNOps.td (ONNX, operators LSTM and GRU).
//
//===----------------------------------------------------------------------===//

#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace se::rnn {
#define GEN_PASS_DEF_EXPANDNAMEDCELLS
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

namespace {

/// Short names for the ops that cell bodies are made of.
struct CellBuilder : ImplicitLocOpBuilder {
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  Value add(Value a, Value b) { return arith::AddFOp::create(*this, a, b); }
  Value sub(Value a, Value b) { return arith::SubFOp::create(*this, a, b); }
  Value mul(Value a, Value b) { return arith::MulFOp::create(*this, a, b); }
  /// a + b, where b may be missing.
  Value addIf(Value a, Value b) { return b ? add(a, b) : a; }

  Value splat(Type type, float value) {
    auto tensor = cast<RankedTensorType>(type);
    Attribute element = FloatAttr::get(tensor.getElementType(), value);
    return arith::ConstantOp::create(*this,
                                     DenseElementsAttr::get(tensor, element));
  }
  /// Rows [offset, offset + size) of a vector or matrix.
  Value rows(Value x, int64_t offset, int64_t size) {
    auto type = cast<RankedTensorType>(x.getType());
    SmallVector<int64_t> shape(type.getShape());
    SmallVector<OpFoldResult> offsets(shape.size(), getIndexAttr(0)), sizes,
        strides(shape.size(), getIndexAttr(1));
    shape[0] = size;
    offsets[0] = getIndexAttr(offset);
    for (int64_t dim : shape)
      sizes.push_back(getIndexAttr(dim));
    return tensor::ExtractSliceOp::create(*this, type.clone(shape), x, offsets,
                                          sizes, strides);
  }
  /// Rows of a gate, named so that a policy may (LayerName.h).
  Value gate(StringRef name, Value x, int64_t offset, int64_t size) {
    Value y = rows(x, offset, size);
    y.setLoc(NameLoc::get(getStringAttr(name), getLoc()));
    return y;
  }
  Value matvec(Value w, Value x) {
    auto type = cast<RankedTensorType>(x.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape.back() = cast<RankedTensorType>(w.getType()).getDimSize(0);
    return MatvecOp::create(*this, type.clone(shape), w, x);
  }
  /// The activation of `x`, limited to [-clip, clip] before.
  Value activate(Attribute function, Value x,
                 std::optional<llvm::APFloat> clip = {}) {
    if (clip) {
      float limit = clip->convertToFloat();
      x = arith::MinimumFOp::create(*this, x, splat(x.getType(), limit));
      x = arith::MaximumFOp::create(*this, x, splat(x.getType(), -limit));
    }
    return ActivationOp::create(*this, x.getType(),
                                cast<ActivationAttr>(function), x);
  }
};

/// Makes cells and finds those that were made before: same kind of named cell,
/// same operand types and attributes.
class CellLibrary {
public:
  explicit CellLibrary(ModuleOp module) : symbols(module) {}

  /// The cell for `op` with these arguments. `body` fills a new cell: it gets
  /// the block arguments and returns outputs and next states.
  using Body = function_ref<std::pair<SmallVector<Value>, SmallVector<Value>>(
      CellBuilder &, ValueRange inputs, ValueRange states, ValueRange weights)>;
  CellOp getOrCreate(Operation *op, StringRef name, ValueRange inputs,
                     ValueRange states, ValueRange weights, Body body);

private:
  SymbolTable symbols;
  std::vector<std::pair<SmallVector<Attribute>, CellOp>> made;
};

} // namespace

static ArrayAttr typesOf(Builder &b, ValueRange values) {
  return b.getTypeArrayAttr(SmallVector<Type>(values.getTypes()));
}

CellOp CellLibrary::getOrCreate(Operation *op, StringRef name,
                                ValueRange inputs, ValueRange states,
                                ValueRange weights, Body body) {
  ModuleOp module = cast<ModuleOp>(symbols.getOp());
  // A name in a cell would be a gate's, and the cell may serve several layers.
  Location loc = op->getLoc();
  if (auto name = dyn_cast<NameLoc>(loc))
    loc = name.getChildLoc();
  CellBuilder b(loc, module.getBodyRegion());
  // Operand segments tell which optional weights there are.
  SmallVector<Attribute> key{op->getName().getIdentifier(),
                             op->getAttrDictionary(),
                             op->getPropertiesAsAttribute(),
                             typesOf(b, inputs),
                             typesOf(b, states),
                             typesOf(b, weights)};
  for (auto &[madeKey, cell] : made)
    if (madeKey == key)
      return cell;

  b.setInsertionPointToStart(module.getBody());
  auto cell = CellOp::create(b, name, typesOf(b, inputs), typesOf(b, states),
                             typesOf(b, weights), b.getTypeArrayAttr({}));
  Block &block = cell.getBody().emplaceBlock();
  auto addArguments = [&](ValueRange values) {
    unsigned first = block.getNumArguments();
    for (Value value : values)
      block.addArgument(value.getType(), b.getLoc());
    return ValueRange(block.getArguments().drop_front(first));
  };
  // Each call may move the arguments: take the ranges afterwards.
  addArguments(inputs);
  addArguments(states);
  addArguments(weights);
  ValueRange arguments = block.getArguments();
  b.setInsertionPointToStart(&block);
  auto [outputs, next] =
      body(b, arguments.take_front(inputs.size()),
           arguments.drop_front(inputs.size()).take_front(states.size()),
           arguments.take_back(weights.size()));
  YieldOp::create(b, outputs, next);
  cell.setOutputTypesAttr(typesOf(b, outputs));
  symbols.insert(cell);
  made.push_back({key, cell});
  return cell;
}

static ApplyOp applyCell(CellBuilder &b, CellOp cell, ValueRange inputs,
                         ValueRange states, ValueRange weights) {
  SmallVector<Type> outputs, next;
  for (Attribute type : cell.getOutputTypes())
    outputs.push_back(cast<TypeAttr>(type).getValue());
  for (Attribute type : cell.getStateTypes())
    next.push_back(cast<TypeAttr>(type).getValue());
  return ApplyOp::create(b, outputs, next, cell.getSymName(), inputs, states,
                         weights);
}

//===----------------------------------------------------------------------===//
// LSTM
//===----------------------------------------------------------------------===//

static void expand(LSTMOp op, CellLibrary &library) {
  CellBuilder b(op.getLoc(), op);
  int64_t n = cast<RankedTensorType>(op.getH().getType()).getDimSize(0);
  SmallVector<Value> inputs{op.getX()}, states{op.getH(), op.getC()};
  SmallVector<Value> weights{op.getW(), op.getR()};
  if (Value bias = op.getB())
    weights.push_back(
        b.add(b.rows(bias, 0, 4 * n), b.rows(bias, 4 * n, 4 * n)));
  if (Value peepholes = op.getP())
    weights.push_back(peepholes);

  auto body = [&](CellBuilder &b, ValueRange x, ValueRange states,
                  ValueRange weights) {
    Value h = states[0], c = states[1];
    Value bias = op.getB() ? weights[2] : Value();
    Value p = op.getP() ? weights.back() : Value();
    Attribute f = op.getActivations()[0], g = op.getActivations()[1],
              out = op.getActivations()[2];
    Value all = b.addIf(
        b.add(b.matvec(weights[0], x[0]), b.matvec(weights[1], h)), bias);
    // Gate k of i, o, f, c before its activation, with peephole j on `cell`.
    constexpr StringRef names[] = {"input", "output", "forget", "cell"};
    auto gate = [&](int k, int j, Value cell) {
      Value pre = b.gate(names[k], all, k * n, n);
      if (p && j >= 0)
        pre = b.add(pre, b.mul(b.rows(p, j * n, n), cell));
      return pre;
    };
    Value in = b.activate(f, gate(0, 0, c), op.getClip());
    Value forget = op.getInputForget()
                       ? b.sub(b.splat(in.getType(), 1.0f), in)
                       : b.activate(f, gate(2, 2, c), op.getClip());
    Value candidate = b.activate(g, gate(3, -1, c), op.getClip());
    Value cNext = b.add(b.mul(forget, c), b.mul(in, candidate));
    Value output = b.activate(f, gate(1, 1, cNext), op.getClip());
    Value hNext = b.mul(output, b.activate(out, cNext));
    return std::pair(SmallVector<Value>{hNext},
                     SmallVector<Value>{hNext, cNext});
  };
  CellOp cell = library.getOrCreate(op, "lstm", inputs, states, weights, body);
  ApplyOp apply = applyCell(b, cell, inputs, states, weights);
  op.getHNext().replaceAllUsesWith(apply.getNextStates()[0]);
  op.getCNext().replaceAllUsesWith(apply.getNextStates()[1]);
  op.erase();
}

//===----------------------------------------------------------------------===//
// GRU
//===----------------------------------------------------------------------===//

static void expand(GRUOp op, CellLibrary &library) {
  CellBuilder b(op.getLoc(), op);
  int64_t n = cast<RankedTensorType>(op.getH().getType()).getDimSize(0);
  bool after = op.getLinearBeforeReset(); // reset after the product
  SmallVector<Value> inputs{op.getX()}, states{op.getH()};
  SmallVector<Value> weights{op.getW()};
  if (after) {
    weights.push_back(op.getR());
  } else {
    weights.push_back(b.rows(op.getR(), 0, 2 * n));
    weights.push_back(b.rows(op.getR(), 2 * n, n));
  }
  unsigned firstBias = weights.size();
  if (Value bias = op.getB()) {
    // z and r; then the candidate, whose recurrent bias the reset gate scales
    // if it comes after the product.
    weights.push_back(
        b.add(b.rows(bias, 0, 2 * n), b.rows(bias, 3 * n, 2 * n)));
    Value input = b.rows(bias, 2 * n, n), recurrent = b.rows(bias, 5 * n, n);
    if (after)
      weights.append({input, recurrent});
    else
      weights.push_back(b.add(input, recurrent));
  }

  auto body = [&](CellBuilder &b, ValueRange x, ValueRange states,
                  ValueRange weights) {
    Value h = states[0];
    Attribute f = op.getActivations()[0], g = op.getActivations()[1];
    auto bias = [&](unsigned i) {
      return op.getB() ? weights[firstBias + i] : Value();
    };
    Value fromX = b.matvec(weights[0], x[0]), fromH = b.matvec(weights[1], h);
    Value gates = b.addIf(
        b.add(b.rows(fromX, 0, 2 * n), after ? b.rows(fromH, 0, 2 * n) : fromH),
        bias(0));
    Value z = b.activate(f, b.gate("update", gates, 0, n), op.getClip());
    Value r = b.activate(f, b.gate("reset", gates, n, n), op.getClip());
    Value fromInput = b.addIf(b.gate("hidden", fromX, 2 * n, n), bias(1));
    Value recurrent =
        after ? b.mul(r, b.addIf(b.gate("hidden", fromH, 2 * n, n), bias(2)))
              : b.matvec(weights[2], b.mul(r, h));
    if (!after)
      recurrent.setLoc(NameLoc::get(b.getStringAttr("hidden"), b.getLoc()));
    Value candidate = b.activate(g, b.add(fromInput, recurrent), op.getClip());
    Value one = b.splat(z.getType(), 1.0f);
    Value hNext = b.add(b.mul(b.sub(one, z), candidate), b.mul(z, h));
    return std::pair(SmallVector<Value>{hNext}, SmallVector<Value>{hNext});
  };
  CellOp cell = library.getOrCreate(op, "gru", inputs, states, weights, body);
  ApplyOp apply = applyCell(b, cell, inputs, states, weights);
  op.getHNext().replaceAllUsesWith(apply.getNextStates()[0]);
  op.erase();
}

static void expand(LinearOp op) {
  CellBuilder b(op.getLoc(), op);
  Value y = MatvecOp::create(b, op.getY().getType(), op.getW(), op.getX());
  Value bias = op.getB();
  if (bias.getType() != y.getType())
    bias = BroadcastOp::create(b, y.getType(), bias);
  op.getY().replaceAllUsesWith(b.add(y, bias));
  op.erase();
}

namespace {
struct ExpandNamedCellsPass
    : se::rnn::impl::ExpandNamedCellsBase<ExpandNamedCellsPass> {
  void runOnOperation() override {
    CellLibrary library(getOperation());
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa<LSTMOp, GRUOp, LinearOp>(op))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      if (auto lstm = dyn_cast<LSTMOp>(op))
        expand(lstm, library);
      else if (auto gru = dyn_cast<GRUOp>(op))
        expand(gru, library);
      else
        expand(cast<LinearOp>(op));
    }
  }
};
} // namespace
