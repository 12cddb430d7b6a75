// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StageLocation.h - Locations that know their stage --------*- C++ -*-===//
//
// From the schedule on, the location of an operation also tells the stage of
// the kernel to which it belongs: fused<"STAGE">[WHERE IT COMES FROM]. Later
// passes keep locations, and so the stage gets into the program's debug
// information.
//
//===----------------------------------------------------------------------===//

#ifndef SE_DIALECT_CLUSTER_STAGELOCATION_H
#define SE_DIALECT_CLUSTER_STAGELOCATION_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"

namespace se::cluster {

/// `location`, in a stage; without a stage if `stage` is null.
mlir::Location withStage(mlir::Location location, mlir::StringAttr stage);

/// The stage to which a location belongs, or null.
mlir::StringAttr getStage(mlir::Location location);

/// The first place in a file that a location names, or null.
mlir::FileLineColLoc getFileLocation(mlir::Location location);

} // namespace se::cluster

#endif // SE_DIALECT_CLUSTER_STAGELOCATION_H
