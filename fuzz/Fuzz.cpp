// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Fuzz.cpp - What the fuzz targets share -----------------------------===//

#include "Fuzz.h"

#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

using namespace se;

fuzz::File::File(llvm::StringRef content)
    : descriptor(::memfd_create("input", MFD_CLOEXEC)) {
  while (!content.empty()) {
    ssize_t count = ::write(descriptor, content.data(), content.size());
    require(count > 0, "cannot write a file in memory");
    content = content.drop_front(size_t(count));
  }
  path = "/proc/self/fd/" + std::to_string(descriptor);
}

fuzz::File::~File() { ::close(descriptor); }

void fuzz::require(bool holds, const char *what) {
  if (holds)
    return;
  llvm::errs() << "FOUND: " << what << '\n';
  std::abort();
}

void fuzz::accept(llvm::Error error) {
  require(!llvm::toString(std::move(error)).empty(), "an error without a text");
}
