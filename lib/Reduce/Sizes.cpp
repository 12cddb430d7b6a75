// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Sizes.cpp - Smaller tensors ----------------------------------------===//
//
// Dimensions that must be equal are a class: the rows of a matrix, the vector
// that it gives, what is added to that. A class becomes smaller as a whole, if
// every operation that has to do with it is known here.
//
//===----------------------------------------------------------------------===//

#include "se/Reduce/Reduce.h"

#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/IntEqClasses.h"

using namespace mlir;
using namespace se;

namespace {
class Sizes {
public:
  explicit Sizes(rnn::NetworkOp network);

  /// A smaller size for a class of dimensions.
  struct Choice {
    unsigned leader;
    int64_t size;
  };
  ArrayRef<Choice> getChoices() const { return choices; }
  void apply(Choice choice);

private:
  void add(Operation &op);
  /// Dimensions are numbered in the order of the text.
  unsigned getNumber(Value value, unsigned i) const {
    return first.at(value) + i;
  }
  void equate(Value a, unsigned i, Value b, unsigned j) {
    classes.join(getNumber(a, i), getNumber(b, j));
  }
  void equateAll(Value a, Value b);
  void freeze(Value value);
  void freezeAll(Operation &op);
  void addReshape(Value from, Value to);
  void addSlice(tensor::ExtractSliceOp op);

  rnn::NetworkOp network;
  SmallVector<Value> values;
  llvm::DenseMap<Value, unsigned> first;
  llvm::IntEqClasses classes;
  SmallVector<unsigned> frozen;
  SmallVector<Choice> choices;
};
} // namespace

static ArrayRef<int64_t> getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

void Sizes::equateAll(Value a, Value b) {
  for (unsigned i = 0; i != getShape(a).size(); ++i)
    equate(a, i, b, i);
}

void Sizes::freeze(Value value) {
  for (unsigned i = 0; i != getShape(value).size(); ++i)
    frozen.push_back(getNumber(value, i));
}

void Sizes::freezeAll(Operation &op) {
  for (Value value : op.getOperands())
    freeze(value);
  for (Value value : op.getResults())
    freeze(value);
}

/// Dimensions of one element come and go; others stay what they are.
void Sizes::addReshape(Value from, Value to) {
  auto getLarge = [](Value value) {
    SmallVector<unsigned> large;
    for (auto [i, size] : llvm::enumerate(getShape(value)))
      if (size != 1)
        large.push_back(unsigned(i));
    return large;
  };
  SmallVector<unsigned> a = getLarge(from), b = getLarge(to);
  bool isSame = a.size() == b.size();
  for (size_t k = 0; isSame && k != a.size(); ++k)
    isSame = getShape(from)[a[k]] == getShape(to)[b[k]];
  if (!isSame) {
    freeze(from);
    freeze(to);
    return;
  }
  for (auto [i, j] : llvm::zip(a, b))
    equate(from, i, to, j);
}

void Sizes::addSlice(tensor::ExtractSliceOp op) {
  Value from = op.getSource(), to = op.getResult();
  if (getShape(from).size() != getShape(to).size())
    return freezeAll(*op);
  for (auto [i, size] : llvm::enumerate(getShape(to)))
    if (size == getShape(from)[i]) {
      equate(from, unsigned(i), to, unsigned(i));
    } else {
      frozen.push_back(getNumber(from, unsigned(i)));
      frozen.push_back(getNumber(to, unsigned(i)));
    }
}

void Sizes::add(Operation &op) {
  if (op.hasTrait<OpTrait::ConstantLike>() || isa<rnn::YieldOp>(op))
    return;
  auto isTensor = [](Type type) { return isa<RankedTensorType>(type); };
  if (!llvm::all_of(op.getOperandTypes(), isTensor) ||
      !llvm::all_of(op.getResultTypes(), isTensor))
    return;
  if (op.hasTrait<OpTrait::Elementwise>() || isa<rnn::ActivationOp>(op)) {
    for (Value operand : op.getOperands()) {
      if (getShape(operand) != getShape(op.getResult(0)))
        return freezeAll(op);
      equateAll(operand, op.getResult(0));
    }
  } else if (isa<rnn::MatvecOp, rnn::LinearOp>(op)) {
    Value w = op.getOperand(0), x = op.getOperand(1), y = op.getResult(0);
    unsigned last = unsigned(getShape(x).size()) - 1;
    for (unsigned i = 0; i != last; ++i)
      equate(x, i, y, i);
    equate(w, 0, y, last);
    equate(w, 1, x, last);
    if (op.getNumOperands() == 3)
      equate(op.getOperand(2), 0, y, last);
  } else if (auto reduce = dyn_cast<rnn::ReduceOp>(op)) {
    for (unsigned i = 0; i != getShape(reduce.getX()).size(); ++i)
      if (!llvm::is_contained(reduce.getAxes(), int64_t(i)))
        equate(reduce.getX(), i, reduce.getY(), i);
  } else if (auto broadcast = dyn_cast<rnn::BroadcastOp>(op)) {
    Value x = broadcast.getX(), y = broadcast.getY();
    size_t missing = getShape(y).size() - getShape(x).size();
    for (auto [i, size] : llvm::enumerate(getShape(x)))
      if (size == getShape(y)[missing + i])
        equate(x, unsigned(i), y, unsigned(missing + i));
  } else if (auto transpose = dyn_cast<rnn::TransposeOp>(op)) {
    for (auto [i, from] : llvm::enumerate(transpose.getPermutation()))
      equate(transpose.getX(), unsigned(from), transpose.getY(), unsigned(i));
  } else if (auto reshape = dyn_cast<rnn::ReshapeOp>(op)) {
    addReshape(reshape.getX(), reshape.getY());
  } else if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
    addSlice(slice);
  } else {
    freezeAll(op);
  }
}

