// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Version.h - What --version prints ------------------------*- C++ -*-===//

#ifndef SE_SUPPORT_VERSION_H
#define SE_SUPPORT_VERSION_H

namespace se {

/// Makes `--version` of a tool print the project's and LLVM's version.
void setVersionPrinter();

} // namespace se

#endif // SE_SUPPORT_VERSION_H
