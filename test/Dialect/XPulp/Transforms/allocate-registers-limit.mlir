// RUN: se-opt %s --xpulp-allocate-registers=max-registers=4 -verify-diagnostics | FileCheck %s
// RUN: not se-opt %s --xpulp-allocate-registers=max-registers=32 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: error: max-registers must be at most 31, found 32

// Two of its own, one for %b, one for the count.
// CHECK-LABEL: func.func @just
// CHECK:       } {registers = 2 : i32}
func.func @just(%n: index, %a: i32, %b: i32) -> i32 {
  %r = xpulp.loop %n iter_args(%s = %a) -> (i32) {
    %0 = xpulp.p.abs %b
    %1 = xpulp.p.mac %s, %0, %0
    xpulp.yield %1 : i32
  }
  return %r : i32
}

// One from outside more.
// CHECK-LABEL: func.func @many
// CHECK-NOT:   registers
// CHECK:       return
func.func @many(%n: index, %a: i32, %b: i32, %c: i32) -> i32 {
  // expected-remark @below {{needs 5 registers, more than 4: not a hardware loop}}
  %r = xpulp.loop %n iter_args(%s = %a) -> (i32) {
    %0 = xpulp.p.abs %b
    %1 = xpulp.p.mac %s, %0, %c
    xpulp.yield %1 : i32
  }
  return %r : i32
}

// A count of 3 is part of the set-up, as long as the body is short.
// CHECK-LABEL: func.func @constant
// CHECK:       } {registers = 2 : i32}
func.func @constant(%a: i32, %b: i32, %c: i32) -> i32 {
  %r = xpulp.loop 3 iter_args(%s = %a) -> (i32) {
    %0 = xpulp.p.abs %b
    %1 = xpulp.p.mac %s, %0, %c
    xpulp.yield %1 : i32
  }
  return %r : i32
}

// CHECK-LABEL: func.func @long
// CHECK-NOT:   registers
// CHECK:       return
func.func @long(%a: i32, %b: i32, %c: i32) -> i32 {
  // expected-remark @below {{needs 5 registers, more than 4: not a hardware loop}}
  %r = xpulp.loop 3 iter_args(%s = %a) -> (i32) {
    %0 = xpulp.p.abs %b
    %1 = xpulp.p.abs %0
    %2 = xpulp.p.abs %1
    %3 = xpulp.p.abs %2
    %4 = xpulp.p.abs %3
    %5 = xpulp.p.abs %4
    %6 = xpulp.p.abs %5
    %7 = xpulp.p.abs %6
    %8 = xpulp.p.abs %7
    %9 = xpulp.p.abs %8
    %10 = xpulp.p.abs %9
    %11 = xpulp.p.abs %10
    %12 = xpulp.p.abs %11
    %13 = xpulp.p.abs %12
    %14 = xpulp.p.abs %13
    %15 = xpulp.p.mac %s, %14, %c
    xpulp.yield %15 : i32
  }
  return %r : i32
}
