// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Steps.cpp - What is done to features -------------------------------===//

#include "Steps.h"

#include "se/Dialect/DSP/DSP.h"
#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;
using namespace se;
using namespace se::dsp;
using frontend::Step;

static SmallVector<float> toFloats(ArrayRef<double> values) {
  return llvm::map_to_vector(values, [](double value) { return float(value); });
}

Value StepBuilder::addState(StringRef name, int64_t elements) {
  return states.add(
      name, b.getZeroAttr(RankedTensorType::get(elements, b.getF32Type())));
}

/// The last `count` frames of x, the oldest first.
Value StepBuilder::getPast(Value x, int64_t count) {
  int64_t size = sizeOf(x);
  Value past = addState("past", count * size);
  states.setNext(
      count == 1 ? x : c.concat({c.slice(past, size, (count - 1) * size), x}));
  return past;
}

Value StepBuilder::addFrames(const Step &step, Value x) {
  int64_t size = sizeOf(x), count = int64_t(step.values.size()) - 1;
  if (!count)
    return c.mul(x, c.constant(step.values[0], size));
  Value past = getPast(x, count), sum;
  for (auto [age, factor] : llvm::enumerate(step.values)) {
    if (factor == 0)
      continue;
    Value frame = age ? c.slice(past, (count - int64_t(age)) * size, size) : x;
    bool isOne = std::abs(factor) == 1 && (sum || factor > 0);
    Value term = isOne ? frame : c.mul(frame, c.constant(factor, size));
    sum = !sum                    ? term
          : isOne && factor == -1 ? c.sub(sum, term)
                                  : c.add(sum, term);
  }
  return sum ? sum : c.constant(0, size);
}

/// Element i is the largest one of x[i - d] - fall * d for d < width, and maybe
/// some more. `before` is all there is before the first.
Value StepBuilder::slideMaximum(Value x, int64_t width, double fall,
                                double before) {
  constexpr int64_t maxTerms = 8; // of a pass, which ends at a barrier
  int64_t size = sizeOf(x);
  for (int64_t covered = 1; covered < width;) {
    int64_t terms =
        std::min(maxTerms, int64_t(llvm::divideCeil(width, covered)));
    int64_t pad = (terms - 1) * covered;
    Value padded = c.concat({c.constant(before, pad), x});
    for (int64_t i = 1; i != terms; ++i) {
      Value shifted = c.slice(padded, pad - i * covered, size);
      if (fall)
        shifted = c.sub(shifted, c.constant(fall * double(i * covered), size));
      x = arith::MaxNumFOp::create(b, x, shifted);
    }
    covered *= terms;
  }
  return x;
}

/// With z = start, x[0], x[1], ... element i becomes the largest one of
///
///     z[i - d] - min(fall * d, range)   for d = 0, ..., i
///
/// The maximum of all, minus the range, stands for those that are far away.
Value StepBuilder::follow(const Step &step, Value x) {
  double fall = step.values[0], range = step.values[1], start = step.values[2];
  int64_t size = sizeOf(x);
  // What lies before the start is less than anything can become.
  double before = start - range;
  Value z = c.concat({c.constant(start, 1), x});
  double distance = std::ceil(range / fall);
  int64_t near = distance < double(size) ? int64_t(distance) : size;
  Value falling = slideMaximum(z, near + 1, fall, before);
  Value largest = slideMaximum(z, size + 1, 0, before);
  Value limit = c.sub(largest, c.constant(range, size + 1));
  Value y = arith::MaxNumFOp::create(b, falling, limit);
  return c.slice(y, 1, size);
}

Value StepBuilder::sumBands(const frontend::Bands &bands, Value x) {
  auto type = RankedTensorType::get(bands.getCount(), b.getF32Type());
  Value y = BandsOp::create(b, type, x, b.getDenseF64ArrayAttr(bands.edges));
  return bands.scales.empty() ? y
                              : c.mul(y, c.constant(toFloats(bands.scales)));
}

Value StepBuilder::transformCosine(Value x, int64_t count) {
  auto size = double(sizeOf(x));
  SmallVector<float> matrix;
  for (int64_t i = 0; i != count; ++i)
    for (int64_t j = 0; j != sizeOf(x); ++j)
      matrix.push_back(float(
          std::sqrt((i ? 2 : 1) / size) *
          std::cos(llvm::numbers::pi * double(i) * (double(j) + 0.5) / size)));
  return c.matvec(matrix, count, x);
}

