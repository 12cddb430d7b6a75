// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- AddDebugInfo.cpp - Locations become line tables --------------------===//

#include "se/Conversion/Passes.h"
#include "se/Dialect/Cluster/StageLocation.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Support/Path.h"

namespace se::conversion {
#define GEN_PASS_DEF_ADDDEBUGINFO
#include "se/Conversion/Passes.h.inc"
} // namespace se::conversion

using namespace mlir;
using namespace se;

namespace {
class DebugInfo {
public:
  explicit DebugInfo(ModuleOp module)
      : context(module.getContext()), fileName(findFileName(module)) {
    // The file's folder is left out: the same network gives the same program.
    file = LLVM::DIFileAttr::get(context, llvm::sys::path::filename(fileName),
                                 ".");
    unit = LLVM::DICompileUnitAttr::get(makeId(), llvm::dwarf::DW_LANG_C, file,
                                        StringAttr::get(context, "se-compile"),
                                        /*isOptimized=*/true,
                                        LLVM::DIEmissionKind::LineTablesOnly);
    type = LLVM::DISubroutineTypeAttr::get(context, llvm::dwarf::DW_CC_normal,
                                           ArrayRef<LLVM::DITypeAttr>());
  }

  void add(LLVM::LLVMFuncOp function) {
    auto scope = makeScope(function.getSymName());
    Location place = getPlace(function.getLoc());
    function->setLoc(FusedLoc::get(context, {place}, scope));
    stages.clear();
    function->walk([&](Operation *op) {
      if (op != function)
        op->setLoc(translate(op->getLoc(), place));
    });
  }

private:
  DistinctAttr makeId() { return DistinctAttr::create(UnitAttr::get(context)); }

  static StringRef findFileName(ModuleOp module) {
    FileLineColLoc file;
    module->walk([&](Operation *op) {
      file = cluster::getFileLocation(op->getLoc());
      return file ? WalkResult::interrupt() : WalkResult::advance();
    });
    return file ? file.getFilename().getValue() : "network";
  }

  LLVM::DISubprogramAttr makeScope(const Twine &name) {
    auto attribute = StringAttr::get(context, name);
    return LLVM::DISubprogramAttr::get(
        context, makeId(), unit, file, attribute, /*linkageName=*/StringAttr(),
        file, /*line=*/0, /*scopeLine=*/0,
        LLVM::DISubprogramFlags::Definition |
            LLVM::DISubprogramFlags::Optimized,
        type, /*retainedNodes=*/{}, /*annotations=*/{});
  }

  /// The line in the unit's file; 0 means none.
  FileLineColLoc getPlace(Location location) {
    FileLineColLoc place = cluster::getFileLocation(location);
    if (!place || place.getFilename().getValue() != fileName)
      return FileLineColLoc::get(context, fileName, 0, 0);
    return place;
  }

  /// `caller`: where stages are inlined.
  Location translate(Location location, Location caller) {
    Location place = getPlace(location);
    StringAttr stage = cluster::getStage(location);
    if (!stage)
      return place;
    LLVM::DISubprogramAttr &scope = stages[stage];
    if (!scope)
      scope = makeScope("stage " + stage.getValue());
    return CallSiteLoc::get(FusedLoc::get(context, {place}, scope), caller);
  }

  MLIRContext *context;
  StringRef fileName;
  LLVM::DIFileAttr file;
  LLVM::DICompileUnitAttr unit;
  LLVM::DISubroutineTypeAttr type;
  /// Of the current function.
  llvm::DenseMap<StringAttr, LLVM::DISubprogramAttr> stages;
};

struct AddDebugInfoPass : conversion::impl::AddDebugInfoBase<AddDebugInfoPass> {
  void runOnOperation() override {
    DebugInfo info(getOperation());
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>())
      if (!function.isExternal())
        info.add(function);
  }
};
} // namespace
