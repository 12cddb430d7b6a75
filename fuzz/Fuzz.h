// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Fuzz.h - What the fuzz targets share ---------------------*- C++ -*-===//

#ifndef SE_FUZZ_FUZZ_H
#define SE_FUZZ_FUZZ_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstddef>
#include <cstdint>
#include <string>

/// What libFuzzer, or Replay.cpp, calls with each input.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

namespace se::fuzz {

inline llvm::StringRef toText(const uint8_t *data, size_t size) {
  return {reinterpret_cast<const char *>(data), size};
}

/// A file in memory, for readers that take a path.
class File {
public:
  explicit File(llvm::StringRef content);
  ~File();

  const std::string &getPath() const { return path; }

private:
  int descriptor;
  std::string path;
};

/// Ends the process, which is a find, unless `holds`.
void require(bool holds, const char *what);

/// An error that a reader gives must say something.
void accept(llvm::Error error);

template <typename T> bool accept(llvm::Expected<T> &result) {
  if (result)
    return true;
  accept(result.takeError());
  return false;
}

} // namespace se::fuzz

#endif // SE_FUZZ_FUZZ_H
