// RUN: se-opt %s --se-expand-activations --split-input-file | FileCheck %s
// RUN: se-opt %s --se-expand-activations --split-input-file | FileCheck %s --check-prefix=NONE
//
// Every function becomes arithmetic that is the same on host and device: no call
// of a math library stays.
// NONE-NOT: rnn.activation
// NONE-NOT: math.{{exp|tanh|log|powf|rsqrt|sin|cos|erf}}

// CHECK-LABEL: func @relu
// CHECK-DAG:     %[[ZERO:[a-z0-9_]+]] = arith.constant 0.000000e+00 : f32
// CHECK:         %[[C:[a-z0-9_]+]] = arith.cmpf olt, %arg0, %[[ZERO]]
// CHECK-NEXT:    %[[Y:[a-z0-9_]+]] = arith.select %[[C]], %[[ZERO]], %arg0
// CHECK-NEXT:    return %[[Y]]
func.func @relu(%x: f32) -> f32 {
  %0 = rnn.activation <relu> %x : f32 -> f32
  return %0 : f32
}

// CHECK-LABEL: func @leaky_relu
// CHECK-DAG:     %[[ALPHA:[a-z0-9_]+]] = arith.constant 1.000000e-01 : f32
// CHECK-DAG:     %[[C:[a-z0-9_]+]] = arith.cmpf olt, %arg0
// CHECK-DAG:     %[[AX:[a-z0-9_]+]] = arith.mulf %[[ALPHA]], %arg0
// CHECK:         arith.select %[[C]], %[[AX]], %arg0
func.func @leaky_relu(%x: f32) -> f32 {
  %0 = rnn.activation <leaky_relu, alpha = 0.1 : f32> %x : f32 -> f32
  return %0 : f32
}

// Default parameters are ONNX's.
// CHECK-LABEL: func @hard_sigmoid
// CHECK-DAG:     %[[ALPHA:[a-z0-9_]+]] = arith.constant 2.000000e-01 : f32
// CHECK-DAG:     %[[BETA:[a-z0-9_]+]] = arith.constant 5.000000e-01 : f32
// CHECK:         %[[AX:[a-z0-9_]+]] = arith.mulf %[[ALPHA]], %arg0
// CHECK-NEXT:    arith.addf %[[AX]], %[[BETA]]
// CHECK-COUNT-2: arith.select
func.func @hard_sigmoid(%x: f32) -> f32 {
  %0 = rnn.activation <hard_sigmoid> %x : f32 -> f32
  return %0 : f32
}

// CHECK-LABEL: func @thresholded_relu
// CHECK-DAG:     %[[ALPHA:[a-z0-9_]+]] = arith.constant 1.000000e+00 : f32
// CHECK:         arith.cmpf ole, %arg0, %[[ALPHA]]
func.func @thresholded_relu(%x: f32) -> f32 {
  %0 = rnn.activation <thresholded_relu> %x : f32 -> f32
  return %0 : f32
}

// CHECK-LABEL: func @softsign
// CHECK:         %[[ABS:[a-z0-9_]+]] = math.absf %arg0
// CHECK-NEXT:    %[[D:[a-z0-9_]+]] = arith.addf %{{[a-z0-9_]+}}, %[[ABS]]
// CHECK-NEXT:    arith.divf %arg0, %[[D]]
func.func @softsign(%x: f32) -> f32 {
  %0 = rnn.activation <softsign> %x : f32 -> f32
  return %0 : f32
}

// The approximations use fused multiply-add and operations on bits, but not the
// divider, of which the cluster has one.
// CHECK-LABEL: func @approximated
// CHECK-NOT:     arith.divf
// CHECK:         arith.bitcast
// CHECK-NOT:     arith.divf
// CHECK:         math.fma
// CHECK-NOT:     arith.divf
// CHECK:         return
func.func @approximated(%x: f32) -> (f32, f32, f32, f32, f32) {
  %0 = rnn.activation <sigmoid> %x : f32 -> f32
  %1 = rnn.activation <tanh> %x : f32 -> f32
  %2 = rnn.activation <scaled_tanh, alpha = 2.0 : f32, beta = 0.5 : f32> %x : f32 -> f32
  %3 = rnn.activation <elu> %x : f32 -> f32
  %4 = rnn.activation <softplus> %x : f32 -> f32
  return %0, %1, %2, %3, %4 : f32, f32, f32, f32, f32
}

