// RUN: se-opt %s --se-select-dots --cse --canonicalize | FileCheck %s

// Loads and products alternate; the first word is loaded before the loop, and in
// it for the next run. 7 columns are 3 words and an element, with no branch.
// CHECK-LABEL: func.func @halves
// CHECK-SAME:    (%[[XS:.*]]: memref<9xf16, {{.*}}>, %[[WS:.*]]: memref<64xf16, {{.*}}>, %[[FROM:.*]]: index, %[[A:.*]]: f32)
// CHECK-DAG:     %[[C6:.*]] = arith.constant 6 : index
// CHECK-DAG:     %[[C4:.*]] = arith.constant 4 : index
// CHECK-DAG:     %[[C2:.*]] = arith.constant 2 : index
// CHECK:         %[[XBASE:.*]] = memref.extract_aligned_pointer_as_index %[[XS]]
// CHECK:         %[[OFFSET:.*]] = arith.muli %[[FROM]], %[[C2]]
// CHECK:         %[[X0:.*]] = arith.addi %[[XBASE]], %[[OFFSET]]
// CHECK:         %[[WBASE:.*]] = memref.extract_aligned_pointer_as_index %[[WS]]
// CHECK:         %[[W0:.*]] = arith.addi %[[WBASE]], %[[C4]]
// CHECK-NEXT:    %[[FIRST:.*]], %[[W1:.*]] = xpulp.p.lw.post %[[W0]], 4 : vector<2xf16>
// CHECK-NEXT:    %[[L:.*]]:6 = xpulp.loop 3 iter_args(%[[XP:.*]] = %[[X0]], %[[WP:.*]] = %[[W1]], %[[WA:.*]] = %[[FIRST]], %[[S0:.*]] = %[[A]], %[[S1:.*]] = %[[A]], %[[S2:.*]] = %[[A]])
// CHECK-NEXT:      %[[X:.*]], %[[XN:.*]] = xpulp.p.lw.post %[[XP]], 4 : vector<2xf16>
// CHECK-NEXT:      %[[WB:.*]], %[[WP1:.*]] = xpulp.p.lw.post %[[WP]], 4 : vector<2xf16>
// CHECK-NEXT:      %[[T0:.*]] = xpulp.vfdotpex.s.h %[[S0]], %[[X]], %[[WA]]
// CHECK-NEXT:      %[[WC:.*]], %[[WP2:.*]] = xpulp.p.lw.post %[[WP1]], 4 : vector<2xf16>
// CHECK-NEXT:      %[[T1:.*]] = xpulp.vfdotpex.s.h %[[S1]], %[[X]], %[[WB]]
// CHECK-NEXT:      %[[WD:.*]], %[[WP3:.*]] = xpulp.p.lw.post %[[WP2]], 4 : vector<2xf16>
// CHECK-NEXT:      %[[T2:.*]] = xpulp.vfdotpex.s.h %[[S2]], %[[X]], %[[WC]]
// CHECK-NEXT:      xpulp.yield %[[XN]], %[[WP3]], %[[WD]], %[[T0]], %[[T1]], %[[T2]]
// CHECK-NEXT:    }
// CHECK-NEXT:    %[[AT:.*]] = arith.addi %[[FROM]], %[[C6]]
// CHECK-NEXT:    %[[LAST:.*]] = memref.load %[[XS]][%[[AT]]]
// CHECK-NEXT:    %[[BITS:.*]] = arith.bitcast %[[LAST]] : f16 to i16
// CHECK-NEXT:    %[[WORD:.*]] = arith.extui %[[BITS]] : i16 to i32
// CHECK-NEXT:    %[[ONE:.*]] = vector.broadcast %[[WORD]] : i32 to vector<1xi32>
// CHECK-NEXT:    %[[X:.*]] = vector.bitcast %[[ONE]] : vector<1xi32> to vector<2xf16>
// CHECK-NEXT:    %[[WB:.*]], %[[WP1:.*]] = xpulp.p.lw.post %[[L]]#1, 4 : vector<2xf16>
// CHECK-NEXT:    %[[T0:.*]] = xpulp.vfdotpex.s.h %[[L]]#3, %[[X]], %[[L]]#2
// CHECK-NEXT:    %[[WC:.*]], %{{.*}} = xpulp.p.lw.post %[[WP1]], 4 : vector<2xf16>
// CHECK-NEXT:    %[[T1:.*]] = xpulp.vfdotpex.s.h %[[L]]#4, %[[X]], %[[WB]]
// CHECK-NEXT:    %[[T2:.*]] = xpulp.vfdotpex.s.h %[[L]]#5, %[[X]], %[[WC]]
// CHECK-NEXT:    return %[[T0]], %[[T1]], %[[T2]]
func.func @halves(%x: memref<9xf16, #cluster.space<l1>>, %w: memref<64xf16, #cluster.space<l1>>, %from: index, %a: f32) -> (f32, f32, f32) {
  %at = arith.constant 2 : index
  %columns = arith.constant 7 : index
  %s:3 = cluster.dot %x[%from], %w[%at], %columns, %a, %a, %a : memref<9xf16, #cluster.space<l1>>, memref<64xf16, #cluster.space<l1>> -> f32, f32, f32
  return %s#0, %s#1, %s#2 : f32, f32, f32
}

