// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Windows.cpp - Factors for the samples of a block -------------------===//

#include "Windows.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace se;
using namespace se::frontend;

using llvm::numbers::pi;

namespace {
struct Shape {
  llvm::StringLiteral name;
  double (*value)(double position); ///< from 0 to 1
};
} // namespace

static double rectangular(double) { return 1; }
static double hann(double x) { return 0.5 - 0.5 * std::cos(2 * pi * x); }
static double sqrtHann(double x) { return std::sin(pi * x); }
static double hamming(double x) { return 0.54 - 0.46 * std::cos(2 * pi * x); }
/// Of the Vorbis I specification (section 1.3.2), with samples half a step off.
static double vorbis(double x) {
  return std::sin(pi / 2 * std::pow(std::sin(pi * x), 2));
}

static constexpr Shape shapes[] = {{"rectangular", rectangular},
                                   {"hann", hann},
                                   {"sqrt_hann", sqrtHann},
                                   {"hamming", hamming},
                                   {"vorbis", vorbis}};

std::optional<std::vector<double>> frontend::makeWindow(llvm::StringRef name,
                                                        int64_t samples) {
  const auto *shape = llvm::find_if(
      shapes, [&](const Shape &shape) { return shape.name == name; });
  if (shape == std::end(shapes))
    return std::nullopt;
  double first = name == "vorbis" ? 0.5 : 0;
  std::vector<double> window;
  for (int64_t i = 0; i != samples; ++i)
    window.push_back(shape->value((double(i) + first) / double(samples)));
  return window;
}

bool frontend::normalize(llvm::ArrayRef<double> analysis,
                         std::vector<double> &synthesis, int64_t hop) {
  // Samples that are a hop apart in a block meet in the sum of blocks.
  constexpr double least = 1e-6;
  for (int64_t first = 0; first != hop; ++first) {
    double sum = 0;
    for (size_t i = size_t(first); i < synthesis.size(); i += size_t(hop))
      sum += analysis[i] * synthesis[i];
    if (std::abs(sum) < least)
      return false;
    for (size_t i = size_t(first); i < synthesis.size(); i += size_t(hop))
      synthesis[i] /= sum;
  }
  return true;
}
