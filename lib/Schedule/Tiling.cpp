// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Tiling.cpp - Tiles, ring, and what stays where ---------------------===//

#include "Tiling.h"

#include "Prediction.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>
#include <set>

using namespace mlir;
using namespace se;
using namespace se::schedule;

static constexpr int64_t alignment = 16;
/// What the ring carries from frame to frame takes no more.
static constexpr int64_t controlBytes = 64;
/// Enough to hide the start of a transfer and the steps between.
static constexpr int64_t externalAhead = 4;

int64_t schedule::getControlWords(const Tiling &tiling) {
  int64_t words = tiling.residentBytes ? 1 : 0; // where it lies
  if (!tiling.slots)
    return words;
  // Tokens and the free slot; tokens and slots in L2.
  words += tiling.slots;
  return words + (tiling.external ? tiling.ahead + tiling.slots - 1 : 0);
}

TilingOptions::TilingOptions(cluster::TargetAttr target)
    : machine(target), l1Bytes(target.getL1().getAvailable()),
      l2Bytes(target.getL2().getAvailable()) {
  auto read = [&](ExternalMemory &to, cluster::Level level) {
    cluster::MemoryAttr memory = target.getMemory(level);
    if (memory)
      to = {memory.getAvailable(), memory.getRate()};
    return memory;
  };
  read(nvm, cluster::Level::nvm);
  if (cluster::MemoryAttr memory = read(l3, cluster::Level::l3))
    isL3Direct = memory.isAddressable();
}

double schedule::getLoopCycles(const GroupedLoop &loop,
                               const Machine &machine) {
  unsigned cores = machine.cores;
  Cost cost = loop.getCost();
  int64_t groups = loop.getGroups();
  double cycles = loopCycles;
  cycles += loop.getFetchCycles(cores);
  if (loop.isSplit)
    cycles +=
        loopCycles + double(llvm::divideCeil(groups, cores)) * groupCost.cycles;
  if (!loop.isStreamed())
    return cycles +
           double(llvm::divideCeil(groups, cores)) *
               schedule::getCycles(
                   cost, unsigned(std::min<int64_t>(groups, cores)), machine);
  for (int64_t first = 0; first < groups; first += loop.rows) {
    int64_t rows = std::min(loop.rows, groups - first);
    unsigned busy = unsigned(std::min<int64_t>(rows, cores));
    cycles += double(llvm::divideCeil(rows, cores)) *
              schedule::getCycles(cost, busy, machine);
  }
  double perPart = loop.record.keepsSums ? partCycles : savedPartCycles;
  cycles += perPart * double((loop.record.parts - 1) * loop.record.vectors *
                             llvm::divideCeil(groups, cores));
  if (loop.isResident())
    return cycles;
  return cycles + double(loop.getTiles()) * tileCycles +
         double(loop.getRounds()) * roundCycles;
}

void schedule::forEachTransfer(
    ArrayRef<GroupedLoop> loops,
    function_ref<void(const GroupedLoop &, int64_t)> body) {
  for (const GroupedLoop &loop : loops)
    if (loop.isStreamed())
      for (int64_t tile = 0, e = loop.getTiles(); tile != e; ++tile)
        if (!loop.isResident(tile))
          body(loop, tile);
}

/// Records of a loop's tiles that are interleaved. The engine goes on by two
/// banks of L1 a cycle. A core that loads a word of weights every other cycle,
/// each from four words further on, stays as far from it as it is, so that it
/// seldom holds it up.
static int64_t getInterleave(const GroupedLoop &loop) {
  constexpr int64_t inStep = 4;
  bool isWhole = loop.rows % inStep == 0 && loop.getGroups() % inStep == 0;
  return isWhole && !loop.record.blocks.empty() ? inStep : 1;
}

/// Bytes of a loop's records in L1 if they are not cut.
static int64_t getWholeBytes(const GroupedLoop &loop) {
  return llvm::alignTo(loop.getGroups() * getPanelBytes(loop), alignment);
}

