// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Images.cpp - The bytes of the stream in each memory ----------------===//

#include "Images.h"

#include "../Planning/TileTable.h"

#include "se/Dialect/RNN/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

Images::Images(ArrayRef<StageLoop> loops, const Tiling &tiling) {
  resident.resize(tiling.residentBytes);
  for (auto &[value, position] : tiling.shared) {
    ArrayRef<char> bytes =
        rnn::getRawBytes(value.getDefiningOp<arith::ConstantOp>().getValue());
    llvm::copy(bytes, resident.begin() + position);
    parts.push_back({position, position + int64_t(bytes.size())});
  }
  for (const Tile &tile : listTiles(loops, tiling)) {
    std::vector<char> data;
    appendTile(*tile.loop, tile.number, data);
    auto bytes = int32_t(data.size()), position = int32_t(tile.position);
    if (tile.level == cluster::Level::l1) {
      llvm::copy(data, resident.begin() + position);
      parts.push_back({position, position + tile.loop->getTileBytes()});
      continue;
    }
    // A direct l3 holds the whole stream.
    std::vector<char> &image = !tile.isExternal                    ? stream
                               : tile.level == cluster::Level::nvm ? nvm
                                                                   : l3;
    image.insert(image.end(), data.begin(), data.end());
    transfers.insert(transfers.end(), {tile.isExternal ? 0 : position, bytes});
    if (tile.isExternal)
      external.insert(external.end(), {position, bytes});
  }
  llvm::sort(parts);
}
