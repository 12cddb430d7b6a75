// A constant that is the same for a whole strip is read before the strip's loop, where the number
// of the element is not known.

// RUN: se-opt %s --se-attach-target="cores=2 dma-core=0" --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s

// CHECK-LABEL: func.func @net_kernel
// CHECK:         scf.for %[[STRIP:[a-z0-9]+]] =
// CHECK:           %[[X:[a-z0-9_]+]] = memref.load %{{[a-z0-9_]+}}[%[[STRIP]]] : memref<2xf32,
// CHECK:           %[[B:[a-z0-9_]+]] = memref.load %{{.*}} : memref<40xf32,
// CHECK-NEXT:      %[[SUM:[a-z0-9_]+]] = arith.addf %[[X]], %[[B]] : f32
// CHECK-NEXT:      scf.for
// CHECK-NOT:         memref.load
// CHECK:             memref.store %[[SUM]]
rnn.network @net inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2x20xf32>) {
  %b = arith.constant dense<"0x0000803F0001803F0002803F0003803F0004803F0005803F0006803F0007803F0008803F0009803F000A803F000B803F000C803F000D803F000E803F000F803F0010803F0011803F0012803F0013803F0014803F0015803F0016803F0017803F0018803F0019803F001A803F001B803F001C803F001D803F001E803F001F803F0020803F0021803F0022803F0023803F0024803F0025803F0026803F0027803F"> : tensor<40xf32>
  %0 = plan.stage "spread" depth 0 elements 40 strips 20 : tensor<2x20xf32> {
  ^bb0(%i: index):
    %1 = plan.read %x[%i floordiv 20] : tensor<2xf32>
    %2 = plan.read %b[%i floordiv 20 + 4] : tensor<40xf32>
    %3 = arith.addf %1, %2 : f32
    plan.yield %3 : f32
  }
  rnn.yield %0 : tensor<2x20xf32>
}