/// Bytes that memories behind L2 can hold for the external engine.
static int64_t getCapacity(const TilingOptions &options) {
  return options.isL3Direct ? 0 : options.nvm.bytes + options.l3.bytes;
}

namespace {
/// One way to tile the stream.
class Candidate {
public:
  Candidate(const Records &records, const TilingOptions &options)
      : records(records), options(options) {
    for (const GroupedLoop &loop : records.getLoops())
      if (loop.isStreamed())
        loops.push_back(loop);
  }

  /// Tiles for so many slots. The prediction of what takes `most` cycles or
  /// more is a lower bound.
  llvm::Error choose(int64_t slots, int64_t maxSlotBytes, double otherCycles,
                     int64_t otherBytes, double most);
  /// Does what a tiling says.
  llvm::Error obey(cluster::TilingAttr given, double otherCycles,
                   int64_t otherBytes);

  /// This one's error is more to the point than that of `other`.
  bool isCloser(const Candidate &other) const {
    return std::tuple(-step, missing) < std::tuple(-other.step, other.missing);
  }

  /// Replaces the streamed loops of `records` by those that are tiled.
  void give(Records &records) const {
    auto next = loops.begin();
    for (GroupedLoop &loop : records.getLoops())
      if (loop.isStreamed())
        loop = *next++;
  }

  std::vector<GroupedLoop> loops; ///< those that are streamed
  Tiling tiling;

private:
  llvm::Error shape(GroupedLoop &loop, int64_t maxBytes);
  llvm::Error placeInL1();
  int64_t getSumBytes(const GroupedLoop &loop) const;
  void placeShared(int64_t &room);
  std::vector<GroupedLoop *> getOrder();
  int64_t placeResident(GroupedLoop &loop);
  void keepTiles(int64_t room);
  llvm::Error shape(GroupedLoop &loop, cluster::StageTilingAttr given);
  llvm::Error placeBehind(int64_t otherBytes);
  int64_t getExternalBytes(int64_t external) const;
  int64_t getNonVolatileBytes(int64_t among) const;
  void predict(double otherCycles, double most);
  /// The error after `newStep` decisions that worked out, for want of bytes.
  template <typename... Args>
  llvm::Error fail(int newStep, int64_t newMissing, const char *format,
                   Args... args) {
    step = newStep;
    missing = newMissing;
    return llvm::createStringError(llvm::formatv(format, args...).str());
  }

  const Records &records;
  const TilingOptions &options;
  int step = 0;
  int64_t missing = 0;
};
} // namespace

/// Groups of a tile that are asked for.
static int64_t getWantedRows(const GroupedLoop &loop,
                             const TilingOptions &options) {
  int64_t rows = options.machine.cores;
  if (options.rows)
    rows = llvm::divideCeil(options.rows, loop.record.group);
  return std::min(rows, loop.getGroups());
}

/// Whether sums of records that are cut can stay in registers: a core has one
/// group of a tile of so many, and a group one vector.
static bool mayKeepSums(const Record &record, int64_t groups,
                        const TilingOptions &options) {
  return record.vectors == 1 && groups <= int64_t(options.machine.cores);
}

/// Rows and parts of the tiles of a loop, which shall not exceed `maxBytes`.
llvm::Error Candidate::shape(GroupedLoop &loop, int64_t maxBytes) {
  Record &record = loop.record;
  record.layOut(record.group);
  int64_t longest = 0;
  for (const RowBlock &block : record.blocks)
    longest = std::max(longest, block.getRowWords());
  int64_t wanted = getWantedRows(loop, options);
  bool keepsSums = mayKeepSums(record, wanted, options);
  for (int64_t pieces = keepsSums ? 1 : 2;
       wanted * record.mostBytes > maxBytes && pieces <= longest; ++pieces)
    record.layOut(record.group, pieces, keepsSums);
  int64_t fit = maxBytes / record.mostBytes;
  int64_t least = options.rows ? wanted : 1;
  if (fit < least)
    return fail(0, least * record.mostBytes - maxBytes,
                "a tile of {0} rows takes at least {1} bytes, more than the "
                "{2} of a slot",
                std::min(least * record.group, loop.rowCount),
                least * record.mostBytes, maxBytes);
  if (options.rows || record.parts > 1) {
    loop.rows = std::min(wanted, fit);
    return llvm::Error::success();
  }
  // Tiles of equal length, but a group for each core, if there are as many.
  int64_t cores = options.machine.cores, groups = loop.getGroups();
  if (fit > cores)
    fit -= fit % cores;
  loop.rows = llvm::divideCeil(groups, llvm::divideCeil(groups, fit));
  if (fit >= cores)
    loop.rows =
        std::min({fit, int64_t(llvm::alignTo(loop.rows, cores)), groups});
  return llvm::Error::success();
}

