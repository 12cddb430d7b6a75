// RUN: se-opt %s | se-opt | FileCheck %s
// RUN: se-opt %s --mlir-print-op-generic | se-opt | FileCheck %s

// CHECK-LABEL: rnn.network @all
// CHECK-SAME:  plan.buffers = [#plan.buffer<name = "value 0", offset = 16, bytes = 16, first = 0, last = 1>, #plan.buffer<name = "ring", offset = 32, bytes = 12288>]
// CHECK-SAME:  plan.stream = #plan.stream<slots = 3, slot_bytes = 4096, l1_bytes = 50000, screening = copy>
rnn.network @all inputs(%x = "x" : tensor<2x4xf32>) outputs("y" : tensor<2x3xf32>)
    attributes {plan.buffers = [#plan.buffer<name = "value 0", offset = 16, bytes = 16, first = 0, last = 1>, #plan.buffer<name = "ring", offset = 32, bytes = 12288>], plan.macs = 24, plan.stream = #plan.stream<slots = 3, slot_bytes = 4096, l1_bytes = 50000, screening = copy>} {
  %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0, 5.0], [3.0, 4.0, 5.0, 6.0]]>
      : tensor<3x4xf16>
  // CHECK:      %[[X:.*]] = plan.stage "x" depth 0 elements 8 in pairs tiled <register_tile = 2> split : tensor<2x4xf16> {
  // CHECK-NEXT: ^bb0(%[[I:.*]]: index):
  // CHECK-NEXT:   %[[READ:.*]] = plan.read %{{.*}}[%[[I]]] : tensor<2x4xf32>
  // CHECK-NEXT:   %[[HALF:.*]] = arith.truncf %[[READ]] : f32 to f16
  // CHECK-NEXT:   plan.yield %[[HALF]] : f16
  %0 = plan.stage "x" depth 0 elements 8 in pairs tiled <register_tile = 2> split : tensor<2x4xf16> {
  ^bb0(%i: index):
    %1 = plan.read %x[%i] : tensor<2x4xf32>
    %2 = arith.truncf %1 : f32 to f16
    plan.yield %2 : f16
  }
  // CHECK:      plan.stage "fc" depth 1 elements 6
  // CHECK-SAME:   batch <rows = 3, vectors = 2, element = (d0, d1) -> (d0 + d1 * 3)>
  // CHECK-SAME:   tiled <register_tile = 1, panel_bytes = 12, tile = 2, k_blocks = 2, keeps_sums = true, resident = 1> : tensor<2x3xf32>
  // CHECK:        plan.dot %{{.*}}[%[[J:.*]] mod 3], %[[X]][(%[[J]] floordiv 3) * 4] : tensor<3x4xf16>, tensor<2x4xf16> -> f32
  // CHECK:        %[[SUM:.*]] = scf.for %[[K:.*]] = %c0 to %c4 step %c1 iter_args(%[[S:.*]] = %{{.*}}) -> (f32) {
  // CHECK:          plan.read %[[X]][%[[K]] + 4] : tensor<2x4xf16>
  %3 = plan.stage "fc" depth 1 elements 6
      batch <rows = 3, vectors = 2, element = (d0, d1) -> (d0 + d1 * 3)>
      tiled <register_tile = 1, panel_bytes = 12, tile = 2, k_blocks = 2, keeps_sums = true, resident = 1> : tensor<2x3xf32> {
  ^bb0(%i: index):
    %4 = plan.dot %w[%i mod 3], %0[(%i floordiv 3) * 4]
        : tensor<3x4xf16>, tensor<2x4xf16> -> f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %5 = scf.for %k = %c0 to %c4 step %c1 iter_args(%s = %4) -> f32 {
      %6 = plan.read %0[%k + 4] : tensor<2x4xf16>
      %7 = arith.extf %6 : f16 to f32
      %8 = arith.addf %s, %7 : f32
      scf.yield %8 : f32
    }
    plan.yield %5 : f32
  }
  rnn.yield %3 : tensor<2x3xf32>
}

