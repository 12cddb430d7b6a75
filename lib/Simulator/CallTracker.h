// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows each core through functions, and through the stages of a network's
// kernel within them. A function begins where a jump goes to its start. The
// compiler mixes instructions of neighbouring stages, so a stage ends only when
// `stageStart` instructions of another one, and none of its own, have followed,
// or when the function ends; what it calls is part of it.

#ifndef SE_LIB_SIMULATOR_CALLTRACKER_H
#define SE_LIB_SIMULATOR_CALLTRACKER_H

#include "Core.h"
#include "SourceMap.h"
#include "llvm/ADT/SmallVector.h"

namespace se::sim {

class CallTracker {
public:
  /// A stretch of a core's time.
  struct Span {
    unsigned core;
    uint64_t from, to;
    CycleCounts cycles;
  };
  /// Hears of what a core has left; inner things come first.
  class Listener {
  public:
    virtual ~Listener() = default;
    /// `symbol` is null for code before all symbols.
    virtual void leftFunction(const Span &span, const Symbol *symbol,
                              bool hasStages) = 0;
    virtual void leftStage(const Span &span, unsigned stage) = 0;
  };

  /// `symbols` is sorted by address.
  CallTracker(llvm::ArrayRef<Symbol> symbols, const SourceMap &sources,
              size_t numCores, llvm::SmallVector<Listener *, 2> listeners)
      : symbols(symbols), sources(sources), listeners(std::move(listeners)),
        rows(numCores) {}

  /// Before an instruction of a core.
  void beginInstruction(const Core &core);
  /// Ends everything.
  void finish(llvm::ArrayRef<Core> cores, uint64_t time);

private:
  static constexpr unsigned stageStart = 4;
  /// Deeper calls end the oldest frame.
  static constexpr size_t maxFrames = 64;

  /// A moment of a core, and what it had waited for until then.
  struct Mark {
    uint64_t time = 0;
    CycleCounts stalls = {};
  };
  struct Frame {
    const Symbol *symbol;
    Mark start;
    unsigned stage = SourceMap::noStage;
    bool hasStages = false;
    Mark stageStart;
    /// The stage that may have begun, and how many instructions of it there
    /// were.
    unsigned candidate = SourceMap::noStage, candidateCount = 0;
    Mark candidateStart;
  };
  struct Row {
    llvm::SmallVector<Frame, 8> frames;
    /// The code that belongs to the top frame, and within it to a stage.
    uint32_t codeBegin = 0, codeEnd = 0;
    SourceMap::Range range = {0, 0, SourceMap::noStage};
  };

  static Span makeSpan(unsigned core, const Mark &from, const Mark &to);
  void enterCode(unsigned core, uint32_t pc, const Mark &now);
  void enterStage(const Core &core, unsigned stage);
  void leaveStage(unsigned core, const Mark &now);
  void leaveFrame(unsigned core, const Mark &now);

  llvm::ArrayRef<Symbol> symbols;
  const SourceMap &sources;
  llvm::SmallVector<Listener *, 2> listeners;
  /// By core.
  std::vector<Row> rows;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_CALLTRACKER_H
