// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- KernelEmitter.h - From a schedule to code ----------------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_SCHEDULENETWORK_KERNELEMITTER_H
#define SE_LIB_SCHEDULE_SCHEDULENETWORK_KERNELEMITTER_H

#include "../Planning/DelayLines.h"
#include "../Planning/Schedule.h"
#include "StreamEmitter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/SymbolTable.h"

namespace se::schedule {

class RegisterTileEmitter;

/// Replaces a network by its kernel, set-up, reset and description. It decides
/// nothing: all of that is in the schedule.
class KernelEmitter {
public:
  explicit KernelEmitter(const Schedule &schedule);

  /// The description.
  cluster::ProgramOp run();

  // What the emitter of a register tile of elements needs.

  const Schedule &getSchedule() const { return schedule; }
  mlir::ImplicitLocOpBuilder &getBuilder() { return b; }
  /// Where a value lies.
  mlir::Value getMemory(mlir::Value value);
  mlir::Value getDestination(const Destination &destination);
  /// Is the first half there the first one of a word?
  bool beginsAtWord(const Destination &destination) const;
  /// A buffer at an offset of the state buffer.
  mlir::Value viewState(mlir::MemRefType type, mlir::Value offset);
  mlir::Value viewState(mlir::MemRefType type, int64_t offset);
  /// All bits if the inputs are finite; null if they are not screened.
  mlir::Value getScreenMask() const { return screenMask; }
  /// Scalars of values of one element that are known before all stages.
  const llvm::DenseMap<mlir::Value, mlir::Value> &getEarlyScalars() const {
    return early;
  }
  /// The sum of 0 * x over inputs x that are loaded, while they are added up;
  /// else null.
  mlir::Value &getScreenSum() { return screenSum; }
  void addToScreen(mlir::Value value, mlir::Value scalar);

private:
  mlir::Value number(int64_t value);
  mlir::MemRefType controlType();
  mlir::func::FuncOp makeFunction(llvm::StringRef suffix,
                                  llvm::ArrayRef<mlir::Type> arguments);
  mlir::memref::GlobalOp makeGlobal(mlir::ElementsAttr value,
                                    llvm::StringRef name, cluster::Level level);
  mlir::memref::GlobalOp makeImage(llvm::ArrayRef<char> data,
                                   llvm::StringRef name, cluster::Level level);
  mlir::memref::GlobalOp makeTable(llvm::ArrayRef<int32_t> data,
                                   llvm::StringRef name);
  mlir::Value view(mlir::Value arena, mlir::MemRefType type, int64_t offset);
  mlir::Value viewResident(mlir::MemRefType type, int64_t position);
  void makeStreamGlobals();
  StreamMemory getStreamMemory(mlir::Value arena);
  mlir::Block *emitParallel(mlir::func::FuncOp function,
                            mlir::TypeRange carried);
  void emitCopy(mlir::Value from, mlir::Value to);
  void copyPorts(llvm::ArrayRef<std::pair<mlir::Value, mlir::Value>> copies,
                 llvm::function_ref<void()> meanwhile);
  void emitFirstDepth(mlir::Value arena);
  void emitScreen(mlir::Value arena);
  void emitVerdict(mlir::Value arena, mlir::Value sum);
  mlir::Value getFindings(mlir::Value arena, mlir::Type type, int64_t offset);
  std::pair<mlir::Value, mlir::Value> emitScreenShare(int64_t count);
  llvm::SmallVector<mlir::Value> emitScan(mlir::Value from, mlir::Value to,
                                          mlir::ValueRange found);
  void emitZeros(mlir::ValueRange copies);
  void emitEarly(mlir::Value arena);
  mlir::Value getEarly(mlir::Value value);
  void enterDelayLines(mlir::Value arena, mlir::ValueRange heads);
  void setDelayLine(mlir::Value view, plan::PushOp line, int64_t offset);
  llvm::SmallVector<mlir::Value> leaveDelayLines();
  void emitKernel();
  void emitReset();
  mlir::Value emitResidentCopy(mlir::Value arena);
  void emitInit();
  cluster::ProgramOp emitProgram();
  void emitDealtLoop(int64_t count,
                     llvm::function_ref<void(mlir::Value index)> body);
  void emitShare(
      mlir::Value begin, int64_t most, mlir::Value count,
      llvm::function_ref<void(mlir::Value index, mlir::Value first)> body);
  /// What is emitted from now on belongs to this stage.
  void enterStage(mlir::Location location, llvm::StringRef name);
  void emitStage(plan::StageOp stage);
  void emitTiles(const StageLoop &loop, RegisterTileEmitter &registerTile);
  void emitKBlocksInRegisters(const StageLoop &loop,
                              RegisterTileEmitter &registerTile,
                              mlir::Value first, mlir::Value count);
  enum class PortKind { Input, Output, State };
  mlir::ArrayAttr ports(mlir::ArrayAttr types, mlir::ArrayAttr names,
                        PortKind kind);

  const Schedule &schedule;
  // Its parts.
  const Storage &storage;
  const StageLoops &stageLoops;
  const Tiling &tiling;
  unsigned cores, dmaCore;
  rnn::NetworkOp network;
  rnn::FiniteOp screen;

  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
  mlir::ImplicitLocOpBuilder b;
  int64_t weightBytes = 0;
  mlir::func::FuncOp kernel, init, reset;
  struct {
    mlir::memref::GlobalOp resident, stream, nvm, l3, l2Ring, transfers,
        external;
  } globals;
  llvm::SmallVector<std::pair<int64_t, int64_t>> residentParts; ///< of Images
  // While the kernel is emitted.
  mlir::Value core;
  std::unique_ptr<StreamEmitter> stream;
  llvm::DenseMap<mlir::Value, mlir::Value> memory;  // tensor value -> memref
  llvm::DenseMap<mlir::Value, mlir::Value> sources; // without buffers
  mlir::Value sourcesEnd, residentPosition, screenMask, screenSum, screenFound;
  llvm::SmallVector<mlir::Value> stateBuffers, outputBuffers;
  /// Of delay lines: by state, where the new slot goes, twice.
  llvm::DenseMap<unsigned, std::pair<mlir::Value, mlir::Value>> slots;
  Heads heads;
  llvm::SmallVector<mlir::Value> nextHeads;
  llvm::DenseMap<mlir::Value, mlir::Value> early; // of one element -> scalar
};

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_SCHEDULENETWORK_KERNELEMITTER_H
