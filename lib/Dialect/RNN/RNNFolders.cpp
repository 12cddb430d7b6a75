// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RNNFolders.cpp - Folders and canonicalizers ------------------------===//
//
// Rewrites here keep every result bit for bit. Arithmetic on constants is the
// job of --rnn-fold-constants, which also reads dense_resource blobs.
//
//===----------------------------------------------------------------------===//

#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace se::rnn;

/// Types with open sizes may be equal where sizes are not.
static bool isStatic(Value value) {
  return cast<ShapedType>(value.getType()).hasStaticShape();
}

OpFoldResult MatvecOp::fold(FoldAdaptor adaptor) {
  // A product with the zero vector is zero, unless W has NaN or infinity, in
  // which case the network is broken anyway (the importer warns).
  auto x = dyn_cast_or_null<SplatElementsAttr>(adaptor.getX());
  if (!x || !isStatic(getY()) ||
      x.getSplatValue<Attribute>() !=
          Builder(getContext()).getZeroAttr(x.getElementType()))
    return {};
  return Builder(getContext()).getZeroAttr(getY().getType());
}

OpFoldResult ReduceOp::fold(FoldAdaptor adaptor) {
  // All axes have size 1 already.
  if (getX().getType() == getY().getType() && isStatic(getX()))
    return getX();
  return {};
}

OpFoldResult ActivationOp::fold(FoldAdaptor adaptor) {
  if (getFunction().getKind() != ActivationKind::relu ||
      getX().getType() != getY().getType())
    return {};
  if (auto inner = getX().getDefiningOp<ActivationOp>())
    if (inner.getFunction().getKind() == ActivationKind::relu ||
        inner.getFunction().getKind() == ActivationKind::sigmoid)
      return getX(); // never negative
  return {};
}

namespace {
/// affine with alpha 1 and beta 0 changes nothing.
struct DropIdentityAffine : OpRewritePattern<ActivationOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ActivationOp op,
                                PatternRewriter &rewriter) const override {
    ActivationAttr function = op.getFunction();
    if (function.getKind() != ActivationKind::affine ||
        function.getAlphaValue() != 1.0f || function.getBetaValue() != 0.0f ||
        op.getX().getType() != op.getY().getType())
      return failure();
    rewriter.replaceOp(op, op.getX());
    return success();
  }
};

/// A transpose that moves only dimensions of size 1 is a reshape.
struct TransposeToReshape : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape =
        cast<RankedTensorType>(op.getX().getType()).getShape();
    int64_t last = -1;
    for (int64_t dim : op.getPermutation()) {
      if (shape[dim] == 1)
        continue;
      if (dim < last)
        return failure();
      last = dim;
    }
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getY().getType(), op.getX());
    return success();
  }
};
} // namespace

void ActivationOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                               MLIRContext *context) {
  patterns.add<DropIdentityAffine>(context);
}

void TransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<TransposeToReshape>(context);
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  auto type = cast<RankedTensorType>(getY().getType());
  if (!type.hasStaticShape())
    return {};
  if (getX().getType() == type)
    return getX();
  if (auto dense = dyn_cast_or_null<DenseElementsAttr>(adaptor.getX()))
    return dense.reshape(type);
  if (auto resource =
          dyn_cast_or_null<DenseResourceElementsAttr>(adaptor.getX()))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  if (auto inner = getX().getDefiningOp<ReshapeOp>()) {
    getXMutable().assign(inner.getX());
    return getResult();
  }
  return {};
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  ArrayRef<int64_t> permutation = getPermutation();
  if (llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size())))
    return getX();
  if (auto splat = dyn_cast_or_null<SplatElementsAttr>(adaptor.getX());
      splat && isStatic(getY()))
    return splat.resizeSplat(cast<RankedTensorType>(getY().getType()));
  if (auto inner = getX().getDefiningOp<TransposeOp>()) {
    SmallVector<int64_t> composed;
    for (int64_t dim : permutation)
      composed.push_back(inner.getPermutation()[dim]);
    setPermutation(composed);
    getXMutable().assign(inner.getX());
    return getResult();
  }
  return {};
}

OpFoldResult FillOp::fold(FoldAdaptor adaptor) {
  auto type = cast<RankedTensorType>(getY().getType());
  if (!type.hasStaticShape() || (*this)->hasAttr(optionAttrName))
    return {};
  return DenseElementsAttr::get(type, getValueAttr());
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  auto type = cast<RankedTensorType>(getY().getType());
  if (!type.hasStaticShape())
    return {};
  if (auto number = dyn_cast_or_null<FloatAttr>(adaptor.getX()))
    return DenseElementsAttr::get(type, number);
  if (getX().getType() == type)
    return getX();
  if (auto splat = dyn_cast_or_null<SplatElementsAttr>(adaptor.getX()))
    return splat.resizeSplat(type);
  return {};
}
