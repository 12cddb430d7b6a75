// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FrontEndPart.cpp - A front end without its networks ----------------===//

#include "se/Driver/FrontEndPart.h"

#include "se/Dialect/DSP/Transforms/Passes.h"

#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/STLExtras.h"

using namespace se;
using frontend::Source;

llvm::Expected<std::unique_ptr<HostProgram>>
se::makeFrontEndPart(const frontend::FrontEnd &frontEnd, size_t part,
                     mlir::MLIRContext &context) {
  mlir::OwningOpRef<mlir::ModuleOp> module =
      dsp::makePart(context, frontEnd, part);
  PipelineOptions options;
  options.target.cores = 1; // others would be threads, for the same bits
  return HostProgram::create(*module, std::move(options));
}

bool se::isLinear(const frontend::FrontEnd &frontEnd) {
  return llvm::all_of(
      frontEnd.networks.front().inputs, [](const frontend::Feature &feature) {
        return feature.steps.empty() && (feature.source == Source::Magnitude ||
                                         feature.source == Source::Complex ||
                                         feature.source == Source::Samples);
      });
}
