// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- TilingCandidate.cpp - What of a tiling lies where, and its time ----===//

#include "TilingCandidate.h"
#include "StageError.h"

#include "../Cost/Prediction.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// Enough to hide the start of a transfer and the steps between.
static constexpr int64_t externalAhead = 4;

int64_t schedule::getInterleave(const StageLoop &loop) {
  constexpr int64_t inStep = 4;
  bool isWhole =
      loop.tileSize % inStep == 0 && loop.getRegisterTiles() % inStep == 0;
  return isWhole && !loop.panel.blocks.empty() ? inStep : 1;
}

int64_t schedule::getWholeBytes(const StageLoop &loop) {
  return llvm::alignTo(loop.getRegisterTiles() * getPanelBytes(loop),
                       tileAlignment);
}

int64_t schedule::getCapacity(const TilingOptions &options) {
  return options.isL3Direct ? 0 : options.nvm.bytes + options.l3.bytes;
}

int64_t schedule::getControlBytes(int64_t slots, const TilingOptions &options) {
  Tiling most;
  most.slots = slots;
  most.residentBytes = 1;
  if (slots && getCapacity(options)) {
    most.external = 1;
    most.ahead = externalAhead;
  }
  int64_t bytes = llvm::alignTo(
      4 * (getControlWords(most) + options.carriedWords), tileAlignment);
  return slots ? std::max<int64_t>(bytes, 64) : bytes;
}

bool schedule::mayKeepSums(const Panel &panel, int64_t groups,
                           const TilingOptions &options) {
  return panel.vectors == 1 && groups <= int64_t(options.machine.cores);
}

/// Constants that elements share are loaded from L1 again and again, those with
/// most reads per byte first, but before them the tables of activations.
void Candidate::placeShared(int64_t &room) {
  std::vector<SharedConstant> list;
  for (auto &[value, constant] : stageLoops.getShared())
    list.push_back(constant);
  llvm::stable_sort(list, [](const auto &a, const auto &b) {
    if (a.isTable != b.isTable)
      return a.isTable;
    return a.reads * b.bytes > b.reads * a.bytes;
  });
  for (const SharedConstant &constant : list) {
    int64_t bytes = llvm::alignTo(constant.bytes, tileAlignment);
    if (bytes > room)
      continue;
    tiling.shared[constant.constant] = tiling.residentBytes;
    tiling.residentBytes += bytes;
    room -= bytes;
  }
}

/// Short loops first.
std::vector<StageLoop *> Candidate::getOrder() {
  std::vector<StageLoop *> order;
  for (StageLoop &loop : loops)
    order.push_back(&loop);
  llvm::stable_sort(order, [&](StageLoop *a, StageLoop *b) {
    return getWholeBytes(*a) < getWholeBytes(*b);
  });
  return order;
}

/// Places the tiles of a loop that stay, and returns their bytes.
int64_t Candidate::placeResident(StageLoop &loop) {
  loop.position = tiling.residentBytes;
  // Also the last tile, which may have fewer rows, is viewed as a whole.
  int64_t bytes =
      loop.resident * llvm::alignTo(loop.getTileBytes(), tileAlignment);
  tiling.residentBytes += bytes;
  return bytes;
}

/// Lets tiles stay in L1: short loops as a whole, of the others the same share,
/// so that the engine has equally much to do all the time.
void Candidate::keepTiles(int64_t room) {
  auto keepWhole = [&](StageLoop &loop) {
    loop.panel.layOut(loop.panel.registerTile);
    loop.interleave = 1;
    loop.tileSize = loop.getRegisterTiles();
    loop.resident = 1;
    return placeResident(loop);
  };
  std::vector<StageLoop *> order = getOrder(), rest;
  int64_t left = 0;
  for (StageLoop *loop : order)
    left += getWholeBytes(*loop);
  bool allFit = left <= room;
  for (StageLoop *loop : order) {
    int64_t bytes = getWholeBytes(*loop);
    if (bytes <= room && (allFit || bytes <= tiling.slotBytes)) {
      room -= keepWhole(*loop);
      left -= bytes;
    } else {
      rest.push_back(loop);
    }
  }
  for (StageLoop *loop : rest) {
    int64_t bytes = getWholeBytes(*loop);
    int64_t share = int64_t(double(room) * double(bytes) / double(left));
    int64_t tileBytes = llvm::alignTo(loop->getTileBytes(), tileAlignment);
    // One tile flows at least, lest the loop has to be cut in another way.
    loop->resident = std::min(share / tileBytes, loop->getTiles() - 1);
    room -= placeResident(*loop);
    left -= bytes;
  }
}

