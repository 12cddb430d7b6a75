// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- NetworkName.h - What a network's symbols are called ------*- C++ -*-===//

#ifndef SE_DRIVER_NETWORKNAME_H
#define SE_DRIVER_NETWORKNAME_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

#include <string>

namespace se {

/// The name that was asked for, or if it is empty the one that goes with the
/// file's; nothing if that is standard output. Error: one line.
llvm::Expected<std::string> chooseNetworkName(llvm::StringRef wanted,
                                              llvm::StringRef outputPath);

/// Renames the module's network, or in phases without one its program and the
/// program's functions. Other symbols of these names get others.
void setNetworkName(mlir::ModuleOp module, llvm::StringRef name);

} // namespace se

#endif // SE_DRIVER_NETWORKNAME_H
