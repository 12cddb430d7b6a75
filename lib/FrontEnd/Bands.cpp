// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Bands.cpp - Triangles on a scale of pitch --------------------------===//

#include "Reading.h"
#include "se/Dialect/DSP/DSP.h"

#include <cmath>
#include <numeric>

using namespace se;
using namespace se::frontend;
namespace json = llvm::json;
using llvm::StringRef;

namespace {
/// Equal steps sound alike.
struct Scale {
  llvm::StringLiteral name;
  double (*fromHertz)(double);
  double (*toHertz)(double);
};
} // namespace

/// D. O'Shaughnessy, Speech Communication, 1987.
static double toMel(double f) { return 2595 * std::log10(1 + f / 700); }
static double fromMel(double z) { return 700 * (std::pow(10, z / 2595) - 1); }

/// H. Traunmueller, Analytical expressions for the tonotopic sensory scale,
/// 1990, without the corrections at the ends.
static double toBark(double f) { return 26.81 * f / (1960 + f) - 0.53; }
static double fromBark(double z) { return 1960 * (z + 0.53) / (26.28 - z); }

/// B. Glasberg and B. Moore, Derivation of auditory filter shapes from
/// notched-noise data, 1990.
static double toErb(double f) { return 21.4 * std::log10(1 + 0.00437 * f); }
static double fromErb(double z) {
  return (std::pow(10, z / 21.4) - 1) / 0.00437;
}

static constexpr Scale scales[] = {{"mel", toMel, fromMel},
                                   {"bark", toBark, fromBark},
                                   {"erb", toErb, fromErb}};

/// Edges in Hz that lie at equal distances on a scale.
static bool readScale(const json::Object &object, double nyquist,
                      std::vector<double> &hertz, json::Path path) {
  for (const char *key : {"scale", "count", "from", "to"})
    if (!object.get(key))
      return report(path.field(key), "missing value");
  StringRef name = object.getString("scale").value_or("");
  const auto *scale =
      llvm::find_if(scales, [&](const Scale &s) { return s.name == name; });
  if (scale == std::end(scales))
    return report(path.field("scale"), "expected mel, bark or erb");
  int64_t count = 0;
  double from = 0, to = 0;
  if (!readInteger(*object.get("count"), 1, 512, count, path.field("count"),
                   "expected 1 to 512") ||
      !readNumber(*object.get("from"), from, path.field("from")) ||
      !readNumber(*object.get("to"), to, path.field("to")))
    return false;
  if (from < 0)
    return report(path.field("from"), "expected 0 or more");
  if (to > nyquist)
    return report(path.field("to"), "expected half of sample_rate at most");
  if (from >= to)
    return report(path.field("to"), "expected more than 'from'");
  double low = scale->fromHertz(from), high = scale->fromHertz(to);
  hertz.push_back(from);
  for (int64_t i = 1; i <= count; ++i)
    hertz.push_back(
        scale->toHertz(low + (high - low) * double(i) / double(count + 1)));
  hertz.push_back(to);
  return true;
}

/// Edges in Hz: where each band has its peak, and its neighbours end.
static bool readEdges(const json::Value &value, double nyquist,
                      std::vector<double> &hertz, json::Path path) {
  if (!readNumbers(value, hertz, path))
    return false;
  if (hertz.size() < 2 || hertz.size() > 512)
    return report(path, "expected 2 to 512 numbers");
  for (size_t i = 0; i != hertz.size(); ++i) {
    if (hertz[i] < 0 || hertz[i] > nyquist)
      return report(path.index(unsigned(i)),
                    "expected 0 to half of sample_rate");
    if (i && hertz[i] <= hertz[i - 1])
      return report(path.index(unsigned(i)), "expected more than before it");
  }
  hertz.insert(hertz.begin(), hertz.front());
  hertz.push_back(hertz.back());
  return true;
}

static bool readOne(const json::Value &value, const FrontEnd &frontEnd,
                    Bands &bands, json::Path path) {
  constexpr llvm::StringLiteral message =
      "unknown key, expected edges or scale, count, from and to; and normalize";
  const json::Object *object = value.getAsObject();
  if (!object)
    return report(path, "expected object");
  const json::Value *edges = object->get("edges");
  std::vector<StringRef> known{"scale", "count", "from", "to", "normalize"};
  if (edges)
    known = {"edges", "normalize"};
  if (!checkKeys(value, known, path, message))
    return false;
  double nyquist = double(frontEnd.sampleRate) / 2;
  std::vector<double> hertz;
  if (edges ? !readEdges(*edges, nyquist, hertz, path.field("edges"))
            : !readScale(*object, nyquist, hertz, path))
    return false;
  for (double edge : hertz)
    bands.edges.push_back(
        std::min(edge * double(frontEnd.fft) / double(frontEnd.sampleRate),
                 double(frontEnd.fft / 2)));
  bool isNormalized = false;
  json::ObjectMapper map(value, path);
  if (!map.mapOptional("normalize", isNormalized))
    return false;
  // Numbers that differ in Hz may be one as bins.
  if (!dsp::checkEdges(bands.edges, frontEnd.getBins()).empty())
    return report(path, "bands are too narrow");
  for (const dsp::BandWeights &band : dsp::getBandWeights(bands.edges)) {
    if (band.weights.empty())
      return report(path, "there are bands without a bin: take fewer, or a "
                          "larger fft");
    if (isNormalized)
      bands.scales.push_back(
          1 / std::accumulate(band.weights.begin(), band.weights.end(), 0.0));
  }
  for (double scale : bands.scales)
    if (!std::isfinite(float(scale)))
      return report(path, "bands are too narrow");
  return true;
}

bool frontend::readBands(const json::Value &value, FrontEnd &frontEnd,
                         BandNames &names, json::Path path) {
  const json::Object *object = value.getAsObject();
  if (!object)
    return report(path, "expected object");
  for (const auto &member : *object) {
    if (frontEnd.bands.size() == 16)
      return report(path, "expected 16 at most");
    names[member.first.str()] = int64_t(frontEnd.bands.size());
    if (!readOne(member.second, frontEnd, frontEnd.bands.emplace_back(),
                 path.field(member.first)))
      return false;
  }
  return true;
}
