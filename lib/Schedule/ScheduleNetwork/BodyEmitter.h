// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- BodyEmitter.h - Code for one element of a stage ----------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_SCHEDULENETWORK_BODYEMITTER_H
#define SE_LIB_SCHEDULE_SCHEDULENETWORK_BODYEMITTER_H

#include "../Planning/Strips.h"

#include "se/Dialect/Plan/Plan.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/DenseMap.h"

namespace se::schedule {

/// What is computed now: the element `lane` behind the one that was entered, or
/// with `isPair` that one and its neighbour.
struct Lanes {
  int64_t lane = 0;
  bool isPair = false;
};

/// Where the values lie that a body reads.
class BodyMemory {
public:
  virtual ~BodyMemory() = default;
  /// The one-dimensional memref that holds a tensor.
  virtual mlir::Value getMemory(mlir::Value tensor) = 0;
  /// The scalar of a tensor that is known before all stages, or null.
  virtual mlir::Value getScalar(mlir::Value tensor) = 0;
  /// What is read of a constant that lies elsewhere, or null.
  virtual mlir::Value readField(plan::ReadOp read, Lanes lanes) = 0;
  /// A sum, or two.
  virtual mlir::Value readSum(plan::DotOp dot, Lanes lanes) = 0;
  /// The memref that holds, for each element of the stage, a value of the body
  /// that has been computed before, or null.
  virtual mlir::Value findEarly(mlir::Value value) = 0;
  /// Is told what is loaded of a tensor.
  virtual void observe(mlir::Value tensor, mlir::Value scalar) = 0;
};

/// Emits the body of a stage for one element, or for a pair of neighbours,
/// whose values are vectors of two. What no result needs is not emitted.
class BodyEmitter {
public:
  BodyEmitter(mlir::ImplicitLocOpBuilder &builder, plan::StageOp stage,
              BodyMemory &memory)
      : b(builder), stage(stage), memory(memory),
        invariants(stage, int64_t(stage.getStrips().value_or(1))),
        ofSums(stage.getSumDependents()) {}

  /// Starts the code for element number `element`.
  void enterElement(mlir::Value element);
  /// Starts it for the pair of `first` and `other`, which is null for the
  /// successor of `first`.
  void enterPair(mlir::Value first, mlir::Value other);
  /// Starts the code for elements, or pairs of them, of strip number `strip`.
  /// What they share is emitted before `loop`.
  void enterStrip(mlir::Value strip, mlir::scf::ForOp loop, bool inPairs);
  /// Starts it for the one that is number `number` in the strip, where sums are
  /// `sums`.
  void enterStripElement(mlir::Value number, mlir::ValueRange sums);
  /// Stores the sum of a strip; `position` is an expression of d0, the strip.
  void storeSum(mlir::Value sum, mlir::Value memref, mlir::AffineExpr position);

  /// A value of the body that does not follow from sums in pairs.
  mlir::Value emit(mlir::Value value);
  /// What the sums of a strip are with this element, or with both of a pair.
  llvm::SmallVector<mlir::Value> emitSums();

  /// Stores an element, or a pair of them; `position` is an expression of d0,
  /// the element, `atWord` says whether element 0 is the first half of a word.
  void store(mlir::Value scalar, mlir::Value memref, mlir::AffineExpr position,
             bool atWord = true);

private:
  mlir::Value emitValue(mlir::Value value);
  mlir::Value emitIndex(mlir::AffineExpr position);
  bool isPairable(mlir::AffineExpr position);
  mlir::Value &getNumber();
  mlir::Value getOther();
  mlir::Type typeOf(mlir::Value value) const;
  mlir::Value emitRead(plan::ReadOp read);
  mlir::Value emitConstant(mlir::arith::ConstantOp op);
  mlir::Value emitLoop(mlir::scf::ForOp loop);
  mlir::Value emitElementwise(mlir::Operation *op);
  mlir::Value emitInLane(mlir::Value value, int64_t lane,
                         llvm::DenseMap<mlir::Value, mlir::Value> &following);
  /// A pair whose elements are emitted one after the other.
  mlir::Value emitLanes(mlir::Type type,
                        llvm::function_ref<mlir::Value()> emitLane);

  mlir::ImplicitLocOpBuilder &b;
  plan::StageOp stage;
  BodyMemory &memory;
  Lanes lanes;
  /// Element (or strip), a loop's variable, and the number in the strip.
  mlir::Value dims[3];
  mlir::Value other; ///< of a pair that are no neighbours
  llvm::DenseMap<mlir::Value, mlir::Value> known;
  mlir::scf::ForOp stripLoop; ///< null without strips
  StripInvariants invariants;
  llvm::DenseSet<mlir::Value> ofSums; ///< what follows from them
  llvm::DenseMap<mlir::Value, mlir::Value> hoisted[2]; ///< scalars and pairs
};

/// What an elementwise operation on tensors, or movement, makes of the only
/// elements of its operands.
mlir::Value emitScalar(mlir::ImplicitLocOpBuilder &b, mlir::Operation *op,
                       mlir::ValueRange operands);

/// The index that an expression of dimensions with these values stands for.
mlir::Value emitIndex(mlir::ImplicitLocOpBuilder &b, mlir::AffineExpr position,
                      llvm::ArrayRef<mlir::Value> dims);

/// Loads the element at index `at`, or a pair of which it is the first.
mlir::Value emitLoad(mlir::ImplicitLocOpBuilder &b, mlir::Value memref,
                     mlir::Value at, bool isPair);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_SCHEDULENETWORK_BODYEMITTER_H
