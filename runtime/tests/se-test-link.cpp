//===- se-test-link.cpp - Links the runtime's test programs ---------------===//
//
// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// se-test-link TARGET RESOURCES OUTPUT INPUTS...
//
//===----------------------------------------------------------------------===//

#include "se/Support/OutputFiles.h"
#include "se/Target/Linker.h"
#include "se/Target/LinkerScript.h"

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

int main(int argc, char **argv) {
  ExitOnError exitOnError("se-test-link: ");
  if (argc < 5)
    exitOnError(
        createStringError("expected TARGET RESOURCES OUTPUT INPUTS..."));
  se::target::TargetDescription target =
      exitOnError(se::target::loadTarget(argv[1], argv[2]));
  std::string script = exitOnError(se::target::makeLinkerScript(target));
  std::vector<std::unique_ptr<MemoryBuffer>> buffers;
  std::vector<MemoryBufferRef> inputs;
  for (int i = 4; i < argc; ++i) {
    buffers.push_back(
        exitOnError(errorOrToExpected(MemoryBuffer::getFile(argv[i]))));
    inputs.push_back(*buffers.back());
  }
  auto program = exitOnError(se::target::linkProgram(inputs, script));
  exitOnError(se::writeOutput(argv[3], program->getBuffer()));
  return 0;
}
