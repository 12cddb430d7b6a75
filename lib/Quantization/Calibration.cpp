// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Calibration.cpp - Statistics of a network's tensors ----------------===//

#include "se/Quantization/Calibration.h"

#include "se/Support/InputFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace se;
using namespace se::quantization;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;
namespace json = llvm::json;

const TensorStatistics *Calibration::find(StringRef tensor) const {
  auto it = llvm::find_if(
      tensors, [&](const TensorStatistics &t) { return t.name == tensor; });
  return it == tensors.end() ? nullptr : &*it;
}

bool Calibration::choose(const Method &newMethod) {
  method = newMethod;
  if (method.kind != Method::OutputError) {
    for (TensorStatistics &tensor : tensors)
      tensor.range = {chooseRange(tensor, method), std::nullopt};
    return true;
  }
  for (TensorStatistics &tensor : tensors) {
    if (!tensor.best)
      return false;
    tensor.range = tensor.best->range;
  }
  return true;
}

/// The shortest text that reads as the same f32.
static std::string toText(float value) {
  return llvm::formatv("{0}", json::Value(double(value)));
}

/// "range": [low, high], and "frame" if there is one.
static void print(llvm::raw_ostream &os, const TensorRange &range) {
  auto printEnds = [&](const Range &ends) {
    os << '[' << toText(ends.low) << ", " << toText(ends.high) << ']';
  };
  os << "\"range\": ";
  printEnds(range.range);
  if (!range.frame)
    return;
  os << ", \"frame\": ";
  printEnds(*range.frame);
}

std::string Calibration::format() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  // One line for each tensor, which JSON's own indentation cannot do.
  os << "{\n  \"method\": " << json::Value(method.getName())
     << ",\n  \"frames\": " << frames
     << ",\n  \"files\": " << json::Value(json::Array(files))
     << ",\n  \"tensors\": {";
  const char *separator = "\n";
  for (const TensorStatistics &tensor : tensors) {
    llvm::ArrayRef<uint64_t> counts = tensor.histogram.getCounts();
    size_t first = 0, end = counts.size();
    while (first != end && !counts[first])
      ++first;
    while (end != first && !counts[end - 1])
      --end;
    os << separator << "    " << json::Value(tensor.name) << ": {";
    print(os, tensor.range);
    if (tensor.best) {
      os << ", \"output_error\": {";
      print(os, tensor.best->range);
      os << ", \"error\": " << toText(float(tensor.best->error)) << '}';
    }
    os << ", \"min\": " << toText(tensor.min)
       << ", \"max\": " << toText(tensor.max) << ", \"histogram\": {\"limit\": "
       << json::Value(tensor.histogram.getLimit()) << ", \"first\": " << first
       << ", \"counts\": [";
    llvm::interleave(counts.slice(first, end - first), os, ",");
    os << "]}}";
    separator = ",\n";
  }
  os << "\n  }\n}\n";
  return text;
}

Expected<Calibration> Calibration::load(StringRef path) {
  auto buffer = readInput(path, maxJsonBytes);
  if (!buffer)
    return llvm::createStringError("cannot read '" + path +
                                   "': " + llvm::toString(buffer.takeError()));
  return parse((*buffer)->getBuffer(), path);
}

namespace se::quantization {
static bool fromJSON(const json::Value &value, Range &range, json::Path path) {
  const json::Array *ends = value.getAsArray();
  if (!ends || ends->size() != 2) {
    path.report("expected [low, high]");
    return false;
  }
  double low, high;
  if (!json::fromJSON((*ends)[0], low, path.index(0)) ||
      !json::fromJSON((*ends)[1], high, path.index(1)))
    return false;
  if (!std::isfinite(float(low)) || !std::isfinite(float(high)) || low > high) {
    path.report("expected low <= high, both finite");
    return false;
  }
  range = {float(low), float(high)};
  return true;
}

/// The keys "range" and, if there is one, "frame".
static bool read(json::ObjectMapper &map, TensorRange &range,
                 const json::Path &path) {
  if (!map.map("range", range.range) || !map.mapOptional("frame", range.frame))
    return false;
  if (!range.frame || (range.frame->low >= -1 && range.frame->high <= 1 &&
                       range.frame->low < range.frame->high))
    return true;
  path.field("frame").report("expected [low, high] within -1 to 1");
  return false;
}

static bool fromJSON(const json::Value &value, RangeChoice &choice,
                     json::Path path) {
  json::ObjectMapper map(value, path);
  return map && read(map, choice.range, path) && map.map("error", choice.error);
}

static bool fromJSON(const json::Value &value, Histogram &histogram,
                     json::Path path) {
  json::ObjectMapper map(value, path);
  double limit;
  uint64_t first;
  std::vector<uint64_t> counts;
  if (!map || !map.map("limit", limit) || !map.map("first", first) ||
      !map.map("counts", counts))
    return false;
  if (!histogram.restore(limit, first, counts)) {
    path.report("more counts than a histogram has");
    return false;
  }
  return true;
}

static bool fromJSON(const json::Value &value, TensorStatistics &tensor,
                     json::Path path) {
  json::ObjectMapper map(value, path);
  double min, max;
  if (!map || !read(map, tensor.range, path) || !map.map("min", min) ||
      !map.map("max", max) || !map.map("histogram", tensor.histogram) ||
      !map.mapOptional("output_error", tensor.best))
    return false;
  tensor.min = float(min);
  tensor.max = float(max);
  return true;
}

static bool fromJSON(const json::Value &value, Calibration &calibration,
                     json::Path path) {
  // Each has a histogram, however short its text is.
  constexpr size_t maxTensors = 1 << 13;
  if (const json::Object *object = value.getAsObject())
    if (const json::Object *list = object->getObject("tensors");
        list && list->size() > maxTensors) {
      path.field("tensors").report("more than 8192, the most that is read");
      return false;
    }
  json::ObjectMapper map(value, path);
  std::string method;
  std::map<std::string, TensorStatistics> tensors;
  if (!map || !map.map("method", method) ||
      !map.map("frames", calibration.frames) ||
      !map.map("files", calibration.files) || !map.map("tensors", tensors))
    return false;
  auto parsed = Method::parse(method);
  if (!parsed) {
    path.field("method").report(
        "expected output-error, max, percentile:P, mse or kl");
    return false;
  }
  calibration.method = *parsed;
  for (auto &[name, tensor] : tensors) {
    tensor.name = name;
    calibration.tensors.push_back(std::move(tensor));
  }
  return true;
}
} // namespace se::quantization

Expected<Calibration> Calibration::parse(StringRef text, StringRef name) {
  auto value = parseJson(text);
  if (!value)
    return llvm::createStringError(name + ": " +
                                   llvm::toString(value.takeError()));
  json::Path::Root root("calibration");
  Calibration calibration;
  if (!fromJSON(*value, calibration, root))
    return llvm::createStringError(name + ": " +
                                   llvm::toString(root.getError()));
  return calibration;
}
