// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Memory.cpp - What cores and transfers may do to memory -------------===//

#include "Memory.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace se::schedule::proof;

bool State::operator==(const State &other) const {
  return contents == other.contents && carried == other.carried &&
         underWay.size() == other.underWay.size() &&
         llvm::all_of(llvm::zip_equal(underWay, other.underWay), [](auto pair) {
           const auto &[a, b] = pair;
           return a.from == b.from && a.to == b.to && a.position == b.position;
         });
}

/// The origin of a byte that was in a buffer from the start.
static uint64_t getOrigin(unsigned buffer, int64_t byte) {
  return uint64_t(buffer) << 32 | uint32_t(byte);
}
/// The origin of a byte that a core stored through a view.
static uint64_t getStoredOrigin(unsigned view, int64_t byte) {
  return uint64_t(1) << 63 | uint64_t(view) << 32 | uint32_t(byte);
}

State Memory::getInitialState() const {
  State state;
  for (unsigned i = 0; i != buffers.size(); ++i) {
    const Buffer &buffer = buffers.getBuffer(i);
    Content &content = state.contents.emplace_back();
    if (buffer.role == Role::Constant)
      continue;
    content.tags.resize(buffer.bytes, buffer.value ? Tag::Given : Tag::Empty);
    content.origins.resize(buffer.bytes);
    if (buffer.value)
      for (int64_t byte = 0; byte != buffer.bytes; ++byte)
        content.origins[byte] = getOrigin(i, byte);
  }
  return state;
}

void Memory::enterFrame(State &state) const {
  for (auto [i, content] : llvm::enumerate(state.contents)) {
    if (buffers.getBuffer(i).role != Role::Input)
      continue;
    llvm::fill(content.tags, Tag::Given);
    for (auto [byte, origin] : llvm::enumerate(content.origins))
      origin = getOrigin(i, byte);
  }
}

LogicalResult Memory::leaveFrame(State &state, Operation *kernel) const {
  for (auto [i, content] : llvm::enumerate(state.contents)) {
    const Buffer &buffer = buffers.getBuffer(i);
    if (buffer.role != Role::Output && buffer.role != Role::Input)
      continue;
    if (buffer.role == Role::Output)
      for (auto [byte, tag] : llvm::enumerate(content.tags))
        if (tag == Tag::Empty)
          return kernel->emitError("does not write byte ")
                 << byte << " of " << buffer.name;
    llvm::fill(content.tags, Tag::Empty);
    llvm::fill(content.origins, 0);
  }
  return success();
}

uint32_t Memory::getTag(Tag::Kind kind, View bounds) {
  auto [it, isNew] = tagNumbers.try_emplace(
      {kind, bounds.buffer, bounds.begin, bounds.end}, tags.size());
  if (isNew)
    tags.push_back({kind, bounds});
  return it->second;
}

/// The view, or that of all of a delay line.
const View &Memory::getWhole(unsigned view) const {
  return buffers[buffers[view].line.value_or(view)];
}

InFlightDiagnostic Memory::report(unsigned thread, const Event &event) const {
  return event.op->emitError("core ")
         << cores[thread]
         << (event.kind == Event::Read ? " reads " : " writes ")
         << buffers.describe(buffers[event.number].buffer, event.begin,
                             event.end);
}

//===----------------------------------------------------------------------===//
// Accesses of cores
//===----------------------------------------------------------------------===//

LogicalResult Memory::checkTransfers(unsigned thread,
                                     const Event &event) const {
  unsigned buffer = buffers[event.number].buffer;
  auto check = [&](const Transfer &transfer) -> LogicalResult {
    bool isWritten = transfer.to.overlaps(buffer, event.begin, event.end);
    bool isRead = event.kind == Event::Write &&
                  transfer.from.overlaps(buffer, event.begin, event.end);
    if (!isWritten && !isRead)
      return success();
    const Side &to = transfer.to;
    return report(thread, event)
           << ", which a transfer may still be "
           << (isWritten ? "writing" : "reading") << " (that to "
           << buffers.describe(to.buffer, to.begin, to.getEnd()) << ")";
  };
  if (thread == dmaThread) {
    for (const auto &[number, transfer] : underWay)
      if (failed(check(transfer)))
        return failure();
    return success();
  }
  for (const Transfer &transfer : ofEpoch)
    if (failed(check(transfer)))
      return failure();
  return success();
}

