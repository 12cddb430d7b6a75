// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CellLibrary.cpp - Cells that come with the tools -------------------===//

#include "se/Dialect/RNN/CellLibrary.h"

#include "mlir/Parser/Parser.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace se::rnn;

// Made of the folder cells by EmbedCells.cmake.
static constexpr LibraryCell cells[] = {
#include "LibraryCells.inc"
};

ArrayRef<LibraryCell> se::rnn::getLibraryCells() { return cells; }

const LibraryCell *se::rnn::findLibraryCell(StringRef name) {
  const LibraryCell *cell = llvm::find_if(
      cells, [&](const LibraryCell &cell) { return cell.name == name; });
  return cell == std::end(cells) ? nullptr : cell;
}

std::string se::rnn::describeUnknownCell(StringRef name) {
  auto distance = [&](const LibraryCell &cell) {
    return StringRef(cell.name).edit_distance_insensitive(name);
  };
  // Of those that are equally near, one of the same length: letters swapped.
  auto rank = [&](const LibraryCell &cell) {
    size_t size = cell.name.size();
    return std::pair(distance(cell), size < name.size() ? name.size() - size
                                                        : size - name.size());
  };
  const LibraryCell *nearest =
      llvm::min_element(cells, [&](const LibraryCell &a, const LibraryCell &b) {
        return rank(a) < rank(b);
      });
  // A word that has little in common with any name was no slip.
  bool isSlip = distance(*nearest) <= 1 + unsigned(name.size()) / 3;
  return ("the library has no cell '" + name + "'" +
          (isSlip ? ", did you mean '" + nearest->name + "'?"
                  : "; se-compile --cell=help lists its cells"))
      .str();
}

OwningOpRef<ModuleOp> se::rnn::parseLibraryCell(const LibraryCell &cell,
                                                MLIRContext *context) {
  return parseSourceString<ModuleOp>(cell.text, ParserConfig(context),
                                     ("cells/" + cell.name + ".mlir").str());
}
