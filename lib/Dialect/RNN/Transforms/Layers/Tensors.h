// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Tensors.h - The tensors of a network that have a range ---*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_LAYERS_TENSORS_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_LAYERS_TENSORS_H

#include "se/Dialect/RNN/RNN.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

namespace se::rnn {

/// `value` before reshapes, which change no element.
mlir::Value stripReshapes(mlir::Value value);

/// True if `value` lies in memory between operations in any reasonable
/// schedule: an operand of a matvec, a reduction, a concatenation or an output,
/// or used by several operations, not all of its own layer.
bool isStored(mlir::Value value);

/// Names of the tensors of a network without cells whose range a policy may
/// need: operands of matvecs, states, outputs, and what is stored. The next
/// value of a state has the state's name, other values that of the layer which
/// computes them, with a number behind it if there are more.
class Tensors {
public:
  explicit Tensors(NetworkOp network);

  /// Value and name, in the order of the network.
  const llvm::MapVector<mlir::Value, std::string> &get() const { return names; }
  /// The name of a value, which may be a reshape of one with a name.
  llvm::StringRef getName(mlir::Value value) const;

private:
  void add(mlir::Value value);
  /// The state with this next value, if any.
  std::optional<unsigned> getState(mlir::Value value) const;
  bool isNamedByNext(mlir::BlockArgument state) const;
  std::string makeUnique(std::string name);

  mutable NetworkOp network; // its accessors are not const
  llvm::MapVector<mlir::Value, std::string> names;
  llvm::StringSet<> used;
  /// For each name the last number behind it.
  llvm::StringMap<unsigned> lastNumbers;
  /// The first state with each next value, which is no reshape.
  llvm::DenseMap<mlir::Value, unsigned> states;
};

/// The names of layers of which a matvec is part of a recurrence: its result
/// is needed for its operand in a later frame, or meets, before any other
/// matvec, values of which that is true.
llvm::StringSet<> findRecurrentLayers(NetworkOp network);

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_LAYERS_TENSORS_H
