// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.td - From tensors to cores and buffers ---------*- tablegen -*-===//

#ifndef SE_SCHEDULE_PASSES_TD
#define SE_SCHEDULE_PASSES_TD

include "mlir/Pass/PassBase.td"

def FormDelayLines : Pass<"se-form-delay-lines", "::mlir::ModuleOp"> {
  let summary = "Find states that hold the last frames";
  let description = [{
    A state whose next value is all of it but the oldest elements, and new ones behind
    them or before them, becomes a delay line (`plan.push`): nothing of it is copied any
    more. States stay as they are

    * that are reset to numbers that differ,
    * whose next value is an output as well, or that of another state,
    * that hold no whole number of slots,
    * whose lines, two slots more than copies, would take more than a 32nd of the L1 of
      `cluster.target`, if the module has one,
    * whose places would repeat, together with those of longer lines, only after more
      than 170 frames, which the proof of a schedule follows all, and
    * from which a vector of a product with a constant is read, if slots are no whole
      words.

    Before:

    ```mlir
    %0 = tensor.extract_slice %line[1, 0] [3, 8] [1, 1] : tensor<4x8xf16> to tensor<3x8xf16>
    %1 = tensor.concat dim(0) %0, %x : (tensor<3x8xf16>, tensor<1x8xf16>) -> tensor<4x8xf16>
    rnn.yield %y : tensor<8xf16> next %1 : tensor<4x8xf16>
    ```

    After:

    ```mlir
    %1 = plan.push %x into %line : tensor<1x8xf16> into tensor<4x8xf16>
    rnn.yield %y : tensor<8xf16> next %1 : tensor<4x8xf16>
    ```
  }];
  let dependentDialects = ["::se::plan::PlanDialect", "::mlir::tensor::TensorDialect"];
}

