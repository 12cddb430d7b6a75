// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The files that a simulated program opens by semihosting: in memory by name,
// else, if allowed, in a folder of the host and nowhere outside of it.

#ifndef SE_SIMULATOR_FILESYSTEM_H
#define SE_SIMULATOR_FILESYSTEM_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include <cstddef>
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

/// Bytes that a program may write unless told otherwise.
inline constexpr uint64_t defaultMaxFileBytes = uint64_t(64) << 20;

/// Thread-compatible; outlives the files it opened.
class FileSystem {
public:
  /// With a folder, names that are no memory files are files in there: regular
  /// ones, with one name and no right to be executed if they are written. A
  /// program writes `maxBytes` in all to those, and no file beyond that.
  explicit FileSystem(std::string folder = "",
                      uint64_t maxBytes = defaultMaxFileBytes);
  ~FileSystem();

  /// Makes or replaces a file in memory.
  void setFile(llvm::StringRef name, std::vector<uint8_t> content);
  /// Lets the program create this file in memory, of so many bytes.
  void allowFile(llvm::StringRef name, uint64_t maxBytes);
  /// The content of a memory file, or null if the program never wrote it.
  const std::vector<uint8_t> *getFile(llvm::StringRef name) const;

  /// Null if the file cannot be opened so.
  std::unique_ptr<GuestFile> open(llvm::StringRef name, OpenMode mode);

  /// What was first refused to the program, and why; empty if nothing was.
  const std::string &getRefusal() const { return refusal; }

private:
  struct MemoryFile {
    std::vector<uint8_t> content;
    bool exists = false;
    uint64_t maxBytes = 0;
  };
  class OpenMemoryFile;
  class HostFile;

  std::unique_ptr<GuestFile> openOnHost(llvm::StringRef name, OpenMode mode);
  std::nullptr_t refuse(llvm::StringRef name, const llvm::Twine &why);

  std::string folder, refusal;
  /// Of the folder: what may still be written, and opened to be written.
  uint64_t maxBytes, bytesLeft;
  unsigned writesLeft;
  llvm::StringMap<MemoryFile> files;
};

} // namespace se::sim

#endif // SE_SIMULATOR_FILESYSTEM_H
