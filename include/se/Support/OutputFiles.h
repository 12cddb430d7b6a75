// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OutputFiles.h - What a command writes --------------------*- C++ -*-===//

#ifndef SE_SUPPORT_OUTPUTFILES_H
#define SE_SUPPORT_OUTPUTFILES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <vector>

namespace llvm {
class raw_ostream;
}

namespace se {

/// The outputs of one command. They are collected in temporary files, and
/// appear together when `commit` is called, or not at all.
///
///   OutputFiles files;
///   if (Error error = files.add("net.elf", bytes)) ...
///   if (Error error = files.commit()) ...
///
/// A regular file is replaced at once: nobody sees a part of it. A link is
/// followed, so what it points to is replaced. What exists and is no regular
/// file (a device, a FIFO) is written in place. "-" is the standard output, as
/// is /dev/stdout, whatever that is. Errors are one line with the path.
class OutputFiles {
public:
  OutputFiles();
  /// Discards what was not committed.
  ~OutputFiles();

  /// A stream for an output, which lives as long as this object. Errors: it
  /// cannot be written, or is an output already.
  llvm::Expected<llvm::raw_ostream &> open(llvm::StringRef path);
  /// An output whose content is known.
  llvm::Error add(llvm::StringRef path, llvm::StringRef content);
  llvm::Error commit();

  /// Whether an output is a file that others may stand beside: no device and
  /// no stream.
  static bool isRegular(llvm::StringRef path);
  /// Whether an output is the standard output, where then nothing else
  /// belongs.
  static bool isStandardOutput(llvm::StringRef path);

private:
  struct Output;
  std::vector<std::unique_ptr<Output>> outputs;
};

/// Writes a single output.
llvm::Error writeOutput(llvm::StringRef path, llvm::StringRef content);

} // namespace se

#endif // SE_SUPPORT_OUTPUTFILES_H
