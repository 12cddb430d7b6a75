// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PlanBase.td - The plan dialect ------------------------*- tablegen -*-===//

#ifndef SE_DIALECT_PLAN_PLANBASE_TD
#define SE_DIALECT_PLAN_PLANBASE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/EnumAttr.td"

def Plan_Dialect : Dialect {
  let name = "plan";
  let cppNamespace = "::se::plan";
  let summary = "How a network is computed, before anything lies anywhere";
  let description = [{
    The `plan` dialect says in which stages a network is computed, and what one
    element of a stage is: scalar operations on elements of tensors. Values are
    tensors still: nothing has a place, and no core has a share. Its operations
    stand in an `rnn.network`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let extraClassDeclaration = [{
    /// The attribute of a network of stages that says how many products it adds
    /// up in a frame.
    static constexpr ::llvm::StringLiteral macsAttrName = "plan.macs";
  }];
}

#endif // SE_DIALECT_PLAN_PLANBASE_TD
