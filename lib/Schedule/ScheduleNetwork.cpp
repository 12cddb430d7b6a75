// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ScheduleNetwork.cpp - Deal a network's rows to cores ---------------===//

#include "Arena.h"
#include "ElementEmitter.h"
#include "WeightStream.h"

#include "se/Dialect/Cluster/Cluster.h"
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
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"

namespace se::schedule {
#define GEN_PASS_DEF_SCHEDULENETWORK
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule;

namespace {

/// The bytes of states and buffers in L1.
static int64_t getArenaBytes(rnn::NetworkOp network, const Plan &plan) {
  Arena arena;
  auto allocate = [&](Value value, std::pair<unsigned, unsigned> live) {
    auto type = cast<RankedTensorType>(value.getType());
    arena.allocate(
        MemRefType::get({type.getNumElements()}, type.getElementType()), live);
  };
  for (Value state : network.getStateArguments())
    allocate(state, Arena::always);
  for (Value value : plan.getBuffers())
    allocate(value, plan.getLiveRange(value));
  return arena.getSize();
}

/// A plan in which a row for each core fits into a slot of the ring, unless the
/// buffers which that takes leave too little L1 for the ring.
static Plan makePlan(rnn::NetworkOp network, unsigned cores, int64_t l1Bytes) {
  Plan split(network, l1Bytes / 4 / cores);
  if (getArenaBytes(network, split) <= l1Bytes / 4 * 3)
    return split;
  return Plan(network, /*maxRowBytes=*/std::numeric_limits<int64_t>::max());
}

class Scheduler {
public:
  Scheduler(rnn::NetworkOp network, unsigned cores, cluster::Level weightLevel,
            int64_t l1Bytes)
      : network(network), plan(makePlan(network, cores, l1Bytes)), cores(cores),
        weightLevel(weightLevel), l1Bytes(l1Bytes),
        module(network->getParentOfType<ModuleOp>()), symbols(module),
        b(network.getLoc(), network) {}

  void run();

private:
  MemRefType bufferType(Value tensor, cluster::Level level) {
    auto type = cast<RankedTensorType>(tensor.getType());
    return MemRefType::get({type.getNumElements()}, type.getElementType(),
                           AffineMap(),
                           cluster::LevelAttr::get(b.getContext(), level));
  }
  MemRefType portType(Type tensor) {
    return MemRefType::get({cast<RankedTensorType>(tensor).getNumElements()},
                           b.getF32Type());
  }
  MemRefType l1Type(int64_t count, Type element) {
    return MemRefType::get(
        {count}, element, AffineMap(),
        cluster::LevelAttr::get(b.getContext(), cluster::Level::l1));
  }
  MemRefType ringType() {
    return l1Type(stream.getSlots() * stream.getSlotBytes(), b.getI8Type());
  }
  MemRefType controlType() {
    return l1Type(stream.getSlots() + 1, b.getI32Type());
  }
  bool hasStream() const { return !stream.isEmpty() && stream.getTiles() > 0; }
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
  Value getMemory(Value value, bool isDefined);
  void placeBuffers();
  func::FuncOp makeFunction(StringRef suffix, ArrayRef<Type> arguments);
  memref::GlobalOp makeGlobal(ElementsAttr value, StringRef name);
  Value view(Value arena, MemRefType type, int64_t offset);
  void emitKernel();
  void emitReset();
  void emitInit();
  void emitProgram();
  void planStream();
  Value emitNextTile(Value tile);
  void emitDealtLoop(int64_t elements, function_ref<void(Value element)> body);
  void emitShare(Value begin, Value end, int64_t share,
                 function_ref<void(Value element)> body);
  void emitStreamBuffers();
  void emitLoop(const Loop &loop);
  void emitBody(const Loop &loop, ElementEmitter &emitter, Value element);
  ArrayAttr ports(ArrayAttr types, ArrayAttr names, bool areStates);

  rnn::NetworkOp network;
  Plan plan;
  unsigned cores;
  cluster::Level weightLevel;
  int64_t l1Bytes;
  ModuleOp module;
  SymbolTable symbols;
  ImplicitLocOpBuilder b;

