// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RNNCell.cpp - Cells and their applications: syntax and rules -------===//

#include "Structure.h"

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
using namespace se::rnn::detail;

//===----------------------------------------------------------------------===//
// Arguments of cells
//===----------------------------------------------------------------------===//

namespace {
/// Names of sizes, as symbols of shapes.
using SizeNames = SmallVector<std::pair<StringRef, AffineExpr>>;

/// What one `keyword(...)` clause of a cell declares.
struct CellClause : Clause {
  SmallVector<Attribute> shapes, ranges;
  bool hasShape = false, hasRange = false;
  int64_t numOptional = 0;
};
} // namespace

/// `[4 * h, x]`, if it is there, else what the type says.
static ParseResult parseShape(OpAsmParser &parser, Type type,
                              const SizeNames &sizes, CellClause &clause) {
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
static ParseResult parseRange(OpAsmParser &parser, CellClause &clause) {
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
                                   const SizeNames &sizes, CellClause &clause) {
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

//===----------------------------------------------------------------------===//
// CellOp
//===----------------------------------------------------------------------===//

ParseResult CellOp::parse(OpAsmParser &parser, OperationState &result) {
  CellClause inputs, states, weights;
  Clause outputs;
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
  auto join = [&](SmallVector<Attribute> CellClause::*part) {
    SmallVector<Attribute> all(inputs.*part);
    llvm::append_range(all, states.*part);
    llvm::append_range(all, weights.*part);
    return all;
  };
  add(getInputTypesAttrName(result.name), inputs.types);
  add(getStateTypesAttrName(result.name), states.types);
  add(getWeightTypesAttrName(result.name), weights.types);
  add(getOutputTypesAttrName(result.name), outputs.types);
  SmallVector<Attribute> names(inputs.names);
  llvm::append_range(names, states.names);
  llvm::append_range(names, weights.names);
  // %0 is what is printed where there is no name.
  if (!names.empty() && llvm::none_of(names, [](Attribute name) {
        return llvm::isDigit(cast<StringAttr>(name).getValue().front());
      }))
    add(getArgumentNamesAttrName(result.name), names);
  if (!sizes.empty() || inputs.hasShape || states.hasShape ||
      weights.hasShape) {
    add(getSizeNamesAttrName(result.name), sizeNames);
    add(getShapesAttrName(result.name), join(&CellClause::shapes));
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
