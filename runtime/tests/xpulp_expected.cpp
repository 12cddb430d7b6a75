//===- xpulp_expected.cpp - What the functions of se/xpulp.h give ---------===//
//
// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// se-xpulp-expected OUTPUT: writes operands and, for each test case, the
// results by the semantics of the table, as a C header.
//
//===----------------------------------------------------------------------===//

#include "se/ISA/FloatOps.h"
#include "se/ISA/Semantics.h"
#include "xpulp_memory.h"

#include <cstdio>
#include <random>
#include <vector>

using namespace se::riscv;

struct Case {
  const char *name;
  uint32_t (*compute)(uint32_t rd, uint32_t rs1, uint32_t rs2, uint32_t rs3);
};

static const Case cases[] = {
#define GET_HOST_CASES
// Semantics may neither read nor change an operand that they have.
#pragma GCC diagnostic ignored "-Wunused-but-set-parameter"
#pragma GCC diagnostic ignored "-Wself-assign"
#include "xpulp_cases.inc"
};

struct Registers {
  uint32_t rd, rs1, rs2, rs3;
};

/// Edges of integers and of binary16, ordinary numbers of binary16 and
/// binary32, and random bits.
static std::vector<Registers> makeRegisters() {
  std::vector<Registers> sets = {
      {0, 0, 0, 0},
      {~0u, ~0u, ~0u, ~0u},
      {1, 0x80000000, 0x80000000, 4},
      {0x7fffffff, 0x7fffffff, 1, 8},
      {0x80008000, 0x80808080, 0x7f7f7f7f, 12},
      {0x7c003c00, 0x7c00fc00, 0x00010400, 0},
      {0x3f800000, 0x3c004000, 0xbc004248, 4},
      {0xbf800000, 0x3f8ccccd, 0x40490fdb, 8},
  };
  std::mt19937 random(1);
  for (unsigned i = 0; i != 8; ++i)
    sets.push_back({uint32_t(random()), uint32_t(random()), uint32_t(random()),
                    uint32_t(random())});
  return sets;
}

int main(int argc, char **argv) {
  std::FILE *file = argc == 2 ? std::fopen(argv[1], "w") : nullptr;
  if (!file) {
    std::fputs("usage: se-xpulp-expected OUTPUT\n", stderr);
    return 1;
  }
  std::vector<Registers> sets = makeRegisters();
  std::fprintf(file,
               "#define NUM_SETS %zu\n#define NUM_CASES %zu\n"
               "static const uint32_t sets[NUM_SETS][4] = {\n",
               sets.size(), std::size(cases));
  for (const Registers &r : sets)
    std::fprintf(file, "  {0x%x, 0x%x, 0x%x, 0x%x},\n", r.rd, r.rs1, r.rs2,
                 r.rs3);
  std::fputs("};\nstatic const struct {\n  const char *name;\n"
             "  uint32_t results[NUM_SETS];\n} expected[NUM_CASES] = {\n",
             file);
  for (const Case &c : cases) {
    std::fprintf(file, "  {\"%s\", {", c.name);
    for (const Registers &r : sets) {
      fill_memory();
      std::fprintf(file, "0x%x, ", c.compute(r.rd, r.rs1, r.rs2, r.rs3));
    }
    std::fputs("}},\n", file);
  }
  std::fputs("};\n", file);
  return std::fclose(file) != 0;
}
