// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Program.cpp - ELF files: metadata, listing, loading, a short run ---===//

#include "Fuzz.h"

#include "se/Simulator/Program.h"
#include "se/Simulator/ProgramListing.h"

#include "llvm/Support/MemoryBufferRef.h"
#include "llvm/Support/raw_ostream.h"

#include <tuple>

using namespace se;

/// Small memories, where pulp-open has its own.
static target::TargetDescription makeTarget() {
  target::TargetDescription target;
  target.name = "fuzz";
  target.cores = 2;
  target.fpus = 1;
  target.l1Banks = 4;
  target.instructionCaches = {512, 4096};
  target.clusterHart = 0;
  target.fcHart = 32 * 31;
  target.features = {"xpulpv2"};
  using target::MemoryLevel;
  for (auto [level, base, size] :
       {std::tuple(MemoryLevel::L1, 0x10000000u, 0x10000u),
        std::tuple(MemoryLevel::L2, 0x1c000000u, 0x40000u)}) {
    target::Memory &memory = target.memories.emplace_back();
    memory.name = target::stringifyMemoryLevel(level).str();
    memory.level = level;
    memory.base = base;
    memory.size = size;
    memory.bytesPerCycle = 8;
    memory.clusterLatency = memory.fcLatency = 1;
  }
  target.operatingPoints.push_back({});
  return target;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const target::TargetDescription target = makeTarget();
  llvm::MemoryBufferRef program(fuzz::toText(data, size), "fuzz.elf");
  auto metadata = sim::readMetadata(program);
  fuzz::accept(metadata);
  llvm::raw_null_ostream nowhere;
  if (llvm::Error error = sim::disassembleProgram(program, nowhere))
    fuzz::accept(std::move(error));

  sim::FileSystem files("", /*maxBytes=*/1 << 16);
  sim::SimulatorOptions options;
  options.files = &files;
  options.maxConsoleBytes = 1 << 12;
  options.standardOutput = [](llvm::StringRef) {};
  options.profile = size % 2;
  options.check = size % 3 == 0;
  auto simulator = sim::Simulator::create(target, std::move(options));
  fuzz::require(bool(simulator), "the target is refused");
  if (llvm::Error error = (*simulator)->loadElf(program)) {
    fuzz::accept(std::move(error));
    return 0;
  }
  auto run = (*simulator)->run(/*maxCycles=*/2000);
  fuzz::accept(run);
  return 0;
}
