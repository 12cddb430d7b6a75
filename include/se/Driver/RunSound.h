// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RunSound.h - Runs a network between samples over a recording -*-C++-*-//
//
// The recording goes through the network hop by hop. Behind it come as many
// zeros as it takes to have all of it out again; the result is as long as the
// recording, and in time with it.
//
//===----------------------------------------------------------------------===//

#ifndef SE_DRIVER_RUNSOUND_H
#define SE_DRIVER_RUNSOUND_H

#include "se/Driver/RunHost.h"
#include "se/Simulator/Program.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace se {

struct SoundFiles {
  /// Any format of libsndfile, any rate and number of channels.
  std::string input;
  /// WAV, mono, 16 bit, at the network's rate; empty for nowhere.
  std::string output;
  /// NAME=FILE.npy each, of outputs besides the sound.
  std::vector<std::string> outputs;
  /// Where to write statistics as JSON; empty for nowhere.
  std::string statisticsFile;
};

/// On the simulator or GVSoC. The error is one line, and there is no file then.
llvm::Error runSoundOnProgram(llvm::StringRef program, const SoundFiles &files,
                              const sim::RunOptions &options);

/// On the host. Prints one error and returns 1 on failure, otherwise 0.
int runSoundOnHost(const HostNetworkOptions &options, const SoundFiles &files);

/// Samples in hops, with zeros behind them, for the input of a network.
Frames makeHops(llvm::ArrayRef<float> samples, int64_t hop, int64_t delay);

} // namespace se

#endif // SE_DRIVER_RUNSOUND_H
