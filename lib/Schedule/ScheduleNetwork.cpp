// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ScheduleNetwork.cpp - Deal a network's rows to cores ---------------===//

#include "Arena.h"
#include "ElementEmitter.h"
#include "Images.h"
#include "PlanReport.h"
#include "StreamEmitter.h"

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/Cluster/StageLocation.h"
#include "se/Dialect/RNN/Constants.h"
#include "se/Schedule/Indexing.h"
#include "se/Schedule/Passes.h"
#include "se/Schedule/Plan.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

namespace se::schedule {
#define GEN_PASS_DEF_SCHEDULENETWORK
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule;

namespace {

class Scheduler {
public:
  Scheduler(rnn::NetworkOp network, TilingOptions options, unsigned dmaCore,
            bool remarks)
      : network(network), plan(network), options(options), cores(options.cores),
        dmaCore(dmaCore), remarks(remarks),
        module(network->getParentOfType<ModuleOp>()), symbols(module),
        b(network.getLoc(), network) {}

  /// Error: what does not fit, in one line.
  llvm::Error run();

private:
  MemRefType makeType(int64_t count, Type element, cluster::Level level) {
    return MemRefType::get({count}, element, AffineMap(),
                           cluster::LevelAttr::get(b.getContext(), level));
  }
  MemRefType bufferType(Value tensor) {
    auto type = cast<RankedTensorType>(tensor.getType());
    return makeType(type.getNumElements(), type.getElementType(),
                    cluster::Level::l1);
  }
  MemRefType portType(Type tensor) {
    return MemRefType::get({cast<RankedTensorType>(tensor).getNumElements()},
                           b.getF32Type());
  }
  MemRefType controlType() {
    return makeType(getControlWords(tiling), b.getI32Type(),
                    cluster::Level::l1);
  }
  bool hasRing() const { return tiling.slots != 0; }
  /// Inputs, states and constants that are no splats lie in memory.
  static bool isSource(Value value) {
    if (auto constant = value.getDefiningOp<arith::ConstantOp>())
      return !isa<SplatElementsAttr>(constant.getValue());
    return isa<BlockArgument>(value);
  }
  static llvm::DenseSet<Value> getDefined(const Loop &loop) {
    llvm::DenseSet<Value> defined;
    for (Job *job : loop.jobs)
      if (job->isDefinition)
        defined.insert(job->value);
    return defined;
  }
  Value number(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }
  Value getMemory(Value value, bool isDefined);
  int64_t place(StringRef name, MemRefType type,
                std::pair<unsigned, unsigned> live);
  void placeBuffers();
  DictionaryAttr report();
  void nameStages();
  void readLoops();
  llvm::Error planStream();
  func::FuncOp makeFunction(StringRef suffix, ArrayRef<Type> arguments);
  memref::GlobalOp makeGlobal(ElementsAttr value, StringRef name,
                              cluster::Level level);
  memref::GlobalOp makeImage(ArrayRef<char> data, StringRef name,
                             cluster::Level level);
  memref::GlobalOp makeTable(ArrayRef<int32_t> data, StringRef name);
  Value view(Value arena, MemRefType type, int64_t offset);
  Value viewResident(MemRefType type, int64_t position);
  void makeStreamGlobals();
  StreamMemory getStreamMemory(Value arena);
  Block *emitParallel(func::FuncOp function, TypeRange carried);
  void emitKernel();
  void emitReset();
  void emitInit();
  void emitProgram();
  void emitDealtLoop(int64_t elements, function_ref<void(Value element)> body);
  void emitShare(Value begin, int64_t most, Value count,
                 function_ref<void(Value element, Value first)> body);
  /// What is emitted from now on belongs to this stage.
  void enterStage(Location location, StringRef name) {
    b.setLoc(cluster::withStage(location, b.getStringAttr(name)));
  }
  void emitLoop(const Loop &loop);
  void emitTiles(const StreamedLoop &part,
                 function_ref<void(Value tile, Value index)> body);
  void emitBody(const Loop &loop, ElementEmitter &emitter);
  void emitPart(const Loop &loop, const StreamedLoop &part,
                ElementEmitter &emitter, Value tile, Value lower);
  ArrayAttr ports(ArrayAttr types, ArrayAttr names, bool areStates);

