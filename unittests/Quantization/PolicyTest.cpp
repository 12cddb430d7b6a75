// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PolicyTest.cpp - Files that name precisions ------------------------===//

#include "se/Quantization/Policy.h"

#include "gtest/gtest.h"

using namespace se::quantization;

static std::string getError(llvm::StringRef text) {
  auto policy = Policy::parse(text, "p.json");
  return policy ? "none" : llvm::toString(policy.takeError());
}

/// The message about one layer, `a`.
static std::string getLayerError(llvm::StringRef layer) {
  std::string message =
      getError(("{\"layers\": {\"a\": " + layer + "}}").str());
  constexpr llvm::StringLiteral path = "p.json: layers: 'a': ";
  EXPECT_TRUE(llvm::StringRef(message).starts_with(path)) << message;
  return message.substr(std::min(message.size(), path.size()));
}

TEST(PolicyTest, Layers) {
  auto policy = Policy::parse(
      R"({"default": "fp32", "layers": {
        "a": {"precision": "fp16", "cell_state": "fp32"},
        "b": {"precision": "int8", "input_scale": 0.5, "input_zero_point": -3,
              "state_scale": 1, "weights": "per-tensor", "cell_state": "fp16"}
      }})",
      "p.json");
  ASSERT_TRUE(bool(policy));
  EXPECT_EQ(policy->getName(), "p.json");
  EXPECT_EQ(policy->getDefault().precision, Precision::FP32);
  ASSERT_EQ(policy->getEntries().size(), 2u);
  const LayerPolicy &a = policy->getEntries()[0].layer;
  EXPECT_EQ(a.precision, Precision::FP16);
  EXPECT_EQ(a.cellState, StatePrecision::FP32);
  const LayerPolicy &b = policy->getEntries()[1].layer;
  EXPECT_EQ(b.precision, Precision::INT8);
  EXPECT_EQ(b.inputScale, 0.5f);
  EXPECT_EQ(b.inputZeroPoint, -3);
  EXPECT_EQ(b.stateScale, 1.0f);
  EXPECT_TRUE(b.isPerTensor);
  EXPECT_EQ(b.cellState, StatePrecision::FP16);
}

/// Names that would be patterns, and no valid ones.
TEST(PolicyTest, SetsExactNames) {
  auto policy = Policy::load("fp16");
  ASSERT_TRUE(bool(policy));
  for (llvm::StringRef name : {"a[b", "a*", "x\\?"}) {
    LayerPolicy layer;
    layer.precision = Precision::INT8;
    policy->set(name, layer);
    policy->set(name, layer);
    auto entry = policy->find(name, name);
    ASSERT_TRUE(entry && *entry) << name.str();
    EXPECT_EQ((*entry)->layer.precision, Precision::INT8);
  }
  EXPECT_EQ(policy->getEntries().size(), 3u);
  auto other = policy->find("ab", "ab");
  EXPECT_TRUE(other && !*other);
  auto gate = policy->find("a[b.forget", "a[b");
  EXPECT_TRUE(gate && *gate);
  // Also once they are written and read.
  auto again = Policy::parse(policy->format(), "again");
  ASSERT_TRUE(bool(again)) << llvm::toString(again.takeError());
  auto entry = again->find("a[b", "a[b");
  EXPECT_TRUE(entry && *entry);
}

TEST(PolicyTest, Defaults) {
  auto policy = Policy::parse("{}", "p.json");
  ASSERT_TRUE(bool(policy));
  EXPECT_EQ(policy->getDefault().precision, Precision::FP16);
  auto uniform = Policy::load("fp32");
  ASSERT_TRUE(bool(uniform));
  EXPECT_EQ(uniform->getName(), "fp32");
  EXPECT_TRUE(uniform->isUniform());
  EXPECT_EQ(uniform->getDefault().precision, Precision::FP32);
}

