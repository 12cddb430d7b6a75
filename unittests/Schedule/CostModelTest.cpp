// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Cost/ElementCost.h"
#include "Cost/Prediction.h"

#include "se/Dialect/Cluster/Cluster.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace se::schedule;

namespace {

class CostModelTest : public testing::Test {
protected:
  CostModelTest() {
    context.loadDialect<arith::ArithDialect, math::MathDialect, scf::SCFDialect,
                        tensor::TensorDialect, se::rnn::RNNDialect,
                        se::plan::PlanDialect, se::cluster::ClusterDialect>();
  }

  /// A stage with this body, behind %x, %y : f32 and %h : f16 of tensors of 128
  /// elements, %tx, %ty and %th; it yields `result`.
  se::plan::StageOp makeStage(llvm::StringRef body,
                              llvm::StringRef result = "%x : f32") {
    std::string type = result.split(" : ").second.str();
    std::string text =
        ("rnn.network @f inputs(%tx = \"x\" : tensor<128xf32>, %ty = \"y\" : "
         "tensor<128xf32>, %th = \"h\" : tensor<128xf16>) outputs(\"z\" : "
         "tensor<64x" +
         type + ">) {\n%z = plan.stage \"s\" depth 0 elements 64 : tensor<64x" +
         type +
         "> {\n^bb0(%e: index):\n%x = plan.read %tx[%e] : tensor<128xf32>\n"
         "%y = plan.read %ty[%e] : tensor<128xf32>\n"
         "%h = plan.read %th[%e] : tensor<128xf16>\n" +
         body + "\nplan.yield " + result + "\n}\nrnn.yield %z : tensor<64x" +
         type + ">\n}")
            .str();
    module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module) << text;
    se::plan::StageOp found;
    module->walk([&](se::plan::StageOp stage) { found = stage; });
    return found;
  }

  /// Of the operations of a body.
  Cost getCostOf(llvm::StringRef body, bool isPair = false) {
    Cost cost;
    for (Operation &op : llvm::drop_begin(makeStage(body).getBody().front(), 3))
      cost += getCost(op, isPair);
    return cost;
  }

