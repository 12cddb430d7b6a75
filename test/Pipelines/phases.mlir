// RUN: se-opt %s --verify-phase=imported | FileCheck %s --check-prefixes=CHECK,IMPORTED
// RUN: se-opt %s --se-pipeline="to=normalized" | FileCheck %s --check-prefixes=CHECK,NORMALIZED
// RUN: se-opt %s --se-pipeline="to=legalized precision=fp16" | FileCheck %s --check-prefixes=CHECK,LEGALIZED
// RUN: se-opt %s --se-pipeline="to=scheduled precision=fp16 cores=4 nonfinite=propagate" | FileCheck %s --check-prefixes=CHECK,SCHEDULED
// RUN: se-opt %s --se-pipeline="to=selected precision=fp16 cores=4 nonfinite=propagate" | FileCheck %s --check-prefixes=CHECK,SELECTED
// RUN: se-opt %s --se-pipeline="to=llvm precision=fp16 cores=4 nonfinite=propagate" | FileCheck %s --check-prefixes=CHECK,LLVM
//
// One step after the other is the same as all in one go.
// RUN: se-opt %s --se-pipeline="to=normalized" -o %t.1.mlir
// RUN: se-opt %t.1.mlir --se-pipeline="from=normalized to=legalized precision=fp16 nonfinite=propagate" -o %t.2.mlir
// RUN: se-opt %t.2.mlir --se-pipeline="from=legalized to=scheduled cores=4" -o %t.3.mlir
// RUN: se-opt %t.3.mlir --se-pipeline="from=scheduled to=selected" -o %t.4.mlir
// RUN: se-opt %t.4.mlir --se-pipeline="from=selected to=llvm" | FileCheck %s --check-prefixes=CHECK,LLVM
// And se-compile, which takes the phase from the module, prints the same.
// RUN: se-compile %t.2.mlir --emit=mlir-scheduled --cores=4 -o %t.5.mlir
// RUN: diff %t.3.mlir %t.5.mlir
// RUN: se-compile %s --emit=mlir-legalized --precision=fp16 --nonfinite=propagate -o %t.6.mlir
// RUN: diff %t.2.mlir %t.6.mlir
// Each phase passes its own check.
// RUN: se-opt %t.1.mlir --verify-phase -o /dev/null
// RUN: se-opt %t.2.mlir --verify-phase -o /dev/null
// RUN: se-opt %t.3.mlir --verify-phase -o /dev/null
// RUN: se-opt %t.4.mlir --verify-phase -o /dev/null
// RUN: se-opt %t.4.mlir --se-pipeline="from=selected to=llvm" --verify-phase -o /dev/null
//
// Wrong options are one line.
// RUN: not se-opt %s --se-pipeline="to=imported" 2>&1 | FileCheck %s --check-prefix=SAME
// RUN: not se-opt %s --se-pipeline="from=scheduled to=legalized" 2>&1 | FileCheck %s --check-prefix=BACKWARDS
// RUN: not se-opt %s --se-pipeline="to=legalized precision=fp61" 2>&1 | FileCheck %s --check-prefix=PRECISION
// RUN: not se-opt %s --se-pipeline="to=scheduled schedule=ring=9" 2>&1 | FileCheck %s --check-prefix=RING
// SAME: error: from=imported to=imported: phase 'imported' does not come after phase 'imported'
// BACKWARDS: error: from=scheduled to=legalized: phase 'legalized' does not come after phase 'scheduled'
// PRECISION: error: {{.*}}fp61
// RING: error: --schedule: expected ring=2 to 6, found 'ring=9'
//
// On another operation than a module, which MLIR's own pass manager dies of.
// RUN: not se-opt %s --pass-pipeline="builtin.module(func.func(se-pipeline{to=normalized}))" 2>&1 | FileCheck %s --check-prefix=NESTED
// RUN: not se-opt %s --pass-pipeline="rnn.network(se-pipeline{to=llvm})" 2>&1 | FileCheck %s --check-prefix=NESTED
// RUN: se-opt %s --pass-pipeline="builtin.module(se-pipeline{to=normalized})" | FileCheck %s --check-prefixes=CHECK,NORMALIZED
// RUN: se-opt %s --pass-pipeline="any(se-pipeline{to=normalized})" | FileCheck %s --check-prefixes=CHECK,NORMALIZED
// NESTED: error: se-pipeline runs on 'builtin.module', not on '{{func.func|rnn.network}}'; write builtin.module(se-pipeline{...})
//
// RUN: not se-opt %s --se-pipeline="to=nowhere" 2>&1 | FileCheck %s --check-prefix=BAD
// BAD: nowhere

// IMPORTED:   module {
// NORMALIZED: module attributes {se.phase = "normalized"}
// LEGALIZED:  module attributes {se.phase = "legalized"}
// SCHEDULED:  module attributes {cluster.target = #cluster.target<"pulp-open", cores = 4, {{.*}}>, se.phase = "scheduled"}
// SELECTED:   module attributes {cluster.target = #cluster.target<"pulp-open", cores = 4, {{.*}}>, se.phase = "selected"}
// LLVM:       module attributes {{.*}}se.phase = "llvm"

// Nothing below phase imported knows named cells.
// IMPORTED:       rnn.lstm
// IMPORTED:       rnn.linear
// NORMALIZED-NOT: rnn.{{lstm|linear}}
// NORMALIZED:     rnn.cell
// NORMALIZED-NOT: f16
// NORMALIZED:     rnn.apply
// LEGALIZED-NOT:  rnn.{{cell|apply}}
// LEGALIZED:      rnn.matvec {{.*}}xf16>
// LEGALIZED-NOT:  rnn.{{cell|apply}}
// SCHEDULED-NOT:  tensor<
// SCHEDULED:      cluster.program @net kernel(@net_kernel) init(@net_init_stream) reset(@net_reset_states) cores 4
// SCHEDULED-NOT:  rnn.{{cell|apply|matvec|network|activation}}
// SCHEDULED:      cluster.parallel cores 4
// SCHEDULED-NOT:  rnn.{{cell|apply|matvec|network|activation}}
// SCHEDULED:      rnn.interpolate %{{.*}} scale 1.600000e+01 : f16, memref<512xf16, #cluster.space<l1>>
// SELECTED:       cluster.parallel cores 4
// SELECTED-NOT:   rnn.
// SELECTED-NOT:   math.{{exp|tanh}}
// LLVM-DAG:       llvm.func @net_init
// LLVM-DAG:       llvm.func @net_reset
// LLVM-DAG:       llvm.func @net_step_ports
// LLVM-NOT:       {{(cluster|rnn|scf|arith|memref|func)\.}}
rnn.network @net inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>,
           %c = "c" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<0.1> : tensor<20x3xf32>
  %R = arith.constant dense<0.2> : tensor<20x5xf32>
  %h1, %c1 = rnn.lstm %x, %h, %c, %W, %R
      {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>]}
      : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>,
        tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  %V = arith.constant dense<0.3> : tensor<2x5xf32>
  %b = arith.constant dense<0.4> : tensor<2xf32>
  %y = rnn.linear %V, %h1, %b : tensor<2x5xf32>, tensor<5xf32>, tensor<2xf32> -> tensor<2xf32>
  rnn.yield %y : tensor<2xf32> next %h1, %c1 : tensor<5xf32>, tensor<5xf32>
}
// CHECK: }
