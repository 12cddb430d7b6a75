// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RNNOps.cpp - Verifiers of tensor ops and named cells ---------------===//
//
// One message for each numbered rule of RNNOps.td.
//
//===----------------------------------------------------------------------===//

#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace se::rnn;

/// A list of types in parentheses, which may be empty.
static ParseResult parseTypes(OpAsmParser &parser,
                              SmallVectorImpl<Type> &types) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, [&]() {
    return parser.parseType(types.emplace_back());
  });
}

static void printTypes(OpAsmPrinter &p, Operation *, TypeRange types) {
  p << '(' << types << ')';
}

#define GET_OP_CLASSES
#include "se/Dialect/RNN/RNNOps.cpp.inc"

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static LogicalResult checkShape(Operation *op, StringRef rule, StringRef what,
                                Value value, ArrayRef<int64_t> expected) {
  if (succeeded(verifyCompatibleShape(typeOf(value).getShape(), expected)))
    return success();
  return op->emitOpError() << rule << ": " << what << " must have the shape ["
                           << expected << "], found ["
                           << typeOf(value).getShape() << "]";
}

//===----------------------------------------------------------------------===//
// Named cells
//===----------------------------------------------------------------------===//

static LogicalResult checkClip(Operation *op, StringRef rule,
                               std::optional<llvm::APFloat> clip) {
  if (clip && !(clip->convertToFloat() > 0))
    return op->emitOpError() << rule << ": clip must be positive";
  return success();
}

LogicalResult LSTMOp::verify() {
  int64_t inputs = typeOf(getX()).getDimSize(0);
  int64_t hidden = typeOf(getH()).getDimSize(0);
  for (auto [value, what] : {std::pair<Value, StringRef>(getC(), "'c'"),
                             {getHNext(), "the next 'h'"},
                             {getCNext(), "the next 'c'"}})
    if (failed(checkShape(*this, "lstm-C1", what, value, {hidden})))
      return failure();
  if (failed(
          checkShape(*this, "lstm-C2", "'W'", getW(), {4 * hidden, inputs})) ||
      failed(checkShape(*this, "lstm-C2", "'R'", getR(), {4 * hidden, hidden})))
    return failure();
  if (getB() &&
      failed(checkShape(*this, "lstm-C3", "'B'", getB(), {8 * hidden})))
    return failure();
  if (getP() &&
      failed(checkShape(*this, "lstm-C3", "'P'", getP(), {3 * hidden})))
    return failure();
  if (getActivations().size() != 3)
    return emitOpError("lstm-C4: there must be three activations (f, g, h), "
                       "found ")
           << getActivations().size();
  return checkClip(*this, "lstm-C5", getClip());
}

LogicalResult GRUOp::verify() {
  int64_t inputs = typeOf(getX()).getDimSize(0);
  int64_t hidden = typeOf(getH()).getDimSize(0);
  if (failed(
          checkShape(*this, "gru-C1", "the next 'h'", getHNext(), {hidden})) ||
      failed(
          checkShape(*this, "gru-C2", "'W'", getW(), {3 * hidden, inputs})) ||
      failed(checkShape(*this, "gru-C2", "'R'", getR(), {3 * hidden, hidden})))
    return failure();
  if (getB() &&
      failed(checkShape(*this, "gru-C3", "'B'", getB(), {6 * hidden})))
    return failure();
  if (getActivations().size() != 2)
    return emitOpError("gru-C4: there must be two activations (f, g), found ")
           << getActivations().size();
  return checkClip(*this, "gru-C5", getClip());
}

//===----------------------------------------------------------------------===//
// Products and reductions
//===----------------------------------------------------------------------===//

/// What sums of products of `element` may be; nothing if there are none.
static SmallVector<Type, 2> getSumTypes(Type element) {
  MLIRContext *context = element.getContext();
  if (isa<FloatType>(element))
    return {element, Float32Type::get(context)};
  if (element.isInteger(8) || element.isInteger(16))
    return {IntegerType::get(context, 32)};
  return {};
}

/// The rules that rnn.matvec and rnn.linear share.
static LogicalResult verifyProduct(Operation *op, Value w, Value x, Value y) {
  RankedTensorType wType = typeOf(w), xType = typeOf(x), yType = typeOf(y);
  if (wType.getRank() != 2 || xType.getRank() < 1)
    return op->emitOpError("matvec-C1: 'W' must have rank 2 and 'x' at least "
                           "rank 1, found ")
           << wType << " and " << xType;
  if (failed(verifyCompatibleShape({xType.getShape().back()},
                                   {wType.getDimSize(1)})))
    return op->emitOpError("matvec-C2: the last dimension of 'x' must equal "
                           "the columns of 'W', found ")
           << xType.getShape().back() << " and " << wType.getDimSize(1);
  SmallVector<int64_t> shape(xType.getShape());
  shape.back() = wType.getDimSize(0);
  if (failed(checkShape(op, "matvec-C3", "the result", y, shape)))
    return failure();
  Type element = xType.getElementType();
  if (wType.getElementType() != element ||
      !llvm::is_contained(getSumTypes(element), yType.getElementType()))
    return op->emitOpError("matvec-C4: 'W' and 'x' must have the same element "
                           "type and the result this or f32, or i32 for i8 and "
                           "i16, found ")
           << wType.getElementType() << ", " << element << " and "
           << yType.getElementType();
  return success();
}

