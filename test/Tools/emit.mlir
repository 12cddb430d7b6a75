// RUN: rm -rf %t && mkdir %t
//
// What se-compile writes for each --emit, and nothing else beside it.
// RUN: se-compile %s -o %t/net.elf
// RUN: llvm-readelf --file-header --sections %t/net.elf | FileCheck %s --check-prefix=ELF
// RUN: se-compile %s -o %t/net.o --emit=obj
// RUN: llvm-readelf --file-header --sections %t/net.o | FileCheck %s --check-prefix=OBJ
// RUN: llvm-nm --defined-only --extern-only %t/net.o | FileCheck %s --check-prefix=SYMBOLS
// RUN: FileCheck %s --check-prefix=HEADER < %t/net.h
// RUN: se-compile %s -o %t/net.s --emit=asm
// RUN: FileCheck %s --check-prefix=ASM < %t/net.s
// RUN: se-compile %s -o %t/net.ll --emit=llvm
// RUN: FileCheck %s --check-prefix=IR < %t/net.ll
// RUN: se-compile %s -o %t/net0.mlir --emit=mlir-imported
// RUN: FileCheck %s --check-prefix=IMPORTED < %t/net0.mlir
// RUN: se-compile %s -o %t/net1.mlir --emit=mlir-normalized
// RUN: se-opt %t/net1.mlir --verify-phase=phase=normalized -o /dev/null
// RUN: se-compile %s -o %t/net2.mlir --emit=mlir-legalized --precision=fp16
// RUN: se-opt %t/net2.mlir --verify-phase=phase=legalized -o /dev/null
// RUN: se-compile %s -o %t/net3.mlir --emit=mlir-scheduled --cores=3
// RUN: se-opt %t/net3.mlir --verify-phase=phase=scheduled | FileCheck %s --check-prefix=CORES
// RUN: se-compile %s -o %t/net4.mlir --emit=mlir-selected
// RUN: se-opt %t/net4.mlir --verify-phase=phase=selected -o /dev/null
// RUN: se-compile %s -o %t/net5.mlir --emit=mlir-llvm
// RUN: se-opt %t/net5.mlir --verify-phase=phase=llvm -o /dev/null
// RUN: ls %t | FileCheck %s --check-prefix=FILES
//
// The output may go to standard output.
// RUN: se-compile %s -o - --emit=mlir-imported | FileCheck %s --check-prefix=IMPORTED
//
// The same input gives the same bytes.
// RUN: se-compile %s -o %t/again.elf
// RUN: cmp %t/net.elf %t/again.elf
//
// Parameters go to the external memory only if they do not fit L2.
// RUN: se-compile %s -o - --emit=mlir-scheduled --target=pulp-open-ddr --schedule=resident=off | FileCheck %s --check-prefix=LEVEL
// LEVEL: memref.global {{.*}} @stream : memref<120xi8, #cluster.space<l2>>
//
// Errors leave no file.
// RUN: not se-compile %s -o %t/bad.o --emit=exe 2>&1 | FileCheck %s --check-prefix=KIND
// RUN: not se-compile %s -o %t/bad.h --emit=obj 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not se-compile %s -o %t/no/bad.elf 2>&1 | FileCheck %s --check-prefix=FOLDER
// RUN: not se-compile %t/missing.mlir -o %t/bad.elf 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not ls %t/bad.o %t/bad.h %t/bad.elf
// KIND: error: unknown --emit kind 'exe', expected elf, obj, asm, llvm or mlir-PHASE (see se-compile --help)
// RUN: not se-compile %s -o %t/bad.o --emti=obj 2>&1 | FileCheck %s --check-prefix=GUESS
// RUN: not se-compile %s -o %t/bad.o --zzzz=obj 2>&1 | FileCheck %s --check-prefix=NO-GUESS
// GUESS: error: Unknown command line argument '--emti=obj' (did you mean --emit=obj? see se-compile --help)
// NO-GUESS: error: Unknown command line argument '--zzzz=obj' (see se-compile --help)
// RUN: echo "# A page" > %t/page.md
// RUN: not se-compile %t/page.md -o %t/bad.o 2>&1 | FileCheck %s --check-prefix=PAGE
// PAGE: error: {{.*}}page.md:1:{{[0-9]+}}: {{.+}} (read as MLIR: the name ends neither in .onnx nor in .mlir)
// NAME: error: {{.*}}must not end in .h
// FOLDER: error: {{.*}}no/bad.elf{{.*}}No such file or directory
// MISSING: error: cannot read '{{.*}}missing.mlir': No such file or directory

// ELF: Class: ELF32
// ELF: Type: EXEC
// ELF: Machine: RISC-V
// ELF: .weights
// OBJ: Type: REL
// OBJ: Machine: RISC-V
// SYMBOLS-DAG: T net_init
// SYMBOLS-DAG: T net_reset
// SYMBOLS-DAG: T net_step_ports
// SYMBOLS-NOT: se_app
// HEADER: typedef struct net_state {
// HEADER: float h[6];
// HEADER: } __attribute__((aligned(16))) net_state;
// HEADER: void net_init(net_state *state);
// HEADER: void net_reset(net_state *state);
// HEADER: void net_step_ports(
// HEADER: static inline void net_step(net_state *state,
// HEADER-NEXT: const float x[4],
// HEADER-NEXT: float y[6])
// ASM: net_kernel:
// A product, fmadd.s, is in the inner loop; a sum behind it.
// ASM: .insn r4 67, 7, 0,
// ASM: fadd.s
// IR: target triple = "riscv32-unknown-elf"
// IR: define {{.*}}@net_kernel
// IMPORTED: rnn.linear
// CORES: cluster.program @net {{.*}} cores 3
// FILES:      net.elf
// FILES-NEXT: net.h
// FILES-NEXT: net.ll
// FILES-NEXT: net.o
// FILES-NEXT: net.s
// FILES-NEXT: net0.mlir
// FILES-NEXT: net1.mlir
// FILES-NEXT: net2.mlir
// FILES-NEXT: net3.mlir
// FILES-NEXT: net4.mlir
// FILES-NEXT: net5.mlir
// FILES-NOT:  {{.}}
rnn.network @net inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<6xf32> reset dense<0.0> : tensor<6xf32>) outputs("y" : tensor<6xf32>) {
  %W = arith.constant dense_resource<W> : tensor<6x4xf32>
  %b = arith.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]> : tensor<6xf32>
  %0 = rnn.linear %W, %x, %b : tensor<6x4xf32>, tensor<4xf32>, tensor<6xf32> -> tensor<6xf32>
  %1 = arith.addf %0, %h : tensor<6xf32>
  rnn.yield %1 : tensor<6xf32> next %1 : tensor<6xf32>
}

{-#
  dialect_resources: {
    builtin: {
      W: "0x040000000000803F000000400000404000008040000080BF000000C0000040C0000080C00000803F000000400000404000008040000080BF000000C0000040C0000080C00000803F000000400000404000008040000080BF000000C0000040C0000080C0"
    }
  }
#-}
