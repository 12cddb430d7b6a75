// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RNNStructure.cpp - Networks, cells, apply: syntax and rules --------===//

#include "se/Dialect/RNN/CellSizes.h"
#include "se/Dialect/RNN/RNN.h"

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

#include <cmath>

using namespace mlir;
using namespace se::rnn;

//===----------------------------------------------------------------------===//
// Syntax shared by network and cell
//===----------------------------------------------------------------------===//

namespace {
/// Names of sizes, as symbols of shapes.
using SizeNames = SmallVector<std::pair<StringRef, AffineExpr>>;

/// What one `keyword(...)` clause declares.
struct Clause {
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<Attribute> types, names, resets;
  /// Of a cell's arguments.
  SmallVector<Attribute> shapes, ranges;
  bool hasShape = false, hasRange = false;
  int64_t numOptional = 0;
};
} // namespace

/// Parses `(%arg [= "name"] : type [reset attr], ...)`. Without arguments
/// (outputs) the SSA name is left out; without names, so is the string.
static ParseResult parseClause(OpAsmParser &parser, bool hasArgument,
                               bool hasName, bool hasReset, Clause &clause) {
  return parser.parseCommaSeparatedList(
      AsmParser::Delimiter::Paren, [&]() -> ParseResult {
        OpAsmParser::Argument argument;
        Type type;
        if (hasArgument && parser.parseArgument(argument))
          return failure();
        if (hasName) {
          // Not parseAttribute, which would take the type as the string's.
          std::string name;
          if ((hasArgument && parser.parseEqual()) || parser.parseString(&name))
            return failure();
          clause.names.push_back(parser.getBuilder().getStringAttr(name));
        }
        if ((hasArgument || hasName) && parser.parseColon())
          return failure();
        if (parser.parseType(type))
          return failure();
        if (hasReset) {
          Attribute reset;
          if (parser.parseKeyword("reset") || parser.parseAttribute(reset))
            return failure();
          clause.resets.push_back(reset);
        }
        if (hasArgument) {
          argument.type = type;
          clause.arguments.push_back(argument);
        }
        clause.types.push_back(TypeAttr::get(type));
        return success();
      });
}

/// Parses `keyword` and its clause if the keyword is there.
static ParseResult parseOptionalClause(OpAsmParser &parser, StringRef keyword,
                                       bool hasArgument, bool hasName,
                                       bool hasReset, Clause &clause) {
  if (failed(parser.parseOptionalKeyword(keyword)))
    return success();
  return parseClause(parser, hasArgument, hasName, hasReset, clause);
}

/// `[4 * h, x]`, if it is there, else what the type says.
static ParseResult parseShape(OpAsmParser &parser, Type type,
                              const SizeNames &sizes, Clause &clause) {
  SmallVector<AffineExpr> shape;
  auto parseOne = [&]() {
    return parser.parseAffineExpr(sizes, shape.emplace_back());
  };
  llvm::SMLoc place = parser.getCurrentLocation();
  if (succeeded(parser.parseOptionalLSquare())) {
    // Of a number, which has no sizes.
    if (failed(parser.parseOptionalRSquare()) &&
        (parser.parseCommaSeparatedList(parseOne) || parser.parseRSquare()))
      return failure();
    clause.hasShape = true;
  } else if (auto tensor = dyn_cast<RankedTensorType>(type)) {
    for (int64_t size : tensor.getShape()) {
      if (ShapedType::isDynamic(size) && !sizes.empty())
        return parser.emitError(place)
               << "cell-C3: expected the shape in names of sizes, such as "
               << "tensor<?xf32>[" << sizes.front().first << "]";
      shape.push_back(parser.getBuilder().getAffineConstantExpr(size));
    }
  }
  clause.shapes.push_back(AffineMapAttr::get(
      AffineMap::get(0, unsigned(sizes.size()), shape, parser.getContext())));
  return success();
}

