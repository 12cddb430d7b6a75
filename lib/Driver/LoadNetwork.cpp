// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LoadNetwork.cpp - What a command works on --------------------------===//

#include "se/Driver/LoadNetwork.h"

#include "se/Dialect/DSP/DSP.h"
#include "se/Dialect/DSP/Transforms/Passes.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"
#include "se/Driver/Diagnostics.h"
#include "se/Import/ONNX/ImportONNX.h"
#include "se/Pipelines/Phases.h"
#include "se/Pipelines/ReadModule.h"
#include "se/Support/InputFile.h"
#include "se/Support/MessageLine.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace se;

bool se::isOnnxFile(StringRef path) {
  return path.ends_with_insensitive(".onnx");
}

/// By the name, or on standard input by the first byte, the key of a model's
/// first field, which no module begins with.
static bool isOnnx(StringRef path, StringRef content) {
  return path == "-" ? content.starts_with("\x08") : isOnnxFile(path);
}

OwningOpRef<ModuleOp>
se::loadModule(StringRef path, const std::vector<std::string> &states,
               MLIRContext &context,
               const std::vector<std::string> &constants) {
  auto buffer = readInput(path, maxModelBytes);
  if (!buffer) {
    (void)emitFailure(context, "cannot read '" + path +
                                   "': " + llvm::toString(buffer.takeError()));
    return nullptr;
  }
  if (isOnnx(path, (*buffer)->getBuffer())) {
    OnnxImportOptions options;
    for (const std::string &text : states) {
      std::pair<std::string, std::string> pair;
      if (!parseStatePair(text, pair)) {
        (void)emitFailure(context, "--state expects IN=OUT, found '" +
                                       llvm::Twine(text) + "'");
        return nullptr;
      }
      options.states.push_back(pair);
    }
    for (const std::string &text : constants)
      if (!parseConstantInput(text, options.constants.emplace_back())) {
        (void)emitFailure(context, "--constant expects NAME=VALUE, found '" +
                                       llvm::Twine(text) + "'");
        return nullptr;
      }
    return importOnnx((*buffer)->getBuffer(), path, &context, options);
  }
  if (!states.empty()) {
    (void)emitFailure(context, "--state goes with an ONNX file");
    return nullptr;
  }
  if (!constants.empty()) {
    (void)emitFailure(context, "--constant goes with an ONNX file");
    return nullptr;
  }
  OwningOpRef<ModuleOp> module = readModule(**buffer, context);
  if (module)
    rnn::readLayers(*module);
  return module;
}

/// Moves what is in `from` behind what is in `to`. Symbols that both have get
/// other names.
static LogicalResult merge(ModuleOp to, ModuleOp from) {
  SymbolTable symbols(to), others(from);
  auto all = llvm::to_vector(from.getOps<SymbolOpInterface>());
  for (SymbolOpInterface op : all) {
    StringRef name = op.getName();
    if (!symbols.lookup(name))
      continue;
    unsigned number = 2;
    std::string unique;
    do
      unique = (name + "_" + Twine(number++)).str();
    while (symbols.lookup(unique) || others.lookup(unique));
    if (failed(others.rename(op, unique)))
      return failure();
  }
  to.getBody()->getOperations().splice(to.getBody()->end(),
                                       from.getBody()->getOperations());
  return success();
}

/// The front end that is asked for, or else the one that fits the networks.
static llvm::Expected<frontend::FrontEnd>
chooseFrontEnd(ModuleOp module, const NetworkSource &source) {
  if (!source.frontEnd.empty())
    return frontend::load(source.frontEnd, source.resourceDir);
  std::vector<std::string> names = frontend::list(source.resourceDir), fitting;
  for (const std::string &name : names) {
    auto known = frontend::load(name, source.resourceDir);
    if (!known)
      return known.takeError();
    if (dsp::fits(module, *known))
      fitting.push_back(name);
  }
  if (fitting.size() == 1)
    return frontend::load(fitting.front(), source.resourceDir);
  if (fitting.empty())
    return llvm::createStringError(
        "--app=denoise: no front end fits the networks' inputs and outputs; "
        "give --frontend=FILE.json (known: " +
        listNames(names) + ")");
  return llvm::createStringError("--app=denoise: several front ends fit (" +
                                 listNames(fitting) + "), give --frontend");
}

/// Adds what stands around networks of sound.
static LogicalResult addApplication(ModuleOp module,
                                    const NetworkSource &source) {
  MLIRContext &context = *module.getContext();
  std::optional<Phase> phase = getPhase(module);
  if (!phase)
    return failure();
  if (*phase != Phase::Imported)
    return emitFailure(context, "--app=denoise: the module is of phase '" +
                                    stringifyPhase(*phase) +
                                    "', a front end is added in 'imported'");
  if (failed(checkNotOnlyCells(module)))
    return failure();
  context.loadDialect<dsp::DSPDialect, arith::ArithDialect, math::MathDialect,
                      tensor::TensorDialect>();
  auto frontEnd = chooseFrontEnd(module, source);
  if (!frontEnd)
    return emitFailure(context, frontEnd.takeError());
  return success(succeeded(dsp::addFrontEnd(module, *frontEnd)) &&
                 succeeded(verify(module)));
}

OwningOpRef<ModuleOp> se::loadNetwork(const NetworkSource &source,
                                      MLIRContext &context) {
  auto fail = [&](const llvm::Twine &message) {
    (void)emitFailure(context, message);
    return nullptr;
  };
  bool isApplication = source.app == "denoise";
  if (!isApplication && source.app != "frames")
    return fail("unknown --app '" + source.app +
                "', expected frames or denoise");
  if (!isApplication && source.paths.size() > 1)
    return fail("several networks go with --app=denoise");
  OwningOpRef<ModuleOp> module;
  if (source.cell)
    module = makeCellNetwork(*source.cell, context);
  for (const std::string &path : source.paths) {
    OwningOpRef<ModuleOp> next =
        loadModule(path, source.states, context, source.constants);
    if (!next)
      return nullptr;
    if (!module)
      module = std::move(next);
    else if (failed(merge(*module, *next)))
      return nullptr;
  }
  if (!module || (isApplication && failed(addApplication(*module, source))))
    return nullptr;
  return module;
}
