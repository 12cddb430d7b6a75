// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Calibration.h - Statistics of a network's tensors --------*- C++ -*-===//
//
// docs/precision.md describes the file format.
//
//===----------------------------------------------------------------------===//

#ifndef SE_QUANTIZATION_CALIBRATION_H
#define SE_QUANTIZATION_CALIBRATION_H

#include "se/Quantization/Statistics.h"

#include "llvm/Support/Error.h"

namespace se::quantization {

/// What running a network in fp32 over recordings has shown.
struct Calibration {
  Method method;
  int64_t frames = 0;
  std::vector<std::string> files;
  std::vector<TensorStatistics> tensors; ///< in the order of the network

  const TensorStatistics *find(llvm::StringRef tensor) const;
  /// Chooses all ranges by `newMethod`. False if the statistics do not have
  /// what it needs.
  bool choose(const Method &newMethod);

  /// Reads a file that write() wrote. Error: one line that starts with `path`.
  static llvm::Expected<Calibration> load(llvm::StringRef path);
  static llvm::Expected<Calibration> parse(llvm::StringRef text,
                                           llvm::StringRef name);
  std::string format() const;
};

} // namespace se::quantization

#endif // SE_QUANTIZATION_CALIBRATION_H
