// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What frames of a network do, out of all that a program does. A program says
// where they begin and end by reading the cycle counter of the FC.

#ifndef SE_LIB_SIMULATOR_FRAMEACTIVITY_H
#define SE_LIB_SIMULATOR_FRAMEACTIVITY_H

#include "se/Simulator/Simulator.h"

namespace se::sim {

class FrameActivity {
public:
  /// A frame begins or ends; `now` is what was done since the run began.
  void mark(const Activity &now);
  const Activity &get() const { return sum; }

private:
  bool isInFrame = false;
  Activity sum, begin, first;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_FRAMEACTIVITY_H
