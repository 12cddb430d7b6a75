// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Loops.h - Loops for tests, made by hand ------------------*- C++ -*-===//

#ifndef SE_UNITTESTS_SCHEDULE_LOOPS_H
#define SE_UNITTESTS_SCHEDULE_LOOPS_H

#include "Planning/Tiling.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Builders.h"
#include "gtest/gtest.h"

namespace se::schedule {

/// Makes loops without a network: layout and tiling look only at sizes.
class LoopsTest : public testing::Test {
protected:
  LoopsTest() : b(&context) { context.loadDialect<cluster::ClusterDialect>(); }

  /// So many rows of each element, all of so many columns.
  RowBlock makeBlock(int64_t columns, int64_t rows, mlir::Type element) {
    RowBlock block;
    block.from = b.getAffineConstantExpr(0);
    block.columns = columns;
    block.element = element;
    block.sum = element.isInteger(8) ? mlir::Type(b.getI32Type())
                                     : mlir::Type(b.getF32Type());
    block.sums.resize(rows);
    return block;
  }

  /// `memories` behind L1 and L2, as text.
  cluster::TargetAttr makeTarget(int64_t l1, int64_t l2,
                                 llvm::StringRef memories = "") {
    std::string text =
        ("#cluster.target<\"t\", cores = 8, dma_core = 8, fpus = 4, "
         "core_cache = 512, cluster_cache = 4096, memories = ["
         "<level = l1, bytes = " +
         llvm::Twine(l1) +
         ", bytes_per_cycle = 8.0 : f64, latency = 1>, <level = l2, bytes = " +
         llvm::Twine(l2) + ", bytes_per_cycle = 8.0 : f64, latency = 15>" +
         memories + "]>")
            .str();
    return llvm::cast<cluster::TargetAttr>(
        mlir::parseAttribute(text, &context));
  }

  /// Adds a loop over so many elements, in register tiles of `register tile`.
  StageLoop &addLoop(StageLoops &stageLoops, int64_t elements, RowBlock block,
                     int64_t registerTile = 1) {
    StageLoop &loop = stageLoops.addLoop(elements, block);
    loop.panel.layOut(registerTile);
    return loop;
  }

  mlir::MLIRContext context;
  mlir::Builder b;
};

} // namespace se::schedule

#endif // SE_UNITTESTS_SCHEDULE_LOOPS_H
