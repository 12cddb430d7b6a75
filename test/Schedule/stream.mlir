// RUN: %python %S/Inputs/make-network.py 4 12 > %t.mlir
// RUN: se-opt %t.mlir --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s --check-prefix=STAYS
// RUN: se-opt %t.mlir --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false ring=3 tile-rows=2" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s --check-prefix=THREE
// RUN: %python %S/Inputs/make-network.py 4 36 > %t.36.mlir
// RUN: se-opt %t.36.mlir --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false ring=2 tile-rows=20" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s --check-prefix=TWO
// RUN: %python %S/Inputs/make-network.py 4 24 > %t.24.mlir
// RUN: se-opt %t.24.mlir --se-attach-target="cores=2 l1-bytes=368 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="ring=2 tile-rows=2" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s --check-prefix=SHARE
// RUN: %python %S/Inputs/make-network.py 4 64 > %t.64.mlir
// RUN: se-opt %t.64.mlir --se-attach-target="cores=8 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false ring=2 tile-rows=32" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s --check-prefix=LANES
//
// Each of 12, 24 or 36 rows has 4 weights and 1 bias of f32, 20 bytes. A record is
// that of a group of rows.
// The proof says that all tokens are used once and that no core reads too early.

// With enough L1 nothing flows: the parameters are copied once, and their
// position is carried.
// STAYS:       @resident : memref<240xi8, #cluster.space<l2>>
// STAYS-NOT:   memref.global
// STAYS:       func.func @net_kernel
// STAYS:       cluster.parallel cores 2 dma_core 0 carry %{{.*}} : memref<1xi32, {{.*}}> {
// STAYS-NEXT:  ^bb0(%{{.*}}: index, %[[AT:.*]]: index):
// STAYS:       cluster.dma_start %arg1[%c0] to %[[X:[a-z0-9_]+]][
// STAYS-NEXT:  cluster.dma_wait
// STAYS-NOT:   cluster.dma_
// STAYS:       cluster.barrier
// STAYS:       memref.view %arg0[%[[AT]]][] : {{.*}} to memref<60xf32,
// STAYS:       cluster.dot
// STAYS-NOT:   cluster.dma_
// STAYS:       cluster.dma_start %{{.*}} to %arg2[%c0]
// STAYS-NEXT:  cluster.dma_wait
// STAYS-NOT:   cluster.dma_
// STAYS:       cluster.yield %[[AT]] : index
// STAYS:       func.func @net_init_stream
// STAYS:       %[[TOKEN:.*]] = cluster.dma_start {{.*}} %c240 :
// STAYS-NEXT:  %[[AT:.*]] = cluster.dma_wait %[[TOKEN]]
// STAYS-NEXT:  cluster.yield %[[AT]] : index

// Three slots of a group of two rows, 6 tiles. A step waits for the first of two
// transfers, passes a barrier and starts one into the slot of the tile before; its
// own slot is free in the next step. The frame starts with transfer 2.
// THREE-DAG:   @stream : memref<240xi8, #cluster.space<l2>>
// THREE-DAG:   @transfers : memref<12xi32, {{.*}}> = dense<[0, 40, 40, 40, 80, 40, 120, 40, 160, 40, 200, 40]>
// THREE-NOT:   @resident
// THREE:       func.func @net_kernel
// THREE:       ^bb0(%{{.*}}: index, %[[A:.*]]: !cluster.token<dma>, %[[B:.*]]: !cluster.token<dma>, %[[FREE:.*]]: index):
// THREE:       %[[END:.*]]:4 = scf.for %{{.*}} = %c0 to %c6 step %c1 iter_args(%[[A1:.*]] = %[[A]], %[[B1:.*]] = %[[B]], %[[FREE1:.*]] = %[[FREE]], %[[NEXT:.*]] = %c2)
// THREE-NEXT:    %[[AT:.*]] = cluster.dma_wait %[[A1]]
// THREE-NEXT:    cluster.barrier
// THREE:         %[[C:.*]] = cluster.dma_start %{{.*}}[%{{.*}}] to %arg0[%[[FREE1]]], %{{.*}}
// THREE:         memref.view %arg0[%[[AT]]][]
// THREE-NOT:     cluster.barrier
// THREE:         scf.yield %[[B1]], %[[C]], %[[AT]], %{{.*}} : !cluster.token<dma>, !cluster.token<dma>, index, index
// THREE:       cluster.yield %[[END]]#0, %[[END]]#1, %[[END]]#2 : !cluster.token<dma>, !cluster.token<dma>, index
// Two transfers are under way at first, into the first two slots.
// THREE:       func.func @net_init_stream
// THREE:       %[[A:.*]] = cluster.dma_start %{{.*}} to %arg0[%c16], %
// THREE:       %[[B:.*]] = cluster.dma_start %{{.*}} to %arg0[%c64], %
// THREE-NEXT:  cluster.yield %[[A]], %[[B]], %c112 :

