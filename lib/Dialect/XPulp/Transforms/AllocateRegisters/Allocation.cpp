// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Allocation.cpp - The registers of one hardware loop ----------------===//

#include "Allocation.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace se;
using namespace se::xpulp;

static bool overlap(const Intervals &a, const Intervals &b) {
  return llvm::any_of(a, [&](Interval x) {
    return llvm::any_of(
        b, [&](Interval y) { return x.begin <= y.end && y.begin <= x.end; });
  });
}

Allocation::Allocation(LoopOp loop) : loop(loop) {
  Block *block = loop.getBlock();
  for (Operation &op : block->without_terminator())
    instructions.push_back(cast<InstructionOpInterface>(op));
  end = 2 * instructions.size() + 1;
  auto use = [&](Value value, unsigned position) {
    if (value.getParentBlock() == block)
      lastUse[value] = position;
    else
      inputs.insert(value);
  };
  for (auto [i, op] : llvm::enumerate(instructions))
    for (Value operand : op->getOperands())
      use(operand, 2 * i + 1);
  for (Value yielded : loop.getYielded())
    use(yielded, end);

  for (Value argument : block->getArguments())
    makeChain(argument, 0);
  for (auto [i, op] : llvm::enumerate(instructions))
    addResults(op, i);
  joinYields();
  assignRegisters();
  planYields();
}

unsigned Allocation::makeChain(Value value, unsigned begin) {
  auto use = lastUse.find(value);
  chains.push_back({{begin, use == lastUse.end() ? begin : use->second}});
  return chainOf[value] = chains.size() - 1;
}

void Allocation::addResults(InstructionOpInterface op, unsigned index) {
  unsigned read = 2 * index + 1, write = read + 1;
  for (OpResult result : op->getResults()) {
    std::optional<unsigned> overwritten =
        getOverwrittenOperand(op, result.getResultNumber());
    if (!overwritten) {
      makeChain(result, write);
      continue;
    }
    OpOperand &operand = op->getOpOperand(*overwritten);
    auto chain = chainOf.find(operand.get());
    if (chain != chainOf.end() && lastUse[operand.get()] == read) {
      unsigned number = chain->second;
      auto use = lastUse.find(result);
      chains[number].push_back(
          {write, use == lastUse.end() ? write : use->second});
      chainOf[result] = number;
      continue;
    }
    // Not before the others are read is the copy overwritten.
    unsigned number = makeChain(result, write);
    chains[number].front().begin = read;
    copies.insert({index, {number, &operand}});
  }
}

void Allocation::joinYields() {
  unsigned numArguments = loop.getBlock()->getNumArguments();
  mergedInto = llvm::to_vector(llvm::seq<unsigned>(chains.size()));
  for (auto [i, value] : llvm::enumerate(loop.getYielded())) {
    auto chain = chainOf.find(value);
    if (chain == chainOf.end() || chain->second < numArguments)
      continue;
    unsigned number = chain->second;
    if (mergedInto[number] != number || overlap(chains[number], chains[i]))
      continue;
    mergedInto[number] = i;
    llvm::append_range(chains[i], chains[number]);
  }
}

void Allocation::assignRegisters() {
  unsigned numArguments = loop.getBlock()->getNumArguments();
  registerOf.resize(chains.size());
  for (auto [number, chain] : llvm::enumerate(chains)) {
    if (mergedInto[number] != number) {
      registerOf[number] = mergedInto[number];
      continue;
    }
    // Chains are in the order of their beginnings.
    auto *found = registers.end();
    if (number >= numArguments)
      found = llvm::find_if(registers, [&, &chain = chain](auto &taken) {
        return !overlap(taken, chain);
      });
    registerOf[number] = found - registers.begin();
    if (found == registers.end())
      registers.push_back(chain);
    else
      llvm::append_range(*found, chain);
  }
}

bool Allocation::liesIn(Value value, unsigned number) {
  auto chain = chainOf.find(value);
  return chain != chainOf.end() && registerOf[chain->second] == number;
}

/// Moves of what is not yet where the next run expects it, all at once.
void Allocation::planYields() {
  unsigned numArguments = loop.getBlock()->getNumArguments();
  SmallVector<Move> moves;
  bool mayChangePlaces = false;
  for (auto [i, value] : llvm::enumerate(loop.getYielded())) {
    if (liesIn(value, i))
      continue;
    moves.push_back({unsigned(i), value});
    mayChangePlaces |=
        isInside(value) && registerOf[chainOf[value]] < numArguments;
  }
  unsigned aside = registers.size();
  if (mayChangePlaces)
    registers.emplace_back();
  while (!moves.empty()) {
    auto *move = llvm::find_if(moves, [&](Move &candidate) {
      return llvm::none_of(moves, [&](Move &other) {
        return !other.isFromAside && liesIn(other.from, candidate.to);
      });
    });
    if (move != moves.end()) {
      yields.push_back(*move);
      moves.erase(move);
      continue;
    }
    // All that is left are cycles: one value steps aside.
    Value from = moves.front().from;
    yields.push_back({aside, from});
    for (Move &other : moves)
      other.isFromAside |= other.from == from;
  }
}

unsigned Allocation::getNumRegisters() {
  unsigned numInstructions =
      instructions.size() + copies.size() + yields.size();
  return registers.size() + inputs.size() + loop.readsCount(numInstructions);
}

Value Allocation::makeMove(OpBuilder &builder, Value value, unsigned to) {
  auto move = MoveOp::create(builder, loop.getLoc(), value);
  move->setAttr(registersName,
                builder.getDenseI32ArrayAttr({static_cast<int32_t>(to)}));
  return move;
}

void Allocation::apply() {
  OpBuilder builder(loop);
  loop.setRegisters(registers.size());
  for (InstructionOpInterface op : instructions) {
    SmallVector<int32_t> numbers;
    for (Value result : op->getResults())
      numbers.push_back(registerOf[chainOf[result]]);
    op->setAttr(registersName, builder.getDenseI32ArrayAttr(numbers));
  }
  for (auto &[index, copy] : copies) {
    builder.setInsertionPoint(instructions[index]);
    auto [chain, operand] = copy;
    operand->set(makeMove(builder, operand->get(), registerOf[chain]));
  }
  Operation *yield = loop.getBlock()->getTerminator();
  builder.setInsertionPoint(yield);
  Value aside;
  for (const Move &move : yields) {
    Value moved =
        makeMove(builder, move.isFromAside ? aside : move.from, move.to);
    if (move.to < yield->getNumOperands())
      yield->setOperand(move.to, moved);
    else
      aside = moved;
  }
}
