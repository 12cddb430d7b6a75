// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ComplexFft.h - A complex transform of tensors ------------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_DSP_TRANSFORMS_EXPANDTRANSFORMS_COMPLEXFFT_H
#define SE_LIB_DIALECT_DSP_TRANSFORMS_EXPANDTRANSFORMS_COMPLEXFFT_H

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <complex>
#include <vector>

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
  /// `size` elements, the first at `offset`, `stride` apart.
  mlir::Value slice(mlir::Value x, int64_t offset, int64_t size,
                    int64_t stride = 1);
  mlir::Value concat(llvm::ArrayRef<mlir::Value> parts);
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);

  Complex slice(Complex x, int64_t offset, int64_t size, int64_t stride = 1);
  Complex add(Complex x, Complex y);
  Complex sub(Complex x, Complex y);
  /// By a number for each element.
  Complex mul(Complex x, llvm::ArrayRef<std::complex<double>> factors);
  /// By a real number.
  Complex scale(Complex x, double factor);

  /// The discrete Fourier transform; with `sign` 1 the inverse, without a
  /// factor. The number of points has radices (DSP.h).
  Complex transform(Complex x, int sign);

private:
  /// The transforms of `parts`, each of an element of all of them.
  llvm::SmallVector<Complex> butterfly(llvm::ArrayRef<Complex> parts, int sign);
  /// Parts of m * s elements put together as [m, parts, s].
  mlir::Value interleave(llvm::ArrayRef<mlir::Value> parts, int64_t s);

  mlir::ImplicitLocOpBuilder &b;
};

/// The number of elements of a tensor.
int64_t sizeOf(mlir::Value x);

/// exp(2 pi i k / n).
std::complex<double> getRoot(int64_t k, int64_t n);

} // namespace se::dsp

#endif // SE_LIB_DIALECT_DSP_TRANSFORMS_EXPANDTRANSFORMS_COMPLEXFFT_H
