// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Planning.cpp - What lies where, and what the plan says of it -------===//

#include "../Cost/ElementCost.h"
#include "DelayLines.h"
#include "Planner.h"
#include "Schedulable.h"
#include "StageError.h"

#include "se/Schedule/Indexing.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

Planner::Planner(rnn::NetworkOp network, const TilingOptions &options,
                 unsigned dmaCore, plan::Screening screening,
                 plan::StreamAttr given)
    : made(std::make_unique<Schedule>(network, options, dmaCore, screening)),
      network(network), storage(made->storage), options(made->options),
      stageLoops(made->stageLoops), tiling(made->tiling), screen(made->screen),
      cores(made->cores), given(given), b(network.getContext()) {}

Planner::Planner(rnn::NetworkOp network)
    : Planner(
          network, TilingOptions(cluster::TargetAttr::lookup(network)),
          unsigned(cluster::TargetAttr::lookup(network).getDmaCore()),
          network->getAttrOfType<plan::StreamAttr>(plan::StreamAttr::attrName)
              .getScreening(),
          network->getAttrOfType<plan::StreamAttr>(
              plan::StreamAttr::attrName)) {}

/// A place that is free while the buffer is live, or the one that the network
/// says.
int64_t Planner::place(StringRef name, MemRefType type,
                       std::pair<unsigned, unsigned> live) {
  int64_t bytes = type.getNumElements() * type.getElementTypeBitWidth() / 8;
  if (bytes == 0)
    return 0;
  int64_t offset = arena.allocate(type, live);
  if (givenBuffers) {
    auto given =
        made->buffers.size() < givenBuffers.size()
            ? cast<plan::BufferAttr>(givenBuffers[made->buffers.size()])
            : plan::BufferAttr();
    if (given && given.getName() == name && given.getBytes() == bytes)
      offset = given.getOffset();
    else if (wrongBuffer.empty())
      wrongBuffer =
          llvm::formatv("plan.buffers: entry {0} must be '{1}' of {2} "
                        "bytes, found {3}",
                        made->buffers.size(), name, bytes,
                        given ? "'" + given.getName().str() + "' of " +
                                    std::to_string(given.getBytes())
                              : std::string("none"));
  }
  bool isAlways = live == Arena::always;
  made->buffers.push_back(plan::BufferAttr::get(
      b.getContext(), name, offset, bytes, isAlways ? -1 : int64_t(live.first),
      isAlways ? -1 : int64_t(live.second)));
  return offset;
}

void Planner::placeValues() {
  for (auto [state, name] :
       llvm::zip(network.getStateArguments(), network.getStateNames()))
    made->stateOffsets.push_back(place(cast<StringAttr>(name).getValue(),
                                       getStateType(state), Arena::always));
  for (auto [k, value] : llvm::enumerate(storage.getBuffers()))
    made->bufferOffsets[value] =
        place(("value " + Twine(k)).str(), bufferType(value),
              storage.getLiveRange(value));
  placeScreen();
}

/// If no tiles flow, inputs and outputs do: a core waits for L2 at each access.
void Planner::placePorts() {
  auto placeOne = [&](Attribute type, Attribute name) {
    return place(cast<StringAttr>(name).getValue(),
                 portType(cast<TypeAttr>(type).getValue(), cluster::Level::l1),
                 Arena::always);
  };
  int64_t bytes = 0;
  for (Type type : made->getPortTypes())
    bytes += llvm::alignTo(4 * cast<RankedTensorType>(type).getNumElements(),
                           Arena::alignment);
  bool areAtHand =
      !made->hasRing() && arena.getSize() + bytes <= made->l1Available;
  if (givenBuffers) {
    // They are if there is one more entry, which is no stage's.
    auto next = made->buffers.size() < givenBuffers.size()
                    ? cast<plan::BufferAttr>(givenBuffers[made->buffers.size()])
                    : plan::BufferAttr();
    areAtHand = next && next.getLast() < 0;
  }
  if (!areAtHand)
    return;
  for (auto [input, type, name] :
       llvm::zip(network.getInputArguments(), network.getInputTypes(),
                 network.getInputNames())) {
    auto place = made->screenOffsets.find(input);
    made->inputOffsets.push_back(place == made->screenOffsets.end()
                                     ? placeOne(type, name)
                                     : place->second);
  }
  for (auto [type, name] :
       llvm::zip(network.getOutputTypes(), network.getOutputNames()))
    made->outputOffsets.push_back(placeOne(type, name));
}

