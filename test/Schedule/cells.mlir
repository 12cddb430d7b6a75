// RUN: se-opt %s --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --cse --split-input-file | FileCheck %s
//
// Cells as loops: which loops there are, where the barriers lie, which state is
// overwritten in place. (--cse drops repeated constants.)

// LSTM: all four gates of an element are one loop, which stores the arguments of
// activations, and what follows from them is a second one. Both states are
// overwritten in place; of the hidden state, products read a copy.
// CHECK:      cluster.program @lstm kernel(@lstm_kernel) init(@lstm_init_stream) reset(@lstm_reset_states) cores 2
// CHECK-SAME:   states [#cluster.port<"h", shape = [5], element = f32>, #cluster.port<"c", shape = [5], element = f32, offset = 32>]
// CHECK-SAME:   macs = 160 : i64
// CHECK-SAME:   weight_bytes = 672 : i64}
// CHECK:      memref.global "private" constant @resident : memref<672xi8, #cluster.space<l2>> = dense_resource<resident> {alignment = 16 : i64}
// CHECK-LABEL: func.func @lstm_kernel
// CHECK-SAME:    (%[[STATE:[a-z0-9]+]]: memref<[[BYTES:[0-9]+]]xi8, #cluster.space<l1>>, %[[X:[a-z0-9]+]]: memref<3xf32, #cluster.space<l2>>, %[[Y:[a-z0-9]+]]: memref<5xf32, #cluster.space<l2>>)
// CHECK:         cluster.parallel cores 2 dma_core 0 carry %{{[a-z0-9_]+}} : memref<1xi32, #cluster.space<l1>> {
// CHECK-NEXT:    ^bb0(%[[CORE:[a-z0-9]+]]: index, %[[STAYS:[a-z0-9]+]]: index):
// CHECK-DAG:       %[[C800:[a-z0-9_]+]] = arith.constant 800 : index
// CHECK-DAG:       %[[XIN:[a-z0-9_]+]] = memref.view %[[STATE]][%[[C800]]][] : {{.*}} to memref<3xf32, #cluster.space<l1>>
// CHECK-DAG:       %[[C816:[a-z0-9_]+]] = arith.constant 816 : index
// CHECK-DAG:       %[[YOUT:[a-z0-9_]+]] = memref.view %[[STATE]][%[[C816]]][] : {{.*}} to memref<5xf32, #cluster.space<l1>>
// CHECK-DAG:       %[[C0:[a-z0-9_]+]] = arith.constant 0 : index
// CHECK-DAG:       %[[H:[a-z0-9_]+]] = memref.view %[[STATE]][%[[C0]]][] : {{.*}} to memref<5xf32, #cluster.space<l1>>
// CHECK-DAG:       %[[C32:[a-z0-9_]+]] = arith.constant 32 : index
// CHECK-DAG:       %[[C:[a-z0-9_]+]] = memref.view %[[STATE]][%[[C32]]][] : {{.*}} to memref<5xf32, #cluster.space<l1>>
//
// The DMA brings the input to L1; the product reads a buffer.
// CHECK:           %[[C12:[a-z0-9_]+]] = arith.constant 12 : index
// CHECK-NEXT:      %[[TOKEN:[a-z0-9_]+]] = cluster.dma_start %[[X]][%[[C0]]] to %[[XIN]][%[[C0]]], %[[C12]]
// Meanwhile the old h is saved: core k has elements min(3 k, 5) to min(3 k + 3, 5).
// CHECK-NEXT:      %[[C5:[a-z0-9_]+]] = arith.constant 5 : index
// CHECK:           %[[C3:[a-z0-9_]+]] = arith.constant 3 : index
// CHECK-NEXT:      %[[END:[a-z0-9_]+]] = arith.addi %[[C0]], %[[C5]] : index
// CHECK-NEXT:      %[[K3:[a-z0-9_]+]] = arith.muli %[[CORE]], %[[C3]] : index
// CHECK-NEXT:      %[[AT:[a-z0-9_]+]] = arith.addi %[[C0]], %[[K3]] : index
// CHECK-NEXT:      %[[LOW:[a-z0-9_]+]] = arith.minui %[[AT]], %[[END]] : index
// CHECK-NEXT:      %[[NEXT:[a-z0-9_]+]] = arith.addi %[[LOW]], %[[C3]] : index
// CHECK-NEXT:      %[[HIGH:[a-z0-9_]+]] = arith.minui %[[NEXT]], %[[END]] : index
// CHECK:           scf.for %{{.*}} = %[[LOW]] to %[[HIGH]] step
// CHECK-NEXT:        %[[V:[a-z0-9_]+]] = memref.load %[[H]]
// CHECK-NEXT:        memref.store %[[V]], %[[OLD:[a-z0-9_]+]]
// CHECK-NEXT:      }
// CHECK-NEXT:      cluster.dma_wait %[[TOKEN]]
// CHECK-NEXT:      cluster.barrier
// CHECK:           scf.for
// CHECK:             memref.load %[[XIN]]
// CHECK-NEXT:        memref.store %{{.*}}, %[[X1:[a-z0-9_]+]][
// CHECK-NEXT:      }
// CHECK-NEXT:      cluster.barrier
//
// Five records stay where the last frame said: each has 4 x 3 weights, 4 x 5, and
// a word that is read beyond them.
// CHECK-NEXT:      %[[AT:[a-z0-9_]+]] = arith.addi %[[STAYS]], %[[C0]]
// CHECK-NEXT:      %[[RECORDS:[a-z0-9_]+]] = memref.view %[[STATE]][%[[AT]]][] : {{.*}} to memref<165xf32, #cluster.space<l1>>
// They are dealt like the elements of h.
// CHECK-NEXT:      scf.for %[[G:[a-z0-9]+]] = %[[LOW]] to %[[HIGH]] step
// A group is one element.
// CHECK-NEXT:        %[[I:[a-z0-9_]+]] = arith.muli %[[G]], %[[C1:[a-z0-9_]+]] : index
// CHECK-NEXT:        %[[LOCAL:[a-z0-9_]+]] = arith.subi %[[G]], %[[C0]] : index
// Eight products in two groups of rows: those that read x and those that read h.
// Each sum starts with 0.
// CHECK-NEXT:        %[[ZERO:[a-z0-9_]+]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT:        %[[C33:[a-z0-9_]+]] = arith.constant 33 : index
// CHECK-NEXT:        %[[RECORD:[a-z0-9_]+]] = arith.muli %[[LOCAL]], %[[C33]]
// CHECK-NEXT:        %[[WAT:[a-z0-9_]+]] = arith.addi %[[RECORD]], %[[C0]]
// CHECK-NEXT:        %[[WX:[a-z0-9_]+]]:4 = cluster.dot %[[X1]][%[[C0]]], %[[RECORDS]][%[[WAT]]], %[[C3]], %[[ZERO]], %[[ZERO]], %[[ZERO]], %[[ZERO]] :
// CHECK-NEXT:        %[[RAT:[a-z0-9_]+]] = arith.addi %[[RECORD]], %[[C12]]
// CHECK-NEXT:        %[[RH:[a-z0-9_]+]]:4 = cluster.dot %[[OLD]][%[[C0]]], %[[RECORDS]][%[[RAT]]], %[[C5]], %[[ZERO]], %[[ZERO]], %[[ZERO]], %[[ZERO]] :
// CHECK-NOT:         cluster.dot
// CHECK:             %[[S:[a-z0-9_]+]] = arith.addf %[[WX]]#0, %[[RH]]#0
// CHECK-NEXT:        memref.store %[[S]], %{{.*}}[%[[I]]]
// CHECK:             %[[S:[a-z0-9_]+]] = arith.addf %[[WX]]#1, %[[RH]]#1
// CHECK-NEXT:        memref.store %[[S]], %{{.*}}[%[[I]]]
// CHECK:             %[[S:[a-z0-9_]+]] = arith.addf %[[WX]]#2, %[[RH]]#2
// CHECK-NEXT:        memref.store %[[S]], %{{.*}}[%[[I]]]
// CHECK:             %[[S:[a-z0-9_]+]] = arith.addf %[[WX]]#3, %[[RH]]#3
// CHECK-NEXT:        memref.store %[[S]], %{{.*}}[%[[I]]]
// CHECK-NEXT:      }
// The same core computes the same elements.
// CHECK-NEXT:      scf.for %{{.*}} = %[[LOW]] to %[[HIGH]] step
// CHECK-NEXT:        %[[I:[a-z0-9_]+]] = arith.muli
// CHECK-NOT:         arith.addf
// CHECK:             %[[COLD:[a-z0-9_]+]] = memref.load %[[C]][%[[I]]]
// CHECK:             %[[CNEW:[a-z0-9_]+]] = arith.addf
// CHECK-NOT:         memref.store
// CHECK:             rnn.activation <tanh> %[[CNEW]]
// CHECK-NOT:         memref.store
// CHECK:             %[[H1:[a-z0-9_]+]] = arith.mulf
// CHECK-NEXT:        memref.store %[[CNEW]], %[[C]][%[[I]]]
// CHECK-NEXT:        memref.store %[[H1]], %[[YOUT]][%[[I]]] : memref<5xf32, #cluster.space<l1>>
// CHECK-NEXT:        memref.store %[[H1]], %[[H]][%[[I]]] : memref<5xf32, #cluster.space<l1>>
// CHECK-NEXT:      }
// The output leaves when all cores are done.
// CHECK-NEXT:      cluster.barrier
// CHECK:           %[[TOKEN:[a-z0-9_]+]] = cluster.dma_start %[[YOUT]][%[[C0]]] to %[[Y]][%[[C0]]],
// CHECK-NEXT:      cluster.dma_wait %[[TOKEN]]
// CHECK-NEXT:      cluster.yield %[[STAYS]] : index
rnn.network @lstm inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>,
           %c = "c" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>) outputs("y" : tensor<5xf32>) {
  %W = arith.constant dense_resource<W> : tensor<20x3xf32>
  %R = arith.constant dense_resource<R> : tensor<20x5xf32>
  %0 = rnn.matvec %W, %x : tensor<20x3xf32>, tensor<3xf32> -> tensor<20xf32>
  %1 = rnn.matvec %R, %h : tensor<20x5xf32>, tensor<5xf32> -> tensor<20xf32>
  %2 = arith.addf %0, %1 : tensor<20xf32>
  %i0 = tensor.extract_slice %2[0] [5] [1] : tensor<20xf32> to tensor<5xf32>
  %o0 = tensor.extract_slice %2[5] [5] [1] : tensor<20xf32> to tensor<5xf32>
  %f0 = tensor.extract_slice %2[10] [5] [1] : tensor<20xf32> to tensor<5xf32>
  %g0 = tensor.extract_slice %2[15] [5] [1] : tensor<20xf32> to tensor<5xf32>
  %i = rnn.activation <sigmoid> %i0 : tensor<5xf32> -> tensor<5xf32>
  %o = rnn.activation <sigmoid> %o0 : tensor<5xf32> -> tensor<5xf32>
  %f = rnn.activation <sigmoid> %f0 : tensor<5xf32> -> tensor<5xf32>
  %g = rnn.activation <tanh> %g0 : tensor<5xf32> -> tensor<5xf32>
  %fc = arith.mulf %f, %c : tensor<5xf32>
  %ig = arith.mulf %i, %g : tensor<5xf32>
  %c1 = arith.addf %fc, %ig : tensor<5xf32>
  %t = rnn.activation <tanh> %c1 : tensor<5xf32> -> tensor<5xf32>
  %h1 = arith.mulf %o, %t : tensor<5xf32>
  rnn.yield %h1 : tensor<5xf32> next %h1, %c1 : tensor<5xf32>, tensor<5xf32>
}

