// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PlanReport.h - The attribute plan.report -----------------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_SCHEDULENETWORK_PLANREPORT_H
#define SE_LIB_SCHEDULE_SCHEDULENETWORK_PLANREPORT_H

#include "../Planning/Schedule.h"

namespace se::schedule {

/// What was decided, and is expected of it.
plan::ReportAttr makeReport(const Schedule &schedule);

/// A remark for each stage, at its place.
void remarkStages(const Schedule &schedule, plan::ReportAttr report);
/// A remark if cores read constants in L2.
void remarkShared(const Schedule &schedule);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_SCHEDULENETWORK_PLANREPORT_H
