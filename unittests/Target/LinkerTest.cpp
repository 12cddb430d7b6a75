//===- LinkerTest.cpp -----------------------------------------------------===//
//
// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "se/Target/Linker.h"
#include "se/Support/OutputFiles.h"
#include "se/Target/LinkerScript.h"

#include "llvm/Object/ELFObjectFile.h"
#include "llvm/ObjectYAML/yaml2obj.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/YAMLTraits.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace se;
using namespace se::target;

namespace {
class LinkerTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(sys::fs::createUniqueDirectory("se-linker-test", directory));
    output = (directory + "/program.elf").str();
    std::string resources = sys::path::parent_path(SE_TARGETS_DIR).str();
    pulp = cantFail(loadTarget("pulp-open", resources));
    ddr = cantFail(loadTarget("pulp-open-ddr", resources));
    gap9 = cantFail(loadTarget("gap9", resources));
  }
  void TearDown() override { sys::fs::remove_directories(directory); }

  /// An object with the entry point and two sections of the given sizes, the
  /// first of the given name.
  MemoryBufferRef makeObject(uint64_t weights, uint64_t l1,
                             StringRef symbol = "_start",
                             StringRef reference = "",
                             StringRef section = ".weights") {
    std::string relocation;
    if (!reference.empty())
      relocation = formatv(R"(
  - Name: .rela.text.se_vectors
    Type: SHT_RELA
    Info: .text.se_vectors
    Relocations:
      - Offset: 0
        Symbol: {0}
        Type: R_RISCV_32)",
                           reference);
    std::string text =
        formatv(R"(--- !ELF
FileHeader:
  Class: ELFCLASS32
  Data: ELFDATA2LSB
  Type: ET_REL
  Machine: EM_RISCV
Sections:
  - Name: .text.se_vectors
    Type: SHT_PROGBITS
    Flags: [ SHF_ALLOC, SHF_EXECINSTR ]
    Size: 16
  - Name: {5}
    Type: SHT_PROGBITS
    Flags: [ SHF_ALLOC, SHF_GNU_RETAIN ]
    AddressAlign: 4
    Size: {0}
  - Name: .l1.arena
    Type: SHT_NOBITS
    Flags: [ SHF_ALLOC, SHF_WRITE, SHF_GNU_RETAIN ]
    AddressAlign: 64
    Size: {1}{2}
Symbols:
  - Name: {3}
    Section: .text.se_vectors
    Binding: STB_GLOBAL
{4}
)",
                weights, l1, relocation, symbol,
                reference.empty() ? std::string()
                                  : formatv("  - Name: {0}\n    Binding: "
                                            "STB_GLOBAL\n",
                                            reference)
                                        .str(),
                section);
    storage.emplace_back();
    yaml::Input input(text);
    raw_svector_ostream stream(storage.back());
    EXPECT_TRUE(yaml::convertYAML(
        input, stream, [](const Twine &message) { FAIL() << message.str(); }));
    return MemoryBufferRef(storage.back(), "object.o");
  }

  std::string link(ArrayRef<MemoryBufferRef> inputs, StringRef script) {
    auto program = linkProgram(inputs, script);
    return toString(program ? writeOutput(output, (*program)->getBuffer())
                            : program.takeError());
  }

  /// Names of the files beside the output.
  unsigned countFiles() {
    std::error_code code;
    unsigned count = 0;
    for (sys::fs::directory_iterator it(directory, code), end; it != end;
         it.increment(code))
      ++count;
    return count;
  }

  SmallString<128> directory;
  std::string output;
  TargetDescription pulp, ddr, gap9;
  std::vector<SmallString<0>> storage;
};
} // namespace

TEST_F(LinkerTest, PlacesSections) {
  storage.reserve(2);
  std::string script = cantFail(makeLinkerScript(ddr));
  ASSERT_EQ(link(makeObject(0x100000, 0x8000), script), "");
  auto binary = cantFail(object::ObjectFile::createObjectFile(output));
  EXPECT_EQ(countFiles(), 1u);
  StringMap<uint64_t> addresses, symbols;
  for (const object::SectionRef &section : binary.getBinary()->sections())
    addresses[cantFail(section.getName())] = section.getAddress();
  for (const object::SymbolRef &symbol : binary.getBinary()->symbols())
    symbols[cantFail(symbol.getName())] = cantFail(symbol.getAddress());
  EXPECT_EQ(addresses.lookup(".text"), 0x1c000000u);
  EXPECT_EQ(addresses.lookup(".core_stacks"), 0x10000000u);
  EXPECT_EQ(addresses.lookup(".l1"), 0x10000000u + 9 * 1024);
  EXPECT_EQ(symbols.lookup("__se_weights_end"),
            addresses.lookup(".weights") + 0x100000);
  EXPECT_EQ(symbols.lookup("__se_l1_end"), 0x10000000u + 9 * 1024 + 0x8000);
  EXPECT_EQ(symbols.lookup("__se_core_stacks_end"), 0x10000000u + 9 * 1024);
}

