// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PlanReport.h - The plan as an attribute ------------------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_SCHEDULENETWORK_PLANREPORT_H
#define SE_LIB_SCHEDULE_SCHEDULENETWORK_PLANREPORT_H

#include "../Planning/Tiling.h"

#include "mlir/IR/Builders.h"

namespace se::schedule {

/// Collects what the scheduler decided and expects, for the attribute `plan` of
/// cluster.program (docs/scheduling.md).
class PlanReport {
public:
  PlanReport(mlir::MLIRContext *context, const StageLoops &stageLoops,
             const Tiling &tiling, const TilingOptions &options, bool remarks)
      : b(context), stageLoops(stageLoops), tiling(tiling), options(options),
        remarks(remarks) {}

  /// Emits a remark if those are wanted.
  void addStage(plan::StageOp stage);
  void addBuffer(plan::BufferAttr buffer);
  /// Emits a remark if cores read constants in L2.
  void checkShared() const;
  /// `frameCycles` is the prediction for a whole frame, `l1Bytes` what the
  /// state buffer takes, `otherL2Bytes` the constants that lie in L2 besides
  /// the stream.
  mlir::DictionaryAttr finish(double frameCycles, int64_t l1Bytes,
                              int64_t l1Available, int64_t otherL2Bytes);

private:
  mlir::NamedAttribute number(llvm::StringRef name, double value) {
    return b.getNamedAttr(name, b.getI64IntegerAttr(int64_t(value + 0.5)));
  }
  mlir::NamedAttribute text(llvm::StringRef name, llvm::StringRef value) {
    return b.getNamedAttr(name, b.getStringAttr(value));
  }

  mlir::Builder b;
  const StageLoops &stageLoops;
  const Tiling &tiling;
  const TilingOptions &options;
  bool remarks;
  llvm::SmallVector<mlir::Attribute> stages, buffers;
  int64_t transfers = 0, external = 0; // counted so far
};

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_SCHEDULENETWORK_PLANREPORT_H
