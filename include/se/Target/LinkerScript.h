//===- LinkerScript.h - Linker script of a target ---------------*- C++ -*-===//
//
// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where a program's parts go:
//
//   .text, .rodata, .data, .bss, FC stack   L2
//   .weights         parameters, read-only  L2
//   .weights.l3      parameters             the memory of level l3
//   .weights.nvm     parameters             the memory of level nvm
//   .l1.text         kernels near the data  L1, written by the loader
//   .l1.data         variables with a value L1, written by the loader
//   .l1, .l1.*       buffers, zero at start L1
//
// __se_ext_ram, __se_ext_ram_size and __se_ext_nvm say where the target has the
// memories that only the transfer engine reaches; 0 without one. __se_l1_base
// and
// __se_l1_size say where L1 is.
//
// The stacks of the cluster cores lie at the bottom of L1, so that the overflow
// of one cannot reach a buffer.
//
//===----------------------------------------------------------------------===//

#ifndef SE_TARGET_LINKERSCRIPT_H
#define SE_TARGET_LINKERSCRIPT_H

#include "se/Target/TargetDescription.h"

namespace se::target {

struct LinkerScriptOptions {
  /// Bytes of each cluster core's stack in L1, a multiple of 16.
  unsigned coreStackSize = 1024;
  /// Whether the controller core has a stack too. The runtime does not start
  /// it.
  bool controllerStack = true;
  /// Bytes of the FC's stack in L2, a multiple of 16.
  unsigned fcStackSize = 4096;
};

/// The text of the script, for LLD.
llvm::Expected<std::string>
makeLinkerScript(const TargetDescription &target,
                 const LinkerScriptOptions &options = {});

/// Symbols that say what a script is for. Each script defines its own, and an
/// object for it refers to them: so one with another script does not link.
std::vector<std::string>
getScriptSymbols(const TargetDescription &target,
                 const LinkerScriptOptions &options = {});

/// Bytes of L1 that stacks and runtime leave to a network, counted from an
/// address that is aligned to 64.
uint64_t getAvailableL1(const TargetDescription &target,
                        const LinkerScriptOptions &options = {});

} // namespace se::target

#endif // SE_TARGET_LINKERSCRIPT_H
