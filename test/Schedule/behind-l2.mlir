// RUN: %python %S/Inputs/make-network.py 40 24 > %t.mlir
// RUN: se-opt %t.mlir --se-attach-target="target=gap9 cores=2 l2-bytes=3136 nvm-bytes=5000 l3-bytes=5000 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false ring=2 tile-rows=1" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s --check-prefix=NVM
// RUN: se-opt %t.mlir --se-attach-target="target=gap9 cores=2 l2-bytes=3136 nvm-bytes=492 l3-bytes=5000 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false ring=2 tile-rows=1" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s --check-prefix=BOTH
// RUN: se-opt %t.mlir --se-attach-target="target=gap9 cores=2 l2-bytes=1264 nvm-bytes=0 l3-bytes=3936 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false ring=2 tile-rows=1" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s --check-prefix=ALL
// RUN: se-opt %t.mlir --se-attach-target="target=pulp-open-ddr cores=2 l2-bytes=200 l3-bytes=3936 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false ring=2 tile-rows=1" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s --check-prefix=DIRECT
//
// 24 tiles of one row, 164 bytes in slots of 176. In L2 lie the ring, 4 + 2 - 1 slots
// of together 880 bytes, and 8 bytes for each transfer and each external one, 192 and
// more. So 3936 + 880 + 192 - l2-bytes, and 8 for each external transfer, lie behind L2.

// Every second tile comes from nvm; l3 is not used.
// NVM-NOT:   @stream_l3
// NVM-DAG:   @l2_ring : memref<880xi8, #cluster.space<l2>> = uninitialized
// NVM-DAG:   @external_transfers : memref<24xi32, {{.*}}> = dense<[0, 164, 164, 164, 328, 164, 492, 164,
// NVM-DAG:   @transfers : memref<48xi32, {{.*}}> = dense<[0, 164, 0, 164, 164, 164, 0, 164, 328, 164, 0, 164,
// NVM-DAG:   @stream_nvm : memref<1968xi8, #cluster.space<nvm>>
// NVM-DAG:   @stream : memref<1968xi8, #cluster.space<l2>>
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
// BOTH-DAG:  @external_transfers : memref<24xi32, {{.*}}> = dense<[0, 164, 164, 164, 328, 164, 0, 164, 492, 164, 656, 164, 820, 164, 164, 164,
// BOTH-DAG:  @stream_nvm : memref<492xi8, #cluster.space<nvm>>
// BOTH-DAG:  @stream_l3 : memref<1476xi8, #cluster.space<l3>>
// BOTH-DAG:  @stream : memref<1968xi8, #cluster.space<l2>>
// BOTH:      func.func @net_kernel
// BOTH:      scf.if
// BOTH:        cluster.dma_start {{.*}}#cluster.space<nvm>>
// BOTH:      else
// BOTH:        cluster.dma_start {{.*}}#cluster.space<l3>>

// L2 holds just the ring: no decision where a tile comes from.
// ALL-NOT:   @stream :
// ALL:       @stream_l3 : memref<3936xi8, #cluster.space<l3>>
// ALL-NOT:   @stream :
// ALL:       func.func @net_kernel
// ALL-NOT:   scf.if
// ALL:       cluster.yield

// The cluster's DMA reaches l3: all tiles that flow lie there, no ring in L2.
// DIRECT-NOT: @l2_ring
// DIRECT-NOT: external_transfers
// DIRECT:     @stream : memref<3936xi8, #cluster.space<l3>>
// DIRECT:     func.func @net_kernel
// DIRECT:     cluster.dma_start {{.*}}#cluster.space<l3>> to memref<{{.*}}#cluster.space<l1>> -> <dma>

// What stays in L1 comes from nvm, through L2, in pieces: only tiles that are larger
// than 4096 bytes are parted. The first piece comes last; where it lies is handed on.
// RUN: %python %S/Inputs/make-network.py 16 12 88 > %t.stays.mlir
// RUN: se-opt %t.stays.mlir --se-attach-target="target=gap9 cores=2 l2-bytes=4096 nvm-bytes=6000 l3-bytes=0 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s --check-prefix=STAYS
// STAYS-DAG:  @l2_ring : memref<4096xi8, #cluster.space<l2>> = uninitialized
// STAYS-DAG:  @resident : memref<5392xi8, #cluster.space<nvm>>
// STAYS:      func.func @net_init_stream
// STAYS:        %[[IMAGE:.*]] = memref.get_global @resident
// STAYS:        %[[L2:.*]] = memref.get_global @l2_ring
// STAYS:        %[[T0:.*]] = cluster.dma_start %[[IMAGE]][%c4912] to %[[L2]][%c0], %c480 : {{.*}} -> <external>
// STAYS-NEXT:   cluster.dma_wait %[[T0]] : <external>
// STAYS-NEXT:   %[[T1:.*]] = cluster.dma_start %[[L2]][%c0] to %arg0[%c5040], %c480 : {{.*}} -> <dma>
// STAYS-NEXT:   cluster.dma_wait %[[T1]] : <dma>
// STAYS-NEXT:   %[[T2:.*]] = cluster.dma_start %[[IMAGE]][%c816] to %[[L2]][%c0], %c4096
// STAYS:        %[[T3:.*]] = cluster.dma_start %[[IMAGE]][%c0] to %[[L2]][%c0], %c816
// STAYS-NEXT:   cluster.dma_wait %[[T3]]
// STAYS-NEXT:   %[[T4:.*]] = cluster.dma_start %[[L2]][%c0] to %arg0[%c128], %c816
// STAYS-NEXT:   %[[AT:.*]] = cluster.dma_wait %[[T4]] : <dma>
// STAYS-NEXT:   cluster.yield %[[AT]] : index
