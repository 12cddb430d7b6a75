// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Deadline.h - Does a frame end in time? -------------------*- C++ -*-===//

#ifndef SE_DRIVER_DEADLINE_H
#define SE_DRIVER_DEADLINE_H

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/Plan/Plan.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

#include <optional>
#include <string>

namespace se {

/// What a plan says of the worst frame of its program.
class FrameLimit {
public:
  /// Of a module of phase `scheduled` or `selected`; nothing if its plan says
  /// nothing of it, because it was written by hand.
  static std::optional<FrameLimit> read(mlir::ModuleOp module);

  /// Takes the code of the kernel into account, from a program or an object.
  llvm::Error readCode(llvm::StringRef file);
  /// Cycles that no frame exceeds; after readCode.
  int64_t getCycles() const;

  /// Adds the bound to a report, and the operating point that meets a deadline.
  void addTo(llvm::json::Object &report) const;

  /// Chooses the lowest operating point at which a frame ends within so many
  /// milliseconds. Returns a line for people. Error: one line that says what is
  /// missing, and what may help a program of this precision.
  llvm::Expected<std::string>
  meet(double milliseconds, llvm::StringRef precision, unsigned coresOfTarget);

private:
  double getMilliseconds(cluster::OperatingPointAttr point) const;

  cluster::TargetAttr target;
  plan::CyclesAttr atMost;
  std::string network;
  uint64_t kernelBytes = 0;
  std::optional<double> deadline;
  cluster::OperatingPointAttr chosen;
};

} // namespace se

#endif // SE_DRIVER_DEADLINE_H
