// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ScheduleNetwork.cpp - Deal a network's rows to cores ---------------===//

#include "ElementEmitter.h"

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

/// Places buffers in the state buffer. Buffers whose live ranges (levels of the
/// plan, both ends included) are disjoint may share bytes: a barrier lies
/// between the last read of one and the first write of the other.
class Arena {
public:
  int64_t allocate(MemRefType type, std::pair<unsigned, unsigned> live) {
    Block block;
    block.live = live;
    block.size = llvm::alignTo(
        type.getNumElements() * type.getElementTypeBitWidth() / 8, alignment);
    // The lowest gap between blocks that are live at the same time.
    for (const Block &other : blocks)
      if (other.overlaps(live) && other.offset < block.offset + block.size &&
          block.offset < other.offset + other.size)
        block.offset = other.offset + other.size;
    auto at = llvm::find_if(blocks, [&](const Block &other) {
      return other.offset > block.offset;
    });
    blocks.insert(at, block);
    size = std::max(size, block.offset + block.size);
    return block.offset;
  }
  int64_t getSize() const { return size; }

  static constexpr std::pair<unsigned, unsigned> always = {0, ~0u};
  static constexpr int64_t alignment = 16; // for SIMD loads and DMA bursts

private:
  struct Block {
    int64_t offset = 0, size = 0;
    std::pair<unsigned, unsigned> live;
    bool overlaps(std::pair<unsigned, unsigned> other) const {
      return live.first <= other.second && other.first <= live.second;
    }
  };
  std::vector<Block> blocks; // by offset
  int64_t size = 0;
};

class Scheduler {
public:
  Scheduler(rnn::NetworkOp network, unsigned cores, cluster::Level weightLevel)
      : network(network), plan(network), cores(cores),
        weightLevel(weightLevel),
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
  void placeBuffers();
  func::FuncOp makeFunction(StringRef suffix, ArrayRef<Type> arguments);
  memref::GlobalOp makeGlobal(ElementsAttr value, StringRef name);
  Value view(Value arena, MemRefType type, int64_t offset);
  void emitKernel();
  void emitReset();
  void emitProgram();
  void emitDealtLoop(int64_t elements,
                     function_ref<void(Value element)> body);
  void emitLoop(const Loop &loop, ElementEmitter &emitter);
  ArrayAttr ports(ArrayAttr types, ArrayAttr names, bool areStates);

  rnn::NetworkOp network;
  Plan plan;
  unsigned cores;
  cluster::Level weightLevel;
  ModuleOp module;
  SymbolTable symbols;
  ImplicitLocOpBuilder b;

  SmallVector<int64_t> stateOffsets;
  llvm::DenseMap<Value, int64_t> bufferOffsets;
  int64_t arenaSize = 0, macs = 0, weightBytes = 0;
  func::FuncOp kernel, reset;
  // While the kernel is emitted.
  Value core;
  llvm::DenseMap<Value, Value> memory; // tensor value -> memref
  SmallVector<Value> stateBuffers, outputBuffers;
};

} // namespace

void Scheduler::placeBuffers() {
  Arena arena;
  for (Value state : network.getStateArguments())
    stateOffsets.push_back(
        arena.allocate(bufferType(state, cluster::Level::l1), Arena::always));
  for (Value value : plan.getBuffers())
    bufferOffsets[value] =
        arena.allocate(bufferType(value, cluster::Level::l1),
                       plan.getLiveRange(value));
  // An empty state would be an empty struct in C.
  arenaSize = std::max(arena.getSize(), Arena::alignment);
}

func::FuncOp Scheduler::makeFunction(StringRef suffix,
                                     ArrayRef<Type> arguments) {
  auto function = func::FuncOp::create(
      b, (network.getSymName() + suffix).str(),
      b.getFunctionType(arguments, TypeRange()));
  symbols.insert(function);
  b.setInsertionPointToStart(function.addEntryBlock());
  return function;
}

