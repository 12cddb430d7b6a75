// How elements are dealt to cores. The proof of se-verify-schedule includes that
// every output is written, by one core.
//
// RUN: %python %S/Inputs/make-network.py 3 1 > %t.1.mlir
// RUN: %python %S/Inputs/make-network.py 3 7 > %t.7.mlir
// RUN: %python %S/Inputs/make-network.py 3 8 > %t.8.mlir
// RUN: %python %S/Inputs/make-network.py 3 9 > %t.9.mlir
// RUN: %python %S/Inputs/make-network.py 3 257 > %t.257.mlir
// RUN: %python %S/Inputs/schedule-all.py %t.1.mlir cores=1 cores=2 cores=3 cores=4 cores=5 cores=6 cores=7 cores=8 dma-core=8
// RUN: %python %S/Inputs/schedule-all.py %t.7.mlir cores=1 cores=2 cores=3 cores=4 cores=5 cores=6 cores=7 cores=8 dma-core=8
// RUN: %python %S/Inputs/schedule-all.py %t.8.mlir cores=1 cores=2 cores=3 cores=4 cores=5 cores=6 cores=7 cores=8 dma-core=8
// RUN: %python %S/Inputs/schedule-all.py %t.9.mlir cores=1 cores=2 cores=3 cores=4 cores=5 cores=6 cores=7 cores=8 dma-core=8
// RUN: %python %S/Inputs/schedule-all.py %t.257.mlir cores=1 cores=2 cores=3 cores=4 cores=5 cores=6 cores=7 cores=8 dma-core=8
// RUN: %python %S/Inputs/schedule-all.py %t.7.mlir "cores=1 resident=false" "cores=3 resident=false" "cores=8 resident=false" "dma-core=8 resident=false" "cores=5 resident=false tile-rows=4"
// RUN: %python %S/Inputs/schedule-all.py %t.9.mlir "cores=1 resident=false" "cores=3 resident=false" "cores=8 resident=false" "dma-core=8 resident=false" "cores=5 resident=false tile-rows=4"
// RUN: %python %S/Inputs/schedule-all.py %t.257.mlir "cores=1 resident=false" "cores=3 resident=false" "cores=8 resident=false" "dma-core=8 resident=false" "cores=5 resident=false tile-rows=4"
//
// RUN: se-opt %t.257.mlir --se-attach-target="cores=8 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling=tile-rows=1 --se-split-stages --se-place-buffers --se-schedule --canonicalize --cse | FileCheck %s --check-prefix=MANY
// RUN: se-opt %t.257.mlir --se-attach-target="cores=8 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --canonicalize --cse | FileCheck %s --check-prefix=GROUPS
// RUN: se-opt %t.8.mlir --se-attach-target=dma-core=8 --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --canonicalize --cse | FileCheck %s --check-prefix=EVEN
// RUN: se-opt %t.1.mlir --se-attach-target="cores=8 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --canonicalize --cse | FileCheck %s --check-prefix=ONE

// Runs of ceil(257 / 8) = 33; the last core has 26.
// MANY:      ^bb0(%[[CORE:.*]]: index, %{{.*}}: index):
// MANY-COUNT-2: cluster.barrier
// MANY:      %[[AT:.*]] = arith.muli %[[CORE]], %c33
// MANY-NEXT: %[[LOW:.*]] = arith.minui %[[AT]], %c257
// MANY-NEXT: %[[NEXT:.*]] = arith.addi %[[LOW]], %c33
// MANY-NEXT: %[[HIGH:.*]] = arith.minui %[[NEXT]], %c257
// MANY-NEXT: scf.for %{{.*}} = %[[LOW]] to %[[HIGH]] step %c1
// MANY-NOT:  scf.if
// MANY:      %{{[0-9]+}} = cluster.dot
// MANY-NOT:  scf.if
// MANY:      memref.store

// 24 groups of 11 rows, 3 for each core. The last group has 4: but for its first
// one, rows may not exist.
// GROUPS:      ^bb0(%[[CORE:.*]]: index, %{{.*}}: index):
// GROUPS-COUNT-2: cluster.barrier
// GROUPS:      %[[WORKS:.*]] = arith.cmpi ult, %[[CORE]], %c8
// GROUPS-NEXT: %[[LOW:.*]] = arith.muli %[[CORE]], %c3
// GROUPS-NEXT: %[[COUNT:.*]] = arith.select %[[WORKS]], %c3, %c0
// GROUPS-NEXT: %[[HIGH:.*]] = arith.addi %[[LOW]], %[[COUNT]]
// GROUPS-NEXT: scf.for %[[GROUP:.*]] = %[[LOW]] to %[[HIGH]] step %c1
// GROUPS-NEXT:   %[[ROW:.*]] = arith.muli %[[GROUP]], %c11
// GROUPS:        %[[SUMS:.*]]:11 = cluster.dot
// GROUPS-NOT:    scf.if
// GROUPS:        memref.store %{{.*}}, %[[Y:.*]][%[[ROW]]]
// GROUPS:        %[[NEXT:.*]] = arith.addi %[[ROW]], %c1
// GROUPS-NEXT:   %[[EXISTS:.*]] = arith.cmpi ult, %[[NEXT]], %c257
// GROUPS-NEXT:   scf.if %[[EXISTS]] {
// GROUPS:          arith.addf %[[SUMS]]#1,
// GROUPS-NEXT:     memref.store %{{.*}}, %[[Y]][%[[NEXT]]]
// GROUPS:        %[[NEXT:.*]] = arith.addi %[[ROW]], %c10
// GROUPS-NEXT:   %[[EXISTS:.*]] = arith.cmpi ult, %[[NEXT]], %c257
// GROUPS-NEXT:   scf.if %[[EXISTS]] {
// GROUPS:          arith.addf %[[SUMS]]#10,
// GROUPS-NEXT:     memref.store %{{.*}}, %[[Y]][%[[NEXT]]]
// GROUPS-NEXT:   }
// GROUPS-NEXT: }
// GROUPS-NEXT: cluster.barrier

// As many for each: all workers run the same instructions, and the core that
// drives the DMA gets nothing.
// EVEN:      ^bb0(%[[CORE:.*]]: index, %{{.*}}: index):
// EVEN-COUNT-2: cluster.barrier
// EVEN:      %[[WORKS:.*]] = arith.cmpi ult, %[[CORE]], %c8
// EVEN-NEXT: %[[COUNT:.*]] = arith.select %[[WORKS]], %c1, %c0
// EVEN-NEXT: %[[HIGH:.*]] = arith.addi %[[CORE]], %[[COUNT]]
// EVEN-NEXT: scf.for %{{.*}} = %[[CORE]] to %[[HIGH]] step %c1

// Core 0 has the only element.
// ONE:       ^bb0(%[[CORE:.*]]: index, %{{.*}}: index):
// ONE-COUNT-2: cluster.barrier
// ONE:       %[[LOW:.*]] = arith.minui %[[CORE]], %c1
// ONE-NEXT:  %[[NEXT:.*]] = arith.addi %[[LOW]], %c1
// ONE-NEXT:  %[[HIGH:.*]] = arith.minui %[[NEXT]], %c1
// ONE-NEXT:  scf.for %{{.*}} = %[[LOW]] to %[[HIGH]] step %c1
