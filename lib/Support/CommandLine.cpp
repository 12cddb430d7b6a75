// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CommandLine.cpp - Options of the tools -----------------------------===//

#include "se/Support/CommandLine.h"
#include "se/Support/MessageLine.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdio>
#include <unistd.h>

using namespace llvm;

void se::setVersionPrinter() {
  cl::SetVersionPrinter([](raw_ostream &os) {
    os << "se-mlir " SE_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
  });
}

void se::catchFatalErrors() {
  install_fatal_error_handler([](void *, const char *reason, bool) {
    errs() << formatMessage("error", (Twine("LLVM: ") + reason).str()) << '\n';
    // Temporary files go. What has begun is not finished.
    sys::RunInterruptHandlers();
    ::_exit(1);
  });
}

void se::showOnly(cl::OptionCategory &category) {
  cl::HideUnrelatedOptions(category);
  // Their category has a name that comes before most others.
  for (auto &[name, option] : cl::getRegisteredOptions())
    if (option->Categories.front()->getName() == "Generic Options")
      option->Categories = {&category};
}

void se::hideOptionsOfLibraries() {
  for (auto &[name, option] : cl::getRegisteredOptions())
    if (option->Categories.front()->getName() != "Generic Options")
      option->setHiddenFlag(cl::Hidden);
}

namespace {
/// Catches what is written to the standard error: what the parsers of values
/// say of a wrong one goes there whatever the caller wants. Before there are
/// threads.
class CaughtErrors {
public:
  CaughtErrors() : file(std::tmpfile()), before(::dup(STDERR_FILENO)) {
    if (file && before >= 0)
      ::dup2(::fileno(file), STDERR_FILENO);
  }
  ~CaughtErrors() {
    take();
    if (file)
      std::fclose(file);
  }

  std::string take() {
    std::string text;
    if (before < 0)
      return text;
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    before = -1;
    if (!file)
      return text;
    std::rewind(file);
    char block[1024];
    while (size_t size = std::fread(block, 1, sizeof(block), file))
      text.append(block, size);
    return text;
  }

private:
  FILE *file;
  int before;
};
} // namespace

/// "did you mean --OPTION? ", if what LLVM guesses is near to what was typed.
static std::string findGuess(StringRef line, StringRef text) {
  if (!line.consume_front("Unknown command line argument '"))
    return "";
  auto getName = [](StringRef option) {
    return option.split('\'').first.split('=').first.trim(" -");
  };
  StringRef typed = getName(line);
  // "<path>: Did you mean '--option'?" is a line of its own.
  StringRef guess = text.split("Did you mean '").second;
  unsigned most = unsigned(std::max<size_t>(2, typed.size() / 3));
  if (guess.empty() || typed.edit_distance(getName(guess), true, most) > most)
    return "";
  return ("did you mean " + guess.split('\'').first.ltrim() + "? ").str();
}

void se::parseCommandLine(int argc, const char *const *argv,
                          StringRef overview) {
  std::string text;
  raw_string_ostream os(text);
  CaughtErrors caught;
  bool isRight = cl::ParseCommandLineOptions(argc, argv, overview, &os);
  // A wrong value is reported by its option; the first is enough.
  std::string said = caught.take();
  if (isRight) {
    errs() << said;
    outs() << text;
    return;
  }
  text = said + text;
  // "<path>: <message>  Try: '<path> --help'", then guesses.
  StringRef name = sys::path::filename(argv[0]);
  StringRef line = StringRef(text).ltrim().split('\n').first;
  for (StringRef prefix : {StringRef(argv[0]), name})
    if (line.consume_front(prefix))
      line.consume_front(": ");
  for (StringRef end : {"Try:", "See:"})
    line = line.split(end).first;
  std::string hint = findGuess(line, text);
  errs() << formatMessage("error", (line.rtrim(" .!") + " (" + hint + "see " +
                                    name + " --help)")
                                       .str())
         << '\n';
  exit(1);
}