// Two words of floats at a time, if there are none left over: cores that share an
// FPU keep their distance.
// CHECK-LABEL: func.func @two_words
// CHECK:         xpulp.loop 3
// CHECK-NEXT:      %[[XA:.*]], %[[NEXT:.*]] = xpulp.p.lw.post
// CHECK-NEXT:      %[[XB:.*]], %{{.*}} = xpulp.p.lw.post %[[NEXT]], 4
// CHECK-NEXT:      xpulp.p.lw.post
// CHECK-NEXT:      %[[T0:.*]] = xpulp.vfdotpex.s.h %{{.*}}, %[[XA]], %{{.*}}
// CHECK-NEXT:      xpulp.p.lw.post
// CHECK-NEXT:      %[[T1:.*]] = xpulp.vfdotpex.s.h %{{.*}}, %[[XA]], %{{.*}}
// CHECK-NEXT:      xpulp.p.lw.post
// CHECK-NEXT:      xpulp.vfdotpex.s.h %[[T0]], %[[XB]], %{{.*}}
// CHECK-NEXT:      xpulp.p.lw.post
// CHECK-NEXT:      xpulp.vfdotpex.s.h %[[T1]], %[[XB]], %{{.*}}
// CHECK-NEXT:      xpulp.yield
func.func @two_words(%x: memref<12xf16, #cluster.space<l1>>, %w: memref<64xf16, #cluster.space<l1>>, %a: f32) -> (f32, f32) {
  %c0 = arith.constant 0 : index
  %columns = arith.constant 12 : index
  %s:2 = cluster.dot %x[%c0], %w[%c0], %columns, %a, %a : memref<12xf16, #cluster.space<l1>>, memref<64xf16, #cluster.space<l1>> -> f32, f32
  return %s#0, %s#1 : f32, f32
}

// Sums of f16, those of even and odd columns side by side.
// CHECK-LABEL: func.func @half_sums
// CHECK:         xpulp.loop 3
// CHECK:           %[[X:.*]], %{{.*}} = xpulp.p.lw.post
// CHECK:           xpulp.vfmac.h %{{.*}}, %[[X]], %{{.*}}
// CHECK:         xpulp.yield {{.*}} vector<2xf16>, vector<2xf16>
func.func @half_sums(%x: memref<6xf16, #cluster.space<l1>>, %w: memref<64xf16, #cluster.space<l1>>, %a: vector<2xf16>) -> (vector<2xf16>, vector<2xf16>) {
  %c0 = arith.constant 0 : index
  %columns = arith.constant 6 : index
  %s:2 = cluster.dot %x[%c0], %w[%c0], %columns, %a, %a : memref<6xf16, #cluster.space<l1>>, memref<64xf16, #cluster.space<l1>> -> vector<2xf16>, vector<2xf16>
  return %s#0, %s#1 : vector<2xf16>, vector<2xf16>
}

// All words are full: no rest.
// CHECK-LABEL: func.func @full
// CHECK:         xpulp.loop 4
// CHECK-COUNT-2:   xpulp.pv.sdotsp.h
// CHECK-NOT:     xpulp.pv.sdotsp.h
// CHECK-NOT:     scf.if
// CHECK:         return
func.func @full(%x: memref<8xi16, #cluster.space<l1>>, %w: memref<64xi16, #cluster.space<l1>>, %a: i32) -> (i32, i32) {
  %c0 = arith.constant 0 : index
  %columns = arith.constant 8 : index
  %s:2 = cluster.dot %x[%c0], %w[%c0], %columns, %a, %a : memref<8xi16, #cluster.space<l1>>, memref<64xi16, #cluster.space<l1>> -> i32, i32
  return %s#0, %s#1 : i32, i32
}

// No word is full: no loop. Three bytes are read, no more.
// CHECK-LABEL: func.func @short
// CHECK-NOT:     xpulp.loop
// CHECK-COUNT-3: memref.load
// CHECK-NOT:     memref.load
// CHECK:         xpulp.pv.sdotsp.b
// CHECK:         xpulp.pv.sdotsp.b
func.func @short(%x: memref<3xi8, #cluster.space<l1>>, %w: memref<64xi8, #cluster.space<l1>>, %a: i32) -> (i32, i32) {
  %c0 = arith.constant 0 : index
  %columns = arith.constant 3 : index
  %s:2 = cluster.dot %x[%c0], %w[%c0], %columns, %a, %a : memref<3xi8, #cluster.space<l1>>, memref<64xi8, #cluster.space<l1>> -> i32, i32
  return %s#0, %s#1 : i32, i32
}

