// RUN: se-opt %s --se-schedule=cores=2 --canonicalize --cse | FileCheck %s --check-prefix=STAYS
// RUN: se-opt %s --se-schedule="cores=2 l1-bytes=230" --canonicalize --cse | FileCheck %s --check-prefix=RING
// RUN: se-opt %s --se-schedule="cores=2 l1-bytes=100" 2>&1 | FileCheck %s --check-prefix=NONE
//
// One record for each of 12 rows: 4 weights and 1 bias of f32, 20 bytes.

// With enough L1 the stream is one tile, copied once.
// STAYS-DAG:   @tiles : memref<2xi32, {{.*}}> = dense<[0, 240]>
// STAYS-DAG:   @stream : memref<240xi8, #cluster.space<l2>>
// STAYS-NOT:   memref.global
// STAYS:       cluster.next_tile %c0 of {{.*}} {slot_bytes = 240 : i64, slots = 1 : i64, tiles = 1 : i64}
// STAYS-NOT:   cluster.next_tile

// Rings of three slots of two rows each (one for a core): 6 tiles.
// RING:        @tiles : memref<7xi32, {{.*}}> = dense<[0, 40, 80, 120, 160, 200, 240]>
// RING:        func.func @net_kernel
// RING:        scf.for %[[T:.*]] = %c0 to %c6 step %c1 {
// RING-NEXT:     cluster.next_tile %[[T]] of {{.*}} {slot_bytes = 48 : i64, slots = 3 : i64, tiles = 6 : i64}
// RING:          scf.for
// RING:            scf.for
// RING:              math.fma
// RING-NOT:    cluster.barrier
// Nothing is under way at first.
// RING:        func.func @net_init_states
// RING-COUNT-4:  memref.store %c0_i32
// RING:          call @net_reset_states

// NONE:        remark: the parameters of 1 loops are read where they lie
// NONE-NOT:    cluster.next_tile
// NONE:        cluster.program
rnn.network @net inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<12xf32>) {
  %W = arith.constant dense<[[0.0, 1.0, 2.0, 0.5], [1.0, 1.0, 2.0, 0.5], [2.0, 1.0, 2.0, 0.5], [3.0, 1.0, 2.0, 0.5], [4.0, 1.0, 2.0, 0.5], [5.0, 1.0, 2.0, 0.5], [6.0, 1.0, 2.0, 0.5], [7.0, 1.0, 2.0, 0.5], [8.0, 1.0, 2.0, 0.5], [9.0, 1.0, 2.0, 0.5], [10.0, 1.0, 2.0, 0.5], [11.0, 1.0, 2.0, 0.5]]>
      : tensor<12x4xf32>
  %b = arith.constant dense<[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0]> : tensor<12xf32>
  %0 = rnn.matvec %W, %x : tensor<12x4xf32>, tensor<4xf32> -> tensor<12xf32>
  %1 = arith.addf %0, %b : tensor<12xf32>
  rnn.yield %1 : tensor<12xf32>
}
