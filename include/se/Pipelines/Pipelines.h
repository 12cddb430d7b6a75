// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Pipelines.h - From one phase to another ------------------*- C++ -*-===//

#ifndef SE_PIPELINES_PIPELINES_H
#define SE_PIPELINES_PIPELINES_H

#include "se/Pipelines/Phases.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"

namespace se {

struct PipelineOptions {
  /// fp32 or fp16.
  std::string precision = "fp32";
  /// 1 to 8.
  unsigned cores = 8;
  /// Memory level of the parameters: l2 or l3.
  std::string weights = "l2";
  /// Bytes of L1 for states, activations and the weight stream.
  int64_t l1Bytes = 56256;
  /// Bits of an address: 32 on the device, 64 on the host.
  unsigned indexBits = 32;
};

/// Adds the passes that take a module from phase `from` to phase `to`; none if
/// `to` is not later.
void buildPipeline(mlir::OpPassManager &pm, Phase from, Phase to,
                   const PipelineOptions &options);

/// Runs these passes on a module, starting from the phase that it has reached.
mlir::LogicalResult lowerTo(mlir::ModuleOp module, Phase to,
                            const PipelineOptions &options);

/// All dialects that may stand in a module of any phase, with their extensions.
void registerDialects(mlir::DialectRegistry &registry);

/// All passes and the pipeline `--se-pipeline`, for the command line.
void registerPasses();

} // namespace se

#endif // SE_PIPELINES_PIPELINES_H
