// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- QuantizeProducts.cpp - Matvecs in integers -------------------------===//

#include "Evaluate.h"
#include "Products.h"

#include "se/Dialect/RNN/Constants.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/TypeUtilities.h"

#include <cmath>
#include <cstring>

using namespace mlir;
using namespace se::rnn;

static RankedTensorType withElement(Value value, Type element) {
  return cast<RankedTensorType>(value.getType()).clone(element);
}

/// Whether f16 has the scale's inverse as a normal number.
static bool fitsHalf(float scale) {
  APFloat inverse(1.0f / scale);
  bool ignored;
  inverse.convert(APFloat::IEEEhalf(), APFloat::rmNearestTiesToEven, &ignored);
  return inverse.isNormal();
}

Value se::rnn::quantize(OpBuilder &b, Location loc, Value x, Type integer,
                        const quantization::Grid &grid) {
  SmallVector<ReshapeOp> reshapes;
  while (auto reshape = x.getDefiningOp<ReshapeOp>()) {
    reshapes.push_back(reshape);
    x = reshape.getX();
  }
  if (getElementTypeOrSelf(x.getType()).isF16() && !fitsHalf(grid.scale))
    x = arith::ExtFOp::create(b, loc, withElement(x, b.getF32Type()), x);
  Value q = QuantizeOp::create(b, loc, withElement(x, integer), x,
                               APFloat(grid.scale), grid.zeroPoint);
  for (ReshapeOp reshape : llvm::reverse(reshapes))
    q = ReshapeOp::create(b, loc, withElement(reshape.getY(), integer), q);
  return q;
}

void ProductRewriter::rewrite(MatvecOp op, const Product &product) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  const quantization::QuantizedMatrix &matrix = product.matrix;
  std::string name =
      getConstantName(op.getW().getDefiningOp<arith::ConstantOp>().getValue())
          .str();
  auto rowsOf = [&](Type element, auto values) {
    // A constant with one value for each row, repeated for a batch.
    RankedTensorType type = withElement(op.getY(), element);
    size_t rows = values.size();
    values.resize(type.getNumElements());
    for (size_t i = rows; i != values.size(); ++i)
      values[i] = values[i - rows];
    return std::pair(type, std::move(values));
  };
  auto constant = [&](ElementsAttr value) -> Value {
    return arith::ConstantOp::create(b, loc, value);
  };

  Value w = constant(makeIntegers(
      withElement(op.getW(), b.getI8Type()),
      std::vector<int64_t>(matrix.values.begin(), matrix.values.end()), name));
  Value x = quantize(b, loc, op.getX(), b.getI8Type(), product.grid);
  Value sum =
      MatvecOp::create(b, loc, withElement(op.getY(), b.getI32Type()), w, x);
  if (product.grid.zeroPoint) {
    std::vector<int64_t> offsets;
    for (size_t row = 0; row != matrix.scales.size(); ++row)
      offsets.push_back(-int64_t(product.grid.zeroPoint) *
                        matrix.getRowSum(int64_t(row)));
    auto [type, values] = rowsOf(b.getI32Type(), std::move(offsets));
    sum = arith::AddIOp::create(
        b, loc, sum, constant(makeIntegers(type, values, name + "_offset")));
  }
  auto [type, values] = rowsOf(b.getF32Type(), product.sumScales);
  auto y = arith::MulFOp::create(
      b, loc, arith::SIToFPOp::create(b, loc, type, sum),
      constant(makeConstant(type, values, name + "_scale")));
  scaled.push_back(y);
  op.getY().replaceAllUsesWith(y);
  op.erase();
}

static ElementsAttr getConstant(Value value) {
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  return constant ? dyn_cast<ElementsAttr>(constant.getValue())
                  : ElementsAttr();
}

/// A constant, or one of f16 that is extended: a bias of a layer of fp16.
static ElementsAttr getBias(Value value) {
  if (auto extension = value.getDefiningOp<arith::ExtFOp>())
    value = extension.getIn();
  return getConstant(value);
}

