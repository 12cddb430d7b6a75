// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The files that a simulated program opens by semihosting: in memory by name,
// else, if allowed, in a directory of the host.

#ifndef SE_SIMULATOR_FILESYSTEM_H
#define SE_SIMULATOR_FILESYSTEM_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace se::sim {

/// An open file. Failing calls return -1 as the semihosting calls do.
class GuestFile {
public:
  virtual ~GuestFile();
  /// Returns the number of bytes read, 0 at the end.
  virtual int64_t read(uint8_t *data, uint32_t size) = 0;
  virtual int64_t write(const uint8_t *data, uint32_t size) = 0;
  /// Sets the position from the start.
  virtual bool seek(uint64_t position) = 0;
  virtual int64_t getLength() = 0;
};

enum class OpenMode { Read, Write, Append };

/// Thread-compatible; outlives the files it opened.
class FileSystem {
public:
  /// With a directory, names that are no memory files are files in there.
  explicit FileSystem(std::string hostDirectory = "");
  ~FileSystem();

  /// Makes or replaces a file in memory.
  void setFile(llvm::StringRef name, std::vector<uint8_t> content);
  /// Lets the program create this file in memory.
  void allowFile(llvm::StringRef name);
  /// The content of a memory file, or null if the program never wrote it.
  const std::vector<uint8_t> *getFile(llvm::StringRef name) const;

  /// Null if the file cannot be opened so.
  std::unique_ptr<GuestFile> open(llvm::StringRef name, OpenMode mode);

private:
  struct MemoryFile {
    std::vector<uint8_t> content;
    bool exists = false;
  };
  class OpenMemoryFile;

  std::string hostDirectory;
  llvm::StringMap<MemoryFile> files;
};

} // namespace se::sim

#endif // SE_SIMULATOR_FILESYSTEM_H
