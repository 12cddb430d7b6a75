// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Policy.h - Which precision each layer has ----------------*- C++ -*-===//
//
// docs/precision.md describes the file format.
//
//===----------------------------------------------------------------------===//

#ifndef SE_QUANTIZATION_POLICY_H
#define SE_QUANTIZATION_POLICY_H

#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace se::quantization {

enum class Precision { FP32, FP16, INT8 };

/// What one layer computes with.
struct LayerPolicy {
  Precision precision = Precision::FP32;
  /// Values that no product reads directly, but the next frame needs.
  bool hasSingleCellState = false;

  // INT8 only.
  bool isPerTensor = false; ///< one scale for all rows of a matrix
  std::optional<float> inputScale, stateScale;
  int inputZeroPoint = 0;
};

class Policy {
public:
  struct Entry {
    std::string pattern; ///< a valid one
    LayerPolicy layer;

    bool matches(llvm::StringRef name) const;
  };

  /// `precision` is fp32, fp16, or the path of a file. Error: one line.
  static llvm::Expected<Policy> load(llvm::StringRef precision);
  /// Reads the text of a file called `name`.
  static llvm::Expected<Policy> parse(llvm::StringRef text,
                                      llvm::StringRef name);

  /// The name of the file; empty if all layers are alike.
  llvm::StringRef getFile() const { return file; }
  /// Of layers that no entry matches.
  const LayerPolicy &getDefault() const { return otherwise; }
  /// Sorted by pattern.
  llvm::ArrayRef<Entry> getEntries() const { return entries; }
  /// The entry of a layer: that of its name, or else the longest pattern that
  /// matches; null if there is none. Error if two patterns are equally long.
  llvm::Expected<const Entry *> find(llvm::StringRef layer) const;

private:
  std::string file;
  LayerPolicy otherwise;
  std::vector<Entry> entries;
};

} // namespace se::quantization

#endif // SE_QUANTIZATION_POLICY_H
