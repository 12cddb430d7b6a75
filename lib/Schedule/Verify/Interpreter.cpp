// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Interpreter.cpp - The integers of a function, executed -------------===//

#include "Interpreter.h"

#include "Code.h"

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/Cluster/Uniform.h"
#include "se/Dialect/RNN/Constants.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace se;
using namespace se::schedule::proof;

namespace {
class Interpreter {
public:
  Interpreter(const CompiledFunction &function, Buffers &buffers,
              const Run &run, Trace &trace)
      : buffers(buffers), run(run), trace(trace), values(function.values) {
    trace.carried = *run.carried;
  }

  LogicalResult execute(const Code &code);

private:
  LogicalResult execute(const Node &node);
  LogicalResult executeInteger(const Node &node);
  LogicalResult executeAccess(const Node &node);
  LogicalResult executeDot(const Node &node);
  LogicalResult readElements(const Node &node, unsigned operand, int64_t begin,
                             int64_t count, int64_t size);
  LogicalResult executeTable(const Node &node);
  LogicalResult executeView(const Node &node);
  LogicalResult executeFor(const Node &node);
  LogicalResult executeParallel(const Node &node);
  LogicalResult executeStart(const Node &node);
  void executeWait(const Node &node);

  std::optional<int64_t> get(const Node &node, unsigned operand) const {
    const Number &number = values[node.operands[operand]];
    return number.isInteger() ? std::optional(number.first) : std::nullopt;
  }
  void copy(ArrayRef<unsigned> from, ArrayRef<unsigned> to);
  void access(const Node &node, unsigned view, int64_t begin, int64_t end);
  Number loadConstant(const Node &node, const View &view, int64_t byte);
  /// What stands outside of parallel regions is executed by one core, or all.
  bool isActive() const { return !run.isAlone || inParallel || run.isFirst; }
  void addBarrier(Operation *op) {
    trace.events.push_back({Event::Barrier, op});
  }
  static LogicalResult reportUnknown(Operation *op, StringRef what) {
    return op->emitError(what) << " depends on data";
  }

  Buffers &buffers;
  const Run &run;
  Trace &trace;
  std::vector<Number> values;
  bool inParallel = false;
  int64_t steps = 0;
  // More would take longer than anyone waits for a compiler.
  static constexpr int64_t maxSteps = 1000000000;
};
} // namespace

