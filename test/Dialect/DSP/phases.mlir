// RUN: se-opt %s --verify-phase=imported
// RUN: not se-opt %s --verify-phase=normalized 2>&1 | FileCheck %s --check-prefix=NORMALIZED
// RUN: not se-opt %s --verify-phase=legalized 2>&1 | FileCheck %s --check-prefix=LEGALIZED
// RUN: not se-opt %s --verify-phase=selected 2>&1 | FileCheck %s --check-prefix=SELECTED
// RUN: sed -e 's/^module/& attributes {se.phase = "normalized"}/' %s > %t.mlir
// RUN: not se-compile %t.mlir -o %t.elf 2>&1 | FileCheck %s --check-prefix=NORMALIZED
// RUN: not ls %t.elf
// RUN: not se-run %t.mlir 2>&1 | FileCheck %s --check-prefix=NORMALIZED
//
// Transforms stand in phase `imported` only.
// NORMALIZED: error:{{.*}} 'dsp.rfft' with these types may not stand in phase 'normalized'
// LEGALIZED: error:{{.*}} 'dsp.rfft' with these types may not stand in phase 'legalized'
// SELECTED: error:{{.*}} may not stand in phase 'selected'

// What a stream is reaches the program.
// RUN: se-compile %s --emit=mlir-scheduled -o - | FileCheck %s --check-prefix=STREAM
// STREAM: cluster.program @sound
// STREAM-SAME: dsp.stream = #dsp.stream<sample_rate = 16000, delay = 3>

module {
  rnn.network @sound inputs(%x = "x" : tensor<6xf32>) outputs("re" : tensor<4xf32>)
      attributes {dsp.stream = #dsp.stream<sample_rate = 16000, delay = 3>} {
    %re, %im = dsp.rfft %x : tensor<6xf32> -> tensor<4xf32>
    rnn.yield %re : tensor<4xf32>
  }
}
