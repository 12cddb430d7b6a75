// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SearchTest.cpp - The fastest policy that is good enough ------------===//

#include "se/Quantization/Search.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace se::quantization;

namespace {
/// Layers whose cycles and losses are known. Losses add up like noise.
struct Layer {
  std::string name;
  int64_t saved;
  double loss;
  /// If there are any, they share all savings; the first has all the loss.
  std::vector<std::string> gates = {};
};

class SearchTest : public testing::Test {
protected:
  llvm::Expected<SearchResult> search(const std::vector<Layer> &layers,
                                      double maxLoss) {
    std::vector<QuantizableLayer> names;
    for (const Layer &layer : layers)
      names.push_back({layer.name, layer.gates});
    SearchOptions options;
    options.maxLoss = maxLoss;
    options.getCost = [&](const Policy &policy) -> llvm::Expected<Cost> {
      Cost cost{1000, 1000};
      for (const Layer &layer : layers) {
        if (isInt8(policy, layer.name))
          cost.cycles -= layer.saved;
        for (const std::string &gate : layer.gates)
          if (isInt8(policy, gate))
            cost.cycles -= layer.saved / int64_t(layer.gates.size());
      }
      return cost;
    };
    options.getLoss = [&](const Policy &policy) -> llvm::Expected<double> {
      ++trials;
      double noise = isWide(policy, "slow") ? 1e-6 : halfNoise;
      for (const Layer &layer : layers)
        if (isInt8(policy, layer.name) ||
            (!layer.gates.empty() && isInt8(policy, layer.gates.front())))
          noise += layer.loss * layer.loss;
      return std::sqrt(noise);
    };
    options.getTrend = [&](const Policy &policy) -> llvm::Expected<LossTrend> {
      ++trends;
      LossTrend trend{llvm::cantFail(options.getLoss(policy)), {}};
      trend.parts.assign(4, trend.loss);
      if (!growing.empty() && isInt8(policy, growing))
        trend.parts = {0.01, 0.02, 0.03, 0.04};
      return trend;
    };
    options.allLayers = allLayers;
    return searchPolicy(*Policy::load("fp16"), names, options);
  }
  static bool isWide(const Policy &policy, llvm::StringRef layer) {
    const Policy::Entry *entry = *policy.find(layer, layer);
    return entry && entry->layer.precision == Precision::FP32;
  }
  static bool isInt8(const Policy &policy, llvm::StringRef layer) {
    const Policy::Entry *entry = *policy.find(layer, layer);
    return entry && entry->layer.precision == Precision::INT8;
  }
  static const Candidate &getChosen(const SearchResult &result) {
    return *llvm::find_if(result.candidates, [](const Candidate &candidate) {
      return candidate.isChosen;
    });
  }
  using Names = std::vector<std::string>;

  unsigned trials = 0, trends = 0;
  /// A layer whose loss as int8 grows.
  std::string growing;
  double halfNoise = 1e-6;
  std::vector<std::string> allLayers;
};
} // namespace

TEST_F(SearchTest, LeavesOutWhatCostsMost) {
  auto result = search(
      {{"input", 50, 0.8}, {"rnn", 400, 0.02}, {"head", 100, 0.01}}, 0.05);
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(getChosen(*result).layers, (Names{"rnn", "head"}));
  EXPECT_EQ(getChosen(*result).cost.cycles, 500);
  EXPECT_TRUE(isInt8(result->policy, "rnn"));
  EXPECT_FALSE(isInt8(result->policy, "input"));
  EXPECT_LE(trials, 9u);
}

TEST_F(SearchTest, TakesGatesOfALayerThatLosesTooMuch) {
  auto result =
      search({{"rnn", 400, 0.8, {"rnn.cell", "rnn.in", "rnn.out", "rnn.x"}},
              {"head", 100, 0.01}},
             0.05);
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(getChosen(*result).layers,
            (Names{"head", "rnn.in", "rnn.out", "rnn.x"}));
  EXPECT_EQ(getChosen(*result).cost.cycles, 600);
  EXPECT_FALSE(getChosen(*result).isAll);
}