/// Constants that elements share are loaded from L1 again and again, those with
/// most reads per byte first, but before them the tables of activations.
void Candidate::placeShared(int64_t &room) {
  std::vector<SharedConstant> list;
  for (auto &[value, constant] : records.getShared())
    list.push_back(constant);
  llvm::stable_sort(list, [](const auto &a, const auto &b) {
    if (a.isTable != b.isTable)
      return a.isTable;
    return a.reads * b.bytes > b.reads * a.bytes;
  });
  for (const SharedConstant &constant : list) {
    int64_t bytes = llvm::alignTo(constant.bytes, alignment);
    if (bytes > room)
      continue;
    tiling.shared[constant.constant] = tiling.residentBytes;
    tiling.residentBytes += bytes;
    room -= bytes;
  }
}

/// Short loops first.
std::vector<GroupedLoop *> Candidate::getOrder() {
  std::vector<GroupedLoop *> order;
  for (GroupedLoop &loop : loops)
    order.push_back(&loop);
  llvm::stable_sort(order, [&](GroupedLoop *a, GroupedLoop *b) {
    return getWholeBytes(*a) < getWholeBytes(*b);
  });
  return order;
}

/// Places the tiles of a loop that stay, and returns their bytes.
int64_t Candidate::placeResident(GroupedLoop &loop) {
  loop.position = tiling.residentBytes;
  // Also the last tile, which may have fewer rows, is viewed as a whole.
  int64_t bytes = loop.resident * llvm::alignTo(loop.getTileBytes(), alignment);
  tiling.residentBytes += bytes;
  return bytes;
}

/// Lets tiles stay in L1: short loops as a whole, of the others the same share,
/// so that the engine has equally much to do all the time.
void Candidate::keepTiles(int64_t room) {
  auto keepWhole = [&](GroupedLoop &loop) {
    loop.record.layOut(loop.record.group);
    loop.interleave = 1;
    loop.rows = loop.getGroups();
    loop.resident = 1;
    return placeResident(loop);
  };
  std::vector<GroupedLoop *> order = getOrder(), rest;
  int64_t left = 0;
  for (GroupedLoop *loop : order)
    left += getWholeBytes(*loop);
  bool allFit = left <= room;
  for (GroupedLoop *loop : order) {
    int64_t bytes = getWholeBytes(*loop);
    if (bytes <= room && (allFit || bytes <= tiling.slotBytes)) {
      room -= keepWhole(*loop);
      left -= bytes;
    } else {
      rest.push_back(loop);
    }
  }
  for (GroupedLoop *loop : rest) {
    int64_t bytes = getWholeBytes(*loop);
    int64_t share = int64_t(double(room) * double(bytes) / double(left));
    int64_t tileBytes = llvm::alignTo(loop->getTileBytes(), alignment);
    // One tile flows at least, lest the loop has to be cut in another way.
    loop->resident = std::min(share / tileBytes, loop->getTiles() - 1);
    room -= placeResident(*loop);
    left -= bytes;
  }
}

