//===- TargetDescription.cpp - Reading of target files --------------------===//
//
// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "se/Target/TargetDescription.h"

#include "Reader.h"

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

ArrayRef<EnergyKey> se::target::getEnergyKeys() {
  static constexpr EnergyKey keys[] = {
      {"core_cycle", "pj", "active core cycle", &EnergyTable::coreCycle},
      {"idle_cycle", "pj", "idle core cycle", &EnergyTable::idleCycle},
      {"fpu_operation", "pj", "FPU operation", &EnergyTable::fpuOperation},
      {"simd_operation", "pj", "SIMD operation", &EnergyTable::simdOperation},
      {"l1_access", "pj", "L1 access", &EnergyTable::l1Access},
      {"l2_access", "pj", "L2 access", &EnergyTable::l2Access},
      {"dma_byte", "pj", "DMA byte", &EnergyTable::dmaByte},
      {"external_byte", "pj", "external byte", &EnergyTable::externalByte},
      {"nvm_byte", "pj", "non-volatile byte", &EnergyTable::nvmByte},
      {"leakage", "mw", "leakage", &EnergyTable::leakage}};
  return keys;
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

static EnergyTable readEnergy(Reader &reader, const json::Value &value,
                              const Twine &where) {
  std::string path = where.str();
  SmallVector<StringRef> keys;
  for (const EnergyKey &key : getEnergyKeys())
    keys.push_back(key.name);
  const json::Object &object = reader.object(value, path, keys);
  EnergyTable table;
  for (const EnergyKey &key : getEnergyKeys()) {
    const json::Value *entry = object.get(key.name);
    if (!entry)
      continue;
    std::string at = path + "." + key.name.str();
    const json::Object &fields =
        reader.object(*entry, at, {key.unit, "source"});
    EnergyCoefficient &coefficient = table.*key.coefficient;
    coefficient.value = reader.notNegative(fields, key.unit, at + ".");
    coefficient.source = reader.string(fields, "source", at + ".");
    if (StringRef(coefficient.source).trim().empty() ||
        coefficient.source.find_first_of("\n\r") != std::string::npos)
      reader.fail(at + ".source",
                  "expected a line that says where the figure is from, or "
                  "'assumption: ' and why");
  }
  return table;
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
        reader.object(value, path, {"volt", "mhz", "mw"}, {"energy"});
    path += ".";
    OperatingPoint point;
    point.volt = reader.positiveOrNull(object, "volt", path);
    point.mhz = reader.positive(object, "mhz", path);
    point.milliwatt = reader.positiveOrNull(object, "mw", path);
    if (i && point.mhz <= target.operatingPoints.back().mhz)
      reader.fail(path + "mhz", "operating points must go from slow to fast");
    if (const json::Value *energy = object.get("energy"))
      point.energy = readEnergy(reader, *energy, path + "energy");
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