/// Other cores must not use the bytes in this epoch, unless all read.
LogicalResult Memory::checkUsers(unsigned thread, const Event &event) {
  std::vector<Users> &bytes = users[buffers[event.number].buffer];
  uint16_t bit = 1 << thread;
  bool isWrite = event.kind == Event::Write;
  for (int64_t i = event.begin; i != event.end; ++i) {
    Users &user = bytes[i];
    if (user.epoch != epoch)
      user = {epoch, 0, 0};
    uint16_t others = ~bit & (user.writers | (isWrite ? user.readers : 0));
    if (others)
      return report(thread, event)
             << ", which core " << cores[llvm::countr_zero(others)]
             << (user.writers & others ? " writes" : " reads")
             << " with no barrier between";
    (isWrite ? user.writers : user.readers) |= bit;
  }
  return success();
}

/// What a core reads must have been written through a view of the same bytes,
/// or brought by a transfer that has to do with the view's bytes only.
LogicalResult Memory::checkContent(unsigned thread, const Event &event) {
  const View &view = getWhole(event.number);
  const Content &content = state->contents[view.buffer];
  uint64_t hash = 0;
  uint32_t previous = 0;
  for (int64_t i = event.begin; i != event.end; ++i) {
    hash = (hash ^ content.origins[i]) * 0x9e3779b97f4a7c15;
    uint32_t number = content.tags[i];
    if (number == previous && number != Tag::Empty)
      continue;
    previous = number;
    const Tag &tag = tags[number];
    const View &bounds = tag.bounds;
    switch (tag.kind) {
    case Tag::Given:
      break;
    case Tag::Empty:
      return report(thread, event) << ": nothing has written byte " << i;
    case Tag::Stale:
      return report(thread, event) << ": a transfer has replaced what byte "
                                   << i << " belonged to, but not this byte";
    case Tag::Stored:
      if (bounds.begin != view.begin || bounds.end != view.end)
        return report(thread, event)
               << " through a view of bytes " << view.begin << " to "
               << view.end - 1 << ", but byte " << i
               << " was stored through one of bytes " << bounds.begin << " to "
               << bounds.end - 1;
      break;
    case Tag::Transferred:
      bool isInside = view.begin <= bounds.begin && bounds.end <= view.end;
      bool isAround = bounds.begin <= view.begin && view.end <= bounds.end;
      if (!isInside && !isAround)
        return report(thread, event)
               << " through a view of bytes " << view.begin << " to "
               << view.end - 1 << ", but byte " << i
               << " was brought by a transfer to bytes " << bounds.begin
               << " to " << bounds.end - 1;
      break;
    }
  }
  (*findings)[thread].push_back({event.op, hash});
  return success();
}

