// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Report.cpp - What a program is expected to take --------------------===//

#include "se/Dialect/Plan/Plan.h"

using namespace mlir;
using namespace se::plan;

LogicalResult CyclesAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 int64_t compute, int64_t dma,
                                 int64_t external) {
  if (std::min({compute, dma, external}) < 0)
    return emitError() << "cycles-C1: cycles must not be negative";
  return success();
}

StringRef CyclesAttr::getBound() const {
  if (getExternal() > std::max(getDma(), getCompute()))
    return "external";
  return getDma() > getCompute() ? "dma" : "compute";
}

LogicalResult BytesAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                int64_t l1, int64_t l2, int64_t l3,
                                int64_t nvm) {
  if (std::min({l1, l2, l3, nvm}) < 0)
    return emitError() << "bytes-C1: bytes must not be negative";
  return success();
}

LogicalResult StageReportAttr::verify(
    function_ref<InFlightDiagnostic()> emitError, StringRef name, int64_t depth,
    int64_t elements, int64_t macs, int64_t registerTile, int64_t vectors,
    int64_t tile, int64_t kBlocks, int64_t tiles, BytesAttr bytes, CyclesAttr) {
  if (std::min({elements, registerTile, vectors, tile, kBlocks}) < 1 ||
      std::min({depth, macs, tiles}) < 0)
    return emitError() << "stage-report-C1: elements, register_tile, vectors, "
                          "tile and k_blocks of '"
                       << name
                       << "' must be positive, other numbers not negative";
  if (tiles == 0 &&
      bytes != BytesAttr::get(bytes.getContext(), /*l1=*/0, 0, 0, 0))
    return emitError() << "stage-report-C2: '" << name
                       << "' has no tiles, so it must have no bytes of "
                          "parameters";
  return success();
}

LogicalResult ReportAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 int64_t frame, CyclesAttr, int64_t slots,
                                 int64_t slotBytes, int64_t l2Slots,
                                 BytesAttr used, BytesAttr available,
                                 ArrayRef<StageReportAttr> stages,
                                 ArrayRef<BufferAttr>) {
  if (frame < 0 || (slots != 0 && !StreamAttr::isSlots(slots)) ||
      !StreamAttr::isSlotBytes(slotBytes) || (slotBytes == 0) != (slots == 0) ||
      l2Slots < 0)
    return emitError() << "report-C1: the ring must have 2 to 6 slots whose "
                          "size is a multiple of 16, or none, and no number "
                          "may be negative";
  if (!llvm::is_sorted(stages, [](StageReportAttr a, StageReportAttr b) {
        return a.getDepth() < b.getDepth();
      }))
    return emitError()
           << "report-C2: stages must stand in the order of their depths";
  if (used.getL1() > available.getL1() || used.getL2() > available.getL2() ||
      used.getL3() > available.getL3() || used.getNvm() > available.getNvm())
    return emitError()
           << "report-C3: no more of a memory may be used than is available";
  return success();
}
