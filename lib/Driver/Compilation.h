// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Compilation.h - The steps of a compilation ---------------*- C++ -*-===//

#ifndef SE_LIB_DRIVER_COMPILATION_H
#define SE_LIB_DRIVER_COMPILATION_H

#include "se/CodeGen/DeviceCode.h"
#include "se/CodeGen/ProgramInfo.h"
#include "se/Driver/Compile.h"
#include "se/Driver/Diagnostics.h"
#include "se/Driver/LinkProgram.h"
#include "se/Driver/Report.h"
#include "se/Driver/ReportPage.h"
#include "se/Pipelines/Pipelines.h"
#include "se/Quantization/Policy.h"
#include "se/Support/OutputFiles.h"
#include "se/Target/LinkerScript.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

namespace se {

/// One run of `compile`.
class Compilation {
public:
  Compilation(mlir::ModuleOp module, const CompileOptions &options,
              const target::TargetDescription &target,
              llvm::StringRef resourceDir, llvm::StringRef outputPath)
      : module(module), options(options), target(target),
        resourceDir(resourceDir), outputPath(outputPath.str()),
        precisionName(
            llvm::json::fixUTF8(llvm::sys::path::filename(options.precision))) {
  }

  mlir::LogicalResult run();

private:
  mlir::LogicalResult fail(const llvm::Twine &message) {
    return emitFailure(*module.getContext(), message);
  }
  mlir::LogicalResult fail(llvm::Error error) {
    return emitFailure(*module.getContext(), std::move(error));
  }
  // CheckCompilation.cpp: options, and the policy that they ask for.
  mlir::LogicalResult check();
  mlir::LogicalResult checkLeastL1();
  llvm::Expected<quantization::Cost>
  predict(const quantization::Policy &policy);
  llvm::Expected<quantization::Policy> searchPolicy();
  mlir::FailureOr<quantization::Policy> nameHalfLayers();
  // EmitCompilation.cpp: from the module to an object.
  mlir::LogicalResult link(llvm::StringRef object);
  mlir::FailureOr<llvm::SmallVector<char>> emitObject(DeviceCode &code);
  mlir::LogicalResult fitCode(const ProgramInfo &program,
                              llvm::StringRef object);
  mlir::LogicalResult settlePlan();
  llvm::Expected<std::unique_ptr<DeviceCode>>
  makeCode(mlir::ModuleOp lowered, const ProgramInfo &program);
  mlir::FailureOr<llvm::SmallVector<char>>
  emitFitting(DeviceCode &code, const ProgramInfo &program);
  mlir::LogicalResult emit();
  mlir::LogicalResult emitProgram(ProgramInfo program);
  mlir::LogicalResult plan(Phase middle);
  mlir::LogicalResult preparePage();
  /// Deadline.cpp.
  mlir::LogicalResult meetDeadline();
  // Compile.cpp: what all of it comes to.
  mlir::LogicalResult write(llvm::StringRef path, llvm::StringRef text);
  mlir::LogicalResult writeReport();
  LinkOptions getLinkOptions() const { return {target, script, resourceDir}; }
  /// All files or none.
  mlir::LogicalResult commit();
  bool wantsPage() const {
    return options.reportFile && isPage(*options.reportFile);
  }
  bool wantsReport() const {
    return options.reportFile || options.deadlineMs ||
           (options.report && reaches(Phase::Scheduled) && hasPlan(module));
  }
  int64_t getL1Bytes() const {
    int64_t available = target::getAvailableL1(target, script);
    return options.l1Bytes ? std::min(options.l1Bytes, available) : available;
  }
  /// Stacks come first, the network has at most what is left.
  void limitL1() {
    pipeline.target.coreStack = script.coreStackSize;
    if (options.l1Bytes)
      pipeline.target.l1Bytes = getL1Bytes();
  }
  bool reaches(Phase phase) const {
    return options.emit.emit != Emit::MLIR || options.emit.phase >= phase;
  }
  /// Of the C header beside an object.
  std::string getHeaderPath() const {
    llvm::SmallString<128> header(outputPath);
    llvm::sys::path::replace_extension(header, "h");
    return header.str().str();
  }

  mlir::ModuleOp module;
  const CompileOptions &options;
  const target::TargetDescription &target;
  llvm::StringRef resourceDir;
  /// A copy: LLD resets all options of the command line library, and with them
  /// the strings that belong to a tool's options.
  std::string outputPath;
  /// A policy is known by its file, wherever that lies. Reports refer to it.
  std::string precisionName;
  OutputFiles outputs;
  PipelineOptions pipeline;
  target::LinkerScriptOptions script;
  /// Of the network; empty: it keeps its own.
  std::string name;
  /// Set when the code turned out to need other room than it was given, which
  /// is known now: all is planned again.
  bool plansAgain = false;
  bool isPlanned = false;    ///< what was given says how parameters flow
  bool hasTightCode = false; ///< room for code that was made as small as it is
  unsigned numPlans = 0;     ///< so far
  std::optional<llvm::json::Object> report;
  /// That precision=auto tried.
  std::vector<quantization::Candidate> candidates;
  std::optional<int64_t> worstCase; ///< cycles, once they are measured
  /// What the page of a report runs, or why there is none.
  std::unique_ptr<llvm::MemoryBuffer> pageProgram;
  std::string noProgram;
};

} // namespace se

#endif // SE_LIB_DRIVER_COMPILATION_H