  rnn::NetworkOp network;
  Plan plan;
  TilingOptions options;
  unsigned cores, dmaCore;
  bool remarks;
  ModuleOp module;
  SymbolTable symbols;
  ImplicitLocOpBuilder b;

  SmallVector<int64_t> stateOffsets;
  llvm::DenseMap<Value, int64_t> bufferOffsets;
  int64_t macs = 0, weightBytes = 0;
  func::FuncOp kernel, init, reset;
  Arena arena;
  Records records;
  Tiling tiling;
  double otherCycles = 0; // of loops that read no stream, and the frame
  llvm::DenseMap<const Loop *, Cost> costs; // of one element
  llvm::DenseMap<const Loop *, std::string> stageNames;
  SmallVector<PlacedBuffer> placed;
  int64_t l1Available = 0, otherL2Bytes = 0;
  int64_t ringOffset = 0, controlOffset = 0, residentOffset = 0, sumOffset = 0;
  struct {
    memref::GlobalOp resident, stream, nvm, l3, l2Ring, transfers, external;
  } globals;
  // While the kernel is emitted.
  Value core;
  std::unique_ptr<StreamEmitter> stream;
  llvm::DenseMap<Value, Value> memory;  // tensor value -> memref
  llvm::DenseMap<Value, Value> sources; // the same without buffers
  Value sourcesEnd, currentElement, residentPosition;
  SmallVector<Value> stateBuffers, outputBuffers;
};

} // namespace

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

func::FuncOp Scheduler::makeFunction(StringRef suffix,
                                     ArrayRef<Type> arguments) {
  auto function =
      func::FuncOp::create(b, (network.getSymName() + suffix).str(),
                           b.getFunctionType(arguments, TypeRange()));
  symbols.insert(function);
  b.setInsertionPointToStart(function.addEntryBlock());
  return function;
}

/// A constant in row-major order.
memref::GlobalOp Scheduler::makeGlobal(ElementsAttr value, StringRef name,
                                       cluster::Level level) {
  auto flat =
      RankedTensorType::get({value.getNumElements()}, value.getElementType());
  ElementsAttr flatValue;
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    flatValue = dense.reshape(flat);
  else
    flatValue = DenseResourceElementsAttr::get(
        flat, cast<DenseResourceElementsAttr>(value).getRawHandle());
  MemRefType type =
      makeType(flat.getNumElements(), flat.getElementType(), level);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(module.getBody());
  auto global = memref::GlobalOp::create(
      b, name, b.getStringAttr("private"), type, flatValue,
      /*constant=*/true, b.getI64IntegerAttr(Arena::alignment));
  symbols.insert(global);
  weightBytes += flat.getNumElements() * flat.getElementTypeBitWidth() / 8;
  return global;
}

Value Scheduler::view(Value arena, MemRefType type, int64_t offset) {
  return memref::ViewOp::create(
      b, type, arena, arith::ConstantIndexOp::create(b, offset), ValueRange());
}

/// A loop over this core's share of [0, elements): contiguous runs of equal
/// length, the last cores may have less.
void Scheduler::emitDealtLoop(int64_t elements,
                              function_ref<void(Value)> body) {
  emitShare(number(0), elements, number(elements),
            [&](Value element, Value) { body(element); });
}

/// A loop over this core's share of `count` elements from `begin` on, which are
/// at most `most`; `body` also gets the first of them.
void Scheduler::emitShare(Value begin, int64_t most, Value count,
                          function_ref<void(Value, Value)> body) {
  Value lower, upper;
  if (isConstantIntValue(count, most) && most % cores == 0) {
    // All workers pass the same instructions: two that share an FPU then fall
    // into a rhythm without waiting. A core that only drives the DMA has no
    // share.
    Value share = number(most / cores);
    Value isWorker = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, core,
                                           number(cores));
    lower =
        arith::AddIOp::create(b, begin, arith::MulIOp::create(b, core, share));
    upper = arith::AddIOp::create(
        b, lower, arith::SelectOp::create(b, isWorker, share, number(0)));
  } else {
    Value share = arith::CeilDivUIOp::create(b, count, number(cores));
    if (isConstantIntValue(count, most))
      share = number(llvm::divideCeil(most, cores));
    Value end = arith::AddIOp::create(b, begin, count);
    Value offset = arith::MulIOp::create(b, core, share);
    lower =
        arith::MinUIOp::create(b, arith::AddIOp::create(b, begin, offset), end);
    upper =
        arith::MinUIOp::create(b, arith::AddIOp::create(b, lower, share), end);
  }
  auto loop = scf::ForOp::create(b, lower, upper, number(1));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar(), lower);
}

