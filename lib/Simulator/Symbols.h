// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The symbols of a program, of which nothing is believed that the file does not
// hold: LLVM's own iterator takes a table of any claimed size.

#ifndef SE_LIB_SIMULATOR_SYMBOLS_H
#define SE_LIB_SIMULATOR_SYMBOLS_H

#include "llvm/Object/ELFObjectFile.h"
#include <vector>

namespace se::sim {

struct ElfSymbol {
  /// Lives as long as the file.
  llvm::StringRef name;
  uint32_t address, size;
  /// STT_FUNC and so on.
  unsigned type;
  /// Of the section that it is in, or 0.
  unsigned section;
};

/// All symbols of all tables. Errors: a table or a name lies outside of the
/// file.
llvm::Expected<std::vector<ElfSymbol>>
readSymbols(const llvm::object::ELFFile<llvm::object::ELF32LE> &file);

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_SYMBOLS_H
