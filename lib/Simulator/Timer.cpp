// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Timer.h"

using namespace se::sim;

bool Timer::access(uint64_t now, uint32_t offset, bool isStore,
                   uint32_t &value) {
  switch (offset) {
  case 0x00: // configuration
    if (!isStore) {
      value = config;
      return true;
    }
    count = value & reset ? 0 : read(now);
    since = now;
    config = value & ~reset;
    return true;
  case 0x08: // count
    if (!isStore) {
      value = read(now);
      return true;
    }
    count = value;
    since = now;
    return true;
  default:
    return false;
  }
}
