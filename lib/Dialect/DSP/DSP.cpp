// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- DSP.cpp - The dsp dialect ------------------------------------------===//

#include "se/Dialect/DSP/DSP.h"

#include "se/Support/Frames.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using se::Stream;
using namespace se::dsp;

#include "se/Dialect/DSP/DSPDialect.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "se/Dialect/DSP/DSPAttributes.cpp.inc"
#define GET_OP_CLASSES
#include "se/Dialect/DSP/DSPOps.cpp.inc"

void DSPDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "se/Dialect/DSP/DSPAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "se/Dialect/DSP/DSPOps.cpp.inc"
      >();
}

LogicalResult DSPDialect::verifyOperationAttribute(Operation *op,
                                                   NamedAttribute attribute) {
  if (attribute.getName() == StreamAttr::attrName &&
      !isa<StreamAttr>(attribute.getValue()))
    return op->emitOpError() << "attribute '" << StreamAttr::attrName
                             << "' must be a #dsp.stream";
  return success();
}

LogicalResult StreamAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 int64_t sampleRate, int64_t delay) {
  if (sampleRate < 1 || sampleRate > Stream::maxSampleRate || delay < 0 ||
      delay > Stream::maxDelay)
    return emitError() << "stream-C1: sample_rate must be from 1 to "
                       << Stream::maxSampleRate << " and delay from 0 to "
                       << Stream::maxDelay << ", found " << sampleRate
                       << " and " << delay;
  return success();
}

SmallVector<int64_t> se::dsp::getRadices(int64_t size) {
  SmallVector<int64_t> radices;
  for (int64_t radix : {4, 2, 3, 5})
    while (size % radix == 0) {
      radices.push_back(radix);
      size /= radix;
    }
  if (size != 1)
    return {};
  return radices;
}

bool se::dsp::isTransformSize(int64_t samples) {
  return samples >= 4 && samples <= 8192 && samples % 2 == 0 &&
         !getRadices(samples / 2).empty();
}

/// The rules of a transform and its inverse, which differ by name only.
static LogicalResult verifyTransform(Operation *op, StringRef name,
                                     Value signal, Value spectrum) {
  auto samples = cast<RankedTensorType>(signal.getType());
  auto bins = cast<RankedTensorType>(spectrum.getType());
  if (samples.getRank() != 1 || !isTransformSize(samples.getNumElements()))
    return op->emitOpError(name)
           << "-C1: the signal must be a vector of an even number of samples "
              "from 4 to 8192, half of it a product of numbers from 2 to 5, "
              "found "
           << samples;
  int64_t expected = samples.getNumElements() / 2 + 1;
  if (bins.getRank() != 1 || bins.getNumElements() != expected)
    return op->emitOpError(name)
           << "-C2: the spectrum of a signal of " << samples.getNumElements()
           << " samples has " << expected << " bins, found " << bins;
  return success();
}

LogicalResult RfftOp::verify() {
  return verifyTransform(*this, "rfft", getX(), getRe());
}

LogicalResult IrfftOp::verify() {
  return verifyTransform(*this, "irfft", getX(), getRe());
}

SmallVector<BandWeights> se::dsp::getBandWeights(ArrayRef<double> edges) {
  SmallVector<BandWeights> bands;
  for (size_t b = 0; b + 2 < edges.size(); ++b) {
    double low = edges[b], middle = edges[b + 1], high = edges[b + 2];
    BandWeights &band = bands.emplace_back();
    for (auto k = int64_t(std::ceil(low)); double(k) < high; ++k) {
      double bin = double(k);
      double weight = bin < middle ? (bin - low) / (middle - low)
                                   : (high - bin) / (high - middle);
      if (weight == 0) // on the edge
        continue;
      if (band.weights.empty())
        band.firstBin = k;
      band.weights.push_back(weight);
    }
  }
  return bands;
}

StringRef se::dsp::checkEdges(ArrayRef<double> edges, int64_t bins) {
  if (edges.size() < 3 || edges.size() > 514)
    return "there must be from 3 to 514 edges";
  // Written so that NaN is not in order.
  if (!(edges.front() >= 0 && edges.back() <= double(bins - 1)))
    return "edges must be from 0 to the number of bins - 1";
  for (size_t i = 1; i != edges.size(); ++i) {
    bool mayBeSame = i == 1 || i + 1 == edges.size();
    if (!(edges[i] > edges[i - 1] || (mayBeSame && edges[i] == edges[i - 1])))
      return "each edge must be greater than the one before it, only the "
             "first two and the last two may be the same";
  }
  return "";
}

/// The rules of bands and of their transpose, which differ by name only.
static LogicalResult verifyBands(Operation *op, StringRef name, Value spectrum,
                                 StringRef spectrumName, Value values,
                                 StringRef valuesName, ArrayRef<double> edges) {
  auto bins = cast<RankedTensorType>(spectrum.getType());
  auto bands = cast<RankedTensorType>(values.getType());
  StringRef problem = checkEdges(edges, bins.getNumElements());
  if (!problem.empty())
    return op->emitOpError(name) << "-C1: " << problem;
  if (bins.getRank() != 1)
    return op->emitOpError(name) << "-C2: the " << spectrumName
                                 << " must be a vector, found " << bins;
  auto count = int64_t(edges.size()) - 2;
  if (bands.getRank() != 1 || bands.getNumElements() != count)
    return op->emitOpError(name)
           << "-C3: with " << edges.size() << " edges the " << valuesName
           << " must be a vector of " << count << " bands, found " << bands;
  for (auto [b, band] : llvm::enumerate(getBandWeights(edges)))
    if (band.weights.empty())
      return op->emitOpError(name) << "-C4: band " << b << " holds no bin";
  return success();
}

LogicalResult BandsOp::verify() {
  return verifyBands(*this, "bands", getX(), "operand", getY(), "result",
                     getEdges());
}

LogicalResult SpreadOp::verify() {
  return verifyBands(*this, "spread", getY(), "result", getX(), "operand",
                     getEdges());
}
