// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Emitter.h - Builds IR, or computes what is constant ------*- C++ -*-===//
//
// Each function takes operands that are IR values or constants. If all are
// constants and the operation can be computed here, the result is a constant:
// so shape arithmetic disappears, and weights are transposed at import.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_IMPORT_ONNX_EMITTER_H
#define SE_LIB_IMPORT_ONNX_EMITTER_H

#include "StateFlow.h"
#include "Tensor.h"

#include "se/Dialect/RNN/RNN.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/ADT/StringSet.h"

#include <map>
#include <memory>
#include <set>
#include <tuple>

namespace se::onnx_import {

using Flags = llvm::SmallVector<bool, 6>;

/// A value of the ONNX graph: an IR value, or a constant. Truth values are i1
/// in IR; integers are whole numbers in f32, exact up to 2^24.
struct Operand {
  mlir::Value value;
  TensorPtr tensor;
  Tensor::Kind kind = Tensor::Kind::Float;
  /// Integers that have not been rounded: what ONNX Runtime quantizes at run
  /// time stays as it is (DynamicQuantizeLinear).
  bool unquantized = false;
  Shape shape;
  /// Dimensions that ONNX leaves open (time or batch). They have size 1 here.
  Flags open;

  /// The elements, if it is a sequence of tensors. Its only dimension is their
  /// number, which is open if there is one for each frame.
  std::shared_ptr<const std::vector<Operand>> sequence;

  /// The graph inputs that it depends on.
  llvm::SmallBitVector inputs;
  /// If it only rearranges values: the graph inputs that these come from, and
  /// the states of recurrent nodes (see Recurrence in States.h).
  NumberSet movedInputs, movedStates;

  bool isConstant() const { return tensor != nullptr; }
  bool isFloat() const { return kind == Tensor::Kind::Float; }
  bool isBool() const { return kind == Tensor::Kind::Bool; }
  int64_t rank() const { return shape.size(); }
  bool anyOpen() const { return llvm::is_contained(open, true); }
};

// clang-format off
enum class Binary {
  Add, Sub, Mul, Div, Max, Min, Pow, Mod, FMod,
  Equal, Less, LessOrEqual, Greater, GreaterOrEqual, // results are truth values
  And, Or, Xor, // of truth values
};
enum class Unary {
  Neg, Abs, Sqrt, Exp, Log, Reciprocal, Floor, Ceil, Round, Truncate, Erf, Not,
  Sin, Cos, Tan, Asin, Acos, Atan, Sinh, Cosh, Asinh, Acosh, Atanh,
};
// clang-format on

/// A message that quotes names from the file, without their line breaks.
std::string oneLine(const llvm::Twine &message);

class Emitter {
public:
  Emitter(mlir::Block *block, mlir::Location fileLoc)
      : block(block), builder(mlir::OpBuilder::atBlockEnd(block)),
        fileLoc(fileLoc), loc(fileLoc) {}

  /// All that follows belongs to this node.
  void startNode(llvm::StringRef name, llvm::StringRef label);
  /// The node that was started last, to go back to it.
  std::pair<mlir::Location, std::string> getNode() const {
    return {loc, label};
  }
  void setNode(const std::pair<mlir::Location, std::string> &node) {
    std::tie(loc, label) = node;
  }

  /// Notes `message`, prefixed with the current node, unless the node has
  /// already failed.
  void error(const llvm::Twine &message);
  /// Notes what a user should know of this node, once for each message.
  void remark(llvm::StringRef message);
  void reportRemarks();
  bool failed() const { return hasFailed; }
  /// What follows does not need what has failed.
  void goOn() { hasFailed = false; }
  bool hasProblems() const { return !problems.empty(); }
  /// All errors in one line.
  void reportProblems();

  Operand constant(TensorPtr tensor);
  Operand splat(llvm::ArrayRef<int64_t> shape, float value);
  Operand wrap(mlir::Value value, llvm::ArrayRef<bool> open = {});
  /// `value` as a rearrangement of elements of `x`.
  Operand wrapLike(const Operand &x, mlir::Value value,
                   llvm::ArrayRef<bool> open);

  /// The IR value of an operand of floats; materializes constants.
  mlir::Value get(const Operand &x);
  /// The same for any operand: i1 for truth values, f32 for integers.
  mlir::Value getAny(const Operand &x);

