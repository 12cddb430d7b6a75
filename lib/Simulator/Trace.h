// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What happened when, in the JSON format of Chrome's trace viewer and Perfetto:
// a row per core with slices of functions, within them of stages, and within
// those of stalls; a row per direction of the DMA engine with a slice per
// command. One microsecond of the viewer is one cycle. Written as it goes;
// memory does not grow. A RunListener may take the place of the file.

#ifndef SE_LIB_SIMULATOR_TRACE_H
#define SE_LIB_SIMULATOR_TRACE_H

#include "CallTracker.h"
#include "se/Simulator/RunListener.h"
#include "llvm/Support/JSON.h"

namespace se::sim {

class Trace : public CallTracker::Listener {
public:
  Trace(llvm::raw_ostream &os, const TraceOptions &options,
        const SourceMap &sources, unsigned numClusterCores);
  Trace(RunListener &listener, const SourceMap &sources,
        unsigned numClusterCores);

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
  void leftFunction(const CallTracker::Span &span, const Symbol *symbol,
                    bool hasStages) override;
  void leftStage(const CallTracker::Span &span, unsigned stage) override;
  /// The core did nothing in [from, to).
  void addStall(const Core &core, CycleCause cause, uint64_t from, uint64_t to);
  void addTransfer(bool toL1, uint64_t from, uint64_t to, uint32_t bytes,
                   uint32_t l1Address, uint32_t externalAddress,
                   uint32_t counter);
  /// Of the engine behind L2, for a listener.
  void addExternalTransfer(uint64_t from, uint64_t to, uint32_t bytes);
  void markFrame(uint64_t time);
  /// Ends the file.
  void finish(llvm::ArrayRef<Core> cores, uint64_t time);

private:
  /// The instruction that a core is doing.
  struct Row {
    uint64_t instructionStart = 0;
    CycleCounts stalls = {};
  };

  void nameRow(unsigned row, llvm::StringRef name);
  void addSlice(unsigned row, llvm::StringRef name, llvm::StringRef category,
                uint64_t from, uint64_t to,
                llvm::function_ref<void()> arguments = nullptr);

  std::optional<llvm::json::OStream> json; ///< none for a listener
  RunListener *listener = nullptr;
  TraceOptions options;
  const SourceMap &sources;
  /// By core.
  std::vector<Row> rows;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_TRACE_H
