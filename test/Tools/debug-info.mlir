// Lines of this file get into the program, and from there into what se-run says.
//
// RUN: rm -rf %t && mkdir %t
// RUN: se-compile %s -o %t/net.elf --cores=2 --nonfinite=propagate
// RUN: llvm-dwarfdump --debug-info %t/net.elf | FileCheck %s --check-prefix=INFO
// INFO: DW_AT_producer ("se-compile")
// INFO-NEXT: DW_AT_language
// INFO-NEXT: DW_AT_name ("debug-info.mlir")
// INFO: DW_AT_name ("stage debug-info.mlir:48")
// INFO: DW_TAG_inlined_subroutine
// INFO-NEXT: DW_AT_abstract_origin {{.*}} "stage debug-info.mlir:48"
//
// Nothing of it is loaded.
// RUN: llvm-readelf --sections %t/net.elf | FileCheck %s --check-prefix=SECTIONS
// SECTIONS: .debug_info PROGBITS 00000000 {{[0-9a-f]+ [0-9a-f]+ 00 0 0 1$}}
// SECTIONS: .debug_line PROGBITS 00000000 {{[0-9a-f]+ [0-9a-f]+ 00 0 0 1$}}
//
// The program is the same without.
// RUN: llvm-objcopy --strip-debug %t/net.elf %t/bare.elf
// RUN: llvm-readelf --sections %t/bare.elf | not grep debug_
// RUN: %python -c "import numpy as np; np.save('%t/x.npy', np.arange(6, dtype=np.float32).reshape(3, 2))"
// RUN: se-run %t/net.elf --in x=%t/x.npy --out y=%t/y.npy --profile --trace=%t/trace.json --stats=%t/net.json
// RUN: se-run %t/bare.elf --in x=%t/x.npy --out y=%t/bare.npy --profile --trace=%t/bare-trace.json --stats=%t/bare.json
// RUN: cmp %t/y.npy %t/bare.npy
// RUN: %python -c "import json; print([json.load(open('%t/' + n))['cycles'] for n in ('net.json', 'bare.json')])" | FileCheck %s --check-prefix=CYCLES
// RUN: FileCheck %s --check-prefix=TRACE < %t/trace.json
// RUN: FileCheck %s --check-prefix=BARE --implicit-check-not=debug-info.mlir < %t/bare-trace.json
// RUN: FileCheck %s --check-prefix=STAGES < %t/net.json
// RUN: FileCheck %s --check-prefix=BARE-STAGES --implicit-check-not=stages < %t/bare.json
// CYCLES: {{\[}}[[CYCLES:[0-9]+]], [[CYCLES]]]
// TRACE: "name":"debug-info.mlir:48","cat":"stage"
// BARE: "name":"net_entry"
// STAGES: "stages"
// BARE-STAGES: "frames": 3
// RUN: not se-run %t/net.elf --in x=%t/x.npy --profile 2>&1 | FileCheck %s --check-prefix=ALONE
// ALONE: error: --profile goes with --stats
//
// A program that is broken where it adds.
// RUN: %python %S/Inputs/break.py %t/net.elf %t/broken.elf
// RUN: not se-run %t/broken.elf --in x=%t/x.npy 2>&1 | FileCheck %s --check-prefix=TRAP
// RUN: llvm-objcopy --strip-debug %t/broken.elf
// RUN: not se-run %t/broken.elf --in x=%t/x.npy 2>&1 | FileCheck %s --check-prefix=BARE-TRAP
// TRAP: error: trap: core 1 cause illegal instruction pc 0x1c{{[0-9a-f]+}} (net_kernel+0x{{[0-9a-f]+}}, debug-info.mlir:48, debug-info.mlir:47) tval 0xffffffff
// BARE-TRAP: error: trap: core 1 cause illegal instruction pc 0x1c{{[0-9a-f]+}} (net_kernel+0x{{[0-9a-f]+}}) tval 0xffffffff
rnn.network @net inputs(%x = "x" : tensor<2xf32>)
    states(%s = "s" : tensor<2xf32> reset dense<10.0> : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %0 = arith.addf %x, %s : tensor<2xf32>
  %1 = arith.mulf %0, %0 : tensor<2xf32>
  rnn.yield %1 : tensor<2xf32> next %1 : tensor<2xf32>
}
