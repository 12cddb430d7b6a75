// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Tiling.cpp - How parameters flow -----------------------------------===//

#include "se/Dialect/Cluster/Cluster.h"

using namespace mlir;
using namespace se::cluster;

LogicalResult
StageTilingAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        StringRef name, int64_t elements, int64_t panelBytes,
                        int64_t registerTile, int64_t tile, int64_t kBlocks,
                        bool, int64_t resident) {
  if (std::min({elements, panelBytes, registerTile, tile, kBlocks}) < 1 ||
      resident < 0)
    return emitError() << "stage_tiling-C1: numbers of stage '" << name
                       << "' must be positive, those that are resident at "
                          "least 0";
  return success();
}

LogicalResult TilingAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 int64_t slots, int64_t slotBytes,
                                 int64_t l1Bytes, Screening,
                                 ArrayRef<StageTilingAttr>) {
  if (slots != 0 && (slots < 2 || slots > 6))
    return emitError() << "tiling-C1: the ring must have 2 to 6 slots, or "
                          "none, found "
                       << slots;
  constexpr int64_t mostSlotBytes = 1 << 16; // of a transfer
  if (slotBytes < 0 || slotBytes > mostSlotBytes || slotBytes % 16 ||
      (slotBytes == 0) != (slots == 0))
    return emitError()
           << "tiling-C2: slot_bytes must be a multiple of 16 up to "
           << mostSlotBytes << ", and 0 without slots only, found "
           << slotBytes;
  if (l1Bytes < 0)
    return emitError() << "tiling-C3: l1_bytes must not be negative, found "
                       << l1Bytes;
  return success();
}
