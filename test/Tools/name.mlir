// RUN: rm -rf %t && mkdir %t && split-file %s %t
//
// What others link has the name of its file, whatever the model says.
// RUN: se-compile %t/net.mlir -o %t/vad.o --emit=obj
// RUN: llvm-nm --defined-only --extern-only %t/vad.o | FileCheck %s --check-prefix=SYMBOLS
// RUN: FileCheck %s --check-prefix=HEADER < %t/vad.h
// SYMBOLS-NOT: main_graph
// SYMBOLS: T vad_init
// SYMBOLS: T vad_init_stream
// SYMBOLS: T vad_kernel
// SYMBOLS: T vad_reset
// SYMBOLS: T vad_reset_states
// SYMBOLS: T vad_step_ports
// SYMBOLS-NOT: {{.}}
// Guards of networks whose names differ in letters' case alone differ, too.
// HEADER: #ifndef SE_NETWORK_vad_H
// HEADER: typedef struct vad_state {
// HEADER: void vad_step_ports(
//
// A name that no symbol can begin with.
// RUN: se-compile %t/net.mlir -o "%t/3rd net-2.v1.o" --emit=obj
// RUN: FileCheck %s --check-prefix=ODD < "%t/3rd net-2.v1.h"
// ODD: void net_3rd_net_2_v1_init(
//
// Another one than the file's; also for a program, whose name is otherwise
// that of the model.
// RUN: se-compile %t/net.mlir -o %t/x.o --emit=obj --name=int
// RUN: FileCheck %s --check-prefix=INT < %t/x.h
// INT: void int_step_ports(int_state *state,
// RUN: se-compile %t/net.mlir -o %t/x.elf --name=denoiser
// RUN: llvm-readelf --string-dump=.se.meta %t/x.elf | FileCheck %s --check-prefix=META
// META: "network":"denoiser"
// RUN: se-compile %t/net.mlir -o - --emit=mlir-imported --name=denoiser | FileCheck %s --check-prefix=MLIR
// MLIR: rnn.network @denoiser
//
// Symbols of that name give way: cells, constants, and what becomes a constant
// of C.
// RUN: se-compile %t/net.mlir -o %t/x.o --emit=obj --name=cell
// RUN: llvm-nm --defined-only --extern-only %t/x.o | FileCheck %s --check-prefix=CELL
// CELL: T cell_init
// RUN: se-compile %t/net.mlir -o %t/x.o --emit=obj --name=table
// RUN: llvm-nm --defined-only --extern-only %t/x.o | FileCheck %s --check-prefix=TABLE
// TABLE: T table_init
// RUN: se-compile %t/net.mlir -o %t/x.o --emit=obj --name=transfers
// RUN: llvm-nm --defined-only --extern-only %t/x.o | FileCheck %s --check-prefix=STREAM
// STREAM: T transfers_init
//
// In later phases, too.
// RUN: se-compile %t/net.mlir -o %t/2.mlir --emit=mlir-scheduled --schedule=resident=off
// RUN: se-compile %t/2.mlir -o %t/late.o --emit=obj
// RUN: llvm-nm --defined-only --extern-only %t/late.o | FileCheck %s --check-prefix=LATE
// LATE-NOT: main_graph
// LATE: T late_init
//
// RUN: not se-compile %t/net.mlir -o %t/y.o --emit=obj --name=3-d 2>&1 | FileCheck %s --check-prefix=BAD
// BAD: error: --name: '3-d' cannot begin names in C (a letter, then letters, digits and underscores), try 'net_3_d'{{$}}
// RUN: not se-compile %t/net.mlir -o %t/y.o --emit=obj --l1-bytes=1000000 2>&1 | FileCheck %s --check-prefix=L1
// L1: error: --l1-bytes must be 1 to {{[0-9]+}}, what stacks and runtime leave of target pulp-open, found 1000000
// RUN: not ls %t/y.o %t/y.h

//--- net.mlir
rnn.cell @cell inputs(%x : tensor<4xf32>) states(%h : tensor<4xf32>) weights(%W : tensor<4x4xf32>)
    outputs(tensor<4xf32>) {
  %0 = rnn.matvec %W, %x : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32>
  %1 = arith.addf %0, %h : tensor<4xf32>
  rnn.yield %1 : tensor<4xf32> next %1 : tensor<4xf32>
}
rnn.network @main_graph inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %W = arith.constant dense_resource<table> : tensor<4x4xf32>
  %0, %1 = rnn.apply @cell(%x) states(%h) weights(%W)
      : (tensor<4xf32>), (tensor<4xf32>), (tensor<4x4xf32>) -> (tensor<4xf32>), (tensor<4xf32>)
  rnn.yield %0 : tensor<4xf32> next %1 : tensor<4xf32>
}
{-#
  dialect_resources: {
    builtin: {
      table: "0x040000000000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F"
    }
  }
#-}
