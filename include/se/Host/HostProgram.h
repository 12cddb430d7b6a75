// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- HostProgram.h - Runs a network on the host ---------------*- C++ -*-===//

#ifndef SE_HOST_HOSTPROGRAM_H
#define SE_HOST_HOSTPROGRAM_H

#include "se/CodeGen/ProgramInfo.h"
#include "se/Pipelines/Pipelines.h"

#include "llvm/Support/Error.h"

#include <memory>

namespace se {

/// Lowering failed and has said why in a diagnostic.
class DiagnosedError : public llvm::ErrorInfo<DiagnosedError> {
public:
  static char ID;
  void log(llvm::raw_ostream &os) const override { os << "lowering failed"; }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }
};

/// A network compiled for the host by LLVM's JIT: the same loops and arithmetic
/// as on the device, so that results are the same bit for bit. A program for
/// several cores runs on as many threads.
class HostProgram {
public:
  /// Lowers a module of any phase up to `selected`; the module is changed.
  /// With `fitsTarget` it is an error if the network does not fit the memories
  /// that the options describe; otherwise they are as large as it takes, since
  /// results do not depend on them. Errors in the module are emitted as
  /// diagnostics; the llvm::Error is then a DiagnosedError.
  static llvm::Expected<std::unique_ptr<HostProgram>>
  create(mlir::ModuleOp module, PipelineOptions options,
         bool fitsTarget = false);
  static llvm::Expected<std::unique_ptr<HostProgram>>
  create(mlir::ModuleOp module, const quantization::Policy &policy = {}) {
    PipelineOptions options;
    options.policy = policy;
    return create(module, std::move(options));
  }
  ~HostProgram();

  /// The part of `create` that takes a module to a phase up to `selected`.
  /// Errors are emitted as diagnostics.
  static mlir::LogicalResult lower(mlir::ModuleOp module, Phase to,
                                   PipelineOptions options,
                                   bool fitsTarget = false);

  const ProgramInfo &getInfo() const { return info; }

  /// States to their reset values.
  void reset();

  /// One frame; `inputs[i]` and `outputs[i]` point to as many floats as the
  /// port has elements.
  void step(llvm::ArrayRef<const float *> inputs,
            llvm::ArrayRef<float *> outputs);

  /// What a state of getInfo() is before the next frame; integers as they are
  /// stored, without their scale.
  std::vector<float> readState(size_t index) const;

private:
  struct Engine;
  HostProgram();

  ProgramInfo info;
  std::unique_ptr<Engine> engine;
};

} // namespace se

#endif // SE_HOST_HOSTPROGRAM_H
