// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Layers.h - The policy of each operation ------------------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_LAYERS_LAYERS_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_LAYERS_LAYERS_H

#include "se/Dialect/RNN/RNN.h"
#include "se/Quantization/Policy.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace se::rnn {

/// What a policy says of each layer of a network without cells. A layer is what
/// has one name (LayerName.h).
class Layers {
public:
  explicit Layers(const quantization::Policy &policy) : policy(policy) {
    half.precision = quantization::Precision::FP16;
  }

  /// Finds the layers of `network`, which stays as it is, but for the attribute
  /// that names those of int8.
  mlir::LogicalResult find(NetworkOp network);
  /// The same after --rnn-split-layers: emits an error if it has to come first.
  mlir::LogicalResult findSplit(NetworkOp network);
  /// Emits an error if an entry of the policy fits no layer.
  mlir::LogicalResult check(NetworkOp network) const;
  /// Whether the gate of this location has another policy than its layer.
  bool isGateApart(mlir::Location location) const;
  /// Whether all layers and gates that a matvec is of have one policy.
  bool isSplit(MatvecOp op) const;

  const quantization::LayerPolicy &operator[](mlir::Operation *op) const;
  /// Of an operation. In a layer of int8 a product of two computed values is
  /// one of floats.
  quantization::Precision getPrecision(mlir::Operation *op) const;
  /// Whether the policy's base, not an entry, makes the layer int8.
  bool isQuantizedByBase(mlir::Operation *op) const;
  /// The entry of a layer, as messages call it.
  std::string describe(mlir::Operation *op) const;
  const quantization::Policy &getPolicy() const { return policy; }

private:
  void findQuantized(NetworkOp network);
  void chooseQuantized(NetworkOp network);
  mlir::LogicalResult findEntries(NetworkOp network);
  const quantization::LayerPolicy &get(llvm::StringRef gate,
                                       llvm::StringRef layer) const;

  const quantization::Policy &policy;
  /// Of layers and gates; null for those that no entry matches.
  llvm::StringMap<const quantization::Policy::Entry *> entries;
  /// Those that the policy's base makes int8.
  llvm::StringSet<> quantized;
  /// Those of them that stay fp16, as in the policy of that name.
  llvm::StringSet<> halves;
  quantization::LayerPolicy half;
};

/// Layers with a matrix that is a constant, which int8 can be for.
llvm::StringSet<> findLayersWithConstants(NetworkOp network);

/// Loads the policy that a pass's options name, unless the pass was made with
/// one. Emits an error if it cannot be read.
mlir::LogicalResult loadPolicy(mlir::ModuleOp module,
                               std::optional<quantization::Policy> &policy,
                               llvm::StringRef precision,
                               llvm::StringRef calibration = "");

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_LAYERS_LAYERS_H
