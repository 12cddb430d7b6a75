// RUN: se-opt %s -split-input-file -verify-diagnostics
// RUN: %check_rules %s %se_source/include/se/Dialect/Plan/PlanOps.td %se_source/include/se/Dialect/Plan/PlanTiling.td %se_source/include/se/Dialect/Plan/PlanBuffers.td %se_source/include/se/Dialect/Plan/PlanReport.td
//
// One case or more for each numbered rule, named after it.

rnn.network @stage_C1_0 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{stage-C1: the block must have one argument, an index}}
  %y = plan.stage "s" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: i32):
    %0 = plan.read %x[0] : tensor<4xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C2_1 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{stage-C2: plan.yield has 1 elements for 2 results}}
  %y:2 = plan.stage "s" depth 0 elements 4 : tensor<4xf32>, tensor<4xf32> {
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<4xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y#0 : tensor<4xf32>
}

// -----

rnn.network @stage_C2_2 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{stage-C2: a result must have 3 elements of 'f32', with 8, 16 or 32 bits, found 'tensor<4xf32>'}}
  %y = plan.stage "s" depth 0 elements 3 : tensor<4xf32> {
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<4xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C2_3 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf16>) {
  // expected-error @below {{stage-C2: a result must have 4 elements of 'f32', with 8, 16 or 32 bits, found 'tensor<4xf16>'}}
  %y = plan.stage "s" depth 0 elements 4 : tensor<4xf16> {
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<4xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf16>
}

// -----

rnn.network @stage_C3_4 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{stage-C3: elements must be positive, depth not negative, and batch give each element to one row and vector}}
  %y = plan.stage "s" depth -1 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<4xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C3_5 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{stage-C3: elements must be positive, depth not negative, and batch give each element to one row and vector}}
  %y = plan.stage "s" depth 0 elements 4 batch <rows = 3, vectors = 1, element = (d0, d1) -> (d0)> : tensor<4xf32> {
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<4xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C4_6 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %a = plan.stage "s" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<4xf32>
    plan.yield %0 : f32
  }
  %y = plan.stage "t" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    // expected-error @below {{stage-C4: what a stage reads must be computed at a smaller depth than its own}}
    %0 = plan.read %a[%i] : tensor<4xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C4_7 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %a = plan.stage "s" depth 0 elements 2 : tensor<2xf32> {
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<4xf32>
    plan.yield %0 : f32
  }
  %b = tensor.concat dim(0) %a, %a : (tensor<2xf32>, tensor<2xf32>) -> tensor<4xf32>
  %y = plan.stage "t" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    // expected-error @below {{stage-C4: what a stage reads must be computed at a smaller depth than its own}}
    %0 = plan.read %b[%i] : tensor<4xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C5_8 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{stage-C5: its depth must be that of the stage before it or one more, found 1}}
  %y = plan.stage "s" depth 1 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<4xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C6_9 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %y = plan.stage "s" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    %c0 = arith.constant 0 : index
    %c2 = arith.constant 2 : index
    %c1 = arith.constant 1 : index
    %z = arith.constant 0.0 : f32
    %0 = scf.for %j = %c0 to %c2 step %c1 iter_args(%s = %z) -> f32 {
      // expected-error @below {{stage-C6: loops in a body must stand side by side, carry one value, and have constant bounds and steps, with at least one turn}}
      %1 = scf.for %k = %c0 to %c2 step %c1 iter_args(%t = %s) -> f32 {
        %2 = plan.read %x[%j * 2 + %k] : tensor<4xf32>
        %3 = arith.addf %t, %2 : f32
        scf.yield %3 : f32
      }
      scf.yield %1 : f32
    }
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

func.func @outside(%x: tensor<4xf32>) {
  // expected-error @below {{expects parent op 'rnn.network'}}
  %y = plan.stage "s" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<4xf32>
    plan.yield %0 : f32
  }
  return
}

// -----

func.func @read_C1(%x: tensor<4xf32>, %i: index) {
  // expected-error @below {{read-C1: there must be one place, which needs each of its variables}}
  %0 = "plan.read"(%x, %i) {place = affine_map<(d0) -> (2)>} : (tensor<4xf32>, index) -> f32
  return
}

// -----

