//===- TargetDescription.cpp - Reading of target files --------------------===//
//
// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "se/Target/TargetDescription.h"

#include "se/Support/InputFile.h"
#include "se/Support/MessageLine.h"
#include "se/Target/AddressMap.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"
#include <cmath>

using namespace llvm;
using namespace se;
using namespace se::target;

static constexpr StringLiteral knownFeatures[] = {
    "m",     "c",       "f",     "zfh",   "zicsr",  "zfinx",
    "zhinx", "xpulpv2", "xfvec", "xfaux", "xf16alt"};

static constexpr StringLiteral levelNames[] = {"l1", "l2", "l3", "nvm"};

StringRef se::target::stringifyMemoryLevel(MemoryLevel level) {
  return levelNames[static_cast<unsigned>(level)];
}

StringRef se::target::getOverlapped(const Memory &memory) {
  auto overlaps = [&](uint64_t base, uint64_t end) {
    return memory.base < end && base < memory.end();
  };
  if (overlaps(0, map::clusterSize))
    return "the cluster as its cores see it at address 0";
  // L1 lies in the cluster, below the alias.
  uint64_t firstFree =
      map::cluster +
      (memory.level == MemoryLevel::L1 ? map::testAndSetOffset : 0);
  if (overlaps(firstFree, map::cluster + map::clusterSize) ||
      overlaps(map::apb, map::apb + map::apbSize))
    return "the peripherals";
  return "";
}

bool TargetDescription::hasFeature(StringRef feature) const {
  return is_contained(features, feature);
}

const Memory *TargetDescription::getMemory(MemoryLevel level) const {
  for (const Memory &memory : memories)
    if (memory.level == level)
      return &memory;
  return nullptr;
}

const Memory *TargetDescription::getExternal(MemoryLevel level) const {
  for (const Memory &memory : memories)
    if (memory.level == level && !memory.isAddressable())
      return &memory;
  return nullptr;
}

namespace {
/// Walks a JSON value. The first error is kept and all later steps return
/// something harmless, so that the reading code has no error paths.
class Reader {
public:
  explicit Reader(StringRef fileName) : fileName(fileName) {}

  void fail(const Twine &key, const Twine &message) {
    if (error.empty())
      error = (fileName + ": " + (key.isTriviallyEmpty() ? "" : key + ": ") +
               message)
                  .str();
  }

  Error takeError() const {
    if (error.empty())
      return Error::success();
    return createStringError(inconvertibleErrorCode(), error);
  }

  /// The members of an object, which must be exactly `keys`.
  const json::Object &object(const json::Value &value, const Twine &path,
                             ArrayRef<StringRef> keys) {
    static const json::Object empty;
    const json::Object *object = value.getAsObject();
    if (!object) {
      fail(path, "expected an object");
      return empty;
    }
    SmallVector<StringRef> unknown;
    for (const auto &member : *object)
      if (!is_contained(keys, StringRef(member.first)))
        unknown.push_back(member.first);
    // The order of members in memory is not that of the file.
    sort(unknown);
    if (!unknown.empty())
      fail(path, "unknown key '" + unknown.front() + "'");
    for (StringRef key : keys)
      if (!object->get(key))
        fail(path, "missing key '" + key + "'");
    return *object;
  }

  const json::Array &array(const json::Object &object, StringRef key) {
    static const json::Array empty;
    const json::Array *array = object.getArray(key);
    if (!array || array->empty()) {
      fail(key, "expected a non-empty array");
      return empty;
    }
    return *array;
  }

  std::string string(const json::Object &object, StringRef key,
                     const Twine &path = "") {
    if (std::optional<StringRef> text = object.getString(key))
      return text->str();
    fail(path + key, "expected a string");
    return "";
  }

  bool boolean(const json::Object &object, StringRef key) {
    if (std::optional<bool> value = object.getBoolean(key))
      return *value;
    fail(key, "expected true or false");
    return false;
  }

