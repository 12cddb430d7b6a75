// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RNNStructure.cpp - Networks, and what cells share with them --------===//

#include "Structure.h"

#include "se/Dialect/RNN/RNN.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace se::rnn;
using namespace se::rnn::detail;

//===----------------------------------------------------------------------===//
// Syntax shared by network and cell
//===----------------------------------------------------------------------===//

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

ParseResult se::rnn::detail::parseOptionalClause(OpAsmParser &parser,
                                                 StringRef keyword,
                                                 bool hasArgument, bool hasName,
                                                 bool hasReset,
                                                 Clause &clause) {
  if (failed(parser.parseOptionalKeyword(keyword)))
    return success();
  return parseClause(parser, hasArgument, hasName, hasReset, clause);
}

ParseResult
se::rnn::detail::parseBody(OpAsmParser &parser, OperationState &result,
                           ArrayRef<OpAsmParser::Argument> arguments) {
  if (parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  return parser.parseRegion(*result.addRegion(), arguments);
}

void se::rnn::detail::printClause(OpAsmPrinter &p, StringRef keyword,
                                  ArrayRef<BlockArgument> arguments,
                                  ArrayAttr types, ArrayAttr names,
                                  ArrayAttr resets) {
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

void se::rnn::detail::printBody(OpAsmPrinter &p, Operation *op, Region &body,
                                ArrayRef<StringRef> elided) {
  p.printOptionalAttrDictWithKeyword(op->getAttrs(), elided);
  p << ' ';
  p.printRegion(body, /*printEntryBlockArgs=*/false);
}

void se::rnn::detail::concatTypes(SmallVectorImpl<Type> &to, ArrayAttr types) {
  for (Attribute type : types)
    to.push_back(cast<TypeAttr>(type).getValue());
}

LogicalResult se::rnn::detail::verifyBody(Operation *op, StringRef argumentRule,
                                          StringRef yieldRule, Block &block,
                                          ArrayRef<ArrayAttr> argumentTypes,
                                          ArrayAttr outputTypes,
                                          ArrayAttr stateTypes) {
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
// ObserveOp
//===----------------------------------------------------------------------===//

LogicalResult ObserveOp::verify() {
  if (getTensor().empty())
    return emitOpError("observe-C1: the name must not be empty");
  return success();
}