/// What lies in L1 for good. Its position is carried from frame to frame rather
/// than a constant: code that knows it mixes up pointers to it with those to
/// other buffers, and needs more of them.
Value Scheduler::viewResident(MemRefType type, int64_t position) {
  Value at = arith::AddIOp::create(b, residentPosition, number(position));
  return memref::ViewOp::create(b, type, kernel.getArgument(0), at,
                                ValueRange());
}

memref::GlobalOp Scheduler::makeImage(ArrayRef<char> data, StringRef name,
                                      cluster::Level level) {
  if (data.empty())
    return nullptr;
  return makeGlobal(
      DenseResourceElementsAttr::get(
          RankedTensorType::get({int64_t(data.size())}, b.getI8Type()), name,
          HeapAsmResourceBlob::allocateAndCopyInferAlign(data)),
      name, level);
}

memref::GlobalOp Scheduler::makeTable(ArrayRef<int32_t> data, StringRef name) {
  if (data.empty())
    return nullptr;
  return makeGlobal(
      DenseElementsAttr::get(
          RankedTensorType::get({int64_t(data.size())}, b.getI32Type()), data),
      name, cluster::Level::l2);
}

void Scheduler::makeStreamGlobals() {
  using cluster::Level;
  Images images(records.getLoops(), tiling);
  globals.resident = makeImage(images.resident, "resident", Level::l2);
  globals.stream =
      makeImage(images.stream, "stream", tiling.isInL3 ? Level::l3 : Level::l2);
  globals.nvm = makeImage(images.nvm, "stream_nvm", Level::nvm);
  globals.l3 = makeImage(images.l3, "stream_l3", Level::l3);
  globals.transfers = makeTable(images.transfers, "transfers");
  globals.external = makeTable(images.external, "external_transfers");
  if (!tiling.external)
    return;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(module.getBody());
  globals.l2Ring = memref::GlobalOp::create(
      b, "l2_ring", b.getStringAttr("private"),
      makeType(tiling.getExternalSlots() * tiling.slotBytes, b.getI8Type(),
               Level::l2),
      b.getUnitAttr(), /*constant=*/false,
      b.getI64IntegerAttr(Arena::alignment));
  symbols.insert(globals.l2Ring);
}

StreamMemory Scheduler::getStreamMemory(Value arena) {
  auto get = [&](memref::GlobalOp global) -> Value {
    if (!global)
      return Value();
    return memref::GetGlobalOp::create(b, global.getType(),
                                       global.getSymName());
  };
  return {arena,
          ringOffset,
          get(globals.stream),
          get(globals.nvm),
          get(globals.l3),
          get(globals.l2Ring),
          get(globals.transfers),
          get(globals.external)};
}

