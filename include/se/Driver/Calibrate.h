// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Calibrate.h - Statistics from recordings -----------------*- C++ -*-===//

#ifndef SE_DRIVER_CALIBRATE_H
#define SE_DRIVER_CALIBRATE_H

#include "se/Quantization/Policy.h"
#include "se/Support/Frames.h"

#include "mlir/IR/BuiltinOps.h"

#include <functional>

namespace se {

/// One sequence of frames, before which states have their reset values.
struct Recording {
  std::string name; ///< for messages
  Frames frames;    ///< of all inputs, in order
};

struct CalibrationOptions {
  /// Sound or .npy files, or folders of them; for networks with several inputs
  /// NAME=FILE.npy,NAME=FILE.npy,...; or one file of statistics, FILE.json.
  std::vector<std::string> paths;
  /// See quantization::Method; empty: as in FILE.json, or "max".
  std::string method;
  /// Where to write the statistics; empty for nowhere.
  std::string saveFile;
  /// Is told of each recording before it runs.
  std::function<void(const Recording &recording, size_t number, size_t count)>
      progress;
};

/// Reads the recordings that `paths` name for a network with these inputs.
/// Errors name the file: it is empty, has another shape or values that are not
/// finite.
llvm::Expected<std::vector<Recording>>
readRecordings(llvm::ArrayRef<std::string> paths, llvm::ArrayRef<Port> inputs);

/// Runs the network of a module, which stays as it is, in fp32 over recordings.
/// Warns of tensors that are 0 in all frames. The module's phase is `imported`
/// or `normalized`; an llvm::Error may be a DiagnosedError.
llvm::Expected<quantization::Calibration>
calibrate(mlir::ModuleOp module, llvm::ArrayRef<Recording> recordings,
          const CalibrationOptions &options);

/// The policy of this name or file, with statistics if `options` ask for them.
llvm::Expected<quantization::Policy>
loadPolicy(mlir::ModuleOp module, llvm::StringRef precision,
           const CalibrationOptions &options);

} // namespace se

#endif // SE_DRIVER_CALIBRATE_H
