// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The FC's side of cluster offload; the workers' side is in start.S.

#include "se/runtime.h"

extern char se_cluster_entry[];
/* The number of cluster cores, the controller included, is the address: the
   linker script defines it. */
extern char __se_core_count[];

/* What start.S reads, in L1, where it costs a worker one cycle. */
struct work {
  void (*kernel)(void *);
  void *args;
  uint32_t mask;
};
SE_L1 volatile struct work se_cluster_work;

/* Core 0 sets it when all of the team are done. In L2, where it costs the FC
   one cycle to look. */
volatile uint32_t se_cluster_done;

/* What se_cluster_work holds. A store of the FC to L1 takes 15 cycles, so it
   is skipped when nothing changed, as from frame to frame. */
static struct work current;

static void write32(uint32_t address, uint32_t value) {
  *(volatile uint32_t *)address = value;
}

static void start_cluster(void) {
  uint32_t count = (uint32_t)__se_core_count;
  for (uint32_t core = 0; core < count; ++core)
    write32(SE_CLUSTER_CTRL + SE_CLUSTER_BOOT_ADDR + 4 * core,
            (uint32_t)se_cluster_entry);
  write32(SE_CLUSTER_CTRL + SE_CLUSTER_FETCH_ENABLE, (1u << count) - 1);
}

void se_cluster_run(void (*kernel)(void *), void *args, uint32_t cores) {
  se_cluster_run_team(kernel, args, (1u << cores) - 1);
}

void se_cluster_run_team(void (*kernel)(void *), void *args, uint32_t mask) {
  if (!current.mask)
    start_cluster();
  if (current.kernel != kernel)
    se_cluster_work.kernel = current.kernel = kernel;
  if (current.args != args)
    se_cluster_work.args = current.args = args;
  if (current.mask != mask)
    se_cluster_work.mask = current.mask = mask;
  se_cluster_done = 0;
  /* The event waits in the event unit for a core that is not up yet. */
  write32(SE_EU_GLOBAL + SE_EU_GLOBAL_SW_EVENT + 4 * SE_EVENT_DISPATCH, mask);
  while (!se_cluster_done)
    ;
}