/// Where a value lies; `isDefined` if the current loop computes it.
Value Scheduler::getMemory(Value value, bool isDefined) {
  if (!isDefined)
    if (Value buffer = memory.lookup(value))
      return buffer;
  Value &source = sources[value];
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  if (source || !constant || !isSource(value))
    return source;
  // A constant that is not in the stream: in L1, or read where it lies.
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointAfterValue(sourcesEnd);
  auto shared = tiling.shared.find(value);
  if (shared != tiling.shared.end())
    return source = viewResident(bufferType(value), shared->second);
  auto elements = cast<ElementsAttr>(constant.getValue());
  memref::GlobalOp global =
      makeGlobal(elements, rnn::getConstantName(elements), cluster::Level::l2);
  source =
      memref::GetGlobalOp::create(b, global.getType(), global.getSymName());
  return source;
}

void Scheduler::emitBody(const Loop &loop, ElementEmitter &emitter) {
  AffineExpr d0 = getAffineDimExpr(0, b.getContext());
  SmallVector<Value> scalars;
  for (Job *job : loop.jobs)
    scalars.push_back(emitter.emit(job->value, d0, job->isDefinition));
  // Stores come last: a state overwritten in place may still be read above.
  for (auto [job, scalar] : llvm::zip(loop.jobs, scalars))
    for (const Destination &destination : job->destinations) {
      Value to;
      switch (destination.kind) {
      case Destination::Buffer:
        to = memory.lookup(destination.buffer);
        break;
      case Destination::Output:
        to = outputBuffers[destination.number];
        break;
      case Destination::State:
        to = stateBuffers[destination.number];
        break;
      }
      memref::StoreOp::create(b, scalar, to,
                              emitter.emitIndex(destination.position));
    }
}

/// One part of the records of the current element: sums go on, and with the
/// last part the element is computed.
void Scheduler::emitPart(const Loop &loop, const StreamedLoop &part,
                         ElementEmitter &emitter, Value tile, Value lower) {
  const Record &record = part.record;
  auto sumsPerElement = int64_t(part.sums.size());
  Type type = getElementTypeOrSelf(
      rnn::MatvecOp(part.sums.front().op).getY().getType());
  int64_t share = llvm::divideCeil(part.rows, cores);
  Value sums = view(kernel.getArgument(0),
                    makeType(int64_t(cores) * share * sumsPerElement, type,
                             cluster::Level::l1),
                    sumOffset);
  Value index = arith::RemUIOp::create(b, tile, number(record.parts));
  auto compare = [&](arith::CmpIPredicate predicate, int64_t value) -> Value {
    return arith::CmpIOp::create(b, predicate, index, number(value));
  };
  Value isFirst = compare(arith::CmpIPredicate::eq, 0);
  Value row =
      arith::AddIOp::create(b, arith::MulIOp::create(b, core, number(share)),
                            arith::SubIOp::create(b, currentElement, lower));
  Value base = arith::MulIOp::create(b, row, number(sumsPerElement));
  for (auto [k, sum] : llvm::enumerate(part.sums)) {
    rnn::MatvecOp op = sum.op;
    Value at = arith::AddIOp::create(b, base, number(int64_t(k)));
    auto start = scf::IfOp::create(b, TypeRange(type), isFirst, true);
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(start.thenBlock());
      scf::YieldOp::create(
          b, ValueRange(arith::ConstantOp::create(b, b.getZeroAttr(type))));
      b.setInsertionPointToStart(start.elseBlock());
      scf::YieldOp::create(b, ValueRange(memref::LoadOp::create(b, sums, at)));
    }
    int64_t columns = shapeOf(op.getW())[1];
    int64_t width = llvm::find_if(record.fields, [&](const auto &field) {
                      return field.length == columns;
                    })->share;
    Value begin = arith::MulIOp::create(b, index, number(width));
    Value length = number(width);
    if (columns != width * record.parts) {
      // A shorter row than others may have nothing in the last parts.
      Value from = begin;
      if (columns < width * (record.parts - 1))
        from = arith::MinUIOp::create(b, begin, number(columns));
      length = arith::MinUIOp::create(
          b, length, arith::SubIOp::create(b, number(columns), from));
    }
    Value total =
        emitter.emitPart(op, sum.position, start.getResult(0), {begin, length});
    memref::StoreOp::create(b, total, sums, at);
  }
  auto last =
      scf::IfOp::create(b, compare(arith::CmpIPredicate::eq, record.parts - 1));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(last.thenBlock());
  for (auto [k, sum] : llvm::enumerate(part.sums)) {
    rnn::MatvecOp op = sum.op;
    Value at = arith::AddIOp::create(b, base, number(int64_t(k)));
    emitter.define(op.getY(), sum.position,
                   memref::LoadOp::create(b, sums, at));
  }
  emitBody(loop, emitter);
}

