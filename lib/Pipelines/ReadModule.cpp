// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ReadModule.cpp - Modules that nobody vouches for -------------------===//

#include "se/Pipelines/ReadModule.h"

#include "se/Support/ChildProcess.h"

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
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdio>

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
                                   MLIRContext &context) {
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(
      // The name becomes text in reports too.
      llvm::MemoryBuffer::getMemBuffer(
          content.getBuffer(),
          llvm::json::fixUTF8(content.getBufferIdentifier()),
          /*RequiresNullTerminator=*/false),
      llvm::SMLoc());
  return parseSourceFile<ModuleOp>(sources, &context);
}

/// In the reading process: writes the module, or the place and the text of the
/// first error, which says what is wrong; a parser's second one seldom does.
static Outcome readAndWrite(llvm::MemoryBufferRef content,
                            const DialectRegistry &registry,
                            llvm::raw_ostream &os) {
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  bool hasError = false;
  context.getDiagEngine().registerHandler([&](Diagnostic &diagnostic) {
    if (hasError || diagnostic.getSeverity() != DiagnosticSeverity::Error)
      return;
    hasError = true;
    std::string place;
    llvm::raw_string_ostream(place) << diagnostic.getLocation();
    // One that is read again is short.
    os << (place.size() < 4096 ? place : "") << '\0' << diagnostic.str();
  });
  OwningOpRef<ModuleOp> module = parse(content, context);
  if (!module || failed(DepthCheck().check(*module)) ||
      failed(checkText(*module)) || failed(checkResources(*module)))
    return HasError;
  return failed(writeBytecodeToFile(*module, os)) ? CannotWrite : IsRead;
}

/// Text that is read takes many times its size.
static ChildLimits getLimits(size_t bytes) {
  return {/*seconds=*/unsigned(3 + (bytes >> 21)),
          /*memoryBytes=*/(uint64_t(1) << 30) + 32 * uint64_t(bytes)};
}

static std::string describeCrash(llvm::Error error) {
  return "cannot be read: MLIR's reader was ended by " +
         llvm::toString(std::move(error)) +
         "; the file is damaged, or nested too deep";
}

OwningOpRef<ModuleOp> se::readModule(llvm::MemoryBufferRef content,
                                     MLIRContext &context) {
  Location unknown = UnknownLoc::get(&context);
  auto fail = [&](const llvm::Twine &text) {
    emitError(unknown) << content.getBufferIdentifier() << ": " << text;
    return nullptr;
  };
  FILE *exchange = std::tmpfile();
  if (!exchange)
    return fail("cannot make a temporary file");
  llvm::scope_exit close([&] { std::fclose(exchange); });
  auto outcome = runInChild(
      [&]() -> int {
        llvm::raw_fd_ostream os(::fileno(exchange), /*shouldClose=*/false);
        Outcome result =
            readAndWrite(content, context.getDialectRegistry(), os);
        os.flush();
        bool isWritten = !os.has_error();
        os.clear_error();
        return isWritten ? result : CannotWrite;
      },
      getLimits(content.getBufferSize()));
  if (!outcome)
    return fail(describeCrash(outcome.takeError()));
  auto buffer = llvm::MemoryBuffer::getOpenFile(
      llvm::sys::fs::convertFDToNativeFile(::fileno(exchange)),
      content.getBufferIdentifier(), /*FileSize=*/-1);
  if (!buffer || *outcome == CannotWrite)
    return fail("cannot write a temporary file");
  StringRef result = (*buffer)->getBuffer();
  if (*outcome == IsRead)
    return parse(**buffer, context);

  auto [place, text] = result.split('\0');
  LocationAttr location;
  {
    ScopedDiagnosticHandler silence(&context, [](Diagnostic &) {});
    location = dyn_cast_or_null<LocationAttr>(parseAttribute(place, &context));
  }
  if (!location)
    return fail(text);
  emitError(location) << text;
  return nullptr;
}

llvm::Error se::probeModule(llvm::MemoryBufferRef content,
                            const DialectRegistry &registry) {
  auto outcome = runInChild(
      [&]() -> int {
        MLIRContext context(registry, MLIRContext::Threading::DISABLED);
        context.getDiagEngine().registerHandler([](Diagnostic &) {});
        OwningOpRef<ModuleOp> module = parse(content, context);
        return module && failed(DepthCheck().check(*module)) ? HasError
                                                             : IsRead;
      },
      getLimits(content.getBufferSize()));
  if (!outcome)
    return llvm::createStringError(content.getBufferIdentifier() + ": " +
                                   describeCrash(outcome.takeError()));
  if (*outcome == HasError)
    return llvm::createStringError(
        content.getBufferIdentifier() + ": nested more than " +
        llvm::Twine(maxDepth) + " levels deep, the most that is read");
  return llvm::Error::success();
}
