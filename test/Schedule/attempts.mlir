// RUN: %python %S/Inputs/make-network.py 4 24 > %t.mlir
// RUN: se-opt %t.mlir --se-attach-target="cores=2 l1-bytes=368" --se-form-stages --se-pair-elements --se-choose-tiling --remarks-filter=se-choose-tiling -o /dev/null 2>&1 | FileCheck %s
// RUN: %python %S/Inputs/make-network.py 40 24 > %t.40.mlir
// RUN: se-opt %t.40.mlir --se-attach-target="target=gap9 cores=2 l2-bytes=3136 nvm-bytes=5000 l3-bytes=5000" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false" --remarks-filter=se-choose-tiling -o /dev/null 2>&1 | FileCheck %s --check-prefix=BEHIND
//
// All tilings that were tried, and why not.

// CHECK-DAG: [Analysis] attempt | Category:se-choose-tiling
// CHECK-DAG: [Missed] attempt | Category:se-choose-tiling
// CHECK:     [Passed] tiling | Category:se-choose-tiling

// Small register tiles are tried also if tiles come from behind L2.
// BEHIND-DAG: [Analysis] attempt {{.*}}most elements=0
// BEHIND-DAG: [Analysis] attempt {{.*}}most elements=4
// BEHIND:     [Passed] tiling
