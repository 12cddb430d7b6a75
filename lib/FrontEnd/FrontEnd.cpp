// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FrontEnd.cpp - Reading what stands around networks of sound --------===//

#include "se/FrontEnd/FrontEnd.h"

#include "Windows.h"
#include "se/Dialect/DSP/DSP.h"
#include "se/Support/Frames.h"
#include "se/Support/InputFile.h"
#include "se/Support/MessageLine.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cmath>
#include <limits>

using namespace se;
using namespace se::frontend;
namespace json = llvm::json;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

/// False, for `return`.
static bool report(json::Path path, llvm::StringLiteral message) {
  path.report(message);
  return false;
}

/// The keys of an object are among these; otherwise `message`.
static bool checkKeys(const json::Value &value, llvm::ArrayRef<StringRef> known,
                      json::Path path, llvm::StringLiteral message) {
  const json::Object *object = value.getAsObject();
  if (!object)
    return report(path, "expected object");
  for (const auto &member : *object)
    if (!llvm::is_contained(known, StringRef(member.first)))
      return report(path.field(member.first), message);
  return true;
}

static bool readInteger(json::ObjectMapper &map, llvm::StringLiteral key,
                        int64_t most, int64_t &value, json::Path path,
                        llvm::StringLiteral message) {
  return map.map(key, value) &&
         ((value >= 1 && value <= most) || report(path.field(key), message));
}

