// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LoopOp.cpp - Hardware loops ----------------------------------------===//

#include "se/Dialect/XPulp/XPulp.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace se::xpulp;

void LoopOp::build(
    OpBuilder &builder, OperationState &state, OpFoldResult count,
    ValueRange inits,
    llvm::function_ref<void(OpBuilder &, Location, ValueRange)> body) {
  state.addOperands(inits);
  if (auto dynamic = dyn_cast<Value>(count))
    state.addOperands(dynamic);
  else
    state.addAttribute(
        getConstantCountAttrName(state.name),
        builder.getI32IntegerAttr(
            int32_t(cast<IntegerAttr>(cast<Attribute>(count)).getInt())));
  state.addTypes(inits.getTypes());
  Region *region = state.addRegion();
  OpBuilder::InsertionGuard guard(builder);
  Block *block =
      builder.createBlock(region, region->begin(), inits.getTypes(),
                          SmallVector<Location>(inits.size(), state.location));
  if (body)
    body(builder, state.location, block->getArguments());
}

/// `xpulp.loop COUNT iter_args(%a = %b, ...) -> (types) { ... }`
ParseResult LoopOp::parse(OpAsmParser &parser, OperationState &state) {
  Builder &builder = parser.getBuilder();
  OpAsmParser::UnresolvedOperand count;
  OptionalParseResult hasCount = parser.parseOptionalOperand(count);
  if (!hasCount.has_value()) {
    int32_t number;
    if (parser.parseInteger(number))
      return failure();
    state.addAttribute(getConstantCountAttrName(state.name),
                       builder.getI32IntegerAttr(number));
  } else if (failed(*hasCount)) {
    return failure();
  }
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> inits;
  if (succeeded(parser.parseOptionalKeyword("iter_args"))) {
    SMLoc loc = parser.getCurrentLocation();
    if (parser.parseAssignmentList(arguments, inits) ||
        parser.parseArrowTypeList(state.types))
      return failure();
    if (arguments.size() != state.types.size())
      return parser.emitError(loc, "as many types as arguments are needed");
    for (auto [argument, type] : llvm::zip_equal(arguments, state.types))
      argument.type = type;
    if (parser.resolveOperands(inits, state.types, loc, state.operands))
      return failure();
  }
  if (hasCount.has_value() &&
      parser.resolveOperand(count, builder.getIndexType(), state.operands))
    return failure();
  Region *body = state.addRegion();
  if (parser.parseRegion(*body, arguments) ||
      parser.parseOptionalAttrDict(state.attributes))
    return failure();
  return success();
}

void LoopOp::print(OpAsmPrinter &p) {
  p << ' ';
  if (Value count = getCount())
    p << count;
  else
    p << getConstantCount().value_or(0);
  if (!getInits().empty()) {
    p << " iter_args(";
    llvm::interleaveComma(
        llvm::zip(getBody().getArguments(), getInits()), p, [&](auto pair) {
          p << std::get<0>(pair) << " = " << std::get<1>(pair);
        });
    p << ")";
    p.printArrowTypeList(getResultTypes());
  }
  p << ' ';
  p.printRegion(getBody(), /*printEntryBlockArgs=*/false);
  p.printOptionalAttrDict((*this)->getAttrs(), {getConstantCountAttrName()});
}

LogicalResult LoopOp::verify() {
  std::optional<uint32_t> constant = getConstantCount();
  if (!constant && (getArguments().empty() ||
                    !isa<IndexType>(getArguments().back().getType())))
    return emitOpError("loop-C1: needs a count, an operand or a number");
  if (constant && (int32_t(*constant) < 1 || *constant > maxConstantCount))
    return emitOpError("loop-C1: a number of runs must be 1 to ")
           << maxConstantCount << ", found " << int32_t(*constant);
  unsigned depth = 1;
  for (auto parent = (*this)->getParentOfType<LoopOp>(); parent;
       parent = parent->getParentOfType<LoopOp>())
    if (++depth > 2)
      return emitOpError("loop-C3: no more than two loops may be nested");
  return success();
}

