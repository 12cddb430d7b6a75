// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Semihosting.h"
#include "Machine.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace se::sim;

namespace {
enum Call : uint32_t {
  callOpen = 0x01,
  callClose = 0x02,
  callWriteChar = 0x03,
  callWriteString = 0x04,
  callWrite = 0x05,
  callRead = 0x06,
  callIsTty = 0x09,
  callSeek = 0x0A,
  callFileLength = 0x0C,
  callErrno = 0x13,
  callExit = 0x18,
  callExitExtended = 0x20,
};
} // namespace

static constexpr uint32_t callFailed = ~0u;
/// At a time.
static constexpr size_t maxOpenFiles = 64;
/// The argument of an exit without error.
static constexpr uint32_t applicationExit = 0x20026;
static constexpr uint32_t slliMarker = 0x01f01013, sraiMarker = 0x40705013;

Semihosting::Semihosting(Machine &machine, FileSystem *files)
    : machine(machine), files(files) {}

bool Semihosting::isCall(uint32_t pc) {
  auto wordAt = [&](uint32_t address) -> uint32_t {
    uint32_t word = 0;
    if (uint8_t *data = machine.translate(address, 4))
      std::memcpy(&word, data, 4);
    return word;
  };
  return wordAt(pc - 4) == slliMarker && wordAt(pc + 4) == sraiMarker;
}

/// False if checks are on and a byte was never written.
bool Semihosting::mayRead(Core &core, uint32_t address, uint32_t size) {
  Checker *checker = machine.getChecker();
  return !checker || checker->hostReads(core, address, size);
}

bool Semihosting::readWords(Core &core, uint32_t address, unsigned count,
                            uint32_t *words) {
  uint8_t *data = machine.translate(address, 4 * count);
  if (!data) {
    machine.raise(core, "semihosting arguments outside of memory", address);
    return false;
  }
  std::memcpy(words, data, 4 * count);
  return mayRead(core, address, 4 * count);
}

GuestFile *Semihosting::find(uint32_t handle) {
  auto it = openFiles.find(handle);
  return it == openFiles.end() ? nullptr : it->second.get();
}

uint32_t Semihosting::open(Core &core, const uint32_t *arguments) {
  auto [address, mode, length] =
      std::tuple(arguments[0], arguments[1], arguments[2]);
  const uint8_t *name = machine.translate(address, length);
  if (!name) {
    machine.raise(core, "semihosting arguments outside of memory", address);
    return callFailed;
  }
  if (!mayRead(core, address, length))
    return callFailed;
  StringRef text(reinterpret_cast<const char *>(name), length);
  std::unique_ptr<GuestFile> file;
  // ":tt" is the console; modes count r, rb, r+, r+b, w, ..., a, ...
  if (text != ":tt") {
    OpenMode kind = mode < 4   ? OpenMode::Read
                    : mode < 8 ? OpenMode::Write
                               : OpenMode::Append;
    file = files && openFiles.size() < maxOpenFiles ? files->open(text, kind)
                                                    : nullptr;
    if (!file)
      return callFailed;
  } else if (openFiles.size() >= maxOpenFiles) {
    return callFailed;
  }
  openFiles[nextHandle] = std::move(file);
  return nextHandle++;
}

/// Returns the number of bytes that were not transferred.
uint32_t Semihosting::transfer(Core &core, const uint32_t *arguments,
                               bool isWrite) {
  auto [handle, address, length] =
      std::tuple(arguments[0], arguments[1], arguments[2]);
  if (!openFiles.count(handle))
    return length;
  uint8_t *data = machine.translate(address, length);
  if (!data) {
    machine.raise(core, "semihosting buffer outside of memory", address);
    return length;
  }
  if (isWrite && !mayRead(core, address, length))
    return length;
  GuestFile *file = find(handle);
  if (!file) {
    if (isWrite)
      for (char c : StringRef(reinterpret_cast<char *>(data), length))
        machine.print(c);
    return isWrite ? 0 : length;
  }
  int64_t done = isWrite ? file->write(data, length) : file->read(data, length);
  if (!isWrite && done > 0)
    machine.wroteMemory(address, uint32_t(done));
  return done < 0 ? length : length - uint32_t(done);
}

void Semihosting::writeString(Core &core, uint32_t address) {
  while (true) {
    const uint8_t *c = machine.translate(address, 1);
    if (!c) {
      machine.raise(core, "semihosting string outside of memory", address);
      return;
    }
    if (!mayRead(core, address, 1) || !*c || machine.isConsoleFull())
      return;
    machine.print(char(*c));
    ++address;
  }
}

void Semihosting::call(Core &core) {
  uint32_t number = core.x[10], argument = core.x[11];
  uint32_t &result = core.x[10];
  uint32_t words[4] = {};
  auto arguments = [&](unsigned count) {
    return readWords(core, argument, count, words);
  };

  switch (number) {
  case callOpen:
    if (arguments(3))
      result = open(core, words);
    return;
  case callClose:
    if (arguments(1))
      result = openFiles.erase(words[0]) ? 0 : callFailed;
    return;
  case callWriteChar:
    if (const uint8_t *c = machine.translate(argument, 1);
        c && mayRead(core, argument, 1))
      machine.print(char(*c));
    return;
  case callWriteString:
    return writeString(core, argument);
  case callWrite:
  case callRead:
    if (arguments(3))
      result = transfer(core, words, number == callWrite);
    return;
  case callIsTty:
    if (arguments(1))
      result = openFiles.count(words[0]) && !find(words[0]);
    return;
  case callSeek:
    if (arguments(2)) {
      GuestFile *file = find(words[0]);
      result = file && file->seek(words[1]) ? 0 : callFailed;
    }
    return;
  case callFileLength:
    if (arguments(1)) {
      GuestFile *file = find(words[0]);
      result = file ? uint32_t(file->getLength()) : callFailed;
    }
    return;
  case callErrno:
    result = 0;
    return;
  case callExit:
    machine.end(argument == applicationExit ? 0 : 1);
    return;
  case callExitExtended:
    if (arguments(2))
      machine.end(words[0] == applicationExit ? words[1] : 1);
    return;
  default:
    machine.raise(core,
                  "unknown semihosting call 0x" + utohexstr(number, true));
  }
}
