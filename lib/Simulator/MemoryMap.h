// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Addresses of the peripherals: docs/hardware/pulp-open.md, "Memory map".

#ifndef SE_LIB_SIMULATOR_MEMORYMAP_H
#define SE_LIB_SIMULATOR_MEMORYMAP_H

#include "se/Target/AddressMap.h"

namespace se::sim::map {

using namespace target::map;

/// Bytes of each block of registers in the cluster.
inline constexpr uint32_t clusterBlock = 0x400;
inline constexpr uint32_t clusterControl = 0x10200000;
inline constexpr uint32_t clusterTimer = 0x10200400;
inline constexpr uint32_t eventUnit = 0x10200800;
inline constexpr uint32_t clusterIcache = 0x10201400;
inline constexpr uint32_t dmaExternal = 0x10201800;
/// What a core sees of the event unit and the DMA engine as its own.
inline constexpr uint32_t eventUnitDemux = 0x10204000;
inline constexpr uint32_t dmaDemux = 0x10204400;

/// Peripherals of the fabric controller, all within [apb, apb + apbSize).
inline constexpr uint32_t fll = 0x1A100000;
inline constexpr uint32_t fllSize = 0x1000;
inline constexpr uint32_t udmaClockGates = 0x1A102000;
/// The uDMA channel to external memory: a block for each of its ids, and one
/// for all.
inline constexpr uint32_t externalDma = 0x1A102480;
inline constexpr uint32_t socControl = 0x1A104000;
inline constexpr uint32_t fcIcache = 0x1A108800;
inline constexpr uint32_t fcTimer0 = 0x1A10B000;
inline constexpr uint32_t fcTimer1 = 0x1A10B800;
inline constexpr uint32_t standardOutput = 0x1A10F000;
inline constexpr uint32_t standardOutputSize = 0x1080;

/// L2, whose start the fabric controller also sees at address 0.
inline constexpr uint32_t fcAliasSize = 0x00010000;

// Offsets of registers.
inline constexpr uint32_t controlFetchEnable = 0x08;
inline constexpr uint32_t controlBootAddress = 0x40;
inline constexpr uint32_t icacheEnable = 0x00;
inline constexpr uint32_t icacheFlush = 0x04;
inline constexpr uint32_t socBootAddress = 0x04;
inline constexpr uint32_t socCoreStatus = 0xA0;

} // namespace se::sim::map

#endif // SE_LIB_SIMULATOR_MEMORYMAP_H
