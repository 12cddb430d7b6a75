// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Npy.cpp - NumPy arrays ---------------------------------------------===//

#include "Fuzz.h"

#include "se/Support/Npy.h"

using namespace se;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz::File file(fuzz::toText(data, size));
  auto array = readNpy(file.getPath());
  if (!fuzz::accept(array))
    return 0;
  int64_t elements = 1;
  for (int64_t extent : array->shape)
    elements *= extent;
  fuzz::require(uint64_t(elements) == array->data.size(),
                "a shape of other elements");
  fuzz::require(array->data.size() <= size, "more elements than there are");
  return 0;
}
