// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Policy.h - Which precision each layer has ----------------*- C++ -*-===//
//
// docs/precision.md describes the file format.
//
//===----------------------------------------------------------------------===//

#ifndef SE_QUANTIZATION_POLICY_H
#define SE_QUANTIZATION_POLICY_H

#include "se/Quantization/Calibration.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace se::quantization {

enum class Precision { FP32, FP16, INT8 };

/// Of states that no product reads directly, but the next frame needs.
enum class StatePrecision { FP16, FP32, INT16 };

/// What one layer computes with.
struct LayerPolicy {
  Precision precision = Precision::FP32;
  StatePrecision cellState = StatePrecision::FP16;
  /// Results that are stored are rounded to i8.
  bool hasByteResults = false;
  /// FP16 only: products are summed up in f16, not in f32.
  bool hasHalfSums = false;

  // INT8 only.
  bool isPerTensor = false; ///< one scale for all rows of a matrix
  std::optional<float> inputScale, stateScale;
  int inputZeroPoint = 0;
};

/// What layers without an entry have.
enum class Base {
  FP32,
  FP16,
  INT8,  ///< all layers with a matrix
  Mixed, ///< int8 for layers whose product is part of a recurrence
};

class Policy {
public:
  struct Entry {
    std::string pattern; ///< a valid one
    LayerPolicy layer;

    bool matches(llvm::StringRef name) const;
  };

  /// FP32 for everything.
  Policy() = default;

  /// `precision` is fp32, fp16, int8, mixed, or the path of a file;
  /// `calibration` empty or the path of a file of Calibration. Error: one line.
  static llvm::Expected<Policy> load(llvm::StringRef precision,
                                     llvm::StringRef calibration = "");
  /// Reads the text of a file called `name`.
  static llvm::Expected<Policy> parse(llvm::StringRef text,
                                      llvm::StringRef name);

  /// What load() was given.
  llvm::StringRef getName() const { return name; }
  Base getBase() const { return base; }
  /// True if all layers are alike and none is int8.
  bool isUniform() const {
    return entries.empty() && (base == Base::FP32 || base == Base::FP16);
  }
  /// Of layers that no entry matches: those that `base` makes int8, and others.
  const LayerPolicy &getQuantized() const { return quantized; }
  const LayerPolicy &getDefault() const { return otherwise; }
  /// Sorted by pattern.
  llvm::ArrayRef<Entry> getEntries() const { return entries; }
  /// The entry of a gate of a layer (LayerName.h), or of a layer, whose gate is
  /// itself: that of the gate's name, or else of the layer's, or else the
  /// longest pattern that matches either; null if there is none. Error if two
  /// patterns are equally long.
  llvm::Expected<const Entry *> find(llvm::StringRef gate,
                                     llvm::StringRef layer) const;

  /// Adds or replaces the entry of exactly this layer.
  void set(llvm::StringRef layer, const LayerPolicy &policy);

  /// The range of a tensor: from the file, or else from calibration.
  std::optional<TensorRange> getRange(llvm::StringRef tensor) const;
  /// From the least to the greatest value in the recordings, of which a method
  /// may cut something off; without recordings the range.
  std::optional<Range> getSeen(llvm::StringRef tensor) const;
  void setCalibration(std::shared_ptr<const Calibration> statistics) {
    calibration = std::move(statistics);
  }
  const Calibration *getCalibration() const { return calibration.get(); }

  /// The text of a file with this policy and the ranges that it has.
  std::string format() const;

private:
  llvm::Error readKey(llvm::StringRef key, const llvm::json::Value &value);
  llvm::Error readLayers(const llvm::json::Value &value);
  llvm::Error readTensors(const llvm::json::Value &value);
  void setBase(Base newBase);

  std::string name = "fp32";
  Base base = Base::FP32;
  LayerPolicy otherwise, quantized;
  std::vector<Entry> entries;
  std::map<std::string, TensorRange, std::less<>> tensors;
  std::shared_ptr<const Calibration> calibration;
};

} // namespace se::quantization

#endif // SE_QUANTIZATION_POLICY_H
