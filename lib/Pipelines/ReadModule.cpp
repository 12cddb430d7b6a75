// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ReadModule.cpp - Modules that nobody vouches for -------------------===//

#include "se/Pipelines/ReadModule.h"

#include "se/Pipelines/Messages.h"
#include "se/Support/ChildProcess.h"
#include "se/Support/MessageLine.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/IntegerSet.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdio>
#include <functional>
#include <memory>

using namespace mlir;
using namespace se;

/// Regions in regions, attributes in attributes, operands of expressions. What
/// passes call themselves for.
static constexpr unsigned maxDepth = 100;

namespace {
/// What the reading process ends with.
enum Outcome { IsRead = 0, HasError = 1, CannotWrite = 2 };

/// Finds what is nested too deep, without descending into all of it.
class DepthCheck {
public:
  LogicalResult check(ModuleOp module);

private:
  bool isDeep(Operation *op);
  bool isDeep(const void *key, llvm::function_ref<bool()> walkParts);
  bool isDeep(AffineExpr expression);
  bool isDeep(Attribute attribute);
  bool isDeep(Type type);
  template <typename T> bool hasDeepPart(T value) {
    bool found = false;
    value.walkImmediateSubElements(
        [&](Attribute part) { found = found || (part && isDeep(part)); },
        [&](Type part) { found = found || (part && isDeep(part)); });
    return found;
  }

  unsigned depth = 0;
  /// The depth at which an attribute or a type was found to be harmless.
  llvm::DenseMap<const void *, unsigned> known;
};
} // namespace

bool DepthCheck::isDeep(const void *key, llvm::function_ref<bool()> walkParts) {
  if (auto it = known.find(key); it != known.end() && depth <= it->second)
    return false;
  if (depth == maxDepth)
    return true;
  ++depth;
  bool found = walkParts();
  --depth;
  if (!found)
    known[key] = depth;
  return found;
}

bool DepthCheck::isDeep(AffineExpr expression) {
  auto binary = dyn_cast<AffineBinaryOpExpr>(expression);
  if (!binary)
    return false;
  return isDeep(expression.getAsOpaquePointer(), [&] {
    return isDeep(binary.getLHS()) || isDeep(binary.getRHS());
  });
}

bool DepthCheck::isDeep(Attribute attribute) {
  return isDeep(attribute.getAsOpaquePointer(), [&] {
    auto isDeepExpression = [&](AffineExpr e) { return isDeep(e); };
    if (auto map = dyn_cast<AffineMapAttr>(attribute))
      return llvm::any_of(map.getValue().getResults(), isDeepExpression);
    if (auto set = dyn_cast<IntegerSetAttr>(attribute))
      return llvm::any_of(set.getValue().getConstraints(), isDeepExpression);
    return hasDeepPart(attribute);
  });
}

bool DepthCheck::isDeep(Type type) {
  return isDeep(type.getAsOpaquePointer(), [&] { return hasDeepPart(type); });
}

bool DepthCheck::isDeep(Operation *op) {
  if (isDeep(op->getLoc()) || isDeep(op->getAttrDictionary()) ||
      llvm::any_of(op->getResultTypes(),
                   [&](Type type) { return isDeep(type); }))
    return true;
  for (Region &region : op->getRegions())
    for (Block &block : region)
      for (BlockArgument argument : block.getArguments())
        if (isDeep(argument.getType()) || isDeep(argument.getLoc()))
          return true;
  return false;
}

LogicalResult DepthCheck::check(ModuleOp module) {
  // Operations and how many are around them.
  std::vector<std::pair<Operation *, unsigned>> left = {{module, 0}};
  while (!left.empty()) {
    auto [op, around] = left.back();
    left.pop_back();
    if (around > maxDepth || isDeep(op))
      return op->emitError("nested more than ")
             << maxDepth << " levels deep, the most that is read";
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Operation &inner : block)
          left.push_back({&inner, around + 1});
  }
  return success();
}

