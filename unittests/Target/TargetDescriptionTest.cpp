//===- TargetDescriptionTest.cpp ------------------------------------------===//
//
// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "se/Target/TargetDescription.h"

#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace se::target;

static constexpr StringLiteral valid = R"({
  "name": "small",
  "description": "for tests",
  "cores": 4,
  "controller_core": false,
  "fpus": 2,
  "l1_banks": 8,
  "instruction_caches": {"core": 256, "shared": 2048},
  "harts": {"cluster": 0, "fc": 992},
  "features": ["m", "xpulpv2"],
  "memories": [
    {"name": "tcdm", "level": "l1", "base": 268435456, "size": "0x1000",
     "bytes_per_cycle": 8, "latency": {"cluster": 1, "fc": 15}},
    {"name": "ram", "level": "l2", "base": "0x1c000000", "size": "0x30000",
     "bytes_per_cycle": 12, "latency": {"cluster": 15, "fc": 1}},
    {"name": "flash", "level": "nvm", "base": "0xfffff000", "size": "0x1000",
     "bytes_per_cycle": 0.5, "latency": null}
  ],
  "operating_points": [
    {"volt": null, "mhz": 50, "mw": null},
    {"volt": 0.8, "mhz": 100.5, "mw": 30}
  ]
})";

TEST(TargetDescription, ReadsAllFields) {
  Expected<TargetDescription> target = parseTarget(valid, "small.json");
  ASSERT_TRUE(bool(target)) << toString(target.takeError());
  EXPECT_EQ(target->name, "small");
  EXPECT_EQ(target->cores, 4u);
  EXPECT_FALSE(target->controllerCore);
  EXPECT_EQ(target->fpus, 2u);
  EXPECT_EQ(target->l1Banks, 8u);
  EXPECT_EQ(target->instructionCaches.core, 256u);
  EXPECT_EQ(target->instructionCaches.shared, 2048u);
  EXPECT_EQ(target->fcHart, 992u);
  EXPECT_TRUE(target->hasFeature("xpulpv2"));
  EXPECT_FALSE(target->hasFeature("xfvec"));
  EXPECT_EQ(target->getL1().base, 0x10000000u);
  EXPECT_EQ(target->getL2().size, 0x30000u);
  EXPECT_EQ(target->getL2().bytesPerCycle, 12);
  EXPECT_EQ(target->getL2().clusterLatency, 15u);
  EXPECT_EQ(target->getMemory(MemoryLevel::L3), nullptr);
  const Memory *flash = target->getMemory(MemoryLevel::NVM);
  ASSERT_NE(flash, nullptr);
  EXPECT_FALSE(flash->isAddressable());
  EXPECT_EQ(flash->end(), uint64_t(1) << 32);
  EXPECT_EQ(target->getExternal(MemoryLevel::NVM), flash);
  EXPECT_EQ(target->getExternal(MemoryLevel::L2), nullptr);
  ASSERT_EQ(target->operatingPoints.size(), 2u);
  EXPECT_FALSE(target->operatingPoints[0].volt);
  EXPECT_EQ(target->operatingPoints[1].volt, 0.8);
  EXPECT_EQ(target->operatingPoints[1].milliwatt, 30);
}

/// A table of energy with one coefficient changed.
static std::string withEnergy(StringRef from = "", StringRef to = "") {
  std::string table = "{";
  for (const EnergyKey &key : getEnergyKeys())
    table +=
        (Twine(table.size() > 1 ? ", " : "") + "\"" + key.name + "\": {\"" +
         key.unit + "\": 2.5, \"source\": \"a " + key.title + "\"}")
            .str();
  table += "}";
  std::string text(valid);
  size_t at = text.find("\"mw\": 30");
  text.insert(at, "\"energy\": " + table + ", ");
  if (!from.empty()) {
    size_t place = text.find(from, at);
    EXPECT_NE(place, std::string::npos);
    text.replace(place, from.size(), to);
  }
  return text;
}

TEST(TargetDescription, ReadsEnergy) {
  Expected<TargetDescription> target =
      parseTarget(withEnergy("a leakage", "assumption: a guess"), "small.json");
  ASSERT_TRUE(bool(target)) << toString(target.takeError());
  EXPECT_FALSE(target->operatingPoints[0].energy);
  ASSERT_TRUE(target->operatingPoints[1].energy);
  const EnergyTable &table = *target->operatingPoints[1].energy;
  EXPECT_EQ(table.nvmByte.value, 2.5);
  EXPECT_EQ(table.nvmByte.source, "a non-volatile byte");
  EXPECT_FALSE(table.nvmByte.isAssumption());
  EXPECT_TRUE(table.leakage.isAssumption());
}

