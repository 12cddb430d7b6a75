// Where buffers lie: decided by a pass, or written by hand, and proved.
//
// RUN: rm -rf %t && mkdir %t
// RUN: %python %S/Inputs/make-network.py 4 24 > %t/net.mlir
// RUN: se-opt %t/net.mlir --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling -o %t/tiled.mlir
// RUN: se-opt %t/tiled.mlir --se-place-buffers -o %t/placed.mlir
// RUN: FileCheck %s < %t/placed.mlir
// RUN: se-opt %t/placed.mlir --se-place-buffers | diff %t/placed.mlir -
// RUN: se-opt %t/placed.mlir --se-schedule --se-verify-schedule | FileCheck %s --check-prefix=SCHEDULED
//
// Elsewhere is as good, if nothing is overwritten.
// RUN: sed 's/name = "value 0", offset = 0/name = "value 0", offset = 4096/' %t/placed.mlir > %t/elsewhere.mlir
// RUN: se-opt %t/elsewhere.mlir --se-schedule --se-verify-schedule | FileCheck %s --check-prefix=ELSEWHERE
// RUN: sed 's/name = "value 0", offset = [0-9]*/name = "value 0", offset = 32/' %t/placed.mlir > %t/over.mlir
// RUN: not se-opt %t/over.mlir --se-schedule --se-verify-schedule 2>&1 | FileCheck %s --check-prefix=OVER
//
// RUN: not se-opt %t/tiled.mlir --se-schedule 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: sed 's/name = "value 0", offset = [0-9]*, bytes = 16/name = "value 0", offset = 0, bytes = 8/' %t/placed.mlir > %t/less.mlir
// RUN: not se-opt %t/less.mlir --se-schedule 2>&1 | FileCheck %s --check-prefix=LESS
// RUN: sed 's/, #plan.buffer<name = "resident", [^>]*>//' %t/placed.mlir > %t/lacks.mlir
// RUN: not se-opt %t/lacks.mlir --se-schedule 2>&1 | FileCheck %s --check-prefix=LACKS
// RUN: sed 's/plan.buffers = \[/plan.buffers = [#plan.buffer<name = "a", offset = 0, bytes = 4>, /' %t/placed.mlir > %t/more.mlir
// RUN: not se-opt %t/more.mlir --se-schedule 2>&1 | FileCheck %s --check-prefix=MORE
// RUN: sed 's/name = "value 0", offset = [0-9]*/name = "value 0", offset = 1048576/' %t/placed.mlir > %t/far.mlir
// RUN: not se-opt %t/far.mlir --se-schedule 2>&1 | FileCheck %s --check-prefix=FAR

// CHECK:     plan.buffers = [#plan.buffer<name = "value 0", offset = 0, bytes = 16, first = 0, last = 1>,
// CHECK-SAME: #plan.buffer<name = "carried", offset = {{[0-9]+}}, bytes = 4>,
// CHECK-SAME: #plan.buffer<name = "resident", offset = {{[0-9]+}}, bytes = 480>,
// CHECK-SAME: #plan.buffer<name = "x", offset = {{[0-9]+}}, bytes = 16>, #plan.buffer<name = "y", offset = {{[0-9]+}}, bytes = 96>]
// SCHEDULED: cluster.program @net
// ELSEWHERE: state_bytes 4112
// OVER:      error: {{.*}}core
// NONE:      error: the network has no attribute 'plan.buffers', which says where buffers lie (--se-place-buffers)
// LESS:      error: plan.buffers: entry 0 must be 'value 0' of 16 bytes, found 'value 0' of 8
// LACKS:     error: plan.buffers: entry {{[0-9]}} must be 'resident' of 480 bytes, found 'x' of 16
// MORE:      error: plan.buffers: entry 0 must be 'value 0' of 16 bytes, found 'a' of 4
// FAR:       error: memory l1 exceeded by {{[0-9]+}} bytes (1048592 needed for plan.buffers, 61440 available) on target pulp-open
