// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.td - Passes on the xpulp dialect ---------------*- tablegen -*-===//

#ifndef SE_DIALECT_XPULP_TRANSFORMS_PASSES_TD
#define SE_DIALECT_XPULP_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def AllocateRegisters : Pass<"xpulp-allocate-registers", "::mlir::ModuleOp"> {
  let summary = "Registers for the values of hardware loops";
  let description = [{
    Gives every `xpulp.loop` whose body consists of instructions the attribute
    `registers`, and every instruction in it `xpulp.registers`, whose rules are
    those of the loop (loop-C4 to loop-C7). Loops that have registers keep them.

    Values that an instruction reads and overwrites (accumulators, addresses that
    are incremented) form chains, which lie in one register; so does what the body
    yields and the argument that becomes it, if they are not needed at the same
    time. The other chains take the first register that is free. Where that is not
    enough, an `xpulp.move` comes in: a value that is overwritten and still needed
    afterwards, one from outside that is overwritten, what is yielded and lies
    elsewhere. Values that change places do so by way of one more register.

    Before:

    ```mlir
    %end, %sum = xpulp.loop %n iter_args(%at = %p, %s = %zero) -> (index, i32) {
      %x, %next = xpulp.p.lw.post %at, 4 : vector<4xi8>
      %t = xpulp.pv.sdotsp.b %s, %x, %x
      xpulp.yield %next, %t : index, i32
    }
    ```

    After: the address stays in register 0, the sum in 1, the word is in 2.

    ```mlir
    %end, %sum = xpulp.loop %n iter_args(%at = %p, %s = %zero) -> (index, i32) {
      %x, %next = xpulp.p.lw.post %at, 4 {xpulp.registers = array<i32: 2, 0>} : vector<4xi8>
      %t = xpulp.pv.sdotsp.b %s, %x, %x {xpulp.registers = array<i32: 1>}
      xpulp.yield %next, %t : index, i32
    } {registers = 3 : i32}
    ```

    Why registers without names: a loop becomes one block of inline assembly, and
    which register of the machine is number 2 is LLVM's choice, which knows what
    is live around the loop. Inside, LLVM cannot choose: it has no hardware loops
    here, and would put copies and spills where none may be. Why attributes and
    no register types (as `!rv.reg` in other projects): values keep their types
    (`vector<4xi8>`, `index`), so every pass before and the verifiers of the
    instructions stay as they are, and a loop without registers is valid as well.

    A loop that needs more than `max-registers`, those of values from outside and
    of the count included, stays as it is, with a remark; `se-lower-xpulp` makes an
    ordinary loop of it. Nothing may change a body behind this pass, so it stands
    right before `se-lower-xpulp`.
  }];
  let options = [
    // What else is live must go somewhere, and addresses of the stack and of the
    // function's own need some.
    Option<"maxRegisters", "max-registers", "unsigned", "24",
           "registers that a loop may take, at most 31">
  ];
}

#endif // SE_DIALECT_XPULP_TRANSFORMS_PASSES_TD
