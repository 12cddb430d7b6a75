// RUN: se-opt %s --rnn-store-masks --split-input-file | FileCheck %s
//
// The result can be scheduled, without it there is one line.
// RUN: se-opt %s --rnn-store-masks --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --split-input-file -o /dev/null
// RUN: not se-opt %s --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --split-input-file 2>&1 | FileCheck %s --check-prefix=ERROR
// ERROR: error: 'tensor.concat' op is a mask in memory, which must be bytes (--rnn-store-masks)
// ERROR: error: 'arith.constant' op is a mask in memory, which must be bytes (--rnn-store-masks)

// CHECK-LABEL: rnn.network @concat
// CHECK:         %[[C:.*]] = arith.cmpf
// CHECK:         %[[D:.*]] = arith.cmpf
// CHECK:         %[[C8:.*]] = arith.extui %[[C]] : tensor<8xi1> to tensor<8xi8>
// CHECK:         %[[D8:.*]] = arith.extui %[[D]] : tensor<8xi1> to tensor<8xi8>
// CHECK:         %[[M8:.*]] = tensor.concat dim(0) %[[C8]], %[[D8]]
// CHECK:         %[[M:.*]] = arith.trunci %[[M8]] : tensor<16xi8> to tensor<16xi1>
// CHECK:         arith.select %[[M]]
rnn.network @concat inputs(%x = "x" : tensor<8xf32>, %z = "z" : tensor<16xf32>) outputs("y" : tensor<16xf32>) {
  %zero = arith.constant dense<0.0> : tensor<8xf32>
  %b = arith.constant dense<1.0> : tensor<16xf32>
  %c = arith.cmpf oge, %x, %zero : tensor<8xf32>
  %d = arith.cmpf olt, %x, %zero : tensor<8xf32>
  %m = tensor.concat dim(0) %c, %d : (tensor<8xi1>, tensor<8xi1>) -> tensor<16xi1>
  %y = arith.select %m, %b, %z : tensor<16xi1>, tensor<16xf32>
  rnn.yield %y : tensor<16xf32>
}

// -----

// A splat is a number in the code, other masks lie with the parameters.
// CHECK-LABEL: rnn.network @constant
// CHECK:         arith.constant dense<true> : tensor<4xi1>
// CHECK:         %[[K:.*]] = arith.constant dense<[1, 0, 0, 1]> : tensor<4xi8>
// CHECK:         %[[M:.*]] = arith.trunci %[[K]] : tensor<4xi8> to tensor<4xi1>
// CHECK:         arith.xori %{{.*}}, %[[M]]
rnn.network @constant inputs(%x = "x" : tensor<4xf32>, %z = "z" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %all = arith.constant dense<true> : tensor<4xi1>
  %some = arith.constant dense<[true, false, false, true]> : tensor<4xi1>
  %m = arith.xori %all, %some : tensor<4xi1>
  %y = arith.select %m, %x, %z : tensor<4xi1>, tensor<4xf32>
  rnn.yield %y : tensor<4xf32>
}
