// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Command.cpp - Does a command still fail? ---------------------------===//

#include "se/Reduce/Reduce.h"

#include "se/Support/ProcessGroup.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;
using namespace se;

/// For the shell, whatever stands in it.
static std::string quote(StringRef text) {
  std::string quoted = "'";
  for (char c : text)
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

Expected<Outcome> se::runCommand(const Failure &failure, StringRef file) {
  std::string command;
  StringRef rest = failure.command;
  while (!rest.empty()) {
    size_t at = rest.find("{}");
    command += rest.take_front(at);
    if (at == StringRef::npos)
      break;
    command += quote(file);
    rest = rest.drop_front(at + 2);
  }
  SmallString<128> path;
  if (std::error_code error =
          sys::fs::createTemporaryFile("se-reduce", "txt", path))
    return createStringError("cannot make a temporary file: " +
                             error.message());
  scope_exit remove([&] { sys::fs::remove(path); });
  // One shell stays, and tells of signals by its status.
  std::string script = "exec </dev/null >" + quote(path) +
                       " 2>&1\n/bin/sh -c " + quote(command) + "\nexit $?";
  auto status = runProcessGroup({"/bin/sh", "-c", script}, failure.seconds);
  if (!status) {
    consumeError(status.takeError());
    return Outcome{timedOut, ""};
  }
  auto buffer = MemoryBuffer::getFile(path);
  if (!buffer)
    return createStringError("cannot read a temporary file");
  return Outcome{*status, (*buffer)->getBuffer().str()};
}

Expected<bool> se::fails(const Failure &failure, StringRef file) {
  auto outcome = runCommand(failure, file);
  if (!outcome)
    return outcome.takeError();
  if (outcome->status == 0 || outcome->status == timedOut)
    return false;
  if (!failure.message.empty())
    return StringRef(outcome->output).contains(failure.message);
  return outcome->status == failure.status;
}
