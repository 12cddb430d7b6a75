// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Features.cpp - What networks take and give -------------------------===//

#include "Reading.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>
#include <limits>

using namespace se;
using namespace se::frontend;
namespace json = llvm::json;
using llvm::StringRef;

/// Of a feature. A matrix for each, as of a DCT, has at most so many columns.
static constexpr int64_t maxElements = 65536, maxColumns = 512;
/// With names, in a network: one may be made of another.
static constexpr size_t maxFeatures = 256;
static constexpr double none = -std::numeric_limits<double>::infinity();

namespace {
/// A value under way: its elements, and a bound below all of them.
struct Known {
  int64_t elements;
  double least;
};

/// Reads the features and results of a network.
class NetworkReader {
public:
  NetworkReader(const FrontEnd &frontEnd, const BandNames &bandNames,
                NetworkUse &network)
      : frontEnd(frontEnd), bandNames(bandNames), network(network) {}

  bool read(const json::Value &value, json::Path path);

private:
  bool readFeature(const json::Value &value, Feature &feature, double &least,
                   json::Path path);
  bool readSource(const json::Value &value, Feature &feature, Known &known,
                  json::Path path);
  bool readNamed(StringRef name, Feature &feature, Known &known,
                 json::Path path);
  bool readParts(const json::Value &value, Feature &feature, Known &known,
                 json::Path path);
  bool readOutput(const json::Value &value, Output &output, json::Path path);
  bool readResult(const json::Value &value, Output &output, json::Path path);
  bool readStep(const json::Value &value, Known &known, Step &step,
                json::Path path);
  bool readStepWithValue(StringRef key, const json::Value &value, Known &known,
                         Step &step, json::Path path);
  bool readFollow(const json::Value &value, Step &step, json::Path path);
  bool findBands(const json::Value &value, int64_t &index, json::Path path);

  struct NamedFeature {
    const json::Value *text;
    std::optional<int64_t> index; ///< none: not read
    bool isUnderWay = false;
    double least = none;
  };

  const FrontEnd &frontEnd;
  const BandNames &bandNames;
  NetworkUse &network;
  /// By the names of the file, which errors refer to.
  std::map<StringRef, NamedFeature> named;
  std::optional<json::Path> namedPath;
};
} // namespace

static std::optional<Source> getSource(StringRef name) {
  return llvm::StringSwitch<std::optional<Source>>(name)
      .Case("magnitude", Source::Magnitude)
      .Case("power", Source::Power)
      .Case("complex", Source::Complex)
      .Case("samples", Source::Samples)
      .Default(std::nullopt);
}

/// The least value that a step may give, for such of its arguments; none if it
/// may give NaN or an infinity. One of these would stay in the states of a
/// network for ever, and digital silence has them in every block.
static std::optional<double> getLeast(const Step &step, double least) {
  auto values = llvm::map_range(
      step.values, [](double value) { return double(float(value)); });
  double low = none, high = none;
  if (!step.values.empty()) {
    low = *llvm::min_element(values);
    high = *llvm::max_element(values);
  }
  switch (step.kind) {
  case Step::AtLeast:
    return std::max(least, low);
  case Step::AtMost:
    return std::min(least, low);
  case Step::Log:
  case Step::Log2:
  case Step::Log10:
    return least > 0 ? std::optional(none) : std::nullopt;
  case Step::Sqrt:
    return least >= 0 ? std::optional(std::sqrt(least)) : std::nullopt;
  case Step::Exponent:
    if (least < 0 || (least == 0 && low < 0))
      return std::nullopt;
    return low < 0 ? 0 : std::pow(least, low);
  case Step::Scale:
    return low < 0                 ? none
           : low == 0 && high == 0 ? 0
                                   : least * (least < 0 ? high : low);
  case Step::Offset:
    return least + low;
  case Step::Hold:
  case Step::Elements:
    return least;
  case Step::Frames: // 0 before the first frame
  case Step::Bands:
    return least >= 0 && (step.values.empty() || low >= 0) ? 0 : none;
  case Step::Follow:
    return std::max(least, step.values[2] - step.values[1]);
  case Step::Dct:
    return none;
  case Step::Nonstationarity:
    return 0;
  }
  llvm_unreachable("all steps handled");
}

