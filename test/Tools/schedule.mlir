// RUN: %python %se_source/test/Schedule/Inputs/make-network.py 4 24 > %t.mlir
//
// Forced choices reach the scheduler, from se-compile as from the pipeline.
// RUN: se-compile %t.mlir -o - --emit=mlir-scheduled --schedule=ring=4,tile-rows=3,resident=off | FileCheck %s --check-prefix=ROWS
// RUN: se-opt %t.mlir --se-pipeline="from=normalized to=scheduled schedule=ring=4,tile-rows=3,resident=off" | FileCheck %s --check-prefix=ROWS
// RUN: se-compile %t.mlir -o - --emit=mlir-scheduled --schedule=slot-bytes=208,resident=off | FileCheck %s --check-prefix=SLOT
// RUN: se-compile %t.mlir -o - --emit=mlir-scheduled --schedule=resident=on | FileCheck %s --check-prefix=RESIDENT
// RUN: se-compile %t.mlir -o - --emit=mlir-scheduled --schedule= | FileCheck %s --check-prefix=RESIDENT
//
// A group of 3 rows of 20 bytes takes a slot of 64. 8 of them, one for each core,
// do not fit 208 bytes, but a slot of 192 if they are cut into 4 parts of 24.
// ROWS: ring = <slots = 4, slot_bytes = 64, l2_slots = 0>
// ROWS-SAME: tile = 3, k_blocks = 1, tiles = 8
// SLOT: ring = <slots = 3, slot_bytes = 192, l2_slots = 0>
// SLOT-SAME: register_tile = 3, vectors = 1, tile = 24, k_blocks = 4, tiles = 4
// RESIDENT: ring = <slots = 0, slot_bytes = 0, l2_slots = 0>
// RESIDENT-SAME: bytes = <l1 = 480, l2 = 0
//
// What is wrong is told in one line.
// RUN: not se-compile %t.mlir -o %t.elf --schedule=weights=l3 2>&1 | FileCheck %s --check-prefix=KEY
// RUN: not se-compile %t.mlir -o %t.elf --schedule=ring 2>&1 | FileCheck %s --check-prefix=NUMBER -DCHOICE=ring
// RUN: not se-compile %t.mlir -o %t.elf --schedule=ring=three 2>&1 | FileCheck %s --check-prefix=NUMBER -DCHOICE=ring=three
// RUN: not se-compile %t.mlir -o %t.elf --schedule=tile-rows=0 2>&1 | FileCheck %s --check-prefix=NUMBER -DCHOICE=tile-rows=0
// RUN: not se-compile %t.mlir -o %t.elf --schedule=tile-rows=99999999999999999999 2>&1 | FileCheck %s --check-prefix=NUMBER -DCHOICE=tile-rows=99999999999999999999
// RUN: not se-compile %t.mlir -o %t.elf --schedule=slot-bytes=-16 2>&1 | FileCheck %s --check-prefix=NUMBER -DCHOICE=slot-bytes=-16
// RUN: not se-compile %t.mlir -o %t.elf --schedule=ring=1 2>&1 | FileCheck %s --check-prefix=RING -DCHOICE=ring=1
// RUN: not se-compile %t.mlir -o %t.elf --schedule=tile-rows=8,ring=7 2>&1 | FileCheck %s --check-prefix=RING -DCHOICE=ring=7
// RUN: not se-compile %t.mlir -o %t.elf --schedule=slot-bytes=100 2>&1 | FileCheck %s --check-prefix=BYTES -DCHOICE=slot-bytes=100
// RUN: not se-compile %t.mlir -o %t.elf --schedule=slot-bytes=65552 2>&1 | FileCheck %s --check-prefix=BYTES -DCHOICE=slot-bytes=65552
// RUN: not se-compile %t.mlir -o %t.elf --schedule=resident=maybe 2>&1 | FileCheck %s --check-prefix=STAY
// RUN: not se-opt %t.mlir --se-pipeline="to=scheduled schedule=ring=1" 2>&1 | FileCheck %s --check-prefix=RING -DCHOICE=ring=1
// RUN: not se-compile %t.mlir -o %t.elf --schedule=slot-bytes=16,tile-rows=3 2>&1 | FileCheck %s --check-prefix=FIT
// RUN: not ls %t.elf
// KEY: error: --schedule: expected ring=, tile-rows=, slot-bytes=, resident= or code=, found 'weights=l3'
// NUMBER: error: --schedule: expected a positive number, found '[[CHOICE]]'
// RING: {{(error|ERROR)}}: --schedule: expected ring=2 to 6, found '[[CHOICE]]'
// BYTES: error: --schedule: expected a multiple of 16 up to 65536, found '[[CHOICE]]'
// STAY: error: --schedule: expected resident=on or off, found 'resident=maybe'
// FIT: error: {{.*}}network does not fit: a tile of 3 rows takes at least 24 bytes, more than the 16 of a slot on target pulp-open
