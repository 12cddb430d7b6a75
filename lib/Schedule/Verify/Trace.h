// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Trace.h - What a core does to memory ---------------------*- C++ -*-===//
//
// The proof has two halves that meet here: the interpreter makes a trace of
// each core, a list of accesses, transfers and barriers with all addresses
// known, and the memory model says whether the traces of all cores together
// are allowed.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_SCHEDULE_VERIFY_TRACE_H
#define SE_LIB_SCHEDULE_VERIFY_TRACE_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace se::schedule::proof {

enum class Role { State, Input, Output, Constant, Variable };

/// A root of addresses: the state buffer, an input or output, a global.
struct Buffer {
  std::string name; ///< for messages, with its article
  int64_t bytes = 0;
  Role role = Role::Variable;
  /// Of a constant, or of a variable that has a value at start.
  mlir::ElementsAttr value = {};
};

/// Bytes `begin` up to `end` of a buffer, as one memref shows them.
struct View {
  unsigned buffer = 0;
  int64_t begin = 0, end = 0;
  /// Of slots of a delay line: the number of the view of all of it, and the
  /// bytes of a slot.
  std::optional<unsigned> line = {};
  int64_t slot = 0;
};

/// All buffers and views of a program. Views with the same bytes are one.
class Buffers {
public:
  unsigned addBuffer(Buffer buffer);
  unsigned getView(View view);
  const Buffer &getBuffer(unsigned buffer) const { return buffers[buffer]; }
  const View &operator[](unsigned view) const { return views[view]; }
  unsigned size() const { return buffers.size(); }
  /// "bytes 4 to 7 of the state buffer".
  std::string describe(unsigned buffer, int64_t begin, int64_t end) const;

private:
  std::vector<Buffer> buffers;
  std::vector<View> views;
  std::map<std::tuple<unsigned, int64_t, int64_t, std::optional<unsigned>>,
           unsigned>
      numbers;
};

/// One side of a transfer: `bytes` bytes in lines of `line` bytes, whose starts
/// lie `stride` bytes apart.
struct Side {
  unsigned buffer = 0;
  int64_t begin = 0, bytes = 0, line = 0, stride = 0;

  int64_t getEnd() const { return begin + (bytes / line - 1) * stride + line; }
  /// Where byte `i` of the transfer lies.
  int64_t at(int64_t i) const { return begin + i / line * stride + i % line; }
  bool overlaps(unsigned otherBuffer, int64_t otherBegin,
                int64_t otherEnd) const;
  bool overlaps(const Side &other) const;
  bool operator==(const Side &other) const {
    return buffer == other.buffer && begin == other.begin &&
           bytes == other.bytes && line == other.line && stride == other.stride;
  }
};

struct Transfer {
  mlir::Operation *op = nullptr;
  Side from, to;
  int64_t position = 0; ///< the operand to_position
};

struct Event {
  enum Kind { Read, Write, Start, Wait, Barrier } kind;
  mlir::Operation *op;
  /// A view that is read or written, or the number of the transfer: those that
  /// are under way at the start come first, then those of Trace::starts.
  unsigned number = 0;
  int64_t begin = 0, end = 0; ///< of an access, in bytes of the buffer
};

/// An operand of the terminator of a parallel region.
struct Carried {
  bool isToken = false;
  int64_t value = 0; ///< a position, or the number of a transfer

  bool operator==(const Carried &other) const {
    return isToken == other.isToken && value == other.value;
  }
};
/// By the view of the control words.
using CarriedValues = std::map<unsigned, std::vector<Carried>>;

struct Trace {
  std::vector<Event> events;
  std::vector<Transfer> starts;
  CarriedValues carried; ///< at the end
};

} // namespace se::schedule::proof

#endif // SE_LIB_SCHEDULE_VERIFY_TRACE_H
