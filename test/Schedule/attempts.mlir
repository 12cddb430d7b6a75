// RUN: %python %S/Inputs/make-network.py 4 24 > %t.mlir
// RUN: se-opt %t.mlir --se-attach-target="cores=2 l1-bytes=368" --se-form-stages --se-pair-elements --se-choose-tiling --remarks-filter=se-choose-tiling -o /dev/null 2>&1 | FileCheck %s
//
// All tilings that were tried, and why not.

// CHECK-DAG: [Analysis] attempt | Category:se-choose-tiling
// CHECK-DAG: [Missed] attempt | Category:se-choose-tiling
// CHECK:     [Passed] tiling | Category:se-choose-tiling
