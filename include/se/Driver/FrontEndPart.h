// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FrontEndPart.h - A front end without its networks --------*- C++ -*-===//

#ifndef SE_DRIVER_FRONTENDPART_H
#define SE_DRIVER_FRONTENDPART_H

#include "se/FrontEnd/FrontEnd.h"
#include "se/Host/HostProgram.h"

namespace se {

/// What stands before network `part`, or behind the last one, for the host and
/// in fp32: the same arithmetic as with --app=denoise. Inputs and outputs are
/// those of dsp::makePart.
llvm::Expected<std::unique_ptr<HostProgram>>
makeFrontEndPart(const frontend::FrontEnd &frontEnd, size_t part,
                 mlir::MLIRContext &context);

/// Whether what the first network takes is so many times as large if the sound
/// is.
bool isLinear(const frontend::FrontEnd &frontEnd);

} // namespace se

#endif // SE_DRIVER_FRONTENDPART_H