/// The elements of a constant of i32.
static std::vector<int64_t> readIntegers(ElementsAttr constant) {
  if (auto splat = dyn_cast<SplatElementsAttr>(constant))
    return std::vector<int64_t>(constant.getNumElements(),
                                splat.getSplatValue<APInt>().getSExtValue());
  ArrayRef<char> bytes = getRawBytes(constant);
  std::vector<int32_t> values(constant.getNumElements());
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return std::vector<int64_t>(values.begin(), values.end());
}

/// Elements `from` of a constant of f32 or i32, in the shape of `like`.
static ElementsAttr moveElements(ElementsAttr constant, ArrayRef<int64_t> from,
                                 Value like) {
  RankedTensorType type = withElement(like, constant.getElementType());
  StringRef name = getConstantName(constant);
  auto move = [&](auto values) {
    decltype(values) moved;
    for (int64_t element : from)
      moved.push_back(values[element]);
    return moved;
  };
  if (type.getElementType().isInteger())
    return makeIntegers(type, move(readIntegers(constant)), name);
  return makeConstant(type, move(*readFloats(constant)), name);
}

/// The integers of a scaled product: a sum, and a constant that may be added.
static std::pair<Value, Value> getIntegers(arith::MulFOp product) {
  Value sum = product.getLhs().getDefiningOp<arith::SIToFPOp>().getIn();
  if (auto add = sum.getDefiningOp<arith::AddIOp>())
    return {add.getLhs(), add.getRhs()};
  return {sum, Value()};
}

static arith::MulFOp makeScaled(OpBuilder &b, Location loc, Value sum,
                                Value offset, Value scale) {
  if (offset)
    sum = arith::AddIOp::create(b, loc, sum, offset);
  auto single =
      arith::SIToFPOp::create(b, loc, withElement(sum, b.getF32Type()), sum);
  return arith::MulFOp::create(b, loc, single, scale);
}

/// Movement of a scaled value becomes movement of integers and scales, so that
/// the product is next to the sum that takes it.
void ProductRewriter::sinkScale(arith::MulFOp product) {
  for (Operation *user : llvm::make_early_inc_range(product->getUsers())) {
    if (!isElementMovement(user))
      continue;
    OpBuilder b(user);
    auto moveOperand = [&](Value value) {
      IRMapping mapping;
      mapping.map(user->getOperand(0), value);
      Operation *clone = b.clone(*user, mapping);
      clone->getResult(0).setType(
          withElement(user->getResult(0), getElementTypeOrSelf(value)));
      return clone->getResult(0);
    };
    std::optional<std::vector<int64_t>> moved = getMovedElements(user);
    auto moveConstant = [&](Value value) -> Value {
      ElementsAttr constant = getConstant(value);
      if (!moved || !constant)
        return moveOperand(value);
      return arith::ConstantOp::create(
          b, product.getLoc(),
          moveElements(constant, *moved, user->getResult(0)));
    };
    auto [sum, offset] = getIntegers(product);
    auto sunk = makeScaled(b, product.getLoc(), moveOperand(sum),
                           offset ? moveConstant(offset) : Value(),
                           moveConstant(product.getRhs()));
    user->getResult(0).replaceAllUsesWith(sunk);
    user->erase();
    sinkScale(sunk);
  }
  if (product->use_empty())
    product.erase();
  else
    scaled.push_back(product);
}

/// The terms of a sum, from left to right. Partial sums that hold no product
/// are terms.
static bool addTerms(Value value, const llvm::DenseSet<Value> &products,
                     bool isRoot, SmallVectorImpl<Value> &terms) {
  size_t first = terms.size();
  auto add = value.getDefiningOp<arith::AddFOp>();
  if (add && (isRoot || value.hasOneUse())) {
    bool left = addTerms(add.getLhs(), products, false, terms);
    bool right = addTerms(add.getRhs(), products, false, terms);
    if (left || right)
      return true;
    terms.truncate(first);
  }
  terms.push_back(value);
  return products.contains(value);
}