TEST(TargetDescription, RefusesWrongEnergy) {
  auto message = [](StringRef from, StringRef to) {
    Expected<TargetDescription> target =
        parseTarget(withEnergy(from, to), "small.json");
    return target ? std::string() : toString(target.takeError());
  };
  std::string path = "small.json: operating_points[1].energy";
  EXPECT_EQ(message("\"dma_byte\"", "\"dma_bit\""),
            path + ": unknown key 'dma_bit'");
  EXPECT_EQ(message("\"pj\": 2.5", "\"pj\": -1"),
            path + ".core_cycle.pj: expected a number from 0 to 1e9");
  EXPECT_EQ(message("\"pj\": 2.5", "\"pj\": null"),
            path + ".core_cycle.pj: expected a number from 0 to 1e9");
  EXPECT_EQ(message("\"mw\": 2.5", "\"pj\": 2.5"),
            path + ".leakage: unknown key 'pj'");
  EXPECT_EQ(message("\"a DMA byte\"", "\" \""),
            path + ".dma_byte.source: expected a line that says where the "
                   "figure is from, or 'assumption: ' and why");
  EXPECT_EQ(message("\"a DMA byte\"", "7"),
            path + ".dma_byte.source: expected a string");
}

namespace {
struct ErrorCase {
  const char *name;
  const char *from, *to; ///< edit of the valid text
  const char *message;   ///< after "small.json: "
};

class TargetErrors : public testing::TestWithParam<ErrorCase> {};
} // namespace

TEST_P(TargetErrors, NameFileAndKey) {
  const ErrorCase &param = GetParam();
  std::string text(valid);
  size_t at = text.find(param.from);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, StringRef(param.from).size(), param.to);
  Expected<TargetDescription> target = parseTarget(text, "small.json");
  ASSERT_FALSE(bool(target));
  EXPECT_EQ(toString(target.takeError()),
            (Twine("small.json: ") + param.message).str());
}

