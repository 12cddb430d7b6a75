// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Plan.cpp - The plan dialect ----------------------------------------===//

#include "se/Dialect/Plan/Plan.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace se;
using namespace se::plan;

#include "se/Dialect/Plan/PlanDialect.cpp.inc"
#include "se/Dialect/Plan/PlanEnums.cpp.inc"

//===----------------------------------------------------------------------===//
// Places: [%i mod 16 + 4]
//===----------------------------------------------------------------------===//

static ParseResult
parsePlace(OpAsmParser &parser, AffineMapAttr &map,
           SmallVectorImpl<OpAsmParser::UnresolvedOperand> &dims) {
  Attribute parsed;
  NamedAttrList unused;
  if (parser.parseAffineMapOfSSAIds(dims, parsed, "map", unused))
    return failure();
  map = cast<AffineMapAttr>(parsed);
  if (map.getValue().getNumSymbols() || map.getValue().getNumResults() != 1)
    return parser.emitError(parser.getCurrentLocation(),
                            "expected one place without symbols");
  return success();
}

static void printPlace(OpAsmPrinter &p, Operation *, AffineMapAttr map,
                       OperandRange dims) {
  p << '[';
  p.printAffineMapOfSSAIds(map, dims);
  p << ']';
}

/// `tensor<4xf32>`, of which the element's type follows.
static ParseResult parseTensorAndElement(OpAsmParser &parser, Type &tensor,
                                         Type &element) {
  if (parser.parseType(tensor))
    return failure();
  element = getElementTypeOrSelf(tensor);
  return success();
}

static void printTensorAndElement(OpAsmPrinter &p, Operation *, Type tensor,
                                  Type) {
  p << tensor;
}

#define GET_ATTRDEF_CLASSES
#include "se/Dialect/Plan/PlanAttributes.cpp.inc"
#define GET_OP_CLASSES
#include "se/Dialect/Plan/PlanOps.cpp.inc"

void PlanDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "se/Dialect/Plan/PlanAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "se/Dialect/Plan/PlanOps.cpp.inc"
      >();
}

LogicalResult PlanDialect::verifyOperationAttribute(Operation *op,
                                                    NamedAttribute attribute) {
  auto count = dyn_cast<IntegerAttr>(attribute.getValue());
  if (attribute.getName() == macsAttrName &&
      (!isa<rnn::NetworkOp>(op) || !count || count.getInt() < 0))
    return op->emitOpError() << "attribute '" << macsAttrName
                             << "' must be a number of a network";
  if (attribute.getName() == StreamAttr::attrName &&
      (!isa<rnn::NetworkOp>(op) || !isa<StreamAttr>(attribute.getValue())))
    return op->emitOpError() << "attribute '" << StreamAttr::attrName
                             << "' must be a #plan.stream<...> of a network";
  if (attribute.getName() == ReportAttr::attrName &&
      !isa<ReportAttr>(attribute.getValue()))
    return op->emitOpError() << "attribute '" << ReportAttr::attrName
                             << "' must be a #plan.report<...>";
  if (attribute.getName() == BufferAttr::attrName) {
    auto list = dyn_cast<ArrayAttr>(attribute.getValue());
    if (!isa<rnn::NetworkOp>(op) || !list ||
        !llvm::all_of(list,
                      [](Attribute entry) { return isa<BufferAttr>(entry); }))
      return op->emitOpError()
             << "attribute '" << BufferAttr::attrName
             << "' must be a list of #plan.buffer<...> of a network";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// plan.batch
//===----------------------------------------------------------------------===//

LogicalResult
BatchAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                  int64_t rows, int64_t vectors, AffineMap element) {
  if (rows < 1 || vectors < 1 || element.getNumDims() != 2 ||
      element.getNumSymbols() != 0 || element.getNumResults() != 1)
    return emitError() << "batch-C1: rows and vectors must be positive, and "
                          "element a map of two dimensions to one number";
  return success();
}

//===----------------------------------------------------------------------===//
// plan.stage
//===----------------------------------------------------------------------===//

void StageOp::build(OpBuilder &builder, OperationState &state,
                    llvm::StringRef name, int64_t depth, int64_t elements,
                    TypeRange results) {
  state.addAttribute(getNameAttrName(state.name), builder.getStringAttr(name));
  state.addAttribute(getDepthAttrName(state.name),
                     builder.getI64IntegerAttr(depth));
  state.addAttribute(getElementsAttrName(state.name),
                     builder.getI64IntegerAttr(elements));
  state.addTypes(results);
  Block &block = state.addRegion()->emplaceBlock();
  block.addArgument(builder.getIndexType(), state.location);
}

void StageOp::getAsmBlockArgumentNames(Region &region,
                                       OpAsmSetValueNameFn setName) {
  for (BlockArgument argument : region.getArguments())
    setName(argument, argument.getArgNumber() ? "sum" : "i");
}

YieldOp StageOp::getYield() {
  return cast<YieldOp>(getBody().front().getTerminator());
}

int64_t StageOp::getRows() {
  return getBatch() ? getBatch()->getRows() : int64_t(getElements());
}

int64_t StageOp::getVectors() {
  return getBatch() ? getBatch()->getVectors() : 1;
}

//===----------------------------------------------------------------------===//
// plan.push
//===----------------------------------------------------------------------===//

static int64_t countElements(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getNumElements();
}

int64_t PushOp::getSlotElements() { return countElements(getX()); }

int64_t PushOp::getSlots() {
  return countElements(getLine()) / getSlotElements();
}

unsigned PushOp::getState() {
  auto network = cast<rnn::NetworkOp>((*this)->getParentOp());
  return cast<BlockArgument>(getLine()).getArgNumber() - network.getNumInputs();
}

static Value skipReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<rnn::ReshapeOp>())
    value = reshape.getX();
  return value;
}

