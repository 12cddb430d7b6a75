// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- InputFile.h - What a command reads -----------------------*- C++ -*-===//

#ifndef SE_SUPPORT_INPUTFILE_H
#define SE_SUPPORT_INPUTFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>

namespace se {

/// Bytes that a file may have, by its kind; docs/safety.md lists them.
inline constexpr uint64_t maxModelBytes = uint64_t(1) << 30;
inline constexpr uint64_t maxArrayBytes = uint64_t(1) << 30;
inline constexpr uint64_t maxProgramBytes = uint64_t(1) << 28;
inline constexpr uint64_t maxSoundBytes = uint64_t(1) << 29;
inline constexpr uint64_t maxJsonBytes = uint64_t(1) << 25;
/// How deep objects and arrays of JSON may be nested.
inline constexpr unsigned maxJsonDepth = 64;
/// Objects that JSON may have: each takes a table of some kilobytes.
inline constexpr unsigned maxJsonObjects = 1 << 17;

/// Reads an input at once; "-" is the standard input. A regular file must not
/// be larger than `maxBytes`. A FIFO that has a writer is read to its end, at
/// most `maxBytes`; what is neither (a device, a folder) is an error, so that
/// nothing is endless. The error is what is wrong, without the path.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readInput(llvm::StringRef path, uint64_t maxBytes);

/// As llvm::json::parse, which calls itself for each level of nesting, and
/// takes any memory.
llvm::Expected<llvm::json::Value> parseJson(llvm::StringRef text);

/// Opens a file to read, without links that lead out of `folder`: `path` is
/// relative to it. Nobody who changes files meanwhile can make it leave. With
/// `flags` as of open(2). Returns a descriptor.
llvm::Expected<int> openBeneath(llvm::StringRef folder, llvm::StringRef path,
                                int flags);

/// The same as `readInput` of a regular file in `folder`.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readInputBeneath(llvm::StringRef folder, llvm::StringRef path,
                 uint64_t maxBytes);

} // namespace se

#endif // SE_SUPPORT_INPUTFILE_H
