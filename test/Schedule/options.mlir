// RUN: se-opt %s --se-schedule=l1-bytes=0 | FileCheck %s --check-prefixes=CHECK,EIGHT,L2
// RUN: se-opt %s --se-schedule="cores=1 weights=l3 l1-bytes=0" | FileCheck %s --check-prefixes=CHECK,ONE,L3
// RUN: not se-opt %s --se-schedule=cores=9 2>&1 | FileCheck %s --check-prefix=CORES
// RUN: not se-opt %s --se-schedule=cores=0 2>&1 | FileCheck %s --check-prefix=CORES
// RUN: not se-opt %s --se-schedule=weights=l1 2>&1 | FileCheck %s --check-prefix=WEIGHTS
// RUN: not se-opt %s --se-schedule=weights=rom 2>&1 | FileCheck %s --check-prefix=WEIGHTS

// CORES: error: the number of cores must be 1 to 8, found
// WEIGHTS: error: weights must be l2 or l3, found

// EIGHT: cluster.program @net {{.*}} cores 8
// ONE:   cluster.program @net {{.*}} cores 1
// L2:    memref.global "private" constant @W : memref<64xf32, #cluster.space<l2>>
// L3:    memref.global "private" constant @W : memref<64xf32, #cluster.space<l3>>
// EIGHT: cluster.parallel cores 8
// ONE:   cluster.parallel cores 1
// CHECK: math.fma
rnn.network @net inputs(%x = "x" : tensor<8xf32>) outputs("y" : tensor<8xf32>) {
  %W = arith.constant dense_resource<W> : tensor<8x8xf32>
  %0 = rnn.matvec %W, %x : tensor<8x8xf32>, tensor<8xf32> -> tensor<8xf32>
  rnn.yield %0 : tensor<8xf32>
}

{-#
  dialect_resources: {
    builtin: {
      W: "0x0400000001264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F3459062B507522476C193E6310355A072C517623486D1A3F6411365B082D527724496E1B406512375C092E5300254A6F1C416613385D0A2F5401264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F3459062B507522476C193E6310355A072C517623486D1A3F6411365B082D527724496E1B406512375C092E5300254A6F1C416613385D0A2F5401264B701D426714395E0B305502274C"
    }
  }
#-}
