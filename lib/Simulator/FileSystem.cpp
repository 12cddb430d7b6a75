// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "se/Simulator/FileSystem.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"
#include <algorithm>
#include <cstdio>
#include <cstring>

using namespace llvm;
using namespace se::sim;

GuestFile::~GuestFile() = default;
FileSystem::FileSystem(std::string hostDirectory)
    : hostDirectory(std::move(hostDirectory)) {}
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
    if (!writable)
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

namespace {
class HostFile : public GuestFile {
public:
  explicit HostFile(FILE *file) : file(file) {}
  ~HostFile() override { std::fclose(file); }

  int64_t read(uint8_t *data, uint32_t size) override {
    return int64_t(std::fread(data, 1, size, file));
  }
  int64_t write(const uint8_t *data, uint32_t size) override {
    return std::fwrite(data, 1, size, file) == size ? int64_t(size) : -1;
  }
  bool seek(uint64_t to) override {
    return std::fseek(file, long(to), SEEK_SET) == 0;
  }
  int64_t getLength() override {
    long position = std::ftell(file);
    std::fseek(file, 0, SEEK_END);
    long length = std::ftell(file);
    std::fseek(file, position, SEEK_SET);
    return length;
  }

private:
  FILE *file;
};
} // namespace

void FileSystem::setFile(StringRef name, std::vector<uint8_t> content) {
  files[name] = {std::move(content), true};
}

void FileSystem::allowFile(StringRef name) { files[name]; }

const std::vector<uint8_t> *FileSystem::getFile(StringRef name) const {
  auto it = files.find(name);
  return it != files.end() && it->second.exists ? &it->second.content : nullptr;
}

std::unique_ptr<GuestFile> FileSystem::open(StringRef name, OpenMode mode) {
  if (auto it = files.find(name); it != files.end()) {
    if (mode == OpenMode::Read && !it->second.exists)
      return nullptr;
    return std::make_unique<OpenMemoryFile>(it->second, mode);
  }
  if (hostDirectory.empty())
    return nullptr;
  SmallString<128> path(name);
  if (!sys::path::is_absolute(path)) {
    path = hostDirectory;
    sys::path::append(path, name);
  }
  const char *hostMode = mode == OpenMode::Read    ? "rb"
                         : mode == OpenMode::Write ? "wb"
                                                   : "ab";
  FILE *file = std::fopen(path.c_str(), hostMode);
  return file ? std::make_unique<HostFile>(file) : nullptr;
}