// f16 is computed in f32 and rounded once.
// CHECK-LABEL: func @half
// CHECK-SAME:    (%[[X:[a-z0-9]+]]: f16, %[[W:[a-z0-9]+]]: f32)
// CHECK-DAG:     arith.extf %[[X]] : f16 to f32
// CHECK:         %[[A:[a-z0-9_]+]] = arith.truncf %{{[a-z0-9_]+}} : f32 to f16
// CHECK-NOT:     f16
// CHECK:         %[[B:[a-z0-9_]+]] = arith.truncf %{{[a-z0-9_]+}} : f32 to f16
// CHECK-NEXT:    return %[[A]], %[[B]]
func.func @half(%x: f16, %w: f32) -> (f16, f16) {
  %0 = rnn.activation <sigmoid> %x : f16 -> f16
  %1 = rnn.activation <sigmoid> %w : f32 -> f16
  return %0, %1 : f16, f16
}

// Limits, which are what a NaN gives too, the line's number in the low bits of a
// sum, and two loads.
// CHECK-LABEL: func @interpolate
// CHECK-SAME:    (%[[X:[a-z0-9]+]]: f16, %[[T:[a-z0-9]+]]: memref<512xf16>)
// CHECK-DAG:     %[[LOW:[a-z0-9_]+]] = arith.constant -7.937500e+00 : f16
// CHECK-DAG:     %[[HIGH:[a-z0-9_]+]] = arith.constant 7.937500e+00 : f16
// CHECK-DAG:     %[[SHIFT:[a-z0-9_]+]] = arith.constant 7.200000e+01 : f16
// CHECK-DAG:     %[[MASK:[a-z0-9_]+]] = arith.constant 255 : index
// CHECK:         %[[A:[a-z0-9_]+]] = arith.cmpf ugt, %[[X]], %[[HIGH]]
// CHECK:         %[[P0:[a-z0-9_]+]] = arith.select %[[A]], %[[HIGH]], %[[X]]
// CHECK:         %[[B:[a-z0-9_]+]] = arith.cmpf olt, %[[P0]], %[[LOW]]
// CHECK:         %[[P:[a-z0-9_]+]] = arith.select %[[B]], %[[LOW]], %[[P0]]
// CHECK:         %[[SUM:[a-z0-9_]+]] = arith.addf %[[P]], %[[SHIFT]] : f16
// CHECK:         %[[BITS:[a-z0-9_]+]] = arith.bitcast %[[SUM]] : f16 to i16
// CHECK:         %[[I0:[a-z0-9_]+]] = arith.index_castui %[[BITS]] : i16 to index
// CHECK:         %[[I:[a-z0-9_]+]] = arith.andi %[[I0]], %[[MASK]]
// CHECK:         %[[SLOPE:[a-z0-9_]+]] = memref.load %[[T]]
// CHECK:         %[[OFFSET:[a-z0-9_]+]] = memref.load %[[T]]
// CHECK:         %[[Y:[a-z0-9_]+]] = math.fma %[[SLOPE]], %[[P]], %[[OFFSET]] : f16
// CHECK-NEXT:    return %[[Y]]
func.func @interpolate(%x: f16, %t: memref<512xf16>) -> f16 {
  %0 = rnn.interpolate %x, %t scale 16.0 : f16, memref<512xf16>
  return %0 : f16
}

