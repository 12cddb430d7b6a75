// RUN: %python %S/Inputs/make-network.py 4 24 > %t.mlir
// RUN: se-opt %t.mlir --se-attach-target="target=gap9 cores=2 l2-bytes=400 nvm-bytes=500 l3-bytes=500 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false ring=2 tile-rows=1" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s --check-prefix=NVM
// RUN: se-opt %t.mlir --se-attach-target="target=gap9 cores=2 l2-bytes=400 nvm-bytes=60 l3-bytes=500 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false ring=2 tile-rows=1" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s --check-prefix=BOTH
// RUN: se-opt %t.mlir --se-attach-target="target=gap9 cores=2 l2-bytes=160 nvm-bytes=0 l3-bytes=480 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false ring=2 tile-rows=1" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s --check-prefix=ALL
// RUN: se-opt %t.mlir --se-attach-target="target=pulp-open-ddr cores=2 l2-bytes=100 l3-bytes=480 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false ring=2 tile-rows=1" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s --check-prefix=DIRECT
//
// 24 tiles of one row, 20 bytes in slots of 32. The ring in L2 has 4 + 2 - 1
// slots, 160 bytes, so 480 + 160 - l2-bytes lie behind L2.

// Every second tile comes from nvm; l3 is not used.
// NVM-NOT:   @stream_l3
// NVM-DAG:   @l2_ring : memref<160xi8, #cluster.space<l2>> = uninitialized
// NVM-DAG:   @external_transfers : memref<24xi32, {{.*}}> = dense<[0, 20, 20, 20, 40, 20, 60, 20,
// NVM-DAG:   @transfers : memref<48xi32, {{.*}}> = dense<[0, 20, 0, 20, 20, 20, 0, 20, 40, 20, 0, 20,
// NVM-DAG:   @stream_nvm : memref<240xi8, #cluster.space<nvm>>
// NVM-DAG:   @stream : memref<240xi8, #cluster.space<l2>>
// NVM:       func.func @net_kernel
// One transfer to L1 and 4 to L2 are under way; one slot in L2 may be read.
// NVM:       ^bb0(%{{.*}}: index, %{{.*}}: !cluster.token<dma>, %{{.*}}: index, %[[E:.*]]: !cluster.token<external>, %{{.*}}: !cluster.token<external>, %{{.*}}: !cluster.token<external>, %{{.*}}: !cluster.token<external>, %[[BUSY:.*]]: index):
// NVM:       scf.for {{.*}} = %[[E]], {{.*}} %[[BUSY1:.*]] = %[[BUSY]],
// NVM:         cluster.barrier
// The tile is copied from where the oldest external transfer brought it, and the
// next external one goes to the slot that was copied from before.
// NVM:         %[[AT:.*]] = cluster.dma_wait %{{.*}} : <external>
// NVM-NEXT:    cluster.dma_start %{{.*}}[%[[AT]]] to %arg0[%{{.*}}]
// NVM:         cluster.dma_start %{{.*}} to %{{.*}}[%[[BUSY1]]], {{.*}}#cluster.space<nvm>> {{.*}} -> <external>

// nvm has room for 3 of these 12: each fourth.
// BOTH-DAG:  @external_transfers : memref<24xi32, {{.*}}> = dense<[0, 20, 20, 20, 40, 20, 0, 20, 60, 20, 80, 20, 100, 20, 20, 20,
// BOTH-DAG:  @stream_nvm : memref<60xi8, #cluster.space<nvm>>
// BOTH-DAG:  @stream_l3 : memref<180xi8, #cluster.space<l3>>
// BOTH-DAG:  @stream : memref<240xi8, #cluster.space<l2>>
// BOTH:      func.func @net_kernel
// BOTH:      scf.if
// BOTH:        cluster.dma_start {{.*}}#cluster.space<nvm>>
// BOTH:      else
// BOTH:        cluster.dma_start {{.*}}#cluster.space<l3>>

// L2 holds just the ring: no decision where a tile comes from.
// ALL-NOT:   @stream :
// ALL:       @stream_l3 : memref<480xi8, #cluster.space<l3>>
// ALL-NOT:   @stream :
// ALL:       func.func @net_kernel
// ALL-NOT:   scf.if
// ALL:       cluster.yield

// The cluster's DMA reaches l3: all tiles that flow lie there, no ring in L2.
// DIRECT-NOT: @l2_ring
// DIRECT-NOT: external_transfers
// DIRECT:     @stream : memref<480xi8, #cluster.space<l3>>
// DIRECT:     func.func @net_kernel
// DIRECT:     cluster.dma_start {{.*}}#cluster.space<l3>> to memref<{{.*}}#cluster.space<l1>> -> <dma>
