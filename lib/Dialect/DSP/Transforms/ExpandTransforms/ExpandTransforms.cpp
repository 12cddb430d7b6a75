// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ExpandTransforms.cpp - Fourier transforms as arithmetic ------------===//

#include "Bands.h"
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

/// Bins 1 to M - 1 of the spectrum of M complex points become those of N = 2 M
/// real samples (`sign` -1), or the other way (1), all of them times `scale`.
/// With ~ for the conjugate,
///
///     A[k] = (Z[k] + Z~[M - k]) / 2
///     B[k] = sign i exp(sign 2 pi i k / N) (Z[k] - Z~[M - k]) / 2
///
/// bin k is A[k] + B[k], and bin M - k, from the same two, is the conjugate of
/// A[k] - B[k].
static SmallVector<Complex> crossBins(ComplexBuilder &c, Complex z, int64_t m,
                                      int sign, double scale) {
  int64_t pairs = (m - 1) / 2;
  SmallVector<Complex> parts;
  Complex last;
  if (pairs) {
    Complex low = c.slice(z, 1, pairs), high = c.slice(z, m - 1, pairs, -1);
    SmallVector<std::complex<double>> factors;
    for (int64_t k = 1; k <= pairs; ++k)
      factors.push_back(std::complex<double>(0, 0.5 * scale * sign) *
                        getRoot(sign * k, 2 * m));
    Complex even =
        c.scale({c.add(low.re, high.re), c.sub(low.im, high.im)}, 0.5 * scale);
    Complex odd =
        c.mul({c.sub(low.re, high.re), c.add(low.im, high.im)}, factors);
    parts.push_back(c.add(even, odd));
    Complex rest = {c.sub(even.re, odd.re), c.sub(odd.im, even.im)};
    last = c.slice(rest, pairs - 1, pairs, -1);
  }
  // The conjugate of itself.
  if (m % 2 == 0) {
    Complex middle = c.slice(z, m / 2, 1);
    parts.push_back({c.mul(middle.re, c.constant(scale, 1)),
                     c.mul(middle.im, c.constant(-scale, 1))});
  }
  if (pairs)
    parts.push_back(last);
  return parts;
}

/// `first`, the bins of `inner`, and `last` unless it is null.
static Value joinBins(ComplexBuilder &c, Value first, ArrayRef<Complex> inner,
                      Value Complex::*part, Value last) {
  SmallVector<Value> all{first};
  for (const Complex &bins : inner)
    all.push_back(bins.*part);
  if (last)
    all.push_back(last);
  return c.concat(all);
}

/// Even samples are real parts of complex points, odd ones imaginary parts.
static Complex expand(ComplexBuilder &c, RfftOp op) {
  int64_t m = sizeOf(op.getX()) / 2;
  Complex z =
      transform(c, {c.slice(op.getX(), 0, m, 2), c.slice(op.getX(), 1, m, 2)},
                /*sign=*/-1);
  SmallVector<Complex> inner = crossBins(c, z, m, /*sign=*/-1, /*scale=*/1);
  Complex first = c.slice(z, 0, 1);
  Value zero = c.constant({0});
  return {joinBins(c, c.add(first.re, first.im), inner, &Complex::re,
                   c.sub(first.re, first.im)),
          joinBins(c, zero, inner, &Complex::im, zero)};
}

static Value expand(ComplexBuilder &c, IrfftOp op) {
  int64_t m = sizeOf(op.getRe()) - 1;
  double scale = 1 / double(m); // of the inverse
  SmallVector<Complex> inner =
      crossBins(c, {op.getRe(), op.getIm()}, m, /*sign=*/1, scale);
  Value first = c.slice(op.getRe(), 0, 1), last = c.slice(op.getRe(), m, 1);
  Complex ends = c.scale({c.add(first, last), c.sub(first, last)}, 0.5 * scale);
  Complex z = transform(c,
                        {joinBins(c, ends.re, inner, &Complex::re, Value()),
                         joinBins(c, ends.im, inner, &Complex::im, Value())},
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
      if (!isa<RfftOp, IrfftOp, BandsOp, SpreadOp>(op))
        return;
      ImplicitLocOpBuilder b(op->getLoc(), op);
      ComplexBuilder c(b);
      if (auto forward = dyn_cast<RfftOp>(op)) {
        Complex spectrum = expand(c, forward);
        op->replaceAllUsesWith(ValueRange{spectrum.re, spectrum.im});
      } else if (auto inverse = dyn_cast<IrfftOp>(op)) {
        op->replaceAllUsesWith(ValueRange(expand(c, inverse)));
      } else if (auto bands = dyn_cast<BandsOp>(op)) {
        op->replaceAllUsesWith(ValueRange(expandBands(c, bands)));
      } else {
        op->replaceAllUsesWith(ValueRange(expandSpread(c, cast<SpreadOp>(op))));
      }
      op->erase();
    });
  }
};
} // namespace