TEST(PolicyTest, Bases) {
  auto mixed = Policy::load("mixed"), uniform = Policy::load("int8");
  ASSERT_TRUE(mixed && uniform);
  for (const Policy *policy : {&*mixed, &*uniform}) {
    EXPECT_FALSE(policy->isUniform());
    EXPECT_EQ(policy->getQuantized().precision, Precision::INT8);
    EXPECT_EQ(policy->getDefault().precision, Precision::FP16);
    EXPECT_EQ(policy->getQuantized().cellState, StatePrecision::FP16);
  }
  EXPECT_FALSE(mixed->getQuantized().hasByteResults);
  EXPECT_FALSE(uniform->getQuantized().hasByteResults);
  EXPECT_FALSE(uniform->getDefault().hasByteResults);
  // Keys before and after the default have the same effect.
  auto policy = Policy::parse(
      R"({"cell_state": "fp32", "default": "int8", "weights": "per-tensor"})",
      "p.json");
  ASSERT_TRUE(bool(policy));
  EXPECT_TRUE(policy->getQuantized().isPerTensor);
  EXPECT_EQ(policy->getQuantized().cellState, StatePrecision::FP32);
  EXPECT_FALSE(policy->getQuantized().hasByteResults);
}

TEST(PolicyTest, Format) {
  // What is written reads as the same policy.
  llvm::StringRef text = R"({"default": "mixed", "weights": "per-tensor",
      "tensors": {"x": [-0.5, 3]},
      "layers": {"a*": {"precision": "int8", "input_scale": 0.1,
                        "input_zero_point": 4, "results": "int8"},
                 "b": {"precision": "fp32"},
                 "c": {"precision": "fp16", "cell_state": "int16"}}})";
  auto policy = Policy::parse(text, "p.json");
  ASSERT_TRUE(bool(policy));
  std::string written = policy->format();
  auto again = Policy::parse(written, "p.json");
  ASSERT_TRUE(bool(again));
  EXPECT_EQ(again->format(), written);
  EXPECT_EQ(again->getBase(), Base::Mixed);
  EXPECT_TRUE(again->getQuantized().isPerTensor);
  ASSERT_EQ(again->getEntries().size(), 3u);
  EXPECT_EQ(again->getEntries()[0].layer.inputScale, 0.1f);
  EXPECT_EQ(again->getEntries()[0].layer.inputZeroPoint, 4);
  EXPECT_TRUE(again->getEntries()[0].layer.hasByteResults);
  EXPECT_EQ(again->getEntries()[2].layer.cellState, StatePrecision::INT16);
  EXPECT_EQ(again->getRange("x")->range.low, -0.5f);
  EXPECT_EQ(again->getRange("x")->range.high, 3.0f);
  EXPECT_FALSE(again->getRange("y"));
}

TEST(PolicyTest, ZeroHasNoSign) {
  auto policy = cantFail(Policy::parse(
      R"({"tensors": {"x": {"range": [-0.0, 1], "frame": [-0.0, 1]}}})",
      "p.json"));
  std::string text = policy.format();
  EXPECT_EQ(text.find("-0"), std::string::npos) << text;
  EXPECT_EQ(cantFail(Policy::parse(text, "again.json")).format(), text);
}

TEST(PolicyTest, Find) {
  auto policy = Policy::parse(R"({"layers": {
      "*": {"precision": "fp32"}, "rnn*": {"precision": "fp16"},
      "*_1": {"precision": "fp32"}, "rnn_1": {"precision": "fp16"},
      "a[b": {"precision": "fp16"}}})",
                              "p.json");
  // A bracket that is never closed.
  EXPECT_FALSE(bool(policy));
  llvm::consumeError(policy.takeError());
  policy = Policy::parse(R"({"layers": {
      "*": {"precision": "fp32"}, "rn*": {"precision": "fp16"},
      "*_1": {"precision": "fp32"}, "rn_1": {"precision": "fp16"}}})",
                         "p.json");
  ASSERT_TRUE(bool(policy));
  auto find = [&](llvm::StringRef layer) -> std::string {
    auto entry = policy->find(layer, layer);
    if (!entry)
      return llvm::toString(entry.takeError());
    return *entry ? (*entry)->pattern : "none";
  };
  EXPECT_EQ(find("rn_1"), "rn_1");
  EXPECT_EQ(find("rn_2"), "rn*");
  EXPECT_EQ(find("gru_1"), "*_1");
  EXPECT_EQ(find("head"), "*");
  EXPECT_EQ(find("rnn_1"), "p.json: layers: '*_1' and 'rn*' both match layer "
                           "'rnn_1': give it an entry of its own");
}