/// Partial sums that a loop leaves in L1 from part to part.
int64_t Candidate::getSumBytes(const GroupedLoop &loop) const {
  const Record &record = loop.record;
  if (record.parts == 1 || record.keepsSums)
    return 0;
  int64_t cores = options.machine.cores;
  return llvm::alignTo(cores * llvm::divideCeil(loop.rows, cores) *
                           record.vectors * record.getSums() * record.group * 4,
                       alignment);
}

llvm::Error Candidate::placeInL1() {
  for (GroupedLoop &loop : loops) {
    tiling.slotBytes = std::max<int64_t>(
        tiling.slotBytes, llvm::alignTo(loop.getTileBytes(), alignment));
    tiling.sumBytes = std::max(tiling.sumBytes, getSumBytes(loop));
  }
  int64_t ring = tiling.getRingBytes() + tiling.sumBytes + controlBytes;
  int64_t room = options.l1Bytes - ring;
  int64_t missing = -room;
  if (options.mayStay || loops.empty()) {
    // Without a ring there is more room. The word that says where what stays
    // lies takes as much as a buffer.
    int64_t all = 0;
    for (const GroupedLoop &loop : loops)
      all += getWholeBytes(loop);
    int64_t rest = options.l1Bytes - alignment - all;
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
    keepTiles(room);
  // Loops that stay as a whole are not cut any more.
  tiling.sumBytes = 0;
  for (const GroupedLoop &loop : loops)
    tiling.sumBytes = std::max(tiling.sumBytes, getSumBytes(loop));
  return llvm::Error::success();
}

/// Bytes that lie behind L2 if `external` transfers come from there.
int64_t Candidate::getExternalBytes(int64_t external) const {
  int64_t bytes = 0, number = 0;
  forEachTransfer(loops, [&](const GroupedLoop &loop, int64_t tile) {
    if (isChosen(number++, external, tiling.transfers))
      bytes += loop.getBytes(tile);
  });
  return bytes;
}

/// Bytes that lie in nvm if `among` of the external transfers come from there.
int64_t Candidate::getNonVolatileBytes(int64_t among) const {
  int64_t bytes = 0, number = 0, outer = 0;
  forEachTransfer(loops, [&](const GroupedLoop &loop, int64_t tile) {
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

/// Decides which of the tiles that flow lie behind L2.
llvm::Error Candidate::placeBehind(int64_t otherBytes) {
  forEachTransfer(loops, [&](const GroupedLoop &loop, int64_t tile) {
    ++tiling.transfers;
    tiling.streamBytes += loop.getBytes(tile);
  });
  // What stays in L1 lies in L2 once, also if elements share it.
  int64_t fixed = otherBytes + tiling.residentBytes;
  for (auto &[value, position] : tiling.shared)
    fixed -= records.getShared().lookup(value).bytes;
  if (fixed + tiling.streamBytes <= options.l2Bytes)
    return llvm::Error::success();
  if (options.isL3Direct && fixed <= options.l2Bytes &&
      tiling.streamBytes <= options.l3.bytes) {
    tiling.isInL3 = true;
    return llvm::Error::success();
  }
  // Either all in L2, or some behind it and a ring for them.
  int64_t capacity = getCapacity(options);
  int64_t whole = fixed + tiling.streamBytes - options.l2Bytes;
  fixed += (externalAhead + tiling.slots - 1) * tiling.slotBytes;
  int64_t behind = fixed + tiling.streamBytes - options.l2Bytes;
  int64_t parted = std::max(fixed - options.l2Bytes, behind - capacity);
  if (parted > 0) {
    int64_t exceeded = std::min(whole, parted);
    return fail(
        2, exceeded,
        "memory l2 exceeded by {0} bytes ({1} needed for parameters{2}, "
        "{3} available, {4} in memories behind it)",
        exceeded, options.l2Bytes + (whole > parted ? behind : whole),
        whole > parted ? " and their ring" : "", options.l2Bytes, capacity);
  }
  tiling.ahead = externalAhead;
  // Both are monotonous but for the size of a tile or two.
  auto isEnough = [&](int64_t external) {
    return getExternalBytes(external) >= behind;
  };
  tiling.external = findFirst(1, tiling.transfers, isEnough);
  while (!isEnough(tiling.external))
    ++tiling.external;
  tiling.externalBytes = getExternalBytes(tiling.external);
  auto fits = [&](int64_t among) {
    return getNonVolatileBytes(among) <= options.nvm.bytes;
  };
  tiling.nonVolatile = findFirst(1, tiling.external + 1,
                                 [&](int64_t among) { return !fits(among); }) -
                       1;
  while (tiling.nonVolatile && !fits(tiling.nonVolatile))
    --tiling.nonVolatile;
  tiling.nonVolatileBytes = getNonVolatileBytes(tiling.nonVolatile);
  int64_t inL3 = tiling.externalBytes - tiling.nonVolatileBytes;
  if (inL3 > options.l3.bytes)
    return fail(3, inL3 - options.l3.bytes,
                "memory l3 exceeded by {0} bytes ({1} needed for parameters, "
                "{2} available)",
                inL3 - options.l3.bytes, inL3, options.l3.bytes);
  return llvm::Error::success();
}

void Candidate::predict(double otherCycles, double most) {
  const Machine &machine = options.machine;
  double rate =
      tiling.isInL3 ? options.l3.bytesPerCycle : machine.bytesPerCycle;
  // First what is neither a loop nor a transfer, then the loops in order.
  std::vector<Step> steps(1);
  tiling.computeCycles = otherCycles;
  double rest = otherCycles;
  for (auto &[value, constant] : records.getShared())
    if (!tiling.shared.contains(value)) {
      double waiting =
          machine.loadCycles * double(constant.reads) / double(machine.cores);
      tiling.computeCycles += waiting;
      rest += waiting;
    }
  auto next = loops.begin();
  for (const GroupedLoop &entry : records.getLoops()) {
    const GroupedLoop &loop = entry.isStreamed() ? *next++ : entry;
    double cycles = getLoopCycles(loop, machine);
    if (!loop.isStreamed()) {
      steps.push_back({cycles, 0});
      rest -= cycles;
      continue;
    }
    tiling.computeCycles += cycles;
    double groups = double(loop.getGroups() * loop.record.parts);
    for (int64_t tile = 0, e = loop.getTiles(); tile != e; ++tile) {
      int64_t bytes = loop.getBytes(tile);
      double share =
          double(bytes / loop.record.getBytes(tile % loop.record.parts));
      steps.push_back(
          {cycles * share / groups, loop.isResident(tile) ? 0 : bytes});
    }
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
    tiling.cycles =
        std::max(tiling.cycles, predictFrame(steps, tiling.slots, rate));
}

llvm::Error Candidate::choose(int64_t slots, int64_t maxSlotBytes,
                              double otherCycles, int64_t otherBytes,
                              double most) {
  tiling.slots = slots;
  for (GroupedLoop &loop : loops) {
    if (llvm::Error error = shape(loop, maxSlotBytes))
      return error;
    loop.interleave = getInterleave(loop);
  }
  if (llvm::Error error = placeInL1())
    return error;
  if (llvm::Error error = placeBehind(otherBytes))
    return error;
  predict(otherCycles, most);
  return llvm::Error::success();
}

/// Cuts a loop as a tiling says.
llvm::Error Candidate::shape(GroupedLoop &loop,
                             cluster::StageTilingAttr given) {
  Record &record = loop.record;
  auto refuse = [&](const Twine &what) {
    return llvm::createStringError("tiling of stage '" + given.getName() +
                                   "': " + what);
  };
  auto disagree = [&](StringRef key, int64_t found, int64_t is) {
    return refuse(key + " is " + Twine(is) + ", found " + Twine(found));
  };
  if (given.getElements() != loop.rowCount)
    return disagree("elements", given.getElements(), loop.rowCount);
  if (given.getRegisterTile() > loop.rowCount)
    return refuse("register_tile is more than its elements");
  record.layOut(given.getRegisterTile());
  int64_t rows = 0;
  for (const RowBlock &block : record.blocks)
    rows = std::max(rows, int64_t(block.sums.size()) * record.group);
  if (rows > cluster::DotOp::maxSums)
    return refuse("register_tile needs " + Twine(rows) +
                  " sums of one vector, more than " +
                  Twine(cluster::DotOp::maxSums));
  if (int64_t bytes = getPanelBytes(loop); given.getPanelBytes() != bytes)
    return disagree("panel_bytes", given.getPanelBytes(), bytes);
  if (given.getTile() > loop.getGroups())
    return refuse("tile is more than its register tiles");
  int64_t longest = 1;
  for (const RowBlock &block : record.blocks)
    longest = std::max(longest, block.getRowWords());
  if (given.getKBlocks() > longest)
    return refuse("k_blocks is more than the " + Twine(longest) +
                  " words of its longest row");
  if (given.getKeepsSums() && !mayKeepSums(record, given.getTile(), options))
    return refuse("keeps_sums goes with one vector, and a tile of at most a "
                  "register tile for each core");
  if (given.getKBlocks() > 1 || given.getKeepsSums())
    record.layOut(record.group, given.getKBlocks(), given.getKeepsSums());
  loop.rows = given.getTile();
  loop.resident = given.getResident();
  if (loop.resident > loop.getTiles())
    return refuse("resident is more than its " + Twine(loop.getTiles()) +
                  " tiles");
  if (loop.isResident() && (record.parts > 1 || loop.rows < loop.getGroups()))
    return refuse("a stage of which all stays is one tile");
  if (!tiling.slots && !loop.isResident())
    return refuse("without slots all tiles stay");
  if (!loop.isResident() && loop.getTileBytes() > tiling.slotBytes)
    return refuse("a tile takes " + Twine(loop.getTileBytes()) +
                  " bytes, more than the " + Twine(tiling.slotBytes) +
                  " of a slot");
  loop.interleave = loop.isResident() ? 1 : getInterleave(loop);
  return llvm::Error::success();
}

llvm::Error Candidate::obey(cluster::TilingAttr given, double otherCycles,
                            int64_t otherBytes) {
  if (given.getStages().size() != loops.size())
    return llvm::createStringError(
        "the tiling has " + Twine(given.getStages().size()) +
        " stages, the network " + Twine(loops.size()) + " with parameters");
  if (int64_t bytes = given.getL1Bytes(); bytes && bytes != options.l1Bytes)
    return llvm::createStringError("l1_bytes is " + Twine(options.l1Bytes) +
                                   ", found " + Twine(bytes));
  tiling.slots = given.getSlots();
  tiling.slotBytes = given.getSlotBytes();
  int64_t resident = 0;
  for (auto [loop, stage] : llvm::zip(loops, given.getStages())) {
    if (llvm::Error error = shape(loop, stage))
      return error;
    tiling.sumBytes = std::max(tiling.sumBytes, getSumBytes(loop));
    resident += loop.resident * llvm::alignTo(loop.getTileBytes(), alignment);
  }
  int64_t ring = tiling.getRingBytes() + tiling.sumBytes;
  ring += tiling.slots ? controlBytes : alignment;
  int64_t room = options.l1Bytes - ring - resident;
  if (room < 0)
    return llvm::createStringError(
        "memory l1 exceeded by " + Twine(-room) + " bytes (" +
        Twine(ring + resident) + " needed for this tiling, " +
        Twine(options.l1Bytes) + " available beside states and activations)");
  placeShared(room);
  std::vector<GroupedLoop *> order = getOrder();
  std::stable_partition(order.begin(), order.end(),
                        [](GroupedLoop *loop) { return loop->isResident(); });
  for (GroupedLoop *loop : order)
    placeResident(*loop);
  if (llvm::Error error = placeBehind(otherBytes))
    return error;
  predict(otherCycles, HUGE_VAL);
  return llvm::Error::success();
}

/// Sizes of slots that are worth a try: those that a row or some of each core,
/// or an even part of it, fill.
static std::set<int64_t> getSlotSizes(const Records &records,
                                      const TilingOptions &options) {
  if (options.slotBytes)
    return {options.slotBytes};
  constexpr int64_t most = 48 * 1024;
  std::set<int64_t> sizes;
  for (const GroupedLoop &loop : records.getLoops()) {
    Record record = loop.record;
    if (!loop.isStreamed())
      continue;
    int64_t rows = getWantedRows(loop, options);
    record.layOut(record.group);
    for (int64_t times = 1; times <= 16; times *= 2)
      sizes.insert(times * rows * record.bytes);
    bool keepsSums = mayKeepSums(record, rows, options);
    for (int64_t pieces : {1, 2, 3, 4, 6, 8, 12, 16, 32}) {
      record.layOut(record.group, pieces, keepsSums);
      sizes.insert(rows * record.mostBytes);
    }
  }
  if (sizes.empty())
    return {0};
  sizes.erase(sizes.upper_bound(most), sizes.end());
  if (sizes.empty())
    sizes.insert(most);
  return sizes;
}

/// What would fit.
static std::string getHint(const Records &records, int64_t bytes,
                           int64_t room) {
  if (records.isSingle() && bytes / 2 <= room)
    return "; in fp16 they fit";
  if (!records.hasBytes() && bytes / 2 <= room)
    return "; in mixed or int8 they may fit";
  return "; a target with more memory behind L2 would hold them";
}

llvm::Expected<Tiling>
schedule::chooseTiling(Records &records, const TilingOptions &options,
                       double otherCycles, int64_t otherBytes,
                       function_ref<void(const TilingAttempt &)> observe) {
  int64_t bytes = otherBytes;
  for (const GroupedLoop &loop : records.getLoops())
    if (loop.isStreamed())
      bytes += loop.getGroups() * loop.record.bytes;
  int64_t room = options.l2Bytes + getCapacity(options);
  if (options.isL3Direct)
    room += options.l3.bytes;
  if (bytes > room)
    return llvm::createStringError(
        llvm::formatv("memory l2 exceeded by {0} bytes ({1} needed for "
                      "parameters, {2} available with memories behind it){3}",
                      bytes - room, bytes, room, getHint(records, bytes, room))
            .str());
  SmallVector<int64_t> depths{3, 4, 2};
  if (options.slots)
    depths.assign({options.slots});
  std::set<int64_t> sizes = getSlotSizes(records, options);
  std::unique_ptr<Candidate> best, closest;
  llvm::Error error = llvm::Error::success();
  for (int64_t slots : depths)
    for (int64_t bytes : sizes) {
      auto candidate = std::make_unique<Candidate>(records, options);
      llvm::Error failure =
          candidate->choose(slots, bytes, otherCycles, otherBytes,
                            best ? best->tiling.cycles : HUGE_VAL);
      std::string why;
      if (failure && observe) {
        why = llvm::toString(std::move(failure));
        failure = llvm::createStringError(why);
      }
      if (observe)
        observe({slots, bytes, candidate->tiling.cycles, why});
      if (!failure) {
        if (!best || candidate->tiling.cycles < best->tiling.cycles)
          best = std::move(candidate);
      } else if (!closest || candidate->isCloser(*closest)) {
        llvm::consumeError(std::move(error));
        error = std::move(failure);
        closest = std::move(candidate);
      } else {
        llvm::consumeError(std::move(failure));
      }
    }
  if (!best)
    return error;
  llvm::consumeError(std::move(error));
  best->give(records);
  return best->tiling;
}

llvm::Expected<Tiling> schedule::obeyTiling(Records &records,
                                            const TilingOptions &options,
                                            cluster::TilingAttr given,
                                            double otherCycles,
                                            int64_t otherBytes) {
  Candidate candidate(records, options);
  if (llvm::Error error = candidate.obey(given, otherCycles, otherBytes))
    return error;
  candidate.give(records);
  return candidate.tiling;
}
