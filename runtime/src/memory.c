// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions that compilers call for copies and fills, by words where both
// sides are aligned. Built with -fno-builtin, lest they call themselves.

#include "se/runtime.h"

void *memcpy(void *restrict dst, const void *restrict src, size_t bytes) {
  unsigned char *to = dst;
  const unsigned char *from = src;
  if ((((uint32_t)to | (uint32_t)from) & 3) == 0) {
    for (; bytes >= 4; bytes -= 4, to += 4, from += 4)
      *(uint32_t *)to = *(const uint32_t *)from;
  }
  while (bytes--)
    *to++ = *from++;
  return dst;
}

void *memmove(void *dst, const void *src, size_t bytes) {
  unsigned char *to = dst;
  const unsigned char *from = src;
  if (to <= from || to >= from + bytes)
    return memcpy(dst, src, bytes);
  while (bytes--)
    to[bytes] = from[bytes];
  return dst;
}

void *memset(void *dst, int value, size_t bytes) {
  unsigned char *to = dst;
  uint32_t word = (unsigned char)value * 0x01010101u;
  for (; bytes && ((uint32_t)to & 3); --bytes)
    *to++ = (unsigned char)value;
  for (; bytes >= 4; bytes -= 4, to += 4)
    *(uint32_t *)to = word;
  while (bytes--)
    *to++ = (unsigned char)value;
  return dst;
}