bool NetworkReader::findBands(const json::Value &value, int64_t &index,
                              json::Path path) {
  auto it = bandNames.find(value.getAsString().value_or(""));
  if (it == bandNames.end())
    return report(path, "expected a name of the front end's bands");
  index = it->second;
  return true;
}

bool NetworkReader::readFollow(const json::Value &value, Step &step,
                               json::Path path) {
  if (!checkKeys(value, {"fall", "range", "start"}, path,
                 "unknown key, expected fall, range or start"))
    return false;
  for (const char *key : {"fall", "range", "start"}) {
    const json::Value *number = value.getAsObject()->get(key);
    if (!number)
      return report(path.field(key), "missing value");
    if (!readNumber(*number, step.values.emplace_back(), path.field(key)))
      return false;
    if (StringRef(key) != "start" && !(float(step.values.back()) > 0))
      return report(path.field(key), "expected more than 0");
  }
  return true;
}

bool NetworkReader::readStepWithValue(StringRef key, const json::Value &value,
                                      Known &known, Step &step,
                                      json::Path path) {
  int64_t &elements = known.elements;
  switch (step.kind) {
  case Step::AtLeast:
  case Step::AtMost:
  case Step::Scale:
  case Step::Offset:
    if (!value.getAsArray())
      return readNumber(value, step.values.emplace_back(), path);
    if (!readNumbers(value, step.values, path))
      return false;
    return int64_t(step.values.size()) == elements ||
           report(path, "expected a number for each element");
  case Step::Exponent:
    return readNumber(value, step.values.emplace_back(), path);
  case Step::Hold:
    return readNumber(value, step.values.emplace_back(), path) &&
           ((step.values[0] >= 0 && float(step.values[0]) < 1) ||
            report(path, "expected 0 or more, and less than 1"));
  case Step::Frames:
    return readNumbers(value, step.values, path) &&
           (step.values.size() <= 64 ||
            report(path, "expected 64 numbers at most")) &&
           (elements * int64_t(step.values.size()) <= maxElements ||
            report(path, "too many elements"));
  case Step::Follow:
    return readFollow(value, step, path);
  case Step::Elements: {
    const json::Array *pair = value.getAsArray();
    if (!pair || pair->size() != 2)
      return report(path, "expected [FIRST, COUNT]");
    if (!readInteger((*pair)[0], 0, elements - 1, step.index, path.index(0),
                     "there are not so many elements") ||
        !readInteger((*pair)[1], 1, elements - step.index, step.count,
                     path.index(1), "there are not so many elements"))
      return false;
    elements = step.count;
    return true;
  }
  case Step::Bands:
    if (!findBands(value, step.index, path))
      return false;
    if (elements != frontEnd.getBins())
      return report(path, "expected an element for each bin before it");
    elements = frontEnd.bands[size_t(step.index)].getCount();
    return true;
  case Step::Dct:
    if (elements > maxColumns)
      return report(path, "expected 512 elements at most before it");
    if (!readInteger(value, 1, elements, step.count, path,
                     "expected 1 to the number of elements"))
      return false;
    elements = step.count;
    return true;
  case Step::Nonstationarity:
    if (elements > maxColumns)
      return report(path, "expected 512 elements at most before it");
    if (!readInteger(value, 2, 32, step.count, path, "expected 2 to 32"))
      return false;
    elements = 1;
    return true;
  default:
    llvm_unreachable("a step without a value");
  }
}

bool NetworkReader::readStep(const json::Value &value, Known &known, Step &step,
                             json::Path path) {
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
  } else {
    const json::Object *object = value.getAsObject();
    if (!object || object->size() != 1)
      return report(path, "expected the name of a function, or an object of "
                          "one key, such as {\"at_least\": 1e-9}");
    StringRef key = object->begin()->first;
    auto kind = llvm::StringSwitch<std::optional<Step::Kind>>(key)
                    .Case("at_least", Step::AtLeast)
                    .Case("at_most", Step::AtMost)
                    .Case("exponent", Step::Exponent)
                    .Case("scale", Step::Scale)
                    .Case("offset", Step::Offset)
                    .Case("hold", Step::Hold)
                    .Case("frames", Step::Frames)
                    .Case("follow", Step::Follow)
                    .Case("elements", Step::Elements)
                    .Case("bands", Step::Bands)
                    .Case("dct", Step::Dct)
                    .Case("nonstationarity", Step::Nonstationarity)
                    .Default(std::nullopt);
    if (!kind)
      return report(path.field(key),
                    "unknown key, expected at_least, at_most, exponent, scale, "
                    "offset, hold, frames, follow, elements, bands, dct or "
                    "nonstationarity");
    step.kind = *kind;
    if (!readStepWithValue(key, object->begin()->second, known, step,
                           path.field(key)))
      return false;
  }
  std::optional<double> least = getLeast(step, known.least);
  if (!least)
    return report(path, "silence has no such value: put {\"at_least\": NUMBER} "
                        "before it");
  known.least = *least;
  return true;
}

