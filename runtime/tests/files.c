// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files of the host: write, read back, copy, ends and errors. GVSoC ends the
// program when a file cannot be opened, so that is not tried here.

#include "check.h"

static uint8_t data[5000], back[6000];

int main(void) {
  for (uint32_t i = 0; i < sizeof(data); ++i)
    data[i] = (uint8_t)(i * 7 + (i >> 8));
  int32_t file = se_open("files_a.bin", SE_OPEN_WRITE);
  CHECK(file >= 0);
  CHECK(se_write(file, data, 3000) == 3000);
  CHECK(se_write(file, data + 3000, 2000) == 2000);
  se_close(file);

  /* Copy by pieces that do not divide the size. */
  int32_t from = se_open("files_a.bin", SE_OPEN_READ);
  int32_t to = se_open("files_b.bin", SE_OPEN_WRITE);
  CHECK(from >= 0 && to >= 0 && from != to);
  uint32_t bytes, total = 0;
  while ((bytes = se_read(from, back, 1100))) {
    CHECK(se_write(to, back, bytes) == bytes);
    total += bytes;
  }
  CHECK(total == sizeof(data));
  se_close(from);
  se_close(to);

  file = se_open("files_b.bin", SE_OPEN_READ);
  CHECK(file >= 0);
  CHECK(se_read(file, back, sizeof(back)) == sizeof(data));
  for (uint32_t i = 0; i < sizeof(data); ++i)
    CHECK(back[i] == data[i]);
  CHECK(se_read(file, back, 10) == 0);
  se_close(file);
  CHECK(se_read(1000, back, 4) == 0);
  se_host_puts("files: ok\n");
  return 0;
}