/// `in [0.5, 0.9]`, if it is there.
static ParseResult parseRange(OpAsmParser &parser, Clause &clause) {
  Builder &b = parser.getBuilder();
  Attribute range = b.getUnitAttr();
  if (succeeded(parser.parseOptionalKeyword("in"))) {
    SmallVector<double> bounds;
    auto parseBound = [&]() {
      bool isNegative = succeeded(parser.parseOptionalMinus());
      if (parser.parseFloat(bounds.emplace_back()))
        return failure();
      if (isNegative)
        bounds.back() = -bounds.back();
      return success();
    };
    if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                       parseBound))
      return failure();
    range = b.getF64ArrayAttr(bounds);
    clause.hasRange = true;
  }
  clause.ranges.push_back(range);
  return success();
}

/// The arguments of a cell: `(%W : tensor<?x?xf32>[h, x] in [-1.0, 1.0], ...)`.
static ParseResult parseCellClause(OpAsmParser &parser, StringRef keyword,
                                   const SizeNames &sizes, Clause &clause) {
  if (failed(parser.parseOptionalKeyword(keyword)))
    return success();
  return parser.parseCommaSeparatedList(
      AsmParser::Delimiter::Paren, [&]() -> ParseResult {
        OpAsmParser::Argument &argument = clause.arguments.emplace_back();
        if (parser.parseArgument(argument) ||
            parser.parseColonType(argument.type) ||
            parseShape(parser, argument.type, sizes, clause))
          return failure();
        clause.types.push_back(TypeAttr::get(argument.type));
        clause.names.push_back(parser.getBuilder().getStringAttr(
            argument.ssaName.name.drop_front()));
        if (keyword != "weights")
          return success();
        if (failed(parseRange(parser, clause)))
          return failure();
        if (succeeded(parser.parseOptionalKeyword("optional")))
          ++clause.numOptional;
        else if (clause.numOptional)
          return parser.emitError(parser.getCurrentLocation())
                 << "cell-C5: a weight that is not optional comes after one "
                    "that is";
        return success();
      });
}

