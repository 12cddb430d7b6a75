// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ComplexFft.cpp - A complex transform of tensors --------------------===//

#include "ComplexFft.h"

#include "se/Dialect/DSP/DSP.h"

#include "llvm/ADT/SmallVectorExtras.h"
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

/// The transforms of `parts`, each of an element of all of them.
static SmallVector<Complex> butterfly(ComplexBuilder &c,
                                      ArrayRef<Complex> parts, int sign) {
  // Of radix 4 and 2 no number is multiplied.
  if (parts.size() == 2)
    return {c.add(parts[0], parts[1]), c.sub(parts[0], parts[1])};
  if (parts.size() == 4) {
    Complex even = c.add(parts[0], parts[2]), odd = c.add(parts[1], parts[3]);
    Complex t = c.sub(parts[0], parts[2]), u = c.sub(parts[1], parts[3]);
    // t + i u, t - i u
    Complex up = {c.sub(t.re, u.im), c.add(t.im, u.re)};
    Complex down = {c.add(t.re, u.im), c.sub(t.im, u.re)};
    return {c.add(even, odd), sign > 0 ? up : down, c.sub(even, odd),
            sign > 0 ? down : up};
  }
  // Radix 3 and 5: sums and differences of the parts j and r - j give the
  // results k and r - k.
  int64_t r = int64_t(parts.size()), half = r / 2;
  SmallVector<Complex> sums, differences;
  Complex first = parts[0];
  for (int64_t j = 1; j <= half; ++j) {
    sums.push_back(c.add(parts[j], parts[r - j]));
    differences.push_back(c.sub(parts[j], parts[r - j]));
    first = c.add(first, sums.back());
  }
  SmallVector<Complex> results(r);
  results[0] = first;
  for (int64_t k = 1; k <= half; ++k) {
    Complex even = parts[0], odd;
    for (int64_t j = 1; j <= half; ++j) {
      std::complex<double> root = getRoot(sign * j * k, r);
      even = c.add(even, c.scale(sums[j - 1], root.real()));
      Complex term = c.scale(differences[j - 1], root.imag());
      odd = j == 1 ? term : c.add(odd, term);
    }
    // even + i odd, even - i odd
    results[k] = {c.sub(even.re, odd.im), c.add(even.im, odd.re)};
    results[r - k] = {c.add(even.re, odd.im), c.sub(even.im, odd.re)};
  }
  return results;
}

/// Parts of m * s elements put together as [m, parts, s].
static Value joinParts(ComplexBuilder &c, ArrayRef<Value> parts, int64_t s) {
  int64_t size = sizeOf(parts.front());
  auto shaped = llvm::map_to_vector(
      parts, [&](Value part) { return c.reshape(part, {size / s, 1, s}); });
  return c.reshape(c.concat(shaped, /*dim=*/1), {size * int64_t(parts.size())});
}

Complex se::dsp::transform(ComplexBuilder &c, Complex x, int sign) {
  int64_t points = sizeOf(x.re), n = points, s = 1;
  for (int64_t r : getRadices(points)) {
    int64_t m = n / r, elements = points / r;
    SmallVector<Complex> parts;
    for (int64_t j = 0; j != r; ++j)
      parts.push_back(c.slice(x, j * elements, elements));
    SmallVector<Complex> results = butterfly(c, parts, sign);
    for (int64_t k = 1; m > 1 && k != r; ++k) {
      SmallVector<std::complex<double>> factors;
      for (int64_t e = 0; e != elements; ++e)
        factors.push_back(getRoot(sign * (e / s) * k, n));
      results[k] = c.mul(results[k], factors);
    }
    x.re = joinParts(
        c, llvm::map_to_vector(results, [](Complex z) { return z.re; }), s);
    x.im = joinParts(
        c, llvm::map_to_vector(results, [](Complex z) { return z.im; }), s);
    n = m;
    s *= r;
  }
  return x;
}