static const ErrorCase errorCases[] = {
    {"UnknownKey", R"("fpus")", R"("fpu")", "unknown key 'fpu'"},
    {"UnknownKeyInMemory", R"("level": "l2")", R"("level": "l2", "kind": 1)",
     "memories[1]: unknown key 'kind'"},
    {"MissingKey", R"("l1_banks": 8,)", "", "missing key 'l1_banks'"},
    {"MissingKeyInMemory", R"("base": 268435456, )", "",
     "memories[0]: missing key 'base'"},
    {"WrongType", R"("cores": 4)", R"("cores": "four")",
     "cores: expected an integer from 1 to 8"},
    {"FractionOfCore", R"("cores": 4)", R"("cores": 4.5)",
     "cores: expected an integer from 1 to 8"},
    {"TooManyCores", R"("cores": 4)", R"("cores": 9)",
     "cores: expected an integer from 1 to 8"},
    {"NoCores", R"("cores": 4)", R"("cores": 0)",
     "cores: expected an integer from 1 to 8"},
    {"NegativeCores", R"("cores": 4)", R"("cores": -4)",
     "cores: expected an integer from 1 to 8"},
    {"NullCores", R"("cores": 4)", R"("cores": null)",
     "cores: expected an integer from 1 to 8"},
    {"NoFpus", R"("fpus": 2)", R"("fpus": 0)",
     "fpus: expected an integer from 1 to 8"},
    {"TooManyFpus", R"("fpus": 2)", R"("fpus": 9)",
     "fpus: expected an integer from 1 to 8"},
    {"NoBanks", R"("l1_banks": 8)", R"("l1_banks": 0)",
     "l1_banks: expected an integer from 1 to 1024"},
    {"NoCache", R"("core": 256)", R"("core": 0)",
     "instruction_caches.core: expected an integer from 1 to 1048576"},
    {"UnknownCache", R"("shared": 2048)", R"("all": 2048)",
     "instruction_caches: unknown key 'all'"},
    {"NotAText", R"("for tests")", "null", "description: expected a string"},
    {"UnknownHart", R"("fc": 992)", R"("fc": 992, "gpu": 1)",
     "harts: unknown key 'gpu'"},
    {"HartOutOfRange", "992", "4096",
     "harts.fc: expected an integer from 0 to 4095"},
    {"FeaturesNotAnArray", R"(["m", "xpulpv2"])", R"("m")",
     "features: expected a non-empty array"},
    {"FeatureNotAText", R"("xpulpv2")", "2",
     "features[1]: unknown feature; known: m, c, f, zfh, zicsr, zfinx, zhinx, "
     "xpulpv2, xfvec, xfaux, xf16alt"},
    {"MemoryNotAnObject", R"({"name": "tcdm",)", R"(7, {"name": "tcdm",)",
     "memories[0]: expected an object"},
    {"SizeMisaligned", R"("0x30000")", "100",
     "memories[1].size: expected a multiple of 64 greater than 0"},
    {"SizeNotANumber", R"("0x30000")", "true",
     "memories[1].size: expected an integer, or a string such as "
     "\"0x1c000000\""},
    {"NegativeBandwidth", "12", "-12",
     "memories[1].bytes_per_cycle: expected a number greater than 0"},
    {"BandwidthNotANumber", "12", R"("12")",
     "memories[1].bytes_per_cycle: expected a number greater than 0"},
    {"BandwidthTooSmall", "12", "1e-9",
     "memories[1].bytes_per_cycle: expected a number from 0.001 to 1024"},
    {"BandwidthOfHalfWords", "12", "6",
     "memories[1].bytes_per_cycle: expected 4 to 64 bytes, whole words, since "
     "the cluster's DMA reaches the memory"},
    {"BandwidthOfTooManyWords", "12", "68",
     "memories[1].bytes_per_cycle: expected 4 to 64 bytes, whole words, since "
     "the cluster's DMA reaches the memory"},
    {"BandwidthTooLarge", "12", "1e9",
     "memories[1].bytes_per_cycle: expected a number from 0.001 to 1024"},
    {"LatencyOfOneSide", R"({"cluster": 15, "fc": 1})", R"({"cluster": 15})",
     "memories[1].latency: missing key 'fc'"},
    {"LatencyNotAnObject", R"({"cluster": 15, "fc": 1})", "15",
     "memories[1].latency: expected an object"},
    {"TwoExternalOfALevel", R"("latency": null}
  ])",
     R"("latency": null}, {"name": "flash2", "level": "nvm", "base": "0x90000000",
     "size": 64, "bytes_per_cycle": 1, "latency": null}
  ])",
     "memories[3].latency: expected an object: the transfer engine already has "
     "'flash' as its memory of level nvm"},
    {"NotABoolean", "false", "0", "controller_core: expected true or false"},
    {"BanksNotPowerOf2", R"("l1_banks": 8)", R"("l1_banks": 12)",
     "l1_banks: expected a power of 2"},
    {"BadName", R"("small")", R"("Small Target")",
     "name: expected lower-case letters, digits, '-', '_', '.'"},
    {"SameHart", "992", "0", "harts.fc: is the hart id of a cluster core too"},
    {"HartsFromTheMiddle", R"("cluster": 0)", R"("cluster": 30)",
     "harts.cluster: expected a multiple of 32: the lower 5 bits of a hart id "
     "are the number of the core"},
    {"HartOfFcFromTheMiddle", "992", "993",
     "harts.fc: expected a multiple of 32: the lower 5 bits of a hart id are "
     "the number of the core"},
    {"InPeripherals", R"("0x1c000000")", R"("0x1a1fffc0")",
     "memories[1]: memory 'ram' overlaps the peripherals"},
    {"InCluster", R"("0x1c000000")", R"("0x10010000")",
     "memories[1]: memory 'ram' overlaps the peripherals"},
    {"AtZero", "268435456", "4096",
     "memories[0]: memory 'tcdm' overlaps the cluster as its cores see it at "
     "address 0"},
    {"HartsNotAnObject", R"({"cluster": 0, "fc": 992})", "7",
     "harts: expected an object"},
    {"UnknownFeature", R"("xpulpv2")", R"("xpulpv3")",
     "features[1]: unknown feature 'xpulpv3'; known: m, c, f, zfh, zicsr, "
     "zfinx, zhinx, xpulpv2, xfvec, xfaux, xf16alt"},
    {"UnknownLevel", R"("level": "nvm")", R"("level": "l4")",
     "memories[2].level: unknown level 'l4'; known: l1, l2, l3, nvm"},
    {"BadMemoryName", R"("tcdm")", R"("L1 memory")",
     "memories[0].name: expected lower-case letters, digits and '_'"},
    {"SameMemoryName", R"("ram")", R"("tcdm")",
     "memories[1].name: there are two memories named 'tcdm'"},
    {"BadAddress", R"("0x1c000000")", R"("1c000000")",
     "memories[1].base: expected an integer, or a string such as "
     "\"0x1c000000\""},
    {"NegativeAddress", "268435456", "-268435456",
     "memories[0].base: expected an integer, or a string such as "
     "\"0x1c000000\""},
    {"Misaligned", "268435456", "268435458",
     "memories[0].base: expected a multiple of 64"},
    {"EmptyMemory", R"("0x30000")", "0",
     "memories[1].size: expected a multiple of 64 greater than 0"},
    {"L1NotPowerOf2", R"("size": "0x1000",
     "bytes_per_cycle": 8)",
     R"("size": "0x1800", "bytes_per_cycle": 8)",
     "memories[0].size: expected a power of 2, 1 MB at most, for level l1"},
    {"BeyondAddressSpace", R"("0xfffff000")", R"("0xfffff040")",
     "memories[2].size: the memory ends beyond 4 GB"},
    {"Overlap", R"("0xfffff000")", R"("0x1c02f000")",
     "memories[2]: memory 'flash' overlaps memory 'ram'"},
    {"NoBandwidth", "12", "0",
     "memories[1].bytes_per_cycle: expected a number greater than 0"},
    {"NoLatency", R"({"cluster": 15, "fc": 1})", "null",
     "memories[1].latency: expected an object: cores must be able to address "
     "l1 and l2"},
    {"BadLatency", R"({"cluster": 15, "fc": 1})", R"({"cluster": 0, "fc": 1})",
     "memories[1].latency.cluster: expected an integer from 1 to 10000"},
    {"TwoL1", R"("level": "nvm")", R"("level": "l1")",
     "memories: expected one memory of level l1"},
    {"NoL2", R"("level": "l2")", R"("level": "l3")",
     "memories: expected a memory of level l2"},
    {"NoClock", R"("mhz": 50, )", "", "operating_points[0]: missing key 'mhz'"},
    {"PointsOutOfOrder", "100.5", "40",
     "operating_points[1].mhz: operating points must go from slow to fast"},
    {"NegativePower", R"("mw": 30)", R"("mw": -1)",
     "operating_points[1].mw: expected a number greater than 0"},
    {"NoPoints", R"([
    {"volt": null, "mhz": 50, "mw": null},
    {"volt": 0.8, "mhz": 100.5, "mw": 30}
  ])",
     "[]", "operating_points: expected a non-empty array"},
};

