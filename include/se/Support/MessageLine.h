// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- MessageLine.h - Messages in one line ---------------------*- C++ -*-===//

#ifndef SE_SUPPORT_MESSAGELINE_H
#define SE_SUPPORT_MESSAGELINE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace se {

/// Characters of a line of a message, "error: " included.
inline constexpr size_t maxMessageLength = 300;

/// `severity: text` in one line without its end: breaks become spaces, bytes
/// that do not print \xHH, and of what is too long the middle "...".
std::string formatMessage(llvm::StringRef severity, llvm::StringRef text);

/// `place: text` in one line that has at most so many characters, severity
/// counted, if the text is a long one. With `isList` the length of the text is
/// its purpose: long words are cut instead.
std::string formatPlace(llvm::StringRef place, llvm::StringRef text,
                        bool isList);

/// The same for a text without a severity.
std::string toOneLine(llvm::StringRef text,
                      size_t maxLength = maxMessageLength);

/// "a, b, c and 17 more": names that a message tells, as many as fit so many
/// characters, which leave room for the rest of it.
std::string listNames(llvm::ArrayRef<std::string> names,
                      llvm::StringRef separator = ", ", size_t most = 160);

} // namespace se

#endif // SE_SUPPORT_MESSAGELINE_H
