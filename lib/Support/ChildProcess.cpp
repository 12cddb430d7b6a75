// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ChildProcess.cpp - Work that may crash -----------------------------===//

#include "se/Support/ChildProcess.h"

#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"

#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

static Error failErrno(const Twine &what) {
  return createStringError(what + ": " + std::strerror(errno));
}

/// Of the address space of this process.
static uint64_t getVirtualBytes() {
  unsigned long pages = 0;
  if (FILE *file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%lu", &pages) != 1)
      pages = 0;
    std::fclose(file);
  }
  return uint64_t(pages) * uint64_t(::sysconf(_SC_PAGESIZE));
}

static void limit(int resource, uint64_t value) {
  struct rlimit most;
  if (::getrlimit(resource, &most))
    return;
  most.rlim_cur = std::min<rlim_t>(value, most.rlim_max);
  (void)::setrlimit(resource, &most);
}

[[noreturn]] static void runWork(function_ref<int()> work,
                                 const se::ChildLimits &limits,
                                 uint64_t virtualBytes) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A crash is told by the parent.
  for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGXCPU,
                     SIGINT, SIGTERM, SIGHUP, SIGPIPE})
    std::signal(signal, SIG_DFL);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, limits.seconds);
  if (virtualBytes)
    limit(RLIMIT_AS, virtualBytes + limits.memoryBytes);
  if (int nowhere = ::open("/dev/null", O_RDWR); nowhere >= 0)
    for (int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
      ::dup2(nowhere, descriptor);
  ::_exit(work());
}

static StringRef describeSignal(int signal) {
  switch (signal) {
  case SIGSEGV:
    return "a segmentation fault";
  case SIGBUS:
    return "a bus error";
  case SIGILL:
  case SIGTRAP:
    return "an illegal instruction";
  case SIGFPE:
    return "a division by zero";
  case SIGABRT:
    return "an abort, as for lack of memory";
  case SIGXCPU:
    return "taking too long";
  case SIGKILL:
    return "being killed";
  }
  return "a signal";
}

Expected<int> se::runInChild(function_ref<int()> work,
                             const ChildLimits &limits) {
  uint64_t virtualBytes = getVirtualBytes();
  pid_t child = ::fork();
  if (child < 0)
    return failErrno("cannot make a process");
  if (!child)
    runWork(work, limits, virtualBytes);
  int status;
  if (sys::RetryAfterSignal(-1, ::waitpid, child, &status, 0) < 0)
    return failErrno("cannot wait for a process");
  if (WIFEXITED(status))
    return WEXITSTATUS(status);
  return createStringError(describeSignal(WTERMSIG(status)));
}
