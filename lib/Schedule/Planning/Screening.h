// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Screening.h - Whether a frame's inputs are finite --------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_SCHEDULENETWORK_SCREENING_H
#define SE_LIB_SCHEDULE_SCHEDULENETWORK_SCREENING_H

#include <cstdint>

namespace se::schedule {

/// Elements of a turn of the loop over inputs, each with a sum of its own.
inline constexpr int64_t screenWidth = 4;

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_SCHEDULENETWORK_SCREENING_H
