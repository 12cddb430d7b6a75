// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Tensor.h - Values known at import ------------------------*- C++ -*-===//

#ifndef SE_LIB_IMPORT_ONNX_TENSOR_H
#define SE_LIB_IMPORT_ONNX_TENSOR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace onnx {
class TensorProto;
} // namespace onnx

namespace se::onnx_import {

using Shape = llvm::SmallVector<int64_t, 6>;

/// No tensor may have more elements than this; products stay far from overflow.
constexpr int64_t maxElements = int64_t(1) << 28;
constexpr size_t maxRank = 16;
/// Nor may all constants that are computed at import together have more than
/// this: a small file must not fill the memory.
constexpr int64_t maxComputed = int64_t(1) << 26;

/// The number of elements, or nothing if a dimension is negative or the
/// product is above maxElements.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape);

/// "[1, 257]".
std::string toString(llvm::ArrayRef<int64_t> shape);

/// A constant. All floating point types are held as f32, all integers as i64.
struct Tensor {
  enum class Kind { Float, Int, Bool };
  Kind kind = Kind::Float;
  Shape shape;
  std::vector<float> floats; ///< Kind::Float
  std::vector<int64_t> ints; ///< Kind::Int and Kind::Bool
  /// Per element: does its value depend on the number of frames (or batches)?
  /// Such numbers may only be used as shapes. Empty means nowhere.
  std::vector<bool> dynamic;
  /// The number of the step of a loop over time.
  bool isStep = false;
  std::string name;
  /// The element type in the file (onnx::TensorProto::DataType), 0 if it has
  /// none: what something is quantized to depends on it.
  int type = 0;

  bool isFloat() const { return kind == Kind::Float; }
  int64_t size() const { return isFloat() ? floats.size() : ints.size(); }
  bool isDynamic(int64_t i) const { return !dynamic.empty() && dynamic[i]; }
  bool anyDynamic() const;
};
using TensorPtr = std::shared_ptr<const Tensor>;

TensorPtr makeFloats(llvm::ArrayRef<int64_t> shape, std::vector<float> values,
                     llvm::StringRef name = "");
TensorPtr makeInts(llvm::ArrayRef<int64_t> shape, std::vector<int64_t> values);

/// Types of newer files than the library knows.
constexpr int typeUINT4 = 21, typeINT4 = 22;

/// What elements of an ONNX type are, nothing for types without arithmetic.
std::optional<Tensor::Kind> kindOf(int type);

/// Reads a TensorProto; external data is looked for in `directory`. On failure
/// null, and `error` says why.
TensorPtr readTensor(const onnx::TensorProto &proto, llvm::StringRef directory,
                     std::string &error);

// Data movement. Callers have checked the arguments.
TensorPtr reshapeTensor(const Tensor &x, llvm::ArrayRef<int64_t> shape);
TensorPtr transposeTensor(const Tensor &x, llvm::ArrayRef<int64_t> perm);
TensorPtr sliceTensor(const Tensor &x, llvm::ArrayRef<int64_t> offsets,
                      llvm::ArrayRef<int64_t> sizes,
                      llvm::ArrayRef<int64_t> steps);
TensorPtr gatherTensor(const Tensor &x, llvm::ArrayRef<int64_t> indices,
                       unsigned axis);
TensorPtr concatTensors(llvm::ArrayRef<TensorPtr> xs, unsigned axis);
TensorPtr broadcastTensor(const Tensor &x, llvm::ArrayRef<int64_t> shape);

} // namespace se::onnx_import

#endif // SE_LIB_IMPORT_ONNX_TENSOR_H
