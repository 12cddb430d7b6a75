// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One use each of the forms of se/xpulp.h; -DIMMEDIATE=n sets an immediate.

#include "se/xpulp.h"

#ifndef IMMEDIATE
#define IMMEDIATE 8
#endif

uint32_t function(uint32_t sum, uint32_t a, uint32_t b) {
  return se_pv_sdotsp_b(sum, a, b);
}

float number(float sum, uint32_t a, uint32_t b) {
  return se_vfdotpex_s_h(sum, a, b);
}

uint32_t immediate(uint32_t a) { return se_p_clipi(a, IMMEDIATE); }

uint32_t nested(uint32_t a, uint32_t b) {
  return se_pv_insert_b(se_pv_insert_b(0, a, 1), b, 2);
}

/* The pointer stays in its register; nothing but the loads and the sum. */
uint32_t loads(const uint32_t *p) {
  uint32_t a = se_p_lw_post(p, 4);
  uint32_t b = se_p_lw_post(p, -8);
  return a + b + (uint32_t)p;
}

void *store(uint8_t *p, uint32_t value, uint32_t step) {
  se_p_sb_post_reg(value, p, step);
  return p;
}
