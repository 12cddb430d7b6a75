// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- InstantiateCells.cpp - Cells of known sizes ------------------------===//
//
// An application is the place of every error; the place in the cell is part of
// the text.
//
//===----------------------------------------------------------------------===//

#include "CellBody.h"

#include "se/Dialect/RNN/CellLibrary.h"
#include "se/Dialect/RNN/CellSizes.h"
#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/StringExtras.h"

namespace se::rnn {
#define GEN_PASS_DEF_INSTANTIATECELLS
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

namespace {
class Instantiator {
public:
  explicit Instantiator(ModuleOp module) : module(module), symbols(module) {}

  LogicalResult run();

private:
  CellOp lookUp(ApplyOp apply);
  bool isGeneric(CellOp cell);
  bool needsCell(ApplyOp apply, CellOp cell);
  LogicalResult instantiate(ApplyOp apply);
  FailureOr<SmallVector<Value>>
  expandInner(ApplyOp inner, ArrayRef<unsigned> absent, DictionaryAttr options);
  llvm::MapVector<StringRef, OptionKind> getAllOptions(CellOp cell);
  LogicalResult checkOptions(ApplyOp apply, CellOp cell);
  LogicalResult checkOperands(ApplyOp apply, CellOp cell,
                              ArrayRef<unsigned> weights);
  LogicalResult check(ApplyOp apply, CellOp cell,
                      SmallVectorImpl<unsigned> &weights);
  FailureOr<CellOp> make(ApplyOp apply, CellOp cell,
                         ArrayRef<unsigned> weights);
  FailureOr<SmallVector<Value>> expand(OpBuilder b, ApplyOp apply, CellOp cell,
                                       ArrayRef<unsigned> weights,
                                       ValueRange operands);
  LogicalResult finish(ApplyOp apply, CellOp cell);
  InFlightDiagnostic emitRule(StringRef rule, CellOp cell, Location inCell);