{-#
  dialect_resources: {
    builtin: {
      W: "0x0400000001264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F3459062B507522476C193E6310355A072C517623486D1A3F6411365B082D527724496E1B406512375C092E5300254A6F1C416613385D0A2F5401264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F3459062B507522476C193E6310355A072C517623486D1A3F6411365B082D527724496E1B406512375C092E5300254A6F1C416613385D0A2F54",
      R: "0x0400000001264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F3459062B507522476C193E6310355A072C517623486D1A3F6411365B082D527724496E1B406512375C092E5300254A6F1C416613385D0A2F5401264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F3459062B507522476C193E6310355A072C517623486D1A3F6411365B082D527724496E1B406512375C092E5300254A6F1C416613385D0A2F5401264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F3459062B507522476C193E6310355A072C517623486D1A3F6411365B082D527724496E1B406512375C092E5300254A6F1C416613385D0A2F5401264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704"
    }
  }
#-}

// -----

// GRU, reset before the product: two stages. The candidate's product reads all of
// r * h, which is a buffer.
// CHECK-LABEL: func.func @gru_before_kernel
// CHECK:         cluster.dma_wait
// CHECK-NEXT:    cluster.barrier
// CHECK:         scf.for
// CHECK:         }
// CHECK-NEXT:    cluster.barrier
// Groups of three: two products of three rows each, and of the second group one
// element does not exist.
// CHECK:         scf.for %[[G:[a-z0-9]+]] =
// CHECK-NEXT:      %[[I:[a-z0-9_]+]] = arith.muli %[[G]], %{{.*}} : index
// CHECK-COUNT-2:   {{:3}} = cluster.dot
// CHECK-NOT:       cluster.dot
// CHECK:           rnn.activation <relu>
// CHECK-NOT:       rnn.activation
// CHECK:           %[[RH:[a-z0-9_]+]] = arith.mulf
// CHECK-NEXT:      memref.store %[[RH]], %[[BUFFER:[a-z0-9_]+]][%[[I]]]
// CHECK:           %[[I1:[a-z0-9_]+]] = arith.addi %[[I]], %
// CHECK-NEXT:      %[[EXISTS:[a-z0-9_]+]] = arith.cmpi ult, %[[I1]], %{{.*}} : index
// CHECK-NEXT:      scf.if %[[EXISTS]] {
// CHECK:             rnn.activation <relu>
// CHECK:             memref.store %{{.*}}, %[[BUFFER]][%[[I1]]]
// CHECK:           %[[I2:[a-z0-9_]+]] = arith.addi %[[I]], %
// CHECK-NEXT:      %[[EXISTS:[a-z0-9_]+]] = arith.cmpi ult, %[[I2]], %{{.*}} : index
// CHECK-NEXT:      scf.if %[[EXISTS]] {
// CHECK:             rnn.activation <relu>
// CHECK:             memref.store %{{.*}}, %[[BUFFER]][%[[I2]]]
// CHECK-NEXT:      }
// CHECK-NEXT:    }
// CHECK-NEXT:    cluster.barrier
// CHECK:         scf.for
// CHECK:           cluster.dot %[[BUFFER]][
// CHECK-NOT:       rnn.activation
// CHECK:         scf.for
// CHECK-NOT:       cluster.dot
// CHECK:           rnn.activation <sigmoid>
// CHECK:           rnn.activation <tanh>
// CHECK:         cluster.barrier
// CHECK-NOT:     cluster.barrier
// CHECK:         cluster.yield
rnn.network @gru_before inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>) outputs("y" : tensor<5xf32>) {
  %W = arith.constant dense_resource<W> : tensor<15x3xf32>
  %Q = arith.constant dense_resource<Q> : tensor<10x5xf32>
  %R = arith.constant dense_resource<R> : tensor<5x5xf32>
  %one = arith.constant dense<1.0> : tensor<5xf32>
  %wx = rnn.matvec %W, %x : tensor<15x3xf32>, tensor<3xf32> -> tensor<15xf32>
  %qh = rnn.matvec %Q, %h : tensor<10x5xf32>, tensor<5xf32> -> tensor<10xf32>
  %zrx = tensor.extract_slice %wx[0] [10] [1] : tensor<15xf32> to tensor<10xf32>
  %zr = arith.addf %zrx, %qh : tensor<10xf32>
  %z0 = tensor.extract_slice %zr[0] [5] [1] : tensor<10xf32> to tensor<5xf32>
  %r0 = tensor.extract_slice %zr[5] [5] [1] : tensor<10xf32> to tensor<5xf32>
  %z = rnn.activation <sigmoid> %z0 : tensor<5xf32> -> tensor<5xf32>
  %r = rnn.activation <relu> %r0 : tensor<5xf32> -> tensor<5xf32>
  %rh = arith.mulf %r, %h : tensor<5xf32>
  %n0 = tensor.extract_slice %wx[10] [5] [1] : tensor<15xf32> to tensor<5xf32>
  %n1 = rnn.matvec %R, %rh : tensor<5x5xf32>, tensor<5xf32> -> tensor<5xf32>
  %n2 = arith.addf %n0, %n1 : tensor<5xf32>
  %n = rnn.activation <tanh> %n2 : tensor<5xf32> -> tensor<5xf32>
  %nz = arith.subf %one, %z : tensor<5xf32>
  %a = arith.mulf %nz, %n : tensor<5xf32>
  %b = arith.mulf %z, %h : tensor<5xf32>
  %h1 = arith.addf %a, %b : tensor<5xf32>
  rnn.yield %h1 : tensor<5xf32> next %h1 : tensor<5xf32>
}