/// A loop over the tiles of a part of the stream; `body` gets the position of
/// the tile in L1, and its number.
void Scheduler::emitTiles(const StreamedLoop &part,
                          function_ref<void(Value, Value)> body) {
  int64_t tiles = part.getTiles();
  stream->emitLoop(tiles, [&](Value tile) {
    if (!part.resident)
      return body(stream->emitStep(), tile);
    // isChosen(tile, resident, tiles), without a division at hand.
    Value line = arith::MulIOp::create(b, tile, number(part.resident));
    Value before = arith::DivUIOp::create(b, line, number(tiles));
    Value after = arith::DivUIOp::create(
        b, arith::AddIOp::create(b, line, number(part.resident)),
        number(tiles));
    Value flows =
        arith::CmpIOp::create(b, arith::CmpIPredicate::eq, before, after);
    int64_t stride = llvm::alignTo(part.getTileBytes(), Arena::alignment);
    Value kept = arith::AddIOp::create(
        b, arith::MulIOp::create(b, before, number(stride)),
        arith::AddIOp::create(b, residentPosition, number(part.position)));
    body(stream->emitStepIf(flows, kept), tile);
  });
}

void Scheduler::emitLoop(const Loop &loop) {
  enterStage(loop.jobs.front()->value.getLoc(), stageNames[&loop]);
  llvm::DenseSet<Value> defined = getDefined(loop);
  const StreamedLoop *part = records.getLoop(loop);
  Value tileBuffer, firstElement;
  ElementEmitter emitter(
      b, [&](Value value) { return getMemory(value, defined.contains(value)); },
      [&](const ConstantAccess &access) -> Value {
        const Record::Field *field =
            part ? part->record.find(access.constant, access.position)
                 : nullptr;
        if (!field)
          return Value();
        Value row = arith::SubIOp::create(b, currentElement, firstElement);
        Value at = arith::AddIOp::create(
            b, arith::MulIOp::create(b, row, number(part->record.size)),
            number(field->offset));
        if (access.inner)
          at = arith::AddIOp::create(b, at, access.inner);
        return memref::LoadOp::create(b, tileBuffer, at);
      });
  auto wholeElement = [&](Value element) {
    currentElement = element;
    emitter.enterLoop(element);
    emitBody(loop, emitter);
  };
  if (!part)
    return emitDealtLoop(loop.elements, wholeElement);
  MemRefType tileType = makeType(part->rows * part->record.size,
                                 part->record.element, cluster::Level::l1);
  if (part->isResident()) {
    tileBuffer = viewResident(tileType, part->position);
    firstElement = number(0);
    return emitDealtLoop(loop.elements, wholeElement);
  }
  emitTiles(*part, [&](Value position, Value tile) {
    tileBuffer = memref::ViewOp::create(b, tileType, kernel.getArgument(0),
                                        position, ValueRange());
    int64_t parts = part->record.parts;
    Value group = tile;
    if (parts > 1)
      group = arith::DivUIOp::create(b, tile, number(parts));
    Value rows = number(part->rows), count = rows;
    firstElement = arith::MulIOp::create(b, group, rows);
    if (part->elements % part->rows != 0) {
      Value left =
          arith::SubIOp::create(b, number(part->elements), firstElement);
      count = arith::MinUIOp::create(b, rows, left);
    }
    emitShare(firstElement, part->rows, count, [&](Value element, Value lower) {
      if (parts == 1)
        return wholeElement(element);
      currentElement = element;
      emitter.enterLoop(element);
      emitPart(loop, *part, emitter, tile, lower);
    });
  });
}