bool NetworkReader::readNamed(StringRef name, Feature &feature, Known &known,
                              json::Path path) {
  auto it = named.find(name);
  if (it == named.end())
    return report(path, "expected magnitude, power, complex, samples, a name "
                        "of the network's features, or an object of one key: "
                        "join or values");
  NamedFeature &other = it->second;
  if (other.isUnderWay)
    return report(path, "this feature would be made of itself");
  if (!other.index) {
    other.isUnderWay = true;
    Feature made;
    if (!readFeature(*other.text, made, other.least, namedPath->field(name)))
      return false;
    other.isUnderWay = false;
    other.index = int64_t(network.features.size());
    network.features.push_back(std::move(made));
  }
  feature.source = Source::Named;
  feature.index = *other.index;
  known = {network.features[size_t(feature.index)].elements, other.least};
  return true;
}

bool NetworkReader::readParts(const json::Value &value, Feature &feature,
                              Known &known, json::Path path) {
  const json::Array *parts = value.getAsArray();
  if (!parts || parts->empty())
    return report(path, "expected a list of features");
  known = {0, std::numeric_limits<double>::infinity()};
  for (size_t i = 0; i != parts->size(); ++i) {
    double least = none;
    if (!readFeature((*parts)[i], feature.parts.emplace_back(), least,
                     path.index(unsigned(i))))
      return false;
    known.elements += feature.parts.back().elements;
    known.least = std::min(known.least, least);
    if (known.elements > maxElements)
      return report(path, "too many elements");
  }
  return true;
}

bool NetworkReader::readSource(const json::Value &value, Feature &feature,
                               Known &known, json::Path path) {
  const json::Object *object = value.getAsObject();
  if (object && object->size() == 1) {
    StringRef key = object->begin()->first;
    const json::Value &inner = object->begin()->second;
    if (key == "join") {
      feature.source = Source::Join;
      return readParts(inner, feature, known, path.field(key));
    }
    if (key == "values") {
      feature.source = Source::Values;
      if (!readNumbers(inner, feature.values, path.field(key)))
        return false;
      known = {int64_t(feature.values.size()),
               double(float(*llvm::min_element(feature.values)))};
      return true;
    }
  }
  StringRef name = value.getAsString().value_or("");
  std::optional<Source> source = getSource(name);
  if (!source)
    return readNamed(name, feature, known, path);
  feature.source = *source;
  switch (*source) {
  case Source::Magnitude:
  case Source::Power:
    known = {frontEnd.getBins(), 0};
    return true;
  case Source::Complex:
    known = {2 * frontEnd.getBins(), none};
    return true;
  default:
    known = {frontEnd.fft, none};
    return true;
  }
}

/// A source, or a list of a source and steps.
bool NetworkReader::readFeature(const json::Value &value, Feature &feature,
                                double &least, json::Path path) {
  Known known{0, none};
  const json::Array *list = value.getAsArray();
  if (list && list->empty())
    return report(path, "expected magnitude, power, complex or samples first");
  if (!(list ? readSource(list->front(), feature, known, path.index(0))
             : readSource(value, feature, known, path)))
    return false;
  for (size_t i = 1; list && i < list->size(); ++i)
    if (!readStep((*list)[i], known, feature.steps.emplace_back(),
                  path.index(unsigned(i))))
      return false;
  feature.elements = known.elements;
  least = known.least;
  return true;
}