{-#
  dialect_resources: {
    builtin: {
      W: "0x0400000001264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F3459062B507522476C193E6310355A072C517623486D1A3F6411365B082D527724496E1B406512375C092E5300254A6F1C416613385D0A2F5401264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B18",
      Q: "0x0400000001264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F3459062B507522476C193E6310355A072C517623486D1A3F6411365B082D527724496E1B406512375C092E5300254A6F1C416613385D0A2F5401264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F3459062B507522476C193E6310355A072C",
      R: "0x0400000001264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F3459062B507522476C193E6310355A072C517623486D1A3F6411365B082D527724496E1B40"
    }
  }
#-}

// -----

// GRU, reset after the product: one stage.
// CHECK-LABEL: func.func @gru_after_kernel
// CHECK:         cluster.dma_wait
// CHECK-NEXT:    cluster.barrier
// CHECK:         scf.for
// CHECK:         }
// CHECK-NEXT:    cluster.barrier
// CHECK:         scf.for
// CHECK-COUNT-2:   {{:3}} = cluster.dot
// CHECK-NOT:       rnn.activation
// CHECK:         scf.for
// CHECK-NOT:       cluster.dot
// CHECK-COUNT-2:   rnn.activation <sigmoid>
// CHECK:           rnn.activation <tanh>
// CHECK:           memref.store
// CHECK-NEXT:      memref.store
// CHECK-NEXT:    }
// CHECK-NEXT:    cluster.barrier
// The output.
// CHECK-NOT:     cluster.barrier
// CHECK:         cluster.yield
rnn.network @gru_after inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>) outputs("y" : tensor<5xf32>) {
  %W = arith.constant dense_resource<W> : tensor<15x3xf32>
  %R = arith.constant dense_resource<R> : tensor<15x5xf32>
  %wx = rnn.matvec %W, %x : tensor<15x3xf32>, tensor<3xf32> -> tensor<15xf32>
  %rh = rnn.matvec %R, %h : tensor<15x5xf32>, tensor<5xf32> -> tensor<15xf32>
  %all = arith.addf %wx, %rh : tensor<15xf32>
  %z0 = tensor.extract_slice %all[0] [5] [1] : tensor<15xf32> to tensor<5xf32>
  %r0 = tensor.extract_slice %all[5] [5] [1] : tensor<15xf32> to tensor<5xf32>
  %z = rnn.activation <sigmoid> %z0 : tensor<5xf32> -> tensor<5xf32>
  %r = rnn.activation <sigmoid> %r0 : tensor<5xf32> -> tensor<5xf32>
  %nx = tensor.extract_slice %wx[10] [5] [1] : tensor<15xf32> to tensor<5xf32>
  %nh = tensor.extract_slice %rh[10] [5] [1] : tensor<15xf32> to tensor<5xf32>
  %rn = arith.mulf %r, %nh : tensor<5xf32>
  %n0 = arith.addf %nx, %rn : tensor<5xf32>
  %n = rnn.activation <tanh> %n0 : tensor<5xf32> -> tensor<5xf32>
  %a = arith.mulf %z, %n : tensor<5xf32>
  %h1 = arith.addf %a, %h : tensor<5xf32>
  rnn.yield %h1 : tensor<5xf32> next %h1 : tensor<5xf32>
}

