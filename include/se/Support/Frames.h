// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Frames.h - Files for the inputs and outputs of a network -*- C++ -*-===//
//
// A network is run over T frames. On the command line each of its inputs and
// outputs is named with an .npy file, NAME=FILE, which holds the frames of
// that port: shape [T, elements], or [T, ...] with that product.

#ifndef SE_SUPPORT_FRAMES_H
#define SE_SUPPORT_FRAMES_H

#include "se/Support/OutputFiles.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace se {

/// An input or output of a network.
struct Port {
  std::string name;
  /// Of one frame.
  llvm::SmallVector<int64_t, 4> shape;
  /// The product of `shape`.
  int64_t elements = 0;
  /// Inputs: the largest magnitude that the program does not make infinite.
  double largest = std::numeric_limits<double>::infinity();
};

/// What a network between samples is to its surroundings: a frame is a hop.
struct Stream {
  static constexpr int64_t maxSampleRate = 768000;
  static constexpr int64_t maxDelay = 1 << 24;

  int64_t sampleRate = 0; ///< in Hz, of the first input and the first output
  int64_t delay = 0; ///< samples from an input to the output that belongs to it
};

/// Whether a network with a stream takes one hop and gives one as long first,
/// as whoever wrote its metadata may not have seen to.
inline bool takesHops(const std::optional<Stream> &stream,
                      llvm::ArrayRef<Port> inputs,
                      llvm::ArrayRef<Port> outputs) {
  return stream && inputs.size() == 1 && inputs.front().elements > 0 &&
         !outputs.empty() &&
         outputs.front().elements == inputs.front().elements;
}

/// Milliseconds from frame to frame: of the hop, or else of 100 samples at 16
/// kHz, as most networks of this project have them.
inline constexpr double usualHopMilliseconds = 6.25;
inline double getHopMilliseconds(const std::optional<Stream> &stream,
                                 int64_t hop) {
  if (!stream || stream->sampleRate <= 0 || hop <= 0)
    return usualHopMilliseconds;
  return double(hop) * 1000 / double(stream->sampleRate);
}

/// The values of some ports over all frames; `values[i]` holds
/// numFrames x elements of port i.
struct Frames {
  int64_t numFrames = 0;
  std::vector<std::vector<float>> values;
};

/// A port and the file that the command line gives it.
struct PortFile {
  unsigned port;
  std::string path;
};

/// Matches NAME=FILE arguments with ports. `option` is the option's name for
/// error messages, e.g. "--in". Errors: no '=', unknown or repeated name; with
/// `needsAll`, a port without file.
llvm::Expected<std::vector<PortFile>>
matchPorts(llvm::ArrayRef<std::string> arguments, llvm::ArrayRef<Port> ports,
           llvm::StringRef option, bool needsAll);

/// What to warn of if the program makes some of an input's finite values
/// infinite, which results need not show; else empty.
std::string describeTooLarge(const Port &port, llvm::ArrayRef<float> values);

/// Reads the frames of all input ports; warns of values that are too large.
/// `option` is as for matchPorts. Errors name the file, what was expected and
/// what was found.
llvm::Expected<Frames> readFrames(llvm::ArrayRef<std::string> arguments,
                                  llvm::ArrayRef<Port> ports,
                                  llvm::StringRef option = "--in");

/// Writes the outputs that were asked for.
llvm::Error writeFrames(OutputFiles &outputs, llvm::ArrayRef<PortFile> files,
                        llvm::ArrayRef<Port> ports, const Frames &frames);

} // namespace se

#endif // SE_SUPPORT_FRAMES_H