static ParseResult parseBody(OpAsmParser &parser, OperationState &result,
                             ArrayRef<OpAsmParser::Argument> arguments) {
  if (parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  return parser.parseRegion(*result.addRegion(), arguments);
}

static void printClause(OpAsmPrinter &p, StringRef keyword,
                        ArrayRef<BlockArgument> arguments, ArrayAttr types,
                        ArrayAttr names = {}, ArrayAttr resets = {}) {
  if (types.empty())
    return;
  p << ' ' << keyword << '(';
  for (unsigned i = 0, e = types.size(); i != e; ++i) {
    if (i)
      p << ", ";
    if (!arguments.empty()) {
      p.printOperand(arguments[i]);
      if (names)
        p << " = ";
    }
    if (names)
      p << names[i];
    if (!arguments.empty() || names)
      p << " : ";
    p << cast<TypeAttr>(types[i]).getValue();
    if (resets)
      p << " reset " << resets[i];
  }
  p << ')';
}

static void printCellClause(OpAsmPrinter &p, StringRef keyword, CellOp cell,
                            ArrayRef<BlockArgument> arguments) {
  if (arguments.empty())
    return;
  unsigned firstWeight = cell.getNumInputs() + cell.getNumStates();
  p << ' ' << keyword << '(';
  llvm::interleaveComma(arguments, p, [&](BlockArgument argument) {
    unsigned i = argument.getArgNumber();
    auto type = cast<TensorType>(argument.getType());
    p.printOperand(argument);
    p << " : " << type;
    if (cell.getShapes() && !type.hasStaticShape())
      printShape(p.getStream(),
                 cast<AffineMapAttr>((*cell.getShapes())[i]).getValue(),
                 *cell.getSizeNames());
    if (i < firstWeight)
      return;
    if (std::optional<ArrayAttr> ranges = cell.getWeightRanges())
      if (auto range = dyn_cast<ArrayAttr>((*ranges)[i - firstWeight])) {
        p << " in [";
        llvm::interleaveComma(range.getAsValueRange<FloatAttr>(), p,
                              [&](const APFloat &bound) { p << bound; });
        p << ']';
      }
    if (i + cell.getNumOptional() >= cell.getBody().getNumArguments())
      p << " optional";
  });
  p << ')';
}

static void printBody(OpAsmPrinter &p, Operation *op, Region &body,
                      ArrayRef<StringRef> elided) {
  p.printOptionalAttrDictWithKeyword(op->getAttrs(), elided);
  p << ' ';
  p.printRegion(body, /*printEntryBlockArgs=*/false);
}

static void concatTypes(SmallVectorImpl<Type> &to, ArrayAttr types) {
  for (Attribute type : types)
    to.push_back(cast<TypeAttr>(type).getValue());
}

/// Checks the types of a region's arguments and of its yield.
static LogicalResult verifyBody(Operation *op, StringRef argumentRule,
                                StringRef yieldRule, Block &block,
                                ArrayRef<ArrayAttr> argumentTypes,
                                ArrayAttr outputTypes, ArrayAttr stateTypes) {
  SmallVector<Type> expected;
  for (ArrayAttr types : argumentTypes)
    concatTypes(expected, types);
  if (!llvm::equal(block.getArgumentTypes(), expected))
    return op->emitOpError()
           << argumentRule << ": the block's arguments must have the types "
           << expected;
  auto yield = dyn_cast<YieldOp>(block.back());
  if (!yield)
    return op->emitOpError() << "must end with rnn.yield";
  SmallVector<Type> outputs, states;
  concatTypes(outputs, outputTypes);
  concatTypes(states, stateTypes);
  if (!llvm::equal(yield.getOutputs().getTypes(), outputs))
    return yield.emitOpError()
           << yieldRule << ": outputs must have the types (" << outputs << ")";
  if (!llvm::equal(yield.getStates().getTypes(), states))
    return yield.emitOpError()
           << yieldRule << ": next states must have the types (" << states
           << ")";
  return success();
}

//===----------------------------------------------------------------------===//
// NetworkOp
//===----------------------------------------------------------------------===//

ParseResult NetworkOp::parse(OpAsmParser &parser, OperationState &result) {
  Clause inputs, states, outputs;
  StringAttr name;
  if (parser.parseSymbolName(name, getSymNameAttrName(result.name),
                             result.attributes) ||
      parseOptionalClause(parser, "inputs", true, true, false, inputs) ||
      parseOptionalClause(parser, "states", true, true, true, states) ||
      parseOptionalClause(parser, "outputs", false, true, false, outputs))
    return failure();
  Builder &b = parser.getBuilder();
  auto add = [&](StringAttr key, ArrayRef<Attribute> values) {
    result.addAttribute(key, b.getArrayAttr(values));
  };
  add(getInputTypesAttrName(result.name), inputs.types);
  add(getInputNamesAttrName(result.name), inputs.names);
  add(getStateTypesAttrName(result.name), states.types);
  add(getStateNamesAttrName(result.name), states.names);
  add(getResetValuesAttrName(result.name), states.resets);
  add(getOutputTypesAttrName(result.name), outputs.types);
  add(getOutputNamesAttrName(result.name), outputs.names);
  llvm::append_range(inputs.arguments, states.arguments);
  return parseBody(parser, result, inputs.arguments);
}

void NetworkOp::print(OpAsmPrinter &p) {
  p << ' ';
  p.printSymbolName(getSymName());
  printClause(p, "inputs", getInputArguments(), getInputTypes(),
              getInputNames());
  printClause(p, "states", getStateArguments(), getStateTypes(),
              getStateNames(), getResetValues());
  printClause(p, "outputs", {}, getOutputTypes(), getOutputNames());
  printBody(p, *this, getBody(),
            {getSymNameAttrName(), getInputTypesAttrName(),
             getInputNamesAttrName(), getStateTypesAttrName(),
             getStateNamesAttrName(), getResetValuesAttrName(),
             getOutputTypesAttrName(), getOutputNamesAttrName()});
}

Block::BlockArgListType NetworkOp::getInputArguments() {
  return getBody().getArguments().take_front(getNumInputs());
}
Block::BlockArgListType NetworkOp::getStateArguments() {
  return getBody().getArguments().drop_front(getNumInputs());
}
YieldOp NetworkOp::getYield() {
  return cast<YieldOp>(getBody().front().back());
}

void NetworkOp::getAsmBlockArgumentNames(Region &region,
                                         OpAsmSetValueNameFn setName) {
  auto name = [&](BlockArgument argument, Attribute string) {
    setName(argument, cast<StringAttr>(string).getValue());
  };
  if (region.getNumArguments() !=
      getInputNames().size() + getStateNames().size())
    return;
  for (auto [argument, string] :
       llvm::zip(getInputArguments(), getInputNames()))
    name(argument, string);
  for (auto [argument, string] :
       llvm::zip(getStateArguments(), getStateNames()))
    name(argument, string);
}

LogicalResult NetworkOp::verifyRegions() {
  if (getInputTypes().size() != getInputNames().size() ||
      getStateTypes().size() != getStateNames().size() ||
      getOutputTypes().size() != getOutputNames().size())
    return emitOpError("network-C1: there must be one name for each input, "
                       "output and state");
  auto checkNames = [&](llvm::StringSet<> &seen,
                        ArrayAttr names) -> LogicalResult {
    for (Attribute attr : names) {
      StringRef name = cast<StringAttr>(attr).getValue();
      if (name.empty() || !seen.insert(name).second)
        return emitOpError("network-C1: names must be unique and not empty, "
                           "found \"")
               << name << "\"";
    }
    return success();
  };
  llvm::StringSet<> arguments, outputs;
  if (failed(checkNames(arguments, getInputNames())) ||
      failed(checkNames(arguments, getStateNames())) ||
      failed(checkNames(outputs, getOutputNames())))
    return failure();
  auto isTensor = [](Attribute attr, bool isState) {
    auto tensor = dyn_cast<RankedTensorType>(cast<TypeAttr>(attr).getValue());
    if (!tensor || !tensor.hasStaticShape() || tensor.getNumElements() == 0)
      return false;
    Type element = tensor.getElementType();
    return isa<FloatType>(element) ||
           (isState && (element.isInteger(8) || element.isInteger(16)));
  };
  for (ArrayAttr types : {getInputTypes(), getOutputTypes()})
    for (Attribute attr : types)
      if (!isTensor(attr, /*isState=*/false))
        return emitOpError("network-C5: inputs and outputs must be statically "
                           "shaped, not empty tensors of floats, found ")
               << attr;
  for (Attribute attr : getStateTypes())
    if (!isTensor(attr, /*isState=*/true))
      return emitOpError("network-C5: states must be statically shaped, not "
                         "empty tensors of floats, i8 or i16, found ")
             << attr;
  if (getResetValues().size() != getStateTypes().size())
    return emitOpError("network-C3: there must be one reset value for each "
                       "state");
  for (auto [reset, type] : llvm::zip(getResetValues(), getStateTypes())) {
    auto elements = dyn_cast<ElementsAttr>(reset);
    if (!elements || elements.getType() != cast<TypeAttr>(type).getValue())
      return emitOpError("network-C3: a reset value must be an elements "
                         "attribute of the state's type ")
             << type;
  }
  WalkResult open = getBody().walk([](Operation *op) {
    auto isOpen = [](Type type) {
      auto shaped = dyn_cast<ShapedType>(type);
      return shaped && !shaped.hasStaticShape();
    };
    auto found = llvm::find_if(op->getResultTypes(), isOpen);
    if (found == op->getResultTypes().end())
      return WalkResult::advance();
    op->emitOpError("network-C6: sizes may be open only in an rnn.cell, found ")
        << *found;
    return WalkResult::interrupt();
  });
  if (open.wasInterrupted())
    return failure();
  llvm::StringSet<> observed;
  for (auto observe : getBody().front().getOps<ObserveOp>())
    if (!observed.insert(observe.getTensor()).second)
      return observe.emitOpError("observe-C1: there is another tensor with the "
                                 "name ")
             << observe.getTensorAttr();
  return verifyBody(*this, "network-C2", "network-C4", getBody().front(),
                    {getInputTypes(), getStateTypes()}, getOutputTypes(),
                    getStateTypes());
}

//===----------------------------------------------------------------------===//
// CellOp
//===----------------------------------------------------------------------===//

ParseResult CellOp::parse(OpAsmParser &parser, OperationState &result) {
  Clause inputs, states, weights, outputs;
  StringAttr name;
  Builder &b = parser.getBuilder();
  SizeNames sizes;
  SmallVector<Attribute> sizeNames;
  auto parseSize = [&]() {
    StringRef size;
    if (parser.parseKeyword(&size))
      return failure();
    sizes.emplace_back(size, b.getAffineSymbolExpr(unsigned(sizes.size())));
    sizeNames.push_back(b.getStringAttr(size));
    return success();
  };
  if (parser.parseSymbolName(name, getSymNameAttrName(result.name),
                             result.attributes) ||
      (succeeded(parser.parseOptionalKeyword("sizes")) &&
       parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren,
                                      parseSize)) ||
      parseCellClause(parser, "inputs", sizes, inputs) ||
      parseCellClause(parser, "states", sizes, states) ||
      parseCellClause(parser, "weights", sizes, weights) ||
      parseOptionalClause(parser, "outputs", false, false, false, outputs))
    return failure();
  auto add = [&](StringAttr key, ArrayRef<Attribute> values) {
    result.addAttribute(key, b.getArrayAttr(values));
  };
  auto join = [&](SmallVector<Attribute> Clause::*part) {
    SmallVector<Attribute> all(inputs.*part);
    llvm::append_range(all, states.*part);
    llvm::append_range(all, weights.*part);
    return all;
  };
  add(getInputTypesAttrName(result.name), inputs.types);
  add(getStateTypesAttrName(result.name), states.types);
  add(getWeightTypesAttrName(result.name), weights.types);
  add(getOutputTypesAttrName(result.name), outputs.types);
  SmallVector<Attribute> names = join(&Clause::names);
  // %0 is what is printed where there is no name.
  if (!names.empty() && llvm::none_of(names, [](Attribute name) {
        return llvm::isDigit(cast<StringAttr>(name).getValue().front());
      }))
    add(getArgumentNamesAttrName(result.name), names);
  if (!sizes.empty() || inputs.hasShape || states.hasShape ||
      weights.hasShape) {
    add(getSizeNamesAttrName(result.name), sizeNames);
    add(getShapesAttrName(result.name), join(&Clause::shapes));
  }
  if (weights.hasRange)
    add(getWeightRangesAttrName(result.name), weights.ranges);
  if (weights.numOptional)
    result.addAttribute(getOptionalWeightsAttrName(result.name),
                        b.getI64IntegerAttr(weights.numOptional));
  llvm::append_range(inputs.arguments, states.arguments);
  llvm::append_range(inputs.arguments, weights.arguments);
  return parseBody(parser, result, inputs.arguments);
}