  ModuleOp module;
  SymbolTable symbols;
  /// Whether a cell needs one of known sizes for each application.
  llvm::DenseMap<Operation *, bool> generic;
  std::vector<std::pair<SmallVector<Attribute>, CellOp>> made;
  SmallVector<CellOp> active;
  /// In the network, the place of all errors.
  ApplyOp outermost;
};
} // namespace

/// cells/lstm.mlir:12:8.
static std::string formatPlace(Location location) {
  auto file = location->findInstanceOf<FileLineColLoc>();
  if (!file)
    return "an unknown place";
  return (file.getFilename().getValue() + ":" + Twine(file.getLine()) + ":" +
          Twine(file.getColumn()))
      .str();
}

InFlightDiagnostic Instantiator::emitRule(StringRef rule, CellOp cell,
                                          Location inCell) {
  return outermost.emitOpError() << rule << ": '" << cell.getSymName() << "' ("
                                 << formatPlace(inCell) << "): ";
}

CellOp Instantiator::lookUp(ApplyOp apply) {
  StringRef name = apply.getCell();
  if (auto cell = symbols.lookup<CellOp>(name))
    return cell;
  StringRef inLibrary = name;
  inLibrary.consume_front(libraryPrefix);
  const LibraryCell *known = findLibraryCell(inLibrary);
  if (!known) {
    outermost.emitOpError("instantiate-C1: ") << describeUnknownCell(inLibrary);
    return nullptr;
  }
  auto library = parseLibraryCell(*known, module.getContext());
  auto cell = library ? library->lookupSymbol<CellOp>(name) : CellOp();
  if (!cell) {
    outermost.emitOpError("instantiate-C1: ")
        << "cells/" << known->name << ".mlir has no cell '" << name << "'";
    return nullptr;
  }
  readLayers(*library);
  cell->remove();
  module.push_back(cell);
  symbols.insert(cell);
  generic[cell] = true;
  return cell;
}

/// Whether the cell cannot stand in later phases.
bool Instantiator::isGeneric(CellOp cell) {
  auto [known, isNew] = generic.try_emplace(cell, false);
  if (!isNew)
    return known->second;
  auto isOpen = [](Type type) {
    auto shaped = dyn_cast<ShapedType>(type);
    return shaped && !shaped.hasStaticShape();
  };
  bool found =
      llvm::any_of(cell.getBody().getArgumentTypes(), isOpen) ||
      cell.walk([&](Operation *op) {
            auto apply = dyn_cast<ApplyOp>(op);
            auto callee =
                apply ? symbols.lookup<CellOp>(apply.getCell()) : CellOp();
            bool isOne =
                isa<tensor::DimOp, ChooseOp>(op) ||
                op->hasAttr(optionAttrName) ||
                llvm::any_of(op->getResultTypes(), isOpen) ||
                llvm::any_of(op->getOperandTypes(), llvm::IsaPred<IndexType>) ||
                (apply && (!callee || needsCell(apply, callee)));
            return isOne ? WalkResult::interrupt() : WalkResult::advance();
          })
          .wasInterrupted();
  generic[cell] = found;
  return found;
}

bool Instantiator::needsCell(ApplyOp apply, CellOp cell) {
  return apply.getOptions() || apply.getWithout() ||
         apply.getWeights().size() != cell.getNumWeights() || isGeneric(cell);
}

/// Those of the cells that it applies, too.
llvm::MapVector<StringRef, OptionKind>
Instantiator::getAllOptions(CellOp cell) {
  auto options = getOptions(cell);
  active.push_back(cell);
  cell.walk([&](ApplyOp apply) {
    // What is wrong with it is found where it is instantiated.
    auto callee = symbols.lookup<CellOp>(apply.getCell());
    if (!callee && apply.getCell().starts_with(libraryPrefix))
      callee = lookUp(apply);
    if (callee && !llvm::is_contained(active, callee))
      for (auto &option : getAllOptions(callee))
        options.insert(option);
  });
  active.pop_back();
  return options;
}

/// Expands an application in a cell that is applied with `options`. One that
/// needs no cell of its own stays.
FailureOr<SmallVector<Value>>
Instantiator::expandInner(ApplyOp inner, ArrayRef<unsigned> absent,
                          DictionaryAttr options) {
  CellOp cell = lookUp(inner);
  SmallVector<unsigned> given;
  if (!cell || failed(inner.getGivenWeights(cell, given)))
    return failure();
  Builder b(inner.getContext());
  if (!absent.empty() && given.size() == inner.getWeights().size()) {
    SmallVector<Attribute> without;
    if (inner.getWithout())
      llvm::append_range(without, *inner.getWithout());
    unsigned firstWeight = cell.getNumInputs() + cell.getNumStates();
    for (unsigned i : llvm::reverse(absent)) {
      without.push_back(
          b.getStringAttr(cell.getArgumentName(firstWeight + given[i])));
      inner.getWeightsMutable().erase(i);
    }
    inner.setWithoutAttr(b.getArrayAttr(without));
  }
  NamedAttrList inherited(inner.getOptionsAttr());
  auto known = getAllOptions(cell);
  for (NamedAttribute option : options)
    if (known.contains(option.getName()) && !inherited.get(option.getName()))
      inherited.append(option);
  if (!inherited.empty())
    inner.setOptionsAttr(inherited.getDictionary(inner.getContext()));
  if (!needsCell(inner, cell))
    return SmallVector<Value>(inner.getResults());
  SmallVector<unsigned> weights;
  if (failed(check(inner, cell, weights)))
    return failure();
  Operation *before = inner->getPrevNode();
  auto results =
      expand(OpBuilder(inner), inner, cell, weights, inner->getOperands());
  if (failed(results))
    return failure();
  // Gates in a part that has no name of its own are gates of the whole.
  if (isa<NameLoc>(inner.getLoc()))
    for (Operation *op = before ? before->getNextNode()
                                : &inner->getBlock()->front();
         op != inner; op = op->getNextNode())
      op->setLoc(nameWithin(op->getLoc(), inner.getLoc()));
  return results;
}

LogicalResult Instantiator::checkOptions(ApplyOp apply, CellOp cell) {
  DictionaryAttr given = apply.getOptionsAttr();
  if (!given)
    return success();
  auto options = getAllOptions(cell);
  for (NamedAttribute one : given) {
    auto *option = options.find(one.getName());
    auto fail = [&]() {
      return emitRule("instantiate-C5", cell, cell.getLoc());
    };
    if (option == options.end()) {
      SmallVector<StringRef> names;
      for (auto &[name, kind] : options)
        names.push_back(name);
      return fail() << "there is no option '" << one.getName().getValue() << "'"
                    << (names.empty()
                            ? std::string()
                            : ", there are " + llvm::join(names, ", "));
    }
    Attribute value = one.getValue();
    switch (option->second) {
    case OptionKind::Function:
      if (!isa<ActivationAttr>(value))
        return fail() << "option '" << option->first
                      << "' must be a function, such as #rnn.act<tanh>";
      break;
    case OptionKind::Number:
      if (!isa<FloatAttr>(value))
        return fail() << "option '" << option->first
                      << "' must be a number, such as 0.5 : f32";
      break;
    case OptionKind::Choice:
      if (!isa<UnitAttr, BoolAttr>(value))
        return fail() << "option '" << option->first << "' has no value";
    }
  }
  return success();
}

/// (instantiate-C2)
LogicalResult Instantiator::checkOperands(ApplyOp apply, CellOp cell,
                                          ArrayRef<unsigned> weights) {
  auto fail = [&]() { return emitRule("instantiate-C2", cell, cell.getLoc()); };
  if (apply.getInputs().size() != cell.getNumInputs() ||
      apply.getStates().size() != cell.getNumStates())
    return fail() << "the cell has " << cell.getNumInputs() << " inputs and "
                  << cell.getNumStates() << " states, found "
                  << apply.getInputs().size() << " and "
                  << apply.getStates().size();
  if (apply.getNumResults() != cell.getNumOutputs() + cell.getNumStates() ||
      apply.getNextStates().size() != cell.getNumStates())
    return fail() << "the cell gives " << cell.getNumOutputs()
                  << " outputs and " << cell.getNumStates()
                  << " next states, found " << apply.getOutputs().size()
                  << " and " << apply.getNextStates().size();
  unsigned firstWeight = cell.getNumInputs() + cell.getNumStates();
  if (apply.getWeights().size() != weights.size()) {
    std::string names;
    for (unsigned i : weights)
      names +=
          (names.empty() ? "" : ", ") + cell.getArgumentName(firstWeight + i);
    return fail() << "the cell has " << weights.size() << " weights (" << names
                  << "), found " << apply.getWeights().size();
  }
  SmallVector<unsigned> numbers = llvm::to_vector(llvm::seq(firstWeight));
  for (unsigned i : weights)
    numbers.push_back(firstWeight + i);
  SmallVector<std::pair<unsigned, RankedTensorType>> operands;
  for (auto [i, value] : llvm::zip_equal(numbers, apply->getOperands())) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    auto expected =
        cast<RankedTensorType>(cell.getBody().getArgument(i).getType());
    if (!type || !type.hasStaticShape() ||
        failed(verifyCompatibleShape(type, expected)) ||
        type.getElementType() != expected.getElementType())
      return fail() << "'" << cell.getArgumentName(i) << "' must be of type "
                    << expected << ", found " << value.getType();
    operands.emplace_back(i, type);
  }
  CellSizes sizes(cell);
  for (auto [i, type] : operands)
    sizes.bind(i, type.getShape());
  for (auto [i, type] : operands)
    if (std::optional<SmallVector<int64_t>> shape = sizes.getShape(i);
        shape && ArrayRef(*shape) != type.getShape())
      return fail() << "'" << cell.getArgumentName(i)
                    << "' must have the shape " << sizes.format(i) << " = ["
                    << *shape << "] with " << sizes.format() << ", found ["
                    << type.getShape() << "]";
  return success();
}

