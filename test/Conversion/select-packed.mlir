// RUN: se-opt %s --se-select-packed | FileCheck %s

// CHECK-LABEL: func @arithmetic
// CHECK-SAME:    (%[[A:[a-z0-9]+]]: vector<2xf16>, %[[B:[a-z0-9]+]]: vector<2xf16>)
// CHECK-DAG:     xpulp.vfadd.h %[[A]], %[[B]]
// CHECK-DAG:     xpulp.vfsub.h %[[A]], %[[B]]
// CHECK-DAG:     xpulp.vfmul.h %[[A]], %[[B]]
// CHECK-DAG:     xpulp.vfmin.h %[[A]], %[[B]]
// CHECK-DAG:     xpulp.vfmax.h %[[A]], %[[B]]
// CHECK-NOT:     arith.{{addf|subf|mulf|minnumf|maxnumf}}
func.func @arithmetic(%a: vector<2xf16>, %b: vector<2xf16>)
    -> (vector<2xf16>, vector<2xf16>, vector<2xf16>, vector<2xf16>, vector<2xf16>) {
  %0 = arith.addf %a, %b : vector<2xf16>
  %1 = arith.subf %a, %b : vector<2xf16>
  %2 = arith.mulf %a, %b : vector<2xf16>
  %3 = arith.minnumf %a, %b : vector<2xf16>
  %4 = arith.maxnumf %a, %b : vector<2xf16>
  return %0, %1, %2, %3, %4 : vector<2xf16>, vector<2xf16>, vector<2xf16>, vector<2xf16>, vector<2xf16>
}

// The sum is accumulated into; a sign is a bit.
// CHECK-LABEL: func @fma
// CHECK-SAME:    (%[[A:[a-z0-9]+]]: vector<2xf16>, %[[B:[a-z0-9]+]]: vector<2xf16>, %[[C:[a-z0-9]+]]: vector<2xf16>)
// CHECK:         %[[SIGN:[a-z0-9_]+]] = arith.constant dense<-32768> : vector<2xi16>
// CHECK:         %[[F:[a-z0-9_]+]] = xpulp.vfmac.h %[[C]], %[[A]], %[[B]]
// CHECK:         %[[W:[a-z0-9_]+]] = arith.bitcast %[[F]] : vector<2xf16> to vector<2xi16>
// CHECK:         %[[N:[a-z0-9_]+]] = xpulp.pv.xor.h %[[W]], %[[SIGN]]
// CHECK:         %[[Y:[a-z0-9_]+]] = arith.bitcast %[[N]] : vector<2xi16> to vector<2xf16>
// CHECK:         return %[[Y]]
func.func @fma(%a: vector<2xf16>, %b: vector<2xf16>, %c: vector<2xf16>) -> vector<2xf16> {
  %0 = math.fma %a, %b, %c : vector<2xf16>
  %1 = arith.negf %0 : vector<2xf16>
  return %1 : vector<2xf16>
}

// Two singles are rounded by one instruction, and two halves converted.
// CHECK-LABEL: func @convert
// CHECK-SAME:    (%[[A:[a-z0-9]+]]: f32, %[[B:[a-z0-9]+]]: f32, %[[Z:[a-z0-9]+]]: vector<2xi16>)
// CHECK:         %[[H:[a-z0-9_]+]] = xpulp.vfcpka.h.s %[[A]], %[[B]]
// CHECK:         %[[I:[a-z0-9_]+]] = xpulp.vfcvt.x.h %[[H]]
// CHECK:         %[[Y:[a-z0-9_]+]] = xpulp.pv.add.h %[[I]], %[[Z]]
// CHECK:         return %[[Y]]
func.func @convert(%a: f32, %b: f32, %z: vector<2xi16>) -> vector<2xi16> {
  %0 = vector.from_elements %a, %b : vector<2xf32>
  %1 = arith.truncf %0 : vector<2xf32> to vector<2xf16>
  %2 = math.roundeven %1 : vector<2xf16>
  %3 = arith.fptosi %2 : vector<2xf16> to vector<2xi16>
  %4 = arith.addi %3, %z : vector<2xi16>
  return %4 : vector<2xi16>
}

