// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CalibrationFlags.h - Calibration on the command line -----*- C++ -*-===//

#ifndef SE_DRIVER_CALIBRATIONFLAGS_H
#define SE_DRIVER_CALIBRATIONFLAGS_H

#include "se/Driver/Calibrate.h"

#include "llvm/Support/CommandLine.h"

namespace se {

/// The options of a tool: --calibration, --calibration-method,
/// --calibration-levels, --frontend and --save-calibration.
class CalibrationFlags {
public:
  explicit CalibrationFlags(llvm::cl::OptionCategory &category);

  /// Progress goes to the standard error, one line for each recording.
  CalibrationOptions get() const;
  llvm::StringRef getFrontEnd() const { return frontend; }

private:
  llvm::cl::list<std::string> paths;
  llvm::cl::opt<std::string> method, levels, frontend, saveFile;
};

} // namespace se

#endif // SE_DRIVER_CALIBRATIONFLAGS_H
