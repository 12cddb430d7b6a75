// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ComplexBuilder.cpp - Arithmetic on complex tensors -----------------===//

#include "ComplexBuilder.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace se;
using namespace se::dsp;

int64_t se::dsp::sizeOf(Value x) {
  return cast<RankedTensorType>(x.getType()).getNumElements();
}

Value ComplexBuilder::constant(ArrayRef<float> values) {
  auto type = RankedTensorType::get(int64_t(values.size()), b.getF32Type());
  return arith::ConstantOp::create(
      b, rnn::makeConstant(type, values, "transform"));
}

Value ComplexBuilder::constant(double value, int64_t size) {
  return constant(SmallVector<float>(size, float(value)));
}

Value ComplexBuilder::reshape(Value x, ArrayRef<int64_t> shape) {
  auto type = RankedTensorType::get(shape, b.getF32Type());
  if (x.getType() == type)
    return x;
  return rnn::ReshapeOp::create(b, type, x);
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

Value ComplexBuilder::concat(ArrayRef<Value> parts, int64_t dim) {
  return tensor::ConcatOp::create(b, dim, parts);
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

Value ComplexBuilder::matvec(ArrayRef<float> matrix, int64_t rows, Value x) {
  auto type = RankedTensorType::get({rows, sizeOf(x)}, b.getF32Type());
  Value weights = arith::ConstantOp::create(
      b, rnn::makeConstant(type, matrix, "transform"));
  return rnn::MatvecOp::create(b, RankedTensorType::get(rows, b.getF32Type()),
                               weights, x);
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
  Value all = constant(factor, sizeOf(x.re));
  return {mul(x.re, all), mul(x.im, all)};
}