// Singles fill a word: there is no rest. There may be none, and a hardware loop is
// executed once at least.
// CHECK-LABEL: func.func @singles
// CHECK-SAME:    %[[N:[a-z0-9]+]]: index
// CHECK:         %[[ANY:.*]] = arith.cmpi ne, %[[N]], %{{.*}} : index
// CHECK:         scf.if %[[ANY]]
// CHECK:           xpulp.loop %[[N]] iter_args
// CHECK:           xpulp.fmadd.s %[[W:.*]], %[[X:.*]], %[[S:.*]]
// CHECK-NOT:     scf.if
// CHECK:         return
func.func @singles(%x: memref<64xf32, #cluster.space<l1>>, %w: memref<256xf32, #cluster.space<l1>>, %columns: index, %a: f32) -> (f32, f32) {
  %c0 = arith.constant 0 : index
  %s:2 = cluster.dot %x[%c0], %w[%c0], %columns, %a, %a : memref<64xf32, #cluster.space<l1>>, memref<256xf32, #cluster.space<l1>> -> f32, f32
  return %s#0, %s#1 : f32, f32
}

// What is not known is asked: whether a word is full, and which bytes there are.
// CHECK-LABEL: func.func @dynamic
// CHECK-SAME:    %[[N:[a-z0-9]+]]: index, %[[A:[a-z0-9]+]]: i32)
// CHECK-DAG:     %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG:     %[[C1:.*]] = arith.constant 1 : index
// CHECK-DAG:     %[[C2:.*]] = arith.constant 2 : index
// CHECK-DAG:     %[[C4:.*]] = arith.constant 4 : index
// CHECK:         %[[WORDS:.*]] = arith.divui %[[N]], %[[C4]]
// CHECK:         %[[ANY:.*]] = arith.cmpi ne, %[[WORDS]], %[[C0]]
// CHECK:         scf.if %[[ANY]]
// CHECK:           xpulp.loop %[[WORDS]]
// CHECK:         %[[REST:.*]] = arith.remui %[[N]], %[[C4]]
// CHECK:         %[[ANY:.*]] = arith.cmpi ne, %[[REST]], %[[C0]]
// CHECK:         scf.if %[[ANY]]
// CHECK:           memref.load
// CHECK:           arith.cmpi ugt, %[[REST]], %[[C1]]
// CHECK:           scf.if
// CHECK:             memref.load
// CHECK:           arith.cmpi ugt, %[[REST]], %[[C2]]
// CHECK:           scf.if
// CHECK:             memref.load
func.func @dynamic(%x: memref<64xi8, #cluster.space<l1>>, %w: memref<256xi8, #cluster.space<l1>>, %columns: index, %a: i32) -> (i32, i32) {
  %c0 = arith.constant 0 : index
  %s:2 = cluster.dot %x[%c0], %w[%c0], %columns, %a, %a : memref<64xi8, #cluster.space<l1>>, memref<256xi8, #cluster.space<l1>> -> i32, i32
  return %s#0, %s#1 : i32, i32
}

// The weights of the second dot follow those of the first one, which has loaded
// their first word ahead. Those of the third do not.
// CHECK-LABEL: func.func @goes_on
// CHECK:         %[[FIRST:.*]], %[[W:.*]] = xpulp.p.lw.post
// CHECK:         %[[A:.*]]:5 = xpulp.loop 1 iter_args(%{{.*}} = %{{.*}}, %{{.*}} = %[[W]], %{{.*}} = %[[FIRST]],
// CHECK:         }
// CHECK-NOT:     xpulp.p.lw.post
// CHECK:         %[[B:.*]]:5 = xpulp.loop 2 iter_args(%{{.*}} = %{{.*}}, %{{.*}} = %[[A]]#1, %{{.*}} = %[[A]]#2, %{{.*}} = %[[A]]#3, %{{.*}} = %[[A]]#4)
// CHECK:         }
// CHECK:         %[[OTHER:.*]], %[[V:.*]] = xpulp.p.lw.post
// CHECK:         xpulp.loop 1 iter_args(%{{.*}} = %{{.*}}, %{{.*}} = %[[V]], %{{.*}} = %[[OTHER]],
func.func @goes_on(%x: memref<8xi8, #cluster.space<l1>>, %w: memref<64xi8, #cluster.space<l1>>, %at: index, %a: i32) -> (i32, i32) {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %c28 = arith.constant 28 : index
  %second = arith.addi %at, %c8 : index
  %third = arith.addi %at, %c28 : index
  %s:2 = cluster.dot %x[%c0], %w[%at], %c4, %a, %a : memref<8xi8, #cluster.space<l1>>, memref<64xi8, #cluster.space<l1>> -> i32, i32
  %t:2 = cluster.dot %x[%c0], %w[%second], %c8, %s#0, %s#1 : memref<8xi8, #cluster.space<l1>>, memref<64xi8, #cluster.space<l1>> -> i32, i32
  %u:2 = cluster.dot %x[%c0], %w[%third], %c4, %t#0, %t#1 : memref<8xi8, #cluster.space<l1>>, memref<64xi8, #cluster.space<l1>> -> i32, i32
  return %u#0, %u#1 : i32, i32
}
