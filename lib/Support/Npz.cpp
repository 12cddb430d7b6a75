// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Npz.cpp - Files of several NumPy arrays ----------------------------===//
//
// A ZIP archive with a file NAME.npy for each array, stored or deflated.
// Source: APPNOTE.TXT of PKWARE, version 6.3. The directory at the end counts:
// numpy writes no sizes before the arrays.
//
//===----------------------------------------------------------------------===//

#include "se/Support/Npz.h"
#include "se/Support/InputFile.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Endian.h"

#include <zlib.h>

using namespace llvm;
using namespace se;

static constexpr size_t endSize = 22, entrySize = 46, localSize = 30;

static Error fail(StringRef path, const Twine &text) {
  return createStringError(path + ": " + text);
}

static uint32_t read16(StringRef text, size_t at) {
  return support::endian::read16le(text.data() + at);
}
static uint32_t read32(StringRef text, size_t at) {
  return support::endian::read32le(text.data() + at);
}

/// What `text` was made of, `size` bytes; nothing if it is damaged.
static std::optional<std::string> inflateText(StringRef text, size_t size) {
  // One byte becomes at most 1032.
  if (size > 1032 * (text.size() + 1))
    return std::nullopt;
  std::string result(size, 0);
  z_stream stream = {};
  // Without a header.
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
  stream.avail_in = uInt(text.size());
  stream.next_out = reinterpret_cast<Bytef *>(result.data());
  stream.avail_out = uInt(size);
  bool isWhole =
      inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0;
  inflateEnd(&stream);
  return isWhole ? std::optional(std::move(result)) : std::nullopt;
}

namespace {
/// One file of the archive.
struct Entry {
  StringRef name, content;
  uint32_t method = 0, size = 0, sum = 0;
};
} // namespace

/// Reads the entry at the front of `directory`, and drops it.
static std::optional<Entry> readEntry(StringRef archive, StringRef &directory) {
  if (directory.size() < entrySize || !directory.starts_with("PK\x01\x02"))
    return std::nullopt;
  size_t nameSize = read16(directory, 28);
  size_t rest = nameSize + read16(directory, 30) + read16(directory, 32);
  if (directory.size() < entrySize + rest)
    return std::nullopt;
  Entry entry;
  entry.name = directory.substr(entrySize, nameSize);
  entry.method = read16(directory, 10);
  entry.sum = read32(directory, 16);
  entry.size = read32(directory, 24);
  size_t packed = read32(directory, 20), at = read32(directory, 42);
  directory = directory.drop_front(entrySize + rest);
  if (at > archive.size() || archive.size() - at < localSize)
    return std::nullopt;
  StringRef local = archive.drop_front(at);
  size_t head = localSize + read16(local, 26) + read16(local, 28);
  if (!local.starts_with("PK\x03\x04") || local.size() < head ||
      local.size() - head < packed)
    return std::nullopt;
  entry.content = local.substr(head, packed);
  return entry;
}

Expected<std::vector<NamedArray>> se::readNpz(StringRef path) {
  auto buffer = readInput(path, maxArrayBytes);
  if (!buffer)
    return fail(path, toString(buffer.takeError()));
  StringRef archive = (*buffer)->getBuffer();
  size_t end = archive.rfind("PK\x05\x06");
  if (!archive.starts_with("PK") || end == StringRef::npos ||
      archive.size() - end < endSize)
    return fail(path, "not an .npz file");
  unsigned count = read16(archive, end + 10);
  StringRef directory = archive.take_front(end).drop_front(
      std::min<size_t>(read32(archive, end + 16), end));
  std::vector<NamedArray> arrays;
  StringSet<> names;
  size_t total = 0;
  for (unsigned i = 0; i != count; ++i) {
    std::optional<Entry> entry = readEntry(archive, directory);
    if (!entry)
      return fail(path, "the archive is damaged");
    StringRef name = entry->name;
    name.consume_back(".npy");
    std::string what = (path + ": " + name).str();
    if (!names.insert(name).second)
      return fail(what, "is there twice");
    total += entry->size;
    if (total > maxArrayBytes)
      return fail(path, "more than " + Twine(maxArrayBytes) +
                            " bytes, the most that is read");
    std::optional<std::string> inflated;
    StringRef content = entry->content;
    constexpr unsigned stored = 0, deflated = 8;
    if (entry->method == deflated) {
      inflated = inflateText(content, entry->size);
      if (!inflated)
        return fail(what, "is damaged");
      content = *inflated;
    } else if (entry->method != stored) {
      return fail(what, "is compressed by an unknown method");
    }
    if (content.size() != entry->size ||
        crc32(0, reinterpret_cast<const Bytef *>(content.data()),
              uInt(content.size())) != entry->sum)
      return fail(what, "is damaged");
    auto array = parseNpy(content, what);
    if (!array)
      return array.takeError();
    arrays.push_back({name.str(), std::move(*array)});
  }
  return arrays;
}
