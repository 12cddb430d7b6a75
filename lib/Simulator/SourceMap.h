// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the debug information of a program (DWARF) tells of its code: lines of
// sources, and the stages of a network's kernel, which are inlined functions
// "stage NAME" (docs/elf.md). A program without debug information has neither,
// and one whose debug information is damaged may have neither.

#ifndef SE_LIB_SIMULATOR_SOURCEMAP_H
#define SE_LIB_SIMULATOR_SOURCEMAP_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <string>
#include <vector>

namespace llvm {
class DWARFContext;
class DWARFUnit;
} // namespace llvm

namespace se::sim {

class SourceMap {
public:
  /// `program` is an ELF file.
  explicit SourceMap(llvm::MemoryBufferRef program);

  static constexpr unsigned noStage = ~0u;

  /// Code [begin, end) of one stage, or between stages.
  struct Range {
    uint32_t begin, end;
    unsigned stage;
  };
  /// The range of an address.
  Range getRange(uint32_t pc) const;
  /// Names by number.
  llvm::ArrayRef<std::string> getStages() const { return stages; }

  /// "STAGE, FILE:LINE", as far as known.
  std::string describe(uint32_t pc) const;

private:
  void read(llvm::MemoryBufferRef program);
  void readStages(llvm::DWARFUnit &unit);
  void readLines(llvm::DWARFContext &context, llvm::DWARFUnit &unit);

  /// Code [begin, end) of a line of a source, "FILE:LINE".
  struct Line {
    uint32_t begin, end;
    std::string place;
  };
  std::vector<std::string> stages;
  /// Of stages, sorted and apart.
  std::vector<Range> ranges;
  std::vector<Line> lines; ///< in the order of the file's tables
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_SOURCEMAP_H