namespace se::frontend {

static bool fromJSON(const json::Value &value, Step &step, json::Path path) {
  if (std::optional<StringRef> name = value.getAsString()) {
    auto kind = llvm::StringSwitch<std::optional<Step::Kind>>(*name)
                    .Case("log", Step::Log)
                    .Case("log2", Step::Log2)
                    .Case("log10", Step::Log10)
                    .Case("sqrt", Step::Sqrt)
                    .Default(std::nullopt);
    if (!kind)
      return report(path, "expected log, log2, log10, sqrt or an object, such "
                          "as {\"at_least\": 1e-9}");
    step.kind = *kind;
    return true;
  }
  const json::Object *object = value.getAsObject();
  if (!object || object->size() != 1)
    return report(path, "expected the name of a function, or an object of one "
                        "key: at_least, exponent, scale or offset");
  StringRef key = object->begin()->first;
  auto kind = llvm::StringSwitch<std::optional<Step::Kind>>(key)
                  .Case("at_least", Step::AtLeast)
                  .Case("exponent", Step::Exponent)
                  .Case("scale", Step::Scale)
                  .Case("offset", Step::Offset)
                  .Default(std::nullopt);
  if (!kind)
    return report(path.field(key),
                  "unknown key, expected at_least, exponent, scale or offset");
  step.kind = *kind;
  if (!json::fromJSON(object->begin()->second, step.value, path.field(key)))
    return false;
  if (!std::isfinite(float(step.value)))
    return report(path.field(key), "expected a finite number");
  return true;
}

static bool fromJSON(const json::Value &value, Source &source,
                     json::Path path) {
  StringRef name = value.getAsString().value_or("");
  auto found = llvm::StringSwitch<std::optional<Source>>(name)
                   .Case("magnitude", Source::Magnitude)
                   .Case("power", Source::Power)
                   .Case("complex", Source::Complex)
                   .Case("samples", Source::Samples)
                   .Default(std::nullopt);
  if (!found)
    return report(path, "expected magnitude, power, complex or samples");
  source = *found;
  return true;
}

/// The least value that a step may give, for such of its arguments; none if it
/// may give NaN or an infinity. One of these would stay in the states of a
/// network for ever, and digital silence has them in every block.
static std::optional<double> getLeast(const Step &step, double least) {
  constexpr double none = -std::numeric_limits<double>::infinity();
  double value = float(step.value);
  switch (step.kind) {
  case Step::AtLeast:
    return std::max(least, value);
  case Step::Log:
  case Step::Log2:
  case Step::Log10:
    return least > 0 ? std::optional(none) : std::nullopt;
  case Step::Sqrt:
    return least >= 0 ? std::optional(std::sqrt(least)) : std::nullopt;
  case Step::Exponent:
    if (least < 0 || (least == 0 && value < 0))
      return std::nullopt;
    return value < 0 ? 0 : std::pow(least, value);
  case Step::Scale:
    return value == 0 ? 0 : value > 0 ? least * value : none;
  case Step::Offset:
    return least + value;
  }
  llvm_unreachable("all steps handled");
}

static bool checkSteps(const Feature &feature, json::Path path) {
  double least =
      feature.source == Source::Magnitude || feature.source == Source::Power
          ? 0
          : -std::numeric_limits<double>::infinity();
  for (auto [i, step] : llvm::enumerate(feature.steps)) {
    std::optional<double> next = getLeast(step, least);
    if (!next)
      return report(path.index(unsigned(i + 1)),
                    "silence has no such value: put {\"at_least\": NUMBER} "
                    "before it");
    least = *next;
  }
  return true;
}

/// A source, or a list of a source and steps.
static bool fromJSON(const json::Value &value, Feature &feature,
                     json::Path path) {
  const json::Array *list = value.getAsArray();
  if (!list)
    return fromJSON(value, feature.source, path);
  if (list->empty())
    return report(path, "expected magnitude, power, complex or samples first");
  if (!fromJSON(list->front(), feature.source, path.index(0)))
    return false;
  for (size_t i = 1; i != list->size(); ++i)
    if (!fromJSON((*list)[i], feature.steps.emplace_back(), path.index(i)))
      return false;
  return checkSteps(feature, path);
}

static bool fromJSON(const json::Value &value, Result &result,
                     json::Path path) {
  StringRef name = value.getAsString().value_or("");
  auto found = llvm::StringSwitch<std::optional<Result>>(name)
                   .Case("gain", Result::Gain)
                   .Case("complex_gain", Result::ComplexGain)
                   .Case("spectrum", Result::Spectrum)
                   .Case("samples", Result::Samples)
                   .Case("other", Result::Other)
                   .Default(std::nullopt);
  if (!found)
    return report(path,
                  "expected gain, complex_gain, spectrum, samples or other");
  result = *found;
  return true;
}

static bool fromJSON(const json::Value &value, NetworkUse &network,
                     json::Path path) {
  json::ObjectMapper map(value, path);
  if (!map ||
      !checkKeys(value, {"inputs", "outputs"}, path,
                 "unknown key, expected inputs or outputs") ||
      !map.map("inputs", network.inputs) ||
      !map.map("outputs", network.outputs))
    return false;
  if (network.inputs.empty())
    return report(path.field("inputs"), "expected at least one");
  if (llvm::all_of(network.outputs,
                   [](Result result) { return result == Result::Other; }))
    return report(path.field("outputs"),
                  "expected one that changes the sound: gain, complex_gain, "
                  "spectrum or samples");
  return true;
}

/// A window, in the last samples of a block.
static bool readWindow(const json::Value &value, int64_t fft, int64_t &samples,
                       std::vector<double> &window, json::Path path,
                       bool isSynthesis) {
  json::ObjectMapper map(value, path);
  std::string shape;
  if (!map || !map.map("shape", shape) ||
      (!isSynthesis &&
       !readInteger(map, "samples", fft, samples, path, "expected 1 to fft")))
    return false;
  auto made = makeWindow(shape, samples);
  if (!made)
    return report(path.field("shape"), "expected rectangular, hann, sqrt_hann, "
                                       "hamming or vorbis");
  window.assign(size_t(fft - samples), 0);
  llvm::append_range(window, *made);
  return true;
}

static bool fromJSON(const json::Value &value, FrontEnd &frontEnd,
                     json::Path path) {
  std::optional<std::string> description;
  json::ObjectMapper map(value, path);
  if (!map ||
      !checkKeys(value,
                 {"description", "sample_rate", "hop", "fft", "window",
                  "synthesis", "networks"},
                 path,
                 "unknown key, expected description, sample_rate, hop, fft, "
                 "window, synthesis or networks") ||
      !map.mapOptional("description", description) ||
      !readInteger(map, "sample_rate", Stream::maxSampleRate,
                   frontEnd.sampleRate, path, "expected 1 to 768000") ||
      !map.map("fft", frontEnd.fft))
    return false;
  if (!dsp::isTransformSize(frontEnd.fft))
    return report(path.field("fft"),
                  "expected an even number from 4 to 8192, half of it a "
                  "product of numbers from 2 to 5, such as 320, 512 or 960");
  const json::Object &object = *value.getAsObject();
  const json::Value *window = object.get("window");
  if (!window)
    return report(path.field("window"), "missing value");
  if (!checkKeys(*window, {"shape", "samples"}, path.field("window"),
                 "unknown key, expected shape or samples") ||
      !readWindow(*window, frontEnd.fft, frontEnd.windowSamples,
                  frontEnd.analysis, path.field("window"), false) ||
      !readInteger(map, "hop", frontEnd.windowSamples, frontEnd.hop, path,
                   "expected 1 to the samples of the window"))
    return false;
  frontEnd.synthesis = frontEnd.analysis;
  bool isNormalized = true;
  if (const json::Value *synthesis = object.get("synthesis")) {
    json::Path inner = path.field("synthesis");
    json::ObjectMapper own(*synthesis, inner);
    if (!own ||
        !checkKeys(*synthesis, {"shape", "normalize"}, inner,
                   "unknown key, expected shape or normalize") ||
        !readWindow(*synthesis, frontEnd.fft, frontEnd.windowSamples,
                    frontEnd.synthesis, inner, true) ||
        !own.mapOptional("normalize", isNormalized))
      return false;
  }
  if (isNormalized &&
      !normalize(frontEnd.analysis, frontEnd.synthesis, frontEnd.hop))
    return report(path.field("window"),
                  "with this hop there are samples that no block holds");
  if (!map.map("networks", frontEnd.networks))
    return false;
  if (frontEnd.networks.empty())
    return report(path.field("networks"), "expected at least one");
  return true;
}

} // namespace se::frontend

