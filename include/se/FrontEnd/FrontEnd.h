// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FrontEnd.h - What stands around networks of sound --------*- C++ -*-===//
//
// A front end says how samples become the inputs of one or more networks, and
// their outputs samples again. It is a small JSON file (docs/frontends.md),
// which compiler, host and Python read by this library.
//
//===----------------------------------------------------------------------===//

#ifndef SE_FRONTEND_FRONTEND_H
#define SE_FRONTEND_FRONTEND_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace se::frontend {

/// What a feature is made of: the bins of the spectrum (fft / 2 + 1 of them),
/// or the samples of the block (fft). Both are of the block times the window,
/// and of what earlier networks have made of it.
enum class Source {
  Magnitude, ///< |X|
  Power,     ///< |X|^2
  Complex,   ///< the real parts of all bins, then the imaginary ones
  Samples,
};

/// An operation on each element of a feature.
struct Step {
  enum Kind {
    AtLeast, ///< max(x, value)
    Log,     ///< natural
    Log2,
    Log10,
    Sqrt,
    Exponent, ///< x to the power of `value`, for x >= 0
    Scale,    ///< x * value
    Offset,   ///< x + value
  } kind;
  double value = 0;
};

/// An input of a network.
struct Feature {
  Source source;
  std::vector<Step> steps;
};

/// What an output of a network does.
enum class Result {
  Gain,        ///< multiplies each bin
  ComplexGain, ///< the same, real parts of all bins, then imaginary ones
  Spectrum,    ///< is the spectrum, in this order
  Samples,     ///< is the block
  Other,       ///< is an output of the whole
};

struct NetworkUse {
  std::vector<Feature> inputs;
  std::vector<Result> outputs;
};

struct FrontEnd {
  std::string name;   ///< of the file, without .json
  int64_t sampleRate; ///< in Hz
  int64_t hop;        ///< samples from one block to the next
  int64_t fft;        ///< samples of a block
  /// Factors for the samples of a block, before the transform and behind it, so
  /// that blocks that nothing has changed add up to the signal. Both have `fft`
  /// of them; zeros come first if the window is shorter.
  std::vector<double> analysis, synthesis;
  std::vector<NetworkUse> networks;

  /// Samples of a block that the window leaves.
  int64_t getWindowSamples() const { return windowSamples; }
  /// Samples from an input to the output that belongs to it, besides the hop
  /// that has to be complete first.
  int64_t getDelay() const { return windowSamples - hop; }

  int64_t windowSamples;
};

/// Reads a description. `file` is what errors call it, in one line.
llvm::Expected<FrontEnd> parse(llvm::StringRef text, llvm::StringRef file);

/// The front end of a file, or that of this name in `resourceDir`/frontends.
llvm::Expected<FrontEnd> load(llvm::StringRef nameOrPath,
                              llvm::StringRef resourceDir);

/// The names of those in `resourceDir`, sorted.
std::vector<std::string> list(llvm::StringRef resourceDir);

} // namespace se::frontend

#endif // SE_FRONTEND_FRONTEND_H
