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

} // namespace se::host

#endif // SE_HOST_HOSTRUNTIME_H
