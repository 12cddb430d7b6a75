// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- HostRuntime.cpp - The runtime's functions on the host --------------===//

#include "se/Host/HostRuntime.h"

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

using namespace se;

namespace {
/// Meeting point of a fixed number of threads, used again and again.
class Barrier {
public:
  explicit Barrier(unsigned count) : count(count) {}
  void wait() {
    std::unique_lock<std::mutex> lock(mutex);
    unsigned mine = round;
    if (++arrived == count) {
      arrived = 0;
      ++round;
      all.notify_all();
      return;
    }
    all.wait(lock, [&] { return round != mine; });
  }

private:
  std::mutex mutex;
  std::condition_variable all;
  unsigned count, arrived = 0, round = 0;
};
} // namespace

static thread_local uint32_t coreId = 0;
static thread_local Barrier *barrier = nullptr;

void host::runKernel(void (*kernel)(void *), void *args, uint32_t cores,
                     uint32_t dmaCore) {
  if (cores == 1 && dmaCore == 0)
    return kernel(args);
  Barrier meeting(cores + (dmaCore >= cores));
  std::vector<std::thread> threads;
  auto start = [&](uint32_t core) {
    threads.emplace_back([&, core] {
      coreId = core;
      barrier = &meeting;
      kernel(args);
    });
  };
  for (uint32_t core = 0; core != cores; ++core)
    start(core);
  if (dmaCore >= cores)
    start(dmaCore);
  for (std::thread &thread : threads)
    thread.join();
}

void host::checkState(const void *, uint32_t, const char *) {}

uint32_t host::getCoreId() { return coreId; }

void host::waitAtBarrier() {
  if (barrier)
    barrier->wait();
}

uint64_t host::startTransfer(const void *from, void *to, uint64_t bytes) {
  memcpy(to, from, bytes);
  return 0;
}

uint64_t host::startTransferIn2D(const char *from, char *to, uint64_t bytes,
                                 uint64_t line, uint64_t stride) {
  for (; bytes; bytes -= line, to += line, from += stride)
    memcpy(to, from, line);
  return 0;
}

uint64_t host::startTransferOut2D(const char *from, char *to, uint64_t bytes,
                                  uint64_t line, uint64_t stride) {
  for (; bytes; bytes -= line, from += line, to += stride)
    memcpy(to, from, line);
  return 0;
}

void host::waitForTransfer(uint64_t) {}