/// Collects what the stages read of constants and what they cost.
llvm::Error Planner::readStages() {
  for (ArrayRef<plan::StageOp> stages : storage.getDepths())
    for (plan::StageOp stage : stages) {
      StageLoop &loop = stageLoops.addStage(stage);
      Cost stores = double(storage.getNumStores(stage)) * storeCost;
      loop.single = getElementCost(stage, /*inPairs=*/false);
      loop.single += stores;
      loop.stripCost = getStripCost(stage);
      if (loop.inPairs) {
        loop.pair = getElementCost(stage, /*inPairs=*/true);
        loop.pair += stores;
      }
      if (given) {
        if (llvm::Error error = takeRegisterTile(loop))
          return error;
        continue;
      }
      stageLoops.chooseRegisterTile(loop, options.rows && loop.isStreamed()
                                              ? options.rows
                                              : int64_t(stage.getElements()));
    }
  if (!given) {
    shareCache();
    for (StageLoop &loop : stageLoops.getLoops())
      stageLoops.chooseRegisterTile(
          loop, options.rows && loop.isStreamed() ? options.rows : loop.rows);
  }
  shareCache();
  return llvm::Error::success();
}

/// Of the code besides the loops.
double Planner::getOtherCodeBytes() {
  return frameBytes + barrierBytes * double(storage.getDepths().size()) +
         copyBytes * double(storage.getSavedStates().size() +
                            storage.getStateCopies().size());
}

/// Of L1 for the kernel's code, if that is where it shall lie: as many as were
/// asked for, or an estimate that is rather too large.
int64_t Planner::chooseCodeBytes() {
  if (options.code == CodePlace::L2)
    return 0;
  int64_t bytes = options.codeBytes;
  if (!bytes)
    bytes = int64_t(codeMargin * stageLoops.getCodeBytes(options.l1Bytes,
                                                         getOtherCodeBytes()));
  bytes = int64_t(llvm::alignTo(bytes, Arena::alignment));
  if (options.code == CodePlace::L1)
    return bytes;
  // No parameter shall have to flow for it.
  int64_t all = bytes + 4 * options.portElements;
  for (const StageLoop &loop : stageLoops.getLoops())
    if (loop.isStreamed())
      all += loop.getRegisterTiles() * loop.panel.bytes + Arena::alignment;
  for (auto &[value, constant] : stageLoops.getShared())
    all += constant.bytes + Arena::alignment;
  return all <= options.l1Bytes ? bytes : 0;
}

/// Takes bytes of L1 for the kernel's code.
llvm::Error Planner::leaveCode(int64_t bytes) {
  options.codeBytes = bytes;
  if (!bytes)
    return llvm::Error::success();
  if (bytes > options.l1Bytes)
    return llvm::createStringError(
        "memory l1 exceeded by " + Twine(bytes - options.l1Bytes) + " bytes (" +
        Twine(bytes) + " needed for code, " + Twine(options.l1Bytes) +
        " available beside states and activations)");
  options.l1Bytes -= bytes;
  made->l1Available -= bytes;
  stageLoops.setColdFetchCycles(options.machine.coldFetchCycles =
                                    options.machine.nearFetchCycles);
  return llvm::Error::success();
}

/// What follows from register tiles: how much of the code the cluster's cache
/// does not hold, and the cycles of all but the loops that read the stream.
void Planner::shareCache() {
  otherCycles = getFrameCycles(
      stageLoops.shareCache(options.l1Bytes, getOtherCodeBytes()));
  for (const StageLoop &loop : stageLoops.getLoops())
    if (!loop.isStreamed())
      otherCycles += getLoopCycles(loop, options.machine);
}

/// Cycles of a frame besides its loops, and the transfers of inputs and outputs
/// that nothing hides.
double Planner::getFrameCycles(double coldShare) {
  auto getCopyCycles = [&](Value value) {
    int64_t words = elementsOf(value);
    unsigned bits =
        getElementTypeOrSelf(value.getType()).getIntOrFloatBitWidth();
    if (words * bits % 32 == 0)
      words = words * bits / 32;
    return copyCycles +
           copyBytes * coldShare * options.machine.coldFetchCycles +
           copyWordCycles * double(llvm::divideCeil(words, cores));
  };
  double saving = 0, copying = 0;
  for (Value state : storage.getSavedStates())
    saving += getCopyCycles(state);
  for (auto [state, value] : storage.getStateCopies())
    copying += getCopyCycles(value);
  if (copying)
    copying += barrierCycles / 2; // a depth without a search for its loop
  auto getTransferCycles = [&](ArrayAttr types) {
    double bytes = 0;
    for (Type type : types.getAsValueRange<TypeAttr>())
      bytes += 4 * double(cast<RankedTensorType>(type).getNumElements());
    return bytes / options.machine.bytesPerCycle +
           double(types.size()) * portTransferCycles;
  };
  // States are saved while inputs come.
  options.portCycles =
      std::max(0.0, getTransferCycles(network.getInputTypes()) - saving) +
      getTransferCycles(network.getOutputTypes());
  return frameCycles + getScreenCycles() + saving + copying +
         barrierCycles * double(storage.getDepths().size());
}

int64_t Planner::placeBytes(StringRef name, int64_t bytes) {
  return place(name, makeType(bytes, b.getI8Type(), cluster::Level::l1),
               Arena::always);
}

void Planner::placeControl() {
  made->controlOffset = placeBytes("carried", 4 * made->getControlWords());
}