/// A parallel region in `function`, which gets `core` and carries values of
/// these types; the function's return is behind it.
Block *Scheduler::emitParallel(func::FuncOp function, TypeRange carried) {
  Value control;
  if (getControlWords(tiling))
    control = view(function.getArgument(0), controlType(), controlOffset);
  auto parallel = cluster::ParallelOp::create(b, cores, dmaCore, control);
  func::ReturnOp::create(b);
  Block &body = parallel.getBody().emplaceBlock();
  core = body.addArgument(b.getIndexType(), b.getLoc());
  for (Type type : carried)
    body.addArgument(type, b.getLoc());
  b.setInsertionPointToStart(&body);
  return &body;
}

void Scheduler::emitKernel() {
  // An empty state would be an empty struct in C.
  SmallVector<Type> arguments{
      makeType(std::max(arena.getSize(), Arena::alignment), b.getI8Type(),
               cluster::Level::l1)};
  for (ArrayAttr types : {network.getInputTypes(), network.getOutputTypes()})
    for (Attribute type : types)
      arguments.push_back(portType(cast<TypeAttr>(type).getValue()));
  kernel = makeFunction("_kernel", arguments);
  Value arenaArgument = kernel.getArgument(0);
  SmallVector<Type> carried;
  if (hasRing())
    carried = StreamEmitter(b, tiling, StreamMemory()).getCarriedTypes();
  if (tiling.residentBytes)
    carried.push_back(b.getIndexType());
  Block *body = emitParallel(kernel, carried);

  // Where everything lies.
  Block::BlockArgListType ports = kernel.getArguments().drop_front();
  for (auto [input, port] : llvm::zip(network.getInputArguments(), ports))
    sources[input] = port;
  llvm::append_range(outputBuffers, ports.drop_front(network.getNumInputs()));
  for (auto [state, offset] :
       llvm::zip(network.getStateArguments(), stateOffsets)) {
    sources[state] = view(arenaArgument, bufferType(state), offset);
    stateBuffers.push_back(sources[state]);
  }
  // Roots are read in their buffers, also if they lie elsewhere at first.
  for (Value value : plan.getBuffers())
    memory[value] =
        view(arenaArgument, bufferType(value), bufferOffsets.lookup(value));
  sourcesEnd = number(0);
  auto handedOn = ValueRange(body->getArguments()).drop_front();
  if (tiling.residentBytes)
    residentPosition = handedOn.back();
  if (hasRing()) {
    stream = std::make_unique<StreamEmitter>(b, tiling,
                                             getStreamMemory(arenaArgument));
    stream->enterFrame(handedOn);
  }

  bool first = true;
  for (const std::vector<Loop> &level : plan.getLevels()) {
    // A tile that flows comes with a barrier of its own.
    const StreamedLoop *part = records.getLoop(level.front());
    bool hasBarrier = part && part->resident == 0;
    if (!first && !hasBarrier)
      cluster::BarrierOp::create(b);
    first = false;
    for (const Loop &loop : level)
      emitLoop(loop);
  }
  if (!plan.getStateCopies().empty())
    cluster::BarrierOp::create(b);
  for (auto [number, value] : plan.getStateCopies()) {
    enterStage(value.getLoc(), "copies of states");
    emitDealtLoop(
        elementsOf(value), [&, number = number, value = value](Value element) {
          Value scalar =
              memref::LoadOp::create(b, getMemory(value, false), element);
          memref::StoreOp::create(b, scalar, stateBuffers[number], element);
        });
  }
  // All have read what is carried before it is written again.
  bool hasMet = hasRing() || plan.getLevels().size() > 1 ||
                !plan.getStateCopies().empty();
  if (tiling.residentBytes && !hasMet)
    cluster::BarrierOp::create(b);
  SmallVector<Value> handOn;
  if (hasRing())
    handOn = stream->leaveFrame();
  if (tiling.residentBytes)
    handOn.push_back(residentPosition);
  cluster::YieldOp::create(b, handOn);
}

