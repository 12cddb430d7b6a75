// RUN: se-opt %s --xpulp-allocate-registers | FileCheck %s
// Registers that are there stay.
// RUN: se-opt %s --xpulp-allocate-registers --xpulp-allocate-registers | FileCheck %s

// The address stays in register 0, the sum in 1, the word is in 2.
// CHECK-LABEL: func.func @chains
// CHECK:         p.lw.post %{{.*}}, 4 {xpulp.registers = array<i32: 2, 0>}
// CHECK:         pv.sdotsp.b {{.*}} {xpulp.registers = array<i32: 1>}
// CHECK:       } {registers = 3 : i32}
func.func @chains(%p: index, %n: index, %zero: i32) -> i32 {
  %end, %sum = xpulp.loop %n iter_args(%at = %p, %s = %zero) -> (index, i32) {
    %x, %next = xpulp.p.lw.post %at, 4 : vector<4xi8>
    %t = xpulp.pv.sdotsp.b %s, %x, %x
    xpulp.yield %next, %t : index, i32
  }
  return %sum : i32
}

// A register is free behind the last instruction that reads it, for what that one
// writes as well: four values, one register besides the argument's.
// CHECK-LABEL: func.func @free
// CHECK-COUNT-2: xpulp.p.abs %{{.*}} {xpulp.registers = array<i32: 1>}
// CHECK:         p.abs %{{.*}} {xpulp.registers = array<i32: 1>}
// CHECK:         p.mac %{{.*}} {xpulp.registers = array<i32: 0>}
// CHECK:       } {registers = 2 : i32}
func.func @free(%n: index, %zero: i32, %b: i32) -> i32 {
  %r = xpulp.loop %n iter_args(%s = %zero) -> (i32) {
    %0 = xpulp.p.abs %b
    %1 = xpulp.p.abs %0
    %2 = xpulp.p.abs %1
    %3 = xpulp.p.mac %s, %2, %2
    xpulp.yield %3 : i32
  }
  return %r : i32
}

// What is yielded lies where the next run expects it, if that is free by then.
// CHECK-LABEL: func.func @yielded
// CHECK:         p.mac %{{.*}} {xpulp.registers = array<i32: 0>}
// CHECK:         p.abs %{{.*}} {xpulp.registers = array<i32: 1>}
// CHECK-NOT:     xpulp.move
// CHECK:       } {registers = 2 : i32}
func.func @yielded(%n: index, %zero: i32, %b: i32) -> i32 {
  %r:2 = xpulp.loop %n iter_args(%s = %zero, %t = %b) -> (i32, i32) {
    %0 = xpulp.p.mac %s, %t, %t
    %1 = xpulp.p.abs %b
    xpulp.yield %0, %1 : i32, i32
  }
  return %r#0 : i32
}

// An accumulator that is still needed, and one from outside, are copied.
// CHECK-LABEL: func.func @copies
// CHECK-SAME:    %[[C:[a-z0-9]+]]: i32)
// CHECK:         iter_args(%[[S:.*]] = %{{.*}})
// CHECK:         %[[M:.*]] = xpulp.move %[[S]] {xpulp.registers = array<i32: 1>} : i32
// CHECK:         %[[T:.*]] = xpulp.p.mac %[[M]], %[[C]], %[[C]] {xpulp.registers = array<i32: 1>}
// CHECK:         %[[O:.*]] = xpulp.move %[[C]] {xpulp.registers = array<i32: 2>} : i32
// CHECK:         %[[U:.*]] = xpulp.p.mac %[[O]], %[[T]], %[[T]] {xpulp.registers = array<i32: 2>}
// CHECK:         p.mac %[[S]], %[[U]], %[[U]] {xpulp.registers = array<i32: 0>}
// CHECK:       } {registers = 3 : i32}
func.func @copies(%n: index, %zero: i32, %c: i32) -> i32 {
  %r = xpulp.loop %n iter_args(%s = %zero) -> (i32) {
    %t = xpulp.p.mac %s, %c, %c
    %u = xpulp.p.mac %c, %t, %t
    %v = xpulp.p.mac %s, %u, %u
    xpulp.yield %v : i32
  }
  return %r : i32
}