TEST_F(LinkerTest, PlacesSectionsOfExternalMemories) {
  storage.reserve(5);
  auto addressOf = [&](StringRef section, const TargetDescription &target) {
    std::string script = cantFail(makeLinkerScript(target));
    EXPECT_EQ(link(makeObject(0x1000, 64, "_start", "", section), script), "");
    auto binary = cantFail(object::ObjectFile::createObjectFile(output));
    for (const object::SectionRef &found : binary.getBinary()->sections())
      if (section.starts_with(cantFail(found.getName())) &&
          found.getSize() == 0x1000)
        return found.getAddress();
    return uint64_t(0);
  };
  EXPECT_EQ(addressOf(".weights.nvm", gap9), 0x90000000u);
  EXPECT_EQ(addressOf(".weights.nvm.head", gap9), 0x90000000u);
  EXPECT_EQ(addressOf(".weights.l3", gap9), 0x80000000u);
  EXPECT_EQ(addressOf(".weights.l3", ddr), 0x80000000u);
  EXPECT_EQ(addressOf(".weights.head", gap9), 0x1c000040u);
}

TEST_F(LinkerTest, TellsWhatExternalMemoriesLack) {
  storage.reserve(5);
  auto message = [&](StringRef section, uint64_t bytes,
                     const TargetDescription &target) {
    return link(makeObject(bytes, 64, "_start", "", section),
                cantFail(makeLinkerScript(target)));
  };
  EXPECT_EQ(message(".weights.nvm", 0x200040, gap9),
            "network does not fit: memory mram exceeded by 64 bytes (2097152 "
            "available)");
  EXPECT_EQ(message(".weights", 0x180000, gap9),
            "network does not fit: memory l2 exceeded by 4160 bytes (1572864 "
            "available)");
  EXPECT_EQ(message(".weights.nvm", 4, pulp),
            "linking failed: target pulp-open has no memory of level nvm for "
            "the section .weights.nvm");
  EXPECT_EQ(message(".weights.l3.head", 4, pulp),
            "linking failed: target pulp-open has no memory of level l3 for "
            "the section .weights.l3");
  EXPECT_EQ(message(".weights.nvm", 4, ddr),
            "linking failed: target pulp-open-ddr has no memory of level nvm "
            "for the section .weights.nvm");
}

TEST_F(LinkerTest, TellsTheDriverWhereExternalMemoriesAre) {
  auto has = [](const TargetDescription &target, StringRef line) {
    return StringRef(cantFail(makeLinkerScript(target))).contains(line);
  };
  EXPECT_TRUE(has(gap9, "\n__se_ext_ram = 0x80000000;\n"));
  EXPECT_TRUE(has(gap9, "\n__se_ext_ram_size = 0x2000000;\n"));
  EXPECT_TRUE(has(gap9, "\n__se_ext_nvm = 0x90000000;\n"));
  // Cores can address it, so the engine cannot.
  EXPECT_TRUE(has(ddr, "\n__se_ext_ram = 0x0;\n__se_ext_ram_size = 0x0;\n"));
  EXPECT_TRUE(has(pulp, "\n__se_ext_nvm = 0x0;\n"));
}

TEST_F(LinkerTest, AvailableL1IsExact) {
  EXPECT_EQ(getAvailableL1(pulp), 0x10000u - 9 * 1024 - 64);
  EXPECT_EQ(getAvailableL1(gap9), 0x20000u - 9 * 1024 - 64);
  LinkerScriptOptions options;
  options.controllerStack = false;
  options.coreStackSize = 528;
  EXPECT_EQ(getAvailableL1(pulp, options), 0x10000u - 8 * 528 - 64);
  std::string script = cantFail(makeLinkerScript(pulp, options));
  storage.reserve(2);
  EXPECT_EQ(link(makeObject(4, getAvailableL1(pulp, options) + 64), script),
            "");
  EXPECT_NE(link(makeObject(4, getAvailableL1(pulp, options) + 65), script),
            "");
}

