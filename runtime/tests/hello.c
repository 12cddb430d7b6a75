// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text output; variables of all kinds have their start values.

#include "check.h"

static int initialised = 42;
static int zero;
SE_L1 static int l1_zero[100];
SE_L1_DATA static int l1_initialised = 43;

int main(void) {
  CHECK(initialised == 42 && zero == 0);
  for (int i = 0; i < 100; ++i)
    CHECK(l1_zero[i] == 0);
  CHECK(l1_initialised == 43);
  CHECK(se_hart_id() == SE_FC_HART && se_core_id() == 0);
  se_puts("hello from the runtime ");
  se_putdec((int32_t)0x80000000);
  se_puts(" 0x");
  se_puthex(0xcafe1234);
  se_putc('\n');
  return 0;
}
