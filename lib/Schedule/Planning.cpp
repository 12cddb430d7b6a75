// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Planning.cpp - What lies where, and what the plan says of it -------===//

#include "Planner.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <variant>

using namespace mlir;
using namespace se;
using namespace se::schedule;

Planner::Planner(rnn::NetworkOp network, const TilingOptions &options,
                 unsigned dmaCore, bool remarks, cluster::Screening screening,
                 cluster::TilingAttr given)
    : made(std::make_unique<Schedule>(network, options, dmaCore, screening)),
      network(network), plan(made->plan), options(made->options),
      records(made->records), tiling(made->tiling), screen(made->screen),
      cores(made->cores), given(given), remarks(remarks),
      b(network.getLoc(), network) {}

int64_t Planner::place(StringRef name, MemRefType type,
                       std::pair<unsigned, unsigned> live) {
  int64_t bytes = type.getNumElements() * type.getElementTypeBitWidth() / 8;
  if (bytes == 0)
    return 0;
  int64_t position = arena.allocate(type, live);
  placed.push_back({name.str(), position, bytes, live});
  return position;
}

void Planner::placeBuffers() {
  for (auto [state, name] :
       llvm::zip(network.getStateArguments(), network.getStateNames()))
    made->stateOffsets.push_back(place(cast<StringAttr>(name).getValue(),
                                       bufferType(state), Arena::always));
  for (auto [k, value] : llvm::enumerate(plan.getBuffers()))
    made->bufferOffsets[value] =
        place(("value " + Twine(k)).str(), bufferType(value),
              plan.getLiveRange(value));
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
  if (made->hasRing() || arena.getSize() + bytes > made->l1Available)
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

/// The second stage of a node NAME is "NAME (2)".
void Planner::nameStages() {
  llvm::StringMap<unsigned> uses;
  for (const std::vector<Loop> &level : plan.getLevels())
    for (const Loop &loop : level) {
      std::string name = getStageName(loop);
      unsigned number = ++uses[name];
      if (number > 1)
        name += " (" + std::to_string(number) + ")";
      made->stageNames[&loop] = name;
    }
}

/// Where a matvec's vector lies for its result's element at `position`, if it
/// can be read word by word: what holds it, and from which element on.
/// Otherwise says why not.
static std::variant<std::pair<Value, AffineExpr>, const char *>
findVector(rnn::MatvecOp op, AffineExpr element, const Plan &plan) {
  auto constant = op.getW().getDefiningOp<arith::ConstantOp>();
  if (!constant)
    return "the matrix is no constant";
  if (isa<SplatElementsAttr>(constant.getValue()))
    return "all elements of the matrix are equal";
  Type type = getElementTypeOrSelf(op.getW().getType());
  unsigned bits = type.getIntOrFloatBitWidth();
  if (bits != 8 && bits != 16 && !type.isF32())
    return "there is no instruction for these types";
  int64_t rows = shapeOf(op.getW())[0], columns = shapeOf(op.getW())[1];
  AffineExpr batch = getAffineDimExpr(0, op.getContext());
  AffineExpr k = getAffineDimExpr(1, op.getContext());
  auto [vector, position] =
      traceMovement(op.getX(), batch * columns + k, [&](Value value) {
        return plan.getBuffers().contains(value);
      });
  bool isWhole = isa<AffineConstantExpr>(simplifyAffineExpr(
      position - (batch * columns + k), /*numDims=*/2, /*numSymbols=*/0));
  for (int64_t i = 0, e = elementsOf(op.getY()) / rows; !isWhole && i != e; ++i)
    for (int64_t j = 0; j != columns; ++j)
      if (evaluatePosition(position, {i, j}) !=
          evaluatePosition(position, {i, 0}) + j)
        return "the elements of the vector do not lie side by side";
  if (vector.getDefiningOp<arith::ConstantOp>())
    return "the vector is a constant";
  AffineExpr zero = getAffineConstantExpr(0, op.getContext());
  AffineExpr number =
      elementsOf(op.getY()) == rows ? zero : element.floorDiv(rows);
  return std::pair(vector, position.replaceDims({number, zero}));
}

/// Whether two expressions are the same for all elements of a loop.
static bool isSame(AffineExpr a, AffineExpr b, int64_t elements) {
  for (int64_t i = 0; a != b && i != elements; ++i)
    if (evaluatePosition(a, {i}) != evaluatePosition(b, {i}))
      return false;
  return true;
}

/// Reads what the elements of a loop are computed from, by emitting them once
/// into a function that is thrown away. Without `mayShare` products of batches
/// are computed element by element.
LoopBody Planner::readLoop(const Loop &loop, bool mayShare) {
  LoopBody body;
  AffineExpr d0 = getAffineDimExpr(0, b.getContext());
  body.sharing = {loop.elements, 1, d0};
  body.cost = emitScratch(loop, false, mayShare, body);
  auto isBatch = [](const RowBlock &block) {
    return !isa<AffineConstantExpr>(block.from);
  };
  if (!llvm::any_of(body.blocks, isBatch))
    return body;
  std::optional<Sharing> sharing = findSharing(loop.elements, body.blocks);
  if (!sharing)
    return readLoop(loop, /*mayShare=*/false);
  body.sharing = *sharing;
  return body;
}

/// The cost of an element of a loop, or of a pair. What it is computed from is
/// added to `body`.
Cost Planner::emitScratch(const Loop &loop, bool inPairs, bool mayShare,
                          LoopBody &body) {
  OpBuilder::InsertionGuard guard(b);
  AffineExpr d0 = getAffineDimExpr(0, b.getContext());
  auto scratch = func::FuncOp::create(
      b, "scratch",
      b.getFunctionType({b.getIndexType(), b.getIndexType()}, TypeRange()));
  mlir::Block *entry = scratch.addEntryBlock();
  b.setInsertionPointToStart(entry);
  llvm::DenseSet<Value> defined = getDefined(loop);
  auto getPlace = [&](Value value) -> Value {
    if (!isSource(value) &&
        (defined.contains(value) || !plan.getBuffers().contains(value)))
      return Value();
    return memref::AllocaOp::create(b, bufferType(value));
  };
  auto addSum = [&](rnn::MatvecOp op, AffineExpr position,
                    Lanes lanes) -> Value {
    auto found = findVector(op, position, plan);
    bool isKnown = llvm::any_of(body.blocks, [&](const RowBlock &block) {
      return block.find(op, position) >= 0;
    });
    const char *const *why = std::get_if<const char *>(&found);
    if (why || (!isKnown && !mayShare &&
                !isa<AffineConstantExpr>(std::get<0>(found).second))) {
      body.scalar.insert(
          {op, why ? *why
                   : "the elements of its stage are not all pairs of a row and "
                     "a vector of a batch"});
      return Value();
    }
    if (!isKnown) {
      auto [vector, from] = std::get<0>(found);
      Type element = getElementTypeOrSelf(op.getW().getType());
      Type sum = getElementTypeOrSelf(op.getY().getType());
      int64_t columns = shapeOf(op.getW())[1];
      RowBlock *block = llvm::find_if(
          body.blocks, [&, vector = vector, from = from](RowBlock &block) {
            return block.vector == vector && block.columns == columns &&
                   block.element == element && block.sum == sum &&
                   block.sums.size() < 16 &&
                   isSame(block.from, from, loop.elements);
          });
      if (block == body.blocks.end()) {
        body.blocks.push_back({vector, from, columns, element, sum, {}});
        block = &body.blocks.back();
      }
      block->sums.push_back({op, position});
    }
    Type type = getElementTypeOrSelf(op.getY().getType());
    if (lanes.isPair)
      type = VectorType::get({2}, type);
    Value sum = arith::ConstantOp::create(b, b.getZeroAttr(type));
    // Those of even and odd columns are added.
    if (getElementTypeOrSelf(type).isF16())
      sum = arith::AddFOp::create(b, sum, sum);
    return sum;
  };
  ElementEmitter emitter(
      b, getPlace,
      [&](const ConstantAccess &access) {
        body.accesses.push_back(access);
        return Value();
      },
      addSum);
  if (screen) {
    emitter.setScalar(screen.getMask(),
                      arith::ConstantIntOp::create(b, -1, /*width=*/32));
    for (Value value : plan.getEarlyValues())
      emitter.setScalar(
          value, arith::ConstantOp::create(
                     b, b.getOneAttr(getElementTypeOrSelf(value.getType()))));
  }
  if (inPairs)
    emitter.enterPair(scratch.getArgument(0), body.sharing.vectors > 1
                                                  ? scratch.getArgument(1)
                                                  : Value());
  else
    emitter.enterLoop(scratch.getArgument(0));
  for (Job *job : loop.jobs)
    emitter.emit(job->value, d0, job->isDefinition);
  Cost cost = getCost(*entry);
  for (Job *job : loop.jobs)
    cost += double(job->destinations.size()) * storeCost;
  auto half = VectorType::get({2}, b.getF16Type());
  scratch.walk([&](Operation *op) {
    body.usesPackedHalves |=
        op->getNumResults() == 1 && !isa<arith::ConstantOp>(op) &&
        (op->getResult(0).getType() == half ||
         llvm::is_contained(op->getOperandTypes(), half)) &&
        isa<arith::ArithDialect, math::MathDialect, rnn::RNNDialect>(
            op->getDialect());
  });
  scratch.erase();
  return cost;
}

/// Collects what the loops read of constants and what they cost.
void Planner::readLoops() {
  double otherBytes = frameBytes;
  for (const std::vector<Loop> &level : plan.getLevels()) {
    otherBytes += barrierBytes;
    for (const Loop &loop : level) {
      LoopBody body = readLoop(loop, /*mayShare=*/true);
      if (remarks)
        for (auto [op, why] : body.scalar)
          emitRemark(op->getLoc())
              << "this product is computed element by element: " << why;
      GroupedLoop &grouped =
          records.addLoop(loop, body.sharing, body.blocks, body.accesses);
      grouped.single = body.cost;
      if (grouped.rowCount > 1) {
        bool mayShare = body.sharing.vectors > 1;
        Cost pair = emitScratch(loop, true, mayShare, body);
        grouped.inPairs =
            body.usesPackedHalves &&
            getCycles(pair, /*busy=*/1, options.machine) <
                2 * getCycles(body.cost, /*busy=*/1, options.machine);
        if (grouped.inPairs)
          grouped.pair = pair;
      }
      records.chooseGroup(grouped, options.rows && grouped.isStreamed()
                                       ? options.rows
                                       : loop.elements);
    }
  }
  size_t copies = plan.getSavedStates().size() + plan.getStateCopies().size();
  otherBytes += copyBytes * double(copies);
  auto shareCache = [&] {
    return records.shareCache(options.l1Bytes - arena.getSize(), otherBytes);
  };
  shareCache();
  for (GroupedLoop &grouped : records.getLoops())
    records.chooseGroup(grouped, options.rows && grouped.isStreamed()
                                     ? options.rows
                                     : grouped.rowCount);
  // Smaller groups may have made room.
  otherCycles = getFrameCycles(shareCache());
  for (const GroupedLoop &grouped : records.getLoops())
    if (!grouped.isStreamed())
      otherCycles += getLoopCycles(grouped, options.machine);
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
  for (Value state : plan.getSavedStates())
    saving += getCopyCycles(state);
  for (auto [state, value] : plan.getStateCopies())
    copying += getCopyCycles(value);
  if (copying)
    copying += barrierCycles / 2; // a level without a search for its loop
  auto getTransferCycles = [&](ArrayAttr types) {
    double bytes = 0;
    for (Type type : types.getAsValueRange<TypeAttr>())
      bytes += 4 * double(cast<RankedTensorType>(type).getNumElements());
    return bytes / options.machine.bytesPerCycle;
  };
  // States are saved while inputs come.
  options.portCycles =
      std::max(0.0, getTransferCycles(network.getInputTypes()) - saving) +
      getTransferCycles(network.getOutputTypes());
  return frameCycles + getScreenCycles() + saving + copying +
         barrierCycles * double(plan.getLevels().size());
}

static remark::RemarkOpts describeRemark(StringRef name) {
  return remark::RemarkOpts::name(name).category("se-choose-tiling");
}

/// What became of a tiling that was tried, for
/// --remarks-filter=se-choose-tiling. `mostElements` of a register tile; 0: as
/// many as are best.
static void remarkAttempt(Location location, const TilingAttempt &attempt,
                          int64_t mostElements) {
  auto add = [&](auto remark) {
    remark << remark::metric("slots", attempt.slots)
           << remark::metric("slot bytes", attempt.slotBytes)
           << remark::metric("most elements", mostElements);
    if (attempt.failure.empty())
      remark << remark::metric("cycles", int64_t(attempt.cycles));
    else
      remark << remark::reason("{0}", attempt.failure);
  };
  if (attempt.failure.empty())
    add(remark::analysis(location, describeRemark("attempt")));
  else
    add(remark::missed(location, describeRemark("attempt")));
}

/// The fastest tiling, by the prediction.
llvm::Expected<Tiling> Planner::chooseTiling() {
  bool isObserved = b.getContext()->getRemarkEngine() != nullptr;
  auto tile = [&](int64_t mostElements) {
    auto observe = [&](const TilingAttempt &attempt) {
      remarkAttempt(network.getLoc(), attempt, mostElements);
    };
    if (!isObserved)
      return schedule::chooseTiling(records, options, otherCycles,
                                    otherL2Bytes);
    return schedule::chooseTiling(records, options, otherCycles, otherL2Bytes,
                                  observe);
  };
  auto chosen = tile(0);
  // Small groups take less room, of which constants that elements share may
  // make better use; and if the engine is the bound, smaller tiles may suit it
  // better. Of memories behind L2 the prediction is only a lower bound, and
  // tiles whose size was asked for are as large as that.
  auto isBest = [&](int64_t most) {
    return chosen && chosen->shared.size() == records.getShared().size() &&
           (!chosen->slots || chosen->external || options.rows ||
            options.slotBytes || most < 4);
  };
  for (int64_t most = 4; !isBest(most) && most; most /= 2) {
    Records larger = records;
    for (GroupedLoop &loop : records.getLoops())
      if (loop.isStreamed())
        records.chooseGroup(loop,
                            options.rows ? std::min(options.rows, most) : most);
    auto other = tile(most);
    if (!chosen || (other && other->cycles < chosen->cycles)) {
      if (!chosen)
        llvm::consumeError(chosen.takeError());
      chosen = std::move(other);
      continue;
    }
    if (!other)
      llvm::consumeError(other.takeError());
    records = std::move(larger);
  }
  if (chosen && isObserved)
    remark::passed(network.getLoc(), describeRemark("tiling"))
        << remark::metric("slots", chosen->slots)
        << remark::metric("slot bytes", chosen->slotBytes)
        << remark::metric("cycles", int64_t(chosen->cycles));
  return chosen;
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
  readLoops();
  for (Type type : made->getPortTypes())
    options.portElements += cast<RankedTensorType>(type).getNumElements();
  options.l1Bytes -= arena.getSize();
  for (auto &[value, constant] : records.getShared())
    otherL2Bytes += constant.bytes;
  auto isStreamed = [](const GroupedLoop &loop) { return loop.isStreamed(); };
  if (llvm::none_of(records.getLoops(), isStreamed) &&
      records.getShared().empty() && (!given || given.getStages().empty())) {
    otherCycles += options.portCycles;
    return llvm::Error::success();
  }
  auto chosen =
      given ? obeyTiling(records, options, given, otherCycles, otherL2Bytes)
            : chooseTiling();
  if (!chosen)
    return llvm::createStringError(
        (given ? "cluster.tiling: " : "network does not fit: ") +
        llvm::toString(chosen.takeError()));
  tiling = *chosen;
  auto placeBytes = [&](StringRef name, int64_t bytes) {
    return place(name, makeType(bytes, b.getI8Type(), cluster::Level::l1),
                 Arena::always);
  };
  made->ringOffset = placeBytes("ring", tiling.getRingBytes());
  made->controlOffset = placeBytes("carried", 4 * getControlWords(tiling));
  made->sumOffset = placeBytes("sums", tiling.sumBytes);
  made->residentOffset = placeBytes("resident", tiling.residentBytes);
  return llvm::Error::success();
}

DictionaryAttr Planner::report() {
  tiling.computeCycles = std::max(tiling.computeCycles, otherCycles);
  tiling.cycles = std::max(tiling.cycles, otherCycles);
  PlanReport report(b.getContext(), records, tiling, options, remarks);
  report.checkShared();
  for (auto [level, loops] : llvm::enumerate(plan.getLevels()))
    for (const Loop &loop : loops)
      report.addStage(loop, made->getStageName(loop), unsigned(level));
  for (const PlacedBuffer &buffer : placed)
    report.addBuffer(buffer);
  int64_t shared = 0; // those that stay in L1 are counted there
  for (auto &[value, position] : tiling.shared)
    shared += records.getShared().lookup(value).bytes;
  return report.finish(tiling.cycles, arena.getSize(), made->l1Available,
                       otherL2Bytes - shared);
}

/// All up to the tiling.
llvm::Error Planner::planTiles() {
  made->l1Available = options.l1Bytes;
  nameStages();
  constexpr const char *notRepeated = "the first level cannot be repeated";
  if (!checkFirstLevel())
    return llvm::createStringError(notRepeated);
  placeBuffers();
  if (llvm::Error error = planStream())
    return error;
  // Tiles that flow come only once.
  if (!checkFirstLevel())
    return llvm::createStringError(notRepeated);
  return llvm::Error::success();
}

llvm::Expected<cluster::TilingAttr> Planner::findTiling() {
  if (llvm::Error error = planTiles())
    return error;
  return made->getTiling();
}

llvm::Expected<std::unique_ptr<const Schedule>> Planner::run() {
  if (llvm::Error error = planTiles())
    return error;
  placePorts();
  splitLoops();
  made->stateBytes = arena.getSize();
  made->report = report();
  return std::unique_ptr<const Schedule>(std::move(made));
}
