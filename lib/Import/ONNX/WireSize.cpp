// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- WireSize.cpp - What a serialized message takes ---------------------===//

#include "WireSize.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <utility>
#include <vector>

using namespace se;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;

namespace {
class Scan {
public:
  explicit Scan(uint64_t limit) : limit(limit) {}

  bool exceeds(llvm::StringRef whole, const Descriptor &wholeType) {
    left.push_back({whole, &wholeType});
    while (!left.empty() && overhead <= limit) {
      auto [bytes, type] = left.back();
      left.pop_back();
      scan(bytes, *type);
    }
    return overhead > limit;
  }

private:
  void scan(llvm::StringRef bytes, const Descriptor &type);
  void add(llvm::StringRef content, const FieldDescriptor *field);

  // With what an allocation takes besides, and the pointer to it.
  static constexpr uint64_t messageBytes = 256, stringBytes = 64,
                            unknownBytes = 32, numberBytes = 8;
  /// Messages that are not looked into yet.
  std::vector<std::pair<llvm::StringRef, const Descriptor *>> left;
  uint64_t limit, overhead = 0;
};
} // namespace

void Scan::add(llvm::StringRef content, const FieldDescriptor *field) {
  if (!field) {
    overhead += unknownBytes + stringBytes;
  } else if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
    overhead += messageBytes;
    left.push_back({content, field->message_type()});
  } else if (field->is_packable()) {
    // A number that is one byte in the file.
    overhead += numberBytes * content.size();
  } else {
    overhead += stringBytes;
  }
}

void Scan::scan(llvm::StringRef bytes, const Descriptor &type) {
  google::protobuf::io::CodedInputStream stream(
      reinterpret_cast<const uint8_t *>(bytes.data()), int(bytes.size()));
  while (uint32_t tag = overhead <= limit ? stream.ReadTag() : 0) {
    const FieldDescriptor *field =
        type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    if (WireFormatLite::GetTagWireType(tag) !=
        WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      overhead += field ? numberBytes : unknownBytes;
      if (!WireFormatLite::SkipField(&stream, tag))
        return;
      continue;
    }
    uint32_t size = 0;
    if (!stream.ReadVarint32(&size))
      return;
    auto at = size_t(stream.CurrentPosition());
    if (size > bytes.size() - at)
      return;
    add(bytes.substr(at, size), field);
    stream.Skip(int(size));
  }
}

bool onnx_import::hasOverhead(llvm::StringRef bytes, const Descriptor &type,
                              uint64_t limit) {
  return Scan(limit).exceeds(bytes, type);
}