void Scheduler::emitReset() {
  b.setInsertionPoint(network);
  b.setLoc(network.getLoc());
  reset = makeFunction("_reset_states", {kernel.getArgumentTypes()[0]});
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  for (auto [k, value] : llvm::enumerate(network.getResetValues())) {
    Value state = network.getStateArguments()[k];
    Value buffer =
        view(reset.getArgument(0), bufferType(state), stateOffsets[k]);
    auto elements = cast<ElementsAttr>(value);
    auto splat = dyn_cast<SplatElementsAttr>(elements);
    Value from;
    if (!splat) {
      memref::GlobalOp global =
          makeGlobal(elements, "reset", cluster::Level::l2);
      from =
          memref::GetGlobalOp::create(b, global.getType(), global.getSymName());
    }
    Value upper = arith::ConstantIndexOp::create(b, elementsOf(state));
    auto loop = scf::ForOp::create(b, zero, upper, one);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value element = loop.getInductionVar(), scalar;
    if (splat)
      scalar = arith::ConstantOp::create(
          b, cast<TypedAttr>(splat.getSplatValue<Attribute>()));
    else
      scalar = memref::LoadOp::create(b, from, element);
    memref::StoreOp::create(b, scalar, buffer, element);
  }
  func::ReturnOp::create(b);
}

ArrayAttr Scheduler::ports(ArrayAttr types, ArrayAttr names, bool areStates) {
  SmallVector<Attribute> list;
  for (auto [k, type, name] : llvm::enumerate(types, names)) {
    auto tensor = cast<RankedTensorType>(cast<TypeAttr>(type).getValue());
    list.push_back(cluster::PortAttr::get(
        b.getContext(), cast<StringAttr>(name).getValue(), tensor.getShape(),
        areStates ? tensor.getElementType() : b.getF32Type(),
        areStates ? stateOffsets[k] : 0));
  }
  return b.getArrayAttr(list);
}

