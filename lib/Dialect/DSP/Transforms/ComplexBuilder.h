// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ComplexBuilder.h - Arithmetic on complex tensors ---------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_DSP_TRANSFORMS_COMPLEXBUILDER_H
#define SE_LIB_DIALECT_DSP_TRANSFORMS_COMPLEXBUILDER_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <complex>

namespace se::dsp {

/// Complex numbers: two vectors of f32 of one size.
struct Complex {
  mlir::Value re, im;
};

/// Emits arithmetic on vectors.
class ComplexBuilder {
public:
  explicit ComplexBuilder(mlir::ImplicitLocOpBuilder &b) : b(b) {}

  mlir::Value constant(llvm::ArrayRef<float> values);
  /// The same number for each element.
  mlir::Value constant(double value, int64_t size);
  /// `size` elements, the first at `offset`, `stride` apart.
  mlir::Value slice(mlir::Value x, int64_t offset, int64_t size,
                    int64_t stride = 1);
  mlir::Value concat(llvm::ArrayRef<mlir::Value> parts, int64_t dim = 0);
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  mlir::Value reshape(mlir::Value x, llvm::ArrayRef<int64_t> shape);
  /// A constant matrix of so many rows, row by row, times a vector.
  mlir::Value matvec(llvm::ArrayRef<float> matrix, int64_t rows, mlir::Value x);

  Complex slice(Complex x, int64_t offset, int64_t size, int64_t stride = 1);
  Complex add(Complex x, Complex y);
  Complex sub(Complex x, Complex y);
  /// By a number for each element.
  Complex mul(Complex x, llvm::ArrayRef<std::complex<double>> factors);
  /// By a real number.
  Complex scale(Complex x, double factor);

private:
  mlir::ImplicitLocOpBuilder &b;
};

/// The number of elements of a tensor.
int64_t sizeOf(mlir::Value x);

} // namespace se::dsp

#endif // SE_LIB_DIALECT_DSP_TRANSFORMS_COMPLEXBUILDER_H
