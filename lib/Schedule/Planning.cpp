// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Planning.cpp - What lies where, and what the plan says of it -------===//

#include "Scheduler.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

int64_t Scheduler::place(StringRef name, MemRefType type,
                         std::pair<unsigned, unsigned> live) {
  int64_t bytes = type.getNumElements() * type.getElementTypeBitWidth() / 8;
  if (bytes == 0)
    return 0;
  int64_t position = arena.allocate(type, live);
  placed.push_back({name.str(), position, bytes, live});
  return position;
}

void Scheduler::placeBuffers() {
  for (auto [state, name] :
       llvm::zip(network.getStateArguments(), network.getStateNames()))
    stateOffsets.push_back(place(cast<StringAttr>(name).getValue(),
                                 bufferType(state), Arena::always));
  for (auto [k, value] : llvm::enumerate(plan.getBuffers()))
    bufferOffsets[value] = place(("value " + Twine(k)).str(), bufferType(value),
                                 plan.getLiveRange(value));
}

/// The second stage of a node NAME is "NAME (2)".
void Scheduler::nameStages() {
  llvm::StringMap<unsigned> uses;
  for (const std::vector<Loop> &level : plan.getLevels())
    for (const Loop &loop : level) {
      std::string name = getStageName(loop);
      unsigned number = ++uses[name];
      if (number > 1)
        name += " (" + std::to_string(number) + ")";
      stageNames[&loop] = name;
    }
}

/// Collects what the loops read of constants and what they cost, by emitting
/// them once into a function that is thrown away.
void Scheduler::readLoops() {
  OpBuilder::InsertionGuard guard(b);
  AffineExpr d0 = getAffineDimExpr(0, b.getContext());
  otherCycles = frameCycles;
  for (const std::vector<Loop> &level : plan.getLevels()) {
    otherCycles += barrierCycles;
    for (const Loop &loop : level) {
      auto scratch = func::FuncOp::create(
          b, "scratch", b.getFunctionType({b.getIndexType()}, TypeRange()));
      OpBuilder::InsertionGuard guard(b);
      Block *block = scratch.addEntryBlock();
      b.setInsertionPointToStart(block);
      llvm::DenseSet<Value> defined = getDefined(loop);
      SmallVector<ConstantAccess> accesses;
      ElementEmitter emitter(
          b,
          [&](Value value) -> Value {
            if (!isSource(value) &&
                (defined.contains(value) || !plan.getBuffers().contains(value)))
              return Value();
            return memref::AllocaOp::create(b, bufferType(value));
          },
          [&](const ConstantAccess &access) {
            accesses.push_back(access);
            return Value();
          });
      emitter.enterLoop(scratch.getArgument(0));
      for (Job *job : loop.jobs)
        emitter.emit(job->value, d0, job->isDefinition);
      Cost cost = getCost(*block);
      cost.cycles += elementCycles * double(loop.jobs.size());
      costs[&loop] = cost;
      records.addLoop(loop, accesses, cost);
      if (!records.getLoop(loop))
        otherCycles +=
            loopCycles + getCycles(cost, cores) *
                             double(llvm::divideCeil(loop.elements, cores));
      scratch.erase();
    }
  }
  for (auto [state, value] : plan.getStateCopies())
    otherCycles +=
        copyCycles * double(llvm::divideCeil(elementsOf(value), cores));
}

/// Tiles the stream and places what it needs in L1.
llvm::Error Scheduler::planStream() {
  readLoops();
  if (options.l1Bytes < arena.getSize())
    return llvm::createStringError(
        llvm::formatv("network does not fit: memory l1 exceeded by {0} bytes "
                      "({1} needed for states and activations, {2} available)",
                      arena.getSize() - options.l1Bytes, arena.getSize(),
                      options.l1Bytes)
            .str());
  options.l1Bytes -= arena.getSize();
  for (auto &[value, constant] : records.getShared())
    otherL2Bytes += constant.bytes;
  if (records.getLoops().empty() && records.getShared().empty())
    return llvm::Error::success();
  auto chosen = chooseTiling(records, options, otherCycles, otherL2Bytes);
  if (!chosen)
    return llvm::createStringError("network does not fit: " +
                                   llvm::toString(chosen.takeError()));
  tiling = *chosen;
  auto placeBytes = [&](StringRef name, int64_t bytes) {
    return place(name, makeType(bytes, b.getI8Type(), cluster::Level::l1),
                 Arena::always);
  };
  ringOffset = placeBytes("ring", tiling.getRingBytes());
  controlOffset = placeBytes("carried", 4 * getControlWords(tiling));
  sumOffset = placeBytes("sums", tiling.sumBytes);
  residentOffset = placeBytes("resident", tiling.residentBytes);
  return llvm::Error::success();
}

DictionaryAttr Scheduler::report() {
  if (records.getLoops().empty())
    tiling.computeCycles = otherCycles;
  PlanReport report(b.getContext(), records, tiling, options, remarks);
  report.checkShared();
  for (auto [level, loops] : llvm::enumerate(plan.getLevels()))
    for (const Loop &loop : loops)
      report.addStage(loop, stageNames[&loop], unsigned(level),
                      costs.lookup(&loop));
  for (const PlacedBuffer &buffer : placed)
    report.addBuffer(buffer);
  int64_t shared = 0; // those that stay in L1 are counted there
  for (auto &[value, position] : tiling.shared)
    shared += records.getShared().lookup(value).bytes;
  return report.finish(tiling.getCycles(), arena.getSize(), l1Available,
                       otherL2Bytes - shared);
}
