// What becomes a stage, and what an element of it is.
//
// RUN: se-opt %s --se-form-stages --split-input-file | FileCheck %s
// RUN: se-opt %s --se-form-stages --split-input-file | se-opt --se-form-stages --split-input-file | FileCheck %s
// RUN: se-opt %s --se-form-stages=remarks --split-input-file -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// A layer is one stage: what follows a product element by element is part of it.
// CHECK-LABEL: @layer
// CHECK-SAME:  plan.macs = 6
rnn.network @layer inputs(%x = "x" : tensor<3xf32>) outputs("y" : tensor<2xf32>) {
  %w = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %b = arith.constant dense<[0.5, 1.5]> : tensor<2xf32>
  %two = arith.constant dense<2.0> : tensor<2xf32>
  // Products read L1, so inputs are put there.
  // CHECK:      %[[X:.*]] = plan.stage "{{.*}}" depth 0 elements 3 : tensor<3xf32>
  // CHECK:        %[[READ:.*]] = plan.read %x[%i] : tensor<3xf32>
  // CHECK-NEXT:   plan.yield %[[READ]]
  // CHECK:      %[[Y:.*]] = plan.stage "{{.*}}" depth 1 elements 2 : tensor<2xf32>
  // CHECK:        %[[DOT:.*]] = plan.dot %{{.*}}[%i], %[[X]][0]
  // CHECK-NEXT:   %[[BIAS:.*]] = plan.read %{{.*}}[%i] : tensor<2xf32>
  // CHECK-NEXT:   %[[SUM:.*]] = arith.addf %[[DOT]], %[[BIAS]] : f32
  // CHECK-NEXT:   %[[TWO:.*]] = arith.constant 2.0{{.*}} : f32
  // CHECK-NEXT:   arith.mulf %[[SUM]], %[[TWO]] : f32
  // CHECK:      rnn.yield %[[Y]]
  %0 = rnn.matvec %w, %x : tensor<2x3xf32>, tensor<3xf32> -> tensor<2xf32>
  %1 = arith.addf %0, %b : tensor<2xf32>
  %2 = arith.mulf %1, %two : tensor<2xf32>
  rnn.yield %2 : tensor<2xf32>
}

// -----

// Movement becomes a place, and a concatenation has a stage for each part that
// has another number of elements.
// CHECK-LABEL: @movement
rnn.network @movement inputs(%x = "x" : tensor<2x3xf32>) outputs("y" : tensor<8xf32>) {
  // CHECK:      %[[A:.*]] = plan.stage {{.*}} depth 0 elements 6
  // CHECK:        plan.read %x[(%i mod 2) * 3 + %i floordiv 2]
  // CHECK:      %[[B:.*]] = plan.stage {{.*}} depth 0 elements 2
  // CHECK:        plan.read %x[%i + 3]
  // CHECK:      %[[ALL:.*]] = tensor.concat dim(0) %[[A]], %[[B]]
  // CHECK:      rnn.yield %[[ALL]]
  %0 = rnn.transpose %x [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  %1 = rnn.reshape %0 : tensor<3x2xf32> -> tensor<6xf32>
  %2 = tensor.extract_slice %x[1, 0] [1, 2] [1, 1] : tensor<2x3xf32> to tensor<1x2xf32>
  %3 = rnn.reshape %2 : tensor<1x2xf32> -> tensor<2xf32>
  %4 = tensor.concat dim(0) %1, %3 : (tensor<6xf32>, tensor<2xf32>) -> tensor<8xf32>
  rnn.yield %4 : tensor<8xf32>
}

// -----

// What is computed for a concatenation may be moved, or be part of another one, on
// its way there; one stage computes all parts with as many elements.
// CHECK-LABEL: @joined
rnn.network @joined inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<9xf32>) {
  // CHECK:      %[[FIRST:.*]] = plan.stage {{.*}} depth 0 elements 1
  // CHECK:      %[[TWO:.*]]:2 = plan.stage {{.*}} depth 0 elements 4
  // CHECK:      %[[BACK:.*]] = tensor.extract_slice %[[TWO]]#1[3] [4] [-1]
  // CHECK:      %[[INNER:.*]] = tensor.concat dim(0) %[[TWO]]#0, %[[BACK]]
  // CHECK:      %[[ALL:.*]] = tensor.concat dim(0) %[[FIRST]], %[[INNER]]
  // CHECK:      rnn.yield %[[ALL]]
  %a = arith.mulf %x, %x : tensor<4xf32>
  %b = arith.addf %x, %x : tensor<4xf32>
  %back = tensor.extract_slice %b[3] [4] [-1] : tensor<4xf32> to tensor<4xf32>
  %inner = tensor.concat dim(0) %a, %back : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
  %first = tensor.extract_slice %x[0] [1] [1] : tensor<4xf32> to tensor<1xf32>
  %y = tensor.concat dim(0) %first, %inner : (tensor<1xf32>, tensor<8xf32>) -> tensor<9xf32>
  rnn.yield %y : tensor<9xf32>
}

// -----

