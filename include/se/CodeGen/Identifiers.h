// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Identifiers.h - Names in C and C++ -----------------------*- C++ -*-===//

#ifndef SE_CODEGEN_IDENTIFIERS_H
#define SE_CODEGEN_IDENTIFIERS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace se {

/// The prefix of a network's symbols: `name` with an underscore for whatever C
/// does not allow, and "net_" in front if it begins with none of its letters.
std::string toSymbolPrefix(llvm::StringRef name);

/// A C identifier for each name: distinct, and neither one of `taken` nor a
/// word that C, C++ or a header of theirs has a meaning for.
std::vector<std::string> toIdentifiers(llvm::ArrayRef<llvm::StringRef> names,
                                       std::vector<std::string> taken);

} // namespace se

#endif // SE_CODEGEN_IDENTIFIERS_H
