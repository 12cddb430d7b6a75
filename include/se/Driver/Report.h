// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Report.h - What the compiler decided and expects ---------*- C++ -*-===//
//
// se-compile --report: the plan of a program (docs/report.md), with what its
// target makes of it.
//
//===----------------------------------------------------------------------===//

#ifndef SE_DRIVER_REPORT_H
#define SE_DRIVER_REPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

#include <optional>
#include <string>

namespace se {

/// Whether there is one program, with a plan.
bool hasPlan(mlir::ModuleOp module);

/// The report on the program of a module of phase `scheduled` or `selected`.
/// Emits an error and returns nothing if there is not exactly one program, or
/// if it has no plan or no target, because it was written by hand.
std::optional<llvm::json::Object> makeReport(mlir::ModuleOp module,
                                             llvm::StringRef precision);

/// Adds how much code each stage has, in an object file of the program.
llvm::Error addStageCode(llvm::json::Object &report, llvm::StringRef object);

/// The same for people: tables, 120 columns or so.
std::string formatReport(const llvm::json::Object &report);

} // namespace se

#endif // SE_DRIVER_REPORT_H