// One element of what is expensive would be computed by one core, before all others.
// CHECK-LABEL: @few
rnn.network @few inputs(%x = "x" : tensor<64xf32>) outputs("y" : tensor<64xf32>) {
  // CHECK:      %[[S:.*]] = plan.stage {{.*}} depth 0 elements 64
  // CHECK:        math.exp
  // CHECK:      plan.stage {{.*}} depth 1 elements 1 :
  // CHECK:        plan.read %[[S]][0]
  // CHECK:      plan.stage {{.*}} depth 1 elements 63
  // CHECK:        plan.read %[[S]][%i + 1]
  %0 = math.exp %x : tensor<64xf32>
  %1 = tensor.extract_slice %0[0] [1] [1] : tensor<64xf32> to tensor<1xf32>
  %2 = arith.negf %1 : tensor<1xf32>
  %3 = tensor.extract_slice %0[1] [63] [1] : tensor<64xf32> to tensor<63xf32>
  %4 = arith.negf %3 : tensor<63xf32>
  %5 = tensor.concat dim(0) %2, %4 : (tensor<1xf32>, tensor<63xf32>) -> tensor<64xf32>
  rnn.yield %5 : tensor<64xf32>
}

// -----

// What is expensive and needed at several places has a stage; what one element
// of a stage computes is forwarded to the others of the same stage.
// CHECK-LABEL: @shared
rnn.network @shared inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>)
    outputs("y" : tensor<4xf32>) {
  // CHECK:      %[[S:.*]]:2 = plan.stage {{.*}} depth 0 elements 4 : tensor<4xf32>, tensor<4xf32>
  // CHECK:        %[[T:.*]] = math.tanh
  // CHECK-NEXT:   %[[H:.*]] = plan.read %h[%i]
  // CHECK-NEXT:   %[[N:.*]] = arith.addf %[[T]], %[[H]]
  // CHECK-NEXT:   plan.yield %[[T]], %[[N]]
  // CHECK:      rnn.yield %[[S]]#0 : tensor<4xf32> next %[[S]]#1
  %0 = math.tanh %x : tensor<4xf32>
  %1 = arith.addf %0, %h : tensor<4xf32>
  rnn.yield %0 : tensor<4xf32> next %1 : tensor<4xf32>
}

// -----

// A state that stays what it is has no stage.
// CHECK-LABEL: @kept
rnn.network @kept inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<4xf32> reset dense<1.0> : tensor<4xf32>)
    outputs("y" : tensor<4xf32>) {
  // CHECK: rnn.yield %{{[0-9]+}} : tensor<4xf32> next %h
  %0 = arith.addf %x, %h : tensor<4xf32>
  rnn.yield %0 : tensor<4xf32> next %h : tensor<4xf32>
}

// -----

// Rows that vectors of a batch share; and sums element by element.
// CHECK-LABEL: @batch
rnn.network @batch inputs(%x = "x" : tensor<2x3xf32>) outputs("y" : tensor<2x4xf32>, "z" : tensor<2x1xf32>) {
  %w = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0], [1.0, 0.0, 2.0]]> : tensor<4x3xf32>
  // CHECK:      plan.stage {{.*}} depth 1 elements 8
  // CHECK-SAME:   batch <rows = 4, vectors = 2, element = (d0, d1) -> (d0 + d1 * 4)>
  // CHECK:        plan.dot %{{.*}}[%i mod 4], %{{.*}}[(%i floordiv 4) * 3]
  %0 = rnn.matvec %w, %x : tensor<4x3xf32>, tensor<2x3xf32> -> tensor<2x4xf32>
  // CHECK:      plan.stage {{.*}} depth 1 elements 2
  // CHECK:        scf.for %[[K:.*]] = %c0 to %c3 step %c1
  // CHECK:          plan.read %{{.*}}[%i * 3 + %[[K]]]
  // CHECK:          arith.addf
  %1 = rnn.reduce <sum> %x axes [1] : tensor<2x3xf32> -> tensor<2x1xf32>
  rnn.yield %0, %1 : tensor<2x4xf32>, tensor<2x1xf32>
}

// -----

// A product of two computed values is no plan.dot.
// REMARK: form-stages.mlir:[[#@LINE+6]]:8: remark: this product is computed element by element: the matrix is no constant
// CHECK-LABEL: @computed
// CHECK: plan.stage {{.*}} depth 1
// CHECK-NOT: plan.dot
// CHECK:   math.fma
rnn.network @computed inputs(%m = "m" : tensor<2x3xf32>, %x = "x" : tensor<3xf32>) outputs("y" : tensor<2xf32>) {
  %0 = rnn.matvec %m, %x : tensor<2x3xf32>, tensor<3xf32> -> tensor<2xf32>
  rnn.yield %0 : tensor<2xf32>
}

// -----

// Of peaks of the inputs alone each core knows before all stages.
// CHECK-LABEL: @early
rnn.network @early inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // CHECK: rnn.finite
  // CHECK: %[[INVERSE:.*]] = arith.divf %{{.*}}, %{{.*}} : tensor<1xf32>
  // CHECK: plan.stage
  // CHECK:   plan.read %[[INVERSE]][0] : tensor<1xf32>
  %mask, %peak = rnn.finite %x : tensor<4xf32> -> tensor<1xi32>, tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<1xf32>
  %inverse = arith.divf %one, %peak : tensor<1xf32>
  %all = rnn.broadcast %inverse : tensor<1xf32> -> tensor<4xf32>
  %0 = arith.mulf %x, %all : tensor<4xf32>
  rnn.yield %0 : tensor<4xf32>
}
