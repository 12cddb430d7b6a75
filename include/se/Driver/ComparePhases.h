// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ComparePhases.h - The first value that phases disagree on -*- C++
//-*-===//

#ifndef SE_DRIVER_COMPAREPHASES_H
#define SE_DRIVER_COMPAREPHASES_H

#include "se/Driver/RunHost.h"
#include "se/Pipelines/Phases.h"

#include <string>
#include <vector>

namespace se {

/// Reads PHASE,PHASE or more, in the order of phases, all of which run on the
/// host. Error: one line.
llvm::Expected<std::vector<Phase>> parsePhases(llvm::StringRef text);

struct CompareOptions : HostNetworkOptions {
  std::vector<Phase> phases;
  /// NAME=FILE.npy each; none: random frames.
  std::vector<std::string> inputs;
  /// NAME=FILE.npy each: where to write what the last phase computes.
  std::vector<std::string> outputs;
  uint64_t seed = 1; ///< of random frames
  /// Differences that count as none, as a share of the value's largest
  /// magnitude; 0: all bits are compared.
  double tolerance = 0;
  /// Where to write the value that differs; empty: nowhere.
  std::string dumpFolder;
};

/// Runs the first phase of a network and each of the others over the same
/// frames. Prints one line: that all agree, or the first value that differs.
/// Returns 0 if they agree, otherwise or after an error 1.
int comparePhases(const CompareOptions &options);

} // namespace se

#endif // SE_DRIVER_COMPAREPHASES_H
