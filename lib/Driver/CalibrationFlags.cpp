// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CalibrationFlags.cpp - Calibration on the command line -------------===//

#include "se/Driver/CalibrationFlags.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace se;
namespace cl = llvm::cl;

CalibrationFlags::CalibrationFlags(cl::OptionCategory &category)
    : paths("calibration",
            cl::desc("Recordings to choose the scales of int8 by: .npy "
                     "([frames, elements]) or sound files, folders of them, "
                     "NAME=FILE.npy,NAME=FILE.npy for several inputs; or "
                     "statistics, FILE.json, of --save-calibration"),
            cl::value_desc("PATH"), cl::cat(category)),
      method("calibration-method",
             cl::desc("How ranges are chosen: output-error (default), max, "
                      "percentile, percentile:P, mse or kl"),
             cl::value_desc("method"), cl::cat(category)),
      levels("calibration-levels",
             cl::desc("Levels in dB that recordings are run at, such as "
                      "-20,0,20 (default: 0,20 for sound, 0 for .npy files)"),
             cl::value_desc("dB,..."), cl::cat(category)),
      frontend(
          "frontend",
          cl::desc("With --app=denoise: what stands around the networks, a "
                   "name or FILE.json (default: the one that fits). "
                   "Otherwise what makes frames of sound for "
                   "--calibration, as for its first network (default: the "
                   "one that fits, tinydenoiser before others)"),
          cl::value_desc("name"), cl::cat(category)),
      saveFile("save-calibration",
               cl::desc("Write the statistics of --calibration"),
               cl::value_desc("FILE.json"), cl::cat(category)) {}

CalibrationOptions CalibrationFlags::get() const {
  CalibrationOptions options;
  options.paths.assign(paths.begin(), paths.end());
  options.method = method;
  options.levels = levels;
  options.frontend = frontend;
  options.saveFile = saveFile;
  options.progress = [](const Recording &recording, size_t number,
                        size_t count) {
    llvm::errs() << llvm::formatv("calibrating {0}/{1}: {2}, {3} frames\n",
                                  number + 1, count, recording.name,
                                  recording.frames.numFrames);
  };
  return options;
}
