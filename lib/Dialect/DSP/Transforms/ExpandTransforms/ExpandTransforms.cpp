// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ExpandTransforms.cpp - Fourier transforms as arithmetic ------------===//

#include "ComplexFft.h"

#include "se/Dialect/DSP/DSP.h"
#include "se/Dialect/DSP/Transforms/Passes.h"
#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace se::dsp {
#define GEN_PASS_DEF_EXPANDTRANSFORMS
#include "se/Dialect/DSP/Transforms/Passes.h.inc"
} // namespace se::dsp

using namespace mlir;
using namespace se;
using namespace se::dsp;

/// Elements 1 to M - 1 of two spectra, and the same from the last to the first.
/// With M = N / 2, bin k of one is made of bins k and M - k of the other.
static std::pair<Complex, Complex> getPairs(ComplexBuilder &c, Complex z,
                                            int64_t m) {
  return {c.slice(z, 1, m - 1), c.slice(z, m - 1, m - 1, -1)};
}

/// Halves of root(k) * i^-sign for k = 1 to M - 1.
static SmallVector<std::complex<double>> getFactors(int64_t m, int sign) {
  SmallVector<std::complex<double>> factors;
  for (int64_t k = 1; k != m; ++k)
    factors.push_back(0.5 * std::complex<double>(0, sign) *
                      getRoot(sign * k, 2 * m));
  return factors;
}

/// With Z the transform of even + i odd samples, and a line for conjugates:
///
///     X[k] = (Z[k] + Z~[M - k]) / 2 - i exp(-2 pi i k / N) (Z[k] - Z~[M - k])
///     / 2
static Complex expand(ComplexBuilder &c, RfftOp op) {
  int64_t m = sizeOf(op.getX()) / 2;
  Complex z =
      transform(c, {c.slice(op.getX(), 0, m, 2), c.slice(op.getX(), 1, m, 2)},
                /*sign=*/-1);
  auto [low, high] = getPairs(c, z, m);
  Complex even = c.scale({c.add(low.re, high.re), c.sub(low.im, high.im)}, 0.5);
  Complex odd = c.mul({c.sub(low.re, high.re), c.add(low.im, high.im)},
                      getFactors(m, /*sign=*/-1));
  Complex inner = c.add(even, odd);
  Complex first = c.slice(z, 0, 1);
  Value zero = c.constant({0});
  return {c.concat(
              {c.add(first.re, first.im), inner.re, c.sub(first.re, first.im)}),
          c.concat({zero, inner.im, zero})};
}

/// The other way:
///
///     Z[k] = (X[k] + X~[M - k]) / 2 + i exp(2 pi i k / N) (X[k] - X~[M - k]) /
///     2
static Value expand(ComplexBuilder &c, IrfftOp op) {
  int64_t m = sizeOf(op.getRe()) - 1;
  Complex x = {op.getRe(), op.getIm()};
  auto [low, high] = getPairs(c, x, m);
  // Both divided by M, the factor of the inverse.
  double scale = 1 / double(m);
  Complex even =
      c.scale({c.add(low.re, high.re), c.sub(low.im, high.im)}, 0.5 * scale);
  SmallVector<std::complex<double>> factors = getFactors(m, /*sign=*/1);
  for (std::complex<double> &factor : factors)
    factor *= scale;
  Complex odd =
      c.mul({c.sub(low.re, high.re), c.add(low.im, high.im)}, factors);
  Complex inner = c.add(even, odd);
  Value first = c.slice(op.getRe(), 0, 1), last = c.slice(op.getRe(), m, 1);
  Complex ends = c.scale({c.add(first, last), c.sub(first, last)}, 0.5 * scale);
  Complex z = transform(
      c, {c.concat({ends.re, inner.re}), c.concat({ends.im, inner.im})},
      /*sign=*/1);
  return c.reshape(
      c.concat({c.reshape(z.re, {m, 1}), c.reshape(z.im, {m, 1})}, /*dim=*/1),
      {2 * m});
}

namespace {
struct ExpandTransformsPass
    : se::dsp::impl::ExpandTransformsBase<ExpandTransformsPass> {
  void runOnOperation() override {
    getOperation().walk([](Operation *op) {
      if (!isa<RfftOp, IrfftOp>(op))
        return;
      ImplicitLocOpBuilder b(op->getLoc(), op);
      ComplexBuilder c(b);
      if (auto forward = dyn_cast<RfftOp>(op)) {
        Complex spectrum = expand(c, forward);
        op->replaceAllUsesWith(ValueRange{spectrum.re, spectrum.im});
      } else {
        op->replaceAllUsesWith(ValueRange(expand(c, cast<IrfftOp>(op))));
      }
      op->erase();
    });
  }
};
} // namespace
