// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FrameBound.h - What a frame takes at most ----------------*- C++ -*-===//
//
// The bound of docs/scheduling.md, "At most": what the plan says of a frame,
// and the first fetch of the code that became of it.
//
//===----------------------------------------------------------------------===//

#ifndef SE_CODEGEN_FRAMEBOUND_H
#define SE_CODEGEN_FRAMEBOUND_H

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/Plan/Plan.h"

#include "llvm/Support/Error.h"

namespace se {

/// Bytes of the kernel of a network in a program or an object, in which jumps
/// may be longer. Error: no such file, or no such kernel.
llvm::Expected<uint64_t> getKernelBytes(llvm::StringRef file,
                                        llvm::StringRef network);

/// Cycles that a fetch of so much code takes, if every line comes from L2.
int64_t getFetchCycles(uint64_t kernelBytes, cluster::TargetAttr target);

/// Cycles that no frame exceeds.
int64_t getFrameBound(plan::CyclesAttr atMost, uint64_t kernelBytes,
                      cluster::TargetAttr target);

/// What metadata has in place of the bound, which is known only when the
/// program is linked.
inline constexpr llvm::StringLiteral boundKey = "bound_cycles_per_frame";
inline constexpr int64_t boundPlace = 999999999999;

/// Writes the bound into the metadata of a program, as wide as its place.
void setBound(llvm::MutableArrayRef<char> program, int64_t cycles);

} // namespace se

#endif // SE_CODEGEN_FRAMEBOUND_H
