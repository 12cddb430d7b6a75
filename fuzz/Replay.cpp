// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Replay.cpp - Runs a fuzz target over files -------------------------===//
//
// In place of libFuzzer in builds without it: each argument is a file, or a
// folder of files. The name of the one under way is told before it runs, since
// a crash tells none.
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <vector>

using namespace llvm;

static bool run(const std::string &path) {
  errs() << path << '\n';
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer) {
    errs() << "error: " << path << ": " << buffer.getError().message() << '\n';
    return false;
  }
  // At its size, so that a tool such as valgrind finds what reads beyond.
  StringRef content = (*buffer)->getBuffer();
  std::vector<uint8_t> bytes(content.bytes_begin(), content.bytes_end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  return true;
}

int main(int argc, char **argv) {
  size_t count = 0;
  for (int i = 1; i != argc; ++i) {
    if (!sys::fs::is_directory(argv[i])) {
      if (!run(argv[i]))
        return 1;
      ++count;
      continue;
    }
    std::error_code code;
    for (sys::fs::recursive_directory_iterator it(argv[i], code), end;
         it != end && !code; it.increment(code))
      if (sys::fs::is_regular_file(it->path())) {
        if (!run(it->path()))
          return 1;
        ++count;
      }
  }
  outs() << count << " inputs\n";
  return count == 0;
}
