// Operations that no code is made of are refused before anything else happens,
// by name, whatever the precision.
// RUN: split-file %s %t
// RUN: se-opt %t/many.mlir --split-input-file --verify-diagnostics --verify-phase=imported
// RUN: not se-compile %t/one.mlir -o %t/one.elf --precision=fp16 2>&1 | FileCheck %s
// RUN: not se-run %t/one.mlir 2>&1 | FileCheck %s
// CHECK: error: {{.*}}one.mlir:2:12: 'math.sincos' cannot be compiled: docs/phases.md lists the operations that can
// RUN: not ls %t/one.elf

//--- one.mlir
rnn.network @net inputs(%x = "x" : tensor<3xf32>) outputs("y" : tensor<3xf32>) {
  %s, %c = math.sincos %x : tensor<3xf32>
  rnn.yield %s : tensor<3xf32>
}
//--- many.mlir

rnn.network @net inputs(%x = "x" : tensor<3xf32>) outputs("y" : tensor<3xf32>) {
  %e = tensor.empty() : tensor<3xf32> // expected-error {{'tensor.empty' cannot be compiled}}
  rnn.yield %e : tensor<3xf32>
}

// -----

rnn.network @net inputs(%x = "x" : tensor<3xf32>) outputs("y" : tensor<3xf32>) {
  %i = arith.fptosi %x : tensor<3xf32> to tensor<3xi32> // expected-error {{'arith.fptosi' cannot be compiled}}
  %y = arith.sitofp %i : tensor<3xi32> to tensor<3xf32>
  rnn.yield %y : tensor<3xf32>
}

// -----

rnn.network @net inputs(%x = "x" : tensor<8xf32>, %z = "z" : tensor<2xf32>) outputs("y" : tensor<8xf32>) {
  // expected-error@+1 {{'tensor.insert_slice' cannot be compiled}}
  %y = tensor.insert_slice %z into %x[0] [2] [3] : tensor<2xf32> into tensor<8xf32>
  rnn.yield %y : tensor<8xf32>
}

// -----

rnn.network @net inputs(%x = "x" : tensor<3xf32>) outputs("y" : tensor<3xf32>) {
  %m = arith.cmpf oge, %x, %x : tensor<3xf32>
  // expected-error@+1 {{'arith.subi' cannot be compiled}}
  %n = arith.subi %m, %m : tensor<3xi1>
  %y = arith.select %n, %x, %x : tensor<3xi1>, tensor<3xf32>
  rnn.yield %y : tensor<3xf32>
}

// -----

rnn.network @net inputs(%x = "x" : tensor<3xf32>) outputs("y" : tensor<5xf32>) {
  // expected-error@+1 {{'tensor.pad' cannot be compiled}}
  %y = tensor.pad %x low[1] high[1] {
  ^bb0(%i: index):
    %zero = arith.constant 0.0 : f32
    tensor.yield %zero : f32
  } : tensor<3xf32> to tensor<5xf32>
  rnn.yield %y : tensor<5xf32>
}

// -----

// Sizes are computed with in cells only.
rnn.network @net inputs(%x = "x" : tensor<3xf32>) outputs("y" : tensor<3xf32>) {
  %c0 = arith.constant 0 : index // expected-error {{'arith.constant' with these types may not stand in phase 'imported'}}
  rnn.yield %x : tensor<3xf32>
}

// -----

// Numbers are for rnn.broadcast.
rnn.network @net inputs(%x = "x" : tensor<3xf32>) outputs("y" : tensor<3xf32>) {
  %a = arith.constant 1.0 : f32 // expected-error {{'arith.constant' with these types may not stand in phase 'imported'}}
  %b = arith.addf %a, %a : f32
  rnn.yield %x : tensor<3xf32>
}

// -----

rnn.cell @open inputs(%x : tensor<?xf32>) outputs(tensor<?xf32>) {
  %y = math.ctlz %x : tensor<?xf32> // expected-error {{operand #0 must be signless-integer-like}}
  rnn.yield %y : tensor<?xf32>
}

// -----

rnn.cell @open inputs(%x : tensor<?xf64>) outputs(tensor<?xf64>) {
  %y = math.exp %x : tensor<?xf64> // expected-error {{'math.exp' with these types may not stand in phase 'imported'}}
  rnn.yield %y : tensor<?xf64>
}

// -----

rnn.cell @open inputs(%x : tensor<?xf32>) outputs(tensor<?xf32>) {
  %s, %c = math.sincos %x : tensor<?xf32> // expected-error {{'math.sincos' cannot be compiled}}
  rnn.yield %s : tensor<?xf32>
}
