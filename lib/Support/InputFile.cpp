// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- InputFile.cpp - What a command reads -------------------------------===//

#include "se/Support/InputFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;
using namespace se;

/// A FIFO that nobody writes to is given up after so long.
static constexpr int writerMilliseconds = 2000;

static Error failErrno() {
  return createStringError(std::error_code(errno, std::generic_category()),
                           std::generic_category().message(errno));
}

static Error failSize(uint64_t maxBytes) {
  return createStringError("larger than " + Twine(maxBytes >> 20) +
                           " MB, the most that is read");
}

/// Reads a stream to its end.
static Expected<std::unique_ptr<MemoryBuffer>>
readStream(int descriptor, StringRef name, uint64_t maxBytes) {
  // Doubling takes up to twice the size.
  maxBytes = std::min(maxBytes, uint64_t(1) << 28);
  SmallVector<char, 0> content;
  size_t size = 0;
  int waited = 0;
  while (true) {
    content.resize_for_overwrite(size + std::max<size_t>(size, 1 << 16));
    ssize_t count = sys::RetryAfterSignal(
        -1, ::read, descriptor, content.data() + size, content.size() - size);
    if (count < 0 && errno != EAGAIN)
      return failErrno();
    if (count < 0) {
      // There is a writer, who takes its time.
      waited = writerMilliseconds;
      pollfd entry = {descriptor, POLLIN, 0};
      ::poll(&entry, 1, /*timeout=*/-1);
    } else if (count == 0) {
      // A FIFO that was opened without waiting may not have its writer yet.
      bool isFresh = ::fcntl(descriptor, F_GETFL) & O_NONBLOCK && !size;
      if (!isFresh || waited >= writerMilliseconds)
        break;
      constexpr int step = 20;
      ::poll(nullptr, 0, step);
      waited += step;
      if (waited >= writerMilliseconds)
        return createStringError("is a FIFO that nobody writes to");
    } else {
      size += count;
      if (size > maxBytes)
        return failSize(maxBytes);
    }
  }
  content.resize(size);
  return std::make_unique<SmallVectorMemoryBuffer>(
      std::move(content), name, /*RequiresNullTerminator=*/true);
}

/// Reads an open file; closes it.
static Expected<std::unique_ptr<MemoryBuffer>>
readOpen(int descriptor, StringRef path, uint64_t maxBytes) {
  scope_exit close([&] { ::close(descriptor); });
  struct stat status;
  if (::fstat(descriptor, &status))
    return failErrno();
  if (S_ISFIFO(status.st_mode))
    return readStream(descriptor, path, maxBytes);
  if (S_ISDIR(status.st_mode))
    return createStringError(std::make_error_code(std::errc::is_a_directory),
                             "Is a directory");
  if (!S_ISREG(status.st_mode))
    return createStringError("is no regular file");
  if (uint64_t(status.st_size) > maxBytes)
    return failSize(maxBytes);
  // Copied where it is small, otherwise mapped.
  auto buffer = MemoryBuffer::getOpenFile(
      sys::fs::convertFDToNativeFile(descriptor), path, status.st_size,
      /*RequiresNullTerminator=*/true);
  if (!buffer)
    return createStringError(buffer.getError(), buffer.getError().message());
  return std::move(*buffer);
}

Expected<std::unique_ptr<MemoryBuffer>> se::readInput(StringRef path,
                                                      uint64_t maxBytes) {
  if (path == "-")
    return readStream(STDIN_FILENO, "<stdin>", maxBytes);
  std::string name = path.str();
  // Not to wait for a FIFO's writer, who may never come.
  int descriptor = sys::RetryAfterSignal(-1, [&] {
    return ::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  });
  if (descriptor < 0)
    return failErrno();
  return readOpen(descriptor, path, maxBytes);
}

Expected<std::unique_ptr<MemoryBuffer>>
se::readInputBeneath(StringRef folder, StringRef path, uint64_t maxBytes) {
  auto descriptor = openBeneath(folder, path, O_RDONLY | O_NONBLOCK);
  if (!descriptor)
    return descriptor.takeError();
  return readOpen(*descriptor, path, maxBytes);
}

Expected<json::Value> se::parseJson(StringRef text) {
  if (text.size() > maxJsonBytes)
    return failSize(maxJsonBytes);
  unsigned depth = 0, objects = 0;
  bool inString = false;
  for (size_t i = 0; i != text.size(); ++i) {
    char c = text[i];
    if (inString) {
      if (c == '\\' && i + 1 != text.size())
        ++i;
      inString = c != '"';
    } else if (c == '"') {
      inString = true;
    } else if (c == '[' || c == '{') {
      if (++depth > maxJsonDepth)
        return createStringError("nested more than " + Twine(maxJsonDepth) +
                                 " levels deep, at byte " + Twine(i));
      if (c == '{' && ++objects > maxJsonObjects)
        return createStringError("more than " + Twine(maxJsonObjects) +
                                 " objects, the most that is read");
    } else if ((c == ']' || c == '}') && depth) {
      --depth;
    }
  }
  return json::parse(text);
}

namespace {
/// Walks a path from folder to folder. Each step is from an open folder to a
/// name in it, and no link is followed by the system: what a link holds becomes
/// part of the path.
class Walk {
public:
  explicit Walk(int root) : folders{root} {}
  ~Walk() {
    for (int folder : folders)
      ::close(folder);
  }

  Expected<int> open(StringRef path, int flags);

private:
  void push(StringRef path) {
    SmallVector<StringRef> parts;
    path.split(parts, '/', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    for (StringRef part : reverse(parts))
      names.push_back(part.str());
  }

  /// From the root to where we are.
  SmallVector<int, 8> folders;
  /// What is left of the path, the next name last.
  std::vector<std::string> names;
};
} // namespace

static Error failOutside() {
  return createStringError(std::make_error_code(std::errc::permission_denied),
                           "leads out of the folder");
}

Expected<int> Walk::open(StringRef path, int flags) {
  if (path.starts_with("/"))
    return failOutside();
  push(path);
  unsigned links = 0;
  while (!names.empty()) {
    std::string name = std::move(names.back());
    names.pop_back();
    if (name == ".")
      continue;
    if (name == "..") {
      if (folders.size() == 1)
        return failOutside();
      ::close(folders.pop_back_val());
      continue;
    }
    bool isLast = names.empty();
    int found = sys::RetryAfterSignal(-1, [&] {
      return ::openat(folders.back(), name.c_str(),
                      (isLast ? flags : O_RDONLY | O_DIRECTORY) | O_NOFOLLOW |
                          O_CLOEXEC,
                      0666);
    });
    if (found >= 0 && isLast)
      return found;
    if (found >= 0) {
      folders.push_back(found);
      continue;
    }
    // A link is ELOOP, or for a folder ENOTDIR.
    int error = errno;
    char target[PATH_MAX];
    ssize_t size =
        ::readlinkat(folders.back(), name.c_str(), target, sizeof(target));
    if (size < 0 || ++links > 40) {
      errno = error;
      return failErrno();
    }
    if (size && target[0] == '/')
      return failOutside();
    push(StringRef(target, size));
  }
  return createStringError(std::make_error_code(std::errc::is_a_directory),
                           "Is a directory");
}

Expected<int> se::openBeneath(StringRef folder, StringRef path, int flags) {
  std::string name = folder.empty() ? "." : folder.str();
  int root = ::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root < 0)
    return failErrno();
  return Walk(root).open(path, flags);
}
