// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Tensor.cpp - Reading ONNX tensors ----------------------------------===//

#include "Tensor.h"

#include "se/Support/InputFile.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include "onnx/onnx_pb.h"

#include <algorithm>
#include <cstring>

using namespace llvm;
using namespace se;
using namespace se::onnx_import;
using onnx::TensorProto;

std::optional<int64_t> se::onnx_import::countElements(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  bool tooMany = false;
  for (int64_t d : shape) {
    if (d < 0)
      return std::nullopt;
    // An empty tensor is empty however large its other dimensions are.
    if (d == 0)
      return 0;
    if (d > maxElements / count)
      tooMany = true;
    else
      count *= d;
  }
  if (tooMany)
    return std::nullopt;
  return count;
}

std::string se::onnx_import::toString(ArrayRef<int64_t> shape) {
  std::string text;
  raw_string_ostream os(text);
  os << '[';
  interleaveComma(shape, os);
  os << ']';
  return text;
}

bool Tensor::anyDynamic() const {
  return std::find(dynamic.begin(), dynamic.end(), true) != dynamic.end();
}

TensorPtr se::onnx_import::makeFloats(ArrayRef<int64_t> shape,
                                      std::vector<float> values,
                                      StringRef name) {
  auto result = std::make_shared<Tensor>();
  result->shape.assign(shape.begin(), shape.end());
  result->floats = std::move(values);
  result->name = name.str();
  return result;
}

TensorPtr se::onnx_import::makeInts(ArrayRef<int64_t> shape,
                                    std::vector<int64_t> values) {
  auto result = std::make_shared<Tensor>();
  result->kind = Tensor::Kind::Int;
  result->shape.assign(shape.begin(), shape.end());
  result->ints = std::move(values);
  return result;
}

std::optional<Tensor::Kind> se::onnx_import::kindOf(int type) {
  switch (type) {
  case TensorProto::FLOAT:
  case TensorProto::DOUBLE:
  case TensorProto::FLOAT16:
  case TensorProto::BFLOAT16:
    return Tensor::Kind::Float;
  case TensorProto::BOOL:
    return Tensor::Kind::Bool;
  case TensorProto::INT8:
  case TensorProto::INT16:
  case TensorProto::INT32:
  case TensorProto::INT64:
  case TensorProto::UINT8:
  case TensorProto::UINT16:
  case TensorProto::UINT32:
  case TensorProto::UINT64:
    return Tensor::Kind::Int;
  default:
    return std::nullopt;
  }
}

static float fromBits(const fltSemantics &semantics, uint16_t bits) {
  APFloat value(semantics, APInt(16, bits));
  bool ignored;
  value.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven, &ignored);
  return value.convertToFloat();
}
static float fromHalf(uint16_t bits) {
  return fromBits(APFloat::IEEEhalf(), bits);
}
static float fromBFloat(uint16_t bits) {
  return fromBits(APFloat::BFloat(), bits);
}

namespace {
/// One reading of a TensorProto: its bytes or its typed field.
class Reader {
public:
  Reader(const TensorProto &proto, StringRef directory, std::string &error)
      : proto(proto), directory(directory), error(error) {}
  TensorPtr read();

private:
  TensorPtr fail(const Twine &message) {
    error = message.str();
    return nullptr;
  }
  bool loadBytes();
  bool loadExternal();
  bool fillNibbles(bool isSigned);

  /// Fills `out` from raw bytes of type `Raw`, or from a repeated field.
  template <typename Raw, typename Field, typename Out, typename Convert>
  bool fill(const Field &field, std::vector<Out> &out, Convert convert) {
    if (!hasBytes) {
      if (field.size() != count)
        return mismatch(field.size(), "values");
      out.reserve(count);
      for (auto value : field)
        out.push_back(convert(static_cast<Raw>(value)));
      return true;
    }
    if (bytes.size() != static_cast<size_t>(count) * sizeof(Raw))
      return mismatch(bytes.size(), "bytes");
    out.reserve(count);
    for (int64_t i = 0; i < count; ++i) {
      Raw value;
      std::memcpy(&value, bytes.data() + i * sizeof(Raw), sizeof(Raw));
      out.push_back(convert(value));
    }
    return true;
  }
  bool mismatch(size_t got, StringRef what) {
    error = ("has shape " + toString(result->shape) + " but " + Twine(got) +
             " " + what + " of data")
                .str();
    return false;
  }

  const TensorProto &proto;
  StringRef directory;
  std::string &error;
  std::shared_ptr<Tensor> result = std::make_shared<Tensor>();
  int64_t count = 0;
  bool hasBytes = false;
  StringRef bytes;
  std::unique_ptr<MemoryBuffer> external;
};
} // namespace