TEST_F(SearchTest, TakesAllIfItMay) {
  auto result = search({{"a", 50, 0.3}, {"b", 400, 0.2}}, 0.5);
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(getChosen(*result).layers, (Names{"a", "b"}));
  EXPECT_TRUE(getChosen(*result).isAll);
}

TEST_F(SearchTest, LooksBeyondTheOrderOfMerit) {
  // In the order of merit (a, b, c) b comes before c, but does not fit beside
  // a; c does.
  auto result =
      search({{"a", 500, 0.030}, {"b", 300, 0.035}, {"c", 10, 0.02}}, 0.04);
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(getChosen(*result).layers, (Names{"a", "c"}));
}

TEST_F(SearchTest, Pareto) {
  // `worse` saves less than `better` and loses more.
  auto result = search({{"worse", 10, 0.4}, {"better", 300, 0.1}}, 0.0011);
  ASSERT_TRUE(bool(result));
  EXPECT_TRUE(getChosen(*result).layers.empty());
  for (const Candidate &candidate : result->candidates)
    EXPECT_EQ(candidate.isPareto, candidate.layers != Names{"worse"});
  EXPECT_TRUE(llvm::is_sorted(result->candidates,
                              [](const Candidate &a, const Candidate &b) {
                                return a.cost.cycles < b.cost.cycles;
                              }));
}

TEST_F(SearchTest, NothingIsAllowed) {
  auto result = search({{"a", 50, 0.3}}, 0.0001);
  ASSERT_FALSE(bool(result));
  EXPECT_EQ(llvm::toString(result.takeError()),
            "auto: fp16 alone loses 0.0010, more than 0.0001");
}

TEST_F(SearchTest, NoLayers) {
  auto result = search({}, 0.1);
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(result->candidates.size(), 1u);
}

TEST_F(SearchTest, RefusesWhatStillGrows) {
  growing = "rnn";
  auto result = search({{"rnn", 400, 0.01}, {"head", 100, 0.01}}, 0.05);
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(getChosen(*result).layers, Names{"head"});
  EXPECT_FALSE(isInt8(result->policy, "rnn"));
  unsigned refused = 0;
  for (const Candidate &candidate : result->candidates)
    if (candidate.isRefused) {
      ++refused;
      EXPECT_TRUE(llvm::is_contained(candidate.layers, "rnn"));
    }
  EXPECT_EQ(refused, 2u) << "both that are faster";
  EXPECT_EQ(trends, 3u);
}

TEST_F(SearchTest, WhatGrows) {
  EXPECT_TRUE((LossTrend{0, {0.01, 0.02, 0.03, 0.04}}.isGrowing(0.05)));
  EXPECT_FALSE((LossTrend{0, {0.01, 0.04, 0.03, 0.04}}.isGrowing(0.05)));
  EXPECT_FALSE((LossTrend{0, {0.03, 0.031, 0.032, 0.04}}.isGrowing(0.05)));
  EXPECT_FALSE((LossTrend{0, {1e-5, 2e-5, 3e-5, 4e-5}}.isGrowing(0.05)));
  EXPECT_FALSE((LossTrend{0, {}}.isGrowing(0.05)));
}

TEST_F(SearchTest, LayersBecomeFp32IfNotEvenFp16IsGoodEnough) {
  halfNoise = 0.04;
  allLayers = {"head", "slow", "rnn"};
  auto result = search({{"rnn", 400, 0.01}, {"head", 100, 0.01}}, 0.05);
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(getChosen(*result).wide, Names{"slow"});
  EXPECT_EQ(getChosen(*result).layers, (Names{"rnn", "head"}));
  EXPECT_TRUE(isWide(result->policy, "slow"));
  EXPECT_FALSE(isWide(result->policy, "rnn"));
}