/// The body of a cell at the place of `b`: outputs, then next states.
FailureOr<SmallVector<Value>> Instantiator::expand(OpBuilder b, ApplyOp apply,
                                                   CellOp cell,
                                                   ArrayRef<unsigned> weights,
                                                   ValueRange operands) {
  auto fail = [&](StringRef rule, Location inCell, const Twine &text) {
    return LogicalResult(emitRule(rule, cell, inCell) << text);
  };
  if (llvm::is_contained(active, cell))
    return fail("instantiate-C8", cell.getLoc(), "the cell applies itself");
  DictionaryAttr options = apply.getOptions().value_or(b.getDictionaryAttr({}));
  auto inner = [&](ApplyOp op, ArrayRef<unsigned> absent) {
    return expandInner(op, absent, options);
  };
  CellBody body(b, options, inner, fail);
  unsigned firstWeight = cell.getNumInputs() + cell.getNumStates(), next = 0;
  for (BlockArgument argument : cell.getBody().getArguments()) {
    unsigned i = argument.getArgNumber();
    if (i >= firstWeight && !llvm::is_contained(weights, i - firstWeight))
      body.setAbsent(argument);
    else
      body.map(argument, operands[next++]);
  }
  active.push_back(cell);
  LogicalResult built = body.build(cell);
  active.pop_back();
  if (failed(built))
    return failure();
  for (auto [i, state] : llvm::enumerate(apply.getStates()))
    if (Type type = body.getNextStates()[i].getType(); type != state.getType())
      return LogicalResult(
          emitRule("instantiate-C4", cell, cell.getYield().getLoc())
          << "the next '" << cell.getArgumentName(cell.getNumInputs() + i)
          << "' is " << type << ", the state " << state.getType());
  SmallVector<Value> results(body.getOutputs());
  llvm::append_range(results, body.getNextStates());
  for (auto [result, value] : llvm::zip_equal(apply.getResults(), results)) {
    // In a cell it may have been open.
    if (failed(verifyCompatibleShape(result.getType(), value.getType())))
      return LogicalResult(
          emitRule("instantiate-C4", cell, cell.getYield().getLoc())
          << "result " << result.getResultNumber() << " is " << value.getType()
          << ", not " << result.getType());
    result.setType(value.getType());
  }
  return results;
}

