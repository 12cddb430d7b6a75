// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Picture.cpp - Pictures in a page -----------------------------------===//

#include "Picture.h"

#include "llvm/Support/Format.h"

#include <algorithm>
#include <cmath>

using namespace se::report;
using llvm::StringRef;

/// A place in a picture, to a tenth of a pixel.
static std::string place(double value) {
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::format("%g", std::round(value * 10) / 10 + 0.0);
  return text;
}

Picture::Picture(Html &html, StringRef description, double height)
    : html(html) {
  html.open("div", {{"class", "scroll"},
                    {"tabindex", "0"},
                    {"role", "region"},
                    {"aria-label", description.str()}});
  html.open("svg", {{"viewBox", "0 0 " + place(width) + " " + place(height)},
                    {"role", "img"},
                    {"aria-label", description.str()}});
}

Picture::~Picture() {
  html.close();
  html.close();
}

void Picture::rectangle(double x, double y, double width, double height,
                        StringRef style, StringRef hint) {
  Scope rect(html, "rect",
             {{"x", place(x)},
              {"y", place(y)},
              {"width", place(width)},
              {"height", place(height)},
              {"class", style.str()}});
  if (!hint.empty())
    html.element("title", hint);
}

void Picture::label(double x, double y, StringRef text, StringRef anchor,
                    StringRef style) {
  html.element("text", text,
               {{"x", place(x)},
                {"y", place(y)},
                {"text-anchor", anchor.str()},
                {"class", style.str()}});
}

void Picture::line(double x1, double y1, double x2, double y2,
                   StringRef style) {
  html.single("line", {{"x1", place(x1)},
                       {"y1", place(y1)},
                       {"x2", place(x2)},
                       {"y2", place(y2)},
                       {"class", style.str()}});
}

void Picture::path(StringRef path, StringRef style, StringRef hint) {
  if (path.empty())
    return;
  Scope scope(html, "path", {{"d", path.str()}, {"class", style.str()}});
  html.element("title", hint);
}

std::vector<double> Axis::getTicks(unsigned wanted) const {
  double rough = (to - from) / wanted;
  double step = std::pow(10.0, std::floor(std::log10(std::max(rough, 1e-9))));
  for (double factor : {1.0, 2.0, 5.0, 10.0})
    if (step * factor >= rough * 0.99) {
      step *= factor;
      break;
    }
  std::vector<double> ticks;
  for (double tick = std::ceil(from / step) * step; tick <= to; tick += step)
    ticks.push_back(tick);
  return ticks;
}

std::string se::report::makePath(const Axis &axis, llvm::ArrayRef<Span> spans,
                                 double y, double height) {
  // Half pixels, and how much of each is filled.
  size_t numCells = size_t(2 * (axis.right - axis.left));
  std::vector<double> filled(numCells);
  double scale = double(numCells) / (axis.to - axis.from);
  for (const Span &span : spans) {
    double begin = std::max((double(span.from) - axis.from) * scale, 0.0);
    double end =
        std::min((double(span.to) - axis.from) * scale, double(numCells));
    for (double at = begin; at < end;) {
      size_t cell = size_t(at);
      double next = std::min(end, double(cell + 1));
      filled[cell] += next - at;
      at = next;
    }
  }
  std::string path;
  for (size_t cell = 0; cell != numCells;) {
    size_t first = cell;
    while (cell != numCells && filled[cell] >= 0.5)
      ++cell;
    if (cell == first) {
      ++cell;
      continue;
    }
    std::string width = place(double(cell - first) / 2);
    path += "M" + place(axis.left + double(first) / 2) + "," + place(y) + "h" +
            width + "v" + place(height) + "h-" + width + "z";
  }
  return path;
}
