// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Scheduler.h - From a network to a scheduled program ----------------===//

#ifndef SE_LIB_SCHEDULE_SCHEDULER_H
#define SE_LIB_SCHEDULE_SCHEDULER_H

#include "Arena.h"
#include "GroupEmitter.h"
#include "Images.h"
#include "PlanReport.h"
#include "StreamEmitter.h"

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/Cluster/StageLocation.h"
#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/RNNScreening.h"
#include "se/Schedule/Indexing.h"
#include "se/Schedule/Plan.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

namespace se::schedule {

using namespace mlir;

/// What the elements of a loop are computed from.
struct LoopBody {
  SmallVector<ConstantAccess> accesses;
  SmallVector<RowBlock> blocks;
  Sharing sharing;
  Cost cost; ///< of an element, without the blocks' sums
  bool usesPackedHalves = false;
  /// Products that are computed element by element, and why.
  llvm::MapVector<Operation *, const char *> scalar;
};

/// How inputs are looked at that shall be finite.
enum class Screening {
  FirstLevel, ///< where the first level reads them; it is repeated if one is
              ///< not
  Copy,       ///< before all levels, while they are put into L1
  InPlace,    ///< before all levels, where they lie
};

/// Plans one network and emits its kernel, set-up and program description.
class Scheduler {
public:
  Scheduler(rnn::NetworkOp network, TilingOptions options, unsigned dmaCore,
            bool remarks, Screening screening)
      : network(network), plan(network), options(options),
        cores(options.machine.cores), dmaCore(dmaCore), remarks(remarks),
        screening(screening), module(network->getParentOfType<ModuleOp>()),
        symbols(module), b(network.getLoc(), network),
        records(options.machine) {
    auto screens = network.getBody().front().getOps<rnn::FiniteOp>();
    if (!screens.empty())
      screen = *screens.begin();
  }

  /// Error: what does not fit, in one line.
  llvm::Error run();
  /// Whether the network can be screened in the way that was asked for.
  bool canScreen() const { return isScreenable; }

private:
  friend class GroupEmitter;
  MemRefType makeType(int64_t count, Type element, cluster::Level level) {
    return MemRefType::get({count}, element, AffineMap(),
                           cluster::LevelAttr::get(b.getContext(), level));
  }
  MemRefType bufferType(Value tensor) {
    auto type = cast<RankedTensorType>(tensor.getType());
    return makeType(type.getNumElements(), type.getElementType(),
                    cluster::Level::l1);
  }
  MemRefType portType(Type tensor, cluster::Level level) {
    return makeType(cast<RankedTensorType>(tensor).getNumElements(),
                    b.getF32Type(), level);
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
  Value getDestination(const Destination &destination);
  int64_t place(StringRef name, MemRefType type,
                std::pair<unsigned, unsigned> live);
  void placeBuffers();
  /// Tensors of the inputs, then of the outputs.
  SmallVector<Type> getPortTypes();
  void placePorts();
  DictionaryAttr report();
  void nameStages();
  LoopBody readLoop(const Loop &loop, bool mayShare);
  Cost emitScratch(const Loop &loop, bool inPairs, bool mayShare,
                   LoopBody &body);
  void readLoops();
  double getFrameCycles(double coldShare);
  void findEarlyValues(GroupedLoop &loop);
  void splitLoops();
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
  mlir::Block *emitParallel(func::FuncOp function, TypeRange carried);
  void emitCopy(Value from, Value to);
  void copyPorts(ArrayRef<std::pair<Value, Value>> copies,
                 function_ref<void()> meanwhile);
  void placeScreen();
  double getScreenCycles();
  bool readsInput(const Loop &loop) const {
    return llvm::any_of(loop.jobs, [&](Job *job) {
      return plan.getInputReaders().contains(job);
    });
  }
  /// Are elements of inputs that are loaded now added up?
  bool isScanning() const { return screenSum != nullptr; }
  void addToScreen(Value value, Value scalar);
  bool checkFirstLevel();
  void emitScreen(Value arena);
  void emitFirstLevel(Value arena);
  void emitVerdict(Value arena, Value sum);
  bool needsPeak(size_t k) {
    return !screen.getPeaks().empty() && !screen.getPeaks()[k].use_empty();
  }
  /// A word for each core that goes through inputs.
  int64_t getFindings() const { return std::max(cores, dmaCore + 1); }
  Value getFindings(Value arena, Type type, int64_t offset) {
    return view(arena, makeType(getFindings(), type, cluster::Level::l1),
                offset);
  }
  std::pair<Value, Value> emitScreenShare(int64_t count);
  SmallVector<Value> emitScan(Value from, Value to, ValueRange found);
  void emitZeros(ValueRange copies);
  void emitEarly(Value arena);
  Value getEarly(Value value);
  void emitKernel();
  void emitReset();
  void emitInit();
  void emitProgram();
  void emitDealtLoop(int64_t count, function_ref<void(Value index)> body);
  void emitShare(Value begin, int64_t most, Value count,
                 function_ref<void(Value index, Value first)> body);
  /// What is emitted from now on belongs to this stage.
  void enterStage(Location location, StringRef name) {
    b.setLoc(cluster::withStage(location, b.getStringAttr(name)));
  }
  void emitLoop(const Loop &loop);
  void emitTiles(const GroupedLoop &part, GroupEmitter &group);
  void emitPartsInRegisters(const GroupedLoop &part, GroupEmitter &group,
                            Value first, Value count);
  enum class PortKind { Input, Output, State };
  ArrayAttr ports(ArrayAttr types, ArrayAttr names, PortKind kind);

  rnn::NetworkOp network;
  Plan plan;
  TilingOptions options;
  unsigned cores, dmaCore;
  bool remarks;
  Screening screening;
  bool isScreenable = true;
  ModuleOp module;
  SymbolTable symbols;
  ImplicitLocOpBuilder b;

  SmallVector<int64_t> stateOffsets;
  /// Of inputs and outputs in L1, if the DMA has nothing else to do.
  SmallVector<int64_t> inputOffsets, outputOffsets;
  llvm::DenseMap<Value, int64_t> bufferOffsets;
  /// What tells whether the inputs are finite, if they are screened. Each core
  /// has a word for what it found.
  rnn::FiniteOp screen;
  llvm::DenseMap<Value, int64_t> screenOffsets;
  int64_t screenSumOffset = 0, screenMaskOffset = 0;
  SmallVector<int64_t> screenPeakOffsets;
  int64_t macs = 0, weightBytes = 0;
  func::FuncOp kernel, init, reset;
  Arena arena;
  Records records;
  Tiling tiling;
  double otherCycles = 0; // of loops that read no stream, and the frame
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
  Value sourcesEnd, residentPosition, screenMask, screenSum, screenFound;
  SmallVector<Value> stateBuffers, outputBuffers;
  llvm::DenseMap<Value, Value> early; // tensor of one element -> scalar
};

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_SCHEDULER_H
