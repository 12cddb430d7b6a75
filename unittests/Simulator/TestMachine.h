// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A simulator with the sizes of pulp-open for tests, and ways to put programs
// into it without an ELF file.

#ifndef SE_UNITTESTS_SIMULATOR_TESTMACHINE_H
#define SE_UNITTESTS_SIMULATOR_TESTMACHINE_H

#include "../../lib/Simulator/Machine.h"
#include "Assembler.h"

namespace se::sim {

/// pulp-open, with `ddrBytes` of external memory if not 0.
target::TargetDescription getTestTarget(uint32_t ddrBytes = 0);

inline constexpr uint32_t codeBase = 0x1C010000;
inline constexpr uint32_t dataL1 = 0x10001000;
inline constexpr uint32_t dataL2 = 0x1C080000;

/// Most tests are not about fetches.
inline constexpr TimingOptions withoutCaches = {/*icache=*/false};

class TestMachine {
public:
  explicit TestMachine(FileSystem *files = nullptr, uint32_t ddrBytes = 0,
                       TimingOptions timing = withoutCaches,
                       bool check = false);
  explicit TestMachine(const target::TargetDescription &target);

  Machine &operator*() { return machine; }
  Machine *operator->() { return &machine; }

  void write(uint32_t address, llvm::ArrayRef<uint8_t> bytes);
  void writeWord(uint32_t address, uint32_t value);
  uint32_t readWord(uint32_t address);

  /// Assembles a program and puts it at `base`.
  void load(llvm::StringRef text, uint32_t base = codeBase);
  void start(unsigned core, uint32_t pc = codeBase);
  Core &fc() { return machine.getFabricController(); }

  /// Runs; the outcome must be as given.
  void run(Machine::Outcome expected = Machine::Outcome::Ended,
           uint64_t maxCycles = 1000000);

  /// What the program wrote to standard output.
  std::string output;

private:
  SimulatorOptions makeOptions(FileSystem *files, TimingOptions timing,
                               bool check);

  Machine machine;
};

/// Ends the program with the status in a0 (register 10).
inline constexpr llvm::StringLiteral exitWithA0 = R"(
  lui   t5, 0x80000
  or    a0, a0, t5
  lui   t6, 0x1A104
  sw    a0, 0xA0(t6)
)";

} // namespace se::sim

#endif // SE_UNITTESTS_SIMULATOR_TESTMACHINE_H