bool Reader::loadExternal() {
  std::string location;
  uint64_t offset = 0, length = 0;
  bool hasLength = false;
  for (const auto &entry : proto.external_data()) {
    StringRef value = entry.value();
    bool bad = false;
    if (entry.key() == "location") {
      location = value.str();
    } else if (entry.key() == "offset") {
      bad = value.getAsInteger(10, offset);
    } else if (entry.key() == "length") {
      bad = value.getAsInteger(10, length);
      hasLength = true;
    }
    if (bad) {
      error = "has a malformed external_data entry '" + entry.key() + "'";
      return false;
    }
  }
  // As ONNX demands, the file lies beside the model or below it.
  StringRef path = location;
  bool escapes = path.empty() || sys::path::is_absolute(path);
  for (auto it = sys::path::begin(path); it != sys::path::end(path); ++it)
    escapes |= *it == "..";
  if (escapes) {
    error = "has external data at '" + location +
            "', which is not a path below the model's folder";
    return false;
  }
  SmallString<128> full(directory);
  sys::path::append(full, path);
  auto file = readInputBeneath(directory, path, maxModelBytes);
  if (!file) {
    error = "has external data in '" + full.str().str() +
            "': " + llvm::toString(file.takeError());
    return false;
  }
  external = std::move(*file);
  StringRef all = external->getBuffer();
  if (offset > all.size() || (hasLength && length > all.size() - offset)) {
    error = "has external data beyond the end of '" + full.str().str() + "'";
    return false;
  }
  bytes = all.substr(offset, hasLength ? length : StringRef::npos);
  return true;
}

bool Reader::loadBytes() {
  if (proto.data_location() == onnx::TensorProto_DataLocation_EXTERNAL) {
    hasBytes = true;
    return loadExternal();
  }
  hasBytes = proto.has_raw_data();
  if (hasBytes)
    bytes = proto.raw_data();
  return true;
}

/// Two numbers in each byte, the first in the low half.
bool Reader::fillNibbles(bool isSigned) {
  int64_t packed = (count + 1) / 2;
  int64_t given = hasBytes ? int64_t(bytes.size()) : proto.int32_data_size();
  if (given != packed)
    return mismatch(given, hasBytes ? "bytes" : "values");
  for (int64_t i = 0; i < count; ++i) {
    unsigned pair = hasBytes ? uint8_t(bytes[i / 2]) : proto.int32_data(i / 2);
    int64_t value = (i % 2 ? pair >> 4 : pair) & 15;
    result->ints.push_back(isSigned && value > 7 ? value - 16 : value);
  }
  return true;
}

TensorPtr Reader::read() {
  result->name = proto.name();
  result->shape.assign(proto.dims().begin(), proto.dims().end());
  if (result->shape.size() > maxRank)
    return fail("has " + Twine(result->shape.size()) + " dimensions; at most " +
                Twine(maxRank) + " are supported");
  std::optional<int64_t> elements = countElements(result->shape);
  if (!elements)
    return fail("has a negative or too large shape " + toString(result->shape));
  count = *elements;
  if (proto.has_segment())
    return fail("is split into segments, which is not supported");
  if (!loadBytes())
    return nullptr;

  auto toFloat = [](auto value) { return static_cast<float>(value); };
  auto toInt = [](auto value) { return static_cast<int64_t>(value); };
  std::vector<float> &floats = result->floats;
  std::vector<int64_t> &ints = result->ints;
  bool ok = false;
  result->kind = Tensor::Kind::Int;
  result->type = proto.data_type();
  switch (proto.data_type()) {
  case TensorProto::FLOAT:
    result->kind = Tensor::Kind::Float;
    ok = fill<float>(proto.float_data(), floats, toFloat);
    break;
  case TensorProto::DOUBLE:
    result->kind = Tensor::Kind::Float;
    ok = fill<double>(proto.double_data(), floats, toFloat);
    break;
  case TensorProto::FLOAT16:
    result->kind = Tensor::Kind::Float;
    ok = fill<uint16_t>(proto.int32_data(), floats, fromHalf);
    break;
  case TensorProto::BFLOAT16:
    result->kind = Tensor::Kind::Float;
    ok = fill<uint16_t>(proto.int32_data(), floats, fromBFloat);
    break;
  case TensorProto::INT64:
    ok = fill<int64_t>(proto.int64_data(), ints, toInt);
    break;
  case TensorProto::INT32:
    ok = fill<int32_t>(proto.int32_data(), ints, toInt);
    break;
  case TensorProto::INT16:
    ok = fill<int16_t>(proto.int32_data(), ints, toInt);
    break;
  case TensorProto::INT8:
    ok = fill<int8_t>(proto.int32_data(), ints, toInt);
    break;
  case TensorProto::UINT16:
    ok = fill<uint16_t>(proto.int32_data(), ints, toInt);
    break;
  case TensorProto::UINT8:
    ok = fill<uint8_t>(proto.int32_data(), ints, toInt);
    break;
  case TensorProto::UINT32:
    ok = fill<uint32_t>(proto.uint64_data(), ints, toInt);
    break;
  case TensorProto::UINT64:
    ok = fill<uint64_t>(proto.uint64_data(), ints, toInt);
    break;
  case TensorProto::BOOL:
    result->kind = Tensor::Kind::Bool;
    ok = fill<uint8_t>(proto.int32_data(), ints,
                       [](auto value) { return int64_t(value != 0); });
    break;
  case typeINT4:
  case typeUINT4:
    ok = fillNibbles(proto.data_type() == typeINT4);
    break;
  default:
    return fail("has the unsupported element type " + Twine(proto.data_type()));
  }
  return ok ? result : nullptr;
}

TensorPtr se::onnx_import::readTensor(const TensorProto &proto,
                                      StringRef directory, std::string &error) {
  return Reader(proto, directory, error).read();
}