  unsigned integer(const json::Object &object, StringRef key, unsigned min,
                   unsigned max, const Twine &path = "") {
    std::optional<int64_t> value = object.getInteger(key);
    if (value && *value >= min && *value <= max)
      return *value;
    fail(path + key, formatv("expected an integer from {0} to {1}", min, max));
    return min;
  }

  /// A number or a hexadecimal string.
  uint64_t address(const json::Object &object, StringRef key,
                   const Twine &path) {
    if (std::optional<int64_t> value = object.getInteger(key))
      if (*value >= 0)
        return *value;
    uint64_t result;
    if (std::optional<StringRef> text = object.getString(key))
      if (text->consume_front("0x") && !text->getAsInteger(16, result))
        return result;
    fail(path + key, "expected an integer, or a string such as \"0x1c000000\"");
    return 0;
  }

  double positive(const json::Object &object, StringRef key,
                  const Twine &path) {
    std::optional<double> value = object.getNumber(key);
    if (value && *value > 0 && std::isfinite(*value))
      return *value;
    fail(path + key, "expected a number greater than 0");
    return 1;
  }

  std::optional<double> positiveOrNull(const json::Object &object,
                                       StringRef key, const Twine &path) {
    const json::Value *value = object.get(key);
    if (!value || value->getAsNull())
      return std::nullopt;
    return positive(object, key, path);
  }

private:
  std::string fileName;
  std::string error;
};
} // namespace

/// Names become parts of linker scripts and file names.
static bool isName(StringRef name, StringRef alsoAllowed) {
  return !name.empty() && isLower(name.front()) && all_of(name, [&](char c) {
    return isLower(c) || isDigit(c) || alsoAllowed.contains(c);
  });
}

static Memory readMemory(Reader &reader, const json::Value &value,
                         const Twine &where) {
  std::string path = where.str();
  const json::Object &object = reader.object(
      value, path,
      {"name", "level", "base", "size", "bytes_per_cycle", "latency"});
  path += ".";
  Memory memory;
  memory.name = reader.string(object, "name", path);
  if (!isName(memory.name, "_"))
    reader.fail(path + "name", "expected lower-case letters, digits and '_'");
  std::string level = reader.string(object, "level", path);
  const auto *known = find(levelNames, level);
  if (known == std::end(levelNames))
    reader.fail(path + "level", "unknown level '" + level + "'; known: " +
                                    join(ArrayRef(levelNames), ", "));
  else
    memory.level = static_cast<MemoryLevel>(known - std::begin(levelNames));
  memory.base = reader.address(object, "base", path);
  memory.size = reader.address(object, "size", path);
  if (memory.base % 64)
    reader.fail(path + "base", "expected a multiple of 64");
  if (!memory.size || memory.size % 64)
    reader.fail(path + "size", "expected a multiple of 64 greater than 0");
  if (memory.base > UINT32_MAX || memory.size > (uint64_t(1) << 32) ||
      memory.end() > (uint64_t(1) << 32))
    reader.fail(path + "size", "the memory ends beyond 4 GB");
  std::string rate = path + "bytes_per_cycle";
  memory.bytesPerCycle = reader.positive(object, "bytes_per_cycle", path);
  // Bounds within which cycles of a transfer are exact.
  if (memory.bytesPerCycle < 0.001 || memory.bytesPerCycle > 1024)
    reader.fail(rate, "expected a number from 0.001 to 1024");
  const json::Value *latency = object.get("latency");
  if (latency && !latency->getAsNull()) {
    const json::Object &cycles =
        reader.object(*latency, path + "latency", {"cluster", "fc"});
    path += "latency.";
    memory.clusterLatency = reader.integer(cycles, "cluster", 1, 10000, path);
    memory.fcLatency = reader.integer(cycles, "fc", 1, 10000, path);
    // The cluster's DMA has ports for words.
    double words = memory.bytesPerCycle / 4;
    if (memory.level != MemoryLevel::L1 &&
        (words != std::floor(words) || words < 1 || words > 16))
      reader.fail(rate, "expected 4 to 64 bytes, whole words, since the "
                        "cluster's DMA reaches the memory");
  }
  return memory;
}

