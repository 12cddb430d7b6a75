// A network may come from standard input, and weights that were left out when a
// module was printed are missed in any precision.
//
// RUN: rm -rf %t && mkdir %t && split-file %s %t
// RUN: cat %t/net.mlir | se-compile - -o - --emit=mlir-normalized | FileCheck %s
// CHECK: rnn.network @net
//
// RUN: not se-compile %t/elided.mlir -o %t/out.elf 2>&1 | FileCheck %s --check-prefix=ELIDED
// RUN: not se-compile %t/elided.mlir -o %t/out.elf --precision=fp16 2>&1 | FileCheck %s --check-prefix=ELIDED
// RUN: not se-compile - -o %t/out.elf < %t/elided.mlir 2>&1 | FileCheck %s --check-prefix=ELIDED
// RUN: not ls %t/out.elf
// ELIDED: error: {{.*}}: the values of dense_resource<__elided__> are not in the file; was it printed with --mlir-elide-resource-strings-if-larger?

// RUN: cp %t/net.mlir %t/net.onnx
// RUN: not se-opt %t/net.onnx 2>&1 | FileCheck %s --check-prefix=ONNX
// ONNX: error: {{.*}}net.onnx: is an ONNX model; se-translate --import-onnx makes MLIR of it

//--- net.mlir
rnn.network @net inputs(%x = "x" : tensor<3xf32>) outputs("y" : tensor<3xf32>) {
  %y = rnn.activation <tanh> %x : tensor<3xf32> -> tensor<3xf32>
  rnn.yield %y : tensor<3xf32>
}
//--- elided.mlir
rnn.network @net inputs(%x = "x" : tensor<3xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense_resource<__elided__> : tensor<2x3xf32>
  %y = rnn.matvec %W, %x : tensor<2x3xf32>, tensor<3xf32> -> tensor<2xf32>
  rnn.yield %y : tensor<2xf32>
}
