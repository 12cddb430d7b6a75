// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CellBody.cpp - The body of a cell, with known sizes ----------------===//

#include "CellBody.h"

#include "InferTypes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/ScopeExit.h"

using namespace mlir;
using namespace se::rnn;

llvm::MapVector<StringRef, OptionKind> se::rnn::getOptions(CellOp cell) {
  llvm::MapVector<StringRef, OptionKind> options;
  cell.walk([&](Operation *op) {
    if (auto choose = dyn_cast<ChooseOp>(op))
      options.insert({choose.getOption(), OptionKind::Choice});
    if (auto name = op->getAttrOfType<StringAttr>(optionAttrName))
      options.insert({name.getValue(), isa<FillOp>(op) ? OptionKind::Number
                                                       : OptionKind::Function});
  });
  return options;
}

void CellBody::equate(Value value, Value other) {
  if (absent.contains(other))
    absent.insert(value);
  else if (Operation *op = open.lookup(other))
    open[value] = op;
  else
    mapping.map(value, mapping.lookup(other));
}

LogicalResult CellBody::buildChoice(ChooseOp op) {
  auto choice = options.getAs<BoolAttr>(op.getOption());
  bool isChosen =
      options.getAs<UnitAttr>(op.getOption()) || (choice && choice.getValue());
  equate(op.getY(), isChosen ? op.getChosen() : op.getOther());
  return success();
}

/// What sums, and what products, make of an absent operand (Normalize.td).
LogicalResult CellBody::buildWithAbsent(Operation *op) {
  auto isAbsent = [&](Value value) { return absent.contains(value); };
  bool areAll = llvm::all_of(op->getOperands(), isAbsent);
  bool isProduct = isa<arith::MulFOp, MatvecOp>(op) ||
                   (isa<arith::DivFOp>(op) && isAbsent(op->getOperand(0)));
  bool isMoved =
      isa<arith::NegFOp, ReshapeOp, TransposeOp, BroadcastOp, SplitOp,
          tensor::ExtractSliceOp, tensor::ExpandShapeOp>(op);
  bool isSum =
      isa<arith::AddFOp, arith::SubFOp, arith::MinimumFOp, arith::MaximumFOp>(
          op);
  if (isProduct || isMoved || areAll) {
    absent.insert(op->result_begin(), op->result_end());
    return success();
  }
  if (!isSum)
    return fail("instantiate-C6", op->getLoc(),
                "'" + op->getName().getStringRef() +
                    "' needs a weight that is left out");
  Value left = op->getOperand(0), right = op->getOperand(1);
  if (isAbsent(right) || !isa<arith::SubFOp>(op)) {
    equate(op->getResult(0), isAbsent(right) ? left : right);
    return success();
  }
  // Nothing minus a value.
  if (open.contains(right))
    return fail("instantiate-C7", op->getLoc(),
                "the shape of this value is not known");
  mapping.map(op->getResult(0),
              arith::NegFOp::create(b, op->getLoc(), mapping.lookup(right)));
  return success();
}

/// The smallest shape that both can be repeated to.
static std::optional<SmallVector<int64_t>> getCommonShape(ArrayRef<int64_t> a,
                                                          ArrayRef<int64_t> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  SmallVector<int64_t> shape(a);
  auto inner = MutableArrayRef(shape).take_back(b.size());
  for (auto [size, other] : llvm::zip_equal(inner, b)) {
    if (size == 1)
      size = other;
    else if (other != 1 && other != size)
      return std::nullopt;
  }
  return shape;
}

/// Gives a value of open shape the one that its user needs.
FailureOr<Value> CellBody::close(Value value, ArrayRef<int64_t> shape) {
  Operation *from = open.lookup(value);
  if (!from)
    return mapping.lookup(value);
  auto type = cast<RankedTensorType>(from->getResult(0).getType());
  if (failed(verifyCompatibleShape(type.getShape(), shape)))
    return fail("instantiate-C3", from->getLoc(),
                "a value of this shape is used where another is needed");
  IRMapping local = mapping;
  for (Value operand : from->getOperands()) {
    if (!open.contains(operand))
      continue;
    auto closed = close(operand, shape);
    if (failed(closed))
      return failure();
    local.map(operand, *closed);
  }
  Operation *op = b.clone(*from, local);
  op->getResult(0).setType(type.clone(shape));
  if (failed(applyOption(op)) ||
      failed(describe(from, op, "operands do not fit together")))
    return failure();
  SmallVector<Value> folded;
  if (succeeded(b.tryFold(op, folded))) {
    op->erase();
    return folded.front();
  }
  return op->getResult(0);
}

