// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "se/Simulator/ProgramListing.h"
#include "Symbols.h"
#include "se/ISA/Disassembler.h"
#include "se/ISA/Isa.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <map>

using namespace llvm;
using namespace se::riscv;
using namespace se::sim;
using object::ELF32LEObjectFile;

namespace {

class Listing {
public:
  Listing(const ELF32LEObjectFile &object, raw_ostream &os)
      : object(object), os(os) {}

  Error readSymbols();
  /// Reads a section of code; its name and content.
  Error add(const object::SectionRef &section);
  void print(StringRef fileName) const;

private:
  struct Code {
    StringRef name, contents;
    uint32_t start;
  };
  void print(const Code &code) const;
  std::string describe(uint32_t address) const;

  const ELF32LEObjectFile &object;
  raw_ostream &os;
  std::vector<Code> sections;
  uint64_t bytes = 0;
  /// Names by address; and where code ("$x", true) or data begins in it.
  std::map<uint32_t, std::vector<std::string>> symbols;
  std::map<uint32_t, bool> isCode;
};

} // namespace

Error Listing::readSymbols() {
  auto table = se::sim::readSymbols(object.getELFFile());
  if (!table)
    return table.takeError();
  auto sections = object.getELFFile().sections();
  if (!sections)
    return sections.takeError();
  for (const ElfSymbol &symbol : *table) {
    if (!((*sections)[symbol.section].sh_flags & ELF::SHF_EXECINSTR))
      continue;
    if (symbol.name.starts_with("$"))
      isCode[symbol.address] = symbol.name.starts_with("$x");
    else if (!symbol.name.empty() && !symbol.name.starts_with(".L"))
      symbols[symbol.address].push_back(symbol.name.str());
  }
  return Error::success();
}

/// "1c008000 <main+0x4>"
std::string Listing::describe(uint32_t address) const {
  std::string text = utohexstr(address, /*LowerCase=*/true);
  auto after = symbols.upper_bound(address);
  if (after == symbols.begin())
    return text;
  const auto &[start, names] = *std::prev(after);
  text += " <" + names.front();
  if (address != start)
    text += "+0x" + utohexstr(address - start, /*LowerCase=*/true);
  return text + ">";
}

Error Listing::add(const object::SectionRef &section) {
  auto name = section.getName();
  if (!name)
    return name.takeError();
  auto contents = section.getContents();
  if (!contents)
    return contents.takeError();
  sections.push_back({*name, *contents, uint32_t(section.getAddress())});
  bytes += contents->size();
  // Thousands may be the same bytes.
  if (bytes > object.getData().size())
    return createStringError("sections of code that overlap");
  return Error::success();
}

void Listing::print(StringRef fileName) const {
  os << fileName << ":\n";
  for (const Code &code : sections)
    print(code);
}

void Listing::print(const Code &code) const {
  StringRef contents = code.contents;
  os << "\nsection " << code.name << ":\n";
  for (size_t at = 0; at < contents.size();) {
    uint32_t address = code.start + uint32_t(at);
    if (auto found = symbols.find(address); found != symbols.end())
      for (const std::string &symbol : found->second)
        os << '\n' << symbol << ":\n";
    auto mapped = isCode.upper_bound(address);
    bool isData = mapped != isCode.begin() && !std::prev(mapped)->second;
    size_t left = contents.size() - at;
    const char *bytes = contents.data() + at;
    uint32_t word = left >= 2 ? support::endian::read16le(bytes) : *bytes;
    size_t size = isData ? (left < 4 ? 2 : 4) : getSize(word);
    os << formatv("{0:x-8}: ", address);
    if (left < size) {
      os << "damaged\n";
      break;
    }
    if (size == 4)
      word = support::endian::read32le(bytes);
    if (isData)
      os << formatv(size == 4 ? "{0:x-8}  .word {0:x+8}\n"
                              : "{0:x-4}      .half {0:x+4}\n",
                    word);
    else
      os << formatv(size == 4 ? "{0:x-8}  {1}\n" : "{0:x-4}      {1}\n", word,
                    disassemble(word, address, [this](uint32_t target) {
                      return describe(target);
                    }));
    at += size;
  }
}

Error se::sim::disassembleProgram(MemoryBufferRef program, raw_ostream &os) {
  auto fail = [&](Error error) {
    return createStringError(program.getBufferIdentifier() + ": " +
                             toString(std::move(error)));
  };
  if (identify_magic(program.getBuffer()) == file_magic::unknown)
    return fail(createStringError("not an ELF file"));
  auto object = object::ObjectFile::createELFObjectFile(program);
  if (!object)
    return fail(object.takeError());
  auto *elf = dyn_cast<ELF32LEObjectFile>(object->get());
  if (!elf || elf->getArch() != Triple::riscv32)
    return fail(createStringError("not for 32-bit RISC-V"));
  Listing listing(*elf, os);
  if (Error error = listing.readSymbols())
    return fail(std::move(error));
  for (const object::SectionRef section : elf->sections())
    if (section.isText() && section.getSize())
      if (Error error = listing.add(section))
        return fail(std::move(error));
  listing.print(program.getBufferIdentifier());
  return Error::success();
}