FailureOr<CellOp> Instantiator::make(ApplyOp apply, CellOp cell,
                                     ArrayRef<unsigned> weights) {
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  StringRef name = cell.getSymName();
  name.consume_front(libraryPrefix);
  auto typesOf = [&](ValueRange values) {
    return b.getTypeArrayAttr(SmallVector<Type>(values.getTypes()));
  };
  auto result =
      CellOp::create(b, cell.getLoc(), name, typesOf(apply.getInputs()),
                     typesOf(apply.getStates()), typesOf(apply.getWeights()),
                     b.getTypeArrayAttr({}), ArrayAttr(), ArrayAttr(),
                     ArrayAttr(), ArrayAttr(), IntegerAttr());
  Block &block = result.getBody().emplaceBlock();
  b.setInsertionPointToStart(&block);
  unsigned firstWeight = cell.getNumInputs() + cell.getNumStates();
  SmallVector<unsigned> numbers = llvm::to_vector(llvm::seq(firstWeight));
  for (unsigned i : weights)
    numbers.push_back(firstWeight + i);
  SmallVector<Attribute> names;
  for (auto [i, operand] : llvm::zip_equal(numbers, apply->getOperands())) {
    block.addArgument(operand.getType(),
                      cell.getBody().getArgument(i).getLoc());
    names.push_back(b.getStringAttr(cell.getArgumentName(i)));
  }
  if (cell.getArgumentNames())
    result.setArgumentNamesAttr(b.getArrayAttr(names));
  auto results = expand(b, apply, cell, weights, block.getArguments());
  if (failed(results)) {
    result.erase();
    return failure();
  }
  b.setInsertionPointToEnd(&block);
  auto outputs = ArrayRef(*results).take_front(cell.getNumOutputs());
  YieldOp::create(b, cell.getYield().getLoc(), outputs,
                  ArrayRef(*results).drop_front(cell.getNumOutputs()));
  result.setOutputTypesAttr(typesOf(outputs));
  // What sizes were computed from, and what nobody chose.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
  return result;
}