  /// A cluster with so many FPUs.
  Machine getMachine(int64_t fpus) {
    std::string text =
        "#cluster.target<\"t\", cores = 8, dma_core = 8, fpus = " +
        std::to_string(fpus) +
        ", core_cache = 512, cluster_cache = 4096, memories = ["
        "<level = l1, bytes = 65536, bytes_per_cycle = 8.0 : f64, latency = 1>,"
        "<level = l2, bytes = 65536, bytes_per_cycle = 4.0 : f64, latency = 9>"
        "]>";
    return Machine(
        cast<se::cluster::TargetAttr>(parseAttribute(text, &context)));
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

TEST_F(CostModelTest, MachinesComeFromTheTarget) {
  Machine machine = getMachine(2);
  EXPECT_EQ(machine.cores, 8u);
  EXPECT_EQ(machine.fpus, 2u);
  EXPECT_EQ(machine.loadCycles, 9);
  EXPECT_EQ(machine.bytesPerCycle, 4);
  EXPECT_EQ(machine.coreCacheBytes, 512);
  EXPECT_EQ(machine.clusterCacheBytes, 4096);
}

TEST_F(CostModelTest, ArithmeticUsesTheFpu) {
  Cost one = getCostOf("%0 = arith.addf %x, %y : f32");
  EXPECT_EQ(one.fpu, 1);
  EXPECT_GE(one.cycles, 1);
  EXPECT_GE(one.bytes, 4);
  Cost two = getCostOf("%0 = arith.addf %x, %y : f32\n"
                       "%1 = arith.mulf %0, %y : f32");
  EXPECT_EQ(two.cycles, 2 * one.cycles);
  EXPECT_EQ(two.bytes, 2 * one.bytes);
}

TEST_F(CostModelTest, PairIsCheaperThanTwoSingles) {
  Cost pair = getCostOf("%0 = arith.mulf %h, %h : f16", /*isPair=*/true);
  Cost single = getCostOf("%0 = arith.mulf %h, %h : f16");
  EXPECT_LT(pair.cycles, 2 * single.cycles);
  EXPECT_EQ(pair.fpu, 1);
}

TEST_F(CostModelTest, ConstantsAreFree) {
  Cost cost = getCostOf("%c = arith.constant 3 : index\n"
                        "%1 = arith.constant 2.0 : f32");
  EXPECT_EQ(cost.cycles, 0);
  EXPECT_EQ(cost.bytes, 0);
}

TEST_F(CostModelTest, WhatIsAddedToAnIndexIsFree) {
  auto read = [&](llvm::StringRef place) {
    return getCostOf(
        ("%0 = plan.read %tx[" + place + "] : tensor<128xf32>").str());
  };
  EXPECT_EQ(read("%e").cycles, loadCost.cycles);
  EXPECT_EQ(read("%e + 3").cycles, loadCost.cycles);
  EXPECT_GT(read("%e mod 8").cycles, read("%e + 3").cycles + 2);
}

// Of a pair, what has a packed form is done once, all else twice.
TEST_F(CostModelTest, PairsShareWhatIsPacked) {
  auto compare = [&](llvm::StringRef body, llvm::StringRef result) {
    se::plan::StageOp stage = makeStage(body, result);
    return std::pair(getElementCost(stage, false), getElementCost(stage, true));
  };
  auto [one, both] = compare("%0 = arith.mulf %h, %h : f16", "%0 : f16");
  EXPECT_LE(both.cycles, one.cycles);
  auto [single, two] = compare("%0 = arith.mulf %x, %y : f32", "%0 : f32");
  EXPECT_EQ(2 * single.cycles, two.cycles);
  EXPECT_EQ(2 * single.fpu, two.fpu);
  // Elements that are no neighbours come one by one.
  auto [near, nearPair] =
      compare("%0 = plan.read %th[%e + 2] : tensor<128xf16>", "%0 : f16");
  auto [odd, oddPair] =
      compare("%0 = plan.read %th[%e + 1] : tensor<128xf16>", "%0 : f16");
  EXPECT_EQ(near.cycles, odd.cycles);
  EXPECT_LT(nearPair.cycles, oddPair.cycles);
  EXPECT_FALSE(
      usesPackedHalves(makeStage("%0 = arith.mulf %x, %y : f32", "%0 : f32")));
  EXPECT_TRUE(
      usesPackedHalves(makeStage("%0 = arith.mulf %h, %h : f16", "%0 : f16")));
}

TEST_F(CostModelTest, FunctionsAreLongerThanArithmetic) {
  Cost add = getCostOf("%0 = arith.addf %x, %y : f32");
  for (llvm::StringRef text :
       {"%0 = math.exp %x : f32", "%0 = math.log %x : f32",
        "%0 = rnn.activation <sigmoid> %x : f32 -> f32",
        "%0 = rnn.activation <softplus> %x : f32 -> f32"}) {
    Cost cost = getCostOf(text);
    EXPECT_GT(cost.cycles, 8 * add.cycles) << text.str();
    EXPECT_GT(cost.bytes, 10 * add.bytes) << text.str();
    EXPECT_EQ(cost.divisions, 0) << text.str();
  }
}

TEST_F(CostModelTest, DivisionsAreCounted) {
  EXPECT_EQ(getCostOf("%0 = arith.divf %x, %y : f32").divisions, 1);
  EXPECT_EQ(getCostOf("%0 = math.rsqrt %x : f32").divisions, 2);
  Machine four = getMachine(4);
  // All cores wait for the one divider.
  Cost cost = getCostOf("%0 = arith.divf %x, %y : f32");
  EXPECT_GT(getCycles(cost, 8, four), 3 * getCycles(cost, 1, four));
}

TEST_F(CostModelTest, LoopsRunOftenAndAreLaidOutOnce) {
  auto getLoop = [&](int trips) {
    return getCostOf(
        ("%a = arith.constant 0 : index\n%b = arith.constant " +
         std::to_string(trips) +
         " : index\n%c = arith.constant 1 : index\n"
         "%s = scf.for %i = %a to %b step %c iter_args(%t = %x) -> f32 {\n"
         "  %w = plan.read %tx[%i] : tensor<128xf32>\n"
         "  %n = math.fma %w, %y, %t : f32\n"
         "  scf.yield %n : f32\n}"));
  };
  Cost few = getLoop(8), many = getLoop(64);
  EXPECT_EQ(few.products, 8);
  EXPECT_EQ(many.products, 64);
  EXPECT_EQ(few.bytes, many.bytes);
  EXPECT_NEAR((many.cycles - few.cycles) / 56, 3.5, 1);
}

TEST_F(CostModelTest, DotsTakeTwoInstructionsAWord) {
  Type single = Float32Type::get(&context), half = Float16Type::get(&context),
       byte = IntegerType::get(&context, 8);
  // Of 4 rows: a word of the vector, then for each row a word and a product.
  auto perWord = [&](Type element, int64_t lanes) {
    Cost few = getDotCost(4, 16 * lanes, element, false);
    Cost many = getDotCost(4, 32 * lanes, element, false);
    return (many.cycles - few.cycles) / 16;
  };
  EXPECT_EQ(perWord(single, 1), 9);
  EXPECT_EQ(perWord(half, 2), 9);
  EXPECT_EQ(perWord(byte, 4), 9);
  EXPECT_EQ(getDotCost(4, 20, byte, false).products, 80);
  // A word that is not full is loaded element by element.
  EXPECT_GT(getDotCost(4, 21, byte, false).cycles,
            getDotCost(4, 20, byte, false).cycles);
  EXPECT_GT(getDotCost(4, 21, byte, false).bytes,
            getDotCost(4, 20, byte, false).bytes);
  // Of a single row nothing lies between a load and its use.
  EXPECT_EQ(getDotCost(1, 40, byte, false).cycles -
                getDotCost(1, 20, byte, false).cycles,
            5 * 4);
}

TEST_F(CostModelTest, CoresWaitOnlyWhereTheyShareAnFpu) {
  Machine four = getMachine(4), two = getMachine(2), eight = getMachine(8);
  Cost cost = getCostOf("%0 = arith.addf %x, %y : f32");
  EXPECT_EQ(getCycles(cost, 8, eight), cost.cycles);
  EXPECT_GT(getCycles(cost, 4, two), cost.cycles);
  EXPECT_GT(getCycles(cost, 8, two), getCycles(cost, 8, four));
  EXPECT_EQ(getCycles(cost, 4, four), cost.cycles);
  EXPECT_GT(getCycles(cost, 8, four), cost.cycles);
  Type half = Float16Type::get(&context);
  EXPECT_EQ(getCycles(getDotCost(4, 64, half, false), 8, four),
            getCycles(getDotCost(4, 64, half, false), 1, four));
  EXPECT_GT(getCycles(getDotCost(4, 62, half, true), 8, four),
            getCycles(getDotCost(4, 62, half, true), 1, four));
}

TEST(MissShareTest, WhatFitsStays) {
  EXPECT_EQ(getMissShare(0), 0);
  EXPECT_EQ(getMissShare(1), 0);
  double before = 0;
  for (double size = 1.05; size < 6; size += 0.05) {
    double share = getMissShare(size);
    EXPECT_GT(share, before) << size;
    EXPECT_LT(share, 1) << size;
    before = share;
  }
  // What it stands for: of so many lines in a set of 4 ways, one stays if none
  // of the misses in between takes its way.
  for (int lines = 5; lines < 20; ++lines) {
    double share = getMissShare(lines / 4.0);
    EXPECT_NEAR(1 - share, std::pow(0.75, (lines - 1) * share), 1e-3) << lines;
  }
}

TEST(PredictionTest, CoresOrEngineAreTheBound) {
  // Four tiles of 8,000 bytes, 1,000 cycles of the engine each.
  auto predict = [](double cycles, int64_t slots) {
    SmallVector<Step> steps(4, {cycles, 8000, 0});
    return predictFrame(steps, slots, 8);
  };
  EXPECT_NEAR(predict(3000, 3), 4 * 3000, 1);
  EXPECT_NEAR(predict(100, 3), 4 * (1000 + transferCycles), 1);
  // With two slots the engine waits for the cores in each step.
  EXPECT_GT(predict(900, 2), predict(900, 3));
}

TEST(PredictionTest, TheExternalEngineStopsIfTilesDoNotFlow) {
  // 40 steps of 1,000 cycles, 20 with a tile that takes 1,900 from behind L2.
  auto predict = [](int64_t distance) {
    SmallVector<Step> steps(40, {1000, 0, 0});
    for (int64_t i = 0; i != 20; ++i)
      steps[i * distance] = {1000, 800, 1900};
    return predictFrame(steps, /*slots=*/3, 8, /*ahead=*/2);
  };
  // It has time enough if they are spread, but not if they come one after the
  // other: then only four are there or on their way.
  EXPECT_NEAR(predict(2), 40000, 1);
  EXPECT_GT(predict(1), 50000);
}

} // namespace
