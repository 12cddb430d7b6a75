// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PlanBuffers.td - Where buffers lie ------------------*- tablegen -*-===//

#ifndef SE_DIALECT_PLAN_PLANBUFFERS_TD
#define SE_DIALECT_PLAN_PLANBUFFERS_TD

include "se/Dialect/Plan/PlanBase.td"

def Plan_BufferAttr : AttrDef<Plan_Dialect, "Buffer"> {
  let mnemonic = "buffer";
  let summary = "a buffer in the state buffer of a network";
  let description = [{
    The bytes from `offset` on belong to the buffer `name` from depth `first` to
    depth `last`, both included; without them always. The attribute `plan.buffers`
    of a network lists all buffers: states, results that other stages read and
    concatenations of them, words of screening, the ring, what is carried to the
    next frame, sums of K blocks, what stays in L1, inputs and outputs at hand,
    and sums between the two loops of a split stage.

    `--se-place-buffers` makes the list, `--se-schedule` lays buffers out as it
    says, and `--se-verify-schedule` proves that none of them is overwritten while
    it is used.

    * (buffer-C1) `offset` is a multiple of 16 and not negative, `bytes` is
      positive, and there are both depths, in this order, or none.

    Example: `#plan.buffer<name = "value 0", offset = 512, bytes = 514, first = 0,
    last = 1>`.
  }];
  let parameters = (ins StringRefParameter<"of the buffer">:$name,
    "int64_t":$offset, "int64_t":$bytes,
    DefaultValuedParameter<"int64_t", "-1">:$first,
    DefaultValuedParameter<"int64_t", "-1">:$last);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The network's attribute that holds a list of them.
    static constexpr ::llvm::StringLiteral attrName = "plan.buffers";
    static constexpr int64_t alignment = 16; // for SIMD loads and DMA bursts
  }];
}

#endif // SE_DIALECT_PLAN_PLANBUFFERS_TD