// Of the magnitude, whose distance from the middle of a line counts.
// CHECK-LABEL: func @rectified
// CHECK-SAME:    (%[[X:[a-z0-9]+]]: f16, %[[T:[a-z0-9]+]]: memref<558xf16>)
// CHECK-DAG:     %[[MOST:[a-z0-9_]+]] = arith.constant 1.737500e+01 : f16
// CHECK-DAG:     %[[SHIFT:[a-z0-9_]+]] = arith.constant 6.400000e+01 : f16
// CHECK-DAG:     %[[MASK:[a-z0-9_]+]] = arith.constant 511 : index
// CHECK:         %[[A:[a-z0-9_]+]] = math.absf %[[X]]
// CHECK:         %[[C:[a-z0-9_]+]] = arith.cmpf ugt, %[[A]], %[[MOST]]
// CHECK-NEXT:    %[[P:[a-z0-9_]+]] = arith.select %[[C]], %[[MOST]], %[[A]]
// CHECK-NEXT:    %[[SUM:[a-z0-9_]+]] = arith.addf %[[P]], %[[SHIFT]] : f16
// CHECK:         arith.andi %{{[a-z0-9_]+}}, %[[MASK]]
// CHECK:         %[[MIDDLE:[a-z0-9_]+]] = arith.subf %[[SUM]], %[[SHIFT]]
// CHECK-NEXT:    %[[R:[a-z0-9_]+]] = arith.subf %[[P]], %[[MIDDLE]]
// CHECK-NEXT:    %[[TAIL:[a-z0-9_]+]] = math.fma %{{[a-z0-9_]+}}, %[[R]]
// CHECK:         %[[N:[a-z0-9_]+]] = arith.cmpf olt, %[[X]]
// CHECK-NEXT:    %[[POSITIVE:[a-z0-9_]+]] = arith.select %[[N]], %{{[a-z0-9_]+}}, %[[X]]
// CHECK-NEXT:    arith.addf %[[POSITIVE]], %[[TAIL]]
func.func @rectified(%x: f16, %t: memref<558xf16>) -> f16 {
  %0 = rnn.interpolate %x, %t scale 16.0 rectified : f16, memref<558xf16>
  return %0 : f16
}

// CHECK-LABEL: func @math
// CHECK:         %[[PAIR:[a-z0-9_]+]] = vector.from_elements %{{.*}} : vector<2xf16>
// CHECK:         arith.minui {{.*}} : vector<2xi16>
// CHECK:         math.fma {{.*}} : vector<2xf16>
// CHECK:         vector.extract %{{.*}}[0] : f16 from vector<2xf16>
// CHECK:         math.sqrt %{{[a-z0-9_]+}} : f32
func.func @math(%x: f16, %y: f32) -> (f16, f32, f32, f32, f32) {
  %0 = math.exp %x : f16
  %1 = math.log %y : f32
  %2 = math.powf %y, %y : f32
  %3 = math.rsqrt %y : f32
  %4 = math.sqrt %y : f32
  return %0, %1, %2, %3, %4 : f16, f32, f32, f32, f32
}

// Pairs stay pairs, and there are no comparisons.
// CHECK-LABEL: func @log
// CHECK-DAG:     %[[ZERO:[a-z0-9_]+]] = arith.constant dense<0.000000e+00> : vector<2xf16>
// CHECK:         %[[FIELDS:[a-z0-9_]+]] = arith.andi
// CHECK:         %[[SCALE:[a-z0-9_]+]] = arith.subi %{{[a-z0-9_]+}}, %[[FIELDS]]
// CHECK:         %[[S:[a-z0-9_]+]] = arith.bitcast %[[SCALE]]
// CHECK-NEXT:    %[[X:[a-z0-9_]+]] = math.fma %arg0, %[[S]], %[[ZERO]] : vector<2xf16>
// CHECK-NOT:     f32
// CHECK-NOT:     cmp
// CHECK:         arith.sitofp %{{[a-z0-9_]+}} : vector<2xi16> to vector<2xf16>
// CHECK-NOT:     f32
// CHECK-NOT:     cmp
// CHECK:         return
func.func @log(%x: vector<2xf16>) -> vector<2xf16> {
  %0 = math.log %x : vector<2xf16>
  return %0 : vector<2xf16>
}

// A single one is a lane of a pair; the divider is not used.
// CHECK-LABEL: func @root
// CHECK:         vector.from_elements %arg0, %arg0 : vector<2xf16>
// CHECK-NOT:     sqrt
// CHECK-NOT:     f32
// CHECK:         vector.extract %{{.*}}[0] : f16 from vector<2xf16>
func.func @root(%x: f16) -> f16 {
  %0 = math.sqrt %x : f16
  return %0 : f16
}

