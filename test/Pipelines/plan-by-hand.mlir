// The passes of phase `planned`, each in a process of its own with text in between,
// give the module of the pipeline.
//
// RUN: rm -rf %t && mkdir %t
// RUN: %python %S/../Schedule/Inputs/make-network.py 7 24 40 5 > %t/net.mlir
// RUN: se-compile %t/net.mlir --precision=fp16 --emit=mlir-legalized -o %t/0.mlir
// RUN: se-opt %t/0.mlir --rnn-read-layers --rnn-inline-cells --rnn-store-masks --cse --rnn-write-layers -o %t/1.mlir
// RUN: se-opt %t/1.mlir --se-attach-target="target=gap9 l1-bytes=3000" -o %t/2.mlir
// RUN: se-opt %t/2.mlir --rnn-read-layers --se-form-delay-lines --se-form-stages --rnn-write-layers -o %t/3.mlir
// RUN: se-opt %t/3.mlir --se-fuse-reductions --se-strip-elements --se-pair-elements -o %t/4.mlir
// RUN: se-opt %t/4.mlir --se-choose-tiling -o %t/5.mlir
// RUN: se-opt %t/5.mlir --se-split-stages -o %t/6.mlir
// RUN: se-opt %t/6.mlir --se-place-buffers -o %t/7.mlir
// RUN: se-opt %t/7.mlir --verify-phase="phase=planned enter" | FileCheck %s
// RUN: se-opt %t/7.mlir --verify-phase="phase=planned enter" -o %t/by-hand.mlir
// RUN: se-compile %t/net.mlir --precision=fp16 --target=gap9 --l1-bytes=3000 --emit=mlir-planned -o %t/pipeline.mlir
// RUN: diff %t/by-hand.mlir %t/pipeline.mlir

// CHECK: plan.buffers = [
// CHECK: plan.stage {{.*}} in pairs tiled <
// CHECK: plan.dot
