// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LoopAssembly.cpp - Hardware loops as assembly ----------------------===//
//
// Values that an instruction reads and overwrites (accumulators, addresses that
// are incremented) form chains, which live in one register; so does what the
// body yields and the argument that becomes it, if they are not needed at the
// same time. The other chains take the first slot that is free.
//
//===----------------------------------------------------------------------===//

#include "LoopAssembly.h"
#include "InstructionText.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include <map>

using namespace mlir;
using namespace se;
using namespace se::conversion;
using riscv::Opcode;
using riscv::Operand;

namespace {
/// Instruction i reads at 2i + 1 and writes at 2i + 2. Both ends included.
struct Interval {
  unsigned begin, end;
};
using Intervals = SmallVector<Interval>;

bool overlap(const Intervals &a, const Intervals &b) {
  return llvm::any_of(a, [&](Interval x) {
    return llvm::any_of(
        b, [&](Interval y) { return x.begin <= y.end && y.begin <= x.end; });
  });
}

class Allocation {
public:
  explicit Allocation(xpulp::LoopOp loop);
  LoopAssembly emit();

private:
  unsigned makeChain(Value value, unsigned begin);
  void addResults(xpulp::InstructionOpInterface op, unsigned index);
  void coalesceYields();
  void assignSlots();
  /// Where a value is, as the assembly names it.
  std::string getName(Value value);
  void emitLine(Opcode opcode, const riscv::Operands &immediates,
                llvm::function_ref<std::string(Operand)> getRegister);
  void emitMove(const std::string &to, const std::string &from);
  void emitYields();

  xpulp::LoopOp loop;
  SmallVector<xpulp::InstructionOpInterface> instructions;
  unsigned end; // where yielded values are read
  DenseMap<Value, unsigned> lastUse;
  std::vector<Intervals> chains;
  DenseMap<Value, unsigned> chainOf;
  /// Before instruction i, a copy to a chain of a value that is needed later.
  std::multimap<unsigned, std::pair<unsigned, Value>> copies;
  SmallVector<unsigned> mergedInto; // chains by number
  SmallVector<unsigned> slotOf;     // of chains
  SmallVector<Intervals> slots;
  llvm::SetVector<Value> inputs;
  SmallVector<std::string> lines;
  bool accessesMemory = false;
};
} // namespace

Allocation::Allocation(xpulp::LoopOp loop) : loop(loop) {
  Block *block = loop.getBlock();
  for (Operation &op : block->without_terminator())
    instructions.push_back(cast<xpulp::InstructionOpInterface>(op));
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
  for (auto [i, op] : llvm::enumerate(instructions)) {
    addResults(op, i);
    accessesMemory |= op.getInfo().accessBytes != 0;
  }
  coalesceYields();
  assignSlots();
}

unsigned Allocation::makeChain(Value value, unsigned begin) {
  auto use = lastUse.find(value);
  chains.push_back({{begin, use == lastUse.end() ? begin : use->second}});
  return chainOf[value] = chains.size() - 1;
}

