//===- Linker.cpp - Links a program in process ----------------------------===//
//
// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "se/Target/Linker.h"

#include "lld/Common/Driver.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/raw_ostream.h"
#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace llvm;

static Error writeFile(StringRef path, StringRef content) {
  std::error_code code;
  raw_fd_ostream stream(path, code);
  if (!code) {
    stream << content;
    stream.close();
    code = stream.error();
    stream.clear_error();
  }
  if (code)
    return createStringError("cannot write '" + path + "': " + code.message());
  return Error::success();
}

/// Lengths of the memories of a script, by name.
static StringMap<uint64_t> getMemoryLengths(StringRef script) {
  StringMap<uint64_t> lengths;
  Regex line("^ +([a-z0-9_]+) : ORIGIN = .*, LENGTH = 0x([0-9a-f]+)");
  SmallVector<StringRef> lines, groups;
  script.split(lines, '\n');
  for (StringRef text : lines) {
    uint64_t length;
    if (line.match(text, &groups) && !groups[2].getAsInteger(16, length))
      lengths[groups[1]] = length;
  }
  return lengths;
}

/// LLD's diagnostics as one line. It tells of each section that does not fit;
/// the last of a memory says by how much all of them exceed it.
static Error makeError(StringRef diagnostics, StringRef script,
                       StringRef directory) {
  SmallVector<StringRef> lines;
  diagnostics.split(lines, '\n', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  MapVector<StringRef, uint64_t> excess;
  Regex overflow("will not fit in region '([^']+)': overflowed by ([0-9]+) "
                 "bytes");
  SmallVector<StringRef> groups;
  StringRef other;
  for (StringRef line : lines) {
    uint64_t bytes;
    if (overflow.match(line, &groups) && !groups[2].getAsInteger(10, bytes))
      excess[groups[1]] = std::max(excess[groups[1]], bytes);
    else if (other.empty() && line.contains("error: "))
      other = line;
  }
  if (!excess.empty()) {
    StringMap<uint64_t> lengths = getMemoryLengths(script);
    std::vector<std::string> parts;
    for (auto [memory, bytes] : excess)
      parts.push_back(
          formatv("memory {0} exceeded by {1} bytes ({2} available)", memory,
                  bytes, lengths.lookup(memory)));
    return createStringError("network does not fit: " + join(parts, ", "));
  }
  // An undefined symbol's references follow on lines of their own.
  std::string message = other.empty() ? std::string("unknown error")
                                      : other.split("error: ").second.str();
  if (const auto *it = find(lines, other); !other.empty() && it != lines.end())
    if (const auto *next = std::next(it);
        next != lines.end() && next->starts_with(">>> "))
      message += " (" + next->drop_front(4).str() + ")";
  // The names of temporary files tell the user nothing beyond their ends.
  std::string prefix = (directory + sys::path::get_separator()).str();
  for (size_t at; (at = message.find(prefix)) != std::string::npos;)
    message.erase(at, prefix.size());
  return createStringError("linking failed: " + message);
}

Expected<std::unique_ptr<MemoryBuffer>>
se::target::linkProgram(ArrayRef<MemoryBufferRef> inputs, StringRef script) {
  SmallString<128> directory;
  if (std::error_code code =
          sys::fs::createUniqueDirectory("se-link", directory))
    return createStringError("cannot create a temporary folder: " +
                             code.message());
  scope_exit removeDirectory([&] { sys::fs::remove_directories(directory); });

  auto path = [&](const Twine &name) {
    SmallString<128> result(directory);
    sys::path::append(result, name);
    return std::string(result);
  };
  std::vector<std::string> arguments = {
      "ld.lld", "--nmagic", "--gc-sections", "--no-undefined",
      "--fatal-warnings", "--error-limit=0", "--build-id=none",
      "--color-diagnostics=never",
      // No section of a program is large enough for threads to pay.
      "--threads=1", "-T", path("script.ld")};
  if (Error error = writeFile(path("script.ld"), script))
    return error;
  for (auto [i, input] : enumerate(inputs)) {
    // Names are numbered, since two inputs may be called the same.
    std::string name =
        path(Twine(i) + "-" + sys::path::filename(input.getBufferIdentifier()));
    if (Error error = writeFile(name, input.getBuffer()))
      return error;
    arguments.push_back(name);
  }

  arguments.insert(arguments.end(), {"-o", path("program.elf")});

  SmallVector<const char *> argv;
  for (const std::string &argument : arguments)
    argv.push_back(argument.c_str());
  std::string text;
  raw_string_ostream stream(text);
  lld::Result result;
  {
    // LLD keeps its state in globals.
    static std::mutex mutex;
    std::lock_guard<std::mutex> lock(mutex);
    result = lld::lldMain(argv, stream, stream, {{lld::Gnu, &lld::elf::link}});
  }
  if (result.retCode)
    return makeError(text, script, directory);
  auto program = MemoryBuffer::getFile(path("program.elf"), /*IsText=*/false,
                                       /*RequiresNullTerminator=*/false);
  if (!program)
    return createStringError("linking failed: " + program.getError().message());
  return std::move(*program);
}