TEST_F(LinkerTest, ScriptSaysWhatItIsFor) {
  LinkerScriptOptions options;
  options.coreStackSize = 2048;
  TargetDescription own = pulp;
  own.name = "a-chip.v2";
  own.controllerCore = false;
  std::vector<std::string> symbols = getScriptSymbols(own, options);
  EXPECT_EQ(
      symbols,
      (std::vector<std::string>{
          "__se_script_for_target_a_chip_v2_cores_8_controller_0_l1_65536",
          "__se_script_for_core_stack_2048"}));
  std::string script = cantFail(makeLinkerScript(own, options));
  for (const std::string &symbol : symbols)
    EXPECT_NE(script.find("\n" + symbol + " = 1;\n"), std::string::npos);
}

TEST_F(LinkerTest, TellsByHowMuchMemoriesAreExceeded) {
  storage.reserve(3);
  std::string script = cantFail(makeLinkerScript(pulp));
  // 64 bytes of code with padding, the weights, 4 KB of stack.
  EXPECT_EQ(link(makeObject(0x190000, 64), script),
            "network does not fit: memory l2 exceeded by 4160 bytes (1638400 "
            "available)");
  EXPECT_EQ(link(makeObject(64, 0x10000), script),
            "network does not fit: memory l1 exceeded by 9216 bytes (65536 "
            "available)");
  EXPECT_EQ(link(makeObject(0x190000, 0x10000), script),
            "network does not fit: memory l2 exceeded by 4160 bytes (1638400 "
            "available), memory l1 exceeded by 9216 bytes (65536 available)");
  EXPECT_EQ(countFiles(), 0u);
}

TEST_F(LinkerTest, OtherErrorsAreOneLine) {
  storage.reserve(5);
  std::string script = cantFail(makeLinkerScript(pulp));
  EXPECT_EQ(link(makeObject(4, 4, "_start", "main"), script),
            "linking failed: undefined symbol: main (referenced by "
            "0-object.o:(.text.se_vectors+0x0))");
  MemoryBufferRef object = makeObject(4, 4);
  EXPECT_EQ(link({object, object}, script),
            "linking failed: duplicate symbol: _start (defined at "
            "0-object.o:(.text.se_vectors+0x0))");
  EXPECT_EQ(link(MemoryBufferRef("no object", "text.o"), script),
            "linking failed: 0-text.o:1: unknown directive: no (no object)");
  EXPECT_EQ(
      link(makeObject(4, 4, "main"), script),
      "linking failed: cannot find entry symbol _start; not setting start "
      "address");
  EXPECT_EQ(countFiles(), 0u);
  // A link after failed ones works, and an old output is replaced.
  EXPECT_EQ(link(object, script), "");
  EXPECT_EQ(link(object, script), "");
  EXPECT_EQ(countFiles(), 1u);
  // A failed link leaves the old output alone.
  EXPECT_NE(link(MemoryBufferRef("no object", "text.o"), script), "");
  EXPECT_EQ(countFiles(), 1u);
}

TEST_F(LinkerTest, OutputThatCannotBeWritten) {
  std::string script = cantFail(makeLinkerScript(pulp));
  MemoryBufferRef object = makeObject(4, 4);
  output = (directory + "/none/program.elf").str();
  std::string message = link(object, script);
  EXPECT_TRUE(StringRef(message).contains("none/program.elf")) << message;
  EXPECT_FALSE(StringRef(message).contains('\n')) << message;
}

TEST_F(LinkerTest, ScriptErrors) {
  auto message = [&](const TargetDescription &target, auto change) {
    LinkerScriptOptions options;
    change(options);
    Expected<std::string> script = makeLinkerScript(target, options);
    return script ? std::string() : toString(script.takeError());
  };
  EXPECT_EQ(message(pulp, [](auto &o) { o.coreStackSize = 1000; }),
            "the size of a stack must be a multiple of 16, not 1000");
  EXPECT_EQ(message(pulp, [](auto &o) { o.fcStackSize = 0; }),
            "the size of a stack must be a multiple of 16, not 0");
  EXPECT_EQ(message(pulp, [](auto &o) { o.coreStackSize = 8192; }),
            "stacks of 8192 bytes for the cores of target pulp-open do not fit "
            "its L1 of 65536 bytes");
}