func.func @read_C2(%x: tensor<4xf32>, %i: index) {
  // expected-error @below {{read-C2: the result must be 'f32', found 'f16'}}
  %0 = "plan.read"(%x, %i) {place = affine_map<(d0) -> (d0)>} : (tensor<4xf32>, index) -> f16
  return
}

// -----

func.func @read_C3(%x: tensor<4xf32>) {
  %c = arith.constant dense<1.0> : tensor<4xf32>
  // expected-error @below {{read-C3: a constant that is the same number throughout is written as a scalar}}
  %0 = plan.read %c[3] : tensor<4xf32>
  return
}

// -----

func.func @place(%x: tensor<4xf32>, %i: index) {
  // expected-error @below {{expected one place without symbols}}
  %0 = plan.read %x[%i, %i] : tensor<4xf32>
  return
}

// -----

func.func @dot_C1_constant(%w: tensor<3x4xf32>, %x: tensor<4xf32>, %i: index) {
  // expected-error @below {{dot-C1: the matrix must have two dimensions and be a constant that is not the same number throughout}}
  %0 = plan.dot %w[%i], %x[0] : tensor<3x4xf32>, tensor<4xf32> -> f32
  return
}

// -----

func.func @dot_C1_element(%x: tensor<2xf32>, %i: index) {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf16>
  // expected-error @below {{dot-C1: matrix and vector must both be of f32, f16, i8 or i16, and the result of the same, or f32 for f16 and i32 for integers}}
  %0 = plan.dot %w[%i], %x[0] : tensor<2x2xf16>, tensor<2xf32> -> f32
  return
}

// -----

func.func @dot_C1_sum(%x: tensor<2xf16>, %i: index) {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf16>
  // expected-error @below {{dot-C1: matrix and vector must both be of f32, f16, i8 or i16, and the result of the same, or f32 for f16 and i32 for integers}}
  %0 = plan.dot %w[%i], %x[0] : tensor<2x2xf16>, tensor<2xf16> -> i32
  return
}

// -----

func.func @dot_C2(%x: tensor<2xf16>, %i: index) {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf16>
  // expected-error @below {{dot-C2: row and start must be one place each, which needs each of its variables}}
  %0 = "plan.dot"(%w, %i, %x) {row = affine_map<(d0) -> (0)>, start = affine_map<() -> (0)>, operandSegmentSizes = array<i32: 1, 1, 1, 0>} : (tensor<2x2xf16>, index, tensor<2xf16>) -> f32
  return
}

// -----

// expected-error @below {{attribute 'plan.macs' must be a number of a network}}
module attributes {plan.macs = 3} {}

// -----

