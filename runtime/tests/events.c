// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Software events between cores; an event that is early is not lost.

#include "check.h"

#define LAPS 25

SE_L1 static volatile uint32_t baton;
static volatile uint32_t wrong;

/* The baton goes round: each core waits for the one before it. */
static void relay(void *args) {
  uint32_t cores = (uint32_t)args, self = se_core_id();
  for (uint32_t lap = 0; lap < LAPS; ++lap) {
    if (lap || self)
      se_event_wait(1 << 3);
    if (baton != lap * cores + self)
      wrong = 1;
    baton = baton + 1;
    se_event_raise(3, 1u << (self + 1) % cores);
  }
  se_barrier();
  if (self == 0)
    se_event_wait(1 << 3);
}

int main(void) {
  for (uint32_t cores = 2; cores <= 8; ++cores) {
    baton = 0;
    se_cluster_run(relay, (void *)cores, cores);
    CHECK(wrong == 0 && baton == LAPS * cores);
  }
  se_puts("events: ok\n");
  return 0;
}