bool NetworkReader::readResult(const json::Value &value, Output &output,
                               json::Path path) {
  const json::Object *object = value.getAsObject();
  if (object && object->size() == 1 && object->begin()->first == "gain") {
    int64_t index = 0;
    if (!findBands(object->begin()->second, index, path.field("gain")))
      return false;
    output.result = Result::Gain;
    output.bands = index;
    output.elements = frontEnd.bands[size_t(index)].getCount();
    return true;
  }
  StringRef name = value.getAsString().value_or("");
  auto found = llvm::StringSwitch<std::optional<Result>>(name)
                   .Case("gain", Result::Gain)
                   .Case("complex_gain", Result::ComplexGain)
                   .Case("spectrum", Result::Spectrum)
                   .Case("samples", Result::Samples)
                   .Case("other", Result::Other)
                   .Default(std::nullopt);
  if (!found)
    return report(path, "expected gain, {\"gain\": BANDS}, complex_gain, "
                        "spectrum, samples or other");
  output.result = *found;
  int64_t bins = frontEnd.getBins();
  output.elements = *found == Result::Gain      ? bins
                    : *found == Result::Samples ? frontEnd.fft
                    : *found == Result::Other   ? 0
                                                : 2 * bins;
  return true;
}

/// What it does, or a list of steps and what it does.
bool NetworkReader::readOutput(const json::Value &value, Output &output,
                               json::Path path) {
  const json::Array *list = value.getAsArray();
  if (!list)
    return readResult(value, output, path);
  if (list->empty())
    return report(path, "expected what the output does last, such as gain");
  if (!readResult(list->back(), output, path.index(unsigned(list->size() - 1))))
    return false;
  if (list->size() > 1 && output.result == Result::Other)
    return report(path, "there are no steps before other");
  Known known{output.elements, none};
  for (size_t i = 0; i + 1 != list->size(); ++i) {
    json::Path place = path.index(unsigned(i));
    Step &step = output.steps.emplace_back();
    if (!readStep((*list)[i], known, step, place))
      return false;
    if (step.kind == Step::Elements || step.kind == Step::Bands ||
        step.kind == Step::Dct || step.kind == Step::Nonstationarity)
      return report(place, "no such step before a result: it would change the "
                           "number of elements");
  }
  return true;
}

bool NetworkReader::read(const json::Value &value, json::Path path) {
  json::ObjectMapper map(value, path);
  if (!map || !checkKeys(value, {"features", "inputs", "outputs"}, path,
                         "unknown key, expected features, inputs or outputs"))
    return false;
  const json::Object &object = *value.getAsObject();
  for (const char *key : {"inputs", "outputs"}) {
    const json::Value *list = object.get(key);
    if (!list)
      return report(path.field(key), "missing value");
    if (!list->getAsArray())
      return report(path.field(key), "expected array");
  }
  namedPath.emplace(path.field("features"));
  if (const json::Value *features = object.get("features")) {
    if (!features->getAsObject())
      return report(*namedPath, "expected object");
    if (features->getAsObject()->size() > maxFeatures)
      return report(*namedPath, "expected 256 at most");
    for (const auto &member : *features->getAsObject()) {
      if (getSource(member.first))
        return report(namedPath->field(member.first),
                      "there is a feature of this name already");
      named[StringRef(member.first)].text = &member.second;
    }
  }
  // Those that nothing uses, too: a mistake is one.
  for (auto &[name, other] : named) {
    Feature unused;
    Known known{};
    if (!readNamed(name, unused, known, namedPath->field(name)))
      return false;
  }
  const json::Array &inputs = *object.getArray("inputs");
  const json::Array &outputs = *object.getArray("outputs");
  json::Path inputsPath = path.field("inputs");
  json::Path outputsPath = path.field("outputs");
  for (size_t i = 0; i != inputs.size(); ++i) {
    double least = none;
    if (!readFeature(inputs[i], network.inputs.emplace_back(), least,
                     inputsPath.index(unsigned(i))))
      return false;
  }
  for (size_t i = 0; i != outputs.size(); ++i)
    if (!readOutput(outputs[i], network.outputs.emplace_back(),
                    outputsPath.index(unsigned(i))))
      return false;
  if (inputs.empty())
    return report(inputsPath, "expected at least one");
  if (llvm::all_of(network.outputs, [](const Output &output) {
        return output.result == Result::Other;
      }))
    return report(outputsPath,
                  "expected one that changes the sound: gain, complex_gain, "
                  "spectrum or samples");
  return true;
}

bool frontend::readNetwork(const json::Value &value, const FrontEnd &frontEnd,
                           const BandNames &names, NetworkUse &network,
                           json::Path path) {
  return NetworkReader(frontEnd, names, network).read(value, path);
}
