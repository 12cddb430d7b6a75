// RUN: se-opt %s -split-input-file -verify-diagnostics
// RUN: %check_rules %s %se_source/include/se/Dialect/XPulp/XPulpOps.td
//
// One case or more for each numbered rule, named after it, and what the types and
// ranges of operands say.

func.func @loop_C1_zero() {
  // expected-error @below {{loop-C1: a number of runs must be 1 to 4095, found 0}}
  xpulp.loop 0 {
    xpulp.yield
  }
  return
}

// -----

func.func @loop_C1_many() {
  // expected-error @below {{loop-C1: a number of runs must be 1 to 4095, found 4096}}
  xpulp.loop 4096 {
    xpulp.yield
  }
  return
}

// -----

func.func @loop_C1_none(%x: i32) {
  // expected-error @below {{loop-C1: needs a count, an operand or a number}}
  %0 = "xpulp.loop"(%x) ({
  ^bb0(%a: i32):
    "xpulp.yield"(%a) : (i32) -> ()
  }) : (i32) -> i32
  return
}

// -----

func.func @loop_C2_yield(%x: i32) {
  // expected-error @below {{loop-C2: yielded values must be as many and of the same types as the results}}
  %0 = xpulp.loop 2 iter_args(%a = %x) -> (i32) {
    xpulp.yield
  }
  return
}

// -----

func.func @loop_C2_arguments(%x: i32) {
  // expected-error @below {{loop-C2: arguments of the body must be as many and of the same types as the results}}
  %0 = "xpulp.loop"(%x) ({
  ^bb0:
    "xpulp.yield"(%x) : (i32) -> ()
  }) {constant_count = 1 : i32} : (i32) -> i32
  return
}

// -----

func.func @loop_C2_inits(%x: i32) {
  // expected-error @below {{loop-C2: initial values must be as many and of the same types as the results}}
  %0 = "xpulp.loop"() ({
  ^bb0(%a: i32):
    "xpulp.yield"(%a) : (i32) -> ()
  }) {constant_count = 1 : i32} : () -> i32
  return
}

// -----

func.func @loop_C3() {
  xpulp.loop 2 {
    xpulp.loop 2 {
      // expected-error @below {{loop-C3: no more than two loops may be nested}}
      xpulp.loop 2 {
        xpulp.yield
      }
      xpulp.yield
    }
    xpulp.yield
  }
  return
}

// -----

func.func @immediate_large(%p: index) {
  // expected-error @below {{attribute 'imm' failed to satisfy constraint: 32-bit signless integer attribute whose minimum value is -2048 whose maximum value is 2047}}
  %0, %1 = xpulp.p.lw.post %p, 2048 : i32
  return
}

// -----

func.func @immediate_negative(%x: i32) {
  // expected-error @below {{attribute 'imm' failed to satisfy constraint: 32-bit signless integer attribute whose minimum value is 0 whose maximum value is 31}}
  %0 = xpulp.p.clipi %x, -1
  return
}

// -----

func.func @operand_type(%x: i32) {
  // expected-error @below {{operand #0 must be vector<4xi8>, but got 'i32'}}
  %0 = "xpulp.pv.abs.b"(%x) : (i32) -> vector<4xi8>
  return
}

// -----

func.func @result_type(%p: index) {
  // expected-error @below {{result #0 must be i32, f32 or a vector that fills a register, but got 'vector<2xf32>'}}
  %0, %1 = xpulp.p.lw.post %p, 4 : vector<2xf32>
  return
}

// -----

func.func @carried_type(%x: f64) {
  // expected-error @below {{must be variadic of what a register holds, but got 'f64'}}
  %0 = xpulp.loop 2 iter_args(%a = %x) -> (f64) {
    xpulp.yield %a : f64
  }
  return
}

// -----

func.func @loop_C4_arguments(%x: i32) {
  // expected-error @below {{loop-C4: must have 1 (one for each argument) to 31 registers, found 0}}
  %0 = xpulp.loop 2 iter_args(%a = %x) -> (i32) {
    xpulp.yield %a : i32
  } {registers = 0 : i32}
  return
}

// -----

func.func @loop_C4_many(%x: i32) {
  // expected-error @below {{loop-C4: must have 1 (one for each argument) to 31 registers, found 32}}
  %0 = xpulp.loop 2 iter_args(%a = %x) -> (i32) {
    xpulp.yield %a : i32
  } {registers = 32 : i32}
  return
}