LogicalResult PushOp::verify() {
  auto network = cast<rnn::NetworkOp>((*this)->getParentOp());
  auto argument = dyn_cast<BlockArgument>(getLine());
  // The state itself may be put into another line.
  auto isLineOf = [&](Operation *user) {
    auto push = dyn_cast<PushOp>(user);
    return push && push.getLine() == getLine();
  };
  bool isState = argument &&
                 argument.getArgNumber() >= network.getNumInputs() &&
                 llvm::count_if(getLine().getUsers(), isLineOf) == 1;
  if (isState)
    if (auto yield = dyn_cast<rnn::YieldOp>(network.getBody().front().back()))
      for (auto [k, value] : llvm::enumerate(yield.getOperands())) {
        bool isNext = k == yield.getOutputs().size() + getState();
        isState &= (skipReshapes(value) == getNext()) == isNext;
      }
  if (!isState)
    return emitOpError("push-C1: it must put into a state of the network, "
                       "whose next value alone is the result");
  int64_t slot = getSlotElements(), all = countElements(getLine());
  if (slot == 0 || all % slot != 0 || all < 2 * slot ||
      getElementTypeOrSelf(getX()) != getElementTypeOrSelf(getLine()))
    return emitOpError("push-C2: the line must have two slots or more like ")
           << getX().getType() << ", found " << getLine().getType();
  if (!isa<SplatElementsAttr>(network.getResetValues()[getState()]))
    return emitOpError("push-C3: the state must be reset to one number");
  return success();
}

//===----------------------------------------------------------------------===//
// plan.read and plan.dot
//===----------------------------------------------------------------------===//

static bool needsAll(AffineMap map, size_t dims) {
  if (map.getNumDims() != dims)
    return false;
  for (unsigned i = 0; i != dims; ++i)
    if (!map.isFunctionOfDim(i))
      return false;
  return true;
}

/// Memory has elements of whole bytes, and none that are wider than a word.
static bool isStored(Type element) {
  unsigned bits = element.getIntOrFloatBitWidth();
  return bits == 8 || bits == 16 || bits == 32;
}

LogicalResult ReadOp::verify() {
  AffineMap place = getPlace();
  if (place.getNumResults() != 1 || !needsAll(place, getDims().size()))
    return emitOpError("read-C1: there must be one place, which needs each of "
                       "its variables");
  auto type = cast<RankedTensorType>(getTensor().getType());
  if (type.getElementType() != getElement().getType())
    return emitOpError("read-C2: the result must be ")
           << type.getElementType() << ", found " << getElement().getType();
  if (!isStored(type.getElementType()))
    return emitOpError("read-C2: elements must have 8, 16 or 32 bits, found ")
           << type.getElementType();
  auto constant = getTensor().getDefiningOp<arith::ConstantOp>();
  if (constant && isa<SplatElementsAttr>(constant.getValue()))
    return emitOpError("read-C3: a constant that is the same number throughout "
                       "is written as a scalar");
  return success();
}

LogicalResult DotOp::verify() {
  auto matrix = cast<RankedTensorType>(getMatrix().getType());
  auto constant = getMatrix().getDefiningOp<arith::ConstantOp>();
  if (matrix.getRank() != 2 || !constant ||
      isa<SplatElementsAttr>(constant.getValue()))
    return emitOpError("dot-C1: the matrix must have two dimensions and be a "
                       "constant that is not the same number throughout");
  Type element = matrix.getElementType(), sum = getSum().getType();
  bool isWide = (element.isF16() && sum.isF32()) ||
                (element.isSignlessInteger() && sum.isInteger(32));
  bool isSame = isa<FloatType>(element) && sum == element;
  bool isKnown = element.isF32() || element.isF16() || element.isInteger(8) ||
                 element.isInteger(16);
  if (!isKnown || getElementTypeOrSelf(getVector().getType()) != element ||
      (!isSame && !isWide))
    return emitOpError("dot-C1: matrix and vector must both be of f32, f16, i8 "
                       "or i16, and the result of the same, or f32 for f16 and "
                       "i32 for integers");
  if (getRow().getNumResults() != 1 || getStart().getNumResults() != 1 ||
      !needsAll(getRow(), getRowDims().size()) ||
      !needsAll(getStart(), getStartDims().size()))
    return emitOpError("dot-C2: row and start must be one place each, which "
                       "needs each of its variables");
  return success();
}
