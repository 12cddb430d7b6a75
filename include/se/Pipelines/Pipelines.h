// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Pipelines.h - From one phase to another ------------------*- C++ -*-===//

#ifndef SE_PIPELINES_PIPELINES_H
#define SE_PIPELINES_PIPELINES_H

#include "se/Dialect/RNN/Transforms/Screening.h"
#include "se/Pipelines/AttachTarget.h"
#include "se/Pipelines/Phases.h"
#include "se/Quantization/Policy.h"
#include "se/Schedule/Passes.h"

#include "llvm/Support/Error.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"

namespace se {

struct PipelineOptions {
  quantization::Policy policy; ///< fp32 unless set
  rnn::Nonfinite nonfinite = rnn::Nonfinite::ZeroFrame;
  /// What a module without `cluster.target` is scheduled for.
  TargetUse target;
  /// Choices of the planner that are forced.
  schedule::ChooseTilingOptions tiling;
  /// Print a remark for each stage.
  bool remarks = false;
  /// Bits of an address: 32 on the device, 64 on the host.
  unsigned indexBits = 32;
  /// Prove the schedule, whether it is made here or comes with the module.
  bool proof = true;
  /// Leave out the passes without which a program computes the same bits, only
  /// slower.
  bool plain = false;
  /// Besides, those without which it rounds elsewhere.
  bool plainRounding = false;
};

/// Reads forced choices, `ring=3,tile-rows=8,slot-bytes=4096,resident=off` or
/// some of them, into `options`. Error: one line.
llvm::Error parseSchedule(llvm::StringRef text,
                          schedule::ChooseTilingOptions &options);

/// Adds the passes that take a module from phase `from` to phase `to`; if `to`
/// is not later, at most the proof of a schedule. A module on its way from
/// `selected` to `llvm` has been proved before.
void buildPipeline(mlir::OpPassManager &pm, Phase from, Phase to,
                   const PipelineOptions &options);

/// The passes that take a module from phase `legalized` to stages of which
/// nothing is decided yet.
void buildStages(mlir::OpPassManager &pm, bool remarks = false,
                 bool plain = false);

/// Runs these passes on a module, starting from the phase that it has reached.
mlir::LogicalResult lowerTo(mlir::ModuleOp module, Phase to,
                            const PipelineOptions &options);

/// All dialects that may stand in a module of any phase, with their extensions.
void registerDialects(mlir::DialectRegistry &registry);

/// All passes and the pipeline `--se-pipeline`, for the command line.
void registerPasses();

} // namespace se

#endif // SE_PIPELINES_PIPELINES_H
