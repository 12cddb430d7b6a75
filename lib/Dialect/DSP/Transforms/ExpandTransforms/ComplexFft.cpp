// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ComplexFft.cpp - A complex transform of tensors --------------------===//

#include "ComplexFft.h"

#include "se/Dialect/DSP/DSP.h"
#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/STLExtras.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace se::dsp;

/// cos(2 pi k / n). What is 0 or 1 is no other number.
static double cosine(int64_t k, int64_t n) {
  constexpr double pi = llvm::numbers::pi;
  k = std::abs(k) % n;
  k = std::min(k, n - k);
  if (8 * k <= n)
    return std::cos(2 * pi * double(k) / double(n));
  if (8 * k <= 3 * n)
    return std::sin(pi * double(n - 4 * k) / double(2 * n));
  return -std::cos(pi * double(n - 2 * k) / double(n));
}

std::complex<double> se::dsp::getRoot(int64_t k, int64_t n) {
  return {cosine(k, n), cosine(4 * k - n, 4 * n)};
}

int64_t se::dsp::sizeOf(Value x) {
  return cast<RankedTensorType>(x.getType()).getNumElements();
}

Value ComplexBuilder::constant(ArrayRef<float> values) {
  auto type = RankedTensorType::get(int64_t(values.size()), b.getF32Type());
  return arith::ConstantOp::create(
      b, rnn::makeConstant(type, values, "transform"));
}

Value ComplexBuilder::slice(Value x, int64_t offset, int64_t size,
                            int64_t stride) {
  if (offset == 0 && stride == 1 && size == sizeOf(x))
    return x;
  return tensor::ExtractSliceOp::create(
      b, RankedTensorType::get(size, b.getF32Type()), x, ValueRange(),
      ValueRange(), ValueRange(), ArrayRef(offset), ArrayRef(size),
      ArrayRef(stride));
}

Value ComplexBuilder::concat(ArrayRef<Value> parts) {
  return tensor::ConcatOp::create(b, /*dim=*/0, parts);
}

Value ComplexBuilder::add(Value x, Value y) {
  return arith::AddFOp::create(b, x, y);
}

Value ComplexBuilder::sub(Value x, Value y) {
  return arith::SubFOp::create(b, x, y);
}

Value ComplexBuilder::mul(Value x, Value y) {
  return arith::MulFOp::create(b, x, y);
}

Complex ComplexBuilder::slice(Complex x, int64_t offset, int64_t size,
                              int64_t stride) {
  return {slice(x.re, offset, size, stride), slice(x.im, offset, size, stride)};
}

Complex ComplexBuilder::add(Complex x, Complex y) {
  return {add(x.re, y.re), add(x.im, y.im)};
}

Complex ComplexBuilder::sub(Complex x, Complex y) {
  return {sub(x.re, y.re), sub(x.im, y.im)};
}

Complex ComplexBuilder::mul(Complex x, ArrayRef<std::complex<double>> factors) {
  auto part = [&](double (std::complex<double>::*get)() const) {
    return constant(
        llvm::map_to_vector(factors, [&](const std::complex<double> &w) {
          return float((w.*get)());
        }));
  };
  Value re = part(&std::complex<double>::real);
  Value im = part(&std::complex<double>::imag);
  return {sub(mul(x.re, re), mul(x.im, im)), add(mul(x.re, im), mul(x.im, re))};
}

Complex ComplexBuilder::scale(Complex x, double factor) {
  Value all = constant(SmallVector<float>(sizeOf(x.re), float(factor)));
  return {mul(x.re, all), mul(x.im, all)};
}

SmallVector<Complex> ComplexBuilder::butterfly(ArrayRef<Complex> parts,
                                               int sign) {
  // Of radix 4 and 2 no number is multiplied.
  if (parts.size() == 2)
    return {add(parts[0], parts[1]), sub(parts[0], parts[1])};
  if (parts.size() == 4) {
    Complex even = add(parts[0], parts[2]), odd = add(parts[1], parts[3]);
    Complex t = sub(parts[0], parts[2]), u = sub(parts[1], parts[3]);
    // t + i u, t - i u
    Complex up = {sub(t.re, u.im), add(t.im, u.re)};
    Complex down = {add(t.re, u.im), sub(t.im, u.re)};
    return {add(even, odd), sign > 0 ? up : down, sub(even, odd),
            sign > 0 ? down : up};
  }
  // Radix 3 and 5: sums and differences of the parts j and r - j give the
  // results k and r - k.
  int64_t r = int64_t(parts.size()), half = r / 2;
  SmallVector<Complex> sums, differences;
  Complex first = parts[0];
  for (int64_t j = 1; j <= half; ++j) {
    sums.push_back(add(parts[j], parts[r - j]));
    differences.push_back(sub(parts[j], parts[r - j]));
    first = add(first, sums.back());
  }
  SmallVector<Complex> results(r);
  results[0] = first;
  for (int64_t k = 1; k <= half; ++k) {
    Complex even = parts[0], odd;
    for (int64_t j = 1; j <= half; ++j) {
      std::complex<double> root = getRoot(sign * j * k, r);
      even = add(even, scale(sums[j - 1], root.real()));
      Complex term = scale(differences[j - 1], root.imag());
      odd = j == 1 ? term : add(odd, term);
    }
    // even + i odd, even - i odd
    results[k] = {sub(even.re, odd.im), add(even.im, odd.re)};
    results[r - k] = {add(even.re, odd.im), sub(even.im, odd.re)};
  }
  return results;
}

Value ComplexBuilder::interleave(ArrayRef<Value> parts, int64_t s) {
  int64_t size = sizeOf(parts.front()), m = size / s;
  int64_t count = int64_t(parts.size());
  auto getType = [&](ArrayRef<int64_t> shape) {
    return RankedTensorType::get(shape, b.getF32Type());
  };
  SmallVector<Value> shaped;
  for (Value part : parts)
    shaped.push_back(rnn::ReshapeOp::create(b, getType({m, 1, s}), part));
  Value all = tensor::ConcatOp::create(b, /*dim=*/1, shaped);
  return rnn::ReshapeOp::create(b, getType({size * count}), all);
}

Complex ComplexBuilder::transform(Complex x, int sign) {
  int64_t points = sizeOf(x.re), n = points, s = 1;
  for (int64_t r : getRadices(points)) {
    int64_t m = n / r, elements = points / r;
    SmallVector<Complex> parts;
    for (int64_t j = 0; j != r; ++j)
      parts.push_back(slice(x, j * elements, elements));
    SmallVector<Complex> results = butterfly(parts, sign);
    for (int64_t k = 1; m > 1 && k != r; ++k) {
      SmallVector<std::complex<double>> factors;
      for (int64_t e = 0; e != elements; ++e)
        factors.push_back(getRoot(sign * (e / s) * k, n));
      results[k] = mul(results[k], factors);
    }
    x.re = interleave(
        llvm::map_to_vector(results, [](Complex z) { return z.re; }), s);
    x.im = interleave(
        llvm::map_to_vector(results, [](Complex z) { return z.im; }), s);
    n = m;
    s *= r;
  }
  return x;
}
