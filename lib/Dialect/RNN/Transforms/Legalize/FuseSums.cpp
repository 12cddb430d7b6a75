// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FuseSums.cpp - Sums of scaled sums of integers ---------------------===//

#include "EraseDead.h"
#include "Evaluate.h"
#include "SumLimits.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/Movement.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/TypeUtilities.h"

#include <cmath>
#include <cstring>

namespace se::rnn {
#define GEN_PASS_DEF_FUSESUMS
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

static RankedTensorType withElement(Value value, Type element) {
  return cast<RankedTensorType>(value.getType()).clone(element);
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

/// Whether --rnn-lower-quantized made this of a matvec: its sums, perhaps with
/// a constant, as floats, times a scale for each row.
static bool isScaledProduct(arith::MulFOp op) {
  auto floats = op.getLhs().getDefiningOp<arith::SIToFPOp>();
  if (!floats || !getConstant(op.getRhs()) ||
      !getElementTypeOrSelf(op.getType()).isF32())
    return false;
  Value sum = floats.getIn();
  if (auto add = sum.getDefiningOp<arith::AddIOp>();
      add && getConstant(add.getRhs()))
    sum = add.getLhs();
  auto matvec = sum.getDefiningOp<MatvecOp>();
  return matvec && getElementTypeOrSelf(matvec.getW().getType()).isInteger(8);
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
/// the product is next to the sum that takes it. Collects what is left. What is
/// repeated is scaled once, before.
static void sinkScale(arith::MulFOp product,
                      SmallVectorImpl<arith::MulFOp> &scaled) {
  for (Operation *user : llvm::make_early_inc_range(product->getUsers())) {
    if (!isMovement(user) || isa<BroadcastOp>(user))
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
    std::vector<int64_t> moved = getMovedElements(user);
    auto moveConstant = [&](Value value) -> Value {
      ElementsAttr constant = getConstant(value);
      if (!constant)
        return moveOperand(value);
      return arith::ConstantOp::create(
          b, product.getLoc(),
          moveElements(constant, moved, user->getResult(0)));
    };
    auto [sum, offset] = getIntegers(product);
    auto sunk = makeScaled(b, product.getLoc(), moveOperand(sum),
                           offset ? moveConstant(offset) : Value(),
                           moveConstant(product.getRhs()));
    user->getResult(0).replaceAllUsesWith(sunk);
    user->erase();
    sinkScale(sunk, scaled);
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
  while (isMovement(sum.getDefiningOp()))
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

static void fuseSums(Block &block) {
  SmallVector<arith::MulFOp> found, scaled;
  for (auto op : block.getOps<arith::MulFOp>())
    if (isScaledProduct(op))
      found.push_back(op);
  for (arith::MulFOp product : found)
    sinkScale(product, scaled);
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
  if (!found.empty())
    eraseDead(block);
}

namespace {
struct FuseSumsPass : se::rnn::impl::FuseSumsBase<FuseSumsPass> {
  void runOnOperation() override {
    for (auto network : getOperation().getOps<NetworkOp>())
      fuseSums(network.getBody().front());
  }
};
} // namespace