void CellOp::print(OpAsmPrinter &p) {
  p << ' ';
  p.printSymbolName(getSymName());
  if (std::optional<ArrayAttr> sizes = getSizeNames();
      sizes && !sizes->empty()) {
    p << " sizes(";
    llvm::interleaveComma(sizes->getAsValueRange<StringAttr>(), p);
    p << ')';
  }
  printCellClause(p, "inputs", *this, getInputArguments());
  printCellClause(p, "states", *this, getStateArguments());
  printCellClause(p, "weights", *this, getWeightArguments());
  printClause(p, "outputs", {}, getOutputTypes());
  printBody(p, *this, getBody(),
            {getSymNameAttrName(), getInputTypesAttrName(),
             getStateTypesAttrName(), getWeightTypesAttrName(),
             getOutputTypesAttrName(), getArgumentNamesAttrName(),
             getSizeNamesAttrName(), getShapesAttrName(),
             getWeightRangesAttrName(), getOptionalWeightsAttrName()});
}

Block::BlockArgListType CellOp::getInputArguments() {
  return getBody().getArguments().take_front(getNumInputs());
}
Block::BlockArgListType CellOp::getStateArguments() {
  return getBody().getArguments().slice(getNumInputs(), getNumStates());
}
Block::BlockArgListType CellOp::getWeightArguments() {
  return getBody().getArguments().drop_front(getNumInputs() + getNumStates());
}