LogicalResult MatvecOp::verify() {
  return verifyProduct(*this, getW(), getX(), getY());
}

LogicalResult LinearOp::verify() {
  if (failed(verifyProduct(*this, getW(), getX(), getY())))
    return failure();
  return checkShape(*this, "linear-C2", "'b'", getB(),
                    {typeOf(getW()).getDimSize(0)});
}

LogicalResult ReduceOp::verify() {
  RankedTensorType type = typeOf(getX());
  SmallVector<int64_t> shape(type.getShape());
  int64_t last = -1;
  for (int64_t axis : getAxes()) {
    if (axis <= last || axis >= type.getRank())
      return emitOpError("reduce-C1: axes must be ascending, unique and within "
                         "the rank, found [")
             << getAxes() << "]";
    shape[axis] = 1;
    last = axis;
  }
  if (failed(checkShape(*this, "reduce-C2", "the result", getY(), shape)))
    return failure();
  Type element = typeOf(getY()).getElementType();
  if (element != type.getElementType() && !element.isF32())
    return emitOpError("reduce-C3: the result's element type must be the "
                       "operand's or f32, found ")
           << element;
  return success();
}

//===----------------------------------------------------------------------===//
// Elementwise and data movement
//===----------------------------------------------------------------------===//

LogicalResult ActivationOp::verify() {
  Type from = getElementTypeOrSelf(getX().getType());
  Type to = getElementTypeOrSelf(getY().getType());
  if (to.getIntOrFloatBitWidth() > from.getIntOrFloatBitWidth())
    return emitOpError("activation-C1: the result's element type must not be "
                       "wider than the operand's, found ")
           << to << " and " << from;
  return success();
}

/// `value`, rounded to the type of an element of `x`.
static APFloat convertTo(Value x, APFloat value, APFloat::roundingMode mode) {
  auto type = cast<FloatType>(getElementTypeOrSelf(x.getType()));
  bool ignored;
  value.convert(type.getFloatSemantics(), mode, &ignored);
  return value;
}

APFloat QuantizeOp::getInverse() {
  APFloat inverse(1.0f);
  inverse.divide(getScale(), APFloat::rmNearestTiesToEven);
  return convertTo(getX(), inverse, APFloat::rmNearestTiesToEven);
}

std::pair<APFloat, APFloat> QuantizeOp::getBounds() {
  bool isByte = getElementTypeOrSelf(getY().getType()).isInteger(8);
  auto most = float(isByte ? 127 : 32767),
       zero = float(int32_t(getZeroPoint()));
  auto bound = [&](float value) {
    return convertTo(getX(), APFloat(value), APFloat::rmTowardZero);
  };
  return {bound(-most - zero), bound(most - zero)};
}

int64_t QuantizeOp::evaluate(APFloat x) {
  auto [lower, upper] = getBounds();
  APFloat p = convertTo(getX(), x, APFloat::rmNearestTiesToEven);
  p.multiply(getInverse(), APFloat::rmNearestTiesToEven);
  p = maxnum(minnum(p, upper), lower);
  p.roundToIntegral(APFloat::rmNearestTiesToEven);
  llvm::APSInt q(/*BitWidth=*/32, /*isUnsigned=*/false);
  bool isExact;
  p.convertToInteger(q, APFloat::rmNearestTiesToEven, &isExact);
  return q.getExtValue() + int32_t(getZeroPoint());
}

LogicalResult QuantizeOp::verify() {
  bool isPositive = getScale() > APFloat(0.0f) && getScale().isFinite();
  if (!isPositive || !getInverse().isNormal())
    return emitOpError("quantize-C1: the scale must be positive and its "
                       "inverse a normal number of the operand's type, found ")
           << getScale().convertToFloat();
  bool isByte = getElementTypeOrSelf(getY().getType()).isInteger(8);
  if (auto zero = int32_t(getZeroPoint()); std::abs(zero) > (isByte ? 127 : 0))
    return emitOpError("quantize-C2: the zero point must be -127 to 127 for "
                       "i8, 0 for i16, found ")
           << zero;
  return success();
}

int64_t InterpolateOp::getNumLines() {
  return cast<ShapedType>(getTable().getType()).getNumElements() / 2;
}

float InterpolateOp::getLimit() {
  return float(getNumLines() - getCenter() - 1) / getScale().convertToFloat();
}

float InterpolateOp::getShift() {
  return float(1024 + getCenter()) / getScale().convertToFloat();
}

void InterpolateOp::getEffects(
    SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  if (isa<MemRefType>(getTable().getType()))
    effects.emplace_back(MemoryEffects::Read::get(), &getTableMutable());
}

