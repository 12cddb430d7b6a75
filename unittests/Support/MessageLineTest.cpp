// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "se/Support/MessageLine.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace se;

// A build in a folder with a long name lost the name of the key.
TEST(MessageLineTest, PathIsCutBeforeTheText) {
  std::string path = std::string(60, 'a') + "/" + std::string(50, 'b') + "/net";
  std::string line = formatPlace(
      path + ".mlir:0:0",
      path +
          ".json: layers: 'lstm': unknown key 'bits', expected input_scale, "
          "input_zero_point, state_scale, weights, cell_state, results or sums",
      /*isList=*/false);
  EXPECT_LE(line.size() + StringRef("warning: ").size(), maxMessageLength);
  EXPECT_NE(line.find("/net.json: layers: 'lstm': unknown key 'bits'"),
            std::string::npos)
      << line;
}

TEST(MessageLineTest, LongTextIsCutInTheMiddle) {
  std::string line =
      formatPlace("net.mlir:1:1", std::string(5000, 'x') + " end",
                  /*isList=*/false);
  EXPECT_LE(line.size(), maxMessageLength);
  EXPECT_TRUE(StringRef(line).ends_with("x end")) << line;
}
