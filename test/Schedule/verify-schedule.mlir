// RUN: se-opt %s --split-input-file --se-verify-schedule -o /dev/null
//
// Schedules that are proven. verify-schedule-mutations.mlir has a ring of two
// slots.

// Three slots and four tiles: a tile has another slot in every frame, until
// three frames later.
module {
  cluster.program @net kernel(@kernel) init(@init) reset(@reset) cores 2 state_bytes 176
    inputs [#cluster.port<"x", shape = [4], element = f32>]
    outputs [#cluster.port<"y", shape = [8], element = f32>]
    states [#cluster.port<"h", shape = [8], element = f32>]
  memref.global "private" constant @stream : memref<128xi8, #cluster.space<l2>> = dense<0>
  memref.global "private" constant @tiles : memref<4xi32, #cluster.space<l2>> = dense<[0, 32, 64, 96]>
  func.func @kernel(%arena: memref<176xi8, #cluster.space<l1>>, %x: memref<4xf32>, %y: memref<8xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c4 = arith.constant 4 : index
    %c8 = arith.constant 8 : index
    %c32 = arith.constant 32 : index
    %c160 = arith.constant 160 : index
    %zero = arith.constant 0.0 : f32
    %control = memref.view %arena[%c160][] : memref<176xi8, #cluster.space<l1>> to memref<3xi32, #cluster.space<l1>>
    cluster.parallel cores 2 dma_core 2 carry %control : memref<3xi32, #cluster.space<l1>> {
    ^bb0(%core: index, %first: !cluster.token<dma>, %second: !cluster.token<dma>, %free: index):
      %h = memref.view %arena[%c0][] : memref<176xi8, #cluster.space<l1>> to memref<8xf32, #cluster.space<l1>>
      %next = memref.view %arena[%c32][] : memref<176xi8, #cluster.space<l1>> to memref<8xf32, #cluster.space<l1>>
      %stream = memref.get_global @stream : memref<128xi8, #cluster.space<l2>>
      %tiles = memref.get_global @tiles : memref<4xi32, #cluster.space<l2>>
      %r:3 = scf.for %tile = %c0 to %c4 step %c1 iter_args(%a = %first, %b = %second, %f = %free) -> (!cluster.token<dma>, !cluster.token<dma>, index) {
        %position = cluster.dma_wait %a : !cluster.token<dma>
        cluster.barrier
        %ahead = arith.addi %tile, %c2 : index
        %number = arith.remui %ahead, %c4 : index
        %word = memref.load %tiles[%number] : memref<4xi32, #cluster.space<l2>>
        %source = arith.index_cast %word : i32 to index
        %new = cluster.dma_start %stream[%source] to %arena[%f], %c32 : memref<128xi8, #cluster.space<l2>> to memref<176xi8, #cluster.space<l1>> -> !cluster.token<dma>
        %rows = memref.view %arena[%position][] : memref<176xi8, #cluster.space<l1>> to memref<8xf32, #cluster.space<l1>>
        %begin = arith.muli %tile, %c2 : index
        %end = arith.addi %begin, %c2 : index
        %mine = arith.addi %begin, %core : index
        %lower = arith.minui %mine, %end : index
        %behind = arith.addi %lower, %c1 : index
        %upper = arith.minui %behind, %end : index
        scf.for %row = %lower to %upper step %c1 {
          %local = arith.subi %row, %begin : index
          %start = arith.muli %local, %c4 : index
          %sum = scf.for %k = %c0 to %c4 step %c1 iter_args(%s = %zero) -> (f32) {
            %at = arith.addi %start, %k : index
            %w = memref.load %rows[%at] : memref<8xf32, #cluster.space<l1>>
            %v = memref.load %x[%k] : memref<4xf32>
            %t = math.fma %w, %v, %s : f32
            scf.yield %t : f32
          }
          // Every row reads the whole state, every other element first.
          %all = scf.for %k = %c0 to %c8 step %c2 iter_args(%s = %sum) -> (f32) {
            %v = memref.load %h[%k] : memref<8xf32, #cluster.space<l1>>
            %t = arith.addf %v, %s : f32
            %odd = arith.addi %k, %c1 : index
            %u = memref.load %h[%odd] : memref<8xf32, #cluster.space<l1>>
            %t2 = arith.addf %u, %t : f32
            scf.yield %t2 : f32
          }
          memref.store %all, %next[%row] : memref<8xf32, #cluster.space<l1>>
          memref.store %all, %y[%row] : memref<8xf32>
        }
        scf.yield %b, %new, %position : !cluster.token<dma>, !cluster.token<dma>, index
      }
      cluster.barrier
      %share = arith.muli %core, %c4 : index
      %lower = arith.minui %share, %c8 : index
      %behind = arith.addi %lower, %c4 : index
      %upper = arith.minui %behind, %c8 : index
      scf.for %i = %lower to %upper step %c1 {
        %v = memref.load %next[%i] : memref<8xf32, #cluster.space<l1>>
        memref.store %v, %h[%i] : memref<8xf32, #cluster.space<l1>>
      }
      cluster.yield %r#0, %r#1, %r#2 : !cluster.token<dma>, !cluster.token<dma>, index
    }
    return
  }
  func.func @init(%arena: memref<176xi8, #cluster.space<l1>>) {
    %c0 = arith.constant 0 : index
    %c32 = arith.constant 32 : index
    %c64 = arith.constant 64 : index
    %c96 = arith.constant 96 : index
    %c128 = arith.constant 128 : index
    %c160 = arith.constant 160 : index
    %stream = memref.get_global @stream : memref<128xi8, #cluster.space<l2>>
    %control = memref.view %arena[%c160][] : memref<176xi8, #cluster.space<l1>> to memref<3xi32, #cluster.space<l1>>
    cluster.parallel cores 2 dma_core 2 carry %control : memref<3xi32, #cluster.space<l1>> {
    ^bb0(%core: index):
      %first = cluster.dma_start %stream[%c0] to %arena[%c64], %c32 : memref<128xi8, #cluster.space<l2>> to memref<176xi8, #cluster.space<l1>> -> !cluster.token<dma>
      %second = cluster.dma_start %stream[%c32] to %arena[%c96], %c32 : memref<128xi8, #cluster.space<l2>> to memref<176xi8, #cluster.space<l1>> -> !cluster.token<dma>
      cluster.yield %first, %second, %c128 : !cluster.token<dma>, !cluster.token<dma>, index
    }
    func.call @reset(%arena) : (memref<176xi8, #cluster.space<l1>>) -> ()
    return
  }
  func.func @reset(%arena: memref<176xi8, #cluster.space<l1>>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %zero = arith.constant 0.0 : f32
    %h = memref.view %arena[%c0][] : memref<176xi8, #cluster.space<l1>> to memref<8xf32, #cluster.space<l1>>
    scf.for %i = %c0 to %c8 step %c1 {
      memref.store %zero, %h[%i] : memref<8xf32, #cluster.space<l1>>
    }
    return
  }
}
