// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Symbols.h"

using namespace llvm;
using namespace llvm::object;
using namespace se::sim;

/// Names may overlap in the file, so they are no bound of their sum.
static constexpr size_t maxNameLength = 1024;
static constexpr size_t maxNameBytes = size_t(1) << 26;

Expected<std::vector<ElfSymbol>>
se::sim::readSymbols(const ELFFile<ELF32LE> &file) {
  std::vector<ElfSymbol> symbols;
  auto sections = file.sections();
  if (!sections)
    return sections.takeError();
  for (const auto &section : *sections) {
    if (section.sh_type != ELF::SHT_SYMTAB)
      continue;
    auto table = file.symbols(&section);
    if (!table)
      return table.takeError();
    auto names = file.getStringTableForSymtab(section);
    if (!names)
      return names.takeError();
    size_t nameBytes = 0;
    // The first is none.
    for (const auto &symbol : table->drop_front(!table->empty())) {
      auto name = symbol.getName(*names);
      if (!name)
        return name.takeError();
      nameBytes += std::min(name->size(), maxNameLength);
      if (nameBytes > maxNameBytes)
        return createStringError("names of symbols of more than " +
                                 Twine(maxNameBytes >> 20) + " MB in all");
      unsigned index = symbol.st_shndx;
      symbols.push_back({name->take_front(maxNameLength), symbol.st_value,
                         symbol.st_size, symbol.getType(),
                         index < sections->size() ? index : 0});
    }
    // One table is all that a file has.
    break;
  }
  return symbols;
}
