// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- AutoPolicy.h - A policy found by search ------------------*- C++ -*-===//

#ifndef SE_DRIVER_AUTOPOLICY_H
#define SE_DRIVER_AUTOPOLICY_H

#include "se/Driver/Calibrate.h"
#include "se/Quantization/Search.h"

namespace se {

struct AutoOptions {
  /// Bound of the loss: the root mean square error of the outputs, relative to
  /// that of fp32's outputs.
  double maxLoss = 0.05;
  /// Loss is measured over so many frames at most, from the start of each
  /// recording in equal shares.
  int64_t maxFrames = 400;
  /// Measures the loss instead, if set.
  std::function<llvm::Expected<double>(const quantization::Policy &)> getLoss;
  /// Is told of each policy that was tried.
  std::function<void(const quantization::Candidate &)> progress;
  /// Is told of all in the end.
  std::function<void(llvm::ArrayRef<quantization::Candidate>)> finish;
};

/// Measures what policies lose.
class LossMeter {
public:
  /// Runs the network of `module`, which stays as it is, in fp32.
  static llvm::Expected<LossMeter> create(mlir::ModuleOp module,
                                          llvm::ArrayRef<Recording> recordings,
                                          const AutoOptions &options);

  llvm::Expected<double> measure(const quantization::Policy &policy) const;

  /// Over the whole recordings.
  llvm::Expected<quantization::LossTrend>
  measureTrend(const quantization::Policy &policy);

private:
  LossMeter(mlir::ModuleOp module, llvm::ArrayRef<Recording> recordings)
      : module(module), recordings(recordings) {}
  /// Outputs of so many frames of each recording, one after the other.
  llvm::Expected<std::vector<float>> run(const quantization::Policy &policy,
                                         int64_t framesOfEach) const;

  mutable mlir::ModuleOp module; // clone() is not const
  llvm::ArrayRef<Recording> recordings;
  int64_t framesOfEach = 0;
  std::vector<float> reference;      ///< of `framesOfEach`
  std::vector<float> wholeReference; ///< once it was needed
};

/// The layers of a network that int8 is for: they have a matrix that is a
/// constant. The module's phase is `imported` or `normalized`.
llvm::Expected<std::vector<quantization::QuantizableLayer>>
getQuantizableLayers(mlir::ModuleOp module);

/// The names of all layers of such a module.
llvm::Expected<std::vector<std::string>> getLayers(mlir::ModuleOp module);

/// One line for each candidate: predicted cycles, parameters, loss, layers.
std::string formatCandidates(llvm::ArrayRef<quantization::Candidate> list);

} // namespace se

#endif // SE_DRIVER_AUTOPOLICY_H
