// se-run --disassemble, on a compiled network and on wrong files.
//
// RUN: rm -rf %t && mkdir %t
// RUN: se-compile %s -o %t/net.elf --precision=fp16 --cores=8
// RUN: se-run --disassemble %t/net.elf > %t/ours.txt
// RUN: FileCheck %s < %t/ours.txt
// Zeros between functions are instructions for both.
// RUN: llvm-objdump -d -z -M no-aliases --mattr=+m,+c,+zicsr,+zfinx,+zhinx,+zifencei %t/net.elf > %t/theirs.txt
// We call 0x0001 by what it does, LLVM by its other name.
// RUN: sed -e 's/c\.addi zero, 0$/c.nop/' %t/ours.txt > %t/named.txt
// RUN: %python %S/Inputs/compare-disassembly.py %t/named.txt %t/theirs.txt | FileCheck %s --check-prefix=COMPARED
//
// RUN: echo nothing > %t/text
// RUN: not se-run --disassemble %t/text 2>&1 | FileCheck %s --check-prefix=TEXT
// RUN: head -c 600 %t/net.elf > %t/cut.elf
// RUN: not se-run --disassemble %t/cut.elf 2>&1 | FileCheck %s --check-prefix=CUT
// RUN: not se-run --disassemble %t/none 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not se-run --disassemble %se_resources/../../bin/se-run 2>&1 | FileCheck %s --check-prefix=HOST

// CHECK: net.elf:
// CHECK: section .text:
// CHECK: _start:
// CHECK-NEXT: {{^1c0[0-9a-f]+: [0-9a-f]+ }}
// CHECK: {{^[0-9a-f]{8}: [0-9a-f]{8}  p.elw [a-z0-9]+, [0-9]+\([a-z0-9]+\)$}}
// CHECK: {{^[0-9a-f]{8}: [0-9a-f]{4}      c.jr ra$}}
// COMPARED: {{[0-9][0-9][0-9]+ instructions, [4-9][0-9] mnemonics}}
// TEXT: error: {{.*}}text: not an ELF file
// CUT: error: {{.*}}cut.elf: {{.+}}
// HOST: error: {{.*}}se-run: not for 32-bit RISC-V
// NONE: error: {{.*}}none: No such file or directory
rnn.network @net inputs(%x = "x" : tensor<8xf32>)
    states(%s = "s" : tensor<8xf32> reset dense<10.0> : tensor<8xf32>) outputs("y" : tensor<8xf32>) {
  %0 = arith.addf %x, %s : tensor<8xf32>
  %1 = rnn.activation <tanh> %0 : tensor<8xf32> -> tensor<8xf32>
  rnn.yield %1 : tensor<8xf32> next %1 : tensor<8xf32>
}
