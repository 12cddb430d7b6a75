// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- DSP.h - The dsp dialect ----------------------------------*- C++ -*-===//
//
// Transforms of signals. The dialect's documentation is in DSPOps.td.
//
//===----------------------------------------------------------------------===//

#ifndef SE_DIALECT_DSP_DSP_H
#define SE_DIALECT_DSP_DSP_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "se/Dialect/DSP/DSPDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "se/Dialect/DSP/DSPAttributes.h.inc"

#define GET_OP_CLASSES
#include "se/Dialect/DSP/DSPOps.h.inc"

namespace se::dsp {

/// The radices of the passes of a complex transform of `size` points, the first
/// pass first: from 2 to 5, as many fours as there can be. None if `size` has
/// another prime factor.
llvm::SmallVector<int64_t> getRadices(int64_t size);

/// Whether there is a transform of a real signal of so many samples. (rfft-C1)
bool isTransformSize(int64_t samples);

/// The weights of a band other than 0, of bins that lie side by side.
struct BandWeights {
  int64_t firstBin = 0;
  llvm::SmallVector<double> weights; ///< none: the band holds no bin
};

/// Those of each band of these edges (`dsp.bands`).
llvm::SmallVector<BandWeights> getBandWeights(llvm::ArrayRef<double> edges);

/// What is wrong with edges for so many bins; empty if nothing is. (bands-C1)
llvm::StringRef checkEdges(llvm::ArrayRef<double> edges, int64_t bins);

} // namespace se::dsp

#endif // SE_DIALECT_DSP_DSP_H
