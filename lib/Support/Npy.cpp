// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Npy.cpp - NumPy array files ----------------------------------------===//

#include "se/Support/Npy.h"
#include "se/Support/InputFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>

using namespace llvm;
using namespace se;

static constexpr StringLiteral magic = "\x93NUMPY";
static constexpr StringLiteral floatType = "<f4";
/// NumPy itself reads no header of more than 10,000.
static constexpr size_t maxHeader = 1 << 16;

static Error fail(StringRef path, const Twine &text) {
  return createStringError(inconvertibleErrorCode(), path + ": " + text);
}

std::string se::formatShape(ArrayRef<int64_t> shape) {
  std::string text = "[";
  raw_string_ostream os(text);
  interleaveComma(shape, os);
  return text + "]";
}

/// The text between `key` and the end of its value in the header, which is a
/// Python dictionary such as
///   {'descr': '<f4', 'fortran_order': False, 'shape': (3, 257), }
static StringRef findValue(StringRef header, StringRef key) {
  size_t at = header.find(key);
  if (at == StringRef::npos)
    return "";
  StringRef rest = header.substr(at + key.size()).ltrim(" :");
  if (rest.starts_with("("))
    return rest.take_until([](char c) { return c == ')'; }).drop_front();
  if (rest.starts_with("'"))
    return rest.drop_front().take_until([](char c) { return c == '\''; });
  return rest.take_until([](char c) { return c == ',' || c == '}'; });
}

/// What people call a type that NumPy writes as `descr`.
static std::string describeType(StringRef descr) {
  static constexpr std::pair<StringLiteral, StringLiteral> names[] = {
      {"f2", "float16"},  {"f4", "float32"}, {"f8", "float64"}, {"i1", "int8"},
      {"i2", "int16"},    {"i4", "int32"},   {"i8", "int64"},   {"u1", "uint8"},
      {"u2", "uint16"},   {"u4", "uint32"},  {"u8", "uint64"},  {"b1", "bool"},
      {"c8", "complex64"}};
  for (auto [code, name] : names)
    if (descr.drop_front() == code)
      return (descr.starts_with(">") ? "big-endian " + name : Twine(name))
          .str();
  return ("type '" + descr + "'").str();
}

Expected<NpyArray> se::readNpy(StringRef path) {
  auto buffer = readInput(path, maxArrayBytes);
  if (!buffer)
    return fail(path, toString(buffer.takeError()));
  return parseNpy((*buffer)->getBuffer(), path);
}

Expected<NpyArray> se::parseNpy(StringRef content, StringRef path) {
  if (!content.consume_front(magic) || content.size() < 4)
    return fail(path, "not an .npy file");

  unsigned version = uint8_t(content[0]);
  if (version != 1 && version != 2)
    return fail(path, "unknown .npy version " + Twine(version));
  size_t lengthBytes = version == 1 ? 2 : 4;
  content = content.drop_front(2);
  if (content.size() < lengthBytes)
    return fail(path, "the header is cut off");
  size_t length = version == 1 ? support::endian::read16le(content.data())
                               : support::endian::read32le(content.data());
  content = content.drop_front(lengthBytes);
  if (content.size() < length)
    return fail(path, "the header is cut off");
  if (length > maxHeader)
    return fail(path, "a header of " + Twine(length) + " bytes, at most " +
                          Twine(maxHeader) + " are read");
  StringRef header = content.take_front(length);
  content = content.drop_front(length);

  StringRef descr = findValue(header, "'descr'");
  if (descr.empty())
    return fail(path, "the header names no element type");
  if (descr != floatType)
    return fail(path, "expected float32, found " + describeType(descr));
  if (findValue(header, "'fortran_order'").trim() != "False")
    return fail(path, "expected C order, found Fortran order");

  NpyArray array;
  uint64_t elements = 1;
  SmallVector<StringRef> sizes;
  findValue(header, "'shape'").split(sizes, ',', -1, /*KeepEmpty=*/false);
  for (StringRef text : sizes) {
    if (text.trim().empty())
      continue;
    uint64_t size = 0;
    bool overflows = false;
    if (text.trim().getAsInteger(10, size))
      return fail(path, "the header has no valid shape");
    elements = SaturatingMultiply(elements, size, &overflows);
    if (overflows)
      return fail(path, "the header has no valid shape");
    array.shape.push_back(int64_t(size));
  }
  if (header.find("'shape'") == StringRef::npos)
    return fail(path, "the header has no valid shape");
  if (content.size() / sizeof(float) != elements ||
      content.size() % sizeof(float))
    return fail(path, "shape " + formatShape(array.shape) + " needs " +
                          Twine(elements) + " elements, the file holds " +
                          Twine(content.size()) + " bytes");
  array.data.resize(elements);
  for (auto [i, value] : enumerate(array.data))
    value = bit_cast<float>(
        support::endian::read32le(content.data() + i * sizeof(float)));
  return array;
}

Error se::writeNpy(OutputFiles &files, StringRef path, ArrayRef<int64_t> shape,
                   ArrayRef<float> data) {
  std::string header;
  raw_string_ostream text(header);
  text << "{'descr': '" << floatType << "', 'fortran_order': False, 'shape': (";
  interleaveComma(shape, text);
  text << (shape.size() == 1 ? ",), }" : "), }");
  // The data starts at a multiple of 64 bytes, after a line break.
  size_t prefix = magic.size() + 4;
  header.append(offsetToAlignment(prefix + header.size() + 1, Align(64)), ' ');
  header += '\n';

  auto os = files.open(path);
  if (!os)
    return os.takeError();
  *os << magic << '\1' << '\0';
  char length[2];
  support::endian::write16le(length, uint16_t(header.size()));
  os->write(length, sizeof(length));
  *os << header;
  for (float value : data) {
    char bytes[4];
    support::endian::write32le(bytes, bit_cast<uint32_t>(value));
    os->write(bytes, sizeof(bytes));
  }
  return Error::success();
}