/// Once: what stays in L1 gets there, and the first transfers are started.
void Scheduler::emitInit() {
  b.setInsertionPoint(network);
  init = makeFunction("_init_stream", {kernel.getArgumentTypes()[0]});
  Value arenaArgument = init.getArgument(0);
  emitParallel(init, {});
  SmallVector<Value> carried;
  Value kept;
  if (globals.resident) {
    Value from = memref::GetGlobalOp::create(b, globals.resident.getType(),
                                             globals.resident.getSymName());
    Value token = cluster::DmaStartOp::create(
        b, cluster::TokenType::get(b.getContext(), cluster::Engine::dma), from,
        number(0), arenaArgument, number(residentOffset),
        number(tiling.residentBytes), Value(), Value());
    kept = cluster::DmaWaitOp::create(b, b.getIndexType(), token);
  }
  if (hasRing()) {
    StreamEmitter starter(b, tiling, getStreamMemory(arenaArgument));
    starter.emitStart();
    carried = starter.leaveFrame();
  }
  if (kept)
    carried.push_back(kept);
  cluster::YieldOp::create(b, carried);
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

void Scheduler::emitProgram() {
  b.setInsertionPoint(network);
  std::string name = network.getSymName().str();
  network->walk([&](rnn::MatvecOp matvec) {
    macs += elementsOf(matvec.getY()) * shapeOf(matvec.getW())[1];
  });
  ArrayAttr inputs =
      ports(network.getInputTypes(), network.getInputNames(), false);
  ArrayAttr outputs =
      ports(network.getOutputTypes(), network.getOutputNames(), false);
  ArrayAttr states =
      ports(network.getStateTypes(), network.getStateNames(), true);
  DictionaryAttr planned = report();
  symbols.erase(network);
  b.setInsertionPointToStart(module.getBody());
  auto program = cluster::ProgramOp::create(
      b, name, kernel.getSymName(), init.getSymName(), reset.getSymName(),
      cores, dmaCore,
      cast<MemRefType>(kernel.getArgumentTypes()[0]).getNumElements(), inputs,
      outputs, states, macs, weightBytes, planned);
  symbols.insert(program, module.getBody()->begin());
}

llvm::Error Scheduler::run() {
  l1Available = options.l1Bytes;
  nameStages();
  placeBuffers();
  if (llvm::Error error = planStream())
    return error;
  makeStreamGlobals();
  emitKernel();
  emitReset();
  emitInit();
  emitProgram();
  return llvm::Error::success();
}

/// Operations that the scheduler knows how to compute element by element.
static LogicalResult checkOperations(rnn::NetworkOp network) {
  for (Operation &op : network.getBody().front()) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op))
      if (!rnn::hasData(constant.getValue()))
        return op.emitError("the constant's data is missing or has another "
                            "size");
    if (isa<arith::ConstantOp, rnn::YieldOp, rnn::MatvecOp, rnn::ReduceOp,
            tensor::ConcatOp>(op) ||
        isMovement(&op) || isElementwise(&op))
      continue;
    if (isa<rnn::ApplyOp>(op))
      return op.emitOpError(
          "must be inlined before scheduling (--rnn-inline-cells)");
    return op.emitOpError("has no scalar form that can be scheduled");
  }
  return success();
}

namespace {
struct ScheduleNetworkPass
    : schedule::impl::ScheduleNetworkBase<ScheduleNetworkPass> {
  using ScheduleNetworkBase::ScheduleNetworkBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto reject = [&](const Twine &rule, int64_t found) {
      module.emitError(rule) << ", found " << found;
      return signalPassFailure();
    };
    if (cores < 1 || cores > 8)
      return reject("the number of cores must be 1 to 8", cores);
    if (ring != 0 && (ring < 2 || ring > 6))
      return reject("the ring must have 2 to 6 slots", ring);
    if (slotBytes < 0 || slotBytes % Arena::alignment != 0)
      return reject("slot-bytes must be a multiple of " +
                        Twine(Arena::alignment),
                    slotBytes);
    if (tileRows < 0)
      return reject("tile-rows must not be negative", tileRows);
    auto networks = llvm::to_vector(module.getOps<rnn::NetworkOp>());
    if (networks.size() != 1) {
      module.emitError("expected one rnn.network, found ") << networks.size();
      return signalPassFailure();
    }
    if (failed(checkOperations(networks.front())))
      return signalPassFailure();
    TilingOptions options;
    options.cores = cores;
    options.l1Bytes = l1Bytes;
    options.l2Bytes = l2Bytes;
    options.nvm = {nvmBytes, nvmRate};
    options.l3 = {l3Bytes, l3Rate};
    options.isL3Direct = l3Direct;
    options.slots = ring;
    options.slotBytes = slotBytes;
    options.rows = tileRows;
    options.mayStay = resident;
    if (llvm::Error error =
            Scheduler(networks.front(), options, dmaCore, remarks).run()) {
      InFlightDiagnostic diagnostic = networks.front().emitError()
                                      << llvm::toString(std::move(error));
      if (!target.empty())
        diagnostic << " on target " << target;
      return signalPassFailure();
    }
  }
};
} // namespace
