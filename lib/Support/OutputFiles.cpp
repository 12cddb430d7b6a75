// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OutputFiles.cpp - What a command writes ----------------------------===//

#include "se/Support/OutputFiles.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;
using namespace se;

namespace {
/// Where an output goes.
struct Place {
  /// Of the file that is replaced, or of what is written in place.
  std::string path;
  /// An open descriptor that is written instead of a path, or -1.
  int descriptor = -1;
  bool isInPlace = false;
  /// Of the file that is replaced.
  std::optional<sys::fs::perms> permissions;
};
} // namespace

static std::error_code getErrno() {
  return std::error_code(errno, std::generic_category());
}

struct OutputFiles::Output {
  Output(StringRef name, Place place, std::string temporary, int descriptor)
      : name(name), place(std::move(place)), temporary(std::move(temporary)),
        descriptor(descriptor), stream(descriptor, /*shouldClose=*/true) {}
  ~Output();

  Error fail(std::error_code code) const {
    return createStringError("cannot write '" + name + "': " + code.message());
  }
  /// All that was written is in the temporary file.
  Error finish();
  /// Copies the temporary file to where it is written in place.
  Error copy();
  /// Puts the temporary file in the place of the output. What was there before
  /// has the temporary's name then.
  Error replace();
  /// Undoes `replace`.
  void restore();

  std::string name;
  Place place;
  /// Of the temporary file.
  std::string temporary;
  int descriptor;
  raw_fd_ostream stream;
  bool hadFile = false, isReplaced = false;
};

OutputFiles::Output::~Output() {
  // What is not written is no output, so how that fails does not matter.
  stream.close();
  stream.clear_error();
  (void)::unlink(temporary.c_str());
  sys::DontRemoveFileOnSignal(temporary);
}

/// What is behind /dev/stdout, /dev/fd/3, /proc/self/fd/3: an open descriptor,
/// which has a position of its own, and may have no path at all.
static std::optional<int> getDescriptor(StringRef path) {
  SmallString<128> folder;
  StringRef parent = sys::path::parent_path(path);
  if (sys::fs::real_path(parent.empty() ? "." : parent, folder))
    return std::nullopt;
  int number;
  std::string own =
      ("/proc/" + Twine(sys::Process::getProcessId()) + "/fd").str();
  if (folder != own || sys::path::filename(path).getAsInteger(10, number))
    return std::nullopt;
  return number;
}

static Expected<Place> findPlace(StringRef name) {
  auto fail = [&](std::error_code code) {
    return createStringError("cannot write '" + name + "': " + code.message());
  };
  Place place;
  place.path = name.str();
  if (name == "-") {
    place.descriptor = STDOUT_FILENO;
    place.isInPlace = true;
    return place;
  }
  // As many links as the system follows.
  for (unsigned links = 0; links != 40; ++links) {
    if (auto descriptor = getDescriptor(place.path)) {
      place.descriptor = *descriptor;
      place.isInPlace = true;
      return place;
    }
    sys::fs::file_status status;
    std::error_code code =
        sys::fs::status(place.path, status, /*follow=*/false);
    if (code == std::errc::no_such_file_or_directory)
      return place;
    if (code)
      return fail(code);
    switch (status.type()) {
    case sys::fs::file_type::regular_file:
      // A file that is protected is not replaced either.
      if (!sys::fs::can_write(place.path))
        return fail(std::make_error_code(std::errc::permission_denied));
      place.permissions = status.permissions();
      return place;
    case sys::fs::file_type::directory_file:
      return fail(std::make_error_code(std::errc::is_a_directory));
    case sys::fs::file_type::symlink_file:
      break;
    default:
      place.isInPlace = true;
      return place;
    }
    char target[PATH_MAX];
    ssize_t size = ::readlink(place.path.c_str(), target, sizeof(target));
    if (size < 0)
      return fail(getErrno());
    SmallString<128> next;
    if (!sys::path::is_absolute(StringRef(target, size)))
      next = sys::path::parent_path(place.path);
    sys::path::append(next, StringRef(target, size));
    place.path = next.str().str();
  }
  return fail(std::make_error_code(std::errc::too_many_symbolic_link_levels));
}

Error OutputFiles::Output::finish() {
  stream.flush();
  std::error_code code = stream.error();
  stream.clear_error();
  if (code || place.isInPlace)
    return code ? fail(code) : Error::success();
  // What became a directory or a device meanwhile must not be replaced.
  sys::fs::file_status status;
  code = sys::fs::status(place.path, status, /*follow=*/false);
  if (!code && status.type() != sys::fs::file_type::regular_file)
    return fail(std::make_error_code(std::errc::file_exists));
  code = sys::fs::setPermissions(
      descriptor,
      place.permissions.value_or(sys::fs::perms(
          (sys::fs::all_read | sys::fs::all_write) & ~sys::fs::getUmask())));
  return code ? fail(code) : Error::success();
}

