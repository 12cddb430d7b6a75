// RUN: rm -rf %t && mkdir %t && split-file %s %t
//
// Integers in what the tools write: a state of bytes in the C header, weights of
// bytes in the metadata, the policy by the name of its file.
// RUN: se-compile %t/net.mlir -o %t/net.o --emit=obj --precision=%t/policy.json
// RUN: FileCheck %s --check-prefix=HEADER < %t/net.h
// RUN: se-compile %t/net.mlir -o %t/net.elf --precision=%t/policy.json --report=%t/report.json
// RUN: llvm-objcopy --dump-section=.se.meta=%t/meta.json %t/net.elf
// RUN: FileCheck %s --check-prefix=META < %t/meta.json
// RUN: FileCheck %s --check-prefix=REPORT < %t/report.json

// HEADER: int8_t h[4];
// HEADER: static inline void net_step(net_state *state,

// META: "precision":"policy.json"
// META-SAME: "element":"i8"

// 4 x 4 bytes, 4 scales of 4 bytes, and 256 lines of two halves for tanh.
// META-SAME: "weight_bytes":1056
// REPORT: "precision": "policy.json"

//--- policy.json
{"layers": {"sum": {"precision": "int8"}}}
//--- net.mlir
rnn.network @net inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>)
    outputs("y" : tensor<4xf32>) {
  %R = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, -6.0, 7.0, 8.0],
    [-1.0, 2.0, 3.0, 9.0], [0.5, 0.25, 1.0, -0.125]]> : tensor<4x4xf32>
  %0 = rnn.matvec %R, %h : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32> loc("sum")
  %1 = arith.addf %0, %x : tensor<4xf32> loc("sum")
  %2 = rnn.activation <tanh> %1 : tensor<4xf32> -> tensor<4xf32> loc("sum")
  rnn.yield %2 : tensor<4xf32> next %2 : tensor<4xf32>
}
