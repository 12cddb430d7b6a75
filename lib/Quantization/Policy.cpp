// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Policy.cpp - Which precision each layer has ------------------------===//

#include "se/Quantization/Policy.h"

#include "se/Support/InputFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/GlobPattern.h"

#include <cmath>

using namespace se;
using namespace se::quantization;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

static std::optional<Base> symbolizeBase(StringRef name) {
  return llvm::StringSwitch<std::optional<Base>>(name)
      .Case("fp32", Base::FP32)
      .Case("fp16", Base::FP16)
      .Case("int8", Base::INT8)
      .Case("mixed", Base::Mixed)
      .Default(std::nullopt);
}

static StringRef stringify(Precision precision) {
  static constexpr llvm::StringLiteral names[] = {"fp32", "fp16", "int8"};
  return names[unsigned(precision)];
}
static StringRef stringify(StatePrecision precision) {
  static constexpr llvm::StringLiteral names[] = {"fp16", "fp32", "int16"};
  return names[unsigned(precision)];
}
static StringRef stringify(Base base) {
  static constexpr llvm::StringLiteral names[] = {"fp32", "fp16", "int8",
                                                  "mixed"};
  return names[unsigned(base)];
}

/// One of `names`, which is the message's text for anything else.
static Expected<unsigned>
readChoice(StringRef key, const llvm::json::Value &value,
           llvm::ArrayRef<llvm::StringLiteral> names) {
  std::string expected;
  for (auto [i, name] : llvm::enumerate(names)) {
    if (value.getAsString() == StringRef(name))
      return unsigned(i);
    if (i)
      expected += i + 1 == names.size() ? " or " : ", ";
    expected += ("\"" + name + "\"").str();
  }
  return llvm::createStringError("'" + key + "' must be " + expected);
}

/// The keys that a layer and the file as a whole have. False for other keys.
static Expected<bool> readCommonKey(StringRef key,
                                    const llvm::json::Value &value,
                                    LayerPolicy &layer) {
  Expected<unsigned> choice = 0;
  if (key == "cell_state") {
    choice = readChoice(key, value, {"fp16", "fp32", "int16"});
    if (choice)
      layer.cellState = StatePrecision(*choice);
  } else if (key == "weights") {
    choice = readChoice(key, value, {"per-row", "per-tensor"});
    if (choice)
      layer.isPerTensor = *choice == 1;
  } else if (key == "results") {
    choice = readChoice(key, value, {"fp16", "int8"});
    if (choice)
      layer.hasByteResults = *choice == 1;
  } else if (key == "sums") {
    choice = readChoice(key, value, {"fp32", "fp16"});
    if (choice)
      layer.hasHalfSums = *choice == 1;
  } else {
    return false;
  }
  if (!choice)
    return choice.takeError();
  return true;
}

namespace {
/// Reads an object key by key; `path` names it in messages.
class LayerReader {
public:
  explicit LayerReader(std::string path) : path(std::move(path)) {}

  Expected<LayerPolicy> read(const llvm::json::Value &value);

private:
  Error fail(const Twine &message) {
    return llvm::createStringError(path + ": " + message);
  }
  Error failType(StringRef key, StringRef expected) {
    return fail("'" + key + "' must be " + expected);
  }
  Error readKey(StringRef key, const llvm::json::Value &value);
  Error readScale(StringRef key, const llvm::json::Value &value,
                  std::optional<float> &scale);

  std::string path;
  LayerPolicy layer;
  bool hasPrecision = false;
};
} // namespace

Error LayerReader::readScale(StringRef key, const llvm::json::Value &value,
                             std::optional<float> &scale) {
  auto number = value.getAsNumber();
  if (!number || !std::isnormal(float(*number)) || *number <= 0)
    return failType(key, "a positive number");
  scale = float(*number);
  return Error::success();
}