{-#
  dialect_resources: {
    builtin: {
      W: "0x0400000001264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F3459062B507522476C193E6310355A072C517623486D1A3F6411365B082D527724496E1B406512375C092E5300254A6F1C416613385D0A2F5401264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B18",
      R: "0x0400000001264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F3459062B507522476C193E6310355A072C517623486D1A3F6411365B082D527724496E1B406512375C092E5300254A6F1C416613385D0A2F5401264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F3459062B507522476C193E6310355A072C517623486D1A3F6411365B082D527724496E1B406512375C092E5300254A6F1C416613385D0A2F5401264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B18"
    }
  }
#-}

// -----

// Two layers, each reading all of the one before: a barrier between them, one
// before the copy of the input, and one before the output leaves.
// CHECK-LABEL: func.func @layers_kernel
// CHECK:         cluster.dma_wait
// CHECK-NEXT:    cluster.barrier
// CHECK-NOT:     cluster.barrier
// CHECK:         memref.store %{{.*}}, %[[FIRST:[a-z0-9_]+]][
// CHECK:         cluster.barrier
// CHECK-NOT:     cluster.barrier
// CHECK:         cluster.dot %[[FIRST]][
// CHECK:         memref.store %{{.*}}, %[[SECOND:[a-z0-9_]+]][
// CHECK:         cluster.barrier
// CHECK-NOT:     cluster.barrier
// CHECK:         cluster.dot %[[SECOND]][
// CHECK:         memref.store %{{.*}}, %[[Y:[a-z0-9_]+]][
// CHECK:         cluster.barrier
// CHECK-NOT:     cluster.barrier
// CHECK:         cluster.dma_start %[[Y]][
// CHECK:         return
rnn.network @layers inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %W = arith.constant dense_resource<W> : tensor<4x4xf32>
  %0 = rnn.matvec %W, %x : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32>
  %1 = rnn.activation <relu> %0 : tensor<4xf32> -> tensor<4xf32>
  %2 = rnn.matvec %W, %1 : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32>
  rnn.yield %2 : tensor<4xf32>
}

