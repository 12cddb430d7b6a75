// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Memory.h - What cores and transfers may do to memory -----*- C++ -*-===//
//
// Executes the traces of all cores, epoch after epoch (what lies between two
// barriers), and keeps for each byte what put its content there. Within an
// epoch any order of the cores is possible, so accesses of two cores to a byte
// conflict unless both read; those of `dma_core` and the transfers that it
// starts are in order. A transfer is under way for `dma_core` from its start to
// its wait, for the other cores in all epochs from that of its start to that of
// its wait.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_SCHEDULE_VERIFY_MEMORY_H
#define SE_LIB_SCHEDULE_VERIFY_MEMORY_H

#include "Trace.h"

#include "mlir/Support/LogicalResult.h"

namespace se::schedule::proof {

/// What put the content of a byte there.
struct Tag {
  enum Kind { Empty, Given, Stale, Stored, Transferred } kind = Empty;
  /// The bytes of the view that was stored through, or of the transfer.
  View bounds;
};

/// The content of a buffer: for each byte a tag, and an origin, which tells the
/// data that transfers bring apart. A copy has the origin of what it copies.
struct Content {
  std::vector<uint32_t> tags;
  std::vector<uint64_t> origins;

  bool operator==(const Content &other) const {
    return tags == other.tags && origins == other.origins;
  }
};

/// All that one frame leaves to the next.
struct State {
  std::vector<Content> contents; ///< by buffer, empty for constants
  std::vector<Transfer> underWay;
  CarriedValues carried;

  bool operator==(const State &other) const;
};

/// The data that a core's reads found, in order.
using Findings = std::vector<std::pair<mlir::Operation *, uint64_t>>;

class Memory {
public:
  Memory(const Buffers &buffers, unsigned dmaThread)
      : buffers(buffers), dmaThread(dmaThread), tags(3) {
    tags[1].kind = Tag::Given;
    tags[2].kind = Tag::Stale;
  }

  /// The state before init: variables have their values, nothing else has.
  State getInitialState() const;
  /// Inputs are given, outputs empty.
  void enterFrame(State &state) const;
  /// Reports an output byte that was not written; then forgets inputs and
  /// outputs, which the next frame does not see.
  mlir::LogicalResult leaveFrame(State &state, mlir::Operation *kernel) const;

  /// Executes the cores' traces, which must be what the cores `cores` did.
  /// Fills `findings`, one for each core.
  mlir::LogicalResult run(State &state, llvm::ArrayRef<Trace> traces,
                          llvm::ArrayRef<int64_t> cores,
                          std::vector<Findings> &findings);

private:
  /// Who accessed a byte in epoch `epoch`, a bit for each core.
  struct Users {
    uint32_t epoch = 0;
    uint16_t readers = 0, writers = 0;
  };

  mlir::LogicalResult runEpoch(llvm::ArrayRef<llvm::ArrayRef<Event>> events,
                               llvm::ArrayRef<Trace> traces);
  mlir::LogicalResult runEvents(unsigned thread, llvm::ArrayRef<Event> events,
                                const Trace &trace);
  mlir::LogicalResult access(unsigned thread, const Event &event);
  mlir::LogicalResult checkTransfers(unsigned thread, const Event &event) const;
  mlir::LogicalResult checkUsers(unsigned thread, const Event &event);
  mlir::LogicalResult checkContent(unsigned thread, const Event &event);
  mlir::LogicalResult start(const Transfer &transfer, unsigned number);
  void endOverwritten(const Side &range);
  void wait(unsigned number);
  const View &getWhole(unsigned view) const;
  uint32_t getTag(Tag::Kind kind, View bounds);
  mlir::InFlightDiagnostic report(unsigned thread, const Event &event) const;

  const Buffers &buffers;
  unsigned dmaThread;
  std::vector<Tag> tags;
  std::map<std::tuple<int, unsigned, int64_t, int64_t>, uint32_t> tagNumbers;

  // While traces are executed.
  State *state = nullptr;
  llvm::ArrayRef<int64_t> cores;
  std::vector<Findings> *findings = nullptr;
  std::vector<std::vector<Users>> users; ///< by buffer and byte
  uint32_t epoch = 0;
  /// Transfers that `dma_core` has not waited for, by number, and all that are
  /// under way at some time of this epoch.
  std::vector<std::pair<unsigned, Transfer>> underWay;
  std::vector<Transfer> ofEpoch;
};

} // namespace se::schedule::proof

#endif // SE_LIB_SCHEDULE_VERIFY_MEMORY_H
