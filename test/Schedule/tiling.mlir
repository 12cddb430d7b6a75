// The tiling is in the network and its stages: it is chosen, or written by hand.
//
// RUN: rm -rf %t && mkdir %t
// RUN: %python %S/Inputs/make-network.py 4 24 > %t/net.mlir
// RUN: se-opt %t/net.mlir --se-attach-target="cores=2 l1-bytes=368 dma-core=0" --se-form-stages --se-pair-elements -o %t/target.mlir
// RUN: se-opt %t/target.mlir --se-choose-tiling="ring=3 tile-rows=2" | FileCheck %s --check-prefix=CHOSEN
// RUN: se-opt %t/target.mlir --se-choose-tiling="ring=3 tile-rows=2" -o %t/chosen.mlir
//
// What a network has stays, and the options go nowhere.
// RUN: se-opt %t/chosen.mlir --se-form-stages --se-pair-elements --se-choose-tiling="ring=2" | diff %t/chosen.mlir -
// RUN: se-opt %t/chosen.mlir --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule | FileCheck %s --check-prefix=SCHEDULED
//
// RUN: se-opt %t/net.mlir --se-form-stages | sed 's/plan.macs/plan.stream = #plan.stream<slots = 2, slot_bytes = 160>, plan.macs/; s/elements 24/elements 24 tiled <register_tile = 2, panel_bytes = 40, tile = 4, resident = 1>/; s/elements 4/elements 4 tiled <register_tile = 1>/' > %t/by-hand.mlir
// RUN: se-opt %t/by-hand.mlir --se-attach-target="cores=2 dma-core=0" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule | FileCheck %s --check-prefix=HAND
// RUN: sed 's/panel_bytes = 40, //' %t/by-hand.mlir | se-opt --se-attach-target="cores=2 dma-core=0" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule | FileCheck %s --check-prefix=HAND
// RUN: not se-compile %t/by-hand.mlir --schedule=ring=3 -o %t/x.elf 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not se-opt %t/target.mlir --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=NONE
//
// RUN: sed 's/tiled <register_tile = 1>//' %t/by-hand.mlir > %t/0.mlir
// RUN: not se-opt %t/0.mlir --se-attach-target --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=STAGE
// RUN: sed 's/panel_bytes = 40/panel_bytes = 36/' %t/by-hand.mlir > %t/1.mlir
// RUN: not se-opt %t/1.mlir --se-attach-target --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=PANEL
// RUN: sed 's/tile = 4, resident = 1/tile = 13/' %t/by-hand.mlir > %t/2.mlir
// RUN: not se-opt %t/2.mlir --se-attach-target --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=TILE
// RUN: sed 's/resident = 1/resident = 4/' %t/by-hand.mlir > %t/3.mlir
// RUN: not se-opt %t/3.mlir --se-attach-target --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=RESIDENT
// RUN: sed 's/slot_bytes = 160/slot_bytes = 144/' %t/by-hand.mlir > %t/4.mlir
// RUN: not se-opt %t/4.mlir --se-attach-target --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=SLOT
// RUN: sed 's/resident = 1/k_blocks = 5/' %t/by-hand.mlir > %t/5.mlir
// RUN: not se-opt %t/5.mlir --se-attach-target --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=BLOCKS
// RUN: sed 's/slots = 2, slot_bytes = 160/slots = 0, slot_bytes = 0/' %t/by-hand.mlir > %t/6.mlir
// RUN: not se-opt %t/6.mlir --se-attach-target --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=STAY
// RUN: sed 's/, panel_bytes = 40, tile = 4, resident = 1//' %t/by-hand.mlir > %t/7.mlir
// RUN: not se-opt %t/7.mlir --se-attach-target --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=LACKS
// RUN: sed 's/tiled <register_tile = 1>/tiled <register_tile = 1, panel_bytes = 4, tile = 1>/' %t/by-hand.mlir > %t/8.mlir
// RUN: not se-opt %t/8.mlir --se-attach-target --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=NEEDLESS
// RUN: sed 's/tile = 4, resident = 1/tile = 12, resident = 1/; s/slot_bytes = 160/slot_bytes = 480/' %t/by-hand.mlir > %t/9.mlir
// RUN: not se-opt %t/9.mlir --se-attach-target --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=FLOWS
// RUN: sed 's/register_tile = 1>/register_tile = 5>/' %t/by-hand.mlir > %t/10.mlir
// RUN: not se-opt %t/10.mlir --se-attach-target --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=MANY
// RUN: sed 's/register_tile = 2, panel_bytes = 40, tile = 4/register_tile = 20, panel_bytes = 404, tile = 1/' %t/by-hand.mlir > %t/11.mlir
// RUN: not se-opt %t/11.mlir --se-attach-target --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=SUMS
// RUN: sed 's/slot_bytes = 160/slot_bytes = 160, l1_bytes = 100/' %t/by-hand.mlir > %t/12.mlir
// RUN: not se-opt %t/12.mlir --se-attach-target --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=FACT
// RUN: sed 's/resident = 1>/resident = 1> split/' %t/by-hand.mlir > %t/13.mlir
// RUN: not se-opt %t/13.mlir --se-attach-target --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=SPLIT
// RUN: not se-opt %t/by-hand.mlir --se-attach-target="l1-bytes=500" --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=L1