// expected-error @below {{batch-C1: rows and vectors must be positive, and element a map of two dimensions to one number}}
module @batch_C1 attributes {a = #plan.batch<rows = 0, vectors = 1, element = (d0, d1) -> (d0)>} {}

// -----

rnn.network @stage_C7_read inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %y = plan.stage "stage_C7_read" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    // expected-error @below {{stage-C7: its place must lie in the tensor for all elements and turns of a loop}}
    %0 = plan.read %x[%i + 1] : tensor<4xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C7_read inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %y = plan.stage "stage_C7_read" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    // expected-error @below {{stage-C7: its place must lie in the tensor for all elements and turns of a loop}}
    %0 = plan.read %x[%i - 1] : tensor<4xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C7_read inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %y = plan.stage "stage_C7_read" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    // expected-error @below {{stage-C7: its place must lie in the tensor for all elements and turns of a loop}}
    %0 = plan.read %x[%i ceildiv 2] : tensor<4xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C7_read inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %y = plan.stage "stage_C7_read" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    // expected-error @below {{stage-C7: its place must lie in the tensor for all elements and turns of a loop}}
    %0 = plan.read %x[%i * 9223372036854775807 + %i] : tensor<4xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C7_row inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %y = plan.stage "stage_C7_row" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    // expected-error @below {{stage-C7: its place must lie in the tensor for all elements and turns of a loop}}
    %0 = plan.dot %w[%i], %x[0] : tensor<2x2xf32>, tensor<4xf32> -> f32
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C7_vector inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %y = plan.stage "stage_C7_vector" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    // expected-error @below {{stage-C7: its place must lie in the tensor for all elements and turns of a loop}}
    %0 = plan.dot %w[0], %x[3] : tensor<2x2xf32>, tensor<4xf32> -> f32
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C7_index inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %y = plan.stage "stage_C7_index" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    %c1 = arith.constant 1 : index
    // expected-error @below {{stage-C7: a place needs numbers of elements and of turns of a loop, and nothing else}}
    %0 = plan.read %x[%c1] : tensor<4xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C7_loop inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %y = plan.stage "stage_C7_loop" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    %c0 = arith.constant 0 : index
    %c3 = arith.constant 3 : index
    %c4 = arith.constant 4 : index
    %z = arith.constant 0.0 : f32
    %0 = scf.for %k = %c0 to %c4 step %c3 iter_args(%s = %z) -> f32 {
      // expected-error @below {{stage-C7: its place must lie in the tensor for all elements and turns of a loop}}
      %1 = plan.read %x[%k + 1] : tensor<4xf32>
      %2 = arith.addf %s, %1 : f32
      scf.yield %2 : f32
    }
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C8_batch inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %y = plan.stage "stage_C8_batch" depth 0 elements 4 batch <rows = 2, vectors = 2, element = (d0, d1) -> (d0 + d1 * 2)> : tensor<4xf32> {
  ^bb0(%i: index):
    // expected-error @below {{stage-C8: vectors start at a number; in a batch that is one for each vector, and elements of one row read the same row}}
    %0 = plan.dot %w[%i floordiv 2], %x[%i floordiv 2] : tensor<2x2xf32>, tensor<4xf32> -> f32
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C8_start inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %y = plan.stage "stage_C8_start" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    // expected-error @below {{stage-C8: vectors start at a number; in a batch that is one for each vector, and elements of one row read the same row}}
    %0 = plan.dot %w[0], %x[%i floordiv 2] : tensor<2x2xf32>, tensor<4xf32> -> f32
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C3_twice inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{stage-C3: elements must be positive, depth not negative, and batch give each element to one row and vector}}
  %y = plan.stage "stage_C3_twice" depth 0 elements 4 batch <rows = 2, vectors = 2, element = (d0, d1) -> (d0 + d1)> : tensor<4xf32> {
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<4xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C9_index inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %y = plan.stage "stage_C9_index" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    // expected-error @below {{stage-C9: a body has elementwise operations on scalars, and tables, which are constants}}
    %0 = arith.index_cast %i : index to i32
    %1 = arith.sitofp %0 : i32 to f32
    plan.yield %1 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C9_tensor inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %y = plan.stage "stage_C9_tensor" depth 0 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    // expected-error @below {{stage-C9: a body has elementwise operations on scalars, and tables, which are constants}}
    %0 = arith.negf %x : tensor<4xf32>
    %1 = plan.read %0[%i] : tensor<4xf32>
    plan.yield %1 : f32
  }
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @stage_C2_mask inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{stage-C2: a result must have 4 elements of 'i1', with 8, 16 or 32 bits, found 'tensor<4xi1>'}}
  %y = plan.stage "stage_C2_mask" depth 0 elements 4 : tensor<4xi1> {
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<4xf32>
    %1 = arith.cmpf olt, %0, %0 : f32
    plan.yield %1 : i1
  }
  rnn.yield %x : tensor<4xf32>
}

// -----

