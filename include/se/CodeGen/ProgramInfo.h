// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ProgramInfo.h - What a compiled network offers -----------*- C++ -*-===//

#ifndef SE_CODEGEN_PROGRAMINFO_H
#define SE_CODEGEN_PROGRAMINFO_H

#include "se/Support/Frames.h"

#include "mlir/IR/BuiltinOps.h"

#include <optional>
#include <string>
#include <vector>

namespace se {

/// An input, output or state; the shape is that of the imported network.
struct PortInfo : Port {
  std::string element; ///< f32; of states also f16, i16 or i8
  int64_t offset = 0;  ///< states: bytes from the start of the state buffer
};

/// A scheduled network, as its caller sees it (from cluster.program).
struct ProgramInfo {
  std::string name; ///< a C identifier
  unsigned cores = 0;
  int64_t stateBytes = 0, weightBytes = 0;
  int64_t codeBytes = 0; ///< of L1, left to the kernel's code
  int64_t macs = 0;      ///< multiply-accumulates of matvecs per frame
  /// What the planner expects of a frame; absent if there is no plan.
  std::optional<int64_t> predictedCycles;
  /// What no frame exceeds (docs/deadline.md); absent if it was not asked for.
  std::optional<int64_t> worstCaseCycles;
  std::optional<Stream> stream; ///< absent if frames are no hops of sound
  std::vector<PortInfo> inputs, outputs, states;
};

/// Reads the description from a module in phase `scheduled` or `selected`.
/// Emits an error and returns nothing if there is not exactly one program.
std::optional<ProgramInfo> getProgramInfo(mlir::ModuleOp module);

/// The C header for firmware that links the object (--emit=obj): the state
/// struct and the functions init, reset and step.
std::string makeHeader(const ProgramInfo &program);

/// The JSON text of the section .se.meta of an ELF (docs/elf.md).
std::string makeMetadata(const ProgramInfo &program, llvm::StringRef target,
                         llvm::StringRef precision);

} // namespace se

#endif // SE_CODEGEN_PROGRAMINFO_H
