// RUN: rm -rf %t && mkdir %t && split-file %s %t
//
// What would help depends on how wide the numbers are: 16 bits, in target `small`,
// and bytes, which cannot get narrower.
// RUN: not se-opt %t/half.mlir --se-attach-target="l2-bytes=200 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling=resident=false --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=HALF
// RUN: not se-opt %t/bytes.mlir --se-attach-target="l2-bytes=100 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling=resident=false --se-split-stages --se-place-buffers --se-schedule 2>&1 | FileCheck %s --check-prefix=BYTES
// HALF: error: network does not fit: memory l2 exceeded by {{.*}} on target pulp-open; in mixed or int8 they may fit
// BYTES: error: network does not fit: memory l2 exceeded by {{.*}} on target pulp-open; a target with more memory behind L2 would hold them

//--- half.mlir
rnn.network @half inputs(%x = "x" : tensor<16xf32>) outputs("y" : tensor<8xf32>) {
  %W = arith.constant dense_resource<W> : tensor<8x16xf16>
  %0 = arith.truncf %x : tensor<16xf32> to tensor<16xf16>
  %y = rnn.matvec %W, %0 : tensor<8x16xf16>, tensor<16xf16> -> tensor<8xf32>
  rnn.yield %y : tensor<8xf32>
}
{-#
  dialect_resources: {
    builtin: {
      W: "0x02000000003C003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C0040003C"
    }
  }
#-}

//--- bytes.mlir
rnn.network @bytes inputs(%x = "x" : tensor<16xf32>) outputs("y" : tensor<8xf32>) {
  %W = arith.constant dense_resource<W> : tensor<8x16xi8>
  %0 = rnn.quantize %x scale 0.5 : tensor<16xf32> -> tensor<16xi8>
  %1 = rnn.matvec %W, %0 : tensor<8x16xi8>, tensor<16xi8> -> tensor<8xi32>
  %y = arith.sitofp %1 : tensor<8xi32> to tensor<8xf32>
  rnn.yield %y : tensor<8xf32>
}
{-#
  dialect_resources: {
    builtin: {
      W: "0x010000000102010201020102010201020102010201020102010201020102010201020102010201020102010201020102010201020102010201020102010201020102010201020102010201020102010201020102010201020102010201020102010201020102010201020102010201020102010201020102010201020102010201020102"
    }
  }
#-}
