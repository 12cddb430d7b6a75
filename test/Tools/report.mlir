// RUN: rm -rf %t && mkdir %t
//
// Without a file: tables on standard output, and nothing else.
// RUN: se-compile %s -o %t/net.elf --target=gap9 --cores=4 --report 2>&1 | FileCheck %s --check-prefix=TABLE
//
// TABLE:      net for gap9, fp32, 4 cores: 24 MACs per frame
// TABLE:      stage level elements MACs tiles rows x parts KB in L1 from L2 nvm l3 compute dma external code bound
// TABLE-NEXT: {{.*}}report.mlir:{{[0-9]+}} 0 4 0 - - - - - - {{[0-9]+}} 0 0 {{[1-9][0-9]+}} compute
// TABLE-NEXT: {{.*}}report.mlir:{{[0-9]+}} 1 6 24 1 6 x 1 0.1 - - - {{[0-9]+}} 0 0 {{[1-9][0-9]+}} compute
// TABLE:      instruction caches: 512 bytes of each core, 4096 of all
// TABLE:      predicted: [[CYCLES:[0-9]+]] cycles per frame, {{0\.[0-9]+}} MACs per cycle
// TABLE-NEXT: bound by compute: compute [[CYCLES]], dma 0, external 0 cycles
// TABLE-NEXT: at 240 MHz, 0.65 V: 0.00{{[0-9]}} ms, 0.{{[0-9]}} % of 6.25 ms
// TABLE-NEXT: at 370 MHz, 0.8 V: 0.00{{[0-9]}} ms, 0.{{[0-9]}} % of 6.25 ms
// TABLE:      ring: none
// TABLE:      buffer in L1 from to bytes live in levels
// TABLE-NEXT: h 0x00000 0x00018 24 always
// TABLE-NEXT: value 0 0x00020 0x00030 16 0-1
// TABLE-NEXT: finite 0x00030 0x00054 36 0-1
// TABLE-NEXT: carried 0x00060 0x00064 4 always
// TABLE-NEXT: resident 0x00070 0x000f0 128 always
// TABLE:      memory bytes available
// TABLE-NEXT: l1 {{[0-9]+ [0-9]+}}
// TABLE-NEXT: l2 {{[0-9]+ [0-9]+}}
// TABLE-NEXT: nvm 0 2097152
// TABLE-NEXT: l3 0 33554432
//
// A stage that only rounds an input has the input's name.
// RUN: se-compile %s -o %t/half.elf --precision=fp16 --report | FileCheck %s --check-prefix=HALF
// HALF: {{^}}x 0 4 0 -
//
// With a file: JSON, and nothing on standard output.
// RUN: se-compile %s -o %t/net.s --emit=asm --schedule=resident=off --report=%t/net.json > %t/out
// RUN: FileCheck %s --check-prefix=JSON < %t/net.json
// RUN: %python -c "import json, sys; print(sorted(json.load(open(sys.argv[1]))))" %t/net.json | FileCheck %s --check-prefix=KEYS
// RUN: count 0 < %t/out
//
// JSON-DAG: "network": "net"
// JSON-DAG: "target": "pulp-open"
// JSON-DAG: "macs_per_frame": 24
// JSON-DAG: "cycles_per_frame": {{[1-9][0-9]*}}
// JSON-DAG: "mhz": 72
// JSON-DAG: "percent_of_6.25_ms":
// JSON-DAG: "slots": {{[2-6]}}
// JSON-DAG: "l2_bytes": 120
// JSON-DAG: "bound":
// JSON-DAG: "offset_bytes": 0
// KEYS: ['buffers', 'cores', 'hop_ms', 'instruction_caches', 'layers', 'macs_per_frame', 'memory', 'network', 'operating_points', 'precision', 'predicted', 'ring', 'sizes', 'stages', 'target']
//
// Every kind that has a plan gives the same report; programs and objects also tell
// how much code a stage has: what the debug information of the program says.
// RUN: se-compile %s -o %t/again.elf --schedule=resident=off --report=%t/elf.json
// RUN: not grep code_bytes %t/net.json
// RUN: grep -v code_bytes %t/elf.json | cmp - %t/net.json
// RUN: llvm-dwarfdump --debug-info %t/again.elf > %t/dwarf
// RUN: %python %S/Inputs/stage_code.py %t/dwarf %t/elf.json | FileCheck %s --check-prefix=CODE
// CODE: 2 stages alike
// RUN: se-compile %s -o %t/again.mlir --emit=mlir-scheduled --schedule=resident=off --report=%t/scheduled.json
// RUN: cmp %t/net.json %t/scheduled.json
// RUN: se-compile %t/again.mlir -o %t/again.o --emit=obj --name=net --report=%t/obj.json
// RUN: %python -c "import json, sys; a, b = [json.load(open(f)) for f in sys.argv[1:]]; del b['sizes'], b['layers']; [s.pop('code_bytes') for s in a['stages']]; assert a == b" %t/obj.json %t/net.json
// RUN: se-compile %s -o %t/llvm.mlir --emit=mlir-llvm --schedule=resident=off --report=%t/llvm.json
// RUN: cmp %t/net.json %t/llvm.json
// RUN: se-compile %s -o /dev/null --emit=mlir-scheduled --schedule=resident=off --report=- | diff - %t/net.json
//
// The prediction stays with the program.
// RUN: llvm-readelf --string-dump=.se.meta %t/again.elf | FileCheck %s --check-prefix=META
// META: "predicted_cycles_per_frame":{{[1-9][0-9]*}}
//
// A remark for each stage, if asked for.
// RUN: se-compile %s -o /dev/null --emit=mlir-scheduled --remarks 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: se-compile %s -o /dev/null --emit=mlir-scheduled 2>&1 | count 0
// REMARK: remark: {{.*}}report.mlir:{{[0-9]+:[0-9]+}}: 6 elements on level 1, 1 tiles, {{[0-9]+}} bytes stay in l1, {{.*}} bound by compute
//
// Errors: one line, no files.
// RUN: mkdir %t/bad
// RUN: not se-compile %s -o %t/bad/x --emit=mlir-legalized --report 2>&1 | FileCheck %s --check-prefix=EARLY
// RUN: not se-compile %s -o %t/bad/x --emit=mlir-imported --report=%t/bad/x.json 2>&1 | FileCheck %s --check-prefix=EARLY
// RUN: not se-compile %s -o - --emit=asm --report 2>&1 | FileCheck %s --check-prefix=BOTH
// RUN: not se-compile %s -o %t/bad/x.o --emit=obj --report=%t/no/x.json 2>&1 | FileCheck %s --check-prefix=FOLDER
// RUN: not se-compile %s -o %t/no/x.elf --report=%t/bad/x.json 2>&1 | FileCheck %s --check-prefix=FOLDER
// RUN: not se-compile %s -o %t/bad/x.elf --schedule=ring=9 --report=%t/bad/x.json
// RUN: ls %t/bad | count 0
// EARLY: error: --report: phase '{{legalized|imported}}' comes before the plan is made
// BOTH: error: --report and -o both go to standard output
// FOLDER: error: {{.*}}/no/x.{{(json|elf).*}}: No such file or directory

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
