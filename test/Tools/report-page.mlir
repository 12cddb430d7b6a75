// RUN: rm -rf %t && mkdir %t
//
// A name that ends in .html selects the page. Standard output stays empty.
// RUN: se-compile %s -o %t/net.elf --report=%t/net.html > %t/out
// RUN: count 0 < %t/out
// RUN: FileCheck %s --check-prefix=PAGE < %t/net.html
// PAGE: <!DOCTYPE html>
// PAGE: <meta charset="utf-8"/>
// PAGE: <title>small, fp32, pulp-open</title>
// PAGE: <h1>small</h1>
// PAGE: Simulated over 4 frames
// PAGE: <section id="deadline"
// PAGE: <section id="timeline"
// PAGE: <svg {{.*}}role="img"
// PAGE: <caption id="lanes-caption">Cycles of this frame by core and engine</caption>
// PAGE: <section id="stages"
// PAGE: <section id="memory"
// PAGE: <section id="precision"
// PAGE: <section id="energy"
// PAGE: This is a model, not a measurement
// PAGE: <!-- more sections -->
// PAGE: </html>
//
// The program is the one without a report, and the same page comes out twice.
// RUN: se-compile %s -o %t/again.elf --report=%t/again.html
// RUN: se-compile %s -o %t/plain.elf
// RUN: cmp %t/net.html %t/again.html
// RUN: cmp %t/net.elf %t/plain.elf
//
// What is no program has a page too: a program is made for it.
// RUN: mkdir %t/obj
// RUN: se-compile %s -o %t/obj/small.o --emit=obj --report=%t/obj/page.html
// RUN: ls %t/obj | FileCheck %s --check-prefix=FILES
// RUN: FileCheck %s --check-prefix=PAGE < %t/obj/page.html
// RUN: se-compile %s -o - --emit=mlir-scheduled --report=%t/scheduled.html | FileCheck %s --check-prefix=MLIR
// RUN: FileCheck %s --check-prefix=PAGE < %t/scheduled.html
// FILES: page.html
// FILES-NEXT: small.h
// FILES-NEXT: small.o
// FILES-NOT: {{.}}
// MLIR: cluster.program
//
// Where the program for it does not fit, though the object would in a firmware.
// RUN: %python %S/Inputs/small_target.py %t/tiny.json
// RUN: not se-compile %S/Inputs/large_frames.mlir -o %t/large.elf --target=%t/tiny.json
// RUN: se-compile %S/Inputs/large_frames.mlir -o %t/large.o --emit=obj --target=%t/tiny.json --report=%t/large.html
// RUN: FileCheck %s --check-prefix=NONE < %t/large.html
// NONE: <h1>large</h1>
// NONE: <section id="timeline"
// NONE-NOT: <svg
// NONE: Not simulated: network does not fit: memory l2 exceeded
// NONE: <section id="stages"
// NONE: counts what a run does, and there was none
//
// A link is followed.
// RUN: echo old > %t/real.html
// RUN: ln -s real.html %t/link.html
// RUN: se-compile %s -o %t/net.elf --report=%t/link.html
// RUN: test -L %t/link.html
// RUN: cmp %t/real.html %t/net.html
//
// Errors: one line, no files.
// RUN: mkdir %t/bad
// RUN: not se-compile %s -o %t/bad/x --emit=mlir-legalized --report=%t/bad/x.html 2>&1 | FileCheck %s --check-prefix=EARLY
// RUN: not se-compile %s -o %t/bad/x.elf --report=%t/no/x.html 2>&1 | FileCheck %s --check-prefix=FOLDER
// RUN: not se-compile %s -o %t/no/x.elf --report=%t/bad/x.html 2>&1 | FileCheck %s --check-prefix=FOLDER
// RUN: not se-compile %s -o %t/bad/x.html --report=%t/bad/x.html 2>&1 | FileCheck %s --check-prefix=SAME
// RUN: ls %t/bad | count 0
// EARLY: error: --report: phase 'legalized' comes before the plan is made
// FOLDER: error: {{.*}}/no/x.{{(html|elf).*}}: No such file or directory
// SAME: error: {{.*}}x.html

rnn.network @small inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<6xf32> reset dense<0.0> : tensor<6xf32>) outputs("y" : tensor<6xf32>) {
  %W = arith.constant dense_resource<W> : tensor<6x4xf32>
  %0 = rnn.matvec %W, %x : tensor<6x4xf32>, tensor<4xf32> -> tensor<6xf32>
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
