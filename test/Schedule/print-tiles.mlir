// Layouts and tables that follow from tilings.
//
// RUN: rm -rf %t && mkdir %t
// RUN: %python %S/Inputs/make-network.py 4 24 > %t/net.mlir
// RUN: %python %S/Inputs/make-network.py 40 24 > %t/long.mlir
// RUN: se-opt %t/long.mlir --se-attach-target="target=gap9 cores=2 l2-bytes=3136 nvm-bytes=492 dma-core=0" --se-form-stages --se-pair-elements -o %t/stages.mlir
//
// 1 of 3 tiles stays, the last; a panel has 2 rows of 4 words and 2 biases. There is
// nothing to say of the stage that has no parameters.
// RUN: se-opt %t/net.mlir --se-form-stages | sed 's/plan.macs/plan.stream = #plan.stream<slots = 2, slot_bytes = 160>, plan.macs/; s/elements 24/elements 24 tiled <register_tile = 2, panel_bytes = 40, tile = 4, resident = 1>/; s/elements 4/elements 4 tiled <register_tile = 1>/' > %t/by-hand.mlir
// RUN: se-opt %t/by-hand.mlir --se-attach-target --se-print-tiles -o %t/same.mlir | FileCheck %s --check-prefix=HAND
// RUN: se-opt %t/by-hand.mlir --se-attach-target | diff - %t/same.mlir
//
// HAND:      {{^}}stage 'net.mlir:6': 12 panels of 40 bytes, 2 elements each, in 3 tiles, rows of 4 panels interleaved
// HAND-NEXT:   block 0: 2 rows of 4 f32, in 1 K block of 4 words, at 0
// HAND-NEXT:   field 0: f32, at 32
// HAND-NEXT:   tile 0: panels 0 to 3, 160 bytes in l2 at 0
// HAND-NEXT:   tile 1: panels 4 to 7, 160 bytes in l2 at 160
// HAND-NEXT:   tile 2: panels 8 to 11, 160 bytes in l1 at 0
// HAND-NOT:  {{.}}
//
// Panels in 2 K blocks, whose sums stay in registers. The last tile has fewer panels,
// and the last K block the biases; others have a word that is read, but not used.
// RUN: sed 's/tile = 4, resident = 1/tile = 5, k_blocks = 2, keeps_sums = true/; s/slot_bytes = 160/slot_bytes = 128/' %t/by-hand.mlir > %t/blocks.mlir
// RUN: se-opt %t/blocks.mlir --se-attach-target --se-print-tiles -o /dev/null | FileCheck %s --check-prefix=BLOCKS
//
// BLOCKS:      stage 'net.mlir:6': 12 panels of 40 bytes, 2 elements each, in 6 tiles
// BLOCKS-NEXT:   block 0: 2 rows of 4 f32, in 2 K blocks of 2 words, at 0
// BLOCKS-NEXT:   field 0: f32, at 16
// BLOCKS-NEXT:   tile 0: panels 0 to 4, K block 0, 100 bytes in l2 at 0
// BLOCKS-NEXT:   tile 1: panels 0 to 4, K block 1, 120 bytes in l2 at 100
// BLOCKS-NEXT:   tile 2: panels 5 to 9, K block 0, 100 bytes in l2 at 220
// BLOCKS-NEXT:   tile 3: panels 5 to 9, K block 1, 120 bytes in l2 at 320
// BLOCKS-NEXT:   tile 4: panels 10 to 11, K block 0, 40 bytes in l2 at 440
// BLOCKS-NEXT:   tile 5: panels 10 to 11, K block 1, 48 bytes in l2 at 480
//
// What L2 does not hold, spread evenly: nvm has room for three of these tiles.
// RUN: se-opt %t/stages.mlir --se-choose-tiling="resident=false ring=2 tile-rows=1" --se-print-tiles -o /dev/null | FileCheck %s --check-prefix=BEHIND
//
// BEHIND:      24 panels of 164 bytes, 1 elements each, in 24 tiles
// BEHIND:        tile 0: panels 0 to 0, 164 bytes in l2 at 0
// BEHIND:        tile {{[0-9]+}}: {{.*}} 164 bytes in l3 at 0
// BEHIND-NEXT:   tile {{[0-9]+}}: {{.*}} 164 bytes in l2 at
// BEHIND:        tile {{[0-9]+}}: {{.*}} 164 bytes in nvm at 0
// BEHIND:        in nvm at 164
// BEHIND:        in nvm at 328
// BEHIND-NOT:    in nvm at
//
// RUN: not se-opt %t/stages.mlir --se-print-tiles 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: the network has no attribute 'plan.stream', which says how its parameters flow (--se-choose-tiling)