{-#
  dialect_resources: {
    builtin: {
      W: "0x0400000001264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F34"
    }
  }
#-}

// -----

// Layers side by side: the same barriers as one, one loop each if they differ in
// length, one loop for both if they do not.
// CHECK-LABEL: func.func @parallel_kernel
// CHECK:         cluster.dma_wait
// CHECK-NEXT:    cluster.barrier
// CHECK-NOT:     cluster.barrier
// CHECK:         memref.store
// CHECK:         cluster.barrier
// CHECK-NOT:     cluster.barrier
// The rows of both matrices are one group.
// CHECK:         {{:2}} = cluster.dot
// CHECK-NEXT:    rnn.activation <relu>
// CHECK-NEXT:    rnn.activation <tanh>
// CHECK-NEXT:    memref.store
// CHECK-NEXT:    memref.store
// CHECK-NEXT:    }
// CHECK-NOT:     cluster.barrier
// CHECK:         scf.for
// CHECK:         cluster.dot
// CHECK-NEXT:    rnn.activation <sigmoid>
// CHECK:         cluster.barrier
// CHECK-COUNT-3: cluster.dma_start
// CHECK-NOT:     cluster.barrier
// CHECK:         return
rnn.network @parallel inputs(%x = "x" : tensor<4xf32>) outputs("a" : tensor<4xf32>, "b" : tensor<4xf32>, "c" : tensor<2xf32>) {
  %W = arith.constant dense_resource<W> : tensor<4x4xf32>
  %V = arith.constant dense_resource<V> : tensor<4x4xf32>
  %U = arith.constant dense_resource<U> : tensor<2x4xf32>
  %0 = rnn.matvec %W, %x : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32>
  %1 = rnn.activation <relu> %0 : tensor<4xf32> -> tensor<4xf32>
  %2 = rnn.matvec %V, %x : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32>
  %3 = rnn.activation <tanh> %2 : tensor<4xf32> -> tensor<4xf32>
  %4 = rnn.matvec %U, %x : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
  %5 = rnn.activation <sigmoid> %4 : tensor<2xf32> -> tensor<2xf32>
  rnn.yield %1, %3, %5 : tensor<4xf32>, tensor<4xf32>, tensor<2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      W: "0x0400000001264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F34",
      V: "0x0400000001264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704294E7320456A173C610E3358052A4F7421466B183D620F34",
      U: "0x0400000001264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F44"
    }
  }