// Two slots, 6 groups of 6 rows in tiles of 4 and 2: the last one is shorter.
// TWO:         @transfers : memref<4xi32, {{.*}}> = dense<[0, 480, 480, 240]>
// TWO:         ^bb0(%{{.*}}: index, %[[A:.*]]: !cluster.token<dma>, %{{.*}}: index):
// TWO:         scf.for %[[T:.*]] = %c0 to %c2 step %c1 iter_args(%{{.*}} = %[[A]],
// TWO:           %[[FIRST:.*]] = arith.muli %[[T]], %c4
// TWO-NEXT:      %[[LEFT:.*]] = arith.subi %c6, %[[FIRST]]
// TWO-NEXT:      %[[COUNT:.*]] = arith.minui %[[LEFT]], %c4
// TWO:           arith.ceildivui %[[COUNT]], %c2
// TWO:           %[[ROW:.*]] = arith.muli %[[GROUP:.*]], %c6
// TWO-NEXT:      %[[LOCAL:.*]] = arith.subi %[[GROUP]], %[[FIRST]]
// TWO-NEXT:      %[[AT:.*]] = arith.muli %[[LOCAL]], %c30
// TWO-NEXT:      :6 = cluster.dot %{{.*}}, %{{.*}}[%[[AT]]], %c4,

// 24 rows, and L1 has room for 4 of 12 tiles beside the ring: each third stays,
// as floor(4 (t + 1) / 12) > floor(4 t / 12) says.
// SHARE-DAG:   @resident : memref<192xi8, #cluster.space<l2>>
// SHARE-DAG:   @stream : memref<320xi8, #cluster.space<l2>>
// SHARE-DAG:   @transfers : memref<16xi32,
// SHARE:       func.func @net_kernel
// SHARE:         ^bb0(%{{.*}}: index, %{{.*}}: !cluster.token<dma>, %{{.*}}: index, %[[FIRST:.*]]: index):
// SHARE:       scf.for %{{.*}} = %c0 to %c12 step %c1 iter_args(%[[A:.*]] = %{{.*}}, %[[FREE:.*]] = %{{.*}}, %[[NEXT:.*]] = %c1, %[[LINE:.*]] = %c0, %[[KEPT:.*]] = %[[FIRST]])
// SHARE-NEXT:    %[[MORE:.*]] = arith.addi %[[LINE]], %c4
// SHARE-NEXT:    %[[ISKEPT:.*]] = arith.cmpi uge, %[[MORE]], %c12
// SHARE:         %[[IF:.*]]:5 = scf.if %[[ISKEPT]]
// SHARE-NEXT:      %[[BEHIND:.*]] = arith.addi %[[KEPT]], %c48
// SHARE-NEXT:      scf.yield %[[A]], %[[FREE]], %[[NEXT]], %[[BEHIND]], %[[KEPT]]
// SHARE-NEXT:    } else {
// SHARE-NEXT:      %[[AT:.*]] = cluster.dma_wait %[[A]]
// SHARE-NEXT:      cluster.barrier
// SHARE:           scf.yield %{{.*}}, %[[AT]], %{{.*}}, %[[KEPT]], %[[AT]]
// SHARE:         memref.view %arg0[%[[IF]]#4][]

// Tiles of 8 records of 4 rows: the words of four records take turns, and behind them
// lie the biases of each. Row 0 begins with 1/1024, row 4 with 17/1024, row 8 with
// 33/1024, row 12 with 49/1024; row 1 with 5/1024.
// LANES:       @transfers : memref<4xi32, {{.*}}> = dense<[0, 640, 640, 640]>
// LANES:       func.func @net_kernel
// LANES:           %[[LOCAL:.*]] = arith.subi %{{.*}}, %{{.*}} : index
// LANES-NEXT:      %[[LANE:.*]] = arith.remui %[[LOCAL]], %c4
// LANES-NEXT:      %[[FIRST:.*]] = arith.subi %[[LOCAL]], %[[LANE]]
// LANES-NEXT:      %[[QUAD:.*]] = arith.muli %[[FIRST]], %c20
// LANES-NEXT:      %[[AT:.*]] = arith.addi %[[QUAD]], %[[LANE]]
// LANES-NEXT:      %[[SUMS:.*]]:4 = cluster.dot %{{.*}}[%c0], %[[TILE:.*]][%[[AT]]], %c4, {{.*}} {stride = 4 : i64}
// LANES-NEXT:      %[[BEFORE:.*]] = arith.muli %[[LANE]], %c4
// LANES-NEXT:      %[[FIELDS:.*]] = arith.addi %[[QUAD]], %[[BEFORE]]
// LANES-NEXT:      %[[AT:.*]] = arith.addi %[[FIELDS]], %c64
// LANES-NEXT:      %[[BIAS:.*]] = memref.load %[[TILE]][%[[AT]]]
// LANES-NEXT:      arith.addf %[[SUMS]]#0, %[[BIAS]]
// LANES:           stream: "0x{{........}}0000803A0000883C0000043D0000443D0000A03B
