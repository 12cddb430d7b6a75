// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ExpandHalves.h - Functions of f16 as arithmetic ----------*- C++ -*-===//

#ifndef SE_LIB_CONVERSION_EXPANDHALVES_H
#define SE_LIB_CONVERSION_EXPANDHALVES_H

#include "mlir/IR/PatternMatch.h"

namespace se::conversion {

/// exp, log and sqrt of f16, scalars and pairs, as arithmetic on vector<2xf16>
/// and on its bits that has packed instructions.
void populateHalfFunctionPatterns(mlir::RewritePatternSet &patterns);

} // namespace se::conversion

#endif // SE_LIB_CONVERSION_EXPANDHALVES_H
