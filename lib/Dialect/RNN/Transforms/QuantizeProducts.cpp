// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- QuantizeProducts.cpp - Matvecs in integers -------------------------===//

#include "Products.h"

#include "se/Dialect/RNN/Constants.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/TypeUtilities.h"

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
      offsets.push_back(int64_t(product.grid.zeroPoint) *
                        matrix.getRowSum(int64_t(row)));
    auto [type, values] = rowsOf(b.getI32Type(), std::move(offsets));
    sum = arith::SubIOp::create(
        b, loc, sum, constant(makeIntegers(type, values, name + "_offset")));
  }
  std::vector<float> scales;
  for (float scale : matrix.scales)
    scales.push_back(scale * product.grid.scale);
  auto [type, values] = rowsOf(b.getF32Type(), std::move(scales));
  auto y = arith::MulFOp::create(
      b, loc, arith::SIToFPOp::create(b, loc, type, sum),
      constant(makeConstant(type, values, name + "_scale")));
  scaled.push_back(y);
  op.getY().replaceAllUsesWith(y);
  op.erase();
}

/// Movement of a scaled value becomes movement of value and scale, so that the
/// product is next to the sum that takes it.
void ProductRewriter::sinkScale(arith::MulFOp product) {
  for (Operation *user : llvm::make_early_inc_range(product->getUsers())) {
    if (!isa<ReshapeOp, TransposeOp, BroadcastOp, tensor::ExtractSliceOp>(user))
      continue;
    OpBuilder b(user);
    auto moveOperand = [&](Value value) {
      IRMapping mapping;
      mapping.map(product.getResult(), value);
      return b.clone(*user, mapping)->getResult(0);
    };
    Value value = moveOperand(product.getLhs());
    Value scale = moveOperand(product.getRhs());
    auto moved = arith::MulFOp::create(b, product.getLoc(), value, scale);
    user->getResult(0).replaceAllUsesWith(moved);
    user->erase();
    sinkScale(moved);
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

static void fuseSum(arith::AddFOp root, const llvm::DenseSet<Value> &products) {
  SmallVector<Value> terms;
  addTerms(root, products, true, terms);
  OpBuilder b(root);
  Location loc = root.getLoc();
  SmallVector<arith::MulFOp> scaled;
  Value sum;
  for (Value term : terms)
    if (products.contains(term))
      scaled.push_back(term.getDefiningOp<arith::MulFOp>());
    else
      sum = sum ? arith::AddFOp::create(b, loc, sum, term).getResult() : term;
  for (arith::MulFOp product : llvm::reverse(scaled))
    sum = sum ? math::FmaOp::create(b, loc, product.getLhs(), product.getRhs(),
                                    sum)
                    .getResult()
              : product.getResult();
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
