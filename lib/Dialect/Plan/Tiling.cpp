// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Tiling.cpp - How parameters flow -----------------------------------===//

#include "se/Dialect/Plan/Plan.h"

using namespace mlir;
using namespace se::plan;

LogicalResult TilingAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 int64_t registerTile, int64_t panelBytes,
                                 int64_t tile, int64_t kBlocks, bool,
                                 int64_t resident, int64_t unroll) {
  if (registerTile < 1 || kBlocks < 1 || unroll < 1 ||
      std::min({panelBytes, tile, resident}) < 0 ||
      (panelBytes != 0 && tile == 0))
    return emitError()
           << "tiling-C1: register_tile, k_blocks and unroll "
              "must be positive, other numbers not negative, and there are "
              "panels with a tile only";
  return success();
}

LogicalResult StreamAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 int64_t slots, int64_t slotBytes,
                                 int64_t l1Bytes, Screening,
                                 int64_t codeBytes) {
  if (slots != 0 && !isSlots(slots))
    return emitError() << "stream-C1: the ring must have 2 to 6 slots, or "
                          "none, found "
                       << slots;
  if (!isSlotBytes(slotBytes) || (slotBytes == 0) != (slots == 0))
    return emitError()
           << "stream-C2: slot_bytes must be a multiple of 16 up to "
           << mostSlotBytes << ", and 0 without slots only, found "
           << slotBytes;
  if (l1Bytes < 0)
    return emitError() << "stream-C3: l1_bytes must not be negative, found "
                       << l1Bytes;
  if (codeBytes < 0 || codeBytes % BufferAttr::alignment)
    return emitError() << "stream-C4: code_bytes must be a multiple of "
                       << BufferAttr::alignment << " and not negative, found "
                       << codeBytes;
  return success();
}

LogicalResult BufferAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 StringRef name, int64_t offset, int64_t bytes,
                                 int64_t first, int64_t last) {
  bool isAlways = first == -1 && last == -1;
  // So that no sum of both overflows.
  constexpr int64_t most = int64_t(1) << 40;
  if (offset < 0 || offset > most || offset % alignment || bytes < 1 ||
      bytes > most || (!isAlways && (first < 0 || last < first)))
    return emitError() << "buffer-C1: the offset of '" << name
                       << "' must be a multiple of " << alignment
                       << ", its bytes positive, and its depths none or two "
                          "in order";
  return success();
}
