// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cycles of instructions, accesses, events and shared units.

#include "timing.h"

SE_L1 uint32_t words[512];
uint32_t far_words[512];

/* a2: L1, a3: L2, a4: event unit, a5: cluster timer, a6: 1.0, a7: halves. */
#define SETUP                                                                  \
  "la a2, words\nla a3, far_words\nli a4, 0x10204000\nli a5, 0x10200400\n"     \
  "li a6, 0x3f800000\nli a7, 0x3c003c00\nli t1, 7\nli t2, 0x12345678\n"        \
  "li t3, -5\n"
#define REPEAT(n, text) ".rept " #n "\n" text "\n.endr\n"
#define ROW(name, text) MEASURED(name, SETUP, text)

ROW(addi, REPEAT(32, "addi t0, t0, 1"))
ROW(csr_read, REPEAT(32, "csrr t0, 0xB00"))
ROW(load, REPEAT(32, "lw t0, 0(a2)"))
ROW(load_use, REPEAT(16, "lw t0, 0(a2)\nadd t4, t0, t0"))
ROW(store, REPEAT(32, "sw t1, 0(a2)"))
ROW(load_post, REPEAT(32, ".insn i 0x0B, 2, t0, 4(a2)"))
ROW(load_post_base, REPEAT(16, ".insn i 0x0B, 2, t0, 4(a2)\nmv t4, a2"))
ROW(store_post, REPEAT(32, ".insn s 0x2B, 2, t1, 4(a2)"))
ROW(load_misaligned, REPEAT(16, "lw t0, 1(a2)"))
ROW(half_misaligned, REPEAT(16, "lh t0, 3(a2)"))
ROW(load_l2, REPEAT(16, "lw t0, 0(a3)"))
ROW(load_l2_use, REPEAT(16, "lw t0, 0(a3)\nadd t4, t0, t0"))
ROW(store_l2, REPEAT(16, "sw t1, 0(a3)"))
ROW(event_read, REPEAT(16, "lw t0, 0(a4)"))
ROW(event_write, REPEAT(16, "sw zero, 0x28(a4)"))
ROW(timer_read, REPEAT(16, "lw t0, 8(a5)"))
ROW(mul, REPEAT(16, "mul t0, t1, t2"))
ROW(mul_use, REPEAT(16, "mul t0, t1, t2\nadd t4, t0, t0"))
ROW(mac, REPEAT(32, ".insn r 0x33, 0, 0x21, t0, t1, t2"))
ROW(mulh, REPEAT(16, "mulh t0, t1, t2"))
ROW(mulh_use, REPEAT(16, "mulhu t0, t1, t2\nadd t4, t0, t0"))
ROW(div_small, REPEAT(4, "div t0, t2, t1"))
ROW(div_large, REPEAT(4, "divu t0, t2, t2"))
ROW(div_negative, REPEAT(4, "div t0, t2, t3"))
ROW(div_zero, REPEAT(4, "div t0, t2, zero"))
ROW(divu_zero, REPEAT(4, "divu t0, t2, zero"))
ROW(rem_small, REPEAT(4, "rem t0, t2, t1"))
ROW(branch_taken, REPEAT(16, "beq zero, zero, .+4"))
ROW(branch_not_taken, REPEAT(16, "bne zero, zero, .+4"))
ROW(jump, REPEAT(16, "j .+4"))
ROW(jump_register, REPEAT(8, "auipc t0, 0\njalr t5, 8(t0)"))
/* lp.setupi: the body ends 2 half words on. */
ROW(hardware_loop, ".insn i 0x7B, 5, x0, x2, 100\naddi t0, t0, 1\n")
ROW(sdotsp, REPEAT(32, ".insn r 0x57, 1, 0x5C, t0, t1, t2"))
ROW(clip, REPEAT(32, ".insn r 0x33, 1, 0x0A, t0, t1, x8"))
ROW(mulsn, REPEAT(32, ".insn r 0x5B, 0, 0x43, t0, t1, t2"))
ROW(fadd_s, REPEAT(16, "fadd.s t0, t0, a6"))
ROW(fmadd_s, REPEAT(16, "fmadd.s t0, a6, a6, t0"))
ROW(fcvt, REPEAT(16, "fcvt.s.h t0, a7"))
ROW(vfmac, REPEAT(32, ".insn r 0x33, 2, 0x48, t0, a7, a7"))
ROW(vfdotpex, REPEAT(32, ".insn r 0x33, 0, 0x4B, t0, a7, a7"))
ROW(fdiv_s, REPEAT(8, "fdiv.s t0, a6, a6"))
ROW(fsqrt_s, REPEAT(8, "fsqrt.s t0, a6"))
ROW(fdiv_h, REPEAT(8, "fdiv.h t0, a7, a7"))
ROW(fpu_and_alu,
    REPEAT(16, ".insn r 0x33, 2, 0x48, t0, a7, a7\naddi t4, t4, 1"))
