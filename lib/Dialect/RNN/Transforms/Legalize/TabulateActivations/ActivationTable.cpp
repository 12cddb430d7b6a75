// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ActivationTable.cpp - Tables of lines for activations --------------===//
//
// With 11 bits, how slope and offset are rounded matters as much as the curve.
// Each line is therefore chosen among its neighbours in f16 by the results that
// it gives for every argument, and the lines together so that results never
// decrease. All computations are exact or in the same double arithmetic on any
// host: no libm.
//
//===----------------------------------------------------------------------===//

#include "ActivationTable.h"

#include "se/ISA/FloatOps.h"

#include "llvm/ADT/STLExtras.h"

#include <limits>
#include <optional>

using namespace mlir;
using namespace se::rnn;
using se::riscv::F16;

/// exp(x) for |x| < 32, to about 1e-13 of itself.
static double computeExp(double x) {
  constexpr int squarings = 10, terms = 10;
  double y = x / (1 << squarings), sum = 1;
  for (int k = terms; k != 0; --k)
    sum = 1 + y / k * sum;
  for (int i = 0; i != squarings; ++i)
    sum *= sum;
  return sum;
}

static double computeSigmoid(double x) {
  return 1 / (1 + computeExp(-std::clamp(x, -30.0, 30.0)));
}

static double computeTanh(double x) { return 2 * computeSigmoid(2 * x) - 1; }

/// log(1 + exp(-x)) for 0 <= x < 32: the series of 2 atanh(e / (2 + e)).
static double computeTail(double x) {
  double e = computeExp(-x), t = e / (2 + e), sum = 0;
  for (int k = 51; k > 0; k -= 2)
    sum = sum * t * t + 1.0 / k;
  return 2 * t * sum;
}

namespace {
/// A line, and what it does to the arguments that it is for.
struct Line {
  uint16_t slope = 0, offset = 0;
  double first = 0, last = 0; ///< results of the least and largest argument
  double error = 0;           ///< the mean square
  double cost = 0;            ///< of the best choice of lines up to this one
  size_t previous = 0;        ///< in that choice
};

/// Finds the lines of a table.
class TableSearch {
public:
  TableSearch(double (*function)(double), double least, int64_t lines,
              double scale)
      : function(function), least(least), lines(lines), center(lines / 2),
        scale(scale), arguments(lines) {
    // All of f16 in ascending order, without infinities and NaNs.
    for (int k = 1 - int(F16::infinity); k != int(F16::infinity); ++k) {
      double limit = double(center - 1) / scale;
      double x = F16::value(k < 0 ? F16::sign | -k : k);
      x = std::clamp(x, -limit, limit);
      auto line = int64_t(se::riscv::roundToInteger(x * scale, se::riscv::RNE));
      arguments[size_t(line + center)].push_back(x);
    }
  }

  /// Lines `from` to the last one, at the end of a vector of all lines.
  std::vector<Line> search(int64_t from);

private:
  std::vector<Line> getCandidates(int64_t line) const;
  std::optional<Line> tryLine(int64_t line, uint32_t slope,
                              uint32_t offset) const;

  double (*function)(double);
  double least; ///< the function's limit at minus infinity; the other is 1
  int64_t lines, center;
  double scale;
  std::vector<std::vector<double>> arguments; ///< of each line, ascending
};
} // namespace

std::optional<Line> TableSearch::tryLine(int64_t number, uint32_t slope,
                                         uint32_t offset) const {
  Line line;
  line.slope = uint16_t(slope);
  line.offset = uint16_t(offset);
  double a = F16::value(slope), b = F16::value(offset);
  if (number == center && b != function(0))
    return std::nullopt;
  const std::vector<double> &all = arguments[number];
  double squares = 0;
  for (double x : all) {
    // a * x + b is exact in double where that decides (FloatOps.h).
    double y = F16::value(F16::round(a * x + b));
    if (!(y >= least && y <= 1))
      return std::nullopt;
    double error = y - function(x);
    squares += error * error;
    if (x == all.front())
      line.first = y;
    line.last = y;
  }
  line.error = squares / double(all.size());
  return line;
}