static void checkMemories(Reader &reader, ArrayRef<Memory> memories) {
  auto count = [&](MemoryLevel level) {
    return count_if(
        memories, [&](const Memory &memory) { return memory.level == level; });
  };
  if (count(MemoryLevel::L1) != 1)
    reader.fail("memories", "expected one memory of level l1");
  if (count(MemoryLevel::L2) == 0)
    reader.fail("memories", "expected a memory of level l2");
  for (auto [i, a] : enumerate(memories)) {
    std::string path = formatv("memories[{0}]", i);
    if (a.level <= MemoryLevel::L2 && !a.isAddressable())
      reader.fail(path + ".latency",
                  "expected an object: cores must be able to "
                  "address l1 and l2");
    // The DMA engine takes 20 bits of an L1 address.
    if (a.level == MemoryLevel::L1 &&
        (!isPowerOf2_64(a.size) || a.size > 0x100000))
      reader.fail(path + ".size",
                  "expected a power of 2, 1 MB at most, for level l1");
    if (StringRef what = getOverlapped(a); !what.empty())
      reader.fail(path, "memory '" + a.name + "' overlaps " + what);
    for (const Memory &b : memories.take_front(i)) {
      if (a.level == b.level && !a.isAddressable() && !b.isAddressable())
        reader.fail(path + ".latency",
                    "expected an object: the transfer engine already has '" +
                        b.name + "' as its memory of level " +
                        stringifyMemoryLevel(a.level));
      if (a.name == b.name)
        reader.fail(path + ".name",
                    "there are two memories named '" + a.name + "'");
      if (a.base < b.end() && b.base < a.end())
        reader.fail(path,
                    "memory '" + a.name + "' overlaps memory '" + b.name + "'");
    }
  }
}