TEST(PolicyTest, FileErrors) {
  EXPECT_EQ(getError("{} 1").substr(0, 9), "p.json: [");
  EXPECT_EQ(getError("[]"), "p.json: must be an object");
  EXPECT_EQ(getError(R"({"layer": {}})"),
            "p.json: unknown key 'layer', expected default, layers, tensors, "
            "weights, cell_state, results or sums");
  EXPECT_EQ(getError(R"({"layers": []})"),
            "p.json: 'layers' must be an object");
  for (const char *value : {"\"fp8\"", "16"})
    EXPECT_EQ(getError(("{\"default\": " + llvm::Twine(value) + "}").str()),
              "p.json: 'default' must be \"fp32\", \"fp16\", \"int8\" or "
              "\"mixed\"");
  EXPECT_EQ(getError(R"({"tensors": [1]})"),
            "p.json: 'tensors' must be an object");
  for (const char *value : {"1", "[1]", "[1, 0]", "[0, 1e99]", "[0, \"1\"]"})
    EXPECT_EQ(
        getError(("{\"tensors\": {\"x\": " + llvm::Twine(value) + "}}").str()),
        "p.json: tensors: 'x' must be [low, high]");
  EXPECT_EQ(getError(R"({"default": "fp16", "weights": "per-tensor"})"),
            "p.json: 'weights' goes with other layers than the default's");
}

TEST(PolicyTest, LayerErrors) {
  EXPECT_EQ(getLayerError("\"int8\""), "must be an object");
  EXPECT_EQ(getLayerError("{}"), "'precision' is missing");
  for (const char *value : {"\"int4\"", "8"})
    EXPECT_EQ(
        getLayerError(("{\"precision\": " + llvm::Twine(value) + "}").str()),
        "'precision' must be \"fp32\", \"fp16\" or \"int8\"");
  EXPECT_EQ(getLayerError(R"({"precision": "int8", "scale": 1})"),
            "unknown key 'scale', expected precision, input_scale, "
            "input_zero_point, state_scale, weights, cell_state, results "
            "or sums");
  for (const char *value : {"0", "-0.1", "1e-60", "1e60", "\"1\"", "null"})
    EXPECT_EQ(
        getLayerError(("{\"state_scale\": " + llvm::Twine(value) + "}").str()),
        "'state_scale' must be a positive number");
  for (const char *value : {"-128", "128", "0.5", "true"})
    EXPECT_EQ(getLayerError(
                  ("{\"input_zero_point\": " + llvm::Twine(value) + "}").str()),
              "'input_zero_point' must be an integer from -127 to 127");
  EXPECT_EQ(getLayerError(R"({"weights": "per-column"})"),
            "'weights' must be \"per-row\" or \"per-tensor\"");
  EXPECT_EQ(getLayerError(R"({"cell_state": "int4"})"),
            "'cell_state' must be \"fp16\", \"fp32\" or \"int16\"");
  EXPECT_EQ(getLayerError(R"({"precision": "fp16", "input_scale": 1})"),
            "'input_scale' goes with int8");
  EXPECT_EQ(getLayerError(R"({"precision": "fp32", "cell_state": "fp32"})"),
            "'cell_state' goes with fp16 and int8");
  EXPECT_EQ(getLayerError(R"({"precision": "fp16", "sums": "int32"})"),
            "'sums' must be \"fp32\" or \"fp16\"");
  EXPECT_EQ(getLayerError(R"({"precision": "int8", "sums": "fp16"})"),
            "'sums' goes with fp16");
}

/// What stands beside the default holds for layers without an entry, also once
/// it was written and read.
TEST(PolicyTest, KeysBesideDefault) {
  auto policy = Policy::parse(
      R"({"default": "fp16", "sums": "fp16", "cell_state": "int16",
          "layers": {"a": {"precision": "fp16", "sums": "fp32"},
                     "b": {"precision": "fp16", "sums": "fp16"}}})",
      "p.json");
  ASSERT_TRUE(bool(policy));
  for (int round = 0; round != 2; ++round) {
    EXPECT_TRUE(policy->getDefault().hasHalfSums);
    EXPECT_EQ(policy->getDefault().cellState, StatePrecision::INT16);
    ASSERT_EQ(policy->getEntries().size(), 2u);
    EXPECT_FALSE(policy->getEntries()[0].layer.hasHalfSums);
    EXPECT_TRUE(policy->getEntries()[1].layer.hasHalfSums);
    policy = Policy::parse(policy->format(), "again");
    ASSERT_TRUE(bool(policy)) << llvm::toString(policy.takeError());
  }
}