LogicalResult Memory::access(unsigned thread, const Event &event) {
  if (failed(checkTransfers(thread, event)))
    return failure();
  if (event.kind == Event::Read)
    return checkContent(thread, event);
  const View &shown = buffers[event.number], &view = getWhole(event.number);
  Content &content = state->contents[view.buffer];
  uint32_t tag = getTag(Tag::Stored, view);
  for (int64_t i = event.begin; i != event.end; ++i) {
    content.tags[i] = tag;
    // What is in one slot of a delay line is in another one in the next frame.
    content.origins[i] =
        shown.line ? getStoredOrigin(*shown.line, (i - view.begin) % shown.slot)
                   : getStoredOrigin(event.number, i - view.begin);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Transfers
//===----------------------------------------------------------------------===//

/// What a transfer overwrites in part is lost as a whole: no core may read the
/// rest of it.
void Memory::endOverwritten(const Side &range) {
  Content &content = state->contents[range.buffer];
  llvm::SmallDenseSet<uint32_t> overwritten;
  uint32_t previous = 0;
  for (int64_t i = 0; i != range.bytes; ++i) {
    uint32_t tag = content.tags[range.at(i)];
    if (tag != previous && tags[tag].kind >= Tag::Stored)
      overwritten.insert(tag);
    previous = tag;
  }
  for (uint32_t tag : overwritten)
    for (int64_t i = tags[tag].bounds.begin; i != tags[tag].bounds.end; ++i)
      if (content.tags[i] == tag)
        content.tags[i] = Tag::Stale;
}

LogicalResult Memory::start(const Transfer &transfer, unsigned number) {
  const Side &from = transfer.from, &to = transfer.to;
  auto describe = [&](const Side &range) {
    return buffers.describe(range.buffer, range.begin, range.getEnd());
  };
  for (const auto &[otherNumber, other] : underWay) {
    if (to.overlaps(other.to) || to.overlaps(other.from))
      return transfer.op->emitError("this transfer writes ")
             << describe(to) << ", which another may still be "
             << (to.overlaps(other.to) ? "writing" : "reading");
    if (from.overlaps(other.to))
      return transfer.op->emitError("this transfer reads ")
             << describe(from) << ", which another may still be writing";
  }
  const Content &source = state->contents[from.buffer];
  std::vector<uint64_t> origins(from.bytes);
  for (int64_t i = 0; i != from.bytes; ++i) {
    int64_t at = from.at(i);
    if (source.tags.empty()) {
      origins[i] = getOrigin(from.buffer, at);
      continue;
    }
    Tag::Kind kind = tags[source.tags[at]].kind;
    if (kind == Tag::Empty || kind == Tag::Stale)
      return transfer.op->emitError("this transfer reads ")
             << describe(from) << ": "
             << (kind == Tag::Empty ? "nothing has written byte "
                                    : "a transfer has not replaced byte ")
             << at;
    origins[i] = source.origins[at];
  }
  endOverwritten(to);
  Content &destination = state->contents[to.buffer];
  uint32_t tag = getTag(Tag::Transferred, {to.buffer, to.begin, to.getEnd()});
  for (int64_t i = 0; i != to.bytes; ++i) {
    destination.tags[to.at(i)] = tag;
    destination.origins[to.at(i)] = origins[i];
  }
  underWay.push_back({number, transfer});
  ofEpoch.push_back(transfer);
  return success();
}

void Memory::wait(unsigned number) {
  llvm::erase_if(underWay,
                 [&](const auto &entry) { return entry.first == number; });
}

//===----------------------------------------------------------------------===//
// Epochs
//===----------------------------------------------------------------------===//

LogicalResult Memory::runEvents(unsigned thread, ArrayRef<Event> events,
                                const Trace &trace) {
  for (const Event &event : events) {
    if (event.kind == Event::Read || event.kind == Event::Write) {
      if (failed(access(thread, event)))
        return failure();
    } else if (thread == dmaThread) {
      unsigned before = state->underWay.size();
      if (event.kind == Event::Wait)
        wait(event.number);
      else if (failed(start(trace.starts[event.number - before], event.number)))
        return failure();
    }
  }
  return success();
}

/// `events`: of each core, in this epoch.
LogicalResult Memory::runEpoch(ArrayRef<ArrayRef<Event>> events,
                               ArrayRef<Trace> traces) {
  ++epoch;
  ofEpoch.clear();
  for (const auto &[number, transfer] : underWay)
    ofEpoch.push_back(transfer);
  for (unsigned thread = 0; thread != traces.size(); ++thread)
    for (const Event &event : events[thread])
      if (event.kind == Event::Read || event.kind == Event::Write)
        if (failed(checkUsers(thread, event)))
          return failure();
  // `dma_core` goes first: the others are checked against all its transfers.
  if (failed(runEvents(dmaThread, events[dmaThread], traces[dmaThread])))
    return failure();
  for (unsigned thread = 0; thread != traces.size(); ++thread)
    if (thread != dmaThread &&
        failed(runEvents(thread, events[thread], traces[thread])))
      return failure();
  return success();
}

LogicalResult Memory::run(State &newState, ArrayRef<Trace> traces,
                          ArrayRef<int64_t> coreNumbers,
                          std::vector<Findings> &newFindings) {
  state = &newState;
  cores = coreNumbers;
  findings = &newFindings;
  findings->assign(traces.size(), {});
  users.resize(buffers.size());
  for (unsigned i = 0; i != users.size(); ++i)
    users[i].resize(state->contents[i].tags.size());
  underWay.clear();
  for (const auto &[number, transfer] : llvm::enumerate(state->underWay))
    underWay.push_back({number, transfer});

  // All cores have as many barriers.
  std::vector<ArrayRef<Event>> left(traces.size()), events(traces.size());
  for (unsigned thread = 0; thread != traces.size(); ++thread)
    left[thread] = traces[thread].events;
  auto isEmpty = [](ArrayRef<Event> events) { return events.empty(); };
  while (!llvm::all_of(left, isEmpty)) {
    for (auto [rest, part] : llvm::zip_equal(left, events)) {
      part = rest.take_until(
          [](const Event &event) { return event.kind == Event::Barrier; });
      rest = rest.drop_front(std::min(part.size() + 1, rest.size()));
    }
    if (failed(runEpoch(events, traces)))
      return failure();
  }

  // Transfers that are under way get new numbers.
  std::map<unsigned, unsigned> numbers;
  std::vector<Transfer> remaining;
  for (const auto &[number, transfer] : underWay) {
    numbers[number] = remaining.size();
    remaining.push_back(transfer);
  }
  state->underWay = std::move(remaining);
  state->carried = traces[dmaThread].carried;
  for (auto &[control, values] : state->carried)
    for (Carried &value : values)
      if (value.isToken)
        value.value = numbers.at(value.value);
  return success();
}