// CHECK: module @report attributes {plan.report = #plan.report<frame = 9, cycles = <compute = 9, dma = 0, external = 0>, ring = <slots = 2, slot_bytes = 16, l2_slots = 0>, used = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, available = <l1 = 100, l2 = 0, l3 = 0, nvm = 0>, stages = [<name = "a", depth = 0, elements = 4, macs = 0, register_tile = 1, vectors = 1, tile = 4, k_blocks = 1, tiles = 0, bytes = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, cycles = <compute = 1, dma = 0, external = 0>>, <name = "a", depth = 1, elements = 4, macs = 0, register_tile = 1, vectors = 1, tile = 4, k_blocks = 1, tiles = 2, bytes = <l1 = 16, l2 = 0, l3 = 0, nvm = 0>, cycles = <compute = 1, dma = 0, external = 0>>], buffers = [<name = "a", offset = 0, bytes = 16>, <name = "b", offset = 16, bytes = 4, first = 0, last = 1>]>}
module @report attributes {plan.report = #plan.report<frame = 9, cycles = <compute = 9, dma = 0, external = 0>, ring = <slots = 2, slot_bytes = 16, l2_slots = 0>, used = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, available = <l1 = 100, l2 = 0, l3 = 0, nvm = 0>, stages = [<name = "a", depth = 0, elements = 4, macs = 0, register_tile = 1, vectors = 1, tile = 4, k_blocks = 1, tiles = 0, bytes = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, cycles = <compute = 1, dma = 0, external = 0>>, <name = "a", depth = 1, elements = 4, macs = 0, register_tile = 1, vectors = 1, tile = 4, k_blocks = 1, tiles = 2, bytes = <l1 = 16, l2 = 0, l3 = 0, nvm = 0>, cycles = <compute = 1, dma = 0, external = 0>>], buffers = [<name = "a", offset = 0, bytes = 16>, <name = "b", offset = 16, bytes = 4, first = 0, last = 1>]>} {}

// CHECK: module @empty_report attributes {plan.report = #plan.report<frame = 9, cycles = <compute = 9, dma = 0, external = 0>, ring = <slots = 0, slot_bytes = 0, l2_slots = 0>, used = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, available = <l1 = 100, l2 = 0, l3 = 0, nvm = 0>>}
module @empty_report attributes {plan.report = #plan.report<frame = 9, cycles = <compute = 9, dma = 0, external = 0>, ring = <slots = 0, slot_bytes = 0, l2_slots = 0>, used = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, available = <l1 = 100, l2 = 0, l3 = 0, nvm = 0>>} {}

// CHECK-LABEL: rnn.network @lines
// CHECK:         %[[X:.*]]:2 = plan.stage "x"
// CHECK:         %[[NEXT:.*]] = plan.push %[[X]]#0 into %{{.*}} : tensor<1x4xf32> into tensor<3x4xf32>
// CHECK:         plan.push %{{.*}} into %{{.*}} front : tensor<1x4xf32> into tensor<2x4xf32>
rnn.network @lines inputs(%x = "x" : tensor<1x4xf32>)
    states(%s = "s" : tensor<3x4xf32> reset dense<0.0> : tensor<3x4xf32>,
           %t = "t" : tensor<2x4xf32> reset dense<0.0> : tensor<2x4xf32>)
    outputs("y" : tensor<1x4xf32>) {
  %0:2 = plan.stage "x" depth 0 elements 4 : tensor<1x4xf32>, tensor<1x4xf32> {
  ^bb0(%i: index):
    %3 = plan.read %x[%i] : tensor<1x4xf32>
    plan.yield %3, %3 : f32, f32
  }
  %1 = plan.push %0#0 into %s : tensor<1x4xf32> into tensor<3x4xf32>
  %2 = plan.push %0#1 into %t front : tensor<1x4xf32> into tensor<2x4xf32>
  %4 = plan.stage "y" depth 1 elements 4 : tensor<1x4xf32> {
  ^bb0(%i: index):
    %5 = plan.read %1[%i + 8] : tensor<3x4xf32>
    %6 = plan.read %2[%i] : tensor<2x4xf32>
    %7 = arith.addf %5, %6 : f32
    plan.yield %7 : f32
  }
  rnn.yield %4 : tensor<1x4xf32> next %1, %2 : tensor<3x4xf32>, tensor<2x4xf32>
}
