// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- MessageLine.cpp - Messages in one line -----------------------------===//

#include "se/Support/MessageLine.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Unicode.h"

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
  constexpr StringLiteral ellipsis = "...";
  std::string line;
  // Characters so far, and bytes of those that stay if it is too long.
  size_t length = 0, kept = 0;
  for (size_t at = 0; at < text.size() && length <= maxLength;) {
    if (length + ellipsis.size() <= maxLength)
      kept = line.size();
    if (text[at] == '\n') {
      line += ' ';
      ++length, ++at;
    } else if (size_t size = getPrintable(text, at)) {
      line += text.substr(at, size);
      ++length, at += size;
    } else {
      line += "\\x" + utohexstr(uint8_t(text[at]), /*LowerCase=*/true,
                                /*Width=*/2);
      length += 4, ++at;
    }
  }
  if (length <= maxLength)
    return line;
  return line.substr(0, kept) + ellipsis.str();
}

std::string se::formatMessage(StringRef severity, StringRef text) {
  std::string prefix = (severity + ": ").str();
  return prefix + toOneLine(text, maxMessageLength - prefix.size());
}
