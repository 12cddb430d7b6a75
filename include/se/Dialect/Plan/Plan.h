// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Plan.h - The plan dialect --------------------------------*- C++ -*-===//
//
// In which stages a network is computed, and what an element of a stage is. The
// dialect's documentation is in PlanOps.td.
//
//===----------------------------------------------------------------------===//

#ifndef SE_DIALECT_PLAN_PLAN_H
#define SE_DIALECT_PLAN_PLAN_H

#include "se/Dialect/RNN/RNN.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "se/Dialect/Plan/PlanDialect.h.inc"
#include "se/Dialect/Plan/PlanEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "se/Dialect/Plan/PlanAttributes.h.inc"

#define GET_OP_CLASSES
#include "se/Dialect/Plan/PlanOps.h.inc"

#endif // SE_DIALECT_PLAN_PLAN_H
