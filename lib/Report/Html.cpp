// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Html.cpp - Writes HTML ---------------------------------------------===//

#include "Html.h"

#include "llvm/Support/JSON.h"

#include <cassert>

using namespace se::report;
using llvm::StringRef;

std::string se::report::escape(StringRef text) {
  std::string result;
  for (char c : llvm::json::fixUTF8(text)) {
    switch (c) {
    case '&':
      result += "&amp;";
      break;
    case '<':
      result += "&lt;";
      break;
    case '>':
      result += "&gt;";
      break;
    case '"':
      result += "&quot;";
      break;
    case '\'':
      result += "&#39;";
      break;
    default:
      bool isControl =
          (c >= 0 && c < ' ' && c != '\n' && c != '\t') || c == 0x7f;
      isControl ? result += "\xEF\xBF\xBD" : result += c;
    }
  }
  return result;
}

Html::~Html() { assert(tags.empty() && "an element is not closed"); }

void Html::begin(StringRef tag, Attributes attributes) {
  os << '<' << tag;
  for (const auto &[name, value] : attributes)
    os << ' ' << name << "=\"" << escape(value) << '"';
}

void Html::open(StringRef tag, Attributes attributes) {
  begin(tag, attributes);
  os << '>';
  tags.push_back(tag.str());
}

void Html::close() {
  os << "</" << tags.back() << '>';
  // Lines for those who read the file.
  static constexpr StringRef blocks[] = {
      "tr",  "table", "section", "style", "details", "figure",
      "svg", "p",     "div",     "head",  "body",    "html"};
  for (StringRef block : blocks)
    if (tags.back() == block)
      os << '\n';
  tags.pop_back();
}

void Html::single(StringRef tag, Attributes attributes) {
  begin(tag, attributes);
  os << "/>";
}

void Html::element(StringRef tag, StringRef content, Attributes attributes) {
  open(tag, attributes);
  text(content);
  close();
}

void Html::text(StringRef content) { os << escape(content); }

void Html::raw(StringRef html) { os << html; }