std::string CellOp::getArgumentName(unsigned number) {
  if (std::optional<ArrayAttr> names = getArgumentNames())
    return cast<StringAttr>((*names)[number]).str();
  unsigned states = getNumInputs(), weights = states + getNumStates();
  return number < states    ? "input " + std::to_string(number)
         : number < weights ? "state " + std::to_string(number - states)
                            : "weight " + std::to_string(number - weights);
}

void CellOp::getAsmBlockArgumentNames(Region &region,
                                      OpAsmSetValueNameFn setName) {
  unsigned states = getNumInputs(), weights = states + getNumStates();
  std::optional<ArrayAttr> names = getArgumentNames();
  if (names && names->size() != region.getNumArguments())
    names = std::nullopt;
  for (BlockArgument argument : region.getArguments()) {
    unsigned n = argument.getArgNumber();
    setName(argument, names         ? cast<StringAttr>((*names)[n]).getValue()
                      : n < states  ? "x"
                      : n < weights ? "h"
                                    : "w");
  }
}

YieldOp CellOp::getYield() { return cast<YieldOp>(getBody().front().back()); }

/// (cell-C3)
static LogicalResult verifyShapes(CellOp cell) {
  std::optional<ArrayAttr> shapes = cell.getShapes(),
                           sizes = cell.getSizeNames();
  if (!shapes && !sizes)
    return success();
  auto fail = [&]() { return cell.emitOpError("cell-C3: "); };
  unsigned numArguments = cell.getBody().getNumArguments();
  if (!shapes || !sizes || shapes->size() != numArguments)
    return fail() << "there must be one shape for each argument";
  llvm::StringSet<> known;
  for (auto name : sizes->getAsValueRange<StringAttr>())
    if (!known.insert(name).second)
      return fail() << "there are two sizes '" << name << "'";
  llvm::SmallBitVector whole(unsigned(sizes->size()));
  for (auto [argument, attribute] :
       llvm::zip(cell.getBody().getArguments(), *shapes)) {
    auto type = cast<RankedTensorType>(argument.getType());
    AffineMap shape = cast<AffineMapAttr>(attribute).getValue();
    bool fits = shape.getNumDims() == 0 &&
                shape.getNumSymbols() == sizes->size() &&
                int64_t(shape.getNumResults()) == type.getRank();
    if (!fits)
      return fail() << "the shape of '"
                    << cell.getArgumentName(argument.getArgNumber())
                    << "' must have the rank of " << type;
    for (auto [size, e] : llvm::zip(type.getShape(), shape.getResults())) {
      auto constant = dyn_cast<AffineConstantExpr>(e);
      if (constant ? constant.getValue() != size : !ShapedType::isDynamic(size))
        return fail() << "the shape of '"
                      << cell.getArgumentName(argument.getArgNumber())
                      << "' does not have the sizes of " << type;
      if (auto symbol = dyn_cast<AffineSymbolExpr>(e))
        whole.set(symbol.getPosition());
    }
  }
  if (!whole.all())
    return fail()
           << "size '"
           << cast<StringAttr>((*sizes)[whole.find_first_unset()]).getValue()
           << "' is not the whole of a dimension of any argument";
  return success();
}

