//===- Reader.h - Checked reading of a target's JSON ------------*- C++ -*-===//
//
// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_TARGET_READER_H
#define SE_LIB_TARGET_READER_H

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include <cmath>
#include <optional>
#include <string>

namespace se::target {

/// Walks a JSON value. The first error is kept and all later steps return
/// something harmless, so that the reading code has no error paths.
class Reader {
public:
  explicit Reader(llvm::StringRef fileName) : fileName(fileName) {}

  void fail(const llvm::Twine &key, const llvm::Twine &message) {
    if (error.empty())
      error = (fileName + ": " + (key.isTriviallyEmpty() ? "" : key + ": ") +
               message)
                  .str();
  }

  llvm::Error takeError() const {
    if (error.empty())
      return llvm::Error::success();
    return llvm::createStringError(llvm::inconvertibleErrorCode(), error);
  }

  /// The members of an object, which must be exactly `keys`, and may be
  /// `optional` ones.
  const llvm::json::Object &
  object(const llvm::json::Value &value, const llvm::Twine &path,
         llvm::ArrayRef<llvm::StringRef> keys,
         llvm::ArrayRef<llvm::StringRef> optional = {}) {
    static const llvm::json::Object empty;
    const llvm::json::Object *object = value.getAsObject();
    if (!object) {
      fail(path, "expected an object");
      return empty;
    }
    llvm::SmallVector<llvm::StringRef> unknown;
    for (const auto &member : *object)
      if (!llvm::is_contained(keys, llvm::StringRef(member.first)) &&
          !llvm::is_contained(optional, llvm::StringRef(member.first)))
        unknown.push_back(member.first);
    // The order of members in memory is not that of the file.
    llvm::sort(unknown);
    if (!unknown.empty())
      fail(path, "unknown key '" + unknown.front() + "'");
    for (llvm::StringRef key : keys)
      if (!object->get(key))
        fail(path, "missing key '" + key + "'");
    return *object;
  }

  const llvm::json::Array &array(const llvm::json::Object &object,
                                 llvm::StringRef key) {
    static const llvm::json::Array empty;
    const llvm::json::Array *array = object.getArray(key);
    if (!array || array->empty()) {
      fail(key, "expected a non-empty array");
      return empty;
    }
    return *array;
  }

  std::string string(const llvm::json::Object &object, llvm::StringRef key,
                     const llvm::Twine &path = "") {
    if (std::optional<llvm::StringRef> text = object.getString(key))
      return text->str();
    fail(path + key, "expected a string");
    return "";
  }

  bool boolean(const llvm::json::Object &object, llvm::StringRef key) {
    if (std::optional<bool> value = object.getBoolean(key))
      return *value;
    fail(key, "expected true or false");
    return false;
  }

  unsigned integer(const llvm::json::Object &object, llvm::StringRef key,
                   unsigned min, unsigned max, const llvm::Twine &path = "") {
    std::optional<int64_t> value = object.getInteger(key);
    if (value && *value >= min && *value <= max)
      return *value;
    fail(path + key,
         llvm::formatv("expected an integer from {0} to {1}", min, max));
    return min;
  }

  /// A number or a hexadecimal string.
  uint64_t address(const llvm::json::Object &object, llvm::StringRef key,
                   const llvm::Twine &path) {
    if (std::optional<int64_t> value = object.getInteger(key))
      if (*value >= 0)
        return *value;
    uint64_t result;
    if (std::optional<llvm::StringRef> text = object.getString(key))
      if (text->consume_front("0x") && !text->getAsInteger(16, result))
        return result;
    fail(path + key, "expected an integer, or a string such as \"0x1c000000\"");
    return 0;
  }

  double positive(const llvm::json::Object &object, llvm::StringRef key,
                  const llvm::Twine &path) {
    std::optional<double> value = object.getNumber(key);
    if (value && *value > 0 && std::isfinite(*value))
      return *value;
    fail(path + key, "expected a number greater than 0");
    return 1;
  }

  double notNegative(const llvm::json::Object &object, llvm::StringRef key,
                     const llvm::Twine &path) {
    // Far more than any chip takes, and no sum of it overflows.
    constexpr double most = 1e9;
    std::optional<double> value = object.getNumber(key);
    if (value && *value >= 0 && *value <= most)
      return *value;
    fail(path + key, "expected a number from 0 to 1e9");
    return 0;
  }

  std::optional<double> positiveOrNull(const llvm::json::Object &object,
                                       llvm::StringRef key,
                                       const llvm::Twine &path) {
    const llvm::json::Value *value = object.get(key);
    if (!value || value->getAsNull())
      return std::nullopt;
    return positive(object, key, path);
  }

private:
  std::string fileName;
  std::string error;
};

} // namespace se::target

#endif // SE_LIB_TARGET_READER_H
