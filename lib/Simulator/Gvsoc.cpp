// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How GVSoC runs programs: docs/hardware/pulp-open.md, "Programs on GVSoC".

#include "Gvsoc.h"
#include "se/Support/OutputFiles.h"
#include "se/Support/ProcessGroup.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace se::sim;

static Error fail(const Twine &text) {
  return createStringError(inconvertibleErrorCode(), text);
}

Error se::sim::runGvsoc(StringRef program, unsigned timeout, FileSystem &files,
                        ArrayRef<std::string> read,
                        ArrayRef<std::string> written) {
  auto gvsoc = sys::findProgramByName("gvsoc");
  if (!gvsoc)
    return fail("--platform=gvsoc: there is no gvsoc on PATH");

  SmallString<128> directory;
  if (std::error_code error =
          sys::fs::createUniqueDirectory("se-run-gvsoc", directory))
    return fail("cannot make a temporary directory: " + error.message());
  scope_exit cleanup([&] { sys::fs::remove_directories(directory); });
  auto inDirectory = [&](StringRef name) {
    SmallString<128> path = directory;
    sys::path::append(path, name);
    return path;
  };
  for (const std::string &name : read)
    if (Error error = se::writeOutput(inDirectory(name),
                                      toStringRef(*files.getFile(name))))
      return error;

  SmallString<128> absolute = program;
  if (std::error_code error = sys::fs::make_absolute(absolute))
    return fail(program + ": " + error.message());
  auto status = runProcessGroup({*gvsoc, "--target=pulp-open", "--work-dir",
                                 directory, "--binary", absolute, "run"},
                                timeout);
  if (!status)
    return status.takeError();
  if (*status)
    return fail(program + ": on gvsoc the program ended with status " +
                Twine(*status));

  for (const std::string &name : written) {
    auto content = MemoryBuffer::getFile(inDirectory(name));
    if (!content)
      return fail("the program did not write " + name);
    StringRef bytes = (*content)->getBuffer();
    files.setFile(name, {bytes.bytes_begin(), bytes.bytes_end()});
  }
  return Error::success();
}