bool LoopOp::readsCount(unsigned numInstructions) {
  // The last instruction's distance from this one, in half words.
  constexpr unsigned maxShortDistance = 31;
  return !getConstantCount() ||
         2 * std::max(numInstructions, minLoopInstructions) > maxShortDistance;
}

unsigned LoopOp::getRegister(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return argument.getArgNumber();
  auto registers =
      value.getDefiningOp()->getAttrOfType<DenseI32ArrayAttr>(registersName);
  return registers[cast<OpResult>(value).getResultNumber()];
}

/// The rules for the registers of one instruction's results; `held` are the
/// values in the registers before and after it.
static LogicalResult verifyRegisters(InstructionOpInterface op,
                                     MutableArrayRef<Value> held) {
  auto registers = op->getAttrOfType<DenseI32ArrayAttr>(registersName);
  if (!registers || registers.size() != op->getNumResults() ||
      llvm::any_of(registers.asArrayRef(), [&](int32_t number) {
        return number < 0 || size_t(number) >= held.size();
      }))
    return op->emitOpError("loop-C4: needs a register below ")
           << held.size() << " for each result";
  Block *body = op->getBlock();
  for (auto [k, operand] : llvm::enumerate(op->getOperands()))
    if (operand.getParentBlock() == body && !llvm::is_contained(held, operand))
      return op->emitOpError("loop-C6: operand #")
             << k << " lies in no register, or no longer";
  for (OpResult result : op->getResults()) {
    unsigned number = result.getResultNumber();
    if (auto operand = getOverwrittenOperand(op, number)) {
      Value value = op->getOperand(*operand);
      if (value.getParentBlock() != body ||
          LoopOp::getRegister(value) != LoopOp::getRegister(result))
        return op->emitOpError("loop-C5: result #")
               << number << " must lie in the register of operand #" << *operand
               << ", which must be of the loop";
    }
    if (llvm::is_contained(registers.asArrayRef().take_front(number),
                           registers[number]))
      return op->emitOpError("loop-C5: two results lie in register ")
             << registers[number];
  }
  for (OpResult result : op->getResults())
    held[LoopOp::getRegister(result)] = result;
  return success();
}

static LogicalResult verifyRegisters(LoopOp loop) {
  Block *body = loop.getBlock();
  auto count = int32_t(*loop.getRegisters());
  auto numArguments = int32_t(body->getNumArguments());
  if (count < numArguments || count > LoopOp::maxRegisters)
    return loop.emitOpError("loop-C4: must have ")
           << numArguments << " (one for each argument) to "
           << LoopOp::maxRegisters << " registers, found " << count;
  SmallVector<Value> held(count);
  llvm::copy(body->getArguments(), held.begin());
  for (Operation &op : body->without_terminator()) {
    auto instruction = dyn_cast<InstructionOpInterface>(op);
    if (!instruction)
      return op.emitOpError(
          "loop-C4: is no instruction, in a loop with registers");
    if (failed(verifyRegisters(instruction, held)))
      return failure();
  }
  for (auto [k, yielded] : llvm::enumerate(loop.getYielded()))
    if (held[k] != yielded)
      return body->getTerminator()->emitOpError("loop-C7: value #")
             << k << " must lie in register " << k;
  return success();
}

LogicalResult LoopOp::verifyRegions() {
  TypeRange types = getResultTypes();
  auto check = [&](TypeRange other, StringRef what) -> LogicalResult {
    if (types == other)
      return success();
    return emitOpError("loop-C2: ")
           << what << " must be as many and of the same types as the results";
  };
  if (failed(check(getInits().getTypes(), "initial values")) ||
      failed(check(getBody().getArgumentTypes(), "arguments of the body")))
    return failure();
  auto yield = dyn_cast<YieldOp>(getBlock()->getTerminator());
  if (!yield)
    return emitOpError("must end in xpulp.yield");
  if (failed(check(yield.getValues().getTypes(), "yielded values")))
    return failure();
  return getRegisters() ? verifyRegisters(*this) : success();
}