LogicalResult InterpolateOp::verify() {
  auto table = cast<ShapedType>(getTable().getType());
  auto memref = dyn_cast<MemRefType>(table);
  bool ofTensor = isa<TensorType>(getX().getType());
  bool fits = memref
                  ? table.getRank() == 1 && memref.getLayout().isIdentity() &&
                        table.getDimSize(0) % 2 == 0
                  : table.getRank() == 2 && table.getDimSize(1) == 2;
  if (!fits || (ofTensor && memref))
    return emitOpError("interpolate-C1: the table must be a tensor of shape "
                       "[N, 2] or, of a scalar or vector, a memref of shape "
                       "[2 * N] with the identity layout, found ")
           << table;
  int64_t lines = getNumLines();
  if (lines < 4 || lines > 1024 ||
      (!getRectified() && !llvm::isPowerOf2_64(lines)))
    return emitOpError("interpolate-C2: the lines must be a ")
           << (getRectified() ? "number" : "power of two")
           << " from 4 to 1024, found " << lines;
  int exponent = getScale().getExactLog2();
  if (exponent < -4 || exponent > 14)
    return emitOpError("interpolate-C3: the scale must be a power of two from "
                       "2^-4 to 2^14, found ")
           << getScale().convertToFloat();
  return success();
}

LogicalResult ReshapeOp::verify() {
  RankedTensorType from = typeOf(getX()), to = typeOf(getY());
  // Of open sizes only the known ones count.
  auto count = [](RankedTensorType type) {
    int64_t elements = 1;
    for (int64_t size : type.getShape())
      elements *= ShapedType::isDynamic(size) ? 1 : size;
    return elements;
  };
  auto fits = [&](RankedTensorType a, RankedTensorType b) {
    return !a.hasStaticShape() ||
           (b.hasStaticShape() ? count(a) == count(b)
                               : count(b) != 0 && count(a) % count(b) == 0);
  };
  if (!fits(from, to) || !fits(to, from) ||
      from.getElementType() != to.getElementType())
    return emitOpError("reshape-C1: operand and result must have as many "
                       "elements and the same element type, found ")
           << from << " and " << to;
  return success();
}

LogicalResult TransposeOp::verify() {
  RankedTensorType from = typeOf(getX()), to = typeOf(getY());
  ArrayRef<int64_t> permutation = getPermutation();
  SmallVector<int64_t> sorted(permutation), shape;
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, from.getRank())))
    return emitOpError("transpose-C1: [")
           << permutation << "] is not a permutation of " << from.getRank()
           << " dimensions";
  for (int64_t dim : permutation)
    shape.push_back(from.getDimSize(dim));
  if (to.getElementType() != from.getElementType())
    return emitOpError("transpose-C2: element types must be the same, found ")
           << from.getElementType() << " and " << to.getElementType();
  return checkShape(*this, "transpose-C2", "the result", getY(), shape);
}

LogicalResult BroadcastOp::verify() {
  RankedTensorType to = typeOf(getY());
  auto from = dyn_cast<RankedTensorType>(getX().getType());
  bool fits = getElementTypeOrSelf(getX().getType()) == to.getElementType() &&
              (!from || from.getRank() <= to.getRank());
  for (int64_t i = 0, e = fits && from ? from.getRank() : 0; i != e; ++i) {
    int64_t dim = from.getDimSize(i);
    fits &= dim == 1 || succeeded(verifyCompatibleShape(
                            {dim}, {to.getDimSize(to.getRank() - e + i)}));
  }
  if (!fits)
    return emitOpError("broadcast-C1: ")
           << getX().getType() << " cannot be broadcast to " << to;
  return success();
}

//===----------------------------------------------------------------------===//
// What makes the text of a cell short
//===----------------------------------------------------------------------===//

static LogicalResult checkParts(std::optional<Location> loc,
                                RankedTensorType type, ArrayAttr names) {
  if (names.empty())
    return emitOptionalError(loc, "split-C1: there must be at least one name");
  if (type.getRank() < 1 || (!type.isDynamicDim(0) &&
                             type.getDimSize(0) % int64_t(names.size()) != 0))
    return emitOptionalError(loc, "split-C2: ", type, " cannot be split into ",
                             names.size(), " equal parts");
  return success();
}

LogicalResult
SplitOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                          ValueRange operands, DictionaryAttr attributes,
                          OpaqueProperties properties, RegionRange regions,
                          SmallVectorImpl<Type> &results) {
  Adaptor op(operands, attributes, properties, regions);
  auto type = dyn_cast<RankedTensorType>(op.getX().getType());
  if (!type || failed(checkParts(loc, type, op.getNames())))
    return failure();
  SmallVector<int64_t> shape(type.getShape());
  if (!type.isDynamicDim(0))
    shape[0] /= int64_t(op.getNames().size());
  results.assign(op.getNames().size(), type.clone(shape));
  return success();
}

LogicalResult SplitOp::verify() {
  return checkParts(getLoc(), typeOf(getX()), getNames());
}

LogicalResult ChooseOp::verify() {
  if (getOption().empty())
    return emitOpError("choose-C1: the option's name must not be empty");
  return success();
}
