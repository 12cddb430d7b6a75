// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ReportPage.h - The report as a page of HTML --------------*- C++ -*-===//

#ifndef SE_DRIVER_REPORTPAGE_H
#define SE_DRIVER_REPORTPAGE_H

#include "se/Target/TargetDescription.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

#include <string>

namespace se {

/// Whether a report's file is to be a page: its name ends in .html.
bool isPage(llvm::StringRef reportFile);

/// The page of a report. `program` is an ELF file of the network, which runs on
/// the simulator of `target` over a few random frames, for the page's timeline
/// and cycles; or why there is none. The page then says so in one line, and it
/// does if the run fails.
std::string makeReportPage(const llvm::json::Object &report,
                           llvm::Expected<llvm::StringRef> program,
                           const target::TargetDescription &target);

} // namespace se

#endif // SE_DRIVER_REPORTPAGE_H
