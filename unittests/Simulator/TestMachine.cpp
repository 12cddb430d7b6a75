// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TestMachine.h"
#include "gtest/gtest.h"
#include <cstring>

using namespace llvm;
using namespace se;
using namespace se::sim;

target::TargetDescription se::sim::getTestTarget(uint32_t ddrBytes) {
  target::TargetDescription target;
  target.name = "test";
  target.cores = 8;
  target.controllerCore = true;
  target.fpus = 4;
  target.l1Banks = 16;
  target.fcHart = 0x3E0;
  auto add = [&](StringRef name, target::MemoryLevel level, uint64_t base,
                 uint64_t size, unsigned cluster, unsigned fc) {
    target::Memory memory;
    memory.name = name.str();
    memory.level = level;
    memory.base = base;
    memory.size = size;
    memory.bytesPerCycle = 8;
    memory.clusterLatency = cluster;
    memory.fcLatency = fc;
    target.memories.push_back(memory);
  };
  add("l1", target::MemoryLevel::L1, 0x10000000, 0x10000, 1, 15);
  add("l2", target::MemoryLevel::L2, 0x1C000000, 0x190000, 15, 1);
  if (ddrBytes)
    add("ddr", target::MemoryLevel::L3, 0x80000000, ddrBytes, 15, 15);
  return target;
}

SimulatorOptions TestMachine::makeOptions(FileSystem *files,
                                          TimingOptions timing, bool check) {
  SimulatorOptions options;
  options.timing = timing;
  options.files = files;
  options.check = check;
  options.standardOutput = [this](StringRef text) { output += text; };
  return options;
}

TestMachine::TestMachine(FileSystem *files, uint32_t ddrBytes,
                         TimingOptions timing, bool check)
    : machine(getTestTarget(ddrBytes), makeOptions(files, timing, check)) {}

TestMachine::TestMachine(const target::TargetDescription &target)
    : machine(target, makeOptions(nullptr, withoutCaches, false)) {}

void TestMachine::write(uint32_t address, ArrayRef<uint8_t> bytes) {
  uint8_t *data = machine.translate(address, bytes.size());
  ASSERT_NE(data, nullptr);
  std::memcpy(data, bytes.data(), bytes.size());
  machine.wroteMemory(address, bytes.size());
}

void TestMachine::writeWord(uint32_t address, uint32_t value) {
  uint8_t bytes[4];
  std::memcpy(bytes, &value, 4);
  write(address, bytes);
}

uint32_t TestMachine::readWord(uint32_t address) {
  uint32_t value = 0;
  std::memcpy(&value, machine.translate(address, 4), 4);
  return value;
}

void TestMachine::load(StringRef text, uint32_t base) {
  write(base, assemble(text));
}

void TestMachine::start(unsigned core, uint32_t pc) {
  machine.getCore(core).bootAddress = pc;
  machine.startCore(machine.getCore(core), 0);
}

void TestMachine::run(Machine::Outcome expected, uint64_t maxCycles) {
  Machine::Outcome outcome = machine.run(maxCycles);
  machine.flushOutput();
  std::string trap;
  if (const Core *core = machine.getTrapped())
    trap = core->trap->cause;
  EXPECT_EQ(int(outcome), int(expected)) << trap;
}
