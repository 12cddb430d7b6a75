// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Calibration.cpp - Statistics of a network's tensors ----------------===//

#include "Fuzz.h"

#include "se/Quantization/Calibration.h"

using namespace se;
using namespace se::quantization;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz::File file(fuzz::toText(data, size));
  auto calibration = Calibration::load(file.getPath());
  if (!fuzz::accept(calibration))
    return 0;
  for (const char *name : {"max", "percentile:99", "mse", "kl", "output-error"})
    (void)calibration->choose(*Method::parse(name));
  for (const TensorStatistics &tensor : calibration->tensors)
    (void)makeGrid(tensor.range.range);
  std::string text = calibration->format();
  auto again = Calibration::parse(text, "again.json");
  if (!again)
    llvm::consumeError(again.takeError());
  fuzz::require(bool(again), "what is written is not read");
  return 0;
}