Error OutputFiles::Output::copy() {
  int target = place.descriptor;
  if (target < 0) {
    // Opening a FIFO waits for its reader. There is nothing to create.
    target = sys::RetryAfterSignal(-1, [&] {
      return ::open(place.path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
    });
    if (target < 0)
      return fail(getErrno());
  } else if (target == STDOUT_FILENO) {
    outs().flush();
  }
  // A reader that has gone is an error of writing, no reason to die.
  auto before = std::signal(SIGPIPE, SIG_IGN);
  std::error_code code;
  if (::lseek(descriptor, 0, SEEK_SET) < 0)
    code = getErrno();
  SmallVector<char, 0> block(1 << 16);
  while (!code) {
    ssize_t size = sys::RetryAfterSignal(-1, ::read, descriptor, block.data(),
                                         block.size());
    if (size == 0)
      break;
    if (size < 0)
      code = getErrno();
    for (ssize_t at = 0; at < size && !code;) {
      ssize_t written = sys::RetryAfterSignal(-1, ::write, target,
                                              block.data() + at, size - at);
      if (written < 0)
        code = getErrno();
      else
        at += written;
    }
  }
  std::signal(SIGPIPE, before);
  if (place.descriptor < 0 && ::close(target) && !code)
    code = getErrno();
  return code ? fail(code) : Error::success();
}

Error OutputFiles::Output::replace() {
  const char *from = temporary.c_str(), *to = place.path.c_str();
  // An exchange can be undone. Some file systems have none.
  hadFile = ::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) == 0;
  if (!hadFile && ::rename(from, to))
    return fail(getErrno());
  isReplaced = true;
  return Error::success();
}

void OutputFiles::Output::restore() {
  if (!isReplaced)
    return;
  if (hadFile)
    (void)::rename(temporary.c_str(), place.path.c_str());
  else if (!place.permissions)
    (void)::unlink(place.path.c_str());
}

OutputFiles::OutputFiles() = default;

OutputFiles::~OutputFiles() = default;

bool OutputFiles::isRegular(StringRef path) {
  auto place = findPlace(path);
  if (place)
    return !place->isInPlace;
  // Whoever opens it says what is wrong.
  consumeError(place.takeError());
  return true;
}

bool OutputFiles::isStandardOutput(StringRef path) {
  auto place = findPlace(path);
  if (place)
    return place->descriptor == STDOUT_FILENO;
  consumeError(place.takeError());
  return false;
}

/// Whether both are the same file or stream. Two may share a device.
static bool isSame(const Place &a, const Place &b) {
  if (a.descriptor >= 0 || b.descriptor >= 0)
    return a.descriptor == b.descriptor;
  return !a.isInPlace && !b.isInPlace &&
         (a.path == b.path || sys::fs::equivalent(a.path, b.path));
}

Expected<raw_ostream &> OutputFiles::open(StringRef path) {
  auto place = findPlace(path);
  if (!place)
    return place.takeError();
  for (auto &output : outputs)
    if (isSame(output->place, *place))
      return createStringError("cannot write '" + path +
                               "': another output, '" + output->name +
                               "', is the same file");
  // Beside the output, since a rename works within a file system.
  SmallString<128> temporary(place->path);
  if (place->isInPlace) {
    sys::path::system_temp_directory(/*ErasedOnReboot=*/true, temporary);
    sys::path::append(temporary, "se-output");
  }
  temporary += ".XXXXXX";
  int descriptor = ::mkostemp(const_cast<char *>(temporary.c_str()), O_CLOEXEC);
  if (descriptor < 0)
    return createStringError("cannot write '" + path +
                             "': " + getErrno().message());
  sys::RemoveFileOnSignal(temporary);
  outputs.push_back(std::make_unique<Output>(
      path, std::move(*place), temporary.str().str(), descriptor));
  return outputs.back()->stream;
}

Error OutputFiles::add(StringRef path, StringRef content) {
  auto stream = open(path);
  if (!stream)
    return stream.takeError();
  *stream << content;
  return Error::success();
}

Error OutputFiles::commit() {
  for (auto &output : outputs)
    if (Error error = output->finish())
      return error;
  // What can be undone comes last.
  for (auto &output : outputs)
    if (output->place.isInPlace)
      if (Error error = output->copy())
        return error;
  for (auto &output : outputs) {
    if (output->place.isInPlace)
      continue;
    Error error = output->replace();
    if (!error)
      continue;
    for (auto &other : outputs)
      other->restore();
    return error;
  }
  return Error::success();
}

Error se::writeOutput(StringRef path, StringRef content) {
  OutputFiles files;
  if (Error error = files.add(path, content))
    return error;
  return files.commit();
}