Error LayerReader::readKey(StringRef key, const llvm::json::Value &value) {
  if (key == "precision") {
    auto precision = readChoice(key, value, {"fp32", "fp16", "int8"});
    if (!precision)
      return fail(llvm::toString(precision.takeError()));
    layer.precision = Precision(*precision);
    hasPrecision = true;
    return Error::success();
  }
  auto isCommon = readCommonKey(key, value, layer);
  if (!isCommon)
    return fail(llvm::toString(isCommon.takeError()));
  if (*isCommon)
    return Error::success();
  if (key == "input_scale")
    return readScale(key, value, layer.inputScale);
  if (key == "state_scale")
    return readScale(key, value, layer.stateScale);
  if (key == "input_zero_point") {
    auto number = value.getAsInteger();
    if (!number || *number < -127 || *number > 127)
      return failType(key, "an integer from -127 to 127");
    layer.inputZeroPoint = int(*number);
    return Error::success();
  }
  return fail("unknown key '" + key +
              "', expected precision, input_scale, input_zero_point, "
              "state_scale, weights, cell_state, results or sums");
}

Expected<LayerPolicy> LayerReader::read(const llvm::json::Value &value) {
  const llvm::json::Object *object = value.getAsObject();
  if (!object)
    return fail("must be an object");
  for (const auto &[key, item] : *object)
    if (Error error = readKey(key, item))
      return error;
  if (!hasPrecision)
    return fail("'precision' is missing");
  for (StringRef key :
       {"weights", "input_scale", "input_zero_point", "state_scale"})
    if (layer.precision != Precision::INT8 && object->get(key))
      return fail("'" + key + "' goes with int8");
  for (StringRef key : {"cell_state", "results"})
    if (layer.precision == Precision::FP32 && object->get(key))
      return fail("'" + key + "' goes with fp16 and int8");
  if (layer.precision != Precision::FP16 && object->get("sums"))
    return fail("'sums' goes with fp16");
  return layer;
}

void Policy::setBase(Base newBase) {
  base = newBase;
  otherwise.precision = base == Base::FP32 ? Precision::FP32 : Precision::FP16;
  quantized.precision = Precision::INT8;
}

Error Policy::readLayers(const llvm::json::Value &value) {
  const llvm::json::Object *layers = value.getAsObject();
  if (!layers)
    return llvm::createStringError(name + ": 'layers' must be an object");
  for (const auto &[pattern, entry] : *layers) {
    std::string path = (name + ": layers: '" + StringRef(pattern) + "'").str();
    auto glob = llvm::GlobPattern::create(StringRef(pattern));
    if (!glob)
      return llvm::createStringError(path + ": " +
                                     llvm::toString(glob.takeError()));
    auto layer = LayerReader(path).read(entry);
    if (!layer)
      return layer.takeError();
    entries.push_back({StringRef(pattern).str(), *layer});
  }
  return Error::success();
}

/// [low, high]
static std::optional<Range> readRange(const llvm::json::Value *value) {
  const llvm::json::Array *ends = value ? value->getAsArray() : nullptr;
  if (!ends || ends->size() != 2)
    return std::nullopt;
  // A zero below 0, which JSON knows, becomes 0.
  Range range{float((*ends)[0].getAsNumber().value_or(NAN)) + 0.0f,
              float((*ends)[1].getAsNumber().value_or(NAN)) + 0.0f};
  if (!std::isfinite(range.low) || !std::isfinite(range.high) ||
      range.low > range.high)
    return std::nullopt;
  return range;
}

Error Policy::readTensors(const llvm::json::Value &value) {
  const llvm::json::Object *object = value.getAsObject();
  if (!object)
    return llvm::createStringError(name + ": 'tensors' must be an object");
  for (const auto &[tensor, item] : *object) {
    auto fail = [&, tensor = tensor](StringRef expected) {
      return llvm::createStringError(name + ": tensors: '" + StringRef(tensor) +
                                     "' must be " + expected);
    };
    const llvm::json::Object *both = item.getAsObject();
    const llvm::json::Value *whole = both ? both->get("range") : &item;
    std::optional<Range> range = readRange(whole);
    if (!range)
      return fail("[low, high]");
    TensorRange &entry = tensors[StringRef(tensor).str()] = {*range, {}};
    if (!both)
      continue;
    entry.frame = readRange(both->get("frame"));
    if (both->size() != 2 || !entry.frame || entry.frame->low < -1 ||
        entry.frame->high > 1 || entry.frame->low == entry.frame->high)
      return fail("[low, high], or \"range\" and \"frame\", the latter within "
                  "-1 to 1");
  }
  return Error::success();
}

