// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ProcessGroup.cpp - Programs and all that they start ----------------===//

#include "se/Support/ProcessGroup.h"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Program.h"

#include <atomic>
#include <csignal>

using namespace llvm;

/// The group that runs, or 0.
static std::atomic<pid_t> runningGroup = 0;

namespace {
/// A terminal's signals go to its own group only, so they are passed on.
class SignalsToGroup {
public:
  SignalsToGroup() {
    struct sigaction action = {};
    action.sa_handler = passOn;
    for (int signal : {SIGINT, SIGTERM, SIGHUP})
      sigaction(signal, &action, &before[signal]);
  }
  ~SignalsToGroup() {
    for (int signal : {SIGINT, SIGTERM, SIGHUP})
      sigaction(signal, &before[signal], nullptr);
  }

private:
  static void passOn(int signal) {
    if (pid_t group = runningGroup)
      kill(-group, SIGKILL);
    // What the signal did before happens when this function has returned.
    sigaction(signal, &before[signal], nullptr);
    raise(signal);
  }
  static struct sigaction before[NSIG];
};
struct sigaction SignalsToGroup::before[NSIG];
} // namespace

Expected<int> se::runProcessGroup(ArrayRef<StringRef> arguments,
                                  unsigned seconds) {
  auto fail = [&](const Twine &text) {
    return createStringError(arguments.front() + ": " + text);
  };
  SignalsToGroup signals;
  std::string message;
  bool failed = false;
  // Detached, it leads a session and so a group of its own.
  sys::ProcessInfo process = sys::ExecuteNoWait(
      arguments.front(), arguments, /*Env=*/std::nullopt, /*Redirects=*/{},
      /*MemoryLimit=*/0, &message, &failed, /*AffinityMask=*/nullptr,
      /*DetachProcess=*/true);
  if (failed)
    return fail(message);
  runningGroup = process.Pid;
  sys::ProcessInfo ended = sys::Wait(
      process, seconds ? std::optional<unsigned>(seconds) : std::nullopt,
      &message);
  runningGroup = 0;
  // The leader has ended; others of its group may go on.
  kill(-process.Pid, SIGKILL);
  if (ended.ReturnCode < 0)
    return fail(message.empty() ? Twine("was ended by a signal")
                                : Twine(message));
  return ended.ReturnCode;
}