std::vector<Line> TableSearch::getCandidates(int64_t number) const {
  std::vector<Line> candidates;
  auto add = [&](uint32_t slope, uint32_t offset) {
    if (std::optional<Line> line = tryLine(number, slope, offset))
      candidates.push_back(*line);
  };
  // Beyond the table is the function's limit.
  if (number == 1)
    add(0, F16::round(least));
  if (number == lines - 1)
    add(0, F16::round(1));
  if (!candidates.empty())
    return candidates;
  double middle = double(number - center) / scale, half = 0.5 / scale;
  double low = function(middle - half), high = function(middle + half);
  double slope = (high - low) / (2 * half);
  // In the middle, between the secant and the parallel tangent. Where slopes
  // are finer than offsets, those make up for what rounding does to these.
  double value = (function(middle) + (low + high) / 2) / 2;
  uint32_t nearest = F16::round(value - slope * middle);
  constexpr int reach = 3;
  for (int i = -reach; i <= reach; ++i) {
    double offset = F16::value(nearest + i);
    uint32_t fitting =
        F16::round(middle == 0 ? slope : (value - offset) / middle);
    for (int j = -reach; j <= reach; ++j)
      add(fitting + j, nearest + i);
  }
  // Far out slopes have few bits left.
  add(0, F16::round(value));
  return candidates;
}

std::vector<Line> TableSearch::search(int64_t from) {
  std::vector<std::vector<Line>> all(lines);
  constexpr double never = std::numeric_limits<double>::infinity();
  for (int64_t i = from; i != lines; ++i) {
    all[i] = getCandidates(i);
    for (Line &line : all[i]) {
      double best = i == from ? 0 : never;
      for (auto [k, before] : llvm::enumerate(all[i - 1]))
        if (before.last <= line.first && before.cost < best) {
          best = before.cost;
          line.previous = k;
        }
      line.cost = best + line.error;
    }
  }
  std::vector<Line> chosen(lines);
  size_t choice = 0;
  for (int64_t i = lines - 1; i >= from; --i) {
    chosen[i] = all[i][choice];
    choice = chosen[i].previous;
  }
  return chosen;
}

static ActivationTable makeTable(MLIRContext *context, ArrayRef<Line> lines,
                                 float scale) {
  std::vector<uint16_t> words;
  for (const Line &line : lines) {
    words.push_back(line.slope);
    words.push_back(line.offset);
  }
  auto type = RankedTensorType::get({int64_t(lines.size()), 2},
                                    Float16Type::get(context));
  auto bytes = ArrayRef(reinterpret_cast<const char *>(words.data()),
                        words.size() * sizeof(uint16_t));
  return {DenseElementsAttr::getFromRawBuffer(type, bytes), scale};
}

/// What softplus is above max(x, 0): lines over the distance from their
/// middles, between the secant and the parallel tangent. Beyond the last line
/// the function is rounded to 0.
static ActivationTable makeSoftplusTable(MLIRContext *context) {
  constexpr double scale = 16, half = 0.5 / scale, limit = 17.375;
  std::vector<Line> lines(size_t(limit * scale) + 1);
  for (auto [i, line] : llvm::enumerate(lines)) {
    double middle = double(i) / scale, low = i ? middle - half : 0;
    double first = computeTail(low), last = computeTail(middle + half);
    double value = computeTail(middle);
    if (i)
      value = (value + (first + last) / 2) / 2;
    line.slope = uint16_t(F16::round((last - first) / (middle + half - low)));
    line.offset = uint16_t(F16::round(value));
  }
  ActivationTable table = makeTable(context, lines, scale);
  table.isRectified = true;
  return table;
}

ActivationTable se::rnn::makeActivationTable(MLIRContext *context,
                                             ActivationKind kind) {
  if (kind == ActivationKind::softplus)
    return makeSoftplusTable(context);
  bool isTanh = kind == ActivationKind::tanh;
  assert((isTanh || kind == ActivationKind::sigmoid) && "no other has a table");
  // What sigmoid has left to 1 still matters at 8: how slowly a gate forgets.
  constexpr int64_t lines = 256;
  float scale = isTanh ? 16 : 8;
  TableSearch table(isTanh ? computeTanh : computeSigmoid, isTanh ? -1 : 0,
                    lines, scale);
  int64_t center = lines / 2;
  std::vector<Line> found = table.search(isTanh ? center : 1);
  if (isTanh)
    for (int64_t i = 1; i != center; ++i) {
      found[center - i] = found[center + i];
      found[center - i].offset ^= F16::sign;
    }
  return makeTable(context, found, scale);
}