/// Tiles the stream and places what it needs in L1.
llvm::Error Planner::planStream() {
  // First, because all else takes long if there are many elements.
  if (options.l1Bytes < arena.getSize())
    return llvm::createStringError(
        llvm::formatv("network does not fit: memory l1 exceeded by {0} bytes "
                      "({1} needed for states and activations, {2} available)",
                      arena.getSize() - options.l1Bytes, arena.getSize(),
                      options.l1Bytes)
            .str());
  options.l1Bytes -= arena.getSize();
  options.carriedWords = int64_t(findHeads(network).size());
  for (Type type : made->getPortTypes())
    options.portElements += cast<RankedTensorType>(type).getNumElements();
  if (given)
    if (llvm::Error error = leaveCode(given.getCodeBytes()))
      return error;
  if (llvm::Error error = readStages())
    return error;
  if (!given) {
    if (llvm::Error error = leaveCode(chooseCodeBytes()))
      return addPrefix("network does not fit: ", std::move(error));
    shareCache();
  }
  for (auto &[value, constant] : stageLoops.getShared())
    otherL2Bytes += constant.bytes;
  auto isStreamed = [](const StageLoop &loop) { return loop.isStreamed(); };
  if (llvm::none_of(stageLoops.getLoops(), isStreamed) &&
      stageLoops.getShared().empty() && (!given || !given.getSlots())) {
    otherCycles += options.portCycles;
    placeControl();
    return llvm::Error::success();
  }
  auto chosen =
      given ? obeyTiling(stageLoops, options, given, otherCycles, otherL2Bytes)
            : findTiling();
  if (!chosen)
    return addPrefix(given ? "" : "network does not fit: ", chosen.takeError());
  tiling = *chosen;
  made->ringOffset = placeBytes("ring", tiling.getRingBytes());
  placeControl();
  made->sumOffset = placeBytes("sums", tiling.sumBytes);
  made->residentOffset = placeBytes("resident", tiling.residentBytes);
  return llvm::Error::success();
}

/// All up to the tiling.
llvm::Error Planner::planTiles() {
  made->l1Available = options.l1Bytes;
  constexpr const char *notRepeated = "the first depth cannot be repeated";
  if (!checkFirstDepth())
    return llvm::createStringError(notRepeated);
  placeValues();
  if (llvm::Error error = planStream())
    return error;
  // Tiles that flow come only once.
  if (!checkFirstDepth())
    return llvm::createStringError(notRepeated);
  return llvm::Error::success();
}

/// What the network says of buffers has to be all of it, and has to fit.
llvm::Error Planner::takeBuffers() {
  if (!wrongBuffer.empty())
    return llvm::createStringError(wrongBuffer);
  if (made->buffers.size() != givenBuffers.size())
    return llvm::createStringError(
        "plan.buffers: there are " + Twine(made->buffers.size()) +
        " buffers, found " + Twine(givenBuffers.size()));
  for (plan::BufferAttr buffer : made->buffers)
    made->stateBytes =
        std::max(made->stateBytes,
                 int64_t(llvm::alignTo(buffer.getOffset() + buffer.getBytes(),
                                       Arena::alignment)));
  if (made->stateBytes > made->l1Available)
    return llvm::createStringError(
        "memory l1 exceeded by " + Twine(made->stateBytes - made->l1Available) +
        " bytes (" + Twine(made->stateBytes) + " needed for plan.buffers, " +
        Twine(made->l1Available) + " available)");
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<const Schedule>> Planner::readTiles() {
  if (llvm::Error error = planTiles())
    return error;
  return std::unique_ptr<const Schedule>(std::move(made));
}

llvm::Expected<std::unique_ptr<const Schedule>> Planner::read() {
  givenBuffers = network->getAttrOfType<ArrayAttr>(plan::BufferAttr::attrName);
  if (llvm::Error error = planTiles())
    return error;
  placePorts();
  if (llvm::Error error = takeSplits())
    return error;
  if (llvm::Error error = takeBuffers())
    return error;
  tiling.computeCycles = std::max(tiling.computeCycles, otherCycles);
  tiling.cycles = std::max(tiling.cycles, otherCycles);
  // Those that stay in L1 are counted there.
  made->otherL2Bytes = otherL2Bytes;
  for (auto &[value, position] : tiling.shared)
    made->otherL2Bytes -= stageLoops.getShared().lookup(value).bytes;
  return std::unique_ptr<const Schedule>(std::move(made));
}

LogicalResult schedule::decide(ModuleOp module,
                               function_ref<llvm::Error(Planner &)> decision) {
  auto network = getTiled(module);
  if (failed(network))
    return failure();
  if ((*network)->hasAttr(plan::BufferAttr::attrName))
    return success();
  Planner planner(*network);
  llvm::Error error = decision(planner);
  if (!error)
    return success();
  emitDoesNotFit(*network, std::move(error));
  return failure();
}
