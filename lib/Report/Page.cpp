// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Page.cpp - A report that people look at ----------------------------===//

#include "se/Report/Page.h"

#include "Sections.h"

using namespace se;
using namespace se::report;
using llvm::StringRef;

static void writeContents(Html &html) {
  Scope nav(html, "nav", {{"aria-label", "Contents"}});
  static constexpr std::pair<StringRef, StringRef> entries[] = {
      {"deadline", "Deadline"},   {"timeline", "Timeline"},
      {"stages", "Stages"},       {"memory", "Memory"},
      {"precision", "Precision"}, {"energy", "Energy"}};
  for (auto [id, title] : entries)
    html.element("a", title, {{"href", ("#" + id).str()}});
  html.raw(linksMark);
}

std::string se::report::makePage(const PageContent &content) {
  std::string text;
  llvm::raw_string_ostream os(text);
  Html html(os);
  html.raw("<!DOCTYPE html>\n");
  {
    Scope page(html, "html", {{"lang", "en"}});
    {
      Scope head(html, "head");
      html.single("meta", {{"charset", "utf-8"}});
      html.single("meta", {{"name", "viewport"},
                           {"content", "width=device-width, initial-scale=1"}});
      html.single("meta",
                  {{"name", "color-scheme"}, {"content", "light dark"}});
      html.element("title", getText(content.report, "network") + ", " +
                                getText(content.report, "precision") + ", " +
                                getText(content.report, "target"));
      Scope style(html, "style");
      html.raw(styleSheet);
    }
    Scope body(html, "body");
    Scope main(html, "main");
    writeOverview(html, content);
    writeContents(html);
    writeDeadline(html, content);
    writeTimeline(html, content);
    writeStages(html, content);
    writeMemory(html, content);
    writePrecision(html, content);
    writeEnergy(html, content);
    html.raw(sectionsMark);
    Scope footer(html, "footer");
    html.text("se-mlir " SE_VERSION
              ". All cycles are simulated or predicted, none measured on a "
              "chip. docs/report.md explains the page.");
  }
  return text;
}