  Operand reshape(const Operand &x, llvm::ArrayRef<int64_t> shape,
                  llvm::ArrayRef<bool> open = {});
  /// Without the dimensions `axes`, which have size 1.
  Operand squeeze(const Operand &x, llvm::ArrayRef<int64_t> axes);
  Operand transpose(const Operand &x, llvm::ArrayRef<int64_t> perm);
  Operand slice(const Operand &x, llvm::ArrayRef<int64_t> offsets,
                llvm::ArrayRef<int64_t> sizes, llvm::ArrayRef<int64_t> steps);
  Operand slice(const Operand &x, unsigned axis, int64_t offset, int64_t size);
  Operand concat(llvm::ArrayRef<Operand> xs, unsigned axis);
  Operand broadcast(const Operand &x, llvm::ArrayRef<int64_t> shape,
                    llvm::ArrayRef<bool> open = {});
  /// A constant repeated at import, so that its elements can be read.
  Operand expand(const Operand &constant, llvm::ArrayRef<int64_t> shape);
  /// The shape of an elementwise operation; reports an error if there is none.
  bool broadcastShapes(llvm::ArrayRef<const Operand *> xs, Shape &shape,
                       Flags &open);

  Operand binary(Binary kind, const Operand &a, const Operand &b);
  Operand binary(Binary kind, const Operand &a, float b);
  Operand unary(Unary kind, const Operand &x);
  /// Elements of `x` where `condition` holds, of `y` elsewhere.
  Operand select(const Operand &condition, const Operand &x, const Operand &y);
  Operand select(const Operand &condition, const Operand &x, float y);
  Operand select(const Operand &condition, float x, float y);
  /// The same number, or truth value, as ONNX's Cast makes it.
  Operand toFloat(const Operand &x);
  Operand toInt(const Operand &x);
  Operand toBool(const Operand &x);
  /// `x`, whose numbers are whole, as integers.
  Operand asInt(const Operand &x);
  /// A result of the network: floats, whatever ONNX calls them.
  Operand toOutput(const Operand &x);
  Operand activation(rnn::ActivationAttr function, const Operand &x);
  Operand activation(rnn::ActivationKind kind, const Operand &x);

  /// Over `axes`, which stay with size 1.
  Operand reduce(rnn::ReduceKind kind, const Operand &x,
                 llvm::ArrayRef<int64_t> axes);
  /// y[..., n] = sum over k of W[n, k] * x[..., k], plus b[n].
  Operand matvec(const Operand &W, const Operand &x);
  Operand linear(const Operand &W, const Operand &x, const Operand &b);
  /// y[g, l, r] = sum over k of a[g, l, k] * b[g, r, k].
  Operand contract(const Operand &a, const Operand &b);

  /// The factors of a product of integers, whose scales come later; null if
  /// there are none.
  using Factors = std::pair<Operand, Operand>;
  const Factors *getFactors(mlir::Value product) const {
    auto it = factors.find(product);
    return it == factors.end() ? nullptr : it->second.get();
  }
  void setFactors(mlir::Value product, const Operand &a, const Operand &b) {
    factors[product] = std::make_unique<Factors>(a, b);
  }

  /// Notes a value that later nodes may not need.
  void mayBeUnused(mlir::Value value) { unused.push_back(value); }
  /// Erases those of them that nothing uses.
  void eraseUnused();

  mlir::OpBuilder &getBuilder() { return builder; }
  mlir::Location getLoc() { return loc; }
  mlir::RankedTensorType typeOf(llvm::ArrayRef<int64_t> shape,
                                Tensor::Kind kind = Tensor::Kind::Float);
  /// Counts a constant of `shape` that is to be computed; false with an error
  /// if there are too many.
  bool mayCompute(llvm::ArrayRef<int64_t> shape);

private:
  mlir::Value materialize(const Operand &x);
  std::optional<Operand> compute(Binary kind, const Operand &a,
                                 const Operand &b, llvm::ArrayRef<int64_t>);
  std::optional<Operand> compute(Unary kind, const Operand &x);
  Operand compute(rnn::ReduceKind kind, const Tensor &x,
                  llvm::ArrayRef<int64_t> axes);

  mlir::Block *block;
  mlir::OpBuilder builder;
  mlir::Location fileLoc, loc;
  std::string label;
  bool hasFailed = false;
  llvm::StringSet<> remarked;
  std::vector<mlir::Value> unused;
  llvm::DenseMap<mlir::Value, std::unique_ptr<Factors>> factors;
  struct Problem {
    std::string label, message;
  };
  std::vector<Problem> problems, remarks;
  /// Elements computed so far, at most maxComputed.
  int64_t computed = 0;
  llvm::DenseMap<const Tensor *, mlir::Value> materialized;
  /// A weight that several nodes use alike is moved and stored once.
  std::map<std::pair<const Tensor *, Shape>, TensorPtr> reshaped, transposed;
  /// Keeps the keys of these maps alive.
  std::vector<TensorPtr> kept;
  mlir::Operation *lastConstant = nullptr;
};

} // namespace se::onnx_import

#endif // SE_LIB_IMPORT_ONNX_EMITTER_H