/// How many columns the matrix has that a scaled product is of.
static int64_t getColumns(arith::MulFOp product) {
  Value sum = getIntegers(product).first;
  while (isElementMovement(sum.getDefiningOp()))
    sum = sum.getDefiningOp()->getOperand(0);
  auto matvec = sum.getDefiningOp<MatvecOp>();
  return cast<RankedTensorType>(matvec.getW().getType()).getDimSize(1);
}

/// What a constant of f32 is in units of `scale`: one integer for each element.
/// Nothing if a sum with this many columns and `offsets` may overflow with it.
static std::optional<std::vector<int64_t>>
getInUnits(ElementsAttr constant, Value scale, int64_t columns,
           ArrayRef<int64_t> offsets) {
  std::optional<std::vector<float>> values = readFloats(constant),
                                    scales = readFloats(scale);
  if (!values || !scales)
    return std::nullopt;
  int64_t room = INT32_MAX - columns * largestProduct;
  std::vector<int64_t> units;
  for (size_t i = 0; i != values->size(); ++i) {
    float unit = std::nearbyintf((*values)[i] / (*scales)[i]);
    // Also false for what is no number.
    if (!(std::fabs(unit) + std::abs(offsets.empty() ? 0 : offsets[i]) <=
          float(room)))
      return std::nullopt;
    units.push_back(int64_t(unit));
  }
  return units;
}

/// Adds up the integers of products that have one scale, and in these units the
/// constants of f32 in `biases`, which it takes away if it can.
static arith::MulFOp addIntegers(OpBuilder &b, Location loc,
                                 ArrayRef<arith::MulFOp> products,
                                 SmallVectorImpl<Value> &biases) {
  arith::MulFOp first = products.front();
  Value scale = first.getRhs(), sum, offset;
  auto add = [&](Value &all, Value term) {
    all = all ? Value(arith::AddIOp::create(b, loc, all, term)) : term;
  };
  int64_t columns = 0;
  std::vector<int64_t> offsets;
  std::string name;
  auto addConstant = [&](ArrayRef<int64_t> values, ElementsAttr like) {
    offsets.resize(values.size());
    for (auto [all, value] : llvm::zip(offsets, values))
      all += value;
    name = getConstantName(like).str();
  };
  for (arith::MulFOp product : products) {
    auto [integers, constant] = getIntegers(product);
    columns += getColumns(product);
    add(sum, integers);
    if (ElementsAttr known = constant ? getConstant(constant) : ElementsAttr())
      addConstant(readIntegers(known), known);
    else if (constant)
      add(offset, constant);
  }
  llvm::erase_if(biases, [&](Value bias) {
    ElementsAttr known = getBias(bias);
    auto units =
        offset ? std::nullopt : getInUnits(known, scale, columns, offsets);
    if (units)
      addConstant(*units, known);
    return units.has_value();
  });
  if (!offsets.empty())
    add(offset,
        arith::ConstantOp::create(
            b, loc,
            makeIntegers(withElement(sum, b.getI32Type()), offsets, name)));
  return makeScaled(b, loc, sum, offset, scale);
}

/// Products with the same scales, in the order of the first of each set.
static SmallVector<SmallVector<arith::MulFOp>>
groupByScale(ArrayRef<arith::MulFOp> products) {
  struct Group {
    std::optional<std::vector<float>> scales;
    int64_t columns = 0;
  };
  SmallVector<Group> groups;
  SmallVector<SmallVector<arith::MulFOp>> members;
  for (arith::MulFOp product : products) {
    std::optional<std::vector<float>> scales = readFloats(product.getRhs());
    int64_t columns = getColumns(product);
    auto *found = llvm::find_if(groups, [&](const Group &group) {
      return scales && group.scales == scales &&
             group.columns + columns <= maxJointColumns;
    });
    auto place = found - groups.begin();
    if (found == groups.end()) {
      groups.push_back({scales, 0});
      members.emplace_back();
    }
    groups[place].columns += columns;
    members[place].push_back(product);
  }
  return members;
}

