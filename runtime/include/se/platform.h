// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Device addresses of the pulp-open platform (docs/hardware/pulp-open.md),
// shared by C and assembly. All targets of the project have this map; only
// memory sizes differ, and those are in the linker script.

#ifndef SE_PLATFORM_H
#define SE_PLATFORM_H

/* The fabric controller's hart id; cluster cores are harts 0, 1, 2, ... */
#define SE_FC_HART 0x3E0

/* Cluster. */
#define SE_CLUSTER_CTRL 0x10200000
#define SE_CLUSTER_FETCH_ENABLE 0x08
#define SE_CLUSTER_BOOT_ADDR 0x40 /* + 4 * core */
#define SE_CLUSTER_ICACHE 0x10201400

/* Event unit: the view of all (for the FC), and each core's own view. */
#define SE_EU_GLOBAL 0x10200800
#define SE_EU_GLOBAL_SW_EVENT 0x600 /* + 4 * event, value: core mask */
#define SE_EU 0x10204000
#define SE_EU_MASK 0x00
#define SE_EU_MASK_CLEAR 0x04
#define SE_EU_MASK_SET 0x08
#define SE_EU_BUFFER 0x1C
#define SE_EU_BUFFER_CLEAR 0x28
#define SE_EU_WAIT 0x38
#define SE_EU_WAIT_CLEAR 0x3C
#define SE_EU_SW_EVENT 0x100 /* + 4 * event, value: core mask */
#define SE_EU_BARRIER 0x200
#define SE_EU_BARRIER_TRIGGER_MASK 0x200
#define SE_EU_BARRIER_TARGET_MASK 0x20C
#define SE_EU_BARRIER_WAIT_CLEAR 0x21C

#define SE_EVENT_DISPATCH 0 /* software event: a kernel is to be run */
#define SE_EVENT_DMA 8
#define SE_EVENT_BARRIER 16
/* What a worker listens to, except while it waits for the DMA. */
#define SE_EVENTS_WORKER ((1 << SE_EVENT_DISPATCH) | (1 << SE_EVENT_BARRIER))

/* DMA engine (mchan), each core's own port. */
#define SE_DMA 0x10204400
#define SE_DMA_COMMAND 0x0
#define SE_DMA_STATUS 0x4

/* Fabric controller's side. */
#define SE_SOC_CTRL 0x1A104000
#define SE_SOC_EXIT 0xA0 /* bit 31 ends the simulation with bits 30:0 */
#define SE_FC_ICACHE 0x1A108800
#define SE_STDOUT 0x1A10F000 /* + 8 * core + 128 * cluster */
#define SE_UDMA_CLOCKS 0x1A102000
#define SE_UDMA_EXT_CLOCKS 0x1FF00 /* those of the channel below */
/* Engine between external memories and L2: uDMA channel "hyper". */
#define SE_EXT 0x1A102480
#define SE_EXT_IDS 8
#define SE_EXT_BLOCK 0x80 /* bytes of an id's registers */
#define SE_EXT_READ_ADDRESS 0x00
#define SE_EXT_READ_SIZE 0x04
#define SE_EXT_READ_CONTROL 0x08
#define SE_EXT_COMMAND 0x18
#define SE_EXT_ADDRESS 0x1C
#define SE_EXT_STATUS 0x24
#define SE_EXT_PAGE_BOUND 0x400 /* of all ids, from SE_EXT on */
#define SE_EXT_SELECT 0x420     /* 0: RAM, 1: non-volatile memory */

/* Exit status of a program that ended in a trap. */
#define SE_EXIT_TRAP 125

#endif /* SE_PLATFORM_H */