Error Policy::readKey(StringRef key, const llvm::json::Value &value) {
  auto fail = [&](const Twine &message) {
    return llvm::createStringError(name + ": " + message);
  };
  if (key == "default")
    return Error::success(); // has been read
  if (key == "layers")
    return readLayers(value);
  if (key == "tensors")
    return readTensors(value);
  auto isCommon = readCommonKey(key, value, quantized);
  if (!isCommon)
    return fail(llvm::toString(isCommon.takeError()));
  if (!*isCommon)
    return fail("unknown key '" + key +
                "', expected default, layers, tensors, weights, cell_state, "
                "results or sums");
  if (base == Base::FP32 || (base == Base::FP16 && key == "weights"))
    return fail("'" + key + "' goes with other layers than the default's");
  otherwise.cellState = quantized.cellState;
  otherwise.hasByteResults = quantized.hasByteResults;
  otherwise.hasHalfSums = quantized.hasHalfSums;
  return Error::success();
}

Expected<Policy> Policy::parse(StringRef text, StringRef name) {
  auto fail = [&](const Twine &message) {
    return llvm::createStringError(name + ": " + message);
  };
  auto value = parseJson(text);
  if (!value)
    return fail(llvm::toString(value.takeError()));
  const llvm::json::Object *object = value->getAsObject();
  if (!object)
    return fail("must be an object");
  Policy policy;
  policy.name = name.str();
  policy.setBase(Base::FP16);
  if (const llvm::json::Value *item = object->get("default")) {
    auto base = symbolizeBase(item->getAsString().value_or(""));
    if (!base)
      return fail("'default' must be \"fp32\", \"fp16\", \"int8\" or "
                  "\"mixed\"");
    policy.setBase(*base);
  }
  for (const auto &[key, item] : *object)
    if (Error error = policy.readKey(key, item))
      return error;
  llvm::sort(policy.entries, [](const Entry &a, const Entry &b) {
    return a.pattern < b.pattern;
  });
  return policy;
}

Expected<Policy> Policy::load(StringRef precision, StringRef calibration) {
  if (!calibration.empty()) {
    auto policy = load(precision);
    if (!policy)
      return policy.takeError();
    auto statistics = Calibration::load(calibration);
    if (!statistics)
      return statistics.takeError();
    policy->setCalibration(
        std::make_shared<Calibration>(std::move(*statistics)));
    return *policy;
  }
  if (auto base = symbolizeBase(precision)) {
    Policy policy;
    policy.name = precision.str();
    policy.setBase(*base);
    return policy;
  }
  if (precision == "auto")
    return llvm::createStringError(
        "auto is a search that se-compile does: take the policy that it "
        "writes with --save-policy=FILE.json");
  if (!precision.ends_with(".json"))
    return llvm::createStringError("unknown precision '" + precision +
                                   "', expected fp32, fp16, int8, mixed, auto "
                                   "(se-compile only) or a policy, FILE.json");
  auto buffer = readInput(precision, maxJsonBytes);
  if (!buffer)
    return llvm::createStringError("cannot read '" + precision +
                                   "': " + llvm::toString(buffer.takeError()));
  return parse((*buffer)->getBuffer(), precision);
}

/// The pattern that matches this name alone.
static std::string escape(StringRef name) {
  std::string pattern;
  for (char c : name) {
    if (StringRef("*?[\\").contains(c))
      pattern += '\\';
    pattern += c;
  }
  return pattern;
}

void Policy::set(StringRef layer, const LayerPolicy &policy) {
  std::string pattern = escape(layer);
  llvm::erase_if(entries,
                 [&](const Entry &entry) { return entry.pattern == pattern; });
  auto place = llvm::find_if(
      entries, [&](const Entry &entry) { return entry.pattern > pattern; });
  entries.insert(place, {pattern, policy});
}

