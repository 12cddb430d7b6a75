// RUN: se-opt %s --rnn-tabulate-activations | FileCheck %s

// Sigmoid, tanh and softplus of f16 are tables, whose argument is rounded;
// scaled_tanh is built of tanh. What is f32 stays, and so do functions without a table.
// CHECK-LABEL: rnn.network @functions
// CHECK-NEXT:    %[[SIGMOID:.*]] = arith.constant dense<"0x{{[0-9A-F]+}}"> : tensor<256x2xf16>
// CHECK-NEXT:    %[[X:.*]] = arith.truncf %x : tensor<2xf32> to tensor<2xf16>
// CHECK-NEXT:    %[[S:.*]] = rnn.interpolate %[[X]], %[[SIGMOID]] scale 8.000000e+00 : tensor<2xf16>, tensor<256x2xf16>
// CHECK-NEXT:    %[[TANH:.*]] = arith.constant dense<"0x{{[0-9A-F]+}}"> : tensor<256x2xf16>
// CHECK-NEXT:    %[[T:.*]] = rnn.interpolate %[[S]], %[[TANH]] scale 1.600000e+01
// CHECK-NEXT:    %[[BETA:.*]] = arith.constant dense<5.000000e-01> : tensor<2xf32>
// CHECK-NEXT:    %[[P:.*]] = arith.mulf %[[BETA]], %x : tensor<2xf32>
// CHECK-NEXT:    %[[LINES:.*]] = arith.constant dense<"0x{{[0-9A-F]+}}"> : tensor<256x2xf16>
// CHECK-NEXT:    %[[R:.*]] = arith.truncf %[[P]]
// CHECK-NEXT:    %[[I:.*]] = rnn.interpolate %[[R]], %[[LINES]] scale 1.600000e+01
// CHECK-NEXT:    %[[ALPHA:.*]] = arith.constant dense<3.000000e+00> : tensor<2xf16>
// CHECK-NEXT:    %[[U:.*]] = arith.mulf %[[ALPHA]], %[[I]] : tensor<2xf16>
// CHECK-NEXT:    %[[TAIL:.*]] = arith.constant dense<"0x{{[0-9A-F]+}}"> : tensor<279x2xf16>
// CHECK-NEXT:    %[[H:.*]] = arith.truncf %x : tensor<2xf32> to tensor<2xf16>
// CHECK-NEXT:    %[[V:.*]] = rnn.interpolate %[[H]], %[[TAIL]] scale 1.600000e+01 rectified
// CHECK-NEXT:    %[[W:.*]] = rnn.activation <elu> %x : tensor<2xf32> -> tensor<2xf16>
// CHECK-NEXT:    %[[Y:.*]] = rnn.activation <sigmoid> %x : tensor<2xf32> -> tensor<2xf32>
// CHECK-NEXT:    rnn.yield %[[Y]] : tensor<2xf32> next %[[T]], %[[U]], %[[V]], %[[W]]
rnn.network @functions inputs(%x = "x" : tensor<2xf32>)
    states(%t = "t" : tensor<2xf16> reset dense<0.0> : tensor<2xf16>,
           %u = "u" : tensor<2xf16> reset dense<0.0> : tensor<2xf16>,
           %v = "v" : tensor<2xf16> reset dense<0.0> : tensor<2xf16>,
           %w = "w" : tensor<2xf16> reset dense<0.0> : tensor<2xf16>)
    outputs("y" : tensor<2xf32>) {
  %0 = rnn.activation <sigmoid> %x : tensor<2xf32> -> tensor<2xf16>
  %1 = rnn.activation <tanh> %0 : tensor<2xf16> -> tensor<2xf16>
  %2 = rnn.activation <scaled_tanh, alpha = 3.0 : f32, beta = 0.5 : f32> %x : tensor<2xf32> -> tensor<2xf16>
  %3 = rnn.activation <softplus> %x : tensor<2xf32> -> tensor<2xf16>
  %5 = rnn.activation <elu> %x : tensor<2xf32> -> tensor<2xf16>
  %4 = rnn.activation <sigmoid> %x : tensor<2xf32> -> tensor<2xf32>
  rnn.yield %4 : tensor<2xf32> next %1, %2, %3, %5 : tensor<2xf16>, tensor<2xf16>, tensor<2xf16>, tensor<2xf16>
}