// CHOSEN: rnn.network @net {{.*}}plan.stream = #plan.stream<slots = 3, slot_bytes = 48, l1_bytes = 352>
// CHOSEN: plan.stage {{.*}} depth 0 elements 4 tiled <register_tile = 1>
// CHOSEN: plan.stage {{.*}} depth 1 elements 24 tiled <register_tile = {{[12]}}, panel_bytes = {{[0-9]+}}, tile = {{[0-9]+}}, resident = {{[0-9]+}}>
// SCHEDULED:   cluster.program @net
// SCHEDULED-SAME: ring = <slots = 3, slot_bytes = 48, l2_slots = 0>
// HAND:        cluster.program @net
// HAND-SAME:   ring = <slots = 2, slot_bytes = 160, l2_slots = 0>
// HAND-SAME:   register_tile = 2
// HAND-SAME:   tiles = 3, bytes = <l1 = 160

// TWICE:    error: --schedule: the network has a tiling already, in its attribute 'plan.stream'
// What is wrong with a stage is reported there, the rest at the network.
// NONE:     error: the network has no attribute 'plan.stream', which says how its parameters flow (--se-choose-tiling)
// STAGE: error: stage '{{.*}}' has no tiling (--se-choose-tiling)
// PANEL: mlir:10:10: error: tiling of stage 'net.mlir:6': panel_bytes is 40, found 36
// TILE: mlir:10:10: error: tiling of stage 'net.mlir:6': tile is more than its register tiles
// RESIDENT: mlir:10:10: error: tiling of stage 'net.mlir:6': resident is more than its 3 tiles
// SLOT: mlir:10:10: error: tiling of stage 'net.mlir:6': a tile takes 160 bytes, more than the 144 of a slot
// BLOCKS: mlir:10:10: error: tiling of stage 'net.mlir:6': k_blocks is more than the 4 words of its longest row
// STAY: mlir:10:10: error: tiling of stage 'net.mlir:6': without slots all tiles stay
// LACKS: mlir:10:10: error: tiling of stage 'net.mlir:6': a stage with parameters needs a tile
// NEEDLESS: mlir:5:10: error: tiling of stage '{{.*}}': a stage without parameters has no tile
// FLOWS: mlir:2:3: error: plan.stream: all tiles stay in l1, so there are no slots
// MANY: mlir:5:10: error: tiling of stage '{{.*}}': register_tile is more than the 4 elements of a vector
// SUMS: mlir:10:10: error: tiling of stage 'net.mlir:6': register_tile needs 20 sums of one vector, more than 16
// FACT: mlir:2:3: error: plan.stream: l1_bytes is {{[0-9]+}}, found 100
// L1: mlir:2:3: error: memory l1 exceeded by {{[0-9]+}} bytes ({{[0-9]+}} needed for this tiling, 484 available beside states and activations) on target pulp-open
// SPLIT: mlir:10:10: error: stage 'net.mlir:6': a stage that is split has sums of single vectors, and its parameters stay in l1
