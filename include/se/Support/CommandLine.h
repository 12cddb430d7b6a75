// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CommandLine.h - Options of the tools ---------------------*- C++ -*-===//

#ifndef SE_SUPPORT_COMMANDLINE_H
#define SE_SUPPORT_COMMANDLINE_H

#include "llvm/ADT/StringRef.h"

namespace llvm::cl {
class OptionCategory;
}

namespace se {

/// Makes `--version` of a tool print the project's and LLVM's version.
void setVersionPrinter();

/// LLVM ends the process where it can neither go on nor return an error, for
/// instance of an instruction that it cannot select. Then there is one line,
/// `error: ...`, status 1 and no output file instead of a stack dump.
void catchFatalErrors();

/// Shows only the options of this category, and among them those that LLVM
/// gives every tool (`--help`, `--version`).
void showOnly(llvm::cl::OptionCategory &category);

/// Hides the options that exist so far, those of LLVM's code generators, from
/// `--help`; `--help-hidden` shows them.
void hideOptionsOfLibraries();

/// Parses the arguments into the tool's llvm::cl options. A wrong or missing
/// option ends the process with status 1 and one line, `error: ...`; LLVM's own
/// messages have several.
void parseCommandLine(int argc, const char *const *argv,
                      llvm::StringRef overview);

} // namespace se

#endif // SE_SUPPORT_COMMANDLINE_H
