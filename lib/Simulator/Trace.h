// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What happened when, in the JSON format of Chrome's trace viewer and Perfetto:
// a row per core with slices of functions and, within them, of stalls; a row
// per direction of the DMA engine with a slice per command. One microsecond of
// the viewer is one cycle. Written as it goes; memory does not grow.

#ifndef SE_LIB_SIMULATOR_TRACE_H
#define SE_LIB_SIMULATOR_TRACE_H

#include "Core.h"
#include "llvm/Support/JSON.h"

namespace se::sim {

class Trace {
public:
  /// `symbols` is sorted by address.
  Trace(llvm::raw_ostream &os, const TraceOptions &options,
        llvm::ArrayRef<Symbol> symbols, unsigned numClusterCores);

  bool isActive(uint64_t time) const {
    return time >= options.from && time < options.to;
  }
  /// The next cycle in which isActive changes.
  uint64_t getNextChange(uint64_t time) const {
    return time < options.from ? options.from
           : time < options.to ? options.to
                               : never;
  }

  /// Before an instruction of a core.
  void beginInstruction(const Core &core);
  /// After it; `core.time` is when the next one starts.
  void endInstruction(const Core &core);
  /// The core did nothing in [from, to).
  void addStall(const Core &core, CycleCause cause, uint64_t from, uint64_t to);
  void addTransfer(bool toL1, uint64_t from, uint64_t to, uint32_t bytes,
                   uint32_t l1Address, uint32_t externalAddress,
                   uint32_t counter);
  /// Ends all slices and the file.
  void finish(llvm::ArrayRef<Core> cores, uint64_t time);

private:
  struct Frame {
    const Symbol *symbol;
    uint64_t start;
  };
  struct Row {
    llvm::SmallVector<Frame, 8> frames;
    /// The code that belongs to the top frame.
    uint32_t codeBegin = 0, codeEnd = 0;
    uint64_t instructionStart = 0;
    std::array<uint64_t, numCycleCauses> stalls = {};
  };

  void nameRow(unsigned row, llvm::StringRef name);
  void addSlice(unsigned row, llvm::StringRef name, llvm::StringRef category,
                uint64_t from, uint64_t to,
                llvm::function_ref<void()> arguments = nullptr);
  void enterCode(unsigned index, Row &row, uint32_t pc, uint64_t time);
  void leaveFrame(unsigned index, Row &row, uint64_t time);

  llvm::json::OStream json;
  TraceOptions options;
  llvm::ArrayRef<Symbol> symbols;
  /// By core.
  std::vector<Row> rows;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_TRACE_H
