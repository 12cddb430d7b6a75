// RUN: se-opt %s --se-lower-xpulp --cse | FileCheck %s

// Vectors that fill a register are i32, lane 0 lowest.
// CHECK-LABEL: func.func @constants() -> (i32, i32)
// CHECK-DAG:     arith.constant 67043328 : i32
// CHECK-DAG:     arith.constant 1006632960 : i32
// CHECK-NOT:     vector
func.func @constants() -> (vector<4xi8>, vector<2xf16>) {
  %0 = arith.constant dense<[0, 0, -1, 3]> : vector<4xi8>
  %1 = arith.constant dense<[0.0, 1.0]> : vector<2xf16>
  return %0, %1 : vector<4xi8>, vector<2xf16>
}

// CHECK-LABEL: func.func @lanes(%arg0: i32, %arg1: f16, %arg2: i8)
// CHECK:         %[[HIGH:.*]] = arith.shrui %arg0, %c16
// CHECK:         %[[T:.*]] = arith.trunci %[[HIGH]] : i32 to i16
// CHECK:         arith.bitcast %[[T]] : i16 to f16
// CHECK:         %[[H:.*]] = arith.bitcast %arg1 : f16 to i16
// CHECK:         %[[W:.*]] = arith.extui %[[H]] : i16 to i32
// CHECK:         %[[S:.*]] = arith.shli %[[W]], %c16
// CHECK:         %[[R:.*]] = arith.andi %arg0, %c65535
// CHECK:         arith.ori %[[R]], %[[S]]
// CHECK:         llvm.inline_asm {{.*}}".insn r 87, 0, 104, $0, $1, $2"
// CHECK:         %[[B:.*]] = arith.extui %arg2 : i8 to i32
// CHECK:         %[[ONES:.*]] = arith.constant 16843009 : i32
// CHECK:         arith.muli %[[B]], %[[ONES]]
func.func @lanes(%v: vector<2xf16>, %h: f16, %b: i8) -> (f16, vector<2xf16>, vector<2xf16>, vector<4xi8>) {
  %0 = vector.extract %v[1] : f16 from vector<2xf16>
  %1 = vector.insert %h, %v[1] : f16 into vector<2xf16>
  %2 = vector.from_elements %h, %0 : vector<2xf16>
  %3 = vector.broadcast %b : i8 to vector<4xi8>
  return %0, %1, %2, %3 : f16, vector<2xf16>, vector<2xf16>, vector<4xi8>
}

// CHECK-LABEL: func.func @words(%arg0: i1, %arg1: memref<8xf16>, %arg2: index)
// CHECK:         %[[BASE:.*]] = memref.extract_aligned_pointer_as_index %arg1
// CHECK:         %[[NUMBER:.*]] = arith.index_castui %[[BASE]]
// CHECK:         %[[START:.*]] = llvm.inttoptr %[[NUMBER]]
// CHECK:         %[[OFFSET:.*]] = arith.muli %arg2, %c2
// CHECK:         %[[AT:.*]] = arith.addi %{{.*}}, %[[OFFSET]]
// CHECK:         %[[DISTANCE:.*]] = arith.index_castui %[[AT]]
// CHECK:         %[[POINTER:.*]] = llvm.getelementptr inbounds %[[START]][%[[DISTANCE]]] : (!llvm.ptr, i64) -> !llvm.ptr, i8
// CHECK:         %[[WORD:.*]] = llvm.load %[[POINTER]] {alignment = 4 : i64} : !llvm.ptr -> i32
// CHECK:         %[[CHOSEN:.*]] = scf.if %arg0 -> (i32)
// CHECK:         %[[SELECTED:.*]] = arith.select %arg0, %[[WORD]], %[[CHOSEN]] : i32
// CHECK:         llvm.store %[[SELECTED]], %{{.*}} {alignment = 4 : i64}
func.func @words(%c: i1, %m: memref<8xf16>, %i: index) -> vector<2xi16> {
  %v = vector.load %m[%i] : memref<8xf16>, vector<2xf16>
  %zero = arith.constant dense<0.0> : vector<2xf16>
  %w = scf.if %c -> vector<2xf16> {
    scf.yield %zero : vector<2xf16>
  } else {
    scf.yield %v : vector<2xf16>
  }
  %s = arith.select %c, %v, %w : vector<2xf16>
  vector.store %s, %m[%i] : memref<8xf16>, vector<2xf16>
  %bits = arith.bitcast %s : vector<2xf16> to vector<2xi16>
  return %bits : vector<2xi16>
}
