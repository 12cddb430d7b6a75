// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Policy.cpp - Which precision each layer has ------------------------===//

#include "se/Quantization/Policy.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cmath>

using namespace se::quantization;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

static std::optional<Precision> symbolizePrecision(StringRef name) {
  return llvm::StringSwitch<std::optional<Precision>>(name)
      .Case("fp32", Precision::FP32)
      .Case("fp16", Precision::FP16)
      .Case("int8", Precision::INT8)
      .Default(std::nullopt);
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
  /// One of two names; `flag` is set for the second.
  Error readChoice(StringRef key, const llvm::json::Value &value,
                   StringRef first, StringRef second, bool &flag);
  Error readScale(StringRef key, const llvm::json::Value &value,
                  std::optional<float> &scale);

  std::string path;
  LayerPolicy layer;
  bool hasPrecision = false;
};
} // namespace

Error LayerReader::readChoice(StringRef key, const llvm::json::Value &value,
                              StringRef first, StringRef second, bool &flag) {
  auto name = value.getAsString();
  if (!name || (*name != first && *name != second))
    return failType(key, ("\"" + first + "\" or \"" + second + "\"").str());
  flag = *name == second;
  return Error::success();
}

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
    auto name = value.getAsString();
    auto precision = symbolizePrecision(name.value_or(""));
    if (!precision)
      return failType(key, "\"fp32\", \"fp16\" or \"int8\"");
    layer.precision = *precision;
    hasPrecision = true;
    return Error::success();
  }
  if (key == "cell_state")
    return readChoice(key, value, "fp16", "fp32", layer.hasSingleCellState);
  if (key == "weights")
    return readChoice(key, value, "per-row", "per-tensor", layer.isPerTensor);
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
              "state_scale, weights or cell_state");
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
  if (layer.precision == Precision::FP32 && object->get("cell_state"))
    return fail("'cell_state' goes with fp16 and int8");
  return layer;
}

Expected<Policy> Policy::parse(StringRef text, StringRef name) {
  auto fail = [&](const Twine &message) {
    return llvm::createStringError(name + ": " + message);
  };
  auto value = llvm::json::parse(text);
  if (!value)
    return fail(llvm::toString(value.takeError()));
  const llvm::json::Object *object = value->getAsObject();
  if (!object)
    return fail("must be an object");
  Policy policy;
  policy.file = name.str();
  policy.otherwise.precision = Precision::FP16;
  for (const auto &[key, item] : *object) {
    if (key == "default") {
      auto precision = symbolizePrecision(item.getAsString().value_or(""));
      if (!precision || precision == Precision::INT8)
        return fail("'default' must be \"fp32\" or \"fp16\"; int8 is given by "
                    "layer, with scales");
      policy.otherwise.precision = *precision;
      continue;
    }
    if (key != "layers")
      return fail("unknown key '" + StringRef(key) +
                  "', expected default or layers");
    const llvm::json::Object *layers = item.getAsObject();
    if (!layers)
      return fail("'layers' must be an object");
    for (const auto &[pattern, entry] : *layers) {
      std::string path =
          (name + ": layers: '" + StringRef(pattern) + "'").str();
      auto glob = llvm::GlobPattern::create(StringRef(pattern));
      if (!glob)
        return llvm::createStringError(path + ": " +
                                       llvm::toString(glob.takeError()));
      auto layer = LayerReader(path).read(entry);
      if (!layer)
        return layer.takeError();
      policy.entries.push_back({StringRef(pattern).str(), *layer});
    }
  }
  llvm::sort(policy.entries, [](const Entry &a, const Entry &b) {
    return a.pattern < b.pattern;
  });
  return policy;
}

Expected<Policy> Policy::load(StringRef precision) {
  auto uniform = symbolizePrecision(precision);
  if (uniform && *uniform != Precision::INT8) {
    Policy policy;
    policy.otherwise.precision = *uniform;
    return policy;
  }
  if (!precision.ends_with(".json"))
    return llvm::createStringError("unknown precision '" + precision +
                                   "', expected fp32 or fp16 or a policy, "
                                   "FILE.json");
  auto buffer = llvm::MemoryBuffer::getFile(precision, /*IsText=*/true);
  if (!buffer)
    return llvm::createStringError("cannot read '" + precision +
                                   "': " + buffer.getError().message());
  return parse((*buffer)->getBuffer(), precision);
}

bool Policy::Entry::matches(StringRef name) const {
  // A GlobPattern refers to the pattern's text, so none is kept.
  return pattern == name ||
         llvm::cantFail(llvm::GlobPattern::create(pattern)).match(name);
}

Expected<const Policy::Entry *> Policy::find(StringRef layer) const {
  const Entry *best = nullptr, *equal = nullptr;
  for (const Entry &entry : entries) {
    if (entry.pattern == layer)
      return &entry;
    if (!entry.matches(layer))
      continue;
    size_t length = entry.pattern.size();
    if (best && best->pattern.size() == length)
      equal = &entry;
    else if (!best || best->pattern.size() < length)
      best = &entry, equal = nullptr;
  }
  if (equal)
    return llvm::createStringError(
        file + ": layers: '" + best->pattern + "' and '" + equal->pattern +
        "' both match layer '" + layer + "': give it an entry of its own");
  return best;
}
