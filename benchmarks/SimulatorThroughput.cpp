// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How many instructions per second of host time the simulator executes, on
// loops like those of compiled networks. Prints a line per program.

#include "../lib/Simulator/Machine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>

using namespace llvm;
using namespace se;
using namespace se::sim;

namespace {

constexpr uint32_t codeBase = 0x1C010000;

/// A program as a list of words.
class Code {
public:
  void add(Opcode opcode,
           std::initializer_list<std::pair<Operand, int32_t>> values) {
    Operands operands;
    for (auto [operand, value] : values)
      operands[operand] = value;
    words.push_back(encode(getInfo(opcode), operands));
  }
  ArrayRef<uint32_t> get() const { return words; }

private:
  std::vector<uint32_t> words;
};

constexpr Operand rd = Operand::rd, rs1 = Operand::rs1, rs2 = Operand::rs2,
                  rs3 = Operand::rs3, imm = Operand::imm, imm2 = Operand::imm2;

/// Endless: pointers to L1, then a hardware loop of `body` instructions.
void addHardwareLoop(Code &code, unsigned body, unsigned count) {
  code.add(Opcode::LUI, {{rd, 10}, {imm, 0x10001000}});
  code.add(Opcode::LUI, {{rd, 11}, {imm, 0x10002000}});
  code.add(Opcode::ADDI, {{rd, 5}, {imm, int32_t(count)}});
  code.add(Opcode::LP_SETUP, {{imm2, 0}, {rs1, 5}, {imm, int32_t(2 * body)}});
}
void addJumpBack(Code &code, unsigned instructions) {
  code.add(Opcode::JAL, {{imm, -4 * int32_t(instructions)}});
}

/// Four rows of an int8 matvec, as compiled networks have it.
Code int8Matvec() {
  Code code;
  addHardwareLoop(code, 9, 100);
  code.add(Opcode::P_LW_POST, {{rd, 6}, {rs1, 10}, {imm, 4}});
  for (int row = 0; row != 4; ++row)
    code.add(Opcode::P_LW_POST, {{rd, 12 + row}, {rs1, 11}, {imm, 4}});
  for (int row = 0; row != 4; ++row)
    code.add(Opcode::PV_SDOTSP_B_V,
             {{rd, 16 + row}, {rs1, 6}, {rs2, 12 + row}});
  addJumpBack(code, 13);
  return code;
}

/// A row of a float matvec with a branch, as scalar code has it.
Code floatMatvec() {
  Code code;
  code.add(Opcode::LUI, {{rd, 10}, {imm, 0x10001000}});
  code.add(Opcode::LUI, {{rd, 11}, {imm, 0x10002000}});
  code.add(Opcode::ADDI, {{rd, 5}, {imm, 100}});
  code.add(Opcode::LW, {{rd, 6}, {rs1, 10}});
  code.add(Opcode::LW, {{rd, 7}, {rs1, 11}});
  code.add(Opcode::ADDI, {{rd, 10}, {rs1, 10}, {imm, 4}});
  code.add(Opcode::S_FMADD, {{rd, 16}, {rs1, 6}, {rs2, 7}, {rs3, 16}});
  code.add(Opcode::ADDI, {{rd, 11}, {rs1, 11}, {imm, 4}});
  code.add(Opcode::ADDI, {{rd, 5}, {rs1, 5}, {imm, -1}});
  code.add(Opcode::BNE, {{rs1, 5}, {rs2, 0}, {imm, -24}});
  addJumpBack(code, 10);
  return code;
}

/// Two rows of a packed half matvec.
Code halfMatvec() {
  Code code;
  addHardwareLoop(code, 5, 100);
  code.add(Opcode::P_LW_POST, {{rd, 6}, {rs1, 10}, {imm, 4}});
  for (int row = 0; row != 2; ++row)
    code.add(Opcode::P_LW_POST, {{rd, 12 + row}, {rs1, 11}, {imm, 4}});
  for (int row = 0; row != 2; ++row)
    code.add(Opcode::VFDOTPEX_S_H, {{rd, 16 + row}, {rs1, 6}, {rs2, 12 + row}});
  addJumpBack(code, 9);
  return code;
}

target::TargetDescription getTarget() {
  target::TargetDescription target;
  target.cores = 8;
  target.controllerCore = true;
  target.fpus = 4;
  target.memories.resize(2);
  target.memories[0].level = target::MemoryLevel::L1;
  target.memories[0].base = 0x10000000;
  target.memories[0].size = 0x10000;
  target.memories[0].clusterLatency = 1;
  target.memories[1].base = 0x1C000000;
  target.memories[1].size = 0x190000;
  target.memories[1].clusterLatency = 15;
  return target;
}

void measure(StringRef name, const Code &code, unsigned cores, uint64_t cycles,
             bool icache) {
  SimulatorOptions options;
  options.timing.icache = icache;
  Machine machine(getTarget(), options);
  uint32_t enable = 1;
  machine.access(machine.getFabricController(), 0x10201400, 4, /*isStore=*/true,
                 enable);
  std::memcpy(machine.translate(codeBase, 4 * code.get().size()),
              code.get().data(), 4 * code.get().size());
  std::memset(machine.translate(0x10000000, 0x10000), 0, 0x10000);
  for (unsigned i = 0; i != cores; ++i) {
    machine.getCore(i).bootAddress = codeBase;
    machine.startCore(machine.getCore(i), 0);
  }
  auto start = std::chrono::steady_clock::now();
  machine.run(cycles);
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  uint64_t instructions = 0;
  for (unsigned i = 0; i != cores; ++i)
    instructions += machine.getStatistics(machine.getCore(i)).instructions;
  outs() << format("%-14s %u cores, icache %s  %7.1f million instructions per "
                   "second\n",
                   name.str().c_str(), cores, icache ? "on " : "off",
                   double(instructions) / seconds.count() / 1e6);
}

} // namespace

int main() {
  for (bool icache : {false, true})
    for (unsigned cores : {1, 2, 8}) {
      uint64_t cycles = 64'000'000 / cores;
      measure("int8 matvec", int8Matvec(), cores, cycles, icache);
      measure("float matvec", floatMatvec(), cores, cycles, icache);
      measure("half matvec", halfMatvec(), cores, cycles, icache);
    }
  return 0;
}