// Two values change places by way of register 3; %c comes from outside.
// CHECK-LABEL: func.func @places
// CHECK-SAME:    %[[C:[a-z0-9]+]]: i32)
// CHECK:         iter_args(%[[X:.*]] = %{{.*}}, %[[Y:.*]] = %{{.*}}, %[[Z:.*]] = %{{.*}})
// CHECK:         %[[M:.*]] = xpulp.move %[[C]] {xpulp.registers = array<i32: 2>}
// CHECK:         %[[ASIDE:.*]] = xpulp.move %[[Y]] {xpulp.registers = array<i32: 3>}
// CHECK:         %[[X1:.*]] = xpulp.move %[[X]] {xpulp.registers = array<i32: 1>}
// CHECK:         %[[Y1:.*]] = xpulp.move %[[ASIDE]] {xpulp.registers = array<i32: 0>}
// CHECK:         xpulp.yield %[[Y1]], %[[X1]], %[[M]]
// CHECK:       } {registers = 4 : i32}
func.func @places(%a: i32, %b: i32, %c: i32) -> (i32, i32, i32) {
  %r:3 = xpulp.loop 5 iter_args(%x = %a, %y = %b, %z = %b) -> (i32, i32, i32) {
    xpulp.yield %y, %x, %c : i32, i32, i32
  }
  return %r#0, %r#1, %r#2 : i32, i32, i32
}

// Two pairs change places, one after the other, and a third value follows.
// CHECK-LABEL: func.func @pairs
// CHECK:         iter_args(%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}}, %[[C:.*]] = %{{.*}}, %[[D:.*]] = %{{.*}}, %[[E:.*]] = %{{.*}})
// CHECK:         xpulp.move %[[A]] {xpulp.registers = array<i32: 4>}
// CHECK:         %[[ASIDE:.*]] = xpulp.move %[[B]] {xpulp.registers = array<i32: 5>}
// CHECK:         xpulp.move %[[A]] {xpulp.registers = array<i32: 1>}
// CHECK:         xpulp.move %[[ASIDE]] {xpulp.registers = array<i32: 0>}
// CHECK:         %[[AGAIN:.*]] = xpulp.move %[[D]] {xpulp.registers = array<i32: 5>}
// CHECK:         xpulp.move %[[C]] {xpulp.registers = array<i32: 3>}
// CHECK:         xpulp.move %[[AGAIN]] {xpulp.registers = array<i32: 2>}
// CHECK:       } {registers = 6 : i32}
func.func @pairs(%x: i32) -> i32 {
  %r:5 = xpulp.loop 5 iter_args(%a = %x, %b = %x, %c = %x, %d = %x, %e = %x) -> (i32, i32, i32, i32, i32) {
    xpulp.yield %b, %a, %d, %c, %a : i32, i32, i32, i32, i32
  }
  return %r#0 : i32
}

// Anything else in it, and it has no registers; the one within has.
// CHECK-LABEL: func.func @outer
// CHECK:           p.mac {{.*}} {xpulp.registers = array<i32: 0>}
// CHECK:         } {registers = 1 : i32}
// CHECK-NOT:     registers
// CHECK:         return
func.func @outer(%a: i32, %b: i32) -> i32 {
  %r = xpulp.loop 7 iter_args(%x = %a) -> (i32) {
    %s = xpulp.loop 3 iter_args(%y = %x) -> (i32) {
      %t = xpulp.p.mac %y, %b, %b
      xpulp.yield %t : i32
    }
    %u = arith.addi %s, %b : i32
    xpulp.yield %u : i32
  }
  return %r : i32
}
