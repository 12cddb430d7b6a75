// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Calibrate.h - Statistics from recordings -----------------*- C++ -*-===//

#ifndef SE_DRIVER_CALIBRATE_H
#define SE_DRIVER_CALIBRATE_H

#include "se/Quantization/Policy.h"
#include "se/Support/Frames.h"
#include "se/Support/OutputFiles.h"

#include "mlir/IR/BuiltinOps.h"

#include <functional>
#include <limits>
#include <optional>

namespace se {

/// One sequence of frames, before which states have their reset values.
struct Recording {
  std::string name; ///< for messages
  Frames frames;    ///< of all inputs, in order
  bool isSound = false;
  std::string frontEnd; ///< what made frames of sound, if something did
  double seconds = 0;   ///< of sound
  /// Inputs that are so many times as large are not clipped by the network.
  float maxGain = std::numeric_limits<float>::infinity();
  /// The frames if the sound were so many times as large; empty: all values
  /// are.
  std::function<Frames(float gain)> makeFrames;
};

/// What a network takes.
struct NetworkInputs {
  std::vector<Port> ports;
  std::optional<Stream> stream; ///< absent if frames are no hops of sound
};

struct CalibrationOptions {
  /// Sound or .npy files, or folders of them; for networks with several inputs
  /// NAME=FILE.npy,NAME=FILE.npy,...; or one file of statistics, FILE.json.
  std::vector<std::string> paths;
  /// Without paths: the seed of random frames; none: no statistics.
  std::optional<uint64_t> randomSeed;
  /// See quantization::Method; empty: as in FILE.json, or "output-error".
  std::string method;
  /// At which levels recordings are run, in dB: "-20,0,20". Empty: 0 and 20 for
  /// sound, 0 for .npy files, of which nobody knows whether a louder sound has
  /// larger values.
  std::string levels;
  /// Makes frames of sound for a network without a stream, as it does for the
  /// first of its networks: see frontend::load. Empty: the one that fits, and
  /// tinydenoiser before others.
  std::string frontend;
  /// Holds descriptions of front ends; empty: target::getResourceDir.
  std::string resourceDir;
  /// Where to write the statistics; empty for nowhere.
  std::string saveFile;
  /// Is told of each recording before it runs.
  std::function<void(const Recording &recording, size_t number, size_t count)>
      progress;

  bool isGiven() const { return !paths.empty() || randomSeed; }
};

/// Reads the recordings that `options.paths` name for a network with these
/// inputs. Errors name the file: it is empty, has another shape or values that
/// are not finite. `warn` is told of what may make bad statistics: little
/// sound, a file that is cut off or clipped.
llvm::Expected<std::vector<Recording>>
readRecordings(const CalibrationOptions &options, const NetworkInputs &inputs,
               mlir::MLIRContext &context,
               llvm::function_ref<void(const llvm::Twine &)> warn);

/// Frames of uniform random numbers from -1 to 1.
Recording makeRandomRecording(uint64_t seed, llvm::ArrayRef<Port> inputs);

/// Runs the network of a module, which stays as it is, in fp32 over recordings.
/// Warns of tensors that are 0 in all frames. The module's phase is `imported`
/// or `normalized`; an llvm::Error may be a DiagnosedError.
llvm::Expected<quantization::Calibration>
calibrate(mlir::ModuleOp module, llvm::ArrayRef<Recording> recordings,
          const CalibrationOptions &options);

/// What an input or a state of a network reaches in a recording.
struct Extent {
  std::string tensor;
  float min, max;
};

/// Runs such a module in fp32 over recordings. For each, all inputs and states
/// that no operation bounds.
llvm::Expected<std::vector<std::vector<Extent>>>
observeExtents(mlir::ModuleOp module, llvm::ArrayRef<Recording> recordings);

/// The inputs of the one network of such a module.
llvm::Expected<NetworkInputs> getInputs(mlir::ModuleOp module);

/// What a module is calibrated with.
struct CalibrationResult {
  std::shared_ptr<const quantization::Calibration> statistics;
  std::vector<Recording> recordings; ///< none if the statistics were saved
};

/// Reads or collects the statistics that `options` ask for, and adds them to
/// the outputs if they are to be saved.
llvm::Expected<CalibrationResult>
getCalibration(mlir::ModuleOp module, const CalibrationOptions &options,
               OutputFiles &outputs);

/// The policy of this name or file, with statistics if `options` ask for them.
llvm::Expected<quantization::Policy>
loadPolicy(mlir::ModuleOp module, llvm::StringRef precision,
           const CalibrationOptions &options, OutputFiles &outputs);

} // namespace se

#endif // SE_DRIVER_CALIBRATE_H
