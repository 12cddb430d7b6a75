// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.h - Passes on the dsp dialect ---------------------*- C++ -*-===//

#ifndef SE_DIALECT_DSP_TRANSFORMS_PASSES_H
#define SE_DIALECT_DSP_TRANSFORMS_PASSES_H

#include "se/FrontEnd/FrontEnd.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/Pass.h"

namespace se::dsp {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "se/Dialect/DSP/Transforms/Passes.h.inc"

/// Whether the module has networks as the front end takes them (front-end-C1 to
/// C3).
bool fits(mlir::ModuleOp module, const frontend::FrontEnd &frontEnd);

/// What --dsp-add-front-end does.
mlir::LogicalResult addFrontEnd(mlir::ModuleOp module,
                                const frontend::FrontEnd &frontEnd);

/// A network of what a front end does around its networks, one between samples
/// and network `part`, or for their number the one behind the last. Inputs are
/// a hop `in`, and of each earlier network n the output i, `y<n>_<i>`, if it
/// changes the sound. Outputs are `x0`, `x1`, ..., what network `part` takes,
/// each as a vector, or a hop `out`.
mlir::OwningOpRef<mlir::ModuleOp> makePart(mlir::MLIRContext &context,
                                           const frontend::FrontEnd &frontEnd,
                                           size_t part);

} // namespace se::dsp

#endif // SE_DIALECT_DSP_TRANSFORMS_PASSES_H