Expected<TargetDescription> se::target::parseTarget(StringRef text,
                                                    StringRef fileName) {
  Expected<json::Value> value = parseJson(text);
  if (!value)
    return createStringError(fileName + ": " + toString(value.takeError()));

  Reader reader(fileName);
  TargetDescription target;
  const json::Object &object =
      reader.object(*value, "",
                    {"name", "description", "cores", "controller_core", "fpus",
                     "l1_banks", "instruction_caches", "harts", "features",
                     "memories", "operating_points"});
  target.name = reader.string(object, "name");
  if (!isName(target.name, "-_."))
    reader.fail("name", "expected lower-case letters, digits, '-', '_', '.'");
  target.description = reader.string(object, "description");
  target.cores = reader.integer(object, "cores", 1, 8);
  target.controllerCore = reader.boolean(object, "controller_core");
  target.fpus = reader.integer(object, "fpus", 1, 8);
  target.l1Banks = reader.integer(object, "l1_banks", 1, 1024);
  if (!isPowerOf2_32(target.l1Banks))
    reader.fail("l1_banks", "expected a power of 2");

  static const json::Value none = nullptr;
  const json::Value *cachesValue = object.get("instruction_caches");
  const json::Object &caches =
      reader.object(cachesValue ? *cachesValue : none, "instruction_caches",
                    {"core", "shared"});
  constexpr unsigned mostCached = 1 << 20;
  target.instructionCaches = {
      reader.integer(caches, "core", 1, mostCached, "instruction_caches."),
      reader.integer(caches, "shared", 1, mostCached, "instruction_caches.")};
  const json::Value *hartsValue = object.get("harts");
  const json::Object &harts = reader.object(hartsValue ? *hartsValue : none,
                                            "harts", {"cluster", "fc"});
  target.clusterHart = reader.integer(harts, "cluster", 0, 4095, "harts.");
  target.fcHart = reader.integer(harts, "fc", 0, 4095, "harts.");
  for (auto [key, hart] : {std::pair("cluster", target.clusterHart),
                           std::pair("fc", target.fcHart)})
    if (hart % 32)
      reader.fail(StringRef("harts.") + key,
                  "expected a multiple of 32: the lower 5 bits of a hart id "
                  "are the number of the core");
  if (target.fcHart >= target.clusterHart &&
      target.fcHart < target.clusterHart + target.cores + target.controllerCore)
    reader.fail("harts.fc", "is the hart id of a cluster core too");

  for (auto [i, feature] : enumerate(reader.array(object, "features"))) {
    std::optional<StringRef> name = feature.getAsString();
    if (!name || !is_contained(knownFeatures, *name))
      reader.fail(formatv("features[{0}]", i),
                  formatv("unknown feature{0}; known: {1}",
                          name ? (" '" + *name + "'").str() : "",
                          join(ArrayRef(knownFeatures), ", ")));
    else
      target.features.push_back(name->str());
  }
  // Each is compared with all others.
  constexpr size_t maxMemories = 64;
  const json::Array &memories = reader.array(object, "memories");
  for (auto [i, memory] : enumerate(memories)) {
    if (i == maxMemories) {
      reader.fail("memories", "more than " + Twine(maxMemories));
      break;
    }
    target.memories.push_back(
        readMemory(reader, memory, formatv("memories[{0}]", i).str()));
  }
  checkMemories(reader, target.memories);

  for (auto [i, value] : enumerate(reader.array(object, "operating_points"))) {
    std::string path = formatv("operating_points[{0}]", i);
    const json::Object &object =
        reader.object(value, path, {"volt", "mhz", "mw"});
    path += ".";
    OperatingPoint point;
    point.volt = reader.positiveOrNull(object, "volt", path);
    point.mhz = reader.positive(object, "mhz", path);
    point.milliwatt = reader.positiveOrNull(object, "mw", path);
    if (i && point.mhz <= target.operatingPoints.back().mhz)
      reader.fail(path + "mhz", "operating points must go from slow to fast");
    target.operatingPoints.push_back(point);
  }
  if (Error error = reader.takeError())
    return error;
  return target;
}

std::string se::target::getResourceDir(const char *argv0) {
  static int anchor;
  SmallString<128> path(sys::fs::getMainExecutable(argv0, &anchor));
  sys::path::remove_filename(path);
  sys::path::append(path, "..", "share", "se-mlir");
  sys::path::remove_dots(path, /*remove_dot_dot=*/true);
  return path.str().str();
}

static std::string listTargets(StringRef directory) {
  std::vector<std::string> names;
  std::error_code code;
  for (sys::fs::directory_iterator it(directory, code), end; it != end && !code;
       it.increment(code))
    if (sys::path::extension(it->path()) == ".json")
      names.push_back(sys::path::stem(it->path()).str());
  sort(names);
  return listNames(names);
}

Expected<TargetDescription> se::target::loadTarget(StringRef nameOrPath,
                                                   StringRef resourceDir) {
  SmallString<128> path(nameOrPath);
  bool isPath = sys::path::has_parent_path(nameOrPath) ||
                sys::path::extension(nameOrPath) == ".json";
  if (!isPath) {
    path = resourceDir;
    sys::path::append(path, "targets");
    std::string known = listTargets(path);
    sys::path::append(path, nameOrPath + ".json");
    if (!sys::fs::exists(path))
      return createStringError("unknown target '" + nameOrPath + "'; known: " +
                               known + ", or the path of a .json file");
  }
  auto buffer = readInput(path, maxJsonBytes);
  if (!buffer)
    return createStringError("cannot read target '" + path +
                             "': " + toString(buffer.takeError()));
  return parseTarget((*buffer)->getBuffer(), path);
}
