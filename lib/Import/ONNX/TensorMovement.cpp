// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- TensorMovement.cpp - Moving the elements of constants --------------===//

#include "Tensor.h"

#include <algorithm>

using namespace llvm;
using namespace se::onnx_import;

/// A tensor of `shape` like `x`, whose element i is x's element source[i].
static TensorPtr pick(const Tensor &x, ArrayRef<int64_t> shape,
                      const std::vector<int64_t> &source) {
  auto result = std::make_shared<Tensor>();
  result->kind = x.kind;
  result->shape.assign(shape.begin(), shape.end());
  result->name = x.name;
  result->type = x.type;
  result->isStep = x.isStep;
  if (x.isFloat()) {
    result->floats.reserve(source.size());
    for (int64_t i : source)
      result->floats.push_back(x.floats[i]);
  } else {
    result->ints.reserve(source.size());
    for (int64_t i : source)
      result->ints.push_back(x.ints[i]);
  }
  if (!x.dynamic.empty())
    for (int64_t i : source)
      result->dynamic.push_back(x.dynamic[i]);
  return result;
}

static Shape stridesOf(ArrayRef<int64_t> shape) {
  Shape strides(shape.size(), 1);
  for (int64_t d = int64_t(shape.size()) - 2; d >= 0; --d)
    strides[d] = strides[d + 1] * shape[d + 1];
  return strides;
}

/// The offsets base + sum(index[d] * strides[d]) in row-major order of `shape`.
static std::vector<int64_t> walk(ArrayRef<int64_t> shape, int64_t base,
                                 ArrayRef<int64_t> strides) {
  std::vector<int64_t> offsets;
  int64_t count = 1;
  for (int64_t d : shape)
    count *= d;
  offsets.reserve(count);
  Shape index(shape.size(), 0);
  int64_t offset = base;
  for (int64_t i = 0; i < count; ++i) {
    offsets.push_back(offset);
    for (int64_t d = int64_t(shape.size()) - 1; d >= 0; --d) {
      offset += strides[d];
      if (++index[d] < shape[d])
        break;
      offset -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return offsets;
}

TensorPtr se::onnx_import::reshapeTensor(const Tensor &x,
                                         ArrayRef<int64_t> shape) {
  auto result = std::make_shared<Tensor>(x);
  result->shape.assign(shape.begin(), shape.end());
  return result;
}

TensorPtr se::onnx_import::transposeTensor(const Tensor &x,
                                           ArrayRef<int64_t> perm) {
  Shape from = stridesOf(x.shape), shape, strides;
  for (int64_t d : perm) {
    shape.push_back(x.shape[d]);
    strides.push_back(from[d]);
  }
  return pick(x, shape, walk(shape, 0, strides));
}

TensorPtr se::onnx_import::sliceTensor(const Tensor &x,
                                       ArrayRef<int64_t> offsets,
                                       ArrayRef<int64_t> sizes,
                                       ArrayRef<int64_t> steps) {
  Shape strides = stridesOf(x.shape);
  int64_t base = 0;
  for (size_t d = 0; d < strides.size(); ++d) {
    base += offsets[d] * strides[d];
    strides[d] *= steps[d];
  }
  return pick(x, sizes, walk(sizes, base, strides));
}

TensorPtr se::onnx_import::gatherTensor(const Tensor &x,
                                        ArrayRef<int64_t> indices,
                                        unsigned axis) {
  Shape strides = stridesOf(x.shape);
  Shape outer(x.shape.begin(), x.shape.begin() + axis);
  int64_t inner = strides[axis];
  std::vector<int64_t> source;
  for (int64_t base :
       walk(outer, 0, ArrayRef<int64_t>(strides).take_front(axis)))
    for (int64_t index : indices)
      for (int64_t i = 0; i < inner; ++i)
        source.push_back(base + index * inner + i);
  Shape shape = x.shape;
  shape[axis] = indices.size();
  return pick(x, shape, source);
}

TensorPtr se::onnx_import::concatTensors(ArrayRef<TensorPtr> xs,
                                         unsigned axis) {
  auto result = std::make_shared<Tensor>();
  result->kind = xs[0]->kind;
  result->shape = xs[0]->shape;
  result->name = xs[0]->name;
  result->type = xs[0]->type;
  result->shape[axis] = 0;
  bool dynamic = false;
  for (const TensorPtr &x : xs) {
    result->shape[axis] += x->shape[axis];
    dynamic |= !x->dynamic.empty();
  }
  int64_t outer = 1;
  for (unsigned d = 0; d < axis; ++d)
    outer *= result->shape[d];
  for (int64_t o = 0; o < outer; ++o)
    for (const TensorPtr &x : xs) {
      int64_t run = x->size() / outer;
      for (int64_t i = o * run; i < (o + 1) * run; ++i) {
        if (x->isFloat())
          result->floats.push_back(x->floats[i]);
        else
          result->ints.push_back(x->ints[i]);
        if (dynamic)
          result->dynamic.push_back(x->isDynamic(i));
      }
    }
  return result;
}

TensorPtr se::onnx_import::broadcastTensor(const Tensor &x,
                                           ArrayRef<int64_t> shape) {
  Shape from = stridesOf(x.shape), strides(shape.size(), 0);
  size_t missing = shape.size() - x.shape.size();
  for (size_t d = 0; d < from.size(); ++d)
    if (x.shape[d] != 1)
      strides[missing + d] = from[d];
  return pick(x, shape, walk(shape, 0, strides));
}