/// (cell-C5)
static LogicalResult verifyWeights(CellOp cell) {
  unsigned numWeights = cell.getNumWeights();
  if (cell.getNumOptional() > numWeights)
    return cell.emitOpError("cell-C5: there are only ")
           << numWeights << " weights";
  std::optional<ArrayAttr> ranges = cell.getWeightRanges();
  if (!ranges)
    return success();
  if (ranges->size() != numWeights)
    return cell.emitOpError("cell-C5: there must be one range for each weight");
  for (auto [i, attribute] : llvm::enumerate(*ranges)) {
    if (isa<UnitAttr>(attribute))
      continue;
    auto range = dyn_cast<ArrayAttr>(attribute);
    bool isRange = range && range.size() == 2 &&
                   llvm::all_of(range, llvm::IsaPred<FloatAttr>);
    auto bound = [&](unsigned j) {
      return cast<FloatAttr>(range[j]).getValueAsDouble();
    };
    if (!isRange || !std::isfinite(bound(0)) || !std::isfinite(bound(1)) ||
        bound(0) > bound(1))
      return cell.emitOpError("cell-C5: the range of '")
             << cell.getArgumentName(cell.getNumInputs() + cell.getNumStates() +
                                     unsigned(i))
             << "' must be its least and its greatest value";
  }
  return success();
}

