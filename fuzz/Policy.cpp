// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Policy.cpp - Which precision each layer has ------------------------===//

#include "Fuzz.h"

#include "se/Quantization/Policy.h"

using namespace se;
using quantization::Policy;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto policy = Policy::parse(fuzz::toText(data, size), "fuzz.json");
  if (!fuzz::accept(policy))
    return 0;
  if (auto entry = policy->find("rnn0/f", "rnn0"); !entry)
    fuzz::accept(entry.takeError());
  (void)policy->getRange("x");
  std::string text = policy->format();
  auto again = Policy::parse(text, "again.json");
  if (!again)
    llvm::consumeError(again.takeError());
  fuzz::require(bool(again), "what is written is not read");
  fuzz::require(again->format() == text, "is read as another policy");
  return 0;
}