#-}

// -----

// FP16: elements are computed in pairs, the sums of a product are f32. A record has
// two rows of 4 halves, and a word that is read beyond them.
// CHECK-LABEL: func.func @half_kernel
// CHECK:         %[[A:[a-z0-9_]+]] = memref.load %[[IN:[a-z0-9_]+]][%[[I:[a-z0-9_]+]]]
// CHECK-NEXT:    %[[B:[a-z0-9_]+]] = memref.load %[[IN]][%{{.*}}]
// CHECK-NEXT:    %[[PAIR:[a-z0-9_]+]] = vector.from_elements %[[A]], %[[B]] : vector<2xf32>
// CHECK-NEXT:    %[[HALVES:[a-z0-9_]+]] = arith.truncf %[[PAIR]] : vector<2xf32> to vector<2xf16>
// CHECK-NEXT:    vector.store %[[HALVES]], %[[X:[a-z0-9_]+]][%[[I]]] : memref<4xf16, #cluster.space<l1>>, vector<2xf16>
// CHECK:         cluster.barrier
// CHECK:         %[[W:[a-z0-9_]+]] = memref.view %{{.*}} to memref<20xf16, #cluster.space<l1>>
// CHECK:         %[[C10:[a-z0-9_]+]] = arith.constant 10 : index
// CHECK-NEXT:    %[[RECORD:[a-z0-9_]+]] = arith.muli %{{.*}}, %[[C10]]
// CHECK-NEXT:    %[[AT:[a-z0-9_]+]] = arith.addi %[[RECORD]], %
// CHECK-NEXT:    {{:2}} = cluster.dot %[[X]][%{{.*}}], %[[W]][%[[AT]]], %{{.*}} : memref<4xf16, #cluster.space<l1>>, memref<20xf16, #cluster.space<l1>> -> f32, f32
rnn.network @half inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %W = arith.constant dense_resource<W> : tensor<4x4xf16>
  %0 = arith.truncf %x : tensor<4xf32> to tensor<4xf16>
  %1 = rnn.matvec %W, %0 : tensor<4x4xf16>, tensor<4xf16> -> tensor<4xf32>
  rnn.yield %1 : tensor<4xf32>
}

{-#
  dialect_resources: {
    builtin: {
      W: "0x0400000001264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F44"
    }
  }
#-}
