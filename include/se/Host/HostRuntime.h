// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- HostRuntime.h - The runtime's functions on the host ------*- C++ -*-===//
//
// What generated kernels call (runtime/include/se/runtime.h), played by
// threads.
//
//===----------------------------------------------------------------------===//

#ifndef SE_HOST_HOSTRUNTIME_H
#define SE_HOST_HOSTRUNTIME_H

#include <cstdint>

namespace se::host {

/// kernel(args) on `cores` threads at once; on the caller's for one core.
void runCluster(void (*kernel)(void *), void *args, uint32_t cores);

/// The number of the calling core.
uint32_t getCoreId();

/// All cores of the running kernel meet here.
void waitAtBarrier();

/// The next tile of the weight stream (cluster.next_tile); copies it when the
/// device would start the transfer.
void nextTile(uint32_t tile, const uint8_t *data, const uint32_t *table,
              uint8_t *ring, uint32_t *control, uint32_t tiles, uint32_t slots,
              uint32_t slotBytes);

} // namespace se::host

#endif // SE_HOST_HOSTRUNTIME_H