static void fuseSum(arith::AddFOp root, const llvm::DenseSet<Value> &products) {
  SmallVector<Value> terms;
  addTerms(root, products, true, terms);
  OpBuilder b(root);
  Location loc = root.getLoc();
  SmallVector<arith::MulFOp> scaled, sums;
  SmallVector<Value> biases, others;
  for (Value term : terms)
    if (products.contains(term))
      scaled.push_back(term.getDefiningOp<arith::MulFOp>());
    else
      (getBias(term) ? biases : others).push_back(term);
  for (ArrayRef<arith::MulFOp> group : groupByScale(scaled))
    sums.push_back(addIntegers(b, loc, group, biases));
  Value sum;
  auto add = [&](ArrayRef<Value> values) {
    for (Value value : values)
      sum = sum ? arith::AddFOp::create(b, loc, sum, value).getResult() : value;
  };
  add(biases);
  for (arith::MulFOp product : llvm::reverse(sums))
    sum = sum ? math::FmaOp::create(b, loc, product.getLhs(), product.getRhs(),
                                    sum)
                    .getResult()
              : product.getResult();
  add(others);
  root.replaceAllUsesWith(sum);
}

void ProductRewriter::fuseSums() {
  SmallVector<arith::MulFOp> made;
  std::swap(made, scaled);
  for (arith::MulFOp product : made)
    sinkScale(product);
  llvm::DenseSet<Value> products;
  for (arith::MulFOp product : scaled)
    products.insert(product);
  // The last sum of each tree.
  llvm::SetVector<Operation *> roots;
  for (arith::MulFOp product : scaled)
    for (Operation *user : product->getUsers()) {
      while (isa<arith::AddFOp>(user) && user->hasOneUse() &&
             isa<arith::AddFOp>(*user->user_begin()))
        user = *user->user_begin();
      if (isa<arith::AddFOp>(user))
        roots.insert(user);
    }
  for (Operation *root : roots)
    fuseSum(cast<arith::AddFOp>(root), products);
}

void se::rnn::quantizeStates(NetworkOp network) {
  YieldOp yield = network.getYield();
  OpBuilder b(yield);
  SmallVector<Attribute> types(network.getStateTypes().getValue());
  SmallVector<Attribute> resets(network.getResetValues().getValue());
  for (auto [k, state] : llvm::enumerate(network.getStateArguments())) {
    SmallVector<QuantizeOp> readers;
    for (Operation *user : state.getUsers())
      readers.push_back(dyn_cast<QuantizeOp>(user));
    if (readers.empty() || !llvm::all_of(readers, [&](QuantizeOp reader) {
          return reader && reader->getAttrs() == readers.front()->getAttrs() &&
                 reader.getType() == readers.front().getType();
        }))
      continue;
    std::optional<std::vector<float>> values = readFloats(resets[k]);
    if (!values)
      continue;
    std::vector<int64_t> integers;
    for (float value : *values)
      integers.push_back(readers.front().evaluate(APFloat(value)));
    auto type = cast<RankedTensorType>(readers.front().getType());
    resets[k] = makeIntegers(type, integers, "reset");
    types[k] = TypeAttr::get(type);
    // Where the next state is made.
    OpOperand &next = yield.getStatesMutable()[k];
    IRMapping mapping;
    mapping.map(state, next.get());
    next.set(b.clone(*readers.front(), mapping)->getResult(0));
    for (QuantizeOp reader : readers) {
      reader.replaceAllUsesWith(state);
      reader.erase();
    }
    state.setType(type);
  }
  network.setStateTypesAttr(b.getArrayAttr(types));
  network.setResetValuesAttr(b.getArrayAttr(resets));
}
