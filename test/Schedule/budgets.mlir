// What a network needs of each memory, at the edge: find-edge.py adds the bytes
// that errors name, until the network fits, and tries one byte less.
//
// RUN: %python %S/Inputs/make-network.py 4 12 > %t.mlir
//
// Of L1 the input (16), and the 60 words with the word that says where they are
// (16), or a ring: two slots and 64 bytes of carried words. With a row cut into 2
// parts of 12 bytes, a slot takes 16. The sums that go on from part to part lie in
// registers, but in L1 (16) if a core has two groups of a tile, with slots of 40.
// RUN: %python %S/Inputs/find-edge.py %t.mlir l1-bytes cores=2 tile-rows=1 | FileCheck %s --check-prefix=L1
// L1: l1-bytes 112 in 2
// RUN: %python %S/Inputs/find-edge.py %t.mlir l1-bytes cores=8 tile-rows=1 resident=false | FileCheck %s --check-prefix=EIGHT
// EIGHT: l1-bytes 112 in 2
// RUN: %python %S/Inputs/find-edge.py %t.mlir l1-bytes cores=1 tile-rows=2 resident=false ring=2 slot-bytes=48 | FileCheck %s --check-prefix=SAVED
// SAVED: l1-bytes 176 in 2
// RUN: %python %S/Inputs/find-edge.py %t.mlir l1-bytes cores=8 slot-bytes=240 ring=6 | FileCheck %s --check-prefix=STAYS
// STAYS: l1-bytes 272 in 2
//
// Of L2 just the parameters, and 8 bytes for a transfer, also if a ring for memories
// behind it needs more. A constant that elements share is counted once.
// RUN: %python %S/Inputs/find-edge.py %t.mlir l2-bytes | FileCheck %s --check-prefix=L2
// RUN: %python %S/Inputs/find-edge.py %t.mlir l2-bytes target=gap9 resident=false l3-bytes=0 nvm-bytes=128 | FileCheck %s --check-prefix=FLOWS
// RUN: %python %S/Inputs/find-edge.py %t.mlir l2-bytes target=pulp-open-ddr resident=false l3-bytes=200 | FileCheck %s --check-prefix=FLOWS
// L2: l2-bytes 240 in {{[12]$}}
// FLOWS: l2-bytes 248 in
// RUN: %python %S/Inputs/find-edge.py %s l2-bytes | FileCheck %s --check-prefix=SHARED
// SHARED: l2-bytes 16 in 1
//
// Behind it what does not fit beside the ring (880) and the tables (288) there; nvm
// holds 3 of these 12 tiles.
// RUN: %python %S/Inputs/make-network.py 40 24 > %t.24.mlir
// RUN: %python %S/Inputs/find-edge.py %t.24.mlir l3-bytes target=gap9 cores=2 resident=false ring=2 tile-rows=1 l2-bytes=3136 nvm-bytes=0 | FileCheck %s --check-prefix=L3
// L3: l3-bytes 1968 in
// RUN: %python %S/Inputs/find-edge.py %t.24.mlir l3-bytes target=gap9 cores=2 resident=false ring=2 tile-rows=1 l2-bytes=3136 nvm-bytes=492 | FileCheck %s --check-prefix=BOTH
// BOTH: l3-bytes 1476 in
// RUN: %python %S/Inputs/find-edge.py %t.24.mlir l3-bytes target=pulp-open-ddr resident=false tile-rows=1 ring=2 cores=2 l2-bytes=192 | FileCheck %s --check-prefix=DIRECT
// DIRECT: l3-bytes 3936 in 2
//
// L2 must at least hold the ring, however much there is behind it.
// RUN: not se-opt %t.24.mlir --se-attach-target="target=gap9 cores=2 l2-bytes=1263 l3-bytes=0 nvm-bytes=9999 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false ring=2 tile-rows=1 slot-bytes=176" --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=RING
// RING: error: network does not fit: memory l2 exceeded by 1 bytes (5008 needed for parameters and their ring, 1263 available, 9999 in memories behind it)
//
// Every message, and what would help.
// RUN: not se-opt %t.mlir --se-attach-target="l1-bytes=15 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=STATES
// RUN: not se-opt %t.mlir --se-attach-target="cores=2 l1-bytes=104 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling=tile-rows=1 --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=SLOTS
// RUN: not se-opt %t.mlir --se-attach-target="l1-bytes=271 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="ring=6 slot-bytes=240" --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=ALL
// RUN: not se-opt %t.mlir --se-attach-target=dma-core=0 --se-form-stages --se-pair-elements --se-choose-tiling="slot-bytes=16 tile-rows=4" --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=ROWS
// RUN: not se-opt %S/parts.mlir --se-attach-target=dma-core=0 --se-form-stages --se-pair-elements --se-choose-tiling=slot-bytes=16 --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=ROW
// RUN: not se-opt %t.mlir --se-attach-target="target=gap9 l2-bytes=100 l3-bytes=0 nvm-bytes=20 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=HALF
// RUN: not se-opt %t.mlir --se-attach-target="l2-bytes=100 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=MORE
// RUN: not se-opt %t.24.mlir --se-attach-target="target=gap9 cores=2 l2-bytes=3136 nvm-bytes=491 l3-bytes=1621 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false ring=2 tile-rows=1 slot-bytes=176" --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=TILE
// STATES: error: network does not fit: memory l1 exceeded by 1 bytes (16 needed for states and activations, 15 available) on target pulp-open{{$}}
// SLOTS: error: network does not fit: memory l1 exceeded by 8 bytes (96 needed for a ring of 2 slots, 88 available beside states and activations)
// ALL: error: network does not fit: memory l1 exceeded by 1 bytes (256 needed for all parameters, 255 available beside states and activations)
// ROWS: mlir:6:{{[0-9]+}}: error: network does not fit: a tile of 4 rows takes at least 32 bytes, more than the 16 of a slot
// ROW: error: network does not fit: a tile of 1 rows takes at least 20 bytes, more than the 16 of a slot
// HALF: error: network does not fit: memory l2 exceeded by 120 bytes (240 needed for parameters, 120 available with memories behind it) on target gap9; in fp16 they fit
// MORE: error: network does not fit: memory l2 exceeded by 140 bytes (240 needed for parameters, 100 available with memories behind it) on target pulp-open; a target with more memory behind L2 would hold them
// TILE: error: network does not fit: memory l3 exceeded by 19 bytes (1640 needed for parameters, 1621 available)
rnn.network @shared inputs(%x = "x" : tensor<3x4xf32>) outputs("y" : tensor<3x4xf32>) {
  %c = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %0 = rnn.broadcast %c : tensor<4xf32> -> tensor<3x4xf32>
  %1 = arith.mulf %x, %0 : tensor<3x4xf32>
  rnn.yield %1 : tensor<3x4xf32>
}