Sizes::Sizes(rnn::NetworkOp network) : network(network) {
  Block &body = network.getBody().front();
  llvm::append_range(values, body.getArguments());
  for (Operation &op : body)
    llvm::append_range(values, op.getResults());
  llvm::erase_if(values, [](Value value) {
    return !isa<RankedTensorType>(value.getType());
  });
  unsigned count = 0;
  for (Value value : values) {
    first[value] = count;
    count += unsigned(getShape(value).size());
  }
  classes.grow(count);
  for (Operation &op : body)
    add(op);
  for (auto [argument, next] :
       llvm::zip(network.getStateArguments(), network.getYield().getStates()))
    equateAll(argument, next);
  for (unsigned &number : frozen)
    number = classes.findLeader(number);
  for (Value value : values)
    for (auto [i, size] : llvm::enumerate(getShape(value))) {
      unsigned number = getNumber(value, unsigned(i));
      if (classes.findLeader(number) != number ||
          llvm::is_contained(frozen, number))
        continue;
      for (int64_t smaller : {int64_t(1), int64_t(2), size / 2, size - 1})
        if (smaller > 0 && smaller < size)
          choices.push_back({number, smaller});
    }
}

/// The first elements of each dimension.
static TypedAttr cut(ElementsAttr values, RankedTensorType type) {
  if (values.isSplat())
    return DenseElementsAttr::get(type, values.getSplatValue<Attribute>());
  auto old = cast<RankedTensorType>(values.getType()).getShape();
  SmallVector<Attribute> kept;
  for (auto [flat, value] : llvm::enumerate(values.getValues<Attribute>())) {
    int64_t rest = int64_t(flat);
    bool isInside = true;
    for (size_t i = old.size(); i-- != 0; rest /= old[i])
      isInside = isInside && rest % old[i] < type.getDimSize(unsigned(i));
    if (isInside)
      kept.push_back(value);
  }
  return DenseElementsAttr::get(type, kept);
}

void Sizes::apply(Choice choice) {
  Builder b(network.getContext());
  // Types change only after all have been found.
  SmallVector<std::pair<Value, RankedTensorType>> types;
  for (Value value : values) {
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<int64_t> shape(type.getShape());
    for (unsigned i = 0; i != shape.size(); ++i)
      if (classes.findLeader(getNumber(value, i)) == choice.leader)
        shape[i] = choice.size;
    if (ArrayRef(shape) != type.getShape())
      types.push_back({value, type.clone(shape)});
  }
  for (auto [value, type] : types) {
    value.setType(type);
    if (auto constant = value.getDefiningOp<arith::ConstantOp>())
      constant.setValueAttr(cut(cast<ElementsAttr>(constant.getValue()), type));
    if (auto slice = value.getDefiningOp<tensor::ExtractSliceOp>())
      slice.setStaticSizes(type.getShape());
  }
  auto getTypes = [&](ValueRange values) {
    SmallVector<Attribute> attributes;
    for (Value value : values)
      attributes.push_back(TypeAttr::get(value.getType()));
    return b.getArrayAttr(attributes);
  };
  SmallVector<Attribute> resets;
  for (auto [state, reset] :
       llvm::zip(network.getStateArguments(), network.getResetValues()))
    resets.push_back(cut(cast<ElementsAttr>(reset),
                         cast<RankedTensorType>(state.getType())));
  network.setResetValuesAttr(b.getArrayAttr(resets));
  SmallVector<Value> inputs(network.getInputArguments()),
      states(network.getStateArguments());
  network.setInputTypesAttr(getTypes(inputs));
  network.setStateTypesAttr(getTypes(states));
  network.setOutputTypesAttr(getTypes(network.getYield().getOutputs()));
}

/// Only of a module with one network on tensors.
static rnn::NetworkOp getNetwork(ModuleOp module) {
  auto networks = module.getOps<rnn::NetworkOp>();
  return llvm::hasSingleElement(networks) ? *networks.begin()
                                          : rnn::NetworkOp();
}

unsigned se::countSizes(ModuleOp module) {
  rnn::NetworkOp network = getNetwork(module);
  return network ? unsigned(Sizes(network).getChoices().size()) : 0;
}

bool se::shrinkSize(ModuleOp module, unsigned number) {
  Sizes sizes(getNetwork(module));
  if (number >= sizes.getChoices().size())
    return false;
  sizes.apply(sizes.getChoices()[number]);
  return true;
}
