// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The calls that a program makes to the host with slli x0,x0,0x1f; ebreak;
// srai x0,x0,7. Source: "Semihosting for AArch32 and AArch64" by Arm, and the
// RISC-V semihosting specification. Calls take no simulated time.

#ifndef SE_LIB_SIMULATOR_SEMIHOSTING_H
#define SE_LIB_SIMULATOR_SEMIHOSTING_H

#include "se/Simulator/FileSystem.h"
#include <map>
#include <optional>

namespace se::sim {

class Machine;
struct Core;

class Semihosting {
public:
  Semihosting(Machine &machine, FileSystem *files);

  /// Whether the ebreak at `pc` is a call: by the instructions around it.
  bool isCall(uint32_t pc);
  /// Does the call of x10 with the argument x11. Raises a trap for an unknown
  /// call or an argument outside of memory.
  void call(Core &core);

private:
  bool mayRead(Core &core, uint32_t address, uint32_t size);
  bool readWords(Core &core, uint32_t address, unsigned count, uint32_t *words);
  uint32_t open(Core &core, const uint32_t *arguments);
  uint32_t transfer(Core &core, const uint32_t *arguments, bool isWrite);
  void writeString(Core &core, uint32_t address);
  GuestFile *find(uint32_t handle);

  Machine &machine;
  FileSystem *files;
  /// By handle; a null file is the console.
  std::map<uint32_t, std::unique_ptr<GuestFile>> openFiles;
  uint32_t nextHandle = 1;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_SEMIHOSTING_H
