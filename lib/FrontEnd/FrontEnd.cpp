// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FrontEnd.cpp - Reading what stands around networks of sound --------===//

#include "se/FrontEnd/FrontEnd.h"

#include "Reading.h"
#include "Windows.h"
#include "se/Dialect/DSP/DSP.h"
#include "se/Support/Frames.h"
#include "se/Support/InputFile.h"
#include "se/Support/MessageLine.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cmath>

using namespace se;
using namespace se::frontend;
namespace json = llvm::json;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

bool frontend::checkKeys(const json::Value &value,
                         llvm::ArrayRef<StringRef> known, json::Path path,
                         llvm::StringLiteral message) {
  const json::Object *object = value.getAsObject();
  if (!object)
    return report(path, "expected object");
  for (const auto &member : *object)
    if (!llvm::is_contained(known, StringRef(member.first)))
      return report(path.field(member.first), message);
  return true;
}

bool frontend::readInteger(const json::Value &value, int64_t least,
                           int64_t most, int64_t &result, json::Path path,
                           llvm::StringLiteral message) {
  return json::fromJSON(value, result, path) &&
         ((result >= least && result <= most) || report(path, message));
}

bool frontend::readNumber(const json::Value &value, double &number,
                          json::Path path) {
  return json::fromJSON(value, number, path) &&
         (std::isfinite(float(number)) ||
          report(path, "expected a finite number"));
}

bool frontend::readNumbers(const json::Value &value,
                           std::vector<double> &numbers, json::Path path) {
  const json::Array *list = value.getAsArray();
  if (!list || list->empty())
    return report(path, "expected a list of numbers");
  for (size_t i = 0; i != list->size(); ++i)
    if (!readNumber((*list)[i], numbers.emplace_back(),
                    path.index(unsigned(i))))
      return false;
  return true;
}

static bool readPositive(json::ObjectMapper &map, llvm::StringLiteral key,
                         int64_t most, int64_t &value, json::Path path,
                         llvm::StringLiteral message) {
  return map.map(key, value) &&
         ((value >= 1 && value <= most) || report(path.field(key), message));
}

namespace se::frontend {

/// A window, in the last samples of a block.
static bool readWindow(const json::Value &value, int64_t fft, int64_t &samples,
                       std::vector<double> &window, json::Path path,
                       bool isSynthesis) {
  json::ObjectMapper map(value, path);
  std::string shape;
  if (!map || !map.map("shape", shape) ||
      (!isSynthesis &&
       !readPositive(map, "samples", fft, samples, path, "expected 1 to fft")))
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
                  "synthesis", "bands", "networks"},
                 path,
                 "unknown key, expected description, sample_rate, hop, fft, "
                 "window, synthesis, bands or networks") ||
      !map.mapOptional("description", description) ||
      !readPositive(map, "sample_rate", Stream::maxSampleRate,
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
      !readPositive(map, "hop", frontEnd.windowSamples, frontEnd.hop, path,
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
  BandNames bandNames;
  if (const json::Value *bands = object.get("bands"))
    if (!readBands(*bands, frontEnd, bandNames, path.field("bands")))
      return false;
  const json::Value *networks = object.get("networks");
  json::Path inner = path.field("networks");
  if (!networks)
    return report(inner, "missing value");
  const json::Array *list = networks->getAsArray();
  if (!list)
    return report(inner, "expected array");
  if (list->empty())
    return report(inner, "expected at least one");
  for (size_t i = 0; i != list->size(); ++i)
    if (!readNetwork((*list)[i], frontEnd, bandNames,
                     frontEnd.networks.emplace_back(),
                     inner.index(unsigned(i))))
      return false;
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
