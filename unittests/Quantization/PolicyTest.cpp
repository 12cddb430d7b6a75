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
  EXPECT_EQ(policy->getFile(), "p.json");
  EXPECT_EQ(policy->getDefault().precision, Precision::FP32);
  ASSERT_EQ(policy->getEntries().size(), 2u);
  const LayerPolicy &a = policy->getEntries()[0].layer;
  EXPECT_EQ(a.precision, Precision::FP16);
  EXPECT_TRUE(a.hasSingleCellState);
  const LayerPolicy &b = policy->getEntries()[1].layer;
  EXPECT_EQ(b.precision, Precision::INT8);
  EXPECT_EQ(b.inputScale, 0.5f);
  EXPECT_EQ(b.inputZeroPoint, -3);
  EXPECT_EQ(b.stateScale, 1.0f);
  EXPECT_TRUE(b.isPerTensor);
  EXPECT_FALSE(b.hasSingleCellState);
}

TEST(PolicyTest, Defaults) {
  auto policy = Policy::parse("{}", "p.json");
  ASSERT_TRUE(bool(policy));
  EXPECT_EQ(policy->getDefault().precision, Precision::FP16);
  auto uniform = Policy::load("fp32");
  ASSERT_TRUE(bool(uniform));
  EXPECT_EQ(uniform->getFile(), "");
  EXPECT_EQ(uniform->getDefault().precision, Precision::FP32);
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
    auto entry = policy->find(layer);
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
            "p.json: unknown key 'layer', expected default or layers");
  EXPECT_EQ(getError(R"({"layers": []})"),
            "p.json: 'layers' must be an object");
  for (const char *value : {"\"int8\"", "\"fp8\"", "16"})
    EXPECT_EQ(
        getError(("{\"default\": " + llvm::Twine(value) + "}").str()),
        "p.json: 'default' must be \"fp32\" or \"fp16\"; int8 is given by "
        "layer, with scales");
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
            "input_zero_point, state_scale, weights or cell_state");
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
  EXPECT_EQ(getLayerError(R"({"cell_state": "int16"})"),
            "'cell_state' must be \"fp16\" or \"fp32\"");
  EXPECT_EQ(getLayerError(R"({"precision": "fp16", "input_scale": 1})"),
            "'input_scale' goes with int8");
  EXPECT_EQ(getLayerError(R"({"precision": "fp32", "cell_state": "fp32"})"),
            "'cell_state' goes with fp16 and int8");
}
