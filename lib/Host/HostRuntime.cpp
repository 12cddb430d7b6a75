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

void host::runCluster(void (*kernel)(void *), void *args, uint32_t cores) {
  if (cores == 1)
    return kernel(args);
  Barrier meeting(cores);
  std::vector<std::thread> threads;
  for (uint32_t core = 0; core != cores; ++core)
    threads.emplace_back([&, core] {
      coreId = core;
      barrier = &meeting;
      kernel(args);
    });
  for (std::thread &thread : threads)
    thread.join();
}

uint32_t host::getCoreId() { return coreId; }

void host::waitAtBarrier() {
  if (barrier)
    barrier->wait();
}

void host::nextTile(uint32_t tile, const uint8_t *data, const uint32_t *table,
                    uint8_t *ring, uint32_t *control, uint32_t tiles,
                    uint32_t slots, uint32_t slotBytes) {
  auto copy = [&](uint32_t t) {
    memcpy(ring + t % slots * slotBytes, data + table[t],
           table[t + 1] - table[t]);
  };
  if (coreId == 0 && !control[0]) {
    control[0] = 1;
    for (uint32_t t = 0; t == 0 || t + 1 < slots; ++t)
      copy(t);
  }
  waitAtBarrier();
  if (coreId == 0 && slots > 1)
    copy((tile + slots - 1) % tiles);
}
