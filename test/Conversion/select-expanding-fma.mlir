// RUN: se-opt %s --se-select-expanding-fma | FileCheck %s

// Two products are added as a dot product adds them; halves that lie in a word are
// loaded together.
// CHECK-LABEL: func.func @dot
// CHECK:         %[[I:.*]] = arith.muli
// CHECK:         %[[X:.*]] = vector.load %{{.*}}[%[[I]]] : memref<8xf16>, vector<2xf16>
// CHECK:         %[[W:.*]] = vector.from_elements %{{.*}}, %{{.*}} : vector<2xf16>
// CHECK-NEXT:    xpulp.vfdotpex.s.h %arg3, %[[X]], %[[W]]
// CHECK-NOT:     math.fma
func.func @dot(%arena: memref<64xi8>, %i: index, %w: memref<8xf16>, %sum: f32) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %view = memref.view %arena[%c0][] : memref<64xi8> to memref<8xf16>
  %0 = arith.muli %i, %c2 : index
  %1 = arith.addi %0, %c1 : index
  %x0 = memref.load %view[%0] : memref<8xf16>
  %x1 = memref.load %view[%1] : memref<8xf16>
  %w0 = memref.load %w[%0] : memref<8xf16>
  %w1 = memref.load %w[%1] : memref<8xf16>
  %2 = arith.extf %x0 : f16 to f32
  %3 = arith.extf %x1 : f16 to f32
  %4 = arith.extf %w0 : f16 to f32
  %5 = arith.extf %w1 : f16 to f32
  %6 = arith.mulf %2, %4 : f32
  %7 = math.fma %3, %5, %6 : f32
  %8 = arith.addf %sum, %7 : f32
  return %8 : f32
}

// What is stored between the loads and the sum does not change what was loaded; what
// is stored between the loads keeps them apart.
// CHECK-LABEL: func.func @stored
// CHECK:         memref.load
// CHECK-NEXT:    memref.load
// CHECK-NEXT:    vector.load
// CHECK-NEXT:    memref.load
// CHECK-NEXT:    memref.store
// CHECK-NEXT:    memref.load
// CHECK-NEXT:    memref.store
// CHECK:         vector.from_elements
// CHECK:         xpulp.vfdotpex.s.h
func.func @stored(%arena: memref<64xi8>, %i: index, %half: f16, %sum: f32) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %view = memref.view %arena[%c0][] : memref<64xi8> to memref<8xf16>
  %other = memref.view %arena[%c0][] : memref<64xi8> to memref<16xf16>
  %0 = arith.muli %i, %c2 : index
  %1 = arith.addi %0, %c1 : index
  %x0 = memref.load %view[%0] : memref<8xf16>
  %x1 = memref.load %view[%1] : memref<8xf16>
  %w0 = memref.load %other[%0] : memref<16xf16>
  memref.store %half, %other[%1] : memref<16xf16>
  %w1 = memref.load %other[%1] : memref<16xf16>
  memref.store %half, %view[%0] : memref<8xf16>
  %2 = arith.extf %x0 : f16 to f32
  %3 = arith.extf %x1 : f16 to f32
  %4 = arith.extf %w0 : f16 to f32
  %5 = arith.extf %w1 : f16 to f32
  %6 = arith.mulf %2, %4 : f32
  %7 = math.fma %3, %5, %6 : f32
  %8 = arith.addf %sum, %7 : f32
  return %8 : f32
}

// CHECK-LABEL: func.func @one
// CHECK:         xpulp.fmacex.s.h
func.func @one(%x: f16, %w: f16, %sum: f32) -> f32 {
  %0 = arith.extf %x : f16 to f32
  %1 = arith.extf %w : f16 to f32
  %2 = math.fma %0, %1, %sum : f32
  return %2 : f32
}
