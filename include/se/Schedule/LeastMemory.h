// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LeastMemory.h - What a network needs in any precision ----*- C++ -*-===//

#ifndef SE_SCHEDULE_LEASTMEMORY_H
#define SE_SCHEDULE_LEASTMEMORY_H

#include "se/Dialect/RNN/RNN.h"

namespace se::schedule {

/// Bytes of L1 that states and activations of a network of stages take if no
/// element needs more than one byte. No policy needs less.
int64_t getLeastL1(rnn::NetworkOp network);

} // namespace se::schedule

#endif // SE_SCHEDULE_LEASTMEMORY_H
