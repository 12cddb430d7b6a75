// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Start-up of the fabric controller and of the cluster cores.

#include "se/event_load.h"
#include "se/platform.h"

// A core jumps to the base of mtvec on a trap, and mtvec starts as the boot
// address rounded down to 256. So trap entry and both boot addresses share one
// such block, and a trap is caught from the first instruction on.
  .section .text.se_vectors, "ax", @progbits
  .p2align 8
  .option push
  .option norvc
  .globl se_vectors
se_vectors:
  j se_trap_entry
  .option pop

  .globl _start
  .type _start, @function
_start:
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  la t0, se_vectors
  csrw mtvec, t0
  la sp, __se_fc_stack_end
  // Instruction caches come up disabled: every fetch would go to L2.
  li t1, SE_FC_ICACHE
  li t2, 1
  sw t2, 0(t1)
  li t1, SE_CLUSTER_ICACHE
  li t2, -1
  sw t2, 0(t1)
  la a0, __se_bss_start
  la a1, __se_bss_end
  jal zero_words
  la a0, __se_l1_start
  la a1, __se_l1_end
  jal zero_words
  call main
  tail se_exit

  .globl se_cluster_entry
  .type se_cluster_entry, @function
se_cluster_entry:
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  la t0, se_vectors
  csrw mtvec, t0
  jal t0, cluster_stack
  tail se_worker_loop

zero_words:
  bgeu a0, a1, 2f
1:
  sw zero, 0(a0)
  addi a0, a0, 4
  bltu a0, a1, 1b
2:
  ret

// sp = end of this cluster core's stack. Returns to t0, changes t1.
cluster_stack:
  csrr t1, mhartid
  andi t1, t1, 0x1f
  addi t1, t1, 1
  lui sp, %hi(__se_core_stack_size)
  addi sp, sp, %lo(__se_core_stack_size)
  mul t1, t1, sp
  la sp, __se_core_stacks
  add sp, sp, t1
  jr t0

// Traps end the program, so nothing is saved, and the stack starts afresh: it
// may be what went wrong.
  .section .text.se_trap_entry, "ax", @progbits
  .type se_trap_entry, @function
se_trap_entry:
  csrr a0, mhartid
  li t1, SE_FC_HART
  la sp, __se_fc_stack_end
  beq a0, t1, 1f
  jal t0, cluster_stack
1:
  csrr a1, mcause
  csrr a2, mepc
  csrr a3, mtval
  tail se_trap

// The life of a worker: sleep, run a kernel, meet the others of the team.
// s0: event unit, s1: work, s2: this core is core 0.
  .section .text.cluster, "ax", @progbits
  .p2align 4
  .globl se_worker_loop
  .type se_worker_loop, @function
se_worker_loop:
  li s0, SE_EU
  la s1, se_cluster_work
  csrr s2, mhartid
  andi s2, s2, 0x1f
  li t0, SE_EVENTS_WORKER
  sw t0, SE_EU_MASK(s0)
1:
  SE_P_ELW(t0, SE_EU_WAIT_CLEAR, s0)
  lw t0, 0(s1)
  lw a0, 4(s1)
  bnez s2, 2f
  // Core 0 sets the team that meets at the barrier. Others may be there
  // already: the team is never complete without core 0. The trigger mask goes
  // first, lest an empty one count as complete.
  lw t1, 8(s1)
  sw t1, SE_EU_BARRIER_TRIGGER_MASK(s0)
  sw t1, SE_EU_BARRIER_TARGET_MASK(s0)
2:
  jalr t0
  SE_P_ELW(t0, SE_EU_BARRIER_WAIT_CLEAR, s0)
  bnez s2, 1b
  la t1, se_cluster_done
  li t0, 1
  sw t0, 0(t1)
  j 1b
