// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// p.elw, the only instruction that the runtime uses and LLVM does not know: a
// load from the event unit that may put the core to sleep until the event.

#ifndef SE_EVENT_LOAD_H
#define SE_EVENT_LOAD_H

#ifdef __ASSEMBLER__
#define SE_P_ELW(rd, offset, base) .insn i 0x03, 6, rd, offset(base)
#else
/* The value loaded is not meaningful when the core slept, so none is given. */
#define SE_EVENT_LOAD(base, offset)                                            \
  do {                                                                         \
    unsigned se_ignored;                                                       \
    __asm__ volatile(".insn i 0x03, 6, %0, %2(%1)"                             \
                     : "=r"(se_ignored)                                        \
                     : "r"(base), "i"(offset)                                  \
                     : "memory");                                              \
  } while (0)
#endif

#endif /* SE_EVENT_LOAD_H */