def FormStages : Pass<"se-form-stages", "::mlir::ModuleOp"> {
  let summary = "Say in which stages a network is computed, and what an element is";
  let description = [{
    Replaces the operations of a network without cells by stages (`plan.stage`).

    A value that others read at places of their own is a result of a stage: the
    operands of matvecs and reductions, concatenations, outputs, next states, and
    what would otherwise be computed more than once for an element. All others
    are computed where they are used: the gates of an output element and the
    elementwise operations behind them are one body. What reads only elements
    with the number of its own, and has as many, shares a stage.

    A row of a constant matrix becomes a `plan.dot` if the elements of its vector
    lie side by side; other products are added up by a loop in the body, and
    `remarks` says why. Movement of data becomes part of places. What can be
    computed before all stages of peaks alone (`rnn.finite`) stays as it is.

    A network of stages stays as it is.

    Example: `%1 = arith.addf %0, %bias : tensor<24xf32>`, where `%0` is
    `rnn.matvec %w, %x`, and `%1` the output, becomes

    ```mlir
    %1 = plan.stage "fc" depth 0 elements 24 : tensor<24xf32> {
    ^bb0(%i: index):
      %0 = plan.dot %w[%i], %x[0] : tensor<24x16xf32>, tensor<16xf32> -> f32
      %2 = plan.read %bias[%i] : tensor<24xf32>
      %3 = arith.addf %0, %2 : f32
      plan.yield %3 : f32
    }
    ```
  }];
  let options = [
    Option<"remarks", "remarks", "bool", "false",
           "print a remark for each product that is no plan.dot">
  ];
  let dependentDialects = ["::se::plan::PlanDialect", "::mlir::scf::SCFDialect",
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::tensor::TensorDialect"];
}

def FuseReductions : Pass<"se-fuse-reductions", "::mlir::ModuleOp"> {
  let summary = "Add up the rows of a matrix where its elements are computed";
  let description = [{
    A loop in a stage that adds up rows of what another stage computes, as the
    product of a state and a vector does, becomes a sum of that stage, which then
    computes its elements by strips (`strips`, `sums`). The sums are the same: they
    go through a row in the same order. Elements that nobody reads any more are
    not stored, and a stage that only hands the sums on is taken away.

    It is done where there are as many rows as cores at least. Elements that could
    be computed as packed halves need rows of an even length, since a strip of them
    may still go in pairs (`se-pair-elements`).

    Example, of a matrix of 8 rows of 16:

    ```mlir
    %s = plan.stage "outer" depth 0 elements 128 : tensor<8x16xf32> { ... }
    %y = plan.stage "read" depth 1 elements 8 : tensor<8xf32> {
    ^bb0(%i: index):
      %0 = scf.for %k = %c0 to %c16 step %c1 iter_args(%sum = %zero) -> (f32) {
        %1 = plan.read %s[%i * 16 + %k] : tensor<8x16xf32>
        %2 = arith.addf %sum, %1 : f32
        scf.yield %2 : f32
      }
      plan.yield %0 : f32
    }
    ```

    becomes

    ```mlir
    %s, %y = plan.stage "outer" depth 0 elements 128 strips 16 sums [0.0 : f32]
        : tensor<8x16xf32>, tensor<8xf32> {
    ^bb0(%i: index, %sum: f32):
      ...
      %2 = arith.addf %sum, %1 : f32
      plan.yield %1, %2 : f32, f32
    }
    ```
  }];
}

def StripElements : Pass<"se-strip-elements", "::mlir::ModuleOp"> {
  let summary = "Let stages compute the elements of a row in a loop of its own";
  let description = [{
    Sets `strips` on stages in which an element reads at places that divide its
    number by the length of a row: of matrices, of what is broadcast along them, of
    transposed or sliced tensors. In a strip these places lie side by side, or are
    the same. Of the lengths that the places name, and their divisors, it takes the
    one that the cost model finds fastest on the module's target; none if elements
    one by one are faster. A stage that has `strips` keeps it.

    Example: of a state of 61 rows of 61,
    `plan.stage "decay" depth 3 elements 3721 strips 61 : tensor<61x61xf32>`.
  }];
}

def PairElements : Pass<"se-pair-elements", "::mlir::ModuleOp"> {
  let summary = "Let stages compute two elements at a time, where that is faster";
  let description = [{
    Sets `pairs` on stages with arithmetic on f16 that two elements can share
    (packed halves), if the cost model finds a pair cheaper than two elements on
    the module's target. Whatever has no packed form is done one after the other,
    sums of rows as well. A stage that has `pairs` keeps it.

    Example: `plan.stage "gate" depth 1 elements 128 in pairs : tensor<128xf16>`.
  }];
}

def ChooseTiling : Pass<"se-choose-tiling", "::mlir::ModuleOp"> {
  let summary = "Decide how parameters are cut into tiles, and what stays in L1";
  let description = [{
    Sets the network's attribute `plan.stream`, and `tiling` of each stage. Of some
    hundred tilings it takes the one that the cost model finds fastest on the
    module's target. The options force single choices. A network that has the
    attribute keeps all of it, so a tiling that is written by hand, or by another
    pass, takes the place of all options (docs/tutorials/tiling-pass.md).

    `--remarks-filter=se-choose-tiling` prints each tiling that was tried, with
    what it was predicted to take, or what did not fit.

    Example, of a network with one layer of 24 elements:

    ```mlir
    rnn.network @net ... attributes {
        plan.stream = #plan.stream<slots = 3, slot_bytes = 48>} {
      ...
      %1 = plan.stage "fc" depth 1 elements 24
          tiled <register_tile = 1, panel_bytes = 20, tile = 2, resident = 4> : ...
    ```
  }];
  let options = [
    Option<"ring", "ring", "int64_t", "0",
           "force the number of slots of the ring in L1, 2 to 6">,
    Option<"slotBytes", "slot-bytes", "int64_t", "0",
           "force the largest size of a slot">,
    Option<"tileRows", "tile-rows", "int64_t", "0",
           "force the number of elements of a tile">,
    Option<"resident", "resident", "bool", "true",
           "let parameters stay in L1">,
    Option<"code", "code", "std::string", "\"l2\"",
           "where the kernel's code lies: l2, l1, or auto, in L1 if no parameter "
           "has to flow for it">,
    Option<"codeBytes", "code-bytes", "int64_t", "0",
           "bytes of L1 for the code; 0: as many as are expected">
  ];
}

def PrintTiles : Pass<"se-print-tiles", "::mlir::ModuleOp"> {
  let summary = "Print how parameters are packed, and where each tile lies";
  let description = [{
    Prints to standard output what follows from the tilings of a network's stages
    (`--se-choose-tiling`): of each stage the layout of its packed panels, in one
    line for each block of rows and each field, and a line for each tile. Images,
    kernels and reports are made of the same. The pass changes nothing.

    Example, of a stage with 24 rows of 4 columns, and biases:

    ```
    stage 'fc': 12 panels of 40 bytes, 2 elements each, in 3 tiles
      block 0: 2 rows of 4 f32, in 1 K block of 4 words, at 0
      field 0: f32, at 32
      tile 0: panels 0 to 3, 160 bytes in l2 at 0
      tile 1: panels 4 to 7, 160 bytes in l2 at 160
      tile 2: panels 8 to 11, 160 bytes in l1 at 0
    ```
  }];
}

def SplitStages : Pass<"se-split-stages", "::mlir::ModuleOp"> {
  let summary = "Go through the elements of a stage twice where its code is long";
  let description = [{
    Sets `split` on stages with sums whose parameters stay in L1, if their code
    does not fit a core's cache of instructions: a core then computes what follows
    from sums and constants alone for all of its elements, and the rest for all of
    them, and fetches each half once. It is done where the cost model expects to
    gain, and where L1 has room for what lies between.

    A network that has `plan.buffers` stays as it is.

    Example: `plan.stage "gates" depth 1 elements 128 tiled <...> split : ...`.
  }];
}

def PlaceBuffers : Pass<"se-place-buffers", "::mlir::ModuleOp"> {
  let summary = "Decide where buffers lie in L1";
  let description = [{
    Sets the network's attribute `plan.buffers`. Buffers that are not live at the
    same depths may share bytes. Inputs and outputs are put at hand if nothing
    flows and there is room.

    A network that has the attribute keeps it.

    Example:

    ```mlir
    plan.buffers = [#plan.buffer<name = "h", offset = 0, bytes = 256>,
      #plan.buffer<name = "value 0", offset = 256, bytes = 514, first = 0, last = 1>]
    ```
  }];
}

def ScheduleNetwork : Pass<"se-schedule", "::mlir::ModuleOp"> {
  let summary = "Deal the elements of stages to cores (to phase `scheduled`)";
  let description = [{
    Replaces the module's `rnn.network`, which consists of stages, by a kernel
    that all cores execute, a reset function and a `cluster.program` that
    describes both.

    What one stage computes and another reads gets a buffer in L1. Stages of
    different depths are separated by a barrier; the elements of a stage are
    dealt to cores in contiguous runs.

    Parameters form one stream in the order of use, cut into tiles, which flow
    through a ring of L1 buffers, also across the border of frames, or stay in L1.
    Those that L2 cannot hold come from memories behind it. How they are cut, and
    what stays, is said by the network and its stages (`--se-choose-tiling`), and
    where buffers lie by `plan.buffers` (`--se-place-buffers`). The attribute
    `plan.report` of `cluster.program` keeps what came of it. docs/scheduling.md has
    the details.

    Cores, memories and rates are those of the module's attribute
    `cluster.target` (`--se-attach-target`).
  }];
  let options = [
    Option<"remarks", "remarks", "bool", "false",
           "print a remark for each stage">
  ];
  let dependentDialects = ["::se::cluster::ClusterDialect",
    "::mlir::scf::SCFDialect", "::mlir::func::FuncDialect",
    "::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect",
    "::mlir::math::MathDialect", "::mlir::vector::VectorDialect"];
}

def VerifySchedule : Pass<"se-verify-schedule", "::mlir::ModuleOp"> {
  let summary = "Prove that a schedule uses memory, transfers and barriers "
                "correctly (phase `scheduled`)";
  let description = [{
    Executes the integers of each program's functions for all cores: loops,
    addresses, transfers and barriers, while floats stay unknown. Frames and
    resets are executed until the buffers' contents repeat, so what holds then
    holds for all frames. The pass changes nothing, and reports the first
    operation that breaks a rule:

    * No core reads what a transfer brings before `dma_core` has waited for it,
      and, unless it is `dma_core`, has passed a barrier after that. No transfer
      overwrites bytes that a core or another transfer may still use, or reads
      bytes that may still be written.
    * Two cores use the same bytes between two barriers only to read them.
    * All cores pass the same barriers, transfers and waits in the same order,
      and carry the same values to the next frame.
    * Every token is waited for or handed on exactly once on every path.
    * Accesses, views and transfers lie within their buffers; inputs and
      constants are not written; every output is written as a whole in every
      frame.
    * What a core reads was written before, through a view of the same bytes, or
      was brought by a transfer that lies within the view or around it. A
      transfer that overwrites only a part of something ends the rest of it.
      Every frame finds the same data at the same loads.
    * No core reads or writes l3 or nvm.

    A schedule whose addresses or loop bounds depend on data cannot be proven,
    which is an error, too. docs/scheduling.md has the details and the
    assumptions.
  }];
}

#endif // SE_SCHEDULE_PASSES_TD