/// Names come to stand in reports and metadata, which are text. What constants
/// of LLVM hold is not.
static LogicalResult checkText(ModuleOp module) {
  WalkResult result = module.walk([](Operation *op) {
    StringRef bad;
    AttrTypeWalker walker;
    walker.addWalk([&](StringAttr string) {
      if (bad.empty() && !llvm::json::isUTF8(string.getValue()))
        bad = string.getValue();
    });
    walker.addWalk([&](FileLineColRange place) {
      if (bad.empty() && !llvm::json::isUTF8(place.getFilename().getValue()))
        bad = place.getFilename().getValue();
    });
    walker.walk(LocationAttr(op->getLoc()));
    if (op->getName().getDialectNamespace() != "llvm")
      walker.walk(op->getAttrDictionary());
    if (bad.empty())
      return WalkResult::advance();
    op->emitError("the text '") << bad << "' is not UTF-8";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

/// Weights that were left out when the module was printed.
static LogicalResult checkResources(ModuleOp module) {
  WalkResult result = module.walk([](Operation *op) {
    for (NamedAttribute attribute : op->getAttrs()) {
      auto resource = dyn_cast<DenseResourceElementsAttr>(attribute.getValue());
      if (!resource || resource.getRawHandle().getBlob())
        continue;
      op->emitError("the values of dense_resource<")
          << resource.getRawHandle().getKey()
          << "> are not in the file; was it printed with "
             "--mlir-elide-resource-strings-if-larger?";
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

static OwningOpRef<ModuleOp> parse(llvm::MemoryBufferRef content,
                                   MLIRContext &context, bool verifies = true) {
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(
      // The name becomes text in reports too.
      llvm::MemoryBuffer::getMemBuffer(
          content.getBuffer(),
          llvm::json::fixUTF8(content.getBufferIdentifier()),
          /*RequiresNullTerminator=*/false),
      llvm::SMLoc());
  return parseSourceFile<ModuleOp>(sources, ParserConfig(&context, verifies));
}

OwningOpRef<ModuleOp> se::readModuleHere(llvm::MemoryBufferRef content,
                                         MLIRContext &context) {
  OwningOpRef<ModuleOp> module = parse(content, context);
  if (!module || failed(DepthCheck().check(*module)) ||
      failed(checkText(*module)) || failed(checkResources(*module)))
    return nullptr;
  return module;
}

/// Hands on the first error, which says what is wrong; a parser's second one
/// seldom does.
static void handleFirstError(MLIRContext &context,
                             std::function<void(Diagnostic &)> handle) {
  auto hasError = std::make_shared<bool>(false);
  context.getDiagEngine().registerHandler(
      [hasError, handle = std::move(handle)](Diagnostic &diagnostic) {
        if (*hasError || diagnostic.getSeverity() != DiagnosticSeverity::Error)
          return;
        *hasError = true;
        handle(diagnostic);
      });
}

/// In the reading process: writes the module, or the place and the text of the
/// first error.
static Outcome readAndWrite(llvm::MemoryBufferRef content,
                            const DialectRegistry &registry,
                            llvm::raw_ostream &os) {
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  handleFirstError(context, [&](Diagnostic &diagnostic) {
    std::string place;
    llvm::raw_string_ostream(place) << diagnostic.getLocation();
    // One that is read again is short.
    os << (place.size() < 4096 ? place : "") << '\0' << diagnostic.str();
  });
  OwningOpRef<ModuleOp> module = readModuleHere(content, context);
  if (!module)
    return HasError;
  return failed(writeBytecodeToFile(*module, os)) ? CannotWrite : IsRead;
}

/// Text that is read takes many times its size.
static ChildLimits getLimits(size_t bytes) {
  return {/*seconds=*/unsigned(3 + (bytes >> 21)),
          /*memoryBytes=*/(uint64_t(1) << 30) + 32 * uint64_t(bytes)};
}

namespace {
/// How a reading process ended, and what it wrote.
struct Reading {
  Outcome outcome;
  std::unique_ptr<llvm::MemoryBuffer> written;
};
} // namespace

/// Runs `read` in a process of its own. The error is what is wrong with the
/// file.
static llvm::Expected<Reading>
readInChild(llvm::MemoryBufferRef content,
            llvm::function_ref<Outcome(llvm::raw_ostream &)> read) {
  FILE *exchange = std::tmpfile();
  if (!exchange)
    return llvm::createStringError("cannot make a temporary file");
  llvm::scope_exit close([&] { std::fclose(exchange); });
  auto outcome = runInChild(
      [&]() -> int {
        llvm::raw_fd_ostream os(::fileno(exchange), /*shouldClose=*/false);
        Outcome result = read(os);
        os.flush();
        bool isWritten = !os.has_error();
        os.clear_error();
        return isWritten ? result : CannotWrite;
      },
      getLimits(content.getBufferSize()));
  if (!outcome)
    return llvm::createStringError(
        "cannot be read: MLIR's reader was ended by " +
        llvm::toString(outcome.takeError()) +
        "; the file is damaged, or nested too deep");
  auto buffer = llvm::MemoryBuffer::getOpenFile(
      llvm::sys::fs::convertFDToNativeFile(::fileno(exchange)),
      content.getBufferIdentifier(), /*FileSize=*/-1);
  if (!buffer || *outcome == CannotWrite)
    return llvm::createStringError("cannot write a temporary file");
  return Reading{Outcome(*outcome), std::move(*buffer)};
}

OwningOpRef<ModuleOp> se::readModule(llvm::MemoryBufferRef content,
                                     MLIRContext &context) {
  Location unknown = UnknownLoc::get(&context);
  auto fail = [&](const llvm::Twine &text) {
    emitError(unknown) << content.getBufferIdentifier() << ": " << text;
    return nullptr;
  };
  auto reading = readInChild(content, [&](llvm::raw_ostream &os) {
    return readAndWrite(content, context.getDialectRegistry(), os);
  });
  if (!reading)
    return fail(llvm::toString(reading.takeError()));
  if (reading->outcome == IsRead)
    return parse(*reading->written, context);

  auto [place, text] = reading->written->getBuffer().split('\0');
  LocationAttr location;
  {
    ScopedDiagnosticHandler silence(&context, [](Diagnostic &) {});
    location = dyn_cast_or_null<LocationAttr>(parseAttribute(place, &context));
  }
  if (!location)
    return fail(text);
  // Such as a page, or a network without its ending.
  StringRef ending = llvm::sys::path::extension(content.getBufferIdentifier());
  bool isExpected = ending.empty() || ending.starts_with(".mlir");
  emitError(location) << text
                      << (isExpected ? ""
                                     : " (read as MLIR: the name ends neither "
                                       "in .onnx nor in .mlir)");
  return nullptr;
}

/// In the reading process: writes the line of the first error.
static Outcome probe(llvm::MemoryBufferRef content,
                     const DialectRegistry &registry,
                     const ProbeOptions &options, llvm::raw_ostream &os) {
  SmallVector<StringRef> parts = {content.getBuffer()};
  if (!options.splitMarker.empty()) {
    parts.clear();
    content.getBuffer().split(parts, options.splitMarker);
  }
  for (StringRef part : parts) {
    // The lexer wants a zero behind the text.
    std::string text = part.str();
    MLIRContext context(registry, MLIRContext::Threading::DISABLED);
    context.allowUnregisteredDialects(options.allowsUnregisteredDialects);
    std::string error;
    handleFirstError(context, [&](Diagnostic &diagnostic) {
      error = formatAsMlir(diagnostic);
    });
    OwningOpRef<ModuleOp> module =
        parse({text, content.getBufferIdentifier()}, context, options.verifies);
    if (module ? succeeded(DepthCheck().check(*module)) : !options.findsErrors)
      continue;
    os << error;
    return HasError;
  }
  return IsRead;
}

std::optional<std::string> se::probeModule(llvm::MemoryBufferRef content,
                                           const DialectRegistry &registry,
                                           const ProbeOptions &options) {
  auto fail = [&](const std::string &text) {
    return formatMessage("error",
                         (content.getBufferIdentifier() + ": " + text).str());
  };
  if (content.getBufferIdentifier().ends_with_insensitive(".onnx"))
    return fail(
        "is an ONNX model; se-translate --import-onnx makes MLIR of it");
  auto reading = readInChild(content, [&](llvm::raw_ostream &os) {
    return probe(content, registry, options, os);
  });
  if (!reading)
    return fail(llvm::toString(reading.takeError()));
  if (reading->outcome == IsRead)
    return std::nullopt;
  std::string line = reading->written->getBuffer().str();
  return line.empty() ? fail("cannot be read") : line;
}
