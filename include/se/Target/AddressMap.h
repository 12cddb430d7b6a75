//===- AddressMap.h - Addresses that all targets share ----------*- C++ -*-===//
//
// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// docs/hardware/pulp-open.md, "Memory map".
//
//===----------------------------------------------------------------------===//

#ifndef SE_TARGET_ADDRESSMAP_H
#define SE_TARGET_ADDRESSMAP_H

#include <cstdint>

namespace se::target::map {

/// The cluster: L1, its test-and-set alias, peripherals. Its cores see it at
/// address 0 as well.
inline constexpr uint32_t cluster = 0x10000000;
inline constexpr uint32_t clusterSize = 0x00400000;
inline constexpr uint32_t testAndSetOffset = 0x00100000;

/// Peripherals of the fabric controller.
inline constexpr uint32_t apb = 0x1A100000;
inline constexpr uint32_t apbSize = 0x00100000;

} // namespace se::target::map

#endif // SE_TARGET_ADDRESSMAP_H