LogicalResult CellOp::verifyRegions() {
  for (ArrayAttr types :
       {getInputTypes(), getStateTypes(), getWeightTypes(), getOutputTypes()})
    for (auto type : types.getAsValueRange<TypeAttr>())
      if (!isa<RankedTensorType>(type))
        return emitOpError("cell-C6: inputs, states, weights and outputs must "
                           "be ranked tensors, found ")
               << type;
  if (failed(verifyBody(*this, "cell-C1", "cell-C2", getBody().front(),
                        {getInputTypes(), getStateTypes(), getWeightTypes()},
                        getOutputTypes(), getStateTypes())))
    return failure();
  if (std::optional<ArrayAttr> names = getArgumentNames()) {
    llvm::StringSet<> known;
    if (names->size() != getBody().getNumArguments() ||
        !llvm::all_of(names->getAsValueRange<StringAttr>(), [&](StringRef n) {
          return !n.empty() && known.insert(n).second;
        }))
      return emitOpError("cell-C4: there must be one name for each argument, "
                         "all different");
  }
  return failure(failed(verifyShapes(*this)) || failed(verifyWeights(*this)));
}

//===----------------------------------------------------------------------===//
// ApplyOp
//===----------------------------------------------------------------------===//

LogicalResult ApplyOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  auto cell = symbolTable.lookupNearestSymbolFrom<CellOp>(*this, getCellAttr());
  if (!cell) {
    // The library's cells come in when cells are instantiated.
    bool isOther = symbolTable.lookupNearestSymbolFrom(*this, getCellAttr());
    if (!isOther && getCell().starts_with(libraryPrefix))
      return success();
    return emitOpError("apply-C1: '")
           << getCell() << "' does not name an rnn.cell";
  }
  auto check = [&](StringRef rule, StringRef what, TypeRange found,
                   ArrayRef<Type> expected) -> LogicalResult {
    if (verifyCompatibleShapes(found, expected).succeeded() &&
        llvm::all_of(llvm::zip_equal(found, expected), [](auto pair) {
          return getElementTypeOrSelf(std::get<0>(pair)) ==
                 getElementTypeOrSelf(std::get<1>(pair));
        }))
      return success();
    return emitOpError() << rule << ": " << what << " of '" << getCell()
                         << "' must have the types (" << expected << ")";
  };
  auto toTypes = [](ArrayAttr attributes) {
    SmallVector<Type> types;
    concatTypes(types, attributes);
    return types;
  };
  SmallVector<unsigned> given;
  if (failed(getGivenWeights(cell, given)))
    return failure();
  SmallVector<Type> weights;
  for (unsigned i : given)
    weights.push_back(cast<TypeAttr>(cell.getWeightTypes()[i]).getValue());
  if (failed(check("apply-C2", "inputs", getInputs().getTypes(),
                   toTypes(cell.getInputTypes()))) ||
      failed(check("apply-C2", "states", getStates().getTypes(),
                   toTypes(cell.getStateTypes()))) ||
      failed(check("apply-C2", "weights", getWeights().getTypes(), weights)) ||
      failed(check("apply-C3", "outputs", getOutputs().getTypes(),
                   toTypes(cell.getOutputTypes()))) ||
      failed(check("apply-C3", "next states", getNextStates().getTypes(),
                   toTypes(cell.getStateTypes()))))
    return failure();
  return success();
}

LogicalResult ApplyOp::getGivenWeights(CellOp cell,
                                       SmallVectorImpl<unsigned> &given) {
  llvm::StringSet<> without;
  if (std::optional<ArrayAttr> names = getWithout())
    for (auto name : names->getAsValueRange<StringAttr>())
      if (!without.insert(name).second)
        return emitOpError("apply-C4: 'without' names '") << name << "' twice";
  unsigned firstWeight = cell.getNumInputs() + cell.getNumStates();
  for (unsigned i = 0, e = cell.getNumWeights(); i != e; ++i)
    if (!without.erase(cell.getArgumentName(firstWeight + i)))
      given.push_back(i);
  if (!without.empty())
    return emitOpError("apply-C4: 'without' names '")
           << without.begin()->getKey() << "', which is no weight of '"
           << getCell() << "'";
  // Optional ones at the end may be missing.
  unsigned firstOptional = cell.getNumWeights() - cell.getNumOptional();
  while (given.size() > getWeights().size() && given.back() >= firstOptional)
    given.pop_back();
  return success();
}

LogicalResult ObserveOp::verify() {
  if (getTensor().empty())
    return emitOpError("observe-C1: the name must not be empty");
  return success();
}