/// The shape of an open value that nothing else tells: the smallest one that
/// all it is made of can be repeated to, such as that of an outer product.
std::optional<SmallVector<int64_t>> CellBody::getOwnShape(Value value) {
  Operation *from = open.lookup(value);
  if (!from) {
    auto type = dyn_cast<RankedTensorType>(mapping.lookup(value).getType());
    return type ? std::optional(SmallVector<int64_t>(type.getShape()))
                : std::nullopt;
  }
  if (!isa<BroadcastOp>(from) && !isElementwise(from))
    return std::nullopt;
  std::optional<SmallVector<int64_t>> shape;
  for (Value operand : from->getOperands()) {
    std::optional<SmallVector<int64_t>> own = getOwnShape(operand);
    if (own)
      shape = shape ? getCommonShape(*shape, *own) : own;
  }
  return shape;
}

/// Gives the operands of open shape that of the others.
LogicalResult CellBody::closeOperands(Operation *op) {
  auto isOpen = [&](Value value) { return open.contains(value); };
  if (!llvm::any_of(op->getOperands(), isOpen))
    return success();
  std::optional<SmallVector<int64_t>> shape;
  if (isElementwise(op)) {
    for (Value operand : op->getOperands())
      if (!isOpen(operand))
        shape = getOwnShape(operand);
    // What uses it will tell.
    if (!shape) {
      open[op->getResult(0)] = op;
      return success();
    }
  }
  for (Value operand : op->getOperands()) {
    if (!isOpen(operand))
      continue;
    auto needed = shape ? shape : getOwnShape(operand);
    if (!needed)
      return fail("instantiate-C7", op->getLoc(),
                  "'" + op->getName().getStringRef() +
                      "' does not tell the shape of an operand");
    auto closed = close(operand, *needed);
    if (failed(closed))
      return failure();
    // For this use only.
    mapping.map(operand, *closed);
  }
  return success();
}

LogicalResult CellBody::applyOption(Operation *op) {
  auto name = op->getAttrOfType<StringAttr>(optionAttrName);
  if (!name)
    return success();
  op->removeAttr(optionAttrName);
  Attribute value = options.get(name);
  if (!value)
    return success();
  if (auto activation = dyn_cast<ActivationOp>(op))
    activation.setFunctionAttr(cast<ActivationAttr>(value));
  else
    cast<FillOp>(op).setValueAttr(
        b.getF32FloatAttr(float(cast<FloatAttr>(value).getValueAsDouble())));
  return success();
}

/// What is wrong with `op`, made of `from`: success if nothing is.
LogicalResult CellBody::describe(Operation *from, Operation *op,
                                 const Twine &otherwise) {
  std::string text;
  {
    ScopedDiagnosticHandler handler(op->getContext(), [&](Diagnostic &found) {
      if (text.empty())
        text = found.str();
      return success();
    });
    if (succeeded(verify(op, /*verifyRecursively=*/false)))
      return success();
  }
  return fail("instantiate-C3", from->getLoc(),
              text.empty() ? otherwise : Twine(text));
}

LogicalResult CellBody::finish(Operation *from, Operation *op) {
  for (auto [result, known] : llvm::zip(from->getResults(), op->getResults()))
    mapping.map(result, known);
  SmallVector<Value> folded;
  bool folds = llvm::all_of(op->getResultTypes(), llvm::IsaPred<IndexType>) ||
               isa<arith::ArithDialect>(op->getDialect());
  if (!folds || isa<arith::ConstantOp>(op) || failed(b.tryFold(op, folded)))
    return success();
  for (auto [result, known] : llvm::zip(from->getResults(), folded))
    mapping.map(result, known);
  op->erase();
  return success();
}

/// Sizes as attributes; nothing if they do not follow from sizes of operands.
std::optional<SmallVector<OpFoldResult>>
CellBody::toConstants(SmallVector<OpFoldResult> sizes) {
  for (OpFoldResult &size : sizes) {
    auto value = dyn_cast<Value>(size);
    if (!value)
      continue;
    auto constant = getConstantIntValue(mapping.lookup(value));
    if (!constant || *constant < 0)
      return std::nullopt;
    size = b.getIndexAttr(*constant);
  }
  return sizes;
}

