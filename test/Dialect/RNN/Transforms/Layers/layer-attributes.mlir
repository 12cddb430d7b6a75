// RUN: se-opt %s --rnn-write-layers | FileCheck %s --check-prefix=WRITTEN
// RUN: se-opt %s --rnn-write-layers | se-opt --rnn-read-layers --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s --check-prefix=READ
// RUN: se-opt %s --rnn-write-layers | se-opt --rnn-read-layers --rnn-write-layers | FileCheck %s --check-prefix=WRITTEN
//
// What the pipeline prints and reads again has the names of the first file.
// RUN: se-opt %s --se-pipeline="to=normalized" -o %t.mlir
// RUN: se-opt %t.mlir --se-pipeline="from=normalized to=legalized precision=fp16 nonfinite=propagate" | FileCheck %s --check-prefix=LEGALIZED
// RUN: se-opt %s --se-pipeline="to=legalized precision=fp16 nonfinite=propagate" | FileCheck %s --check-prefix=LEGALIZED

// In a cell a name is that of a gate, and a place in a file says nothing.
// WRITTEN-LABEL: rnn.cell @cell
// WRITTEN:         rnn.matvec %{{.*}} {rnn.layer = "forget"}
// WRITTEN:         arith.addf %{{[a-z0-9]+, %[a-z0-9]+}} : tensor<2xf32>
// READ-LABEL:    rnn.cell @cell
// READ:            rnn.matvec {{.*}} loc("forget"("<stdin>":
rnn.cell @cell inputs(%x : tensor<2xf32>) states(%h : tensor<2xf32>)
    weights(%w : tensor<2x2xf32>) outputs(tensor<2xf32>) {
  %0 = rnn.matvec %w, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("forget")
  %1 = arith.addf %0, %h : tensor<2xf32>
  rnn.yield %1 : tensor<2xf32> next %1 : tensor<2xf32>
}

// WRITTEN-LABEL: rnn.network @net
// WRITTEN:         rnn.apply {{.*}} {rnn.layer = "layer-attributes.mlir:[[@LINE+20]]"}
// WRITTEN:         rnn.matvec {{.*}} {rnn.layer = ["fc", ["lstm_1", "input"]]}
// WRITTEN:         arith.constant dense{{[^{]*$}}
// WRITTEN:         arith.addf {{.*}} {rnn.layer = "sum"}
// WRITTEN:         rnn.yield %{{[^{]*$}}
// READ-LABEL:    rnn.network @net
// READ:            rnn.matvec {{.*}} loc(fused["fc"("<stdin>":{{[0-9:]*}}), "input"("lstm_1"("<stdin>":
// READ:            arith.addf {{.*}} loc("sum"("<stdin>":
//
// The gate of a layer without a name is one of that layer.
// LEGALIZED-LABEL: rnn.network @net
// LEGALIZED:         rnn.matvec {{.*}} {rnn.layer = {{\[\[}}"layer-attributes.mlir:[[@LINE+9]]", "forget"]]}
// LEGALIZED:         rnn.matvec {{.*}} {rnn.layer = ["fc", ["lstm_1", "input"]]}
rnn.network @net inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<3xf32>) {
  %W = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %V = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>

  // The line that is tested.
  %y, %n = rnn.apply @cell(%x) states(%h) weights(%W) : (tensor<2xf32>), (tensor<2xf32>), (tensor<2x2xf32>) -> (tensor<2xf32>), (tensor<2xf32>)
  %0 = rnn.matvec %V, %y : tensor<3x2xf32>, tensor<2xf32> -> tensor<3xf32> loc(fused["fc", "input"("lstm_1")])
  %one = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32> loc("one")
  %1 = arith.addf %0, %one : tensor<3xf32> loc("sum")
  rnn.yield %1 : tensor<3xf32> next %n : tensor<2xf32>
}