std::optional<TensorRange> Policy::getRange(StringRef tensor) const {
  if (auto it = tensors.find(tensor); it != tensors.end())
    return it->second;
  if (!calibration)
    return std::nullopt;
  if (const TensorStatistics *statistics = calibration->find(tensor))
    return statistics->range;
  return std::nullopt;
}

std::optional<Range> Policy::getSeen(StringRef tensor) const {
  if (calibration)
    if (const TensorStatistics *statistics = calibration->find(tensor))
      return Range{statistics->min, statistics->max};
  if (auto it = tensors.find(tensor); it != tensors.end())
    return it->second.range;
  return std::nullopt;
}

static llvm::json::Object toJSON(const LayerPolicy &layer) {
  llvm::json::Object object{{"precision", stringify(layer.precision)}};
  if (layer.precision == Precision::FP32)
    return object;
  object["cell_state"] = stringify(layer.cellState);
  object["results"] = layer.hasByteResults ? "int8" : "fp16";
  if (layer.precision == Precision::FP16 && layer.hasHalfSums)
    object["sums"] = "fp16";
  if (layer.precision != Precision::INT8)
    return object;
  object["weights"] = layer.isPerTensor ? "per-tensor" : "per-row";
  if (layer.inputScale) {
    object["input_scale"] = *layer.inputScale;
    object["input_zero_point"] = layer.inputZeroPoint;
  }
  if (layer.stateScale)
    object["state_scale"] = *layer.stateScale;
  return object;
}

std::string Policy::format() const {
  llvm::json::Object layers, ranges;
  for (const Entry &entry : entries)
    layers[entry.pattern] = toJSON(entry.layer);
  auto toArray = [](Range range) {
    return llvm::json::Array{range.low, range.high};
  };
  auto addRange = [&](StringRef tensor, const TensorRange &range) {
    if (range.frame)
      ranges[tensor] = llvm::json::Object{{"range", toArray(range.range)},
                                          {"frame", toArray(*range.frame)}};
    else
      ranges[tensor] = toArray(range.range);
  };
  if (calibration)
    for (const TensorStatistics &tensor : calibration->tensors)
      addRange(tensor.name, tensor.range);
  for (const auto &[tensor, range] : tensors)
    addRange(tensor, range);
  llvm::json::Object object{{"default", stringify(base)},
                            {"layers", std::move(layers)},
                            {"tensors", std::move(ranges)}};
  if (base != Base::FP32) {
    llvm::json::Object common = toJSON(otherwise);
    if (base != Base::FP16)
      common["weights"] = *toJSON(quantized).get("weights");
    for (StringRef key : {"weights", "cell_state", "results", "sums"})
      if (const llvm::json::Value *value = common.get(key))
        object[key] = *value;
  }
  return llvm::formatv("{0:2}\n", llvm::json::Value(std::move(object)));
}

bool Policy::Entry::matches(StringRef name) const {
  // A GlobPattern refers to the pattern's text, so none is kept.
  return pattern == name ||
         llvm::cantFail(llvm::GlobPattern::create(pattern)).match(name);
}

Expected<const Policy::Entry *> Policy::find(StringRef gate,
                                             StringRef layer) const {
  for (StringRef exact : {gate, layer})
    for (const Entry &entry : entries)
      if (entry.pattern == exact)
        return &entry;
  const Entry *best = nullptr, *equal = nullptr;
  for (const Entry &entry : entries) {
    if (!entry.matches(gate) && !entry.matches(layer))
      continue;
    size_t length = entry.pattern.size();
    if (best && best->pattern.size() == length)
      equal = &entry;
    else if (!best || best->pattern.size() < length)
      best = &entry, equal = nullptr;
  }
  if (equal)
    return llvm::createStringError(
        name + ": layers: '" + best->pattern + "' and '" + equal->pattern +
        "' both match layer '" + gate + "': give it an entry of its own");
  return best;
}
