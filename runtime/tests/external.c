// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams constants of both external memories of gap9 through L2 while the core
// that drives the engine checks what came before.

#include "check.h"

#define WORDS 16384
#define TILE 1024 /* words */

/* word i of a table: distinct everywhere, and another in each table */
#define WORD(i, seed) ((uint32_t)(i) * 2654435761u + (seed))
#define W4(i, s)                                                               \
  WORD(i, s), WORD((i) + 1, s), WORD((i) + 2, s), WORD((i) + 3, s)
#define W16(i, s) W4(i, s), W4((i) + 4, s), W4((i) + 8, s), W4((i) + 12, s)
#define W64(i, s)                                                              \
  W16(i, s), W16((i) + 16, s), W16((i) + 32, s), W16((i) + 48, s)
#define W256(i, s)                                                             \
  W64(i, s), W64((i) + 64, s), W64((i) + 128, s), W64((i) + 192, s)
#define W1K(i, s)                                                              \
  W256(i, s), W256((i) + 256, s), W256((i) + 512, s), W256((i) + 768, s)
#define W4K(i, s)                                                              \
  W1K(i, s), W1K((i) + 1024, s), W1K((i) + 2048, s), W1K((i) + 3072, s)
#define TABLE(s) {W4K(0, s), W4K(4096, s), W4K(8192, s), W4K(12288, s)}

static const uint32_t in_ram[WORDS] __attribute__((section(".weights.l3"))) =
    TABLE(1);
static const uint32_t in_nvm[WORDS] __attribute__((section(".weights.nvm"))) =
    TABLE(0x80000000u);

static uint32_t ring[2][TILE], whole[WORDS];
static volatile uint32_t wrong, cycles;

static void check_words(const uint32_t *words, uint32_t first, uint32_t count,
                        uint32_t seed) {
  for (uint32_t i = 0; i < count; ++i)
    if (words[i] != WORD(first + i, seed))
      wrong += 1;
}

static void stream(const uint32_t *table, uint32_t seed) {
  uint32_t ids[2];
  ids[0] = se_ext_start(ring[0], table, sizeof ring[0]);
  for (uint32_t tile = 0; tile < WORDS / TILE; ++tile) {
    uint32_t next = tile + 1;
    if (next < WORDS / TILE)
      ids[next % 2] =
          se_ext_start(ring[next % 2], table + next * TILE, sizeof ring[0]);
    se_ext_wait(ids[tile % 2]);
    check_words(ring[tile % 2], tile * TILE, TILE, seed);
  }
}

static void copy(const uint32_t *table, uint32_t seed) {
  uint32_t start = se_cycles();
  se_ext_wait(se_ext_start(whole, table, sizeof whole));
  cycles = se_cycles() - start;
  check_words(whole, 0, WORDS, seed);
}

/* More transfers than ids, of both memories and of little to much. */
static void many(void) {
  for (uint32_t i = 0; i < WORDS; ++i)
    whole[i] = 0;
  uint32_t at = 0;
  for (uint32_t i = 0; i < 40; ++i) {
    uint32_t words = i * 7 % 64;
    se_ext_start(whole + at, (i % 3 ? in_ram : in_nvm) + at, 4 * words);
    at += words;
  }
  uint32_t last = se_ext_start(whole + at, in_ram + at, 4);
  se_ext_wait(last);
  check_words(whole + at, at, 1, 1);
  CHECK(whole[at + 1] == 0);
  at = 0;
  for (uint32_t i = 0; i < 40; ++i) {
    uint32_t words = i * 7 % 64;
    check_words(whole + at, at, words, i % 3 ? 1 : 0x80000000u);
    at += words;
  }
}

static void on_core(void *args) {
  (void)args;
  stream(in_nvm, 0x80000000u);
  stream(in_ram, 1);
  copy(in_nvm, 0x80000000u);
}

int main(void) {
  stream(in_ram, 1);
  stream(in_nvm, 0x80000000u);
  CHECK(wrong == 0);
  many();
  CHECK(wrong == 0);
  copy(in_ram, 1);
  print("64 KB from external RAM: ", cycles);
  CHECK(wrong == 0 && cycles >= sizeof in_ram && cycles < sizeof in_ram + 200);
  copy(in_nvm, 0x80000000u);
  print("64 KB from non-volatile memory: ", cycles);
  CHECK(wrong == 0 && cycles >= sizeof in_nvm / 2 &&
        cycles < sizeof in_nvm / 2 + 200);
  se_cluster_run(on_core, 0, 1);
  print("64 KB from non-volatile memory by a core: ", cycles);
  CHECK(wrong == 0 && cycles >= sizeof in_nvm / 2 &&
        cycles < sizeof in_nvm / 2 + 400);
  se_puts("external: ok\n");
  return 0;
}