Expected<FrontEnd> frontend::parse(StringRef text, StringRef file) {
  auto value = parseJson(text);
  if (!value)
    return llvm::createStringError(file + ": " +
                                   llvm::toString(value.takeError()));
  json::Path::Root root("front end");
  FrontEnd frontEnd;
  if (!fromJSON(*value, frontEnd, root))
    return llvm::createStringError(file + ": " +
                                   llvm::toString(root.getError()));
  frontEnd.name = llvm::sys::path::stem(file).str();
  return frontEnd;
}

static std::string getFolder(StringRef resourceDir) {
  return (resourceDir + "/frontends").str();
}

std::vector<std::string> frontend::list(StringRef resourceDir) {
  std::vector<std::string> names;
  std::error_code code;
  for (llvm::sys::fs::directory_iterator it(getFolder(resourceDir), code), end;
       it != end && !code; it.increment(code))
    if (llvm::sys::path::extension(it->path()) == ".json")
      names.push_back(llvm::sys::path::stem(it->path()).str());
  llvm::sort(names);
  return names;
}

Expected<FrontEnd> frontend::load(StringRef nameOrPath, StringRef resourceDir) {
  std::string path = nameOrPath.str();
  bool isPath = llvm::sys::path::has_parent_path(nameOrPath) ||
                llvm::sys::path::extension(nameOrPath) == ".json";
  if (!isPath) {
    path = getFolder(resourceDir) + "/" + path + ".json";
    if (!llvm::sys::fs::exists(path))
      return llvm::createStringError(
          "unknown front end '" + nameOrPath + "', expected " +
          listNames(list(resourceDir)) + " or the path of a .json file");
  }
  auto buffer = readInput(path, maxJsonBytes);
  if (!buffer)
    return llvm::createStringError("cannot read front end '" + path +
                                   "': " + llvm::toString(buffer.takeError()));
  return parse((*buffer)->getBuffer(), path);
}