/// A constant in row-major order, in the level of the parameters.
memref::GlobalOp Scheduler::makeGlobal(ElementsAttr value, StringRef name) {
  auto flat = RankedTensorType::get({value.getNumElements()},
                                    value.getElementType());
  ElementsAttr flatValue;
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    flatValue = dense.reshape(flat);
  else
    flatValue = DenseResourceElementsAttr::get(
        flat, cast<DenseResourceElementsAttr>(value).getRawHandle());
  auto type = MemRefType::get(
      flat.getShape(), flat.getElementType(), AffineMap(),
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
  int64_t share = llvm::divideCeil(elements, cores);
  Value run = arith::ConstantIndexOp::create(b, share);
  Value all = arith::ConstantIndexOp::create(b, elements);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value lower = arith::MinUIOp::create(b, arith::MulIOp::create(b, core, run),
                                       all);
  Value upper = arith::MinUIOp::create(b, arith::AddIOp::create(b, lower, run),
                                       all);
  auto loop = scf::ForOp::create(b, lower, upper, one);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

void Scheduler::emitLoop(const Loop &loop, ElementEmitter &emitter) {
  AffineExpr d0 = getAffineDimExpr(0, b.getContext());
  b.setLoc(loop.jobs.front()->value.getLoc());
  emitDealtLoop(loop.elements, [&](Value element) {
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
  });
}

void Scheduler::emitKernel() {
  auto arenaType =
      MemRefType::get({arenaSize}, b.getI8Type(), AffineMap(),
                      cluster::LevelAttr::get(b.getContext(),
                                              cluster::Level::l1));
  SmallVector<Type> arguments{arenaType};
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
    memory[input] = port;
  llvm::append_range(outputBuffers, ports.drop_front(network.getNumInputs()));
  for (auto [state, offset] :
       llvm::zip(network.getStateArguments(), stateOffsets)) {
    memory[state] = view(kernel.getArgument(0),
                         bufferType(state, cluster::Level::l1), offset);
    stateBuffers.push_back(memory[state]);
  }
  for (auto constant :
       network.getBody().front().getOps<arith::ConstantOp>()) {
    auto elements = dyn_cast<ElementsAttr>(constant.getValue());
    if (!elements || isa<SplatElementsAttr>(elements))
      continue;
    memref::GlobalOp global =
        makeGlobal(elements, rnn::getConstantName(elements));
    memory[constant] = memref::GetGlobalOp::create(b, global.getType(),
                                                   global.getSymName());
  }
  // Inputs, states and constants that are copied to a buffer first are read there, except
  // by the job that copies them.
  llvm::DenseMap<Value, Value> sources = memory;
  for (Value value : plan.getBuffers())
    memory[value] =
        view(kernel.getArgument(0), bufferType(value, cluster::Level::l1),
             bufferOffsets.lookup(value));

  bool first = true;
  for (const std::vector<Loop> &level : plan.getLevels()) {
    if (!first)
      cluster::BarrierOp::create(b);
    first = false;
    for (const Loop &loop : level) {
      llvm::DenseSet<Value> defined;
      for (Job *job : loop.jobs)
        if (job->isDefinition)
          defined.insert(job->value);
      ElementEmitter emitter(b, [&](Value value) {
        return defined.contains(value) ? sources.lookup(value)
                                       : memory.lookup(value);
      });
      emitLoop(loop, emitter);
    }
  }
  if (!plan.getStateCopies().empty())
    cluster::BarrierOp::create(b);
  for (auto [number, value] : plan.getStateCopies())
    emitDealtLoop(elementsOf(value), [&, number = number,
                                      value = value](Value element) {
      Value scalar = memref::LoadOp::create(b, memory.lookup(value), element);
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
      from = memref::GetGlobalOp::create(b, global.getType(),
                                         global.getSymName());
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
      b, name, kernel.getSymName(), reset.getSymName(), cores, arenaSize,
      inputs, outputs, states, macs, weightBytes);
  symbols.insert(program, module.getBody()->begin());
}

void Scheduler::run() {
  placeBuffers();
  emitKernel();
  emitReset();
  emitProgram();
}

/// Operations that the scheduler knows how to compute element by element.
static LogicalResult checkOperations(rnn::NetworkOp network) {
  for (Operation &op : network.getBody().front()) {
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
    Scheduler(networks.front(), cores, *level).run();
  }
};
} // namespace
