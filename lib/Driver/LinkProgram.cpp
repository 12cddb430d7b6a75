// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LinkProgram.cpp - From a network to a complete program -------------===//

#include "se/Driver/LinkProgram.h"

#include "se/CodeGen/DeviceCode.h"
#include "se/Target/Linker.h"

#include "mlir/IR/OwningOpRef.h"

using namespace mlir;
using namespace se;

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
se::linkApplication(StringRef object, const LinkOptions &options) {
  auto text = target::makeLinkerScript(options.target, options.script);
  if (!text)
    return text.takeError();
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> files;
  std::vector<llvm::MemoryBufferRef> inputs{{object, "network.o"}};
  for (StringRef name : {"app_frames.o", "libse_runtime.a"}) {
    std::string path = (options.resourceDir + "/runtime/" + name).str();
    auto file = llvm::MemoryBuffer::getFile(path);
    if (!file)
      return llvm::createStringError("cannot read '" + path +
                                     "': " + file.getError().message() +
                                     " (is the installation complete?)");
    files.push_back(std::move(*file));
    inputs.push_back(files.back()->getMemBufferRef());
  }
  return target::linkProgram(inputs, *text);
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
se::makeApplication(ModuleOp module, const ProgramInfo &program,
                    StringRef precision, const PipelineOptions &pipeline,
                    const LinkOptions &options) {
  OwningOpRef<ModuleOp> copy(module.clone());
  std::string message;
  ScopedDiagnosticHandler keep(copy->getContext(), [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      message = diagnostic.str();
    return success();
  });
  if (failed(lowerTo(*copy, Phase::LLVM, pipeline)))
    return llvm::createStringError(message);
  auto code = DeviceCode::create(*copy, options.target);
  if (!code)
    return code.takeError();
  (*code)->addApplication(
      program, makeMetadata(program, options.target.name, precision));
  auto object = (*code)->emit(llvm::CodeGenFileType::ObjectFile);
  if (!object)
    return object.takeError();
  return linkApplication({object->data(), object->size()}, options);
}
