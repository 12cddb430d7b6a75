// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Reduce.h - Smaller networks with the same failure --------*- C++ -*-===//

#ifndef SE_REDUCE_REDUCE_H
#define SE_REDUCE_REDUCE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Reducer/Tester.h"
#include "llvm/Support/Error.h"

#include <string>

namespace se {

/// How a failure is told from others.
struct Failure {
  /// For the shell; {} stands for the file.
  std::string command;
  /// What it prints, if it still fails.
  std::string message;
  /// Of the command, if there is no message: it must end as it did before.
  int status = 0;
  /// After so many seconds it does not count.
  unsigned seconds = 60;
};

/// How a command has ended.
struct Outcome {
  /// The shell's: 128 and the signal's number if one has ended the command.
  int status;
  std::string output; ///< both streams
};
/// The status of a command that did not end in time.
constexpr int timedOut = -1;

/// Runs the command on a file. Error: one line.
llvm::Expected<Outcome> runCommand(const Failure &failure,
                                   llvm::StringRef file);

/// Whether the command fails on the file in the way that is looked for.
llvm::Expected<bool> fails(const Failure &failure, llvm::StringRef file);

/// Makes a module smaller that stays interesting to `tester`, as it is now.
/// MLIR's own reduction tree erases operations that others read, which is no
/// valid module, so that little is left out of a network.
void reduce(mlir::OwningOpRef<mlir::ModuleOp> &module,
            const mlir::Tester &tester);

/// A change that makes a module smaller. It has parts of the same kind, which
/// are numbered from 0 on.
struct Change {
  unsigned (*count)(mlir::ModuleOp module);
  /// Of parts `first` to `first + count - 1`. False: none can be changed.
  bool (*apply)(mlir::ModuleOp module, unsigned first, unsigned count);
};
/// In the order in which they are tried.
llvm::ArrayRef<Change> getChanges();

/// Dimensions that must be equal become smaller; the parts are sizes.
unsigned countSizes(mlir::ModuleOp module);
bool shrinkSize(mlir::ModuleOp module, unsigned number);

} // namespace se

#endif // SE_REDUCE_REDUCE_H
