// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Bands.h - Bands as products of small matrices ------------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_DSP_TRANSFORMS_EXPANDTRANSFORMS_BANDS_H
#define SE_LIB_DIALECT_DSP_TRANSFORMS_EXPANDTRANSFORMS_BANDS_H

#include "../ComplexBuilder.h"

#include "se/Dialect/DSP/DSP.h"

namespace se::dsp {

mlir::Value expandBands(ComplexBuilder &c, BandsOp op);
mlir::Value expandSpread(ComplexBuilder &c, SpreadOp op);

} // namespace se::dsp

#endif // SE_LIB_DIALECT_DSP_TRANSFORMS_EXPANDTRANSFORMS_BANDS_H
