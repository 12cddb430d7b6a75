// RUN: se-opt %s --se-attach-target | FileCheck %s --check-prefix=USUAL
// RUN: se-opt %s --se-attach-target="target=gap9 cores=4 l1-bytes=40000 nvm-bytes=0" | FileCheck %s --check-prefix=SOME
// RUN: se-opt %s --se-attach-target="target=pulp-open-ddr core-stack=1024 dma-core=0" | FileCheck %s --check-prefix=DIRECT
//
// What a module has stays.
// RUN: se-opt %s --se-attach-target="cores=2" --se-attach-target="target=gap9" | FileCheck %s --check-prefix=KEPT
//
// The pipeline does what se-compile does, for each target.
// RUN: se-opt %s --se-pipeline="to=selected precision=fp16 target=gap9" -o %t.1.mlir
// RUN: se-compile %s --target=gap9 --precision=fp16 --emit=mlir-selected -o %t.2.mlir
// RUN: diff %t.1.mlir %t.2.mlir
// RUN: se-opt %s --se-pipeline="to=selected target=pulp-open-ddr cores=3 l1-bytes=4000" -o %t.1.mlir
// RUN: se-compile %s --target=pulp-open-ddr --cores=3 --l1-bytes=4000 --emit=mlir-selected -o %t.2.mlir
// RUN: diff %t.1.mlir %t.2.mlir
//
// A module for one target is not compiled for another.
// RUN: not se-compile %t.1.mlir -o %t.elf 2>&1 | FileCheck %s --check-prefix=OTHER
// RUN: not se-compile %t.1.mlir --target=pulp-open-ddr --cores=2 -o %t.elf 2>&1 | FileCheck %s --check-prefix=FEWER
// RUN: not se-compile %t.1.mlir --target=pulp-open-ddr --l1-bytes=5000 -o %t.elf 2>&1 | FileCheck %s --check-prefix=BYTES
// RUN: se-compile %t.1.mlir --target=pulp-open-ddr --l1-bytes=4000 -o %t.elf
// RUN: se-compile %t.1.mlir --target=pulp-open-ddr -o %t.elf
// RUN: not se-compile %s --cores=0 -o %t.elf 2>&1 | FileCheck %s --check-prefix=NONE
//
// RUN: not se-opt %s --se-attach-target="target=gap8" 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not se-opt %s --se-attach-target="cores=9" 2>&1 | FileCheck %s --check-prefix=CORES
// RUN: not se-opt %s --se-attach-target="dma-core=9" 2>&1 | FileCheck %s --check-prefix=DMA
// RUN: not se-opt %s --se-attach-target="l1-bytes=65536" 2>&1 | FileCheck %s --check-prefix=L1
// RUN: not se-opt %s --se-attach-target="l2-bytes=-5" 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: not se-opt %s --se-attach-target="l3-bytes=1" 2>&1 | FileCheck %s --check-prefix=L3
// RUN: not se-opt %s --se-pipeline="to=scheduled target=gap8" 2>&1 | FileCheck %s --check-prefix=PIPELINE
// RUN: not se-opt %s --se-pipeline="to=scheduled cores=9" 2>&1 | FileCheck %s --check-prefix=CORES

// USUAL:      cluster.target = #cluster.target<"pulp-open", cores = 8, dma_core = 8, fpus = 4, core_cache = 512, cluster_cache = 4096,
// USUAL-SAME: memories = [<level = l1, bytes = 65536, reserved = 4096, bytes_per_cycle = 8.000000e+00 : f64, latency = 1>,
// USUAL-SAME:   <level = l2, bytes = 1638400, reserved = 40960, bytes_per_cycle = 8.000000e+00 : f64, latency = 15>],
// USUAL-SAME: operating_points = [<mhz = 7.200000e+01 : f64>]>

// SOME:      "gap9", cores = 4, dma_core = 8
// SOME-SAME: <level = l1, bytes = 131072, reserved = 91072,
// SOME-SAME: <level = l3, bytes = 33554432, bytes_per_cycle = 1.000000e+00 : f64>,
// SOME-SAME: <level = nvm, bytes = 2097152, reserved = 2097152, bytes_per_cycle = 2.000000e+00 : f64>]
// SOME-SAME: <mhz = 2.400000e+02 : f64, volt = 6.500000e-01 : f64>

// DIRECT:      "pulp-open-ddr", cores = 8, dma_core = 0
// DIRECT-SAME: <level = l1, bytes = 65536, reserved = 9280,
// DIRECT-SAME: <level = l3, bytes = 67108864, bytes_per_cycle = 8.000000e+00 : f64, latency = 15>

// KEPT: #cluster.target<"pulp-open", cores = 2,

// UNKNOWN:  error: unknown target 'gap8'; known: gap9, pulp-open, pulp-open-ddr, or the path of a .json file
// CORES:    error: cores must be 1 to 8 for target pulp-open, found 9
// DMA:      error: dma-core must be 0 to 8 for target pulp-open, found 9
// L1:       error: l1-bytes must be 0 to 61440 for target pulp-open, found 65536
// NEGATIVE: error: l2-bytes must be 0 to 1597440 for target pulp-open, found -5
// L3:       error: l3-bytes: target pulp-open has no memory of level l3
// PIPELINE: unknown target 'gap8'
// OTHER:    error: the module is for target pulp-open-ddr, give --target=pulp-open-ddr (found pulp-open)
// FEWER:    error: --cores: the module is for 3 cores, found 2
// BYTES:    error: --l1-bytes: the module is for 4000 bytes, found 5000
// NONE:     error: --cores must be 1 to 8 for target pulp-open, found 0
rnn.network @net inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  rnn.yield %0 : tensor<2xf32>
}
