// RUN: se-opt %s --se-attach-target=dma-core=0 --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule | FileCheck %s --check-prefixes=CHECK,EIGHT
// RUN: se-opt %s --se-attach-target="cores=1 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule | FileCheck %s --check-prefixes=CHECK,ONE
// RUN: se-opt %s --se-attach-target=dma-core=8 --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule | FileCheck %s --check-prefixes=CHECK,CONTROLLER
// RUN: not se-opt %s --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not se-opt %s --se-attach-target=dma-core=0 --se-form-stages --se-pair-elements --se-choose-tiling=ring=1 --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=RING
// RUN: not se-opt %s --se-attach-target=dma-core=0 --se-form-stages --se-pair-elements --se-choose-tiling=ring=7 --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=RING
// RUN: not se-opt %s --se-attach-target=dma-core=0 --se-form-stages --se-pair-elements --se-choose-tiling=slot-bytes=20 --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=SLOT
// RUN: not se-opt %s --se-attach-target=dma-core=0 --se-form-stages --se-pair-elements --se-choose-tiling=slot-bytes=-16 --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=SLOT
// RUN: not se-opt %s --se-attach-target=dma-core=0 --se-form-stages --se-pair-elements --se-choose-tiling=tile-rows=-1 --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=ROWS
// RUN: not se-opt %s --se-attach-target=dma-core=0 --se-form-stages --se-pair-elements --se-choose-tiling=weights=l3 --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=GONE

// TARGET: error: the module has no attribute 'cluster.target', which says what to plan for (--se-attach-target)
// RING: error: the ring must have 2 to 6 slots, found {{[17]$}}
// SLOT: error: slot-bytes must be a multiple of 16 up to 65536, found {{(20|-16)$}}
// ROWS: error: tile-rows must not be negative, found -1
// GONE: no such option weights

// EIGHT:      cluster.program @net {{.*}} cores 8 state_bytes
// ONE:        cluster.program @net {{.*}} cores 1 state_bytes
// CONTROLLER: cluster.program @net {{.*}} cores 8 dma_core 8 state_bytes
// EIGHT:      cluster.parallel cores 8 dma_core 0
// ONE:        cluster.parallel cores 1 dma_core 0
// CONTROLLER: cluster.parallel cores 8 dma_core 8
// CHECK:      cluster.dot
rnn.network @net inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  rnn.yield %0 : tensor<2xf32>
}