// A constant is not folded by the host's math library.
// CHECK-LABEL: func @constant
// CHECK:         math.fma
func.func @constant() -> f32 {
  %x = arith.constant 1.0 : f32
  %0 = math.exp %x : f32
  return %0 : f32
}

// Scaled and limited in the type of the operand, which is what packed halves can
// do; NaN is what a minimum drops.
// CHECK-LABEL: func @quantize
// CHECK-DAG:     %[[INVERSE:[a-z0-9_]+]] = arith.constant 4.000000e+00 : f16
// CHECK-DAG:     %[[UPPER:[a-z0-9_]+]] = arith.constant 1.300000e+02 : f16
// CHECK-DAG:     %[[LOWER:[a-z0-9_]+]] = arith.constant -1.240000e+02 : f16
// CHECK-DAG:     %[[ZERO:[a-z0-9_-]+]] = arith.constant -3 : i32
// CHECK:         %[[P:[a-z0-9_]+]] = arith.mulf %arg0, %[[INVERSE]] : f16
// CHECK-NEXT:    %[[MIN:[a-z0-9_]+]] = arith.minnumf %[[P]], %[[UPPER]] : f16
// CHECK-NEXT:    %[[MAX:[a-z0-9_]+]] = arith.maxnumf %[[MIN]], %[[LOWER]] : f16
// CHECK-NEXT:    %[[E:[a-z0-9_]+]] = arith.extf %[[MAX]] : f16 to f32
// CHECK-NEXT:    %[[R:[a-z0-9_]+]] = math.roundeven %[[E]] : f32
// CHECK-NEXT:    %[[I:[a-z0-9_]+]] = arith.fptosi %[[R]] : f32 to i32
// CHECK-NEXT:    %[[Q:[a-z0-9_]+]] = arith.addi %[[I]], %[[ZERO]] : i32
// CHECK-NEXT:    arith.trunci %[[Q]] : i32 to i8
func.func @quantize(%x: f16) -> i8 {
  %0 = rnn.quantize %x scale 0.25 zero_point -3 : f16 -> i8
  return %0 : i8
}

// Two lanes, and no zero point.
// CHECK-LABEL: func @quantize_lanes
// CHECK-DAG:     %[[UPPER:[a-z0-9_]+]] = arith.constant dense<1.270000e+02> : vector<2xf16>
// CHECK:         arith.mulf %arg0, %{{.*}} : vector<2xf16>
// CHECK-NEXT:    arith.minnumf %{{.*}}, %[[UPPER]] : vector<2xf16>
// CHECK-NEXT:    arith.maxnumf %{{.*}} : vector<2xf16>
// CHECK-NEXT:    math.roundeven %{{.*}} : vector<2xf16>
// CHECK-NEXT:    %[[I:[a-z0-9_]+]] = arith.fptosi %{{.*}} : vector<2xf16> to vector<2xi16>
// CHECK-NEXT:    arith.trunci %[[I]] : vector<2xi16> to vector<2xi8>
func.func @quantize_lanes(%x: vector<2xf16>) -> vector<2xi8> {
  %0 = rnn.quantize %x scale 0.25 : vector<2xf16> -> vector<2xi8>
  return %0 : vector<2xi8>
}

// 32767 is no f16, 32752 is.
// CHECK-LABEL: func @quantize_short
// CHECK-DAG:     arith.constant 3.275200e+04 : f16
// CHECK-DAG:     arith.constant -3.275200e+04 : f16
// CHECK:         arith.trunci %{{.*}} : i32 to i16
func.func @quantize_short(%x: f16) -> i16 {
  %0 = rnn.quantize %x scale 0.25 : f16 -> i16
  return %0 : i16
}

// CHECK-LABEL: func @quantize_single
// CHECK:         arith.fptosi %{{.*}} : f32 to i32
// CHECK-NEXT:    arith.trunci %{{.*}} : i32 to i8
func.func @quantize_single(%x: f32) -> i8 {
  %0 = rnn.quantize %x scale 0.25 : f32 -> i8
  return %0 : i8
}
