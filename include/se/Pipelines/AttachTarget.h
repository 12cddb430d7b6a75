// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- AttachTarget.h - The target becomes part of a module -----*- C++ -*-===//

#ifndef SE_PIPELINES_ATTACHTARGET_H
#define SE_PIPELINES_ATTACHTARGET_H

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Target/TargetDescription.h"

#include "mlir/Pass/Pass.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <optional>

namespace se {

/// What frames of known networks take of each cluster core's stack.
constexpr unsigned usualStack = 448;

/// A target without a chip, for the host: memories that are never full.
target::TargetDescription getHostTarget();

/// A target, and how much of it a program uses.
struct TargetUse {
  target::TargetDescription target = getHostTarget();
  unsigned cores = 0;              ///< 0: all
  std::optional<int64_t> dmaCore;  ///< none: the controller, if there is one
  unsigned coreStack = usualStack; ///< bytes of L1 for each core
  /// At most so many bytes for a network; none: all that is left.
  std::optional<int64_t> l1Bytes, l2Bytes, l3Bytes, nvmBytes;
};

/// The attribute of a module. Error: one line that says which number the target
/// cannot give.
llvm::Expected<cluster::TargetAttr> makeTargetAttr(mlir::MLIRContext *context,
                                                   const TargetUse &use);

/// The pass of Passes.td, with a target that was read already.
std::unique_ptr<mlir::Pass> createAttachTargetPass(TargetUse use);

} // namespace se

#endif // SE_PIPELINES_ATTACHTARGET_H
