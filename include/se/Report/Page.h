// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Page.h - A report that people look at ------------------------------===//
//
// One page of HTML with everything in it: nothing is loaded, nothing runs.
// docs/report.md says what it shows.
//
//===----------------------------------------------------------------------===//

#ifndef SE_REPORT_PAGE_H
#define SE_REPORT_PAGE_H

#include "se/Report/FrameTimeline.h"

#include "llvm/Support/JSON.h"

#include <string>

namespace se::report {

/// In the page: comments, in whose places others may put sections (`<section>`)
/// and links to them, as se_mlir.evaluate does. No name in the page looks like
/// them.
inline constexpr llvm::StringLiteral sectionsMark = "<!-- more sections -->",
                                     linksMark = "<!-- more links -->";

/// What was found out by a run on the simulator.
struct SimulatedRun {
  llvm::json::Object statistics; ///< of se-run, with a profile
  FrameTimeline timeline;
  unsigned frame = 0; ///< that the timeline shows, from 0
};

struct PageContent {
  /// docs/report.md
  const llvm::json::Object &report;
  /// None if null.
  const SimulatedRun *run = nullptr;
  /// How it came about, or why there is none: a sentence.
  std::string runNote = {};
  /// All of the target's L1.
  int64_t l1Bytes = 0;
};

/// The same content makes the same text. Names may be anything.
std::string makePage(const PageContent &content);

} // namespace se::report

#endif // SE_REPORT_PAGE_H