// -----

func.func @loop_C4_none(%x: i32) {
  %0 = xpulp.loop 2 iter_args(%a = %x) -> (i32) {
    // expected-error @below {{loop-C4: needs a register below 2 for each result}}
    %b = xpulp.p.abs %a
    xpulp.yield %a : i32
  } {registers = 2 : i32}
  return
}

// -----

func.func @loop_C4_above(%x: i32) {
  %0 = xpulp.loop 2 iter_args(%a = %x) -> (i32) {
    // expected-error @below {{loop-C4: needs a register below 2 for each result}}
    %b = xpulp.p.abs %a {xpulp.registers = array<i32: 2>}
    xpulp.yield %a : i32
  } {registers = 2 : i32}
  return
}

// -----

func.func @loop_C4_other(%x: i32) {
  %0 = xpulp.loop 2 iter_args(%a = %x) -> (i32) {
    // expected-error @below {{loop-C4: is no instruction, in a loop with registers}}
    %b = arith.addi %a, %a : i32
    xpulp.yield %a : i32
  } {registers = 2 : i32}
  return
}

// -----

func.func @loop_C5_accumulator(%x: i32) {
  %0 = xpulp.loop 2 iter_args(%a = %x) -> (i32) {
    // expected-error @below {{loop-C5: result #0 must lie in the register of operand #0, which must be of the loop}}
    %b = xpulp.p.mac %a, %a, %a {xpulp.registers = array<i32: 1>}
    xpulp.yield %a : i32
  } {registers = 2 : i32}
  return
}

// -----

func.func @loop_C5_outside(%x: i32) {
  %0 = xpulp.loop 2 iter_args(%a = %x) -> (i32) {
    // expected-error @below {{loop-C5: result #0 must lie in the register of operand #0, which must be of the loop}}
    %b = xpulp.p.mac %x, %a, %a {xpulp.registers = array<i32: 0>}
    xpulp.yield %b : i32
  } {registers = 1 : i32}
  return
}

// -----

func.func @loop_C5_twice(%p: index) {
  %0 = xpulp.loop 2 iter_args(%at = %p) -> (index) {
    // expected-error @below {{loop-C5: two results lie in register 0}}
    %b, %next = xpulp.p.lw.post %at, 4 {xpulp.registers = array<i32: 0, 0>} : i32
    xpulp.yield %next : index
  } {registers = 1 : i32}
  return
}

// -----

func.func @loop_C6(%x: i32) {
  %0 = xpulp.loop 2 iter_args(%a = %x) -> (i32) {
    %b = xpulp.p.abs %a {xpulp.registers = array<i32: 0>}
    // expected-error @below {{loop-C6: operand #1 lies in no register, or no longer}}
    %c = xpulp.p.mac %b, %a, %b {xpulp.registers = array<i32: 0>}
    xpulp.yield %c : i32
  } {registers = 1 : i32}
  return
}

// -----

// A value that only comes later.
func.func @loop_C6_later(%x: i32) {
  %0 = xpulp.loop 2 iter_args(%a = %x) -> (i32) {
    // expected-error @below {{loop-C6: operand #0 lies in no register, or no longer}}
    %c = xpulp.p.abs %b {xpulp.registers = array<i32: 0>}
    %b = xpulp.p.abs %x
    xpulp.yield %c : i32
  } {registers = 1 : i32}
  return
}

// -----

func.func @loop_C7(%x: i32) {
  %0 = xpulp.loop 2 iter_args(%a = %x) -> (i32) {
    %b = xpulp.p.abs %a {xpulp.registers = array<i32: 1>}
    // expected-error @below {{loop-C7: value #0 must lie in register 0}}
    xpulp.yield %b : i32
  } {registers = 2 : i32}
  return
}

// -----

func.func @registers_outside(%x: i32) {
  // expected-error @below {{'xpulp.registers' only belongs to an instruction in a loop with registers}}
  %b = xpulp.p.abs %x {xpulp.registers = array<i32: 1>}
  return
}

// -----

func.func @unknown_attribute(%x: i32) {
  // expected-error @below {{unknown attribute 'xpulp.register'}}
  %b = xpulp.p.abs %x {xpulp.register = array<i32: 1>}
  return
}