/// Distances between earlier frames are in a state, so that only those to the
/// new one are computed.
Value StepBuilder::measureNonstationarity(Value x, int64_t count) {
  // More than any distance that is finite in a useful network.
  constexpr float itself = 1e30f;
  int64_t size = sizeOf(x), past = count - 1;
  auto f32 = [&](ArrayRef<int64_t> shape) {
    return RankedTensorType::get(shape, b.getF32Type());
  };
  Value frames = getPast(x, past);
  Value repeated =
      rnn::BroadcastOp::create(b, f32({past, size}), c.reshape(x, {1, size}));
  Value difference = c.sub(c.reshape(frames, {past, size}), repeated);
  auto reduce = [&](rnn::ReduceKind kind, Value y, int64_t axis,
                    ArrayRef<int64_t> shape) -> Value {
    return rnn::ReduceOp::create(b, f32(shape), kind, y, ArrayRef(axis));
  };
  Value distances = c.reshape(
      reduce(rnn::ReduceKind::sum, c.mul(difference, difference), 1, {past, 1}),
      {past});
  // Frame i in row i and column i, the oldest first.
  SmallVector<float> reset;
  for (int64_t i = 0; i != past * past; ++i)
    reset.push_back(i % (past + 1) ? 0 : itself);
  auto square = DenseElementsAttr::get(f32({past * past}), ArrayRef(reset));
  Value known = states.add("distances", square);
  Value matrix = c.reshape(known, {past, past});
  Value rows =
      c.reshape(reduce(rnn::ReduceKind::min, matrix, 1, {past, 1}), {past});
  rows = arith::MinNumFOp::create(b, rows, distances);
  Value least = c.reshape(
      reduce(rnn::ReduceKind::min, c.reshape(distances, {1, past}), 1, {1, 1}),
      {1});
  // Without the oldest frame, with the new one.
  SmallVector<Value> next;
  for (int64_t i = 1; i != past; ++i) {
    next.push_back(c.slice(known, i * past + 1, past - 1));
    next.push_back(c.slice(distances, i, 1));
  }
  if (past > 1)
    next.push_back(c.slice(distances, 1, past - 1));
  next.push_back(c.constant(itself, 1));
  states.setNext(c.concat(next));
  Value sum = c.reshape(
      reduce(rnn::ReduceKind::sum, c.reshape(rows, {1, past}), 1, {1, 1}), {1});
  return c.mul(c.add(sum, least), c.constant(1 / double(count), 1));
}

Value StepBuilder::apply(const Step &step, Value x) {
  auto value = [&] {
    return step.values.size() == 1 ? c.constant(step.values[0], sizeOf(x))
                                   : c.constant(toFloats(step.values));
  };
  switch (step.kind) {
  case Step::AtLeast:
    return arith::MaximumFOp::create(b, x, value());
  case Step::AtMost:
    return arith::MinimumFOp::create(b, x, value());
  case Step::Log:
    return math::LogOp::create(b, x);
  case Step::Log2:
    return math::Log2Op::create(b, x);
  case Step::Log10:
    return math::Log10Op::create(b, x);
  case Step::Sqrt:
    return math::SqrtOp::create(b, x);
  case Step::Exponent:
    return math::PowFOp::create(b, x, value());
  case Step::Scale:
    return c.mul(x, value());
  case Step::Offset:
    return c.add(x, value());
  case Step::Hold: {
    Value last = addState("held", sizeOf(x));
    // Of a NaN the state would never be rid.
    Value y = arith::MaxNumFOp::create(b, x, c.mul(last, value()));
    states.setNext(y);
    return y;
  }
  case Step::Frames:
    return addFrames(step, x);
  case Step::Follow:
    return follow(step, x);
  case Step::Elements:
    return c.slice(x, step.index, step.count);
  case Step::Bands:
    return sumBands(frontEnd.bands[size_t(step.index)], x);
  case Step::Dct:
    return transformCosine(x, step.count);
  case Step::Nonstationarity:
    return measureNonstationarity(x, step.count);
  }
  llvm_unreachable("all steps handled");
}
