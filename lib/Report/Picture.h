// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Picture.h - Pictures in a page -------------------------------------===//
//
// SVG whose units are pixels of a wide screen. Colours are classes of
// Style.cpp, so that pictures are light or dark with the page.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_REPORT_PICTURE_H
#define SE_LIB_REPORT_PICTURE_H

#include "Parts.h"
#include "se/Report/FrameTimeline.h"

namespace se::report {

/// A picture of a certain size, until the end of the scope. Narrow screens
/// scroll it.
class Picture {
public:
  static constexpr double width = 1000;

  /// `description` is for those who do not see it.
  Picture(Html &html, llvm::StringRef description, double height);
  ~Picture();
  Picture(const Picture &) = delete;

  /// `hint` appears on pointing at it.
  void rectangle(double x, double y, double width, double height,
                 llvm::StringRef style, llvm::StringRef hint = "");
  /// `anchor`: start, middle or end.
  void label(double x, double y, llvm::StringRef text, llvm::StringRef anchor,
             llvm::StringRef style = "label");
  void line(double x1, double y1, double x2, double y2, llvm::StringRef style);
  /// Rectangles of one height, as one path.
  void path(llvm::StringRef path, llvm::StringRef style, llvm::StringRef hint);

private:
  Html &html;
};

/// Numbers from `from` to `to` on a horizontal axis.
struct Axis {
  double from, to, left, right;

  double place(double value) const {
    return left + (value - from) / (to - from) * (right - left);
  }
  /// Round numbers, at most about `wanted` of them.
  std::vector<double> getTicks(unsigned wanted) const;
};

/// The path of `spans`, which are in order and apart. What is shorter than half
/// a pixel counts if it fills most of one.
std::string makePath(const Axis &axis, llvm::ArrayRef<Span> spans, double y,
                     double height);

} // namespace se::report

#endif // SE_LIB_REPORT_PICTURE_H
