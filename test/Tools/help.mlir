// RUN: se-opt --help | FileCheck %s
// RUN: se-opt --help-hidden | FileCheck %s --check-prefix=HIDDEN

// What is this project's comes first, and nothing of LLVM's code generators.
// CHECK:      OVERVIEW: se-mlir
// CHECK-NEXT: {{^$}}
// CHECK-NEXT: --se-pipeline=
// CHECK-NEXT: --verify-phase=
// CHECK-NOT:  --aarch64
// CHECK:      --rnn-lower-quantized
// CHECK:      --version
// CHECK-NOT:  --aarch64

// HIDDEN: --aarch64
