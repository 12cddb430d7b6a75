// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Grids.cpp - The integers that a tensor is quantized to -------------===//

#include "Grids.h"

#include "BoundedValues.h"

#include "se/Dialect/RNN/Constants.h"

#include <cmath>

using namespace mlir;
using namespace se::rnn;
using namespace se::quantization;

static std::optional<se::quantization::Range> findRange(NetworkOp network,
                                                        Value value,
                                                        const Tensors &tensors,
                                                        const Policy &policy) {
  StringRef name = tensors.getName(value);
  std::optional<TensorRange> found = policy.getRange(name);
  if (!found)
    return std::nullopt;
  std::optional<se::quantization::Range> range = found->range;
  for (auto [state, reset] :
       llvm::zip(network.getStateNames(), network.getResetValues())) {
    if (cast<StringAttr>(state).getValue() != name)
      continue;
    if (std::optional<std::vector<float>> values = readFloats(reset))
      for (float v : *values) {
        range->low = std::min(range->low, v);
        range->high = std::max(range->high, v);
      }
  }
  return range;
}

std::optional<Grid> se::rnn::getGrid(NetworkOp network, Value value,
                                     const Tensors &tensors,
                                     const Policy &policy) {
  if (isFraction(stripReshapes(value)))
    return makeGrid({0, 1});
  if (isBoundedByOne(network, value))
    return makeGrid({-1, 1});
  if (std::optional<se::quantization::Range> range =
          findRange(network, value, tensors, policy))
    return makeGrid(*range);
  return std::nullopt;
}

std::optional<float> se::rnn::getWideScale(NetworkOp network, unsigned k,
                                           const Tensors &tensors,
                                           const Policy &policy) {
  Value state = network.getStateArguments()[k];
  if (isBoundedByOne(network, state))
    return 1.0f / 32767.0f;
  std::optional<se::quantization::Range> range =
      findRange(network, state, tensors, policy);
  if (!range)
    return std::nullopt;
  // What a method cut off is within reach of i16.
  if (const Calibration *calibration = policy.getCalibration())
    if (auto *statistics = calibration->find(tensors.getName(state)))
      range = {std::min(range->low, statistics->min),
               std::max(range->high, statistics->max)};
  float scale = 2 * std::max(-range->low, range->high) / 32767.0f;
  return std::isnormal(scale) ? scale : 2.0f / 32767.0f;
}
