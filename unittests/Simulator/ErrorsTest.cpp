// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs that go wrong, and the one line that each ends with.

#include "TestMachine.h"
#include "llvm/Support/FormatVariadic.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace se::sim;
using testing::HasSubstr;

namespace {

/// A little ELF file with one segment and one symbol, "start".
std::string makeElf(ArrayRef<uint8_t> code, uint32_t address, uint32_t entry) {
  std::string file;
  auto half = [&](uint32_t x) {
    file += char(x);
    file += char(x >> 8);
  };
  auto word = [&](uint32_t x) {
    half(x);
    half(x >> 16);
  };
  const uint32_t codeOffset = 52 + 32, stringOffset = codeOffset + code.size(),
                 symbolOffset = stringOffset + 8,
                 sectionOffset = symbolOffset + 32;
  file += StringRef("\x7f"
                    "ELF\x01\x01\x01\0\0\0\0\0\0\0\0\0",
                    16);
  half(2);   // executable
  half(243); // RISC-V
  word(1);
  word(entry);
  word(52);
  word(sectionOffset);
  word(0);
  for (uint32_t x : {52, 32, 1, 40, 4, 2})
    half(x);
  // Program header.
  for (uint32_t x : {1u, codeOffset, address, address, uint32_t(code.size()),
                     uint32_t(code.size()), 5u, 4u})
    word(x);
  file.append(code.begin(), code.end());
  file += StringRef("\0start\0\0", 8);
  // Symbols: the null one and "start", a function in section 1.
  file.append(16, '\0');
  word(1);
  word(address);
  word(code.size());
  file += char(0x12);
  file += '\0';
  half(1);
  // Section headers: null, code, strings, symbols.
  file.append(40, '\0');
  for (uint32_t x :
       {0u, 1u, 6u, address, codeOffset, uint32_t(code.size()), 0u, 0u, 4u, 0u})
    word(x);
  for (uint32_t x : {0u, 3u, 0u, 0u, stringOffset, 8u, 0u, 0u, 1u, 0u})
    word(x);
  for (uint32_t x : {0u, 2u, 0u, 0u, symbolOffset, 32u, 2u, 1u, 4u, 16u})
    word(x);
  return file;
}

/// Runs a program on the fabric controller and returns its error.
std::string errorOf(StringRef text, uint64_t maxCycles = 10000) {
  std::string elf = makeElf(assemble(text), codeBase, codeBase);
  auto simulator = cantFail(Simulator::create(getTestTarget(), {}));
  cantFail(simulator->loadElf(MemoryBufferRef(elf, "test.elf")));
  auto result = simulator->run(maxCycles);
  if (result)
    return "";
  return toString(result.takeError());
}

TEST(Errors, Traps) {
  EXPECT_EQ(errorOf("nop\n nop\n .word 0xffffffff"),
            "trap: core fc cause illegal instruction pc 0x1c010004 (start+0x4) "
            "tval 0xffffffff");
  EXPECT_EQ(errorOf(".half 0"), "trap: core fc cause illegal instruction pc "
                                "0x1c010000 (start+0x0) tval 0x00000000");
  EXPECT_EQ(errorOf("lui a0, 0x50000\n lw a1, 4(a0)"),
            "trap: core fc cause load outside of memory pc 0x1c010004 "
            "(start+0x4) tval 0x50000004, c.lw a1, 4(a0)");
  EXPECT_EQ(errorOf("lui a0, 0x1C190\n sw a1, -2(a0)"),
            "trap: core fc cause store outside of memory pc 0x1c010004 "
            "(start+0x4) tval 0x1c18fffe, sw a1, -2(a0)");
  EXPECT_EQ(errorOf("lui a0, 0x50000\n jr a0"),
            "trap: core fc cause instruction fetch outside of memory pc "
            "0x1c010004 (start+0x4) tval 0x50000000, c.jr a0");
  EXPECT_EQ(errorOf("ecall"), "trap: core fc cause environment call pc "
                              "0x1c010000 (start+0x0) tval 0x00000000, ecall");
  EXPECT_EQ(errorOf("c.ebreak"), "trap: core fc cause breakpoint pc 0x1c010000 "
                                 "(start+0x0) tval 0x00000000, c.ebreak");
  EXPECT_THAT(errorOf("csrr a0, 0x7ff"),
              HasSubstr("unknown control register 0x7ff"));
  EXPECT_THAT(errorOf("csrwi frm, 5"), HasSubstr("reserved rounding mode 5"));
  // A static reserved mode: fadd.s with rm 5.
  EXPECT_EQ(errorOf(".insn r 0x53, 5, 0, a0, a1, a2"),
            "trap: core fc cause illegal instruction pc 0x1c010000 (start+0x0) "
            "tval 0x00c5d553, fadd.s a0, a1, a2, 5");
  // A register of 4 bytes, and one that does not exist.
  EXPECT_THAT(errorOf("lui a0, 0x1A104\n lb a1, 4(a0)"),
              HasSubstr("load outside of memory"));
  EXPECT_THAT(errorOf("lui a0, 0x1A104\n lw a1, 0x40(a0)"),
              HasSubstr("load outside of memory"));
}

TEST(Errors, MisalignedFetch) {
  std::string elf = makeElf(assemble("nop"), codeBase, codeBase + 1);
  auto simulator = cantFail(Simulator::create(getTestTarget(), {}));
  cantFail(simulator->loadElf(MemoryBufferRef(elf, "test.elf")));
  auto result = simulator->run(100);
  ASSERT_FALSE(bool(result));
  EXPECT_EQ(toString(result.takeError()),
            "trap: core fc cause misaligned instruction fetch pc 0x1c010001 "
            "tval 0x1c010001");
}

TEST(Errors, ClusterCoreIsNamed) {
  // Core 3 starts at an address without code.
  EXPECT_THAT(
      errorOf("lui a0, 0x10200\n lui a1, 0x50000\n sw a1, 0x4C(a0)\n"
              "li a1, 8\n sw a1, 8(a0)\n 1: j 1b"),
      HasSubstr("trap: core 3 cause instruction fetch outside of memory "
                "pc 0x50000000 tval 0x50000000"));
}

TEST(Errors, EndlessWait) {
  EXPECT_EQ(errorOf("nop\n wfi\n nop"),
            "endless wait: all cores sleep and no event is to come, core fc pc "
            "0x1c010006 (start+0x6)");
}

TEST(Errors, OutOfCycles) {
  EXPECT_EQ(errorOf("1: j 1b", 1000),
            "no end after 1000 cycles, core fc pc 0x1c010000 (start+0x0)");
}

TEST(Errors, DmaOutsideOfMemory) {
  EXPECT_THAT(errorOf(R"(
    lui a0, 0x10201
    li a2, 0x460100
    li a3, 0x50000000
    lw a1, -0x800(a0)
    lui a0, 0x10202
    lw a1, -0x800(a0)
    sw a2, -0x800(a0)
    sw x0, -0x800(a0)
    sw a3, -0x800(a0)
    1: j 1b
  )"),
              HasSubstr("outside of memory"));
}

TEST(Errors, Elf) {
  auto simulator = cantFail(Simulator::create(getTestTarget(), {}));
  auto load = [&](StringRef content) {
    Error error = simulator->loadElf(MemoryBufferRef(content, "x.elf"));
    return toString(std::move(error));
  };
  EXPECT_THAT(load("nonsense"), HasSubstr("x.elf: "));
  EXPECT_THAT(load(""), HasSubstr("x.elf: "));
  std::string elf = makeElf(assemble("nop"), 0x50000000, 0x50000000);
  EXPECT_EQ(load(elf), "x.elf: segment at 0x50000000 of 2 bytes lies outside "
                       "of the target's memories");
  elf[18] = 40; // Arm
  EXPECT_EQ(load(elf), "x.elf: not a 32-bit RISC-V executable");
  for (size_t length = 0; length < elf.size(); length += 5)
    EXPECT_FALSE(load(StringRef(elf).take_front(length)).empty());
}

TEST(Errors, Target) {
  auto target = getTestTarget();
  target.memories[1].base = 0x1A000000;
  auto simulator = Simulator::create(target, {});
  ASSERT_FALSE(bool(simulator));
  EXPECT_EQ(toString(simulator.takeError()),
            "target test: memory l2 overlaps the peripherals");
}

} // namespace
