// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- MessageLine.cpp - Messages in one line -----------------------------===//

#include "se/Support/MessageLine.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Unicode.h"

#include <vector>

using namespace llvm;

/// The length of the printable character that begins at `at`, or 0.
static size_t getPrintable(StringRef text, size_t at) {
  const auto *source = reinterpret_cast<const UTF8 *>(text.data()) + at;
  size_t size = getNumBytesForUTF8(*source);
  if (size > text.size() - at)
    return 0;
  UTF32 code = 0;
  const UTF8 *next = source;
  if (convertUTF8Sequence(&next, source + size, &code, strictConversion) !=
      conversionOK)
    return 0;
  return sys::unicode::isPrintable(int(code)) ? size : 0;
}

std::string se::toOneLine(StringRef text, size_t maxLength) {
  // Nothing of the middle of such a text is shown.
  constexpr size_t maxPart = 4096;
  std::string shortened;
  if (text.size() > 2 * maxPart) {
    shortened = (text.take_front(maxPart) + text.take_back(maxPart)).str();
    text = shortened;
  }
  std::string line;
  // Where each character of the line begins.
  std::vector<size_t> starts;
  for (size_t at = 0; at < text.size();) {
    if (size_t size = getPrintable(text, at)) {
      starts.push_back(line.size());
      line += text.substr(at, size);
      at += size;
      continue;
    }
    std::string shown = text[at] == '\n' ? std::string(" ")
                                         : "\\x" + utohexstr(uint8_t(text[at]),
                                                             /*LowerCase=*/true,
                                                             /*Width=*/2);
    for (char c : shown) {
      starts.push_back(line.size());
      line += c;
    }
    ++at;
  }
  if (starts.size() <= maxLength)
    return line;
  // The place is at the beginning, and what is wrong often at the end.
  constexpr StringLiteral ellipsis = "...";
  size_t tail = maxLength / 3, head = maxLength - tail - ellipsis.size();
  return line.substr(0, starts[head]) + ellipsis.str() +
         line.substr(starts[starts.size() - tail]);
}

std::string se::listNames(ArrayRef<std::string> names, StringRef separator,
                          size_t most) {
  constexpr size_t maxName = 100;
  std::string list;
  for (size_t i = 0; i != names.size(); ++i) {
    std::string name = toOneLine(names[i], maxName);
    if (i && list.size() + name.size() > most)
      return list + " and " + std::to_string(names.size() - i) + " more";
    list += (i ? separator.str() : "") + name;
  }
  return list;
}

std::string se::formatMessage(StringRef severity, StringRef text) {
  std::string prefix = (severity + ": ").str();
  return prefix + toOneLine(text, maxMessageLength - prefix.size());
}

/// Cuts words, which may be names that mean harm, or paths.
static std::string shortenWords(StringRef text, size_t maxWord) {
  std::string result;
  while (!text.empty()) {
    auto isSpace = [](char c) { return c == ' ' || c == '\n'; };
    StringRef word = text.take_until(isSpace);
    result += se::toOneLine(word, maxWord);
    text = text.drop_front(word.size());
    StringRef spaces = text.take_while(isSpace);
    result += spaces;
    text = text.drop_front(spaces.size());
  }
  return result;
}

std::string se::formatPlace(StringRef place, StringRef text, bool isList) {
  constexpr size_t maxList = 4000, maxPlace = 200, maxText = 240, minText = 120;
  std::string prefix;
  if (!place.empty())
    prefix = toOneLine(place, maxPlace) + ": ";
  if (isList)
    return prefix + toOneLine(shortenWords(text, /*maxWord=*/100), maxList);
  // "warning: "
  size_t used = prefix.size() + 9;
  size_t left = used < maxMessageLength ? maxMessageLength - used : 0;
  // A text that is not long may fill the line a little over.
  size_t maxLength = std::max(left, text.size() <= maxText ? maxText : minText);
  if (text.size() <= maxLength)
    return prefix + toOneLine(text, maxLength);
  // The middle of a path tells less than that of the text.
  return prefix + toOneLine(shortenWords(text, /*maxWord=*/60), maxLength);
}
