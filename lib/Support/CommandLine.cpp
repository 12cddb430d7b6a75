// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CommandLine.cpp - Options of the tools -----------------------------===//

#include "se/Support/CommandLine.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

void se::setVersionPrinter() {
  cl::SetVersionPrinter([](raw_ostream &os) {
    os << "se-mlir " SE_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
  });
}

void se::showOnly(cl::OptionCategory &category) {
  cl::HideUnrelatedOptions(category);
  // Their category has a name that comes before most others.
  for (auto &[name, option] : cl::getRegisteredOptions())
    if (option->Categories.front()->getName() == "Generic Options")
      option->Categories = {&category};
}

void se::parseCommandLine(int argc, const char *const *argv,
                          StringRef overview) {
  std::string text;
  raw_string_ostream os(text);
  if (cl::ParseCommandLineOptions(argc, argv, overview, &os)) {
    outs() << text;
    return;
  }
  // A wrong value is reported by the option itself.
  if (text.empty())
    exit(1);
  // "<path>: <message>  Try: '<path> --help'", then guesses.
  StringRef name = sys::path::filename(argv[0]);
  StringRef line = StringRef(text).ltrim().split('\n').first;
  for (StringRef prefix : {StringRef(argv[0]), name})
    if (line.consume_front(prefix))
      line.consume_front(": ");
  for (StringRef end : {"Try:", "See:"})
    line = line.split(end).first;
  errs() << "error: " << line.rtrim(" .!") << " (see " << name << " --help)\n";
  exit(1);
}
