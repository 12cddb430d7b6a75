// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LayerName.h - What people call a part of a network -------*- C++ -*-===//

#ifndef SE_DIALECT_RNN_LAYERNAME_H
#define SE_DIALECT_RNN_LAYERNAME_H

#include "mlir/IR/Location.h"
#include "llvm/ADT/SmallVector.h"

#include <string>

namespace se::rnn {

/// The name in a location (an ONNX node's), or where it is in a file,
/// `net.mlir:12`; the first of several.
std::string getLayerName(mlir::Location location);

/// All names of an operation that was fused from several layers, otherwise the
/// one of getLayerName.
llvm::SmallVector<std::string> getLayerNames(mlir::Location location);

} // namespace se::rnn

#endif // SE_DIALECT_RNN_LAYERNAME_H
