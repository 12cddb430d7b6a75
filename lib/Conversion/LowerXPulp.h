// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LowerXPulp.h - Parts of se-lower-xpulp -------------------*- C++ -*-===//

#ifndef SE_LIB_CONVERSION_LOWERXPULP_H
#define SE_LIB_CONVERSION_LOWERXPULP_H

#include "mlir/Transforms/DialectConversion.h"

namespace se::conversion {

/// Instructions and hardware loops as inline assembly.
void populateDevicePatterns(mlir::TypeConverter &types,
                            mlir::RewritePatternSet &patterns);

/// Instructions as calls of the emulation.
void populateHostPatterns(mlir::TypeConverter &types,
                          mlir::RewritePatternSet &patterns);

/// What else may be done with packed vectors, which become i32.
void populatePackedPatterns(mlir::TypeConverter &types,
                            mlir::RewritePatternSet &patterns);

} // namespace se::conversion

#endif // SE_LIB_CONVERSION_LOWERXPULP_H
