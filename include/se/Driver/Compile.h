// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Compile.h - From a network to a file ---------------------*- C++ -*-===//

#ifndef SE_DRIVER_COMPILE_H
#define SE_DRIVER_COMPILE_H

#include "se/Dialect/RNN/Transforms/Screening.h"
#include "se/Driver/AutoPolicy.h"
#include "se/Pipelines/Phases.h"
#include "se/Schedule/Passes.h"
#include "se/Target/LinkerScript.h"

#include "mlir/IR/OwningOpRef.h"

#include <optional>
#include <string>
#include <vector>

namespace se {

/// What se-compile writes.
enum class Emit { ELF, Object, Assembly, LLVMIR, MLIR };

struct EmitKind {
  Emit emit = Emit::ELF;
  Phase phase = Phase::LLVM; ///< with Emit::MLIR
};

/// Reads elf, obj, asm, llvm or mlir-PHASE. Error: one line.
llvm::Expected<EmitKind> parseEmit(llvm::StringRef text);

struct CompileOptions {
  std::string precision = "fp32"; ///< a name or a file, see Policy::load
  CalibrationOptions calibration;
  /// What becomes of frames that are not finite, see parseNonfinite; empty for
  /// zero-frame, or what the module says if that has been decided.
  std::string nonfinite;
  AutoOptions search; ///< with the precision "auto"
  /// Where to write the policy with the ranges that it has; empty for nowhere.
  std::string policyFile;
  /// What the network's symbols begin with. Empty: the name of the output's
  /// file for what is linked by others, otherwise that in the model.
  std::string name;
  std::optional<unsigned> cores; ///< none: all of the target
  /// Bytes of L1 that the network may use; 0: all that is left by the rest.
  int64_t l1Bytes = 0;
  /// Bytes of each cluster core's stack in L1; 0: as many as the code takes.
  unsigned coreStack = 0;
  /// Choices of the planner that are forced, see parseSchedule.
  std::string schedule;
  EmitKind emit;
  /// What a frame may take in the worst case; compilation fails if no operating
  /// point of the target is fast enough.
  std::optional<double> deadlineMs;
  bool proof = true; ///< refuse schedules that are not proved
  /// Where to write a report as JSON, or as a page if the name ends in .html;
  /// empty: a table to standard output.
  std::optional<std::string> reportFile;
  /// Receives the report as JSON if a plan is made; none if null.
  std::string *report = nullptr;
  /// Print a remark for each stage of the network.
  bool remarks = false;
};

/// Reads the option --nonfinite for a module, whose phase must come before the
/// one in which it takes effect, unless `text` is empty. Error: one line.
llvm::Expected<rnn::Nonfinite> parseNonfinite(llvm::StringRef text,
                                              mlir::ModuleOp module);

/// Compiles a module of any phase and writes the result to `outputPath`, and
/// the C header beside it with Emit::Object, and the report. `resourceDir`
/// holds the runtime. On failure there is one error or diagnostic and no file.
mlir::LogicalResult compile(mlir::ModuleOp module,
                            const CompileOptions &options,
                            const target::TargetDescription &target,
                            llvm::StringRef resourceDir,
                            llvm::StringRef outputPath);

} // namespace se

#endif // SE_DRIVER_COMPILE_H
