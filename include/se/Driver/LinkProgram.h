// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LinkProgram.h - From a network to a complete program -----*- C++ -*-===//

#ifndef SE_DRIVER_LINKPROGRAM_H
#define SE_DRIVER_LINKPROGRAM_H

#include "se/CodeGen/ProgramInfo.h"
#include "se/Pipelines/Pipelines.h"
#include "se/Target/LinkerScript.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>

namespace se {

/// What a program is linked for and of.
struct LinkOptions {
  const target::TargetDescription &target;
  target::LinkerScriptOptions script;
  llvm::StringRef resourceDir; ///< holds the runtime
};

/// Links a network's object, which has the application's part
/// (DeviceCode::addApplication), with the runtime. Errors: one line.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
linkApplication(llvm::StringRef object, const LinkOptions &options);

/// The program of a module in phase `scheduled` or `selected`, which stays as
/// it is. Emits nothing: errors are one line.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
makeApplication(mlir::ModuleOp module, const ProgramInfo &program,
                llvm::StringRef precision, const PipelineOptions &pipeline,
                const LinkOptions &options);

} // namespace se

#endif // SE_DRIVER_LINKPROGRAM_H
