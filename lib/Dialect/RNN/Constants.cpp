// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Constants.cpp - Reading and making constant tensors ----------------===//

#include "se/Dialect/RNN/Constants.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

static APFloat halfOf(float value) {
  APFloat result(value);
  bool ignored;
  result.convert(APFloat::IEEEhalf(), APFloat::rmNearestTiesToEven, &ignored);
  return result;
}

static float fromHalfBits(uint16_t bits) {
  APFloat value(APFloat::IEEEhalf(), APInt(16, bits));
  bool ignored;
  value.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven, &ignored);
  return value.convertToFloat();
}

std::optional<std::vector<float>> se::rnn::readFloats(Attribute attr) {
  auto elements = dyn_cast_or_null<ElementsAttr>(attr);
  if (!elements)
    return std::nullopt;
  Type element = elements.getElementType();
  if (!element.isF32() && !element.isF16())
    return std::nullopt;
  size_t count = elements.getNumElements();
  if (auto dense = dyn_cast<DenseElementsAttr>(attr)) {
    std::vector<float> values;
    values.reserve(count);
    for (APFloat value : dense.getValues<APFloat>()) {
      bool ignored;
      value.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven,
                    &ignored);
      values.push_back(value.convertToFloat());
    }
    return values;
  }
  auto resource = dyn_cast<DenseResourceElementsAttr>(attr);
  if (!resource)
    return std::nullopt;
  AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  size_t width = element.getIntOrFloatBitWidth() / 8;
  if (!blob || blob->getData().size() != count * width)
    return std::nullopt;
  std::vector<float> values(count);
  const char *data = blob->getData().data();
  if (element.isF32()) {
    memcpy(values.data(), data, count * width);
    return values;
  }
  for (size_t i = 0; i != count; ++i) {
    uint16_t bits;
    memcpy(&bits, data + 2 * i, 2);
    values[i] = fromHalfBits(bits);
  }
  return values;
}

std::optional<std::vector<float>> se::rnn::readFloats(Value value) {
  Attribute attr;
  if (!matchPattern(value, m_Constant(&attr)))
    return std::nullopt;
  return readFloats(attr);
}

/// Larger constants are blobs.
static constexpr size_t maxDense = 16;

ElementsAttr se::rnn::makeConstant(RankedTensorType type,
                                   ArrayRef<float> values, StringRef name) {
  bool isHalf = type.getElementType().isF16();
  assert((isHalf || type.getElementType().isF32()) && "f32 or f16 expected");
  assert(size_t(type.getNumElements()) == values.size());
  auto sameBits = [&](float value) {
    return llvm::bit_cast<uint32_t>(value) ==
           llvm::bit_cast<uint32_t>(values.front());
  };
  if (values.size() <= maxDense || llvm::all_of(values, sameBits)) {
    if (values.size() > maxDense)
      values = values.take_front();
    SmallVector<APFloat> elements;
    for (float value : values)
      elements.push_back(isHalf ? halfOf(value) : APFloat(value));
    return DenseElementsAttr::get(type, elements);
  }
  AsmResourceBlob blob;
  if (isHalf) {
    std::vector<uint16_t> bits;
    for (float value : values)
      bits.push_back(halfOf(value).bitcastToAPInt().getZExtValue());
    blob = HeapAsmResourceBlob::allocateAndCopyInferAlign(
        ArrayRef<uint16_t>(bits));
  } else {
    blob = HeapAsmResourceBlob::allocateAndCopyInferAlign(values);
  }
  return DenseResourceElementsAttr::get(type, name, std::move(blob));
}

ElementsAttr se::rnn::makeIntegers(RankedTensorType type,
                                   ArrayRef<int64_t> values, StringRef name) {
  unsigned bits = type.getElementTypeBitWidth(), bytes = bits / 8;
  assert(size_t(type.getNumElements()) == values.size());
  if (values.size() <= maxDense || llvm::all_equal(values)) {
    if (values.size() > maxDense)
      values = values.take_front();
    SmallVector<APInt> elements;
    for (int64_t value : values)
      elements.push_back(APInt(bits, value, /*isSigned=*/true));
    return DenseElementsAttr::get(type, elements);
  }
  std::vector<char> data(values.size() * bytes);
  for (auto [i, value] : llvm::enumerate(values))
    memcpy(data.data() + i * bytes, &value, bytes); // little endian
  return DenseResourceElementsAttr::get(
      type, name,
      HeapAsmResourceBlob::allocateAndCopyWithAlign(data, /*align=*/bytes,
                                                    /*dataIsMutable=*/false));
}

StringRef se::rnn::getConstantName(Attribute attr) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr))
    return resource.getRawHandle().getKey();
  return "constant";
}

bool se::rnn::hasData(Attribute attr) {
  auto resource = dyn_cast<DenseResourceElementsAttr>(attr);
  if (!resource)
    return true;
  AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  return blob && int64_t(blob->getData().size()) * 8 ==
                     resource.getNumElements() *
                         resource.getElementType().getIntOrFloatBitWidth();
}

ArrayRef<char> se::rnn::getRawBytes(Attribute attr) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr))
    return resource.getRawHandle().getBlob()->getData();
  return cast<DenseElementsAttr>(attr).getRawData();
}
