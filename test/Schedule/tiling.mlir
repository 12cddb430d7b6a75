// The tiling is an attribute of the network: it is chosen, or written by hand.
//
// RUN: rm -rf %t && mkdir %t
// RUN: %python %S/Inputs/make-network.py 4 24 > %t/net.mlir
// RUN: sed '2s/{/attributes {cluster.tiling = #cluster.tiling<slots = 2, slot_bytes = 160, stages = [<name = "fc", elements = 24, panel_bytes = 40, register_tile = 2, tile = 4, resident = 1>]>} {/' %t/net.mlir > %t/by-hand.mlir
// RUN: se-opt %t/net.mlir --se-attach-target="cores=2 l1-bytes=368 dma-core=0" -o %t/target.mlir
// RUN: se-opt %t/target.mlir --se-form-stages --se-pair-elements --se-choose-tiling="ring=3 tile-rows=2" | FileCheck %s --check-prefix=CHOSEN
// RUN: se-opt %t/target.mlir --se-form-stages --se-pair-elements --se-choose-tiling="ring=3 tile-rows=2" -o %t/chosen.mlir
//
// What a network has stays, and the options go nowhere.
// RUN: se-opt %t/chosen.mlir --se-form-stages --se-pair-elements --se-choose-tiling="ring=2" | diff %t/chosen.mlir -
// RUN: se-opt %t/chosen.mlir --se-form-stages --se-pair-elements --se-schedule --se-verify-schedule | FileCheck %s --check-prefix=SCHEDULED
//
// RUN: se-opt %t/by-hand.mlir --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-schedule --se-verify-schedule | FileCheck %s --check-prefix=HAND
// RUN: not se-compile %t/by-hand.mlir --schedule=ring=3 -o %t/x.elf 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not se-opt %t/target.mlir --se-form-stages --se-pair-elements --se-schedule 2>&1 | FileCheck %s --check-prefix=NONE
//
// RUN: sed 's/elements = 24/elements = 25/' %t/by-hand.mlir > %t/1.mlir
// RUN: not se-opt %t/1.mlir --se-attach-target --se-form-stages --se-pair-elements --se-schedule 2>&1 | FileCheck %s --check-prefix=ELEMENTS
// RUN: sed 's/panel_bytes = 40/panel_bytes = 36/' %t/by-hand.mlir > %t/2.mlir
// RUN: not se-opt %t/2.mlir --se-attach-target --se-form-stages --se-pair-elements --se-schedule 2>&1 | FileCheck %s --check-prefix=PANEL
// RUN: sed 's/tile = 4, resident = 1/tile = 13/' %t/by-hand.mlir > %t/3.mlir
// RUN: not se-opt %t/3.mlir --se-attach-target --se-form-stages --se-pair-elements --se-schedule 2>&1 | FileCheck %s --check-prefix=TILE
// RUN: sed 's/resident = 1/resident = 4/' %t/by-hand.mlir > %t/4.mlir
// RUN: not se-opt %t/4.mlir --se-attach-target --se-form-stages --se-pair-elements --se-schedule 2>&1 | FileCheck %s --check-prefix=RESIDENT
// RUN: sed 's/slot_bytes = 160/slot_bytes = 144/' %t/by-hand.mlir > %t/5.mlir
// RUN: not se-opt %t/5.mlir --se-attach-target --se-form-stages --se-pair-elements --se-schedule 2>&1 | FileCheck %s --check-prefix=SLOT
// RUN: sed 's/resident = 1/k_blocks = 5/' %t/by-hand.mlir > %t/6.mlir
// RUN: not se-opt %t/6.mlir --se-attach-target --se-form-stages --se-pair-elements --se-schedule 2>&1 | FileCheck %s --check-prefix=BLOCKS
// RUN: sed 's/slots = 2, slot_bytes = 160/slots = 0, slot_bytes = 0/' %t/by-hand.mlir > %t/7.mlir
// RUN: not se-opt %t/7.mlir --se-attach-target --se-form-stages --se-pair-elements --se-schedule 2>&1 | FileCheck %s --check-prefix=STAY
// RUN: sed '2s/, stages = .*/>} {/' %t/by-hand.mlir > %t/8.mlir
// RUN: not se-opt %t/8.mlir --se-attach-target --se-form-stages --se-pair-elements --se-schedule 2>&1 | FileCheck %s --check-prefix=STAGES
// RUN: not se-opt %t/by-hand.mlir --se-attach-target="l1-bytes=500" --se-form-stages --se-pair-elements --se-schedule 2>&1 | FileCheck %s --check-prefix=L1
// RUN: sed 's/register_tile = 2, tile = 4/register_tile = 20, tile = 1/; s/panel_bytes = 40/panel_bytes = 404/' %t/by-hand.mlir > %t/9.mlir
// RUN: not se-opt %t/9.mlir --se-attach-target --se-form-stages --se-pair-elements --se-schedule 2>&1 | FileCheck %s --check-prefix=SUMS
// RUN: sed 's/slot_bytes = 160/slot_bytes = 160, l1_bytes = 100/' %t/by-hand.mlir > %t/10.mlir
// RUN: not se-opt %t/10.mlir --se-attach-target --se-form-stages --se-pair-elements --se-schedule 2>&1 | FileCheck %s --check-prefix=FACT

// CHOSEN: rnn.network @net {{.*}} attributes {cluster.tiling = #cluster.tiling<slots = 3, slot_bytes = 48, l1_bytes = 352,
// CHOSEN-SAME: stages = [<name = "target.mlir:{{[0-9]+}}", elements = 24, panel_bytes = {{[0-9]+}}, register_tile = {{[12]}}, tile = {{[0-9]+}}, resident = {{[0-9]+}}>]>, plan.macs
// SCHEDULED:   cluster.program @net
// SCHEDULED-SAME: ring = {l2_slots = 0 : i64, slot_bytes = 48 : i64, slots = 3 : i64}
// HAND:        cluster.program @net
// HAND-SAME:   ring = {l2_slots = 0 : i64, slot_bytes = 160 : i64, slots = 2 : i64}
// HAND-SAME:   group = 2 : i64
// HAND-SAME:   resident_bytes = 160 : i64
// HAND-SAME:   tiles = 3 : i64

// TWICE:    error: --schedule: the network has a tiling already, in its attribute 'cluster.tiling'
// NONE:     error: the network has no attribute 'cluster.tiling', which says how its parameters are cut (--se-choose-tiling)
// ELEMENTS: error: cluster.tiling: tiling of stage 'fc': elements is 24, found 25
// PANEL:    error: cluster.tiling: tiling of stage 'fc': panel_bytes is 40, found 36
// TILE:     error: cluster.tiling: tiling of stage 'fc': tile is more than its register tiles
// RESIDENT: error: cluster.tiling: tiling of stage 'fc': resident is more than its 3 tiles
// SLOT:     error: cluster.tiling: tiling of stage 'fc': a tile takes 160 bytes, more than the 144 of a slot
// BLOCKS:   error: cluster.tiling: tiling of stage 'fc': k_blocks is more than the 4 words of its longest row
// STAY:     error: cluster.tiling: tiling of stage 'fc': without slots all tiles stay
// STAGES:   error: cluster.tiling: the tiling has 0 stages, the network 1 with parameters
// L1:       error: cluster.tiling: memory l1 exceeded by {{[0-9]+}} bytes ({{[0-9]+}} needed for this tiling, 484 available beside states and activations) on target pulp-open
// SUMS:     error: cluster.tiling: tiling of stage 'fc': register_tile needs 20 sums of one vector, more than 16
// FACT:     error: cluster.tiling: l1_bytes is 61424, found 100

