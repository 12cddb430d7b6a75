// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- DeviceCode.h - From the LLVM dialect to device code ------*- C++ -*-===//

#ifndef SE_CODEGEN_DEVICECODE_H
#define SE_CODEGEN_DEVICECODE_H

#include "se/CodeGen/ProgramInfo.h"
#include "se/Target/TargetDescription.h"

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

namespace se {

/// Compiles a module in phase `llvm` for the cores of a target.
class DeviceCode {
public:
  /// Translates to LLVM IR and optimizes.
  static llvm::Expected<std::unique_ptr<DeviceCode>>
  create(mlir::ModuleOp module, const target::TargetDescription &target);

  /// Adds what --app=frames links against (runtime/include/se/network.h): the
  /// description of the network, frame buffers in L2, the state in L1, and the
  /// section .se.meta with `metadata`.
  void addApplication(const ProgramInfo &program, llvm::StringRef metadata);

  /// Has the object refer to symbols that whoever links it must define.
  void refer(llvm::ArrayRef<std::string> symbols);

  /// The text of the LLVM IR.
  std::string getIR() const;

  /// An object file, or assembly.
  llvm::Expected<llvm::SmallVector<char>> emit(llvm::CodeGenFileType type);

private:
  DeviceCode() = default;

  llvm::LLVMContext context;
  std::unique_ptr<llvm::TargetMachine> machine;
  std::unique_ptr<llvm::Module> module;
};

/// Bytes of the largest stack frame of the functions in an object file that
/// DeviceCode emitted.
llvm::Expected<uint64_t> getLargestFrame(llvm::StringRef object);

/// Bytes of code for L1 in such a file, and of the tables with it.
llvm::Expected<uint64_t> getNearBytes(llvm::StringRef object);

} // namespace se

#endif // SE_CODEGEN_DEVICECODE_H