// expected-error @below {{tiling-C1: register_tile, k_blocks and unroll must be positive, other numbers not negative, and there are panels with a tile only}}
module @tiling_C1_zero attributes {test.a = #plan.tiling<register_tile = 0>} {}

// -----

// expected-error @below {{tiling-C1: register_tile, k_blocks and unroll must be positive, other numbers not negative, and there are panels with a tile only}}
module @tiling_C1_panel attributes {test.a = #plan.tiling<register_tile = 1, panel_bytes = 8>} {}

// -----

// expected-error @below {{tiling-C1: register_tile, k_blocks and unroll must be positive, other numbers not negative, and there are panels with a tile only}}
module @tiling_C1_resident attributes {test.a = #plan.tiling<register_tile = 1, panel_bytes = 8, tile = 1, resident = -1>} {}

// -----

// expected-error @below {{stream-C1: the ring must have 2 to 6 slots, or none, found 1}}
module @stream_C1 attributes {test.a = #plan.stream<slots = 1, slot_bytes = 48>} {}

// -----

// expected-error @below {{stream-C2: slot_bytes must be a multiple of 16 up to 65536, and 0 without slots only, found 20}}
module @stream_C2 attributes {test.a = #plan.stream<slots = 3, slot_bytes = 20>} {}

// -----

// expected-error @below {{stream-C2: slot_bytes must be a multiple of 16 up to 65536, and 0 without slots only, found 16}}
module @stream_C2_none attributes {test.a = #plan.stream<slots = 0, slot_bytes = 16>} {}

// -----

// expected-error @below {{stream-C2: slot_bytes must be a multiple of 16 up to 65536, and 0 without slots only, found 4611686018427387904}}
module @stream_C2_large attributes {test.a = #plan.stream<slots = 6, slot_bytes = 4611686018427387904>} {}

// -----

// expected-error @below {{stream-C3: l1_bytes must not be negative, found -1}}
module @stream_C3 attributes {test.a = #plan.stream<slots = 3, slot_bytes = 48, l1_bytes = -1>} {}

// -----

// expected-error @below {{stream-C4: code_bytes must be a multiple of 16 and not negative, found 100}}
module @stream_C4 attributes {test.a = #plan.stream<slots = 3, slot_bytes = 48, code_bytes = 100>} {}

// -----

// expected-error @below {{stream-C4: code_bytes must be a multiple of 16 and not negative, found -16}}
module @stream_C4_negative attributes {test.a = #plan.stream<slots = 3, slot_bytes = 48, code_bytes = -16>} {}

// -----

// expected-error @below {{attribute 'plan.stream' must be a #plan.stream<...> of a network}}
module @stream_type attributes {plan.stream = "large"} {}

// -----

// expected-error @below {{buffer-C1: the offset of 'a' must be a multiple of 16, its bytes positive, and its depths none or two in order}}
module @buffer_C1_offset attributes {test.a = #plan.buffer<name = "a", offset = 8, bytes = 4>} {}

// -----

// expected-error @below {{buffer-C1: the offset of 'a' must be a multiple of 16, its bytes positive, and its depths none or two in order}}
module @buffer_C1_bytes attributes {test.a = #plan.buffer<name = "a", offset = 16, bytes = 0>} {}

// -----

// expected-error @below {{buffer-C1: the offset of 'a' must be a multiple of 16, its bytes positive, and its depths none or two in order}}
module @buffer_C1_large attributes {test.a = #plan.buffer<name = "a", offset = 16, bytes = 9223372036854775807>} {}

// -----

// expected-error @below {{buffer-C1: the offset of 'a' must be a multiple of 16, its bytes positive, and its depths none or two in order}}
module @buffer_C1_one attributes {test.a = #plan.buffer<name = "a", offset = 16, bytes = 4, first = 1>} {}

// -----

// expected-error @below {{buffer-C1: the offset of 'a' must be a multiple of 16, its bytes positive, and its depths none or two in order}}
module @buffer_C1_order attributes {test.a = #plan.buffer<name = "a", offset = 16, bytes = 4, first = 2, last = 1>} {}

// -----

// expected-error @below {{attribute 'plan.buffers' must be a list of #plan.buffer<...> of a network}}
module @buffers_type attributes {plan.buffers = ["a"]} {}

// -----

func.func @read_C2_mask(%x: tensor<4xi1>) {
  // expected-error @below {{read-C2: elements must have 8, 16 or 32 bits, found 'i1'}}
  %0 = plan.read %x[0] : tensor<4xi1>
  return
}

// -----

func.func @dot_C1_wide(%x: tensor<2xf64>) {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf64>
  // expected-error @below {{dot-C1: matrix and vector must both be of f32, f16, i8 or i16, and the result of the same, or f32 for f16 and i32 for integers}}
  %0 = plan.dot %w[0], %x[0] : tensor<2x2xf64>, tensor<2xf64> -> f64
  return
}

// -----

// Not one by one: that would take minutes.
rnn.network @stage_C7_huge inputs(%x = "x" : tensor<268435456xf32>) outputs("y" : tensor<268435456xf32>) {
  %y = plan.stage "s" depth 0 elements 268435456 : tensor<268435456xf32> {
  ^bb0(%i: index):
    // expected-error @below {{stage-C7: its place must lie in the tensor for all elements and turns of a loop}}
    %0 = plan.read %x[%i + 1] : tensor<268435456xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<268435456xf32>
}

// -----

// expected-error @below {{cycles-C1: cycles must not be negative}}
module @cycles_C1 attributes {test.a = #plan.cycles<compute = 1, dma = -1, external = 0>} {}

// -----

// expected-error @below {{bytes-C1: bytes must not be negative}}
module @bytes_C1 attributes {test.a = #plan.bytes<l1 = 1, l2 = 0, l3 = -1, nvm = 0>} {}

// -----

// expected-error @below {{stage-report-C1: elements, register_tile, vectors, tile and k_blocks of 'a' must be positive, other numbers not negative}}
module @stage_report_C1_elements attributes {test.a = #plan.stage_report<name = "a", depth = 0, elements = 0, macs = 0, register_tile = 1, vectors = 1, tile = 4, k_blocks = 1, tiles = 0, bytes = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, cycles = <compute = 1, dma = 0, external = 0>>} {}

// -----

// expected-error @below {{stage-report-C1: elements, register_tile, vectors, tile and k_blocks of 'a' must be positive, other numbers not negative}}
module @stage_report_C1_register_tile attributes {test.a = #plan.stage_report<name = "a", depth = 0, elements = 4, macs = 0, register_tile = 0, vectors = 1, tile = 4, k_blocks = 1, tiles = 0, bytes = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, cycles = <compute = 1, dma = 0, external = 0>>} {}

// -----

// expected-error @below {{stage-report-C1: elements, register_tile, vectors, tile and k_blocks of 'a' must be positive, other numbers not negative}}
module @stage_report_C1_depth attributes {test.a = #plan.stage_report<name = "a", depth = -1, elements = 4, macs = 0, register_tile = 1, vectors = 1, tile = 4, k_blocks = 1, tiles = 0, bytes = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, cycles = <compute = 1, dma = 0, external = 0>>} {}

// -----

// expected-error @below {{stage-report-C2: 'a' has no tiles, so it must have no bytes of parameters}}
module @stage_report_C2 attributes {test.a = #plan.stage_report<name = "a", depth = 0, elements = 4, macs = 0, register_tile = 1, vectors = 1, tile = 4, k_blocks = 1, tiles = 0, bytes = <l1 = 16, l2 = 0, l3 = 0, nvm = 0>, cycles = <compute = 1, dma = 0, external = 0>>} {}

// -----

// expected-error @below {{report-C1: the ring must have 2 to 6 slots whose size is a multiple of 16, or none, and no number may be negative}}
module @report_C1_frame attributes {test.a = #plan.report<frame = -1, cycles = <compute = 9, dma = 0, external = 0>, ring = <slots = 0, slot_bytes = 0, l2_slots = 0>, used = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, available = <l1 = 100, l2 = 0, l3 = 0, nvm = 0>>} {}

// -----

// expected-error @below {{report-C1: the ring must have 2 to 6 slots whose size is a multiple of 16, or none, and no number may be negative}}
module @report_C1_slots attributes {test.a = #plan.report<frame = 9, cycles = <compute = 9, dma = 0, external = 0>, ring = <slots = 1, slot_bytes = 16, l2_slots = 0>, used = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, available = <l1 = 100, l2 = 0, l3 = 0, nvm = 0>>} {}

// -----

// expected-error @below {{report-C1: the ring must have 2 to 6 slots whose size is a multiple of 16, or none, and no number may be negative}}
module @report_C1_slot_bytes attributes {test.a = #plan.report<frame = 9, cycles = <compute = 9, dma = 0, external = 0>, ring = <slots = 2, slot_bytes = 20, l2_slots = 0>, used = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, available = <l1 = 100, l2 = 0, l3 = 0, nvm = 0>>} {}

// -----

// expected-error @below {{report-C1: the ring must have 2 to 6 slots whose size is a multiple of 16, or none, and no number may be negative}}
module @report_C1_none attributes {test.a = #plan.report<frame = 9, cycles = <compute = 9, dma = 0, external = 0>, ring = <slots = 2, slot_bytes = 0, l2_slots = 0>, used = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, available = <l1 = 100, l2 = 0, l3 = 0, nvm = 0>>} {}

// -----

// expected-error @below {{report-C1: the ring must have 2 to 6 slots whose size is a multiple of 16, or none, and no number may be negative}}
module @report_C1_l2_slots attributes {test.a = #plan.report<frame = 9, cycles = <compute = 9, dma = 0, external = 0>, ring = <slots = 0, slot_bytes = 0, l2_slots = -1>, used = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, available = <l1 = 100, l2 = 0, l3 = 0, nvm = 0>>} {}

// -----

// expected-error @below {{report-C2: stages must stand in the order of their depths}}
module @report_C2 attributes {test.a = #plan.report<frame = 9, cycles = <compute = 9, dma = 0, external = 0>, ring = <slots = 0, slot_bytes = 0, l2_slots = 0>, used = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, available = <l1 = 100, l2 = 0, l3 = 0, nvm = 0>, stages = [<name = "a", depth = 1, elements = 4, macs = 0, register_tile = 1, vectors = 1, tile = 4, k_blocks = 1, tiles = 0, bytes = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, cycles = <compute = 1, dma = 0, external = 0>>, <name = "a", depth = 0, elements = 4, macs = 0, register_tile = 1, vectors = 1, tile = 4, k_blocks = 1, tiles = 0, bytes = <l1 = 0, l2 = 0, l3 = 0, nvm = 0>, cycles = <compute = 1, dma = 0, external = 0>>]>} {}

// -----

// expected-error @below {{report-C3: no more of a memory may be used than is available}}
module @report_C3 attributes {test.a = #plan.report<frame = 9, cycles = <compute = 9, dma = 0, external = 0>, ring = <slots = 0, slot_bytes = 0, l2_slots = 0>, used = <l1 = 101, l2 = 0, l3 = 0, nvm = 0>, available = <l1 = 100, l2 = 0, l3 = 0, nvm = 0>>} {}

// -----

// expected-error @below {{attribute 'plan.report' must be a #plan.report<...>}}
module @report_type attributes {plan.report = {cycles = {frame = 1}}} {}

// -----

rnn.network @net inputs(%x = "x" : tensor<8xf32>) states() outputs("y" : tensor<8xf32>) {
  // expected-error @below {{stage-C10: strips must divide the 8 elements, and be even if they are computed in pairs, found 3}}
  %y = plan.stage "stage_C10_length" depth 0 elements 8 strips 3 : tensor<8xf32> {
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<8xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<8xf32>
}

// -----

rnn.network @net inputs(%x = "x" : tensor<9xf32>) states() outputs("y" : tensor<9xf32>) {
  // expected-error @below {{stage-C10: strips must divide the 9 elements, and be even if they are computed in pairs, found 3}}
  %y = plan.stage "stage_C10_pairs" depth 0 elements 9 strips 3 in pairs : tensor<9xf32> {
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<9xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<9xf32>
}

// -----

rnn.network @net inputs(%x = "x" : tensor<8xf32>) states() outputs("y" : tensor<8xf32>) {
  // expected-error @below {{stage-C10: strips go without batch, split and plan.dot}}
  %y = plan.stage "stage_C10_split" depth 0 elements 8 strips 4 split : tensor<8xf32> {
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<8xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<8xf32>
}

// -----

rnn.network @net inputs(%x = "x" : tensor<8xf32>) states() outputs("y" : tensor<8xf32>) {
  // expected-error @below {{stage-C10: the register tile must be a strip, 4, found 2}}
  %y = plan.stage "stage_C10_tile" depth 0 elements 8 strips 4 tiled <register_tile = 2> : tensor<8xf32> {
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<8xf32>
    plan.yield %0 : f32
  }
  rnn.yield %y : tensor<8xf32>
}

// -----

rnn.network @net inputs(%x = "x" : tensor<8xf32>) states() outputs("y" : tensor<1xf32>) {
  // expected-error @below {{stage-C10: sums need strips}}
  %y = plan.stage "stage_C10_sums" depth 0 elements 8 sums [0.0 : f32] : tensor<8xf32> {
  ^bb0(%i: index, %sum: f32):
    %0 = plan.read %x[%i] : tensor<8xf32>
    %1 = arith.addf %sum, %0 : f32
    plan.yield %1 : f32
  }
  rnn.yield %y : tensor<8xf32>
}

// -----

rnn.network @net inputs(%x = "x" : tensor<8xf32>) states() outputs("y" : tensor<8xf32>) {
  // expected-error @below {{stage-C10: in pairs only sums may follow from sums, by operations without regions}}
  %y:2 = plan.stage "stage_C10_prefix" depth 0 elements 8 strips 4 sums [0.0 : f32] in pairs : tensor<8xf32>, tensor<2xf32> {
  ^bb0(%i: index, %sum: f32):
    %0 = plan.read %x[%i] : tensor<8xf32>
    %1 = arith.addf %sum, %0 : f32
    plan.yield %1, %1 : f32, f32
  }
  rnn.yield %y#0 : tensor<8xf32>
}

// -----

rnn.network @net inputs(%x = "x" : tensor<8xf32>) states() outputs("y" : tensor<8xf32>) {
  // expected-error @below {{stage-C2: a result must have 2 elements of 'f32', with 8, 16 or 32 bits, found 'tensor<8xf32>'}}
  %y = plan.stage "stage_C2_sums" depth 0 elements 8 strips 4 sums [0.0 : f32] : tensor<8xf32> {
  ^bb0(%i: index, %sum: f32):
    %0 = plan.read %x[%i] : tensor<8xf32>
    %1 = arith.addf %sum, %0 : f32
    plan.yield %1 : f32
  }
  rnn.yield %y : tensor<8xf32>
}

// -----

rnn.network @net inputs(%x = "x" : tensor<8xf32>) states() outputs("y" : tensor<2xf32>) {
  // expected-error @below {{stage-C1: sums must start at numbers of the type of the block's arguments}}
  %y = plan.stage "stage_C1_sums" depth 0 elements 8 strips 4 sums [0.0 : f16] : tensor<2xf32> {
  ^bb0(%i: index, %sum: f32):
    %0 = plan.read %x[%i] : tensor<8xf32>
    %1 = arith.addf %sum, %0 : f32
    plan.yield %1 : f32
  }
  rnn.yield %y : tensor<2xf32>
}

// -----

// The line is an input.
rnn.network @push_C1_input inputs(%x = "x" : tensor<1x4xf32>, %z = "z" : tensor<2x4xf32>)
    states() outputs("y" : tensor<2x4xf32>) {
  // expected-error @below {{push-C1: it must put into a state of the network, whose next value alone is the result}}
  %0 = plan.push %x into %z : tensor<1x4xf32> into tensor<2x4xf32>
  rnn.yield %0 : tensor<2x4xf32>
}

// -----

// The result is an output as well.
rnn.network @push_C1_output inputs(%x = "x" : tensor<1x4xf32>)
    states(%s = "s" : tensor<2x4xf32> reset dense<0.0> : tensor<2x4xf32>)
    outputs("y" : tensor<2x4xf32>) {
  // expected-error @below {{push-C1: it must put into a state of the network, whose next value alone is the result}}
  %0 = plan.push %x into %s : tensor<1x4xf32> into tensor<2x4xf32>
  rnn.yield %0 : tensor<2x4xf32> next %0 : tensor<2x4xf32>
}

// -----

rnn.network @push_C2_one inputs(%x = "x" : tensor<1x4xf32>)
    states(%s = "s" : tensor<1x4xf32> reset dense<0.0> : tensor<1x4xf32>)
    outputs("y" : tensor<1x4xf32>) {
  // expected-error @below {{push-C2: the line must have two slots or more like 'tensor<1x4xf32>', found 'tensor<1x4xf32>'}}
  %0 = plan.push %x into %s : tensor<1x4xf32> into tensor<1x4xf32>
  rnn.yield %x : tensor<1x4xf32> next %0 : tensor<1x4xf32>
}

// -----

rnn.network @push_C2_rest inputs(%x = "x" : tensor<1x4xf32>)
    states(%s = "s" : tensor<9xf32> reset dense<0.0> : tensor<9xf32>)
    outputs("y" : tensor<1x4xf32>) {
  // expected-error @below {{push-C2: the line must have two slots or more like 'tensor<1x4xf32>', found 'tensor<9xf32>'}}
  %0 = plan.push %x into %s : tensor<1x4xf32> into tensor<9xf32>
  rnn.yield %x : tensor<1x4xf32> next %0 : tensor<9xf32>
}

// -----

rnn.network @push_C3 inputs(%x = "x" : tensor<1x1xf32>)
    states(%s = "s" : tensor<2x1xf32> reset dense<[[0.0], [1.0]]> : tensor<2x1xf32>)
    outputs("y" : tensor<1x1xf32>) {
  // expected-error @below {{push-C3: the state must be reset to one number}}
  %0 = plan.push %x into %s : tensor<1x1xf32> into tensor<2x1xf32>
  rnn.yield %x : tensor<1x1xf32> next %0 : tensor<2x1xf32>
}
