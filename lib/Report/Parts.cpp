// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Parts.cpp - What pages are made of ---------------------------------===//

#include "Parts.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

using namespace se::report;
using llvm::formatv;
using llvm::StringRef;
namespace json = llvm::json;

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

std::string se::report::count(int64_t number) {
  return formatv("{0:N}", number).str();
}

std::string se::report::decimal(double number, unsigned digits) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.*f", int(digits), number);
  size_t point = text.find('.');
  size_t end = point == std::string::npos ? text.size() : point;
  size_t first = text[0] == '-' ? 1 : 0;
  for (size_t i = end; i > first + 3; i -= 3)
    text.insert(i - 3, ",");
  return text;
}

std::string se::report::shortest(double number) {
  return formatv("{0}", llvm::format("%g", number)).str();
}

std::string se::report::kilobytes(int64_t bytes) {
  return decimal(double(bytes) / 1024, 1) + " KB";
}

std::string se::report::percent(double part, double whole) {
  return whole > 0 ? decimal(100 * part / whole, 1) + " %" : "-";
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

int64_t se::report::getInteger(const json::Object &object, StringRef key) {
  return object.getInteger(key).value_or(0);
}

double se::report::getNumber(const json::Object &object, StringRef key) {
  return object.getNumber(key).value_or(0);
}

std::string se::report::getText(const json::Object &object, StringRef key) {
  return object.getString(key).value_or("").str();
}

std::vector<const json::Object *>
se::report::getList(const json::Object &object, StringRef key) {
  std::vector<const json::Object *> list;
  if (const json::Array *array = object.getArray(key))
    for (const json::Value &value : *array)
      if (const json::Object *entry = value.getAsObject())
        list.push_back(entry);
  return list;
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

static std::string getStyle(Table::Kind kind) {
  switch (kind) {
  case Table::Text:
    return "text";
  case Table::Name:
    return "name";
  case Table::Number:
    return "number";
  case Table::Picture:
    break;
  }
  return "bars";
}

Table::Table(Html &html, StringRef id, StringRef caption,
             std::vector<Column> columns)
    : html(html), columns(std::move(columns)) {
  html.open("div", {{"class", "scroll"},
                    {"role", "region"},
                    {"tabindex", "0"},
                    {"aria-labelledby", (id + "-caption").str()}});
  html.open("table", {{"id", id.str()}});
  html.element("caption", caption, {{"id", (id + "-caption").str()}});
  html.open("thead");
  html.open("tr");
  for (const Column &column : this->columns) {
    std::vector<std::pair<StringRef, std::string>> attributes = {
        {"scope", "col"}, {"class", getStyle(column.kind)}};
    if (!column.hint.empty())
      attributes.push_back({"title", column.hint});
    html.element("th", column.title, attributes);
  }
  html.close();
  html.close();
  html.open("tbody");
}

Table::~Table() {
  html.close();
  html.close();
  html.close();
}

void Table::cell(StringRef text) {
  cell([&] { html.text(text); });
}

void Table::cell(llvm::function_ref<void()> write) {
  const Column &column = columns[at];
  if (at++ == 0)
    html.open("th", {{"scope", "row"}, {"class", getStyle(column.kind)}});
  else
    html.open("td", {{"class", getStyle(column.kind)}});
  write();
  html.close();
}

void Table::row(llvm::ArrayRef<std::string> cells) {
  beginRow();
  for (const std::string &text : cells)
    cell(text);
  endRow();
}

Section::Section(Html &html, StringRef id, StringRef title) : html(html) {
  html.open("section",
            {{"id", id.str()}, {"aria-labelledby", (id + "-title").str()}});
  html.element("h2", title, {{"id", (id + "-title").str()}});
}

void se::report::paragraph(Html &html, StringRef text, StringRef style) {
  html.element("p", text, {{"class", style.str()}});
}

void se::report::legend(Html &html, llvm::ArrayRef<Key> keys) {
  Scope list(html, "ul", {{"class", "legend"}});
  for (const Key &key : keys) {
    Scope item(html, "li");
    html.element("span", "", {{"class", "swatch " + key.style}});
    html.text(key.text);
  }
}

/// A share of `whole` for CSS.
static std::string share(double part, double whole) {
  double value = whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 0;
  return formatv("{0:F2}%", 100 * value).str();
}

void se::report::bar(Html &html,
                     llvm::ArrayRef<std::pair<std::string, double>> parts,
                     double whole, std::optional<double> mark) {
  Scope bar(html, "div", {{"class", "bar"}, {"aria-hidden", "true"}});
  double before = 0;
  for (const auto &[style, part] : parts) {
    if (part > 0)
      html.element("span", "",
                   {{"class", style},
                    {"style", "left:" + share(before, whole) +
                                  ";width:" + share(part, whole)}});
    before += part;
  }
  if (mark)
    html.element("span", "",
                 {{"class", "mark"}, {"style", "left:" + share(*mark, whole)}});
}
