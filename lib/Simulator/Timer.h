// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A timer that counts cycles: docs/hardware/pulp-open.md, "Counters and
// timers".

#ifndef SE_LIB_SIMULATOR_TIMER_H
#define SE_LIB_SIMULATOR_TIMER_H

#include <cstdint>

namespace se::sim {

class Timer {
public:
  /// False if there is no such register.
  bool access(uint64_t now, uint32_t offset, bool isStore, uint32_t &value);

private:
  static constexpr uint32_t enable = 1, reset = 2;

  uint32_t read(uint64_t now) const {
    return config & enable ? count + uint32_t(now - since) : count;
  }

  uint32_t config = 0, count = 0;
  uint64_t since = 0;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_TIMER_H