/// A slice, or one that is put into a tensor: its sizes become part of it.
LogicalResult CellBody::buildSlice(Operation *op) {
  auto slice = cast<OffsetSizeAndStrideOpInterface>(op);
  auto offsets = toConstants(slice.getMixedOffsets()),
       sizes = toConstants(slice.getMixedSizes()),
       strides = toConstants(slice.getMixedStrides());
  if (!offsets || !sizes || !strides)
    return fail("instantiate-C7", op->getLoc(),
                "offsets and sizes of a slice must follow from sizes, and not "
                "be negative");
  Operation *made;
  if (auto insert = dyn_cast<tensor::InsertSliceOp>(op)) {
    made = tensor::InsertSliceOp::create(
        b, op->getLoc(), mapping.lookup(insert.getSource()),
        mapping.lookup(insert.getDest()), *offsets, *sizes, *strides);
  } else {
    auto extract = cast<tensor::ExtractSliceOp>(op);
    Value source = mapping.lookup(extract.getSource());
    auto type = tensor::ExtractSliceOp::inferCanonicalRankReducedResultType(
        unsigned(extract.getType().getRank()),
        cast<RankedTensorType>(source.getType()), *sizes);
    made = tensor::ExtractSliceOp::create(b, op->getLoc(), type, source,
                                          *offsets, *sizes, *strides);
  }
  made->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  mapping.map(op->getResult(0), made->getResult(0));
  return describe(op, made, "the slice does not lie in its tensor");
}

LogicalResult CellBody::buildExpansion(tensor::ExpandShapeOp op) {
  auto sizes = toConstants(op.getMixedOutputShape());
  if (!sizes)
    return fail("instantiate-C7", op.getLoc(),
                "the sizes of a shape must follow from sizes");
  SmallVector<int64_t> shape;
  for (OpFoldResult size : *sizes)
    shape.push_back(*getConstantIntValue(size));
  auto made = ReshapeOp::create(b, op.getLoc(), op.getResultType().clone(shape),
                                mapping.lookup(op.getSrc()));
  mapping.map(op.getResult(), made.getY());
  return describe(op, made, "operands do not fit together");
}

LogicalResult CellBody::buildApply(ApplyOp op) {
  SmallVector<unsigned> without;
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    unsigned firstWeight = op.getInputs().size() + op.getStates().size();
    if (!absent.contains(operand))
      continue;
    if (i < firstWeight)
      return fail("instantiate-C6", op.getLoc(),
                  "an input or a state is computed from weights that are left "
                  "out");
    without.push_back(unsigned(i) - firstWeight);
  }
  auto made = cast<ApplyOp>(b.clone(*op, mapping));
  auto results = expand(made, without);
  if (failed(results))
    return failure();
  for (auto [result, known] : llvm::zip_equal(op.getResults(), *results))
    mapping.map(result, known);
  if (!llvm::equal(*results, made.getResults()))
    made.erase();
  return success();
}

LogicalResult CellBody::buildYield(YieldOp op) {
  for (auto [values, to] : {std::pair(op.getOutputs(), &outputs),
                            std::pair(op.getStates(), &nextStates)})
    for (Value value : values) {
      if (absent.contains(value))
        return fail("instantiate-C6", op.getLoc(),
                    "a result is computed from weights that are left out");
      if (failed(closeOperands(op)))
        return failure();
      to->push_back(mapping.lookup(value));
    }
  return success();
}

LogicalResult CellBody::build(Operation *op) {
  if (auto choose = dyn_cast<ChooseOp>(op))
    return buildChoice(choose);
  if (auto yield = dyn_cast<YieldOp>(op))
    return buildYield(yield);
  if (!isa<ApplyOp>(op) && llvm::any_of(op->getOperands(), [&](Value value) {
        return absent.contains(value);
      }))
    return buildWithAbsent(op);
  // The shape that an operand gets holds for this use only.
  SmallVector<std::pair<Value, Operation *>> opened;
  for (Value operand : op->getOperands())
    if (Operation *from = open.lookup(operand))
      opened.emplace_back(operand, from);
  if (failed(closeOperands(op)))
    return failure();
  llvm::scope_exit reopen([&] {
    for (auto [value, from] : opened)
      mapping.erase(value);
  });
  if (op->getNumResults() == 1 && open.contains(op->getResult(0)))
    return success();
  if (auto apply = dyn_cast<ApplyOp>(op))
    return buildApply(apply);
  if (isa<tensor::ExtractSliceOp, tensor::InsertSliceOp>(op))
    return buildSlice(op);
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
    return buildExpansion(expand);
  Operation *made = b.clone(*op, mapping);
  if (failed(applyOption(made)))
    return failure();
  Inferred inferred = inferResultTypes(made);
  if (inferred == Inferred::Open) {
    made->erase();
    open[op->getResult(0)] = op;
    return success();
  }
  if (failed(describe(op, made, "operands do not fit together")))
    return failure();
  if (inferred == Inferred::Contradiction)
    return fail("instantiate-C3", op->getLoc(),
                "the result does not have the shape that the cell says");
  return finish(op, made);
}

LogicalResult CellBody::build(CellOp from) {
  for (Operation &op : from.getBody().front())
    if (failed(build(&op)))
      return failure();
  return success();
}
