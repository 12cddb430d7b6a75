// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reference.h"

using namespace se::riscv;

std::optional<uint32_t> se::riscv::reference(const InstructionInfo &info,
                                             const Sources &s) {
  for (auto *function :
       {referenceInteger, referenceScalarXpulp, referenceSimd, referenceFloat})
    if (auto result = function(info, s))
      return result;
  return std::nullopt;
}

void se::riscv::restrict(const InstructionInfo &info, Sources &s) {
  if (info.mnemonic == "p.clip")
    s.rs2 &= 0x7fffffff;
}
