// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Html.h"
#include "Parts.h"
#include "Picture.h"
#include "gtest/gtest.h"

using namespace se::report;

TEST(Html, EscapesTextAndAttributes) {
  std::string text;
  llvm::raw_string_ostream os(text);
  {
    Html html(os);
    Scope item(html, "li", {{"title", "\"><b>'&"}});
    html.text("</li><script>");
  }
  EXPECT_EQ(text, "<li title=\"&quot;&gt;&lt;b&gt;&#39;&amp;\">"
                  "&lt;/li&gt;&lt;script&gt;</li>");
}

TEST(Html, ReplacesWhatIsNoText) {
  EXPECT_EQ(escape("a\x01z"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(escape("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(escape("\xC2\xB5s, two\nlines"), "\xC2\xB5s, two\nlines");
}

TEST(Numbers, HaveCommas) {
  EXPECT_EQ(count(0), "0");
  EXPECT_EQ(count(999), "999");
  EXPECT_EQ(count(1234567), "1,234,567");
  EXPECT_EQ(decimal(1234567.25, 1), "1,234,567.2");
  EXPECT_EQ(decimal(-1234.5, 1), "-1,234.5");
  EXPECT_EQ(decimal(-123.5, 1), "-123.5");
  EXPECT_EQ(shortest(6.25), "6.25");
  EXPECT_EQ(percent(1, 4), "25.0 %");
  EXPECT_EQ(percent(1, 0), "-");
}

TEST(Axis, HasRoundTicks) {
  EXPECT_EQ((Axis{0, 100, 0, 1}.getTicks(5)),
            (std::vector<double>{0, 20, 40, 60, 80, 100}));
  EXPECT_EQ((Axis{30, 42, 0, 1}.getTicks(3)),
            (std::vector<double>{30, 35, 40}));
}

TEST(Picture, JoinsWhatFillsHalfAPixel) {
  // 20 cells of half a pixel, 10 cycles each.
  Axis axis{0, 200, 100, 110};
  EXPECT_EQ(makePath(axis, {{0, 10}, {15, 40}}, 1, 2), "M100,1h2v2h-2z");
  EXPECT_EQ(makePath(axis, {{100, 104}}, 1, 2), "");
  EXPECT_EQ(makePath(axis, {{190, 300}}, 1, 2), "M109.5,1h0.5v2h-0.5z");
}
