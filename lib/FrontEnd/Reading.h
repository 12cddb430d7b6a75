// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Reading.h - Parts of the file of a front end -------------*- C++ -*-===//

#ifndef SE_LIB_FRONTEND_READING_H
#define SE_LIB_FRONTEND_READING_H

#include "se/FrontEnd/FrontEnd.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/JSON.h"

#include <map>

namespace se::frontend {

/// The bands of a file by name, as indices in FrontEnd::bands.
using BandNames = std::map<std::string, int64_t, std::less<>>;

/// The value of the key "bands". False after a report, as with all of these.
bool readBands(const llvm::json::Value &value, FrontEnd &frontEnd,
               BandNames &names, llvm::json::Path path);

/// An object of "networks". All else of the front end has been read.
bool readNetwork(const llvm::json::Value &value, const FrontEnd &frontEnd,
                 const BandNames &names, NetworkUse &network,
                 llvm::json::Path path);

/// False, for `return`.
inline bool report(llvm::json::Path path, llvm::StringLiteral message) {
  path.report(message);
  return false;
}

/// The keys of an object are among these; otherwise `message`.
bool checkKeys(const llvm::json::Value &value,
               llvm::ArrayRef<llvm::StringRef> known, llvm::json::Path path,
               llvm::StringLiteral message);

/// An integer from `least` to `most`; otherwise `message`.
bool readInteger(const llvm::json::Value &value, int64_t least, int64_t most,
                 int64_t &result, llvm::json::Path path,
                 llvm::StringLiteral message);

/// A number that is finite as a float.
bool readNumber(const llvm::json::Value &value, double &number,
                llvm::json::Path path);

/// A list of such numbers, not empty.
bool readNumbers(const llvm::json::Value &value, std::vector<double> &numbers,
                 llvm::json::Path path);

} // namespace se::frontend

#endif // SE_LIB_FRONTEND_READING_H