void Interpreter::copy(ArrayRef<unsigned> from, ArrayRef<unsigned> to) {
  SmallVector<Number, 8> moved;
  for (unsigned number : from)
    moved.push_back(values[number]);
  for (auto [number, value] : llvm::zip_equal(to, moved))
    values[number] = value;
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

/// The result before it is cut to its bits; nothing for a division by zero.
static std::optional<int64_t> compute(const Node &node, int64_t a, int64_t b) {
  uint64_t mask = llvm::maskTrailingOnes<uint64_t>(node.inputBits);
  uint64_t ua = a & mask, ub = b & mask;
  switch (node.integer) {
  case IntegerOp::Add:
    return int64_t(uint64_t(a) + uint64_t(b));
  case IntegerOp::Sub:
    return int64_t(uint64_t(a) - uint64_t(b));
  case IntegerOp::Mul:
    return int64_t(uint64_t(a) * uint64_t(b));
  case IntegerOp::DivU:
    return ub ? std::optional<int64_t>(ua / ub) : std::nullopt;
  case IntegerOp::CeilDivU:
    return ub ? std::optional<int64_t>(ua / ub + (ua % ub != 0)) : std::nullopt;
  case IntegerOp::RemU:
    return ub ? std::optional<int64_t>(ua % ub) : std::nullopt;
  case IntegerOp::DivS:
    if (b == 0)
      return std::nullopt;
    return b == -1 ? int64_t(0 - uint64_t(a)) : a / b;
  case IntegerOp::RemS:
    if (b == 0)
      return std::nullopt;
    return b == -1 ? 0 : a % b;
  case IntegerOp::MinU:
    return std::min(ua, ub);
  case IntegerOp::MaxU:
    return std::max(ua, ub);
  case IntegerOp::MinS:
    return std::min(a, b);
  case IntegerOp::MaxS:
    return std::max(a, b);
  case IntegerOp::And:
    return a & b;
  case IntegerOp::Or:
    return a | b;
  case IntegerOp::Xor:
    return a ^ b;
  case IntegerOp::Shl:
    return ub < node.inputBits ? std::optional<int64_t>(ua << ub)
                               : std::nullopt;
  case IntegerOp::ShrU:
    return ub < node.inputBits ? std::optional<int64_t>(ua >> ub)
                               : std::nullopt;
  case IntegerOp::ShrS:
    return ub < node.inputBits ? std::optional<int64_t>(a >> ub) : std::nullopt;
  case IntegerOp::Compare:
    return arith::applyCmpPredicate(node.predicate, APInt(node.inputBits, ua),
                                    APInt(node.inputBits, ub));
  case IntegerOp::CastUnsigned:
    return ua;
  case IntegerOp::CastSigned:
    return a;
  case IntegerOp::Select:
    break;
  }
  llvm_unreachable("a selection is no computation");
}

LogicalResult Interpreter::executeInteger(const Node &node) {
  Number &result = values[node.results[0]];
  const Number &a = values[node.operands[0]];
  if (node.integer == IntegerOp::Select) {
    result = a.isInteger() ? values[node.operands[a.first ? 1 : 2]] : Number();
    return success();
  }
  const Number &b = values[node.operands.back()];
  if (!a.isKnown || !b.isKnown) {
    result = Number();
    return success();
  }
  std::optional<int64_t> first = compute(node, a.first, b.first);
  std::optional<int64_t> last = compute(node, a.last, b.last);
  if (!first || !last)
    return node.op->emitError("has no result with these operands");
  // Only loops that sum up have progressions, and only linear ones.
  int64_t step = 0;
  if (node.integer == IntegerOp::Mul)
    step = a.step ? a.step * b.first : b.step * a.first;
  else if (a.step || b.step)
    step = node.integer == IntegerOp::Sub ? a.step - b.step : a.step + b.step;
  result = {llvm::SignExtend64(*first, node.resultBits),
            llvm::SignExtend64(*last, node.resultBits), step, true};
  return success();
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

void Interpreter::access(const Node &node, unsigned view, int64_t begin,
                         int64_t end) {
  Event::Kind kind = node.kind == Node::Store ? Event::Write : Event::Read;
  trace.events.push_back({kind, node.op, view, begin, end});
}

/// An integer of a constant.
Number Interpreter::loadConstant(const Node &node, const View &view,
                                 int64_t byte) {
  ElementsAttr value = buffers.getBuffer(view.buffer).value;
  auto type = dyn_cast<IntegerType>(node.op->getResult(0).getType());
  if (!type || value.getElementType() != type || view.begin != 0)
    return Number();
  unsigned bits = getBits(type);
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return Number::of(
        dense.getValues<APInt>()[byte / node.bytes].getSExtValue());
  if (!rnn::hasData(value))
    return Number();
  uint64_t raw = 0;
  for (int64_t i = 0; i != node.bytes; ++i)
    raw |= uint64_t(uint8_t(rnn::getRawBytes(value)[byte + i])) << (8 * i);
  return Number::of(llvm::SignExtend64(raw, bits));
}

LogicalResult Interpreter::executeAccess(const Node &node) {
  bool isLoad = node.kind == Node::Load;
  auto type = cast<MemRefType>(node.op->getOperand(isLoad ? 0 : 1).getType());
  // The row-major position; one index at most is a progression.
  Number position = Number::of(0);
  for (auto [i, size] : llvm::enumerate(type.getShape())) {
    const Number &index = values[node.operands[1 + i]];
    if (!index.isKnown)
      return reportUnknown(node.op, "the index of this access");
    if (std::min(index.first, index.last) < 0 ||
        std::max(index.first, index.last) + node.lanes > size)
      return node.op->emitError("index ")
             << (index.first < 0 || index.first + node.lanes > size
                     ? index.first
                     : index.last)
             << " is outside of the memref's " << size << " elements";
    position = {position.first * size + index.first,
                position.last * size + index.last,
                position.step * size + index.step, true};
  }
  auto memref = get(node, 0);
  if (!memref)
    return reportUnknown(node.op, "the memref of this access");
  const View view = buffers[*memref];
  const Buffer &buffer = buffers.getBuffer(view.buffer);
  if (isLoad)
    values[node.results[0]] = Number();
  if (buffer.role == Role::Constant || buffer.role == Role::Input) {
    if (!isLoad)
      return node.op->emitError("writes ")
             << buffer.name << ", which is only read";
    if (buffer.role == Role::Constant) {
      if (position.isInteger())
        values[node.results[0]] =
            loadConstant(node, view, position.first * node.bytes);
      return success();
    }
  }
  if (!isActive())
    return success();
  int64_t lowest = std::min(position.first, position.last);
  int64_t highest = std::max(position.first, position.last) + node.lanes - 1;
  int64_t step = std::abs(position.step);
  if (step == 1 || node.lanes != 1) {
    access(node, *memref, view.begin + lowest * node.bytes,
           view.begin + (highest + 1) * node.bytes);
    return success();
  }
  for (int64_t at = lowest; at <= highest; at += step) {
    access(node, *memref, view.begin + at * node.bytes,
           view.begin + (at + 1) * node.bytes);
    if (step == 0)
      break;
  }
  return success();
}

/// Reads `count` elements from `begin` on of a memref of `size` elements.
LogicalResult Interpreter::readElements(const Node &node, unsigned operand,
                                        int64_t begin, int64_t count,
                                        int64_t size) {
  if (count == 0)
    return success();
  if (begin < 0 || begin + count > size)
    return node.op->emitError("reads elements ")
           << begin << " to " << begin + count - 1 << " of a memref of "
           << size;
  auto memref = get(node, operand);
  if (!memref)
    return reportUnknown(node.op, "the memref of this access");
  const View view = buffers[*memref];
  if (isActive())
    access(node, *memref, view.begin + begin * node.bytes,
           view.begin + (begin + count) * node.bytes);
  return success();
}

/// The vector's elements, and all of the rows with the word behind them.
LogicalResult Interpreter::executeDot(const Node &node) {
  auto op = cast<cluster::DotOp>(node.op);
  auto from = get(node, 1), at = get(node, 3), columns = get(node, 4);
  if (!from || !at || !columns)
    return reportUnknown(op, "an operand of this product");
  int64_t lanes = op.getLanes();
  if (*columns < 0 || *at % lanes)
    return op.emitError("rows of ") << *columns << " columns at element " << *at
                                    << ": rows start at whole words";
  for (unsigned result : node.results)
    values[result] = Number();
  if (failed(readElements(node, 0, *from, *columns,
                          op.getX().getType().getNumElements())))
    return failure();
  return readElements(node, 2, *at, op.getExtent(*columns),
                      op.getW().getType().getNumElements());
}

/// Which line is read depends on data: any may be.
LogicalResult Interpreter::executeTable(const Node &node) {
  auto memref = get(node, 1);
  if (!memref)
    return reportUnknown(node.op, "the table");
  const View view = buffers[*memref];
  Role role = buffers.getBuffer(view.buffer).role;
  if (isActive() && role != Role::Constant && role != Role::Input)
    trace.events.push_back(
        {Event::Read, node.op, unsigned(*memref), view.begin, view.end});
  return success();
}

LogicalResult Interpreter::executeView(const Node &node) {
  auto source = get(node, 0), shift = get(node, 1);
  if (!source || !shift)
    return reportUnknown(node.op, "the position of this view");
  const View from = buffers[*source];
  int64_t begin = from.begin + *shift, end = begin + node.bytes;
  if (*shift < 0 || end > from.end)
    return node.op->emitError("the view of bytes ")
           << *shift << " to " << *shift + node.bytes - 1
           << " is outside of the buffer of " << from.end - from.begin
           << " bytes";
  int64_t element =
      getBits(
          cast<MemRefType>(node.op->getResult(0).getType()).getElementType()) /
      8;
  if (begin % element)
    return node.op->emitError("the view starts at byte ")
           << begin << ", which is no multiple of its element's " << element
           << " bytes";
  View view{from.buffer, begin, end};
  if (auto line = node.op->getAttrOfType<cluster::DelayLineAttr>(
          cluster::DelayLineAttr::attrName)) {
    int64_t first = from.begin + line.getOffset();
    if (begin < first || end > first + line.getBytes() ||
        first + line.getBytes() > from.end ||
        (begin - first) % line.getSlot() != 0 ||
        (end - begin) % line.getSlot() != 0)
      return node.op->emitError("the view shows no slots of ") << line;
    view.line = buffers.getView({from.buffer, first, first + line.getBytes()});
    view.slot = line.getSlot();
  }
  values[node.results[0]] = Number::of(buffers.getView(view));
  return success();
}

/// Are lines those of the destination? They lie in the memory that is not L1.
static bool hasLinesInDestination(cluster::DmaStartOp op) {
  auto level = dyn_cast_or_null<cluster::LevelAttr>(
      op.getFrom().getType().getMemorySpace());
  return !level || level.getValue() == cluster::Level::l1;
}

LogicalResult Interpreter::executeStart(const Node &node) {
  auto op = cast<cluster::DmaStartOp>(node.op);
  SmallVector<int64_t, 7> operands;
  for (unsigned i = 0; i != node.operands.size(); ++i) {
    auto value = get(node, i);
    if (!value)
      return reportUnknown(op, "an operand of this transfer");
    operands.push_back(*value);
  }
  int64_t bytes = operands[4];
  if (bytes <= 0 || bytes % 4)
    return op.emitError("a transfer of ")
           << bytes << " bytes: it must be a positive multiple of 4";
  Side sides[2];
  for (unsigned i = 0; i != 2; ++i) {
    const View view = buffers[operands[2 * i]];
    int64_t position = operands[2 * i + 1];
    Side &side = sides[i];
    side = {view.buffer, view.begin + position, bytes, bytes, bytes};
    if (op.getLine() && hasLinesInDestination(op) == (i == 1)) {
      side.line = operands[5];
      side.stride = operands[6];
      if (side.line <= 0 || side.line > side.stride || bytes % side.line)
        return op.emitError("lines of ")
               << side.line << " bytes every " << side.stride
               << " do not divide " << bytes << " bytes";
    }
    if (position % 4)
      return op.emitError("a transfer ")
             << (i ? "to" : "from") << " byte " << position
             << ": it must be a multiple of 4";
    if (position < 0 || side.getEnd() > view.end)
      return op.emitError("the transfer ")
             << (i ? "to" : "from") << " bytes " << position << " to "
             << side.getEnd() - view.begin - 1 << " is outside of "
             << buffers.getBuffer(view.buffer).name << " ("
             << view.end - view.begin << " bytes)";
  }
  Role role = buffers.getBuffer(sides[1].buffer).role;
  if (role == Role::Constant || role == Role::Input)
    return op.emitError("writes ")
           << buffers.getBuffer(sides[1].buffer).name << ", which is only read";
  unsigned number = run.underWay->size() + trace.starts.size();
  trace.starts.push_back({op, sides[0], sides[1], operands[3]});
  trace.events.push_back({Event::Start, op, number});
  values[node.results[0]] = Number::of(number);
  return success();
}

void Interpreter::executeWait(const Node &node) {
  unsigned number = values[node.operands[0]].first;
  unsigned before = run.underWay->size();
  const Transfer &transfer =
      number < before ? (*run.underWay)[number] : trace.starts[number - before];
  trace.events.push_back({Event::Wait, node.op, number});
  values[node.results[0]] = Number::of(transfer.position);
}

//===----------------------------------------------------------------------===//
// Control
//===----------------------------------------------------------------------===//

LogicalResult Interpreter::executeFor(const Node &node) {
  auto lower = get(node, 0), upper = get(node, 1), step = get(node, 2);
  if (!lower || !upper || !step)
    return reportUnknown(node.op, "the range of this loop");
  if (*step <= 0)
    return node.op->emitError("a loop with step ") << *step;
  const Code &body = node.bodies[0];
  auto iterated = ArrayRef(body.arguments).drop_front();
  copy(ArrayRef(node.operands).drop_front(3), iterated);
  if (*lower < *upper && node.isSum) {
    int64_t last = *lower + (*upper - *lower - 1) / *step * *step;
    values[body.arguments[0]] = {*lower, last, last == *lower ? 0 : *step,
                                 true};
    if (failed(execute(body)))
      return failure();
    copy(body.results, iterated);
  } else {
    for (int64_t i = *lower; i < *upper; i += *step) {
      values[body.arguments[0]] = Number::of(i);
      if (failed(execute(body)))
        return failure();
      copy(body.results, iterated);
    }
  }
  copy(iterated, node.results);
  return success();
}

LogicalResult Interpreter::executeParallel(const Node &node) {
  auto op = cast<cluster::ParallelOp>(node.op);
  const Code &body = node.bodies[0];
  if (run.isAlone)
    addBarrier(op);
  inParallel = true;
  values[body.arguments[0]] = Number::of(run.core);
  unsigned control = op.getControl() ? values[node.operands[0]].first : 0;
  auto kept =
      op.getControl() ? trace.carried.find(control) : trace.carried.end();
  auto carried = ArrayRef(body.arguments).drop_front();
  if (!carried.empty()) {
    if (kept == trace.carried.end() || kept->second.size() != carried.size())
      return op.emitError("no region has left the values that are carried "
                          "into this one");
    View view = buffers[control];
    trace.events.push_back({Event::Read, op, control, view.begin, view.end});
    for (auto [argument, value] : llvm::zip_equal(carried, kept->second))
      values[argument] = Number::of(value.value);
    trace.carried.erase(kept);
  } else if (kept != trace.carried.end() &&
             llvm::any_of(kept->second,
                          [](const Carried &c) { return c.isToken; })) {
    return op.emitError("drops the tokens that another region has left");
  }
  if (failed(execute(body)))
    return failure();
  Operation *end = op.getBody().front().getTerminator();
  if (op.getControl()) {
    // Written on the way to where all cores meet, not behind it.
    View view = buffers[control];
    if (run.isDmaCore)
      trace.events.push_back({Event::Write, op, control, view.begin, view.end});
    std::vector<Carried> left;
    for (auto [operand, number] :
         llvm::zip_equal(end->getOperands(), body.results)) {
      if (!values[number].isInteger())
        return reportUnknown(end, "a carried value");
      left.push_back(
          {isa<cluster::TokenType>(operand.getType()), values[number].first});
    }
    trace.carried[control] = std::move(left);
  }
  addBarrier(end);
  inParallel = false;
  return success();
}

LogicalResult Interpreter::execute(const Node &node) {
  if (++steps > maxSteps)
    return node.op->emitError("takes too many steps for the proof");
  switch (node.kind) {
  case Node::Integer:
    return executeInteger(node);
  case Node::Load:
  case Node::Store:
    return executeAccess(node);
  case Node::Dot:
    return executeDot(node);
  case Node::ReadTable:
    return executeTable(node);
  case Node::View:
    return executeView(node);
  case Node::For:
    return executeFor(node);
  case Node::If: {
    auto condition = get(node, 0);
    if (!condition && node.op->hasAttr(cluster::uniformName))
      condition = run.entersUniform;
    if (!condition)
      return reportUnknown(node.op, "the condition");
    const Code &body = node.bodies[*condition ? 0 : 1];
    if (failed(execute(body)))
      return failure();
    copy(body.results, node.results);
    return success();
  }
  case Node::Call:
    copy(node.operands, node.bodies[0].arguments);
    if (failed(execute(node.bodies[0])))
      return failure();
    copy(node.bodies[0].results, node.results);
    return success();
  case Node::Parallel:
    return executeParallel(node);
  case Node::Start:
    return executeStart(node);
  case Node::Wait:
    executeWait(node);
    return success();
  case Node::Barrier:
    addBarrier(node.op);
    return success();
  }
  llvm_unreachable("all kinds are handled");
}

LogicalResult Interpreter::execute(const Code &code) {
  for (const Node &node : code.nodes)
    if (failed(execute(node)))
      return failure();
  return success();
}

LogicalResult se::schedule::proof::interpret(const CompiledFunction &function,
                                             Buffers &buffers, const Run &run,
                                             Trace &trace) {
  return Interpreter(function, buffers, run, trace).execute(function.code);
}
