// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Functions.cpp - Kernel, reset, set-up and their description --------===//

#include "KernelEmitter.h"

#include "../Planning/Arena.h"

#include "se/Dialect/Cluster/FiniteMask.h"
#include "se/Dialect/Cluster/StageLocation.h"
#include "se/Dialect/DSP/DSP.h"
#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

static constexpr StringRef copyStage = "copies of states";

KernelEmitter::KernelEmitter(const Schedule &schedule)
    : schedule(schedule), storage(schedule.storage),
      stageLoops(schedule.stageLoops), tiling(schedule.tiling),
      cores(schedule.cores), dmaCore(schedule.dmaCore),
      network(schedule.network), screen(schedule.screen),
      module(network->getParentOfType<ModuleOp>()), symbols(module),
      b(network.getLoc(), network), heads(findHeads(network)) {}

Value KernelEmitter::number(int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

MemRefType KernelEmitter::controlType() {
  return makeType(schedule.getControlWords(), b.getI32Type(),
                  cluster::Level::l1);
}

void KernelEmitter::enterStage(Location location, StringRef name) {
  b.setLoc(cluster::withStage(location, b.getStringAttr(name)));
}

func::FuncOp KernelEmitter::makeFunction(StringRef suffix,
                                         ArrayRef<Type> arguments) {
  auto function =
      func::FuncOp::create(b, (network.getSymName() + suffix).str(),
                           b.getFunctionType(arguments, TypeRange()));
  symbols.insert(function);
  b.setInsertionPointToStart(function.addEntryBlock());
  return function;
}

/// A parallel region in `function`, which gets `core` and carries values of
/// these types; the function's return is behind it.
mlir::Block *KernelEmitter::emitParallel(func::FuncOp function,
                                         TypeRange carried) {
  Value control;
  if (schedule.getControlWords())
    control =
        view(function.getArgument(0), controlType(), schedule.controlOffset);
  auto parallel = cluster::ParallelOp::create(b, cores, dmaCore, control);
  func::ReturnOp::create(b);
  mlir::Block &body = parallel.getBody().emplaceBlock();
  core = body.addArgument(b.getIndexType(), b.getLoc());
  for (Type type : carried)
    body.addArgument(type, b.getLoc());
  b.setInsertionPointToStart(&body);
  return &body;
}

/// Copies one buffer to another, by words if they have whole ones.
void KernelEmitter::emitCopy(Value from, Value to) {
  auto type = cast<MemRefType>(from.getType());
  int64_t elements = type.getNumElements();
  int64_t perWord = 32 / type.getElementTypeBitWidth();
  if (perWord > 1 && elements % perWord == 0) {
    elements /= perWord;
    for (Value *memref : {&from, &to}) {
      auto narrow = memref->getDefiningOp<memref::ViewOp>();
      *memref = memref::ViewOp::create(
          b, makeType(elements, b.getI32Type(), cluster::Level::l1),
          narrow.getSource(), narrow.getByteShift(), ValueRange());
    }
  }
  emitDealtLoop(elements, [&](Value index) {
    Value word = memref::LoadOp::create(b, from, index);
    memref::StoreOp::create(b, word, to, index);
  });
}

/// Transfers all of these, and waits for them behind what `meanwhile` emits.
void KernelEmitter::copyPorts(ArrayRef<std::pair<Value, Value>> copies,
                              function_ref<void()> meanwhile) {
  SmallVector<Value> tokens;
  Type token = cluster::TokenType::get(b.getContext(), cluster::Engine::dma);
  for (auto [from, to] : copies)
    tokens.push_back(cluster::DmaStartOp::create(
        b, token, from, number(0), to, number(0),
        number(4 * cast<MemRefType>(from.getType()).getNumElements()), Value(),
        Value()));
  meanwhile();
  for (Value token : tokens)
    cluster::DmaWaitOp::create(b, b.getIndexType(), token);
}

void KernelEmitter::emitKernel() {
  // An empty state would be an empty struct in C.
  SmallVector<Type> arguments{
      makeType(std::max(schedule.stateBytes, Arena::alignment), b.getI8Type(),
               cluster::Level::l1)};
  for (Type type : schedule.getPortTypes())
    arguments.push_back(portType(type, cluster::Level::l2));
  kernel = makeFunction("_kernel", arguments);
  Value arenaArgument = kernel.getArgument(0);
  SmallVector<Type> carried;
  if (schedule.hasRing())
    carried = StreamEmitter(b, tiling, StreamMemory()).getCarriedTypes();
  carried.append((tiling.residentBytes ? 1 : 0) + heads.size(),
                 b.getIndexType());
  mlir::Block *body = emitParallel(kernel, carried);

  // Where everything lies.
  mlir::Block::BlockArgListType ports = kernel.getArguments().drop_front();
  SmallVector<std::pair<Value, Value>> inputCopies, outputCopies;
  auto atHand = [&](Value port, int64_t offset) {
    auto type = cast<MemRefType>(port.getType());
    return view(arenaArgument,
                makeType(type.getNumElements(), type.getElementType(),
                         cluster::Level::l1),
                offset);
  };
  for (auto [k, input] : llvm::enumerate(network.getInputArguments())) {
    sources[input] = ports[k];
    if (schedule.inputOffsets.empty() || input.use_empty())
      continue;
    sources[input] = atHand(ports[k], schedule.inputOffsets[k]);
    inputCopies.push_back({ports[k], sources[input]});
  }
  for (auto [k, port] :
       llvm::enumerate(ports.drop_front(network.getNumInputs()))) {
    outputBuffers.push_back(port);
    if (schedule.outputOffsets.empty())
      continue;
    outputBuffers.back() = atHand(port, schedule.outputOffsets[k]);
    outputCopies.push_back({outputBuffers.back(), port});
  }
  for (auto [state, offset] :
       llvm::zip(network.getStateArguments(), schedule.stateOffsets)) {
    stateBuffers.push_back(
        findDelayLine(state) ? Value()
                             : view(arenaArgument, bufferType(state), offset));
    sources[state] = stateBuffers.back();
  }
  // Roots are read in their buffers, also if they lie elsewhere at first.
  for (Value value : storage.getBuffers())
    memory[value] = view(arenaArgument, bufferType(value),
                         schedule.bufferOffsets.lookup(value));
  for (auto [value, number] : storage.getInPlace())
    memory[value] = stateBuffers[number];
  sourcesEnd = number(0);
  auto handedOn = ValueRange(body->getArguments()).drop_front();
  enterDelayLines(arenaArgument, handedOn.take_back(heads.size()));
  handedOn = handedOn.drop_back(heads.size());
  if (tiling.residentBytes)
    residentPosition = handedOn.back();
  if (schedule.hasRing()) {
    stream = std::make_unique<StreamEmitter>(b, tiling,
                                             getStreamMemory(arenaArgument));
    stream->enterFrame(handedOn);
  }

  copyPorts(inputCopies, [&] {
    for (Value state : storage.getSavedStates()) {
      enterStage(network.getLoc(), copyStage);
      emitCopy(sources.lookup(state), memory.lookup(state));
    }
  });
  bool first = inputCopies.empty();
  ArrayRef<SmallVector<plan::StageOp>> depths = storage.getDepths();
  if (screen) {
    if (!first)
      cluster::BarrierOp::create(b);
    first = true; // there is a barrier at its end
    if (schedule.screening == plan::Screening::first_depth) {
      emitFirstDepth(arenaArgument);
      depths = depths.drop_front();
    } else {
      emitScreen(arenaArgument);
    }
  }
  for (ArrayRef<plan::StageOp> stages : depths) {
    // A tile that flows comes with a barrier of its own.
    const StageLoop &loop = stageLoops.getLoop(stages.front());
    bool hasBarrier = loop.isStreamed() && loop.resident == 0;
    if (!first && !hasBarrier)
      cluster::BarrierOp::create(b);
    first = false;
    for (plan::StageOp stage : stages)
      emitStage(stage);
  }
  if (!storage.getStateCopies().empty())
    cluster::BarrierOp::create(b);
  for (auto [number, value] : storage.getStateCopies()) {
    enterStage(value.getLoc(), copyStage);
    emitCopy(getMemory(value), stateBuffers[number]);
  }
  if (!outputCopies.empty()) {
    cluster::BarrierOp::create(b);
    copyPorts(outputCopies, [] {});
  }
  // All have read what is carried before it is written again.
  bool hasMet = screen || schedule.hasRing() ||
                storage.getDepths().size() > 1 ||
                !storage.getStateCopies().empty() || !outputCopies.empty();
  if ((tiling.residentBytes || !heads.empty()) && !hasMet)
    cluster::BarrierOp::create(b);
  SmallVector<Value> handOn;
  if (schedule.hasRing())
    handOn = stream->leaveFrame();
  if (tiling.residentBytes)
    handOn.push_back(residentPosition);
  llvm::append_range(handOn, leaveDelayLines());
  cluster::YieldOp::create(b, handOn);
}

void KernelEmitter::emitReset() {
  b.setInsertionPoint(network);
  b.setLoc(network.getLoc());
  reset = makeFunction("_reset_states", {kernel.getArgumentTypes()[0]});
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  for (auto [k, value] : llvm::enumerate(network.getResetValues())) {
    Value state = network.getStateArguments()[k];
    Value buffer = view(reset.getArgument(0), getStateType(state),
                        schedule.stateOffsets[k]);
    if (plan::PushOp line = findDelayLine(state))
      setDelayLine(buffer, line, schedule.stateOffsets[k]);
    auto elements = cast<ElementsAttr>(value);
    auto splat = dyn_cast<SplatElementsAttr>(elements);
    Value from;
    if (!splat) {
      memref::GlobalOp global =
          makeGlobal(elements, "reset", cluster::Level::l2);
      from =
          memref::GetGlobalOp::create(b, global.getType(), global.getSymName());
    }
    Value upper = arith::ConstantIndexOp::create(
        b, cast<MemRefType>(buffer.getType()).getNumElements());
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

/// The type that an input is rounded to, perhaps after it was moved or
/// screened.
static FloatType findRounding(Value input) {
  SetVector<Value> values;
  values.insert(input);
  for (size_t i = 0; i != values.size(); ++i)
    for (OpOperand &use : values[i].getUses()) {
      Operation *user = use.getOwner();
      if (auto truncation = dyn_cast<arith::TruncFOp>(user))
        return cast<FloatType>(truncation.getType());
      if (isa<plan::YieldOp>(user))
        values.insert(user->getParentOp()->getResult(use.getOperandNumber()));
      else if (isa<plan::ReadOp, tensor::ConcatOp, arith::BitcastOp,
                   arith::AndIOp, arith::SelectOp>(user))
        values.insert(user->getResult(0));
    }
  return {};
}

ArrayAttr KernelEmitter::ports(ArrayAttr types, ArrayAttr names,
                               PortKind kind) {
  bool areStates = kind == PortKind::State;
  SmallVector<Attribute> list;
  for (auto [k, type, name] : llvm::enumerate(types, names)) {
    auto tensor = cast<RankedTensorType>(cast<TypeAttr>(type).getValue());
    SmallVector<int64_t> shape(tensor.getShape());
    if (plan::PushOp line = areStates
                                ? findDelayLine(network.getStateArguments()[k])
                                : plan::PushOp())
      shape = {2 * getPlaces(line), line.getSlotElements()};
    list.push_back(cluster::PortAttr::get(
        b.getContext(), cast<StringAttr>(name).getValue(), shape,
        areStates ? tensor.getElementType() : b.getF32Type(),
        areStates ? schedule.stateOffsets[k] : 0,
        kind == PortKind::Input ? findRounding(network.getInputArguments()[k])
                                : FloatType()));
  }
  return b.getArrayAttr(list);
}

/// Copies what stays in L1 from its image. Returns where in the arena it lies.
Value KernelEmitter::emitResidentCopy(Value arena) {
  auto get = [&](memref::GlobalOp global) {
    return memref::GetGlobalOp::create(b, global.getType(),
                                       global.getSymName());
  };
  auto copy = [&](cluster::Engine engine, Value from, int64_t position,
                  Value to, int64_t toPosition, int64_t bytes) -> Value {
    Value token = cluster::DmaStartOp::create(
        b, cluster::TokenType::get(b.getContext(), engine), from,
        number(position), to, number(toPosition), number(bytes), Value(),
        Value());
    return cluster::DmaWaitOp::create(b, b.getIndexType(), token);
  };
  Value image = get(globals.resident);
  int64_t first = schedule.residentOffset, bytes = tiling.residentBytes;
  if (tiling.imageLevel == cluster::Level::l2)
    return copy(cluster::Engine::dma, image, 0, arena, first, bytes);
  // In pieces, which part a tile only if it is larger than they may be, and
  // then hold nothing else.
  constexpr int64_t most = Tiling::imagePiece;
  SmallVector<std::pair<int64_t, int64_t>> pieces;
  bool isOpen = false; // the last one may become longer
  for (auto [begin, end] : residentParts) {
    if (isOpen && end - pieces.back().first <= most) {
      pieces.back().second = end;
      continue;
    }
    isOpen = end - begin <= most;
    for (int64_t at = begin; at < end; at += most)
      pieces.push_back({at, std::min(at + most, end)});
  }
  // The first one comes last: its position is that of all.
  Value through = get(globals.l2Ring), position;
  for (auto [begin, end] : llvm::reverse(pieces)) {
    copy(cluster::Engine::external, image, begin, through, 0, end - begin);
    position = copy(cluster::Engine::dma, through, 0, arena, first + begin,
                    end - begin);
  }
  return position;
}

/// Once: what stays in L1 gets there, and the first transfers are started.
void KernelEmitter::emitInit() {
  b.setInsertionPoint(network);
  init = makeFunction("_init_stream", {kernel.getArgumentTypes()[0]});
  Value arenaArgument = init.getArgument(0);
  emitParallel(init, {});
  SmallVector<Value> carried;
  Value kept;
  if (globals.resident)
    kept = emitResidentCopy(arenaArgument);
  if (schedule.hasRing()) {
    StreamEmitter starter(b, tiling, getStreamMemory(arenaArgument));
    starter.emitStart();
    carried = starter.leaveFrame();
  }
  if (kept)
    carried.push_back(kept);
  for (size_t i = 0; i != heads.size(); ++i)
    carried.push_back(number(0));
  cluster::YieldOp::create(b, carried);
}

cluster::ProgramOp KernelEmitter::emitProgram() {
  b.setInsertionPoint(network);
  std::string name = network.getSymName().str();
  int64_t macs = 0;
  if (auto count =
          network->getAttrOfType<IntegerAttr>(plan::PlanDialect::macsAttrName))
    macs = count.getInt();
  ArrayAttr inputs =
      ports(network.getInputTypes(), network.getInputNames(), PortKind::Input);
  ArrayAttr outputs = ports(network.getOutputTypes(), network.getOutputNames(),
                            PortKind::Output);
  ArrayAttr states =
      ports(network.getStateTypes(), network.getStateNames(), PortKind::State);
  Attribute stream = network->getAttr(dsp::StreamAttr::attrName);
  bool resets = screen && network->hasAttr(rnn::resetIfNotFiniteName);
  symbols.erase(network);
  // Callers know the program's name, nobody that of a constant.
  if (Operation *other = symbols.lookup(name))
    (void)symbols.renameToUnique(other, {});
  b.setInsertionPointToStart(module.getBody());
  auto program = cluster::ProgramOp::create(
      b, name, kernel.getSymName(), init.getSymName(), reset.getSymName(),
      cores, dmaCore,
      cast<MemRefType>(kernel.getArgumentTypes()[0]).getNumElements(), inputs,
      outputs, states, macs, weightBytes, schedule.options.codeBytes);
  if (resets)
    program->setAttr(cluster::finiteMaskName,
                     b.getI64IntegerAttr(schedule.screenMaskOffset));
  if (stream)
    program->setAttr(dsp::StreamAttr::attrName, stream);
  symbols.insert(program, module.getBody()->begin());
  return program;
}

cluster::ProgramOp KernelEmitter::run() {
  makeStreamGlobals();
  emitKernel();
  emitReset();
  emitInit();
  return emitProgram();
}