/// Partial sums that a loop leaves in L1 from K block to K block.
int64_t Candidate::getSumBytes(const StageLoop &loop) const {
  const Panel &panel = loop.panel;
  if (panel.kBlocks == 1 || panel.keepsSums)
    return 0;
  int64_t cores = options.machine.cores;
  return llvm::alignTo(cores * llvm::divideCeil(loop.tileSize, cores) *
                           panel.vectors * panel.getSums() *
                           panel.registerTile * 4,
                       tileAlignment);
}

llvm::Error Candidate::placeInL1(double share) {
  for (StageLoop &loop : loops) {
    tiling.slotBytes = std::max<int64_t>(
        tiling.slotBytes, llvm::alignTo(loop.getTileBytes(), tileAlignment));
    tiling.sumBytes = std::max(tiling.sumBytes, getSumBytes(loop));
  }
  int64_t ring = tiling.getRingBytes() + tiling.sumBytes +
                 getControlBytes(tiling.slots, options);
  int64_t room = options.l1Bytes - ring;
  int64_t missing = -room;
  if ((options.mayStay && share == 1) || loops.empty()) {
    // Without a ring there is more room. The word that says where what stays
    // lies takes as much as a buffer.
    int64_t all = 0;
    for (const StageLoop &loop : loops)
      all += getWholeBytes(loop);
    int64_t rest = options.l1Bytes - getControlBytes(0, options) - all;
    if (rest >= 0 || loops.empty()) {
      tiling.slots = tiling.slotBytes = tiling.sumBytes = 0;
      placeShared(rest);
      keepTiles(all + rest);
      return llvm::Error::success();
    }
    missing = std::min(missing, -rest);
  }
  if (room < 0)
    return fail(
        1, missing,
        "memory l1 exceeded by {0} bytes ({1} needed for {2}, {3} available "
        "beside states and activations)",
        missing, options.l1Bytes + missing,
        missing == -room
            ? llvm::formatv("a ring of {0} slots", tiling.slots).str()
            : "all parameters",
        options.l1Bytes);
  placeShared(room);
  if (options.mayStay)
    keepTiles(int64_t(double(room) * share));
  // Loops that stay as a whole are not cut any more.
  tiling.sumBytes = 0;
  for (const StageLoop &loop : loops)
    tiling.sumBytes = std::max(tiling.sumBytes, getSumBytes(loop));
  return llvm::Error::success();
}

llvm::Error Candidate::failAt(const StageLoop &loop, int64_t newMissing,
                              const std::string &text) {
  step = 0;
  missing = newMissing;
  return llvm::make_error<StageError>(loop.stage, text);
}

/// Bytes that lie behind L2 if `external` transfers come from there.
int64_t Candidate::getExternalBytes(int64_t external) const {
  int64_t bytes = 0, number = 0;
  forEachTransfer(loops, [&](const StageLoop &loop, int64_t tile) {
    if (isChosen(number++, external, tiling.transfers))
      bytes += loop.getBytes(tile);
  });
  return bytes;
}

/// Bytes that lie in nvm if `among` of the external transfers come from there.
int64_t Candidate::getNonVolatileBytes(int64_t among) const {
  int64_t bytes = 0, number = 0, outer = 0;
  forEachTransfer(loops, [&](const StageLoop &loop, int64_t tile) {
    if (isChosen(number++, tiling.external, tiling.transfers) &&
        isChosen(outer++, among, tiling.external))
      bytes += loop.getBytes(tile);
  });
  return bytes;
}

