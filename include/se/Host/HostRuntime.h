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

/// kernel(args) on `cores` threads at once, and one more that plays core
/// `dmaCore` if that is none of them; on the caller's for one core.
void runKernel(void (*kernel)(void *), void *args, uint32_t cores,
               uint32_t dmaCore);

/// On the host a state may lie anywhere.
void checkState(const void *state, uint32_t bytes, const char *network);

/// The number of the calling core.
uint32_t getCoreId();

/// All cores of the running kernel meet here.
void waitAtBarrier();

/// A transfer (cluster.dma_start) is done when it is started: the first moment
/// at which the device might write. The 2D forms take lines that lie `stride`
/// bytes apart, or put them there.
uint64_t startTransfer(const void *from, void *to, uint64_t bytes);
uint64_t startTransferIn2D(const char *from, char *to, uint64_t bytes,
                           uint64_t line, uint64_t stride);
uint64_t startTransferOut2D(const char *from, char *to, uint64_t bytes,
                            uint64_t line, uint64_t stride);
void waitForTransfer(uint64_t id);

} // namespace se::host

#endif // SE_HOST_HOSTRUNTIME_H
