// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.td - From scheduled to selected and llvm -----*- tablegen -*-===//

#ifndef SE_CONVERSION_PASSES_TD
#define SE_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ExpandActivations : Pass<"se-expand-activations", "::mlir::ModuleOp"> {
  let summary = "Scalar activations and transcendental functions as arithmetic";
  let description = [{
    Replaces `rnn.activation` on scalars and the functions of `math` that are no
    instruction of the target by IEEE arithmetic in f32 (fused multiply-add,
    division, integer operations on bits). Host and device thereby compute the
    same bits. The approximations of exp, tanh, log, erf and the like are MLIR's.
    `arith.remf` becomes a long division, `arith.maxnumf` and `arith.minnumf`
    comparisons.

    `rnn.quantize` on scalars and vectors becomes the arithmetic of its
    description.
    `rnn.interpolate` on scalars becomes comparisons, a sum, loads and a fused
    multiply-addition.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def UnrollReductions : Pass<"se-unroll-reductions", "::mlir::ModuleOp"> {
  let summary = "Unroll the innermost loops of sums";
  let description = [{
    Unrolls every innermost `scf.for` that carries one float or integer, a dot
    product for instance, `factor` times; what is left over is a loop of its own. The order of
    operations, and so every bit of the result, stays as it is.
  }];
  let options = [
    Option<"factor", "factor", "unsigned", "4", "copies of the body, 1 to 64">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def SelectExpandingFma : Pass<"se-select-expanding-fma", "::mlir::ModuleOp"> {
  let summary = "Products of halves that are added in single precision";
  let description = [{
    Replaces `math.fma` in f32 of two operands that are extended from f16 by
    `xpulp.fmacex.s.h`, which computes the same: the product is exact, the sum is
    rounded once.

    A sum to which two such products are added as `cluster.dot` adds them,
    `sum + fma(x1, w1, x0 * w0)`, becomes `xpulp.vfdotpex.s.h`, one instruction for both
    products; halves that do not lie in one word are packed for it.

    Before:

    ```mlir
    %0 = arith.mulf %x0, %w0 : f32
    %1 = math.fma %x1, %w1, %0 : f32
    %2 = arith.addf %sum, %1 : f32
    ```

    After, where `%x0` and the others were extended from halves:

    ```mlir
    %0 = vector.from_elements %a0, %a1 : vector<2xf16>
    %1 = vector.from_elements %b0, %b1 : vector<2xf16>
    %2 = xpulp.vfdotpex.s.h %sum, %0, %1 : (f32, vector<2xf16>, vector<2xf16>) -> f32
    ```
  }];
  let dependentDialects = ["::se::xpulp::XPulpDialect", "::mlir::vector::VectorDialect"];
}

def SelectMinMax : Pass<"se-select-min-max", "::mlir::ModuleOp"> {
  let summary = "The lesser and the greater of two integers in one instruction";
  let description = [{
    Replaces `arith.minsi`, `minui`, `maxsi` and `maxui` of i32 by `xpulp.p.min`
    and its like, for the device: the code generator would branch.
  }];
  let dependentDialects = ["::se::xpulp::XPulpDialect"];
}

def SelectDots : Pass<"se-select-dots", "::mlir::ModuleOp"> {
  let summary = "cluster.dot as a hardware loop of dot-product instructions";
  let description = [{
    A `cluster.dot` of R rows becomes an `xpulp.loop` over the words of the
    vector that are full, which loads the word of the vector and R words of the
    rows and multiplies them, in the order that docs/kernels.md gives, and, if
    there may be a rest, the same once for the last word, of which only the
    elements that exist are read. If the number of columns is a constant, there is
    no branch.
  }];
  let dependentDialects = ["::se::xpulp::XPulpDialect",
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def LowerXPulp : Pass<"se-lower-xpulp", "::mlir::ModuleOp"> {
  let summary = "xpulp ops for the device or for the host";
  let description = [{
    For the device, an instruction becomes an `.insn` directive in inline
    assembly, whose operands LLVM allocates, and a hardware loop that has registers
    (`xpulp-allocate-registers`) one block of assembly, which only says what the
    loop does: an instruction for each operation, behind the one that sets up the
    loop. A loop of one instruction gets a second, which does nothing: the hardware
    wants two. What accesses memory has side effects and stays where it is, all
    else may move. A loop without registers becomes an `scf.for`.

    For the host, an instruction becomes a call of the function that emulates it,
    or a load or store, and every loop an `scf.for`.

    Vectors that fill a register (`vector<4xi8>`, `vector<2xi16>`,
    `vector<2xf16>`) become i32 everywhere, lane 0 lowest. Besides instructions,
    they may be constants, selected by a scalar, cast, loaded and stored (from
    addresses that are multiples of 4), broadcast, built from elements, and have
    lanes extracted and inserted whose number is known.
  }];
  let options = [
    Option<"host", "host", "bool", "false", "for the host, not the device">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::se::xpulp::XPulpDialect"];
}

def SelectPacked : Pass<"se-select-packed", "::mlir::ModuleOp"> {
  let summary = "Instructions for pairs of halves";
  let description = [{
    Sums, differences, products, minima, maxima, fused multiply-additions and
    negations of `vector<2xf16>`, the rounding of two singles, the conversion to
    integers and `rnn.interpolate` become `xpulp` operations. What has no packed
    form is done for one lane after the other. Every bit of a result, except
    those of a NaN, stays what it is on scalars.

    Before:

    ```mlir
    %0 = arith.mulf %a, %b : vector<2xf16>
    ```

    After:

    ```mlir
    %0 = xpulp.vfmul.h %a, %b
    ```
  }];
  let dependentDialects = ["::se::xpulp::XPulpDialect",
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect",
    "::mlir::vector::VectorDialect"];
}

def ExpandHalfFma : Pass<"se-expand-half-fma", "::mlir::ModuleOp"> {
  let summary = "math.fma on f16 by double precision, for a host";
  let description = [{
    A host that has no fused multiply-add of halves computes the sum in f64,
    where it is exact if it lies near the middle of two halves, rounds it to odd
    to the bits of f32, and that to f16. The result is rounded as if once.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def ExpandMinMax : Pass<"se-expand-min-max", "::mlir::ModuleOp"> {
  let summary = "arith.maxnumf and minnumf as instructions do them, for a host";
  let description = [{
    `fmax` and `fmin` of RISC-V take -0 for less than +0, and of a number and a
    NaN the number. Hosts do one or the other, so they get comparisons:

    ```mlir
    %0 = arith.maxnumf %x, %y : f32
    ```

    becomes

    ```mlir
    %1 = arith.bitcast %x : f32 to i32
    %2 = arith.bitcast %y : f32 to i32
    %3 = arith.andi %1, %2 : i32
    %same = arith.bitcast %3 : i32 to f32
    %4 = arith.cmpf ogt, %y, %x : f32
    %5 = arith.select %4, %y, %same : f32
    %6 = arith.cmpf ogt, %x, %y : f32
    %7 = arith.select %6, %x, %5 : f32
    %8 = arith.cmpf uno, %x, %x : f32
    %9 = arith.select %8, %y, %7 : f32
    %10 = arith.cmpf uno, %y, %y : f32
    %0 = arith.select %10, %x, %9 : f32
    ```

    Where one is a constant that is neither 0 nor NaN nothing has to be done.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def LowerCluster : Pass<"se-lower-cluster", "::mlir::ModuleOp"> {
  let summary = "cluster ops become calls of the runtime";
  let description = [{
    `cluster.parallel` becomes the body of the kernel, which every core calls;
    the core number is the result of `se_kernel_core_id`, a barrier is a call of
    `se_kernel_barrier` (runtime/src/kernel.c). A transfer is a call of
    `se_kernel_dma_in` and the like on the core that drives the DMA, a token an
    index: the position to which the transfer goes, times 16, plus the number of
    the transfer. Memory levels disappear from the types; which section a constant
    belongs to is kept in an attribute of `cluster.program`, which stays for
    `--se-make-entry-points`.
  }];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::scf::SCFDialect",
    "::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect"];
}

def MakeEntryPoints : Pass<"se-make-entry-points", "::mlir::ModuleOp"> {
  let summary = "Functions that C code calls, from cluster.program";
  let description = [{
    For a program `net`, in the LLVM dialect:

    * `void net_reset(void *state)`;
    * `void net_init(void *state)`, which checks that the state lies where kernels
      expect it (`se_kernel_check_state`), resets and has the cluster execute the
      program's `init` (`se_kernel_run`);
    * `void net_step_ports(void *state, const float *const *inputs, float *const
      *outputs)`, which has the cluster execute the kernel.

    Constants get the section `.weights` or, if they lie behind L2, one that is
    named after their level; the linker script places them.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def AddDebugInfo : Pass<"se-add-debug-info", "::mlir::ModuleOp"> {
  let summary = "Locations become line tables";
  let description = [{
    Gives every function of the LLVM dialect a scope and every operation a line
    of the network's file (0 if the operation has none, as in ONNX). A stage of
    the kernel becomes an inlined function `stage NAME`, which debuggers show
    as a frame of its own.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // SE_CONVERSION_PASSES_TD