// CHECK-LABEL: func @integers
// CHECK:         %[[A:[a-z0-9_]+]] = xpulp.pv.and.h %arg0, %arg1
// CHECK:         xpulp.vfcvt.h.x %[[A]]
func.func @integers(%x: vector<2xi16>, %y: vector<2xi16>) -> vector<2xf16> {
  %0 = arith.andi %x, %y : vector<2xi16>
  %1 = arith.sitofp %0 : vector<2xi16> to vector<2xf16>
  return %1 : vector<2xf16>
}

// Two of the instructions need the FPU.
// CHECK-LABEL: func @interpolate
// CHECK-SAME:    (%[[X:[a-z0-9]+]]: vector<2xf16>, %[[T:[a-z0-9]+]]: memref<512xf16>)
// CHECK-DAG:     %[[HIGH:[a-z0-9_]+]] = arith.constant dense<18416> : vector<2xi16>
// CHECK-DAG:     %[[LOW:[a-z0-9_]+]] = arith.constant dense<-14352> : vector<2xi16>
// CHECK-DAG:     %[[SHIFT:[a-z0-9_]+]] = arith.constant dense<7.200000e+01> : vector<2xf16>
// CHECK-DAG:     %[[ABOVE:[a-z0-9_]+]] = arith.constant 20480 : index
// CHECK:         %[[XW:[a-z0-9_]+]] = arith.bitcast %[[X]]
// CHECK:         %[[P0:[a-z0-9_]+]] = xpulp.pv.min.h %[[XW]], %[[HIGH]]
// CHECK:         %[[P1:[a-z0-9_]+]] = xpulp.pv.minu.h %[[P0]], %[[LOW]]
// CHECK:         %[[P:[a-z0-9_]+]] = arith.bitcast %[[P1]]
// CHECK:         %[[SUM:[a-z0-9_]+]] = xpulp.vfadd.h %[[P]], %[[SHIFT]]
// CHECK:         xpulp.pv.sll.sci.h %{{[a-z0-9_]+}}, 2
// CHECK:         arith.subi %{{[a-z0-9_]+}}, %[[ABOVE]] : index
// CHECK-COUNT-2: xpulp.p.lw.reg
// CHECK:         xpulp.pv.pack.h
// CHECK:         xpulp.pv.shuffle2.h
// CHECK:         %[[Y:[a-z0-9_]+]] = xpulp.vfmac.h %{{[a-z0-9_]+}}, %{{[a-z0-9_]+}}, %[[P]]
// CHECK:         return %[[Y]]
func.func @interpolate(%x: vector<2xf16>, %t: memref<512xf16>) -> vector<2xf16> {
  %0 = rnn.interpolate %x, %t scale 16.0 : vector<2xf16>, memref<512xf16>
  return %0 : vector<2xf16>
}

// The magnitude's distance from the middle of its line, and what is added to
// max(x, 0), which keeps NaNs of both signs.
// CHECK-LABEL: func @rectified
// CHECK-SAME:    (%[[X:[a-z0-9]+]]: vector<2xf16>, %[[T:[a-z0-9]+]]: memref<558xf16>)
// CHECK-DAG:     %[[MOST:[a-z0-9_]+]] = arith.constant dense<19544> : vector<2xi16>
// CHECK-DAG:     %[[SHIFT:[a-z0-9_]+]] = arith.constant dense<6.400000e+01> : vector<2xf16>
// CHECK-DAG:     %[[TO_LAST:[a-z0-9_]+]] = arith.constant dense<1023> : vector<2xi16>
// CHECK:         %[[A:[a-z0-9_]+]] = xpulp.pv.and.h
// CHECK:         %[[L:[a-z0-9_]+]] = xpulp.pv.min.h %[[A]], %[[MOST]]
// CHECK:         %[[P:[a-z0-9_]+]] = arith.bitcast %[[L]]
// CHECK:         %[[SUM:[a-z0-9_]+]] = xpulp.vfadd.h %[[P]], %[[SHIFT]]
// CHECK:         %[[MIDDLE:[a-z0-9_]+]] = xpulp.vfsub.h %[[SUM]], %[[SHIFT]]
// CHECK:         %[[R:[a-z0-9_]+]] = xpulp.vfsub.h %[[P]], %[[MIDDLE]]
// CHECK:         %[[TAIL:[a-z0-9_]+]] = xpulp.vfmac.h %{{[a-z0-9_]+}}, %{{[a-z0-9_]+}}, %[[R]]
// CHECK:         xpulp.pv.add.h %{{[a-z0-9_]+}}, %[[TO_LAST]]
// CHECK:         xpulp.pv.minu.h
// CHECK:         xpulp.pv.sub.h %{{[a-z0-9_]+}}, %[[TO_LAST]]
// CHECK:         %[[Y:[a-z0-9_]+]] = xpulp.vfadd.h %{{[a-z0-9_]+}}, %[[TAIL]]
// CHECK:         return %[[Y]]
func.func @rectified(%x: vector<2xf16>, %t: memref<558xf16>) -> vector<2xf16> {
  %0 = rnn.interpolate %x, %t scale 16.0 rectified : vector<2xf16>, memref<558xf16>
  return %0 : vector<2xf16>
}

