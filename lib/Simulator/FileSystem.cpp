// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "se/Simulator/FileSystem.h"
#include "se/Support/InputFile.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/Error.h"
#include <algorithm>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;
using namespace se;
using namespace se::sim;

/// Files that a program may open to be written, one after the other.
static constexpr unsigned maxWrites = 256;

GuestFile::~GuestFile() = default;
FileSystem::FileSystem(std::string folder, uint64_t maxBytes)
    : folder(std::move(folder)), maxBytes(maxBytes), bytesLeft(maxBytes),
      writesLeft(maxWrites) {}
FileSystem::~FileSystem() = default;

class FileSystem::OpenMemoryFile : public GuestFile {
public:
  OpenMemoryFile(MemoryFile &file, OpenMode mode)
      : file(file), writable(mode != OpenMode::Read) {
    if (mode == OpenMode::Write)
      file.content.clear();
    if (mode == OpenMode::Append)
      position = file.content.size();
    file.exists = true;
  }

  int64_t read(uint8_t *data, uint32_t size) override {
    if (position >= file.content.size())
      return 0;
    size = std::min<uint64_t>(size, file.content.size() - position);
    std::memcpy(data, file.content.data() + position, size);
    position += size;
    return size;
  }
  int64_t write(const uint8_t *data, uint32_t size) override {
    if (!writable || position > file.maxBytes ||
        size > file.maxBytes - position)
      return -1;
    if (position + size > file.content.size())
      file.content.resize(position + size);
    std::copy(data, data + size, file.content.begin() + position);
    position += size;
    return size;
  }
  bool seek(uint64_t to) override {
    position = to;
    return to <= file.content.size();
  }
  int64_t getLength() override { return int64_t(file.content.size()); }

private:
  MemoryFile &file;
  bool writable;
  uint64_t position = 0;
};

class FileSystem::HostFile : public GuestFile {
public:
  HostFile(int descriptor, FileSystem &files)
      : descriptor(descriptor), files(files) {}
  ~HostFile() override { ::close(descriptor); }

  int64_t read(uint8_t *data, uint32_t size) override {
    ssize_t count = sys::RetryAfterSignal(-1, ::pread, descriptor, data, size,
                                          off_t(position));
    position += std::max<ssize_t>(count, 0);
    return count;
  }
  int64_t write(const uint8_t *data, uint32_t size) override {
    // Also where a file would only claim to be large.
    if (size > files.bytesLeft || position + size > files.maxBytes) {
      files.refuse("write", "more than " + Twine(files.maxBytes) +
                                " bytes (--max-file-bytes)");
      return -1;
    }
    for (uint32_t done = 0; done != size;) {
      ssize_t count = sys::RetryAfterSignal(
          -1, ::pwrite, descriptor, data + done, size - done, off_t(position));
      if (count <= 0)
        return -1;
      done += count;
      position += count;
      files.bytesLeft -= count;
    }
    return size;
  }
  bool seek(uint64_t to) override {
    position = to;
    return true;
  }
  int64_t getLength() override {
    struct stat status;
    return ::fstat(descriptor, &status) ? -1 : int64_t(status.st_size);
  }

private:
  int descriptor;
  FileSystem &files;
  uint64_t position = 0;
};

void FileSystem::setFile(StringRef name, std::vector<uint8_t> content) {
  files[name] = {std::move(content), true};
}

void FileSystem::allowFile(StringRef name, uint64_t maxBytes) {
  files[name].maxBytes = maxBytes;
}

const std::vector<uint8_t> *FileSystem::getFile(StringRef name) const {
  auto it = files.find(name);
  return it != files.end() && it->second.exists ? &it->second.content : nullptr;
}

std::nullptr_t FileSystem::refuse(StringRef name, const Twine &why) {
  if (refusal.empty())
    refusal = ("'" + name + "': " + why).str();
  return nullptr;
}

std::unique_ptr<GuestFile> FileSystem::open(StringRef name, OpenMode mode) {
  if (auto it = files.find(name); it != files.end()) {
    MemoryFile &file = it->second;
    bool isInput = file.exists && !file.maxBytes;
    if (mode == OpenMode::Read ? !file.exists : isInput)
      return nullptr;
    return std::make_unique<OpenMemoryFile>(file, mode);
  }
  if (folder.empty())
    return refuse(name, "the program may open no file (see --files)");
  return openOnHost(name, mode);
}

std::unique_ptr<GuestFile> FileSystem::openOnHost(StringRef name,
                                                  OpenMode mode) {
  if (name.size() >= PATH_MAX || name.contains('\0'))
    return refuse(name.take_front(40), "no name of a file");
  bool isWritten = mode != OpenMode::Read;
  if (isWritten && !writesLeft)
    return refuse(name, "more than " + Twine(maxWrites) + " files to write");
  // Nothing is emptied before it is known what it is.
  auto descriptor = openBeneath(folder, name,
                                (isWritten ? O_WRONLY | O_CREAT : O_RDONLY) |
                                    O_NONBLOCK | O_NOCTTY);
  if (!descriptor) {
    std::string why = toString(descriptor.takeError());
    // That a file is not there is an answer that programs expect.
    return mode == OpenMode::Read && why == std::strerror(ENOENT)
               ? nullptr
               : refuse(name, why);
  }
  auto file = std::make_unique<HostFile>(*descriptor, *this);
  struct stat status;
  if (::fstat(*descriptor, &status) || !S_ISREG(status.st_mode))
    return refuse(name, "no regular file");
  if (!isWritten)
    return file;
  // Another name may lie outside, and a script of the user's may be run.
  if (status.st_nlink != 1)
    return refuse(name, "has another name too");
  if (status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH))
    return refuse(name, "is executable");
  --writesLeft;
  if (mode == OpenMode::Write && ::ftruncate(*descriptor, 0))
    return refuse(name, std::strerror(errno));
  if (mode == OpenMode::Append)
    file->seek(uint64_t(status.st_size));
  return file;
}