LogicalResult Instantiator::check(ApplyOp apply, CellOp cell,
                                  SmallVectorImpl<unsigned> &weights) {
  return failure(failed(apply.getGivenWeights(cell, weights)) ||
                 failed(checkOptions(apply, cell)) ||
                 failed(checkOperands(apply, cell, weights)));
}

/// `known` was made for an application like this one.
LogicalResult Instantiator::finish(ApplyOp apply, CellOp known) {
  for (auto [result, value] :
       llvm::zip_equal(apply.getResults(), known.getYield().getOperands())) {
    if (failed(verifyCompatibleShape(result.getType(), value.getType())))
      return LogicalResult(
          emitRule("instantiate-C4", known, known.getYield().getLoc())
          << "result " << result.getResultNumber() << " is " << value.getType()
          << ", not " << result.getType());
    result.setType(value.getType());
  }
  apply.setCell(known.getSymName());
  apply.removeOptionsAttr();
  apply.removeWithoutAttr();
  return success();
}

LogicalResult Instantiator::instantiate(ApplyOp apply) {
  outermost = apply;
  CellOp cell = lookUp(apply);
  if (!cell)
    return failure();
  if (!needsCell(apply, cell))
    return success();
  SmallVector<unsigned> weights;
  if (failed(check(apply, cell, weights)))
    return failure();
  Builder b(apply.getContext());
  SmallVector<int64_t> numbers(weights.begin(), weights.end());
  SmallVector<Attribute> key{
      cell.getSymNameAttr(), apply.getOptionsAttr(), b.getI64ArrayAttr(numbers),
      b.getTypeArrayAttr(SmallVector<Type>(apply->getOperandTypes()))};
  for (auto &[other, known] : made)
    if (other == key)
      return finish(apply, known);
  FailureOr<CellOp> result = make(apply, cell, weights);
  if (failed(result))
    return failure();
  // Names of cells with open sizes are taken until these are erased.
  symbols.insert(*result);
  made.emplace_back(std::move(key), *result);
  return finish(apply, *result);
}

LogicalResult Instantiator::run() {
  SmallVector<ApplyOp> applications;
  for (auto network : module.getOps<NetworkOp>())
    network.walk([&](ApplyOp apply) { applications.push_back(apply); });
  for (ApplyOp apply : applications)
    if (failed(instantiate(apply)))
      return failure();
  for (auto cell : llvm::make_early_inc_range(module.getOps<CellOp>()))
    if (isGeneric(cell))
      symbols.erase(cell);
  // The first of each takes its name.
  for (auto &[key, cell] : made) {
    StringRef name = cast<StringAttr>(key.front()).getValue();
    name.consume_front(libraryPrefix);
    if (!symbols.lookup(name) && failed(symbols.rename(cell, name)))
      return failure();
  }
  return success();
}

LogicalResult se::rnn::instantiateCells(ModuleOp module) {
  return Instantiator(module).run();
}

namespace {
struct InstantiateCellsPass
    : se::rnn::impl::InstantiateCellsBase<InstantiateCellsPass> {
  void runOnOperation() override {
    if (failed(instantiateCells(getOperation())))
      signalPassFailure();
  }
};
} // namespace
