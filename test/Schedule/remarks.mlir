// What costs much is said without being asked for, what is usual is not.
//
// RUN: se-opt %s --se-attach-target="cores=2 l1-bytes=16 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=L2
// RUN: se-opt %s --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule -o /dev/null 2>&1 | count 0
// RUN: se-opt %s --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule=remarks -o /dev/null 2>&1 | FileCheck %s --check-prefix=STAGES
//
// L2: remarks.mlir:[[@LINE+5]]:{{[0-9]+}}: remark: 'constant' and other constants that elements share (32 bytes) do not fit l1: cores wait for l2 at each of 24 loads per frame; --precision=fp16 or a target with more l1 may make room{{$}}
//
// STAGES: remarks.mlir:[[@LINE+5]]:{{[0-9]+}}: remark: 24 elements on level 0, 0 tiles, 0 bytes stay in l1, per frame come 0 from l2, 0 from nvm, 0 from l3; compute {{[0-9]+}}, dma 0, external 0 cycles, bound by compute

rnn.network @batch inputs(%x = "x" : tensor<3x8xf32>) outputs("y" : tensor<3x8xf32>) {
  %c = arith.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]> : tensor<8xf32>
  %0 = rnn.broadcast %c : tensor<8xf32> -> tensor<3x8xf32>
  %1 = arith.mulf %x, %0 : tensor<3x8xf32>
  rnn.yield %1 : tensor<3x8xf32>
}