ROW(fpu_pairs, REPEAT(8, ".insn r 0x33, 2, 0x48, t0, a7, a7\n"
                         ".insn r 0x33, 2, 0x48, t5, a7, a7\n"
                         "addi t4, t4, 1"))
ROW(fpu_branches, "li t4, 20\n1: .insn r 0x33, 2, 0x48, t0, a7, a7\n"
                  ".insn r 0x33, 2, 0x48, t5, a7, a7\n"
                  "addi t4, t4, -1\nbnez t4, 1b\n")
ROW(same_bank, REPEAT(64, "lw t0, 0(a2)"))
ROW(barriers, REPEAT(20, ".insn i 0x03, 6, t0, 0x21C(a4)"))

/* Core 1 waits for software event 1 that core 0 raises later. */
static void event(void *args) {
  (void)args;
  if (se_core_id() == 1) {
    TWICE {
      se_barrier();
      se_event_wait(1u << 1);
      cycles_of[1] = se_cycles();
    }
    return;
  }
  TWICE {
    se_barrier();
    for (volatile int i = 0; i < 20; ++i)
      ;
    __asm__ volatile(".p2align 4" ::: "memory");
    cycles_of[0] = se_cycles();
    se_event_raise(1, 1u << 1);
  }
}

int main(void) {
  static const struct {
    const char *name;
    void (*kernel)(void *);
    uint32_t cores;
  } rows[] = {
      {"addi x 32", addi, 1},
      {"csrr x 32", csr_read, 1},
      {"L1 load x 32", load, 1},
      {"L1 load and use x 16", load_use, 1},
      {"L1 store x 32", store, 1},
      {"post-increment load x 32", load_post, 1},
      {"post-increment load, use of the pointer x 16", load_post_base, 1},
      {"post-increment store x 32", store_post, 1},
      {"misaligned load x 16", load_misaligned, 1},
      {"misaligned half-word load x 16", half_misaligned, 1},
      {"L2 load x 16", load_l2, 1},
      {"L2 load and use x 16", load_l2_use, 1},
      {"L2 store x 16", store_l2, 1},
      {"L2 load x 16, 8 cores", load_l2, 8},
      {"event unit read x 16", event_read, 1},
      {"event unit write x 16", event_write, 1},
      {"cluster timer read x 16", timer_read, 1},
      {"mul x 16", mul, 1},
      {"mul and use x 16", mul_use, 1},
      {"p.mac x 32", mac, 1},
      {"mulh x 16", mulh, 1},
      {"mulhu and use x 16", mulh_use, 1},
      {"div by 7 x 4", div_small, 1},
      {"divu by a large number x 4", div_large, 1},
      {"div by -5 x 4", div_negative, 1},
      {"div by 0 x 4", div_zero, 1},
      {"divu by 0 x 4", divu_zero, 1},
      {"rem by 7 x 4", rem_small, 1},
      {"branch taken x 16", branch_taken, 1},
      {"branch not taken x 16", branch_not_taken, 1},
      {"jump x 16", jump, 1},
      {"auipc and jalr x 8", jump_register, 1},
      {"hardware loop, 100 x 1 instruction", hardware_loop, 1},
      {"pv.sdotsp.b x 32", sdotsp, 1},
      {"p.clip x 32", clip, 1},
      {"p.mulsN x 32", mulsn, 1},
      {"fadd.s x 16, dependent", fadd_s, 1},
      {"fmadd.s x 16, dependent", fmadd_s, 1},
      {"fcvt.s.h x 16", fcvt, 1},
      {"vfmac.h x 32", vfmac, 1},
      {"vfmac.h x 32, 4 cores", vfmac, 4},
      {"vfmac.h x 32, 8 cores", vfmac, 8},
      {"vfdotpex.s.h x 32", vfdotpex, 1},
      {"vfdotpex.s.h x 32, 8 cores", vfdotpex, 8},
      {"vfmac.h and addi x 16, 8 cores", fpu_and_alu, 8},
      {"2 vfmac.h and addi x 8, 8 cores", fpu_pairs, 8},
      {"2 vfmac.h in a branch loop x 20, 8 cores", fpu_branches, 8},
      {"fdiv.s x 8", fdiv_s, 1},
      {"fdiv.s x 8, 8 cores", fdiv_s, 8},
      {"fsqrt.s x 8", fsqrt_s, 1},
      {"fdiv.h x 8", fdiv_h, 1},
      {"L1 load x 64, same bank, 8 cores", same_bank, 8},
      {"barrier x 20, 1 core", barriers, 1},
      {"barrier x 20, 2 cores", barriers, 2},
      {"barrier x 20, 8 cores", barriers, 8},
  };
  for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i)
    row(rows[i].name, measure(rows[i].kernel, 0, rows[i].cores));
  se_cluster_run(event, 0, 2);
  row("software event to the waiting core", cycles_of[1] - cycles_of[0]);
  return 0;
}