  SmallVector<int64_t> stateOffsets;
  llvm::DenseMap<Value, int64_t> bufferOffsets;
  int64_t macs = 0, weightBytes = 0;
  func::FuncOp kernel, init, reset;
  Arena arena;
  WeightStream stream;
  int64_t ringOffset = 0, controlOffset = 0;
  // While the kernel is emitted.
  Value core;
  llvm::DenseMap<Value, Value> memory;  // tensor value -> memref
  llvm::DenseMap<Value, Value> sources; // the same without buffers
  Value ring, control, streamData, streamTable, sourcesEnd, currentElement;
  SmallVector<Value> stateBuffers, outputBuffers;
};

} // namespace

void Scheduler::placeBuffers() {
  for (Value state : network.getStateArguments())
    stateOffsets.push_back(
        arena.allocate(bufferType(state, cluster::Level::l1), Arena::always));
  for (Value value : plan.getBuffers())
    bufferOffsets[value] = arena.allocate(bufferType(value, cluster::Level::l1),
                                          plan.getLiveRange(value));
}

/// Collects what the loops read of constants, by emitting them once into a
/// function that is thrown away, and plans the stream and its ring.
void Scheduler::planStream() {
  OpBuilder::InsertionGuard guard(b);
  auto scratch = func::FuncOp::create(
      b, "scratch", b.getFunctionType({b.getIndexType()}, TypeRange()));
  b.setInsertionPointToStart(scratch.addEntryBlock());
  AffineExpr d0 = getAffineDimExpr(0, b.getContext());
  for (const std::vector<Loop> &level : plan.getLevels())
    for (const Loop &loop : level) {
      llvm::DenseSet<Value> defined = getDefined(loop);
      SmallVector<ConstantAccess> accesses;
      ElementEmitter emitter(
          b,
          [&](Value value) -> Value {
            if (!isSource(value) &&
                (defined.contains(value) || !plan.getBuffers().contains(value)))
              return Value();
            return memref::AllocaOp::create(
                b, bufferType(value, cluster::Level::l1));
          },
          [&](const ConstantAccess &access) {
            accesses.push_back(access);
            return Value();
          });
      emitter.enterLoop(scratch.getArgument(0));
      for (Job *job : loop.jobs)
        emitter.emit(job->value, d0, job->isDefinition);
      stream.addLoop(loop, accesses);
    }
  scratch.erase();
  if (stream.isEmpty())
    return;
  constexpr int64_t controlReserve = 64;
  unsigned left =
      stream.plan(cores, l1Bytes - arena.getSize() - controlReserve);
  if (left)
    network.emitRemark()
        << "the parameters of " << left
        << " loops are read where they lie: a row of them does not fit into "
           "what is left of L1";
  if (!hasStream())
    return;
  ringOffset = arena.allocate(ringType(), Arena::always);
  controlOffset = arena.allocate(controlType(), Arena::always);
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

/// A constant in row-major order, in the level of the parameters.
memref::GlobalOp Scheduler::makeGlobal(ElementsAttr value, StringRef name) {
  auto flat =
      RankedTensorType::get({value.getNumElements()}, value.getElementType());
  ElementsAttr flatValue;
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    flatValue = dense.reshape(flat);
  else
    flatValue = DenseResourceElementsAttr::get(
        flat, cast<DenseResourceElementsAttr>(value).getRawHandle());
  auto type =
      MemRefType::get(flat.getShape(), flat.getElementType(), AffineMap(),
                      cluster::LevelAttr::get(b.getContext(), weightLevel));
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
  emitShare(arith::ConstantIndexOp::create(b, 0),
            arith::ConstantIndexOp::create(b, elements),
            llvm::divideCeil(elements, cores), body);
}

/// A loop over `share` elements of [begin, end) for each core in turn.
void Scheduler::emitShare(Value begin, Value end, int64_t share,
                          function_ref<void(Value)> body) {
  Value run = arith::ConstantIndexOp::create(b, share);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value offset = arith::MulIOp::create(b, core, run);
  Value lower =
      arith::MinUIOp::create(b, arith::AddIOp::create(b, begin, offset), end);
  Value upper =
      arith::MinUIOp::create(b, arith::AddIOp::create(b, lower, run), end);
  auto loop = scf::ForOp::create(b, lower, upper, one);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

/// Views of the ring, the stream itself, and its table of tiles.
void Scheduler::emitStreamBuffers() {
  ring = view(kernel.getArgument(0), ringType(), ringOffset);
  control = view(kernel.getArgument(0), controlType(), controlOffset);
  auto global = [&](ElementsAttr value, StringRef name) -> Value {
    memref::GlobalOp op = makeGlobal(value, name);
    return memref::GetGlobalOp::create(b, op.getType(), op.getSymName());
  };
  ArrayRef<char> data = stream.getData();
  streamData = global(
      DenseResourceElementsAttr::get(
          RankedTensorType::get({int64_t(data.size())}, b.getI8Type()),
          "stream", HeapAsmResourceBlob::allocateAndCopyInferAlign(data)),
      "stream");
  ArrayRef<int32_t> table = stream.getTable();
  streamTable =
      global(DenseElementsAttr::get(
                 RankedTensorType::get({int64_t(table.size())}, b.getI32Type()),
                 table),
             "tiles");
  if (stream.isResident())
    emitNextTile(arith::ConstantIndexOp::create(b, 0));
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
  // A constant that is not in the stream: read where it lies.
  auto elements = cast<ElementsAttr>(constant.getValue());
  memref::GlobalOp global =
      makeGlobal(elements, rnn::getConstantName(elements));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointAfterValue(ring ? ring : sourcesEnd);
  source =
      memref::GetGlobalOp::create(b, global.getType(), global.getSymName());
  return source;
}

void Scheduler::emitBody(const Loop &loop, ElementEmitter &emitter,
                         Value element) {
  AffineExpr d0 = getAffineDimExpr(0, b.getContext());
  emitter.enterLoop(element);
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

/// Waits for tile `tile`; returns its position in the ring.
Value Scheduler::emitNextTile(Value tile) {
  cluster::NextTileOp::create(b, tile, streamData, streamTable, ring, control,
                              stream.getTiles(), stream.getSlots(),
                              stream.getSlotBytes());
  Value slots = arith::ConstantIndexOp::create(b, stream.getSlots());
  Value bytes = arith::ConstantIndexOp::create(b, stream.getSlotBytes());
  return arith::MulIOp::create(b, arith::RemUIOp::create(b, tile, slots),
                               bytes);
}

void Scheduler::emitLoop(const Loop &loop) {
  b.setLoc(loop.jobs.front()->value.getLoc());
  llvm::DenseSet<Value> defined = getDefined(loop);
  const StreamedLoop *part = hasStream() ? stream.getLoop(loop) : nullptr;
  Value tileBuffer, firstElement;
  ElementEmitter emitter(
      b, [&](Value value) { return getMemory(value, defined.contains(value)); },
      [&](const ConstantAccess &access) -> Value {
        std::optional<int64_t> offset;
        if (part)
          offset = part->record.find(access.constant, access.position);
        if (!offset)
          return Value();
        auto number = [&](int64_t value) -> Value {
          return arith::ConstantIndexOp::create(b, value);
        };
        Value row = arith::SubIOp::create(b, currentElement, firstElement);
        Value at = arith::AddIOp::create(
            b, arith::MulIOp::create(b, row, number(part->record.size)),
            number(*offset));
        if (access.inner)
          at = arith::AddIOp::create(b, at, access.inner);
        return memref::LoadOp::create(b, tileBuffer, at);
      });
  auto body = [&](Value element) {
    currentElement = element;
    emitBody(loop, emitter, element);
  };
  if (!part)
    return emitDealtLoop(loop.elements, body);

  auto number = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, value);
  };
  auto tileType = l1Type(part->rows * part->record.size, part->record.element);
  if (stream.isResident()) {
    tileBuffer = memref::ViewOp::create(b, tileType, ring,
                                        number(part->byteOffset), ValueRange());
    firstElement = number(0);
    return emitDealtLoop(loop.elements, body);
  }
  auto tiles =
      scf::ForOp::create(b, number(0), number(part->numTiles), number(1));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(tiles.getBody());
  Value tile = arith::AddIOp::create(b, tiles.getInductionVar(),
                                     number(part->firstTile));
  Value position = emitNextTile(tile);
  tileBuffer =
      memref::ViewOp::create(b, tileType, ring, position, ValueRange());
  Value all = number(part->elements);
  firstElement = arith::MinUIOp::create(
      b, arith::MulIOp::create(b, tiles.getInductionVar(), number(part->rows)),
      all);
  Value end = arith::MinUIOp::create(
      b, arith::AddIOp::create(b, firstElement, number(part->rows)), all);
  emitShare(firstElement, end, llvm::divideCeil(part->rows, cores), body);
}

void Scheduler::emitKernel() {
  // An empty state would be an empty struct in C.
  SmallVector<Type> arguments{
      l1Type(std::max(arena.getSize(), Arena::alignment), b.getI8Type())};
  for (ArrayAttr types : {network.getInputTypes(), network.getOutputTypes()})
    for (Attribute type : types)
      arguments.push_back(portType(cast<TypeAttr>(type).getValue()));
  kernel = makeFunction("_kernel", arguments);
  auto parallel = cluster::ParallelOp::create(b, cores);
  func::ReturnOp::create(b);
  Block &body = parallel.getBody().emplaceBlock();
  core = body.addArgument(b.getIndexType(), b.getLoc());
  b.setInsertionPointToStart(&body);

  // Where everything lies.
  Block::BlockArgListType ports = kernel.getArguments().drop_front();
  for (auto [input, port] : llvm::zip(network.getInputArguments(), ports))
    sources[input] = port;
  llvm::append_range(outputBuffers, ports.drop_front(network.getNumInputs()));
  Value arenaArgument = kernel.getArgument(0);
  for (auto [state, offset] :
       llvm::zip(network.getStateArguments(), stateOffsets)) {
    sources[state] =
        view(arenaArgument, bufferType(state, cluster::Level::l1), offset);
    stateBuffers.push_back(sources[state]);
  }
  // Roots are read in their buffers, also if they lie elsewhere at first.
  for (Value value : plan.getBuffers())
    memory[value] = view(arenaArgument, bufferType(value, cluster::Level::l1),
                         bufferOffsets.lookup(value));
  sourcesEnd = arith::ConstantIndexOp::create(b, 0);
  if (hasStream())
    emitStreamBuffers();

  bool first = true;
  for (const std::vector<Loop> &level : plan.getLevels()) {
    // A tile of the stream comes with a barrier of its own.
    bool hasBarrier =
        hasStream() && !stream.isResident() && stream.getLoop(level.front());
    if (!first && !hasBarrier)
      cluster::BarrierOp::create(b);
    first = false;
    for (const Loop &loop : level)
      emitLoop(loop);
  }
  if (!plan.getStateCopies().empty())
    cluster::BarrierOp::create(b);
  for (auto [number, value] : plan.getStateCopies())
    emitDealtLoop(
        elementsOf(value), [&, number = number, value = value](Value element) {
          Value scalar =
              memref::LoadOp::create(b, getMemory(value, false), element);
          memref::StoreOp::create(b, scalar, stateBuffers[number], element);
        });
  cluster::YieldOp::create(b);
}

void Scheduler::emitReset() {
  b.setInsertionPoint(network);
  b.setLoc(network.getLoc());
  reset = makeFunction("_reset_states", {kernel.getArgumentTypes()[0]});
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  for (auto [k, value] : llvm::enumerate(network.getResetValues())) {
    Value state = network.getStateArguments()[k];
    Value buffer = view(reset.getArgument(0),
                        bufferType(state, cluster::Level::l1), stateOffsets[k]);
    auto elements = cast<ElementsAttr>(value);
    auto splat = dyn_cast<SplatElementsAttr>(elements);
    Value from;
    if (!splat) {
      memref::GlobalOp global = makeGlobal(elements, "reset");
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

/// Once: nothing of the stream is under way, and states have reset values.
void Scheduler::emitInit() {
  b.setInsertionPoint(network);
  init = makeFunction("_init_states", {kernel.getArgumentTypes()[0]});
  if (hasStream()) {
    Value buffer = view(init.getArgument(0), controlType(), controlOffset);
    Value zero = arith::ConstantOp::create(b, b.getI32IntegerAttr(0));
    for (int64_t i = 0; i != controlType().getNumElements(); ++i)
      memref::StoreOp::create(b, zero, buffer,
                              ValueRange(arith::ConstantIndexOp::create(b, i)));
  }
  func::CallOp::create(b, reset, ValueRange(init.getArgument(0)));
  func::ReturnOp::create(b);
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
  symbols.erase(network);
  b.setInsertionPointToStart(module.getBody());
  auto program = cluster::ProgramOp::create(
      b, name, kernel.getSymName(), init.getSymName(), reset.getSymName(),
      cores, cast<MemRefType>(kernel.getArgumentTypes()[0]).getNumElements(),
      inputs, outputs, states, macs, weightBytes);
  symbols.insert(program, module.getBody()->begin());
}

void Scheduler::run() {
  placeBuffers();
  planStream();
  emitKernel();
  emitReset();
  emitInit();
  emitProgram();
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
    std::optional<cluster::Level> level = cluster::symbolizeLevel(weights);
    if (!level || *level == cluster::Level::l1) {
      module.emitError("weights must be l2 or l3, found '") << weights << "'";
      return signalPassFailure();
    }
    if (cores < 1 || cores > 8) {
      module.emitError("the number of cores must be 1 to 8, found ") << cores;
      return signalPassFailure();
    }
    auto networks = llvm::to_vector(module.getOps<rnn::NetworkOp>());
    if (networks.size() != 1) {
      module.emitError("expected one rnn.network, found ") << networks.size();
      return signalPassFailure();
    }
    if (failed(checkOperations(networks.front())))
      return signalPassFailure();
    Scheduler(networks.front(), cores, *level, l1Bytes).run();
  }
};
} // namespace