/// The first number from `low` to `high` for which `isTrue`, or `high`.
static int64_t findFirst(int64_t low, int64_t high,
                         function_ref<bool(int64_t)> isTrue) {
  while (low < high) {
    int64_t middle = (low + high) / 2;
    if (isTrue(middle))
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

/// Where the image of what stays in L1 lies if tiles of so many bytes lie
/// behind L2: it is read once, so tiles need the room in L2 more. With those of
/// nvm, if l3, which is slower, needs not be read.
cluster::Level Candidate::chooseImageLevel(int64_t behind) const {
  int64_t bytes = tiling.residentBytes;
  if (!bytes || options.isL3Direct)
    return cluster::Level::l2;
  if (bytes + std::max<int64_t>(behind, 0) <= options.nvm.bytes)
    return cluster::Level::nvm;
  return bytes <= options.l3.bytes ? cluster::Level::l3 : cluster::Level::l2;
}

/// Decides what of the image and of the tiles that flow lies behind L2.
llvm::Error Candidate::placeBehind(int64_t otherBytes) {
  forEachTransfer(loops, [&](const StageLoop &loop, int64_t tile) {
    ++tiling.transfers;
    tiling.streamBytes += loop.getBytes(tile);
  });
  // What stays in L1 lies in its image once, also if elements share it.
  int64_t fixed = otherBytes + tiling.getTableBytes();
  for (auto &[value, position] : tiling.shared)
    fixed -= stageLoops.getShared().lookup(value).bytes;
  int64_t all = fixed + tiling.residentBytes + tiling.streamBytes;
  if (all <= options.l2Bytes)
    return llvm::Error::success();
  if (options.isL3Direct && all - tiling.streamBytes <= options.l2Bytes &&
      tiling.streamBytes - options.l3.bytes < all - options.l2Bytes) {
    tiling.isInL3 = true;
    return checkL3(2, tiling.streamBytes);
  }
  tiling.imageLevel = chooseImageLevel(0);
  if (fixed + getImageBytes(cluster::Level::l2) + tiling.getOuterBytes() +
          tiling.streamBytes <=
      options.l2Bytes)
    return llvm::Error::success();
  return partStream(fixed, all - options.l2Bytes);
}

/// Bytes of the image of what stays in L1, if it lies in this memory.
int64_t Candidate::getImageBytes(cluster::Level level) const {
  return tiling.imageLevel == level ? tiling.residentBytes : 0;
}

/// Lets some of the tiles that flow lie behind L2, which has a ring for them
/// and holds `fixed` bytes besides; without any, only the image does. If all
/// lay in L2, `exceeded` bytes would be missing.
llvm::Error Candidate::partStream(int64_t fixed, int64_t exceeded) {
  tiling.ahead = externalAhead;
  int64_t ring = tiling.transfers
                     ? (externalAhead + tiling.slots - 1) * tiling.slotBytes
                     : 0;
  tiling.imageLevel =
      chooseImageLevel(fixed + ring + tiling.streamBytes - options.l2Bytes);
  fixed += tiling.imageLevel == cluster::Level::l2
               ? ring + tiling.residentBytes
               : std::max(ring, Tiling::imagePiece);
  int64_t behind = fixed + tiling.streamBytes - options.l2Bytes;
  // Each has an entry in a second table.
  auto isEnough = [&](int64_t external) {
    return getExternalBytes(external) >=
           behind + external * Tiling::transferBytes;
  };
  int64_t capacity = getCapacity(options);
  int64_t lacking = fixed + tiling.transfers * Tiling::transferBytes -
                    options.l2Bytes; // if all lie there
  if (lacking <= 0) {
    // It is monotonous but for the size of a tile or two.
    tiling.external = findFirst(1, tiling.transfers, isEnough);
    while (tiling.external < tiling.transfers && !isEnough(tiling.external))
      ++tiling.external;
    tiling.externalBytes = getExternalBytes(tiling.external);
    lacking = tiling.externalBytes + tiling.residentBytes -
              getImageBytes(cluster::Level::l2) - capacity;
  }
  if (lacking > 0) {
    bool hasRing = lacking < exceeded;
    int64_t needed = options.l2Bytes + (hasRing ? behind : exceeded);
    return fail(
        2, std::min(exceeded, lacking),
        "memory l2 exceeded by {0} bytes ({1} needed for parameters{2}, "
        "{3} available, {4} in memories behind it)",
        std::min(exceeded, lacking), needed, hasRing ? " and their ring" : "",
        options.l2Bytes, capacity);
  }
  return partExternal();
}

/// Fills nvm with external tiles; the others lie in l3.
llvm::Error Candidate::partExternal() {
  int64_t room = options.nvm.bytes - getImageBytes(cluster::Level::nvm);
  auto isTooMuch = [&](int64_t among) {
    return getNonVolatileBytes(among) > room;
  };
  tiling.nonVolatile = findFirst(1, tiling.external + 1, isTooMuch) - 1;
  while (tiling.nonVolatile && isTooMuch(tiling.nonVolatile))
    --tiling.nonVolatile;
  tiling.nonVolatileBytes = getNonVolatileBytes(tiling.nonVolatile);
  int64_t inL3 = tiling.externalBytes - tiling.nonVolatileBytes +
                 getImageBytes(cluster::Level::l3);
  return checkL3(3, inL3);
}

llvm::Error Candidate::checkL3(int newStep, int64_t bytes) {
  int64_t available = options.l3.bytes;
  if (bytes <= available)
    return llvm::Error::success();
  return fail(newStep, bytes - available,
              "memory l3 exceeded by {0} bytes ({1} needed for parameters, "
              "{2} available)",
              bytes - available, bytes, available);
}

void Candidate::predict(double otherCycles, double most) {
  const Machine &machine = options.machine;
  double rate =
      tiling.isInL3 ? options.l3.bytesPerCycle : machine.bytesPerCycle;
  // First what is neither a loop nor a transfer, then the loops in order.
  std::vector<Step> steps(1);
  tiling.computeCycles = otherCycles;
  double rest = otherCycles;
  for (auto &[value, constant] : stageLoops.getShared())
    if (!tiling.shared.contains(value)) {
      double waiting =
          machine.loadCycles * double(constant.reads) / double(machine.cores);
      tiling.computeCycles += waiting;
      rest += waiting;
    }
  int64_t flowing = 0, external = 0; // tiles so far
  auto getOuterCycles = [&](int64_t bytes) {
    if (!isChosen(flowing++, tiling.external, tiling.transfers))
      return 0.0;
    bool isNvm = isChosen(external++, tiling.nonVolatile, tiling.external);
    return externalCycles +
           double(bytes) / (isNvm ? options.nvm : options.l3).bytesPerCycle;
  };
  auto next = loops.begin();
  for (const StageLoop &entry : stageLoops.getLoops()) {
    const StageLoop &loop = entry.isStreamed() ? *next++ : entry;
    double cycles = getLoopCycles(loop, machine);
    if (!loop.isStreamed()) {
      steps.emplace_back().cycles = cycles;
      rest -= cycles;
      continue;
    }
    tiling.computeCycles += cycles;
    // The engine waits as well while the cores fetch what comes first.
    StageLoop::FirstFetch first = loop.getFirstFetch();
    cycles -= first.sums + first.rest;
    size_t begin = steps.size();
    double groups = double(loop.getRegisterTiles() * loop.panel.kBlocks);
    for (int64_t tile = 0, e = loop.getTiles(); tile != e; ++tile) {
      int64_t bytes = loop.getBytes(tile);
      double share =
          double(bytes / loop.panel.getBytes(tile % loop.panel.kBlocks));
      Step &step = steps.emplace_back();
      step.cycles = cycles * share / groups;
      if (loop.isResident(tile))
        continue;
      step.bytes = bytes;
      step.outerCycles = getOuterCycles(bytes);
    }
    steps[begin].cycles += first.sums;
    steps[begin + loop.panel.kBlocks - 1].cycles += first.rest;
  }
  double ports = options.portCycles;
  if (tiling.slots)
    ports = machine.loadCycles * double(options.portElements) /
            double(machine.cores);
  tiling.computeCycles += ports;
  rest += ports;
  steps.front().cycles = rest;
  // With two slots the engine waits at each step for the cores.
  double perTransfer = tiling.slots == 2 ? turnCycles : transferCycles;
  tiling.dmaCycles = double(tiling.streamBytes) / rate +
                     double(tiling.transfers) * perTransfer;
  tiling.externalCycles = double(tiling.external) * externalCycles;
  if (tiling.nonVolatile)
    tiling.externalCycles +=
        double(tiling.nonVolatileBytes) / options.nvm.bytesPerCycle;
  if (tiling.external > tiling.nonVolatile)
    tiling.externalCycles +=
        double(tiling.externalBytes - tiling.nonVolatileBytes) /
        options.l3.bytesPerCycle;
  tiling.cycles = std::max({tiling.computeCycles, tiling.externalCycles,
                            double(tiling.streamBytes) / rate});
  if (tiling.cycles < most)
    tiling.cycles = std::max(
        tiling.cycles, predictFrame(steps, tiling.slots, rate, tiling.ahead));
}
