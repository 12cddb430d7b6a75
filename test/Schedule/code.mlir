// Room in L1 for the kernel's code: none by default, as much as is asked for, or
// an estimate; all else has the rest.

// RUN: se-opt %s --se-attach-target=dma-core=8 --se-form-stages --se-choose-tiling | FileCheck %s --check-prefix=NONE
// RUN: se-opt %s --se-attach-target=dma-core=8 --se-form-stages --se-choose-tiling="code=l1 code-bytes=1000" | FileCheck %s --check-prefix=ASKED
// RUN: se-opt %s --se-attach-target=dma-core=8 --se-form-stages --se-choose-tiling=code=auto | FileCheck %s --check-prefix=AUTO
// RUN: se-opt %s --se-attach-target="dma-core=8 l1-bytes=640" --se-form-stages --se-choose-tiling=code=auto | FileCheck %s --check-prefix=NONE
// RUN: not se-opt %s --se-attach-target="dma-core=8 l1-bytes=640" --se-form-stages --se-choose-tiling="code=l1 code-bytes=1024" 2>&1 | FileCheck %s --check-prefix=FULL
// RUN: not se-opt %s --se-attach-target=dma-core=8 --se-form-stages --se-choose-tiling=code=rom 2>&1 | FileCheck %s --check-prefix=PLACE
// RUN: not se-opt %s --se-attach-target=dma-core=8 --se-form-stages --se-choose-tiling=code-bytes=-1 2>&1 | FileCheck %s --check-prefix=BYTES
// RUN: se-opt %s --se-attach-target=dma-core=8 --se-form-stages --se-choose-tiling="code=l1 code-bytes=1000" --se-split-stages --se-place-buffers --se-schedule | FileCheck %s --check-prefix=PROGRAM

// NONE:    plan.stream = #plan.stream<slots = 0, slot_bytes = 0, l1_bytes = {{[0-9]+}}>
// ASKED:   plan.stream = #plan.stream<slots = 0, slot_bytes = 0, l1_bytes = {{[0-9]+}}, code_bytes = 1008>
// AUTO:    plan.stream = #plan.stream<slots = 0, slot_bytes = 0, l1_bytes = {{[0-9]+}}, code_bytes = {{[1-9][0-9]+}}>
// FULL:    error: network does not fit: memory l1 exceeded by {{[0-9]+}} bytes (1024 needed for code, {{[0-9]+}} available beside states and activations)
// PLACE:   error: code must be l1, l2 or auto, found 'rom'
// BYTES:   error: code-bytes must not be negative, found -1
// PROGRAM: cluster.program @net {{.*}}code_bytes = 1008
rnn.network @net inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  rnn.yield %0 : tensor<2xf32>
}
