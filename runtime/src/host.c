// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Console device, exit, files of the host by semihosting.

#include "se/runtime.h"

void se_putc(char c) {
  /* Each core has a channel, so that lines of different cores do not mix. */
  uint32_t hart = se_hart_id();
  *(volatile char *)(SE_STDOUT + ((hart & 0x1f) << 3) + (hart >> 5 << 7)) = c;
}

void se_puts(const char *text) {
  while (*text)
    se_putc(*text++);
}

void se_puthex(uint32_t value) {
  for (int shift = 28; shift >= 0; shift -= 4)
    se_putc("0123456789abcdef"[value >> shift & 15]);
}

void se_putdec(int32_t value) {
  char digits[10];
  uint32_t rest = (uint32_t)value, count = 0;
  if (value < 0) {
    se_putc('-');
    rest = -rest;
  }
  do {
    digits[count++] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest);
  while (count)
    se_putc(digits[--count]);
}

_Noreturn void se_exit(int status) {
  *(volatile uint32_t *)(SE_SOC_CTRL + SE_SOC_EXIT) =
      0x80000000u | ((uint32_t)status & 0x7fffffffu);
  for (;;)
    ;
}

/* Called by start.S. */
_Noreturn void se_trap(uint32_t hart, uint32_t cause, uint32_t pc,
                       uint32_t value) {
  se_puts("trap: core ");
  if (hart == SE_FC_HART)
    se_puts("fc");
  else
    se_putdec((int32_t)(hart & 0x1f));
  se_puts(" cause ");
  se_putdec((int32_t)cause);
  se_puts(" pc 0x");
  se_puthex(pc);
  se_puts(" tval 0x");
  se_puthex(value);
  se_putc('\n');
  se_exit(SE_EXIT_TRAP);
}

/* The sequence of three uncompressed instructions marks the ebreak as a call
   of the host. */
static int32_t host_call(uint32_t operation, const void *argument) {
  register uint32_t a0 __asm__("a0") = operation;
  register const void *a1 __asm__("a1") = argument;
  __asm__ volatile(".option push\n\t"
                   ".option norvc\n\t"
                   ".p2align 4\n\t"
                   "slli zero, zero, 0x1f\n\t"
                   "ebreak\n\t"
                   "srai zero, zero, 7\n\t"
                   ".option pop"
                   : "+r"(a0)
                   : "r"(a1)
                   : "memory");
  return (int32_t)a0;
}

int32_t se_open(const char *name, int32_t mode) {
  uint32_t length = 0;
  while (name[length])
    ++length;
  uint32_t block[3] = {(uint32_t)name, (uint32_t)mode, length};
  return host_call(0x01, block);
}

/* The host answers with the bytes that are missing, or a negative number. */
static uint32_t transfer(uint32_t operation, int32_t file, const void *data,
                         uint32_t bytes) {
  uint32_t block[3] = {(uint32_t)file, (uint32_t)data, bytes};
  uint32_t missing = (uint32_t)host_call(operation, block);
  return missing > bytes ? 0 : bytes - missing;
}

uint32_t se_read(int32_t file, void *data, uint32_t bytes) {
  return transfer(0x06, file, data, bytes);
}

uint32_t se_write(int32_t file, const void *data, uint32_t bytes) {
  return transfer(0x05, file, data, bytes);
}

void se_close(int32_t file) {
  uint32_t block[1] = {(uint32_t)file};
  host_call(0x02, block);
}

void se_host_puts(const char *text) { host_call(0x04, text); }