// The upper lanes of two pairs are one instruction.
// CHECK-LABEL: func @upper
// CHECK-SAME:    (%[[A:[a-z0-9]+]]: vector<2xf16>, %[[B:[a-z0-9]+]]: vector<2xf16>)
// CHECK:         %[[S:[a-z0-9_]+]] = arith.constant dense<[1, 3]> : vector<2xi16>
// CHECK-DAG:     %[[AW:[a-z0-9_]+]] = arith.bitcast %[[A]]
// CHECK-DAG:     %[[BW:[a-z0-9_]+]] = arith.bitcast %[[B]]
// CHECK:         %[[Y:[a-z0-9_]+]] = xpulp.pv.shuffle2.h %[[AW]], %[[BW]], %[[S]]
// CHECK-NEXT:    %[[R:[a-z0-9_]+]] = arith.bitcast %[[Y]]
// CHECK-NEXT:    return %[[R]]
func.func @upper(%a: vector<2xf16>, %b: vector<2xf16>) -> vector<2xf16> {
  %0 = vector.extract %a[1] : f16 from vector<2xf16>
  %1 = vector.extract %b[1] : f16 from vector<2xf16>
  %2 = vector.from_elements %0, %1 : vector<2xf16>
  return %2 : vector<2xf16>
}

// What has no packed form: one lane after the other. maximumf keeps NaN, which
// no instruction does.
// CHECK-LABEL: func @unrolled
// CHECK-NOT:     xpulp
// CHECK-COUNT-2: arith.extf %{{[a-z0-9_]+}} : f16 to f32
// CHECK-COUNT-2: arith.mulf %{{[a-z0-9_]+}}, %{{[a-z0-9_]+}} : f32
// CHECK-COUNT-2: arith.maximumf %{{[a-z0-9_]+}}, %{{[a-z0-9_]+}} : f16
func.func @unrolled(%a: vector<2xf16>, %b: vector<2xf16>) -> (f32, f32, vector<2xf16>) {
  %0 = arith.extf %a : vector<2xf16> to vector<2xf32>
  %1 = arith.mulf %0, %0 : vector<2xf32>
  %2 = vector.extract %1[0] : f32 from vector<2xf32>
  %3 = vector.extract %1[1] : f32 from vector<2xf32>
  %4 = arith.maximumf %a, %b : vector<2xf16>
  return %2, %3, %4 : f32, f32, vector<2xf16>
}

// Scalars and other vectors stay.
// CHECK-LABEL: func @others
// CHECK-NEXT:    arith.addf %{{[a-z0-9_]+}}, %{{[a-z0-9_]+}} : f16
// CHECK-NEXT:    arith.bitcast %{{[a-z0-9_]+}} : vector<2xf16> to vector<2xi16>
// CHECK-NEXT:    return
func.func @others(%a: f16, %b: vector<2xf16>) -> (f16, vector<2xi16>) {
  %0 = arith.addf %a, %a : f16
  %1 = arith.bitcast %b : vector<2xf16> to vector<2xi16>
  return %0, %1 : f16, vector<2xi16>
}
