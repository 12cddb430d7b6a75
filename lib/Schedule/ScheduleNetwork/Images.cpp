// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Images.cpp - The bytes of the stream in each memory ----------------===//

#include "Images.h"

#include "se/Dialect/RNN/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

Images::Images(ArrayRef<StageLoop> loops, const Tiling &tiling) {
  resident.resize(tiling.residentBytes);
  for (auto &[value, position] : tiling.shared) {
    ArrayRef<char> bytes =
        rnn::getRawBytes(value.getDefiningOp<arith::ConstantOp>().getValue());
    llvm::copy(bytes, resident.begin() + position);
  }
  for (const StageLoop &loop : loops) {
    if (!loop.isStreamed())
      continue;
    std::vector<char> kept;
    size_t stride = llvm::alignTo(loop.getTileBytes(), 16);
    for (int64_t tile = 0, e = loop.getTiles(); tile != e; ++tile)
      if (loop.isResident(tile)) {
        appendTile(loop, tile, kept);
        // Tiles with fewer rows take as much as others.
        kept.resize(llvm::alignTo(kept.size(), stride));
      }
    llvm::copy(kept, resident.begin() + loop.position);
  }

  int64_t number = 0, among = 0;
  forEachTransfer(loops, [&](const StageLoop &loop, int64_t tile) {
    std::vector<char> *image = &stream;
    bool isExternal = isChosen(number++, tiling.external, tiling.transfers);
    if (isExternal)
      image =
          isChosen(among++, tiling.nonVolatile, tiling.external) ? &nvm : &l3;
    int32_t position = int32_t(image->size());
    appendTile(loop, tile, *image);
    int32_t bytes = int32_t(image->size()) - position;
    transfers.insert(transfers.end(), {isExternal ? 0 : position, bytes});
    if (isExternal)
      external.insert(external.end(), {position, bytes});
  });
}
