// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Sections.h - The sections of a page --------------------------------===//

#ifndef SE_LIB_REPORT_SECTIONS_H
#define SE_LIB_REPORT_SECTIONS_H

#include "Parts.h"
#include "se/Report/Page.h"

namespace se::report {

/// A stage of the plan, of the run, or both, under a number that pictures use.
struct StageRow {
  std::string name;
  const llvm::json::Object *planned = nullptr;  ///< of the report
  const llvm::json::Object *measured = nullptr; ///< of the statistics
};

/// In the order of the plan, then what only the run has.
std::vector<StageRow> getStageRows(const PageContent &content);

/// The number of a stage in pictures and tables; 0 if it has none.
unsigned getStageNumber(llvm::ArrayRef<StageRow> rows, llvm::StringRef name);

/// Name and most important figures.
void writeOverview(Html &html, const PageContent &content);
void writeDeadline(Html &html, const PageContent &content);
void writeTimeline(Html &html, const PageContent &content);
void writeStages(Html &html, const PageContent &content);
void writeMemory(Html &html, const PageContent &content);
void writePrecision(Html &html, const PageContent &content);
void writeEnergy(Html &html, const PageContent &content);

/// The style sheet.
extern const llvm::StringLiteral styleSheet;

} // namespace se::report

#endif // SE_LIB_REPORT_SECTIONS_H