INSTANTIATE_TEST_SUITE_P(All, TargetErrors, testing::ValuesIn(errorCases),
                         [](const auto &info) {
                           return std::string(info.param.name);
                         });

TEST(TargetDescription, TextThatIsNotJson) {
  Expected<TargetDescription> target = parseTarget("{\"name\": ", "x.json");
  ASSERT_FALSE(bool(target));
  std::string message = toString(target.takeError());
  EXPECT_TRUE(StringRef(message).starts_with("x.json: [1:")) << message;
  EXPECT_FALSE(StringRef(message).contains('\n')) << message;
  target = parseTarget("[1]", "x.json");
  ASSERT_FALSE(bool(target));
  EXPECT_EQ(toString(target.takeError()), "x.json: expected an object");
}

TEST(LoadTarget, ShippedTargets) {
  std::string resources = sys::path::parent_path(SE_TARGETS_DIR).str();
  for (StringRef name : {"pulp-open", "pulp-open-ddr", "gap9"}) {
    Expected<TargetDescription> target = loadTarget(name, resources);
    ASSERT_TRUE(bool(target)) << toString(target.takeError());
    EXPECT_EQ(target->name, name);
    EXPECT_EQ(target->cores, 8u);
    EXPECT_EQ(target->fcHart, 0x3e0u);
    EXPECT_EQ(target->getL1().size, name == "gap9" ? 0x20000u : 0x10000u);
  }
  Expected<TargetDescription> target =
      loadTarget(SE_TARGETS_DIR "/gap9.json", "/nowhere");
  ASSERT_TRUE(bool(target)) << toString(target.takeError());
  EXPECT_EQ(target->name, "gap9");
}

TEST(LoadTarget, Errors) {
  std::string resources = sys::path::parent_path(SE_TARGETS_DIR).str();
  Expected<TargetDescription> target = loadTarget("gap8", resources);
  ASSERT_FALSE(bool(target));
  EXPECT_EQ(toString(target.takeError()),
            "unknown target 'gap8'; known: gap9, pulp-open, pulp-open-ddr, or "
            "the path of a .json file");
  target = loadTarget("./none.json", resources);
  ASSERT_FALSE(bool(target));
  EXPECT_EQ(toString(target.takeError()),
            "cannot read target './none.json': No such file or directory");
}
