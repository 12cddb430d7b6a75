// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Phases.h - The phases of the IR --------------------------*- C++ -*-===//
//
// Each phase says which operations may stand in a module. A module carries the
// phase that it has reached in the attribute `se.phase`; a module without it is
// taken as imported.
//
//===----------------------------------------------------------------------===//

#ifndef SE_PIPELINES_PHASES_H
#define SE_PIPELINES_PHASES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

#include <optional>
#include <string>

namespace se {

enum class Phase {
  Imported,   ///< rnn ops on f32 tensors, named cells
  Normalized, ///< region cells of matvecs and elementwise ops
  Legalized,  ///< types of the precision policy, explicit casts
  Planned,    ///< stages, how they are tiled, and for which target
  Scheduled,  ///< cluster ops, loops and memrefs
  Selected,   ///< only what is an instruction of the target
  LLVM,       ///< LLVM dialect
};

constexpr llvm::StringLiteral phaseAttrName = "se.phase";

llvm::StringRef stringifyPhase(Phase phase);
std::optional<Phase> symbolizePhase(llvm::StringRef name);

/// "unknown phase 'NAME', ...", with the name that was meant, or all of them.
std::string describeUnknownPhase(llvm::StringRef name);

/// The phase that the module says it has reached. Emits an error and returns
/// nothing if the attribute is not a phase's name.
std::optional<Phase> getPhase(mlir::ModuleOp module);

/// Checks that only operations and types of `phase` stand in the module; one
/// error with the location of the first that does not.
mlir::LogicalResult verifyPhase(mlir::ModuleOp module, Phase phase);

/// A pass that checks the module against `phase` and writes the attribute.
std::unique_ptr<mlir::Pass> createEnterPhasePass(Phase phase);

} // namespace se

#endif // SE_PIPELINES_PHASES_H