void Allocation::addResults(xpulp::InstructionOpInterface op, unsigned index) {
  const riscv::InstructionInfo &info = op.getInfo();
  unsigned read = 2 * index + 1, write = read + 1;
  for (auto [i, result] : llvm::enumerate(op->getResults())) {
    // The first operand is rd if that is read, and else rs1.
    bool isNext = info.writesRs1 && i + 1 == op->getNumResults();
    if (!isNext && !info.readsRd) {
      makeChain(result, write);
      continue;
    }
    Value operand = op->getOperand(0);
    auto chain = chainOf.find(operand);
    if (chain != chainOf.end() && lastUse[operand] == read) {
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
    copies.insert({index, {number, operand}});
  }
}

void Allocation::coalesceYields() {
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

void Allocation::assignSlots() {
  unsigned numArguments = loop.getBlock()->getNumArguments();
  slotOf.resize(chains.size());
  for (auto [number, chain] : llvm::enumerate(chains)) {
    if (mergedInto[number] != number) {
      slotOf[number] = mergedInto[number];
      continue;
    }
    // Chains are in the order of their beginnings.
    auto *slot = number < numArguments ? slots.end()
                                       : llvm::find_if(
                                             slots,
                                             [&, &chain = chain](auto &taken) {
                                               return !overlap(taken, chain);
                                             });
    slotOf[number] = slot - slots.begin();
    if (slot == slots.end())
      slots.push_back(chain);
    else
      llvm::append_range(*slot, chain);
  }
  // One more if values change places.
  auto getSlot = [&](Value value) { return slotOf[chainOf.lookup(value)]; };
  if (llvm::any_of(llvm::enumerate(loop.getYielded()), [&](auto pair) {
        auto [i, value] = pair;
        return chainOf.contains(value) && getSlot(value) != i &&
               getSlot(value) < numArguments;
      }))
    slots.emplace_back();
}

std::string Allocation::getName(Value value) {
  auto chain = chainOf.find(value);
  unsigned number =
      chain != chainOf.end()
          ? slotOf[chain->second]
          : slots.size() + (llvm::find(inputs, value) - inputs.begin());
  return "$" + std::to_string(number);
}

void Allocation::emitLine(
    Opcode opcode, const riscv::Operands &immediates,
    llvm::function_ref<std::string(Operand)> getRegister) {
  lines.push_back(
      getInstructionText(riscv::getInfo(opcode), immediates, getRegister));
}

void Allocation::emitMove(const std::string &to, const std::string &from) {
  emitLine(Opcode::ADDI, {},
           [&](Operand field) { return field == Operand::rd ? to : from; });
}

/// Moves of what is not yet where the next run expects it, all at once.
void Allocation::emitYields() {
  SmallVector<std::pair<std::string, std::string>> moves;
  for (auto [argument, value] :
       llvm::zip(loop.getBlock()->getArguments(), loop.getYielded()))
    if (std::string to = getName(argument), from = getName(value); to != from)
      moves.push_back({to, from});
  while (!moves.empty()) {
    auto *move = llvm::find_if(moves, [&](auto &candidate) {
      return llvm::none_of(
          moves, [&](auto &other) { return other.second == candidate.first; });
    });
    if (move != moves.end()) {
      emitMove(move->first, move->second);
      moves.erase(move);
      continue;
    }
    // All that is left are cycles: one value steps aside.
    std::string from = moves.front().second;
    std::string aside = "$" + std::to_string(slots.size() - 1);
    emitMove(aside, from);
    for (auto &other : moves)
      if (other.second == from)
        other.second = aside;
  }
}

LoopAssembly Allocation::emit() {
  for (auto [i, op] : llvm::enumerate(instructions)) {
    auto [begin, end] = copies.equal_range(i);
    for (auto &copy : llvm::make_range(begin, end)) {
      auto [chain, value] = copy.second;
      emitMove("$" + std::to_string(slotOf[chain]), getName(value));
    }
    const riscv::InstructionInfo &info = op.getInfo();
    SmallVector<Operand, 4> fields = xpulp::getRegisterOperands(info);
    emitLine(op.getOpcode(), xpulp::getImmediates(op),
             [&, op = op](Operand field) {
               if (field == Operand::rd)
                 return getName(op->getResult(0));
               if (field == Operand::rs1 && info.writesRs1)
                 return getName(op->getResults().back());
               return getName(
                   op->getOperand(llvm::find(fields, field) - fields.begin()));
             });
  }
  emitYields();
  // Hardware wants two instructions in a loop.
  while (lines.size() < 2)
    emitMove("x0", "x0");

  LoopAssembly result;
  result.numSlots = slots.size();
  result.inputs = inputs.takeVector();
  result.accessesMemory = accessesMemory;
  // The last instruction's distance from this one, in half words.
  riscv::Operands setup;
  unsigned distance = 2 * lines.size();
  std::optional<uint32_t> count = loop.getConstantCount();
  Opcode opcode = Opcode::LP_SETUP;
  constexpr unsigned maxShortDistance = 31;
  if (count && distance <= maxShortDistance) {
    opcode = Opcode::LP_SETUPI;
    setup[Operand::imm] = *count;
    setup[Operand::imm3] = distance;
  } else {
    setup[Operand::imm] = distance;
    result.countInRegister = true;
  }
  result.text = getInstructionText(riscv::getInfo(opcode), setup, [&](Operand) {
    return "$" + std::to_string(result.numSlots + result.inputs.size());
  });
  for (const std::string &line : lines)
    result.text += "\n" + line;
  return result;
}

std::optional<LoopAssembly> conversion::makeLoopAssembly(xpulp::LoopOp loop) {
  auto body = loop.getBlock()->without_terminator();
  constexpr unsigned maxInstructions = 1024;
  if (!llvm::all_of(body, llvm::IsaPred<xpulp::InstructionOpInterface>) ||
      llvm::range_size(body) > maxInstructions)
    return std::nullopt;
  return Allocation(loop).emit();
}
