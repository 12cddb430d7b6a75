// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Npz.cpp - Files of several NumPy arrays ----------------------------===//

#include "Fuzz.h"

#include "se/Support/Npz.h"

using namespace se;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz::File file(fuzz::toText(data, size));
  auto arrays = readNpz(file.getPath());
  if (!fuzz::accept(arrays))
    return 0;
  for (const NamedArray &array : *arrays) {
    int64_t elements = 1;
    for (int64_t extent : array.array.shape)
      elements *= extent;
    fuzz::require(uint64_t(elements) == array.array.data.size(),
                  "a shape of other elements");
  }
  return 0;
}
