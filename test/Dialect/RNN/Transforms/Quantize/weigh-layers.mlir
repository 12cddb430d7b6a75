// RUN: rm -rf %t && mkdir %t && split-file %s %t
// RUN: se-opt %t/net.mlir --rnn-weigh-layers=precision=int8 2>%t/remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK <%t/remarks
// RUN: se-opt %t/net.mlir --rnn-weigh-layers=precision=mixed | FileCheck %s --check-prefix=NONE
// RUN: se-opt %t/net.mlir --rnn-weigh-layers=precision=fp16 | FileCheck %s --check-prefix=NONE
// RUN: se-opt %t/net.mlir --rnn-weigh-layers=precision=%t/entries.json | FileCheck %s --check-prefix=NONE
//
// Later passes obey: only the wide layer is int8.
// RUN: se-opt %t/net.mlir --se-pipeline="to=legalized precision=%t/ranges.json" 2>/dev/null | FileCheck %s --check-prefix=LEGAL
// And a policy that is saved says so.
// RUN: se-compile %t/net.mlir --precision=%t/ranges.json --emit=mlir-legalized --save-policy=%t/saved.json -o %t/a.mlir 2>%t/once
// RUN: FileCheck %s --check-prefix=SAVED <%t/saved.json
// RUN: FileCheck %s --check-prefix=ONCE <%t/once
// RUN: se-compile %t/net.mlir --precision=%t/saved.json --emit=mlir-legalized -o %t/b.mlir 2>&1 | count 0
// RUN: sed -e 's/ attributes {se.fp16_layers = .*}} {/ {/' %t/a.mlir | diff - %t/b.mlir
// RUN: se-compile %t/net.mlir --precision=%t/ranges.json --report -o %t/net.elf 2>/dev/null | FileCheck %s --check-prefix=REPORT

// Rows of 4 elements need a scale each; one row is not worth rounding its
// vector.
// CHECK: rnn.network @net
// CHECK-SAME: attributes {rnn.int8_layers = ["narrow", "single", "wide"], se.fp16_layers = {
// CHECK-SAME:   narrow = "int8 would take about {{[0-9]+}} core cycles more for it, and save 0 of 512 bytes"
// CHECK-SAME:   single = "int8 would take about {{[0-9]+}} core cycles more for it, and save 60 of 128 bytes"
// CHECK-SAME: }}
// REMARK-DAG: remark: layer 'narrow' stays fp16: int8 would take about {{[0-9]+}} core cycles more for it, and save 0 of 512 bytes
// REMARK-DAG: remark: layer 'single' stays fp16
// The layers that the base makes int8 are written down once.
// NONE-NOT: se.fp16_layers
// LEGAL-DAG: rnn.matvec {{.*}} : tensor<64x64xi8>, tensor<64xi8>
// LEGAL-DAG: rnn.matvec {{.*}} : tensor<64x4xf16>, tensor<4xf16>
// LEGAL-DAG: rnn.matvec {{.*}} : tensor<1x64xf16>, tensor<64xf16>
// SAVED: "default": "int8"
// SAVED: "narrow": {
// SAVED:   "precision": "fp16"
// SAVED: "single": {
// ONCE-COUNT-2: stays fp16
// ONCE-NOT: stays fp16
// REPORT: layer 'narrow' stays fp16: int8 would take

//--- entries.json
{"default": "int8", "layers": {"*": {"precision": "int8", "input_scale": 0.01}}}
//--- ranges.json
{"default": "int8", "tensors": {"x": [-1, 1], "a": [-1, 1], "narrow": [-1, 1], "y": [0, 1], "single": [-1, 1]}}
//--- net.mlir
rnn.network @net inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<1xf32>) {
  %A = arith.constant dense<0.1> : tensor<64x4xf32>
  %B = arith.constant dense<0.1> : tensor<64x64xf32>
  %C = arith.constant dense<0.1> : tensor<1x64xf32>
  %0 = rnn.matvec %A, %x : tensor<64x4xf32>, tensor<4xf32> -> tensor<64xf32> loc("narrow")
  %1 = rnn.activation <tanh> %0 : tensor<64xf32> -> tensor<64xf32> loc("a")
  %2 = rnn.matvec %B, %1 : tensor<64x64xf32>, tensor<64xf32> -> tensor<64xf32> loc("wide")
  %3 = rnn.activation <tanh> %2 : tensor<64xf32> -> tensor<64xf32> loc("a")
  %4 = rnn.matvec %C, %3 : tensor<1x64xf32>, tensor<64xf32> -> tensor<1xf32> loc("single")
  %5 = rnn.activation <sigmoid> %4 : tensor<1xf32> -> tensor<1xf32> loc("y")
  rnn.yield %5 : tensor<1xf32>
}
