// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What generated kernels call, as functions with a symbol.

#include "se/runtime.h"

/* Where L1 is, as addresses: the linker script defines them. */
extern char __se_l1_base[], __se_l1_size[];

void se_kernel_run(void (*kernel)(void *), void *args, uint32_t cores,
                   uint32_t dma_core) {
  se_cluster_run_team(kernel, args, ((1u << cores) - 1) | 1u << dma_core);
}

/* The DMA knows only the lowest bits of an address in L1: with a state
   elsewhere it would overwrite others. */
void se_kernel_check_state(const void *state, uint32_t bytes,
                           const char *network) {
  uint32_t offset = (uint32_t)state - (uint32_t)__se_l1_base;
  uint32_t size = (uint32_t)__se_l1_size;
  if (bytes <= size && offset <= size - bytes && (uint32_t)state % 16 == 0)
    return;
  se_puts("error: ");
  se_puts(network);
  se_puts("_init: the state at 0x");
  se_puthex((uint32_t)state);
  se_puts(" must lie in L1, aligned to 16 (SE_L1 of se/runtime.h)\n");
  se_exit(SE_EXIT_TRAP);
}

uint32_t se_kernel_core_id(void) { return se_core_id(); }

/* Cores i and i + 4 share an FPU and do the same work. In step they would wait
   for each other at every sum; 8 cycles apart, they take turns. */
void se_kernel_barrier(void) {
  se_barrier();
  if (se_core_id() & 4)
    __asm__ volatile(".rept 10\n\tnop\n\t.endr");
}

uint32_t se_kernel_dma_in(void *from, void *to, uint32_t bytes) {
  return se_dma_start(SE_DMA_TO_L1, to, from, bytes);
}

uint32_t se_kernel_dma_out(void *from, void *to, uint32_t bytes) {
  return se_dma_start(SE_DMA_TO_EXT, from, to, bytes);
}

uint32_t se_kernel_dma_in_2d(void *from, void *to, uint32_t bytes,
                             uint32_t line, uint32_t stride) {
  return se_dma_start_2d(SE_DMA_TO_L1, to, from, bytes, line, stride);
}

uint32_t se_kernel_dma_out_2d(void *from, void *to, uint32_t bytes,
                              uint32_t line, uint32_t stride) {
  return se_dma_start_2d(SE_DMA_TO_EXT, from, to, bytes, line, stride);
}

void se_kernel_dma_wait(uint32_t id) { se_dma_wait(id); }
