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

#include <optional>
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
  Named,  ///< a feature of the network's list
  Join,   ///< several features, one behind the other
  Values, ///< constants
};

/// An operation on a feature, or on an output of a network. With one number in
/// `values` for all elements, or with one for each:
struct Step {
  enum Kind {
    AtLeast, ///< max(x, value)
    AtMost,  ///< min(x, value)
    Log,     ///< natural
    Log2,
    Log10,
    Sqrt,
    Exponent, ///< x to the power of `value`, for x >= 0
    Scale,    ///< x * value
    Offset,   ///< x + value
    /// max(x, value * y) with y the result in the frame before, 0 at first.
    Hold,
    /// The sum of values[i] * x as it was i frames ago, 0 before the first.
    Frames,
    /// No element may be less than an earlier one by more than the lesser of
    /// values[0] for each element between and values[1]. One that has the value
    /// values[2] stands before the first.
    Follow,
    Elements, ///< `count` of them, from `index` on
    Bands,    ///< of the front end's bands `index`, of bins
    Dct,      ///< the first `count` coefficients of the orthonormal DCT-II
    /// Of the last `count` frames (0 before the first), the mean of each one's
    /// least squared distance to another.
    Nonstationarity,
  } kind;
  std::vector<double> values = {};
  int64_t index = 0, count = 0;
};

/// An input of a network, or a part of one.
struct Feature {
  Source source = Source::Magnitude;
  int64_t index = 0;          ///< of Named, in the network's features
  std::vector<Feature> parts; ///< of Join
  std::vector<double> values; ///< of Values
  std::vector<Step> steps;
  int64_t elements = 0; ///< behind the steps
};

/// What an output of a network does.
enum class Result {
  Gain,        ///< multiplies each bin
  ComplexGain, ///< the same, real parts of all bins, then imaginary ones
  Spectrum,    ///< is the spectrum, in this order
  Samples,     ///< is the block
  Other,       ///< is an output of the whole
};

/// An output of a network, behind the steps.
struct Output {
  Result result = Result::Other;
  std::optional<int64_t> bands; ///< gains are for these, and spread over bins
  std::vector<Step> steps;      ///< none of which changes the elements
  int64_t elements = 0;         ///< 0: any number
};

/// Triangles over the bins of a spectrum, as `dsp.bands` describes them.
struct Bands {
  std::vector<double> edges; ///< in bins, two more than bands
  /// What the sum of a band is multiplied by in a feature; empty: nothing.
  std::vector<double> scales;

  int64_t getCount() const { return int64_t(edges.size()) - 2; }
};

struct NetworkUse {
  std::vector<Feature> features; ///< with names; each uses only earlier ones
  std::vector<Feature> inputs;
  std::vector<Output> outputs;
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
  std::vector<Bands> bands;
  std::vector<NetworkUse> networks;

  /// Of the spectrum.
  int64_t getBins() const { return fft / 2 + 1; }
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
