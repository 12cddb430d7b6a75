// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LayerName.h - What people call a part of a network -------*- C++ -*-===//

#ifndef SE_DIALECT_RNN_LAYERNAME_H
#define SE_DIALECT_RNN_LAYERNAME_H

#include "mlir/IR/Location.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/SmallVector.h"

#include <string>

namespace se::rnn {

/// The layer of an operation: the name in its location (an ONNX node's), or
/// where it is in a file, `net.mlir:12`; the first of several. Of names within
/// names, `loc("forget"("lstm_1"))`, the innermost: the others name a gate in
/// it.
std::string getLayerName(mlir::Location location);

/// All layers of an operation that was fused from several, each once, otherwise
/// the one of getLayerName.
llvm::SmallVector<std::string> getLayerNames(mlir::Location location);

/// The gate, behind its layer: `lstm_1.forget`. The name of the layer if the
/// location names no gate.
std::string getGateName(mlir::Location location);

/// Where an operation of a cell's body is, once it is inlined into `layer`: its
/// names become those of gates.
mlir::Location nameWithin(mlir::Location operation, mlir::Location layer);

/// The attribute that keeps names in text (RNNDialect.td).
constexpr llvm::StringLiteral layerAttrName = "rnn.layer";

/// What the attribute says of a location; null if that says nothing. In a cell
/// only names count, not the place in a file.
mlir::Attribute getLayerAttribute(mlir::Location location, bool isInCell);

/// The location that an attribute stands for, at the place of `location`.
mlir::Location getNamedLocation(mlir::Attribute layer, mlir::Location location);

/// An error unless the attribute has the form that RNNDialect.td describes.
mlir::LogicalResult verifyLayerAttribute(mlir::Operation *op,
                                         mlir::Attribute layer);

} // namespace se::rnn

#endif // SE_DIALECT_RNN_LAYERNAME_H
