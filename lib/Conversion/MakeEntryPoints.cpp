// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- MakeEntryPoints.cpp - Functions that C code calls ------------------===//

#include "se/Conversion/Passes.h"
#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/Cluster/FiniteMask.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace se::conversion {
#define GEN_PASS_DEF_MAKEENTRYPOINTS
#include "se/Conversion/Passes.h.inc"
} // namespace se::conversion

using namespace mlir;
using namespace se;

namespace {
class EntryPoints {
public:
  EntryPoints(cluster::ProgramOp program, ModuleOp module)
      : program(program), module(module), b(program.getLoc(), program),
        pointer(LLVM::LLVMPointerType::get(b.getContext())),
        nothing(LLVM::LLVMVoidType::get(b.getContext())) {}

  void make() {
    auto sections =
        program->getAttrOfType<DictionaryAttr>(conversion::sectionsAttrName);
    for (auto global : module.getOps<LLVM::GlobalOp>()) {
      if (!global.getConstant())
        continue;
      auto section =
          sections ? sections.getAs<StringAttr>(global.getSymName()) : nullptr;
      global.setSection(section ? section.getValue() : ".weights");
    }
    if (program.getCodeBytes())
      module.lookupSymbol<LLVM::LLVMFuncOp>(program.getKernel())
          .setSection(".l1.text");
    LLVM::LLVMFuncOp entry = makeEntry("_entry", program.getKernel(),
                                       1 + numInputs() + numOutputs());
    LLVM::LLVMFuncOp initEntry = makeEntry("_init_entry", program.getInit(), 1);
    makeReset();
    makeInit(initEntry);
    makeStep(entry);
    program.erase();
  }

private:
  unsigned numInputs() { return program.getInputs().size(); }
  unsigned numOutputs() { return program.getOutputs().size(); }

  /// The program's name with a suffix. A constant of that name gets another.
  std::string takeName(StringRef suffix) {
    std::string name = (program.getSymName() + suffix).str();
    if (Operation *other = module.lookupSymbol(name))
      (void)SymbolTable(module).renameToUnique(other, {});
    return name;
  }

  LLVM::LLVMFuncOp makeFunction(StringRef suffix, ArrayRef<Type> arguments,
                                LLVM::Linkage linkage) {
    b.setInsertionPointToEnd(module.getBody());
    std::string name = takeName(suffix);
    auto function = LLVM::LLVMFuncOp::create(
        b, name, LLVM::LLVMFunctionType::get(nothing, arguments), linkage);
    b.setInsertionPointToStart(function.addEntryBlock(b));
    return function;
  }
  Value slot(Value array, unsigned i) {
    return LLVM::GEPOp::create(b, pointer, pointer, array,
                               ArrayRef<LLVM::GEPArg>{int32_t(i)});
  }

  /// What each core runs: takes the arguments of `callee` from an array.
  LLVM::LLVMFuncOp makeEntry(StringRef suffix, StringRef callee,
                             unsigned count) {
    auto entry = makeFunction(suffix, {pointer}, LLVM::Linkage::Internal);
    SmallVector<Value> arguments;
    for (unsigned i = 0; i != count; ++i)
      arguments.push_back(
          LLVM::LoadOp::create(b, pointer, slot(entry.getArgument(0), i)));
    LLVM::CallOp::create(b, TypeRange(), callee, arguments);
    LLVM::ReturnOp::create(b, ValueRange());
    return entry;
  }

  /// An array of `count` pointers on the stack.
  Value makeArray(unsigned count) {
    Value size = LLVM::ConstantOp::create(b, b.getI32Type(), count);
    return LLVM::AllocaOp::create(b, pointer, pointer, size);
  }

  /// Calls a function of the runtime.
  void callRuntime(StringRef name, ValueRange arguments) {
    auto callee = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
    if (!callee) {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(module.getBody());
      callee = LLVM::LLVMFuncOp::create(
          b, name,
          LLVM::LLVMFunctionType::get(nothing,
                                      llvm::to_vector(arguments.getTypes())));
    }
    LLVM::CallOp::create(b, callee, arguments);
  }

  /// Ends the program, with the network's name, if the caller's state buffer
  /// does not lie in L1.
  void checkState(Value state) {
    SmallString<64> text(program.getSymName());
    text.push_back('\0');
    Value name = LLVM::createGlobalString(b.getLoc(), b, takeName("_name"),
                                          text, LLVM::Linkage::Private);
    Value bytes = LLVM::ConstantOp::create(b, b.getI32Type(),
                                           uint32_t(program.getStateBytes()));
    callRuntime("se_kernel_check_state", {state, bytes, name});
  }

  /// Has all cores run an entry.
  void callCluster(LLVM::LLVMFuncOp entry, Value array) {
    Type i32 = b.getI32Type();
    Value function = LLVM::AddressOfOp::create(b, entry);
    Value cores = LLVM::ConstantOp::create(b, i32, program.getCores());
    Value dmaCore = LLVM::ConstantOp::create(b, i32, program.getDmaCore());
    callRuntime("se_kernel_run", {function, array, cores, dmaCore});
  }

  void makeReset() {
    auto function = makeFunction("_reset", {pointer}, LLVM::Linkage::External);
    LLVM::CallOp::create(b, TypeRange(), program.getReset(),
                         ValueRange(function.getArgument(0)));
    LLVM::ReturnOp::create(b, ValueRange());
  }

  void makeInit(LLVM::LLVMFuncOp entry) {
    auto function = makeFunction("_init", {pointer}, LLVM::Linkage::External);
    Value state = function.getArgument(0);
    checkState(state);
    LLVM::CallOp::create(b, TypeRange(), program.getReset(), state);
    Value array = makeArray(1);
    LLVM::StoreOp::create(b, state, array);
    callCluster(entry, array);
    LLVM::ReturnOp::create(b, ValueRange());
  }

  void makeStep(LLVM::LLVMFuncOp entry) {
    auto step = makeFunction("_step_ports", {pointer, pointer, pointer},
                             LLVM::Linkage::External);
    Value array = makeArray(1 + numInputs() + numOutputs());
    LLVM::StoreOp::create(b, step.getArgument(0), slot(array, 0));
    auto copy = [&](Value from, unsigned n, unsigned at) {
      for (unsigned i = 0; i != n; ++i) {
        Value port = LLVM::LoadOp::create(b, pointer, slot(from, i));
        LLVM::StoreOp::create(b, port, slot(array, at + i));
      }
    };
    copy(step.getArgument(1), numInputs(), 1);
    copy(step.getArgument(2), numOutputs(), 1 + numInputs());
    callCluster(entry, array);
    if (auto at = program->getAttrOfType<IntegerAttr>(cluster::finiteMaskName))
      resetIfZero(step, at.getInt());
    LLVM::ReturnOp::create(b, ValueRange());
  }

  /// Resets the states if the state buffer's word at byte `at` is 0; leaves the
  /// builder behind that.
  void resetIfZero(LLVM::LLVMFuncOp step, int64_t at) {
    Value state = step.getArgument(0);
    Value place = LLVM::GEPOp::create(b, pointer, b.getI8Type(), state,
                                      ArrayRef<LLVM::GEPArg>{int32_t(at)});
    Value word = LLVM::LoadOp::create(b, b.getI32Type(), place);
    Value zero = LLVM::ConstantOp::create(b, b.getI32Type(), 0);
    Value isZero = LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::eq, word, zero);
    mlir::Block *doIt = &step.getBody().emplaceBlock();
    mlir::Block *rest = &step.getBody().emplaceBlock();
    LLVM::CondBrOp::create(b, isZero, doIt, rest);
    b.setInsertionPointToStart(doIt);
    LLVM::CallOp::create(b, TypeRange(), program.getReset(), state);
    LLVM::BrOp::create(b, ValueRange(), rest);
    b.setInsertionPointToStart(rest);
  }

  cluster::ProgramOp program;
  ModuleOp module;
  ImplicitLocOpBuilder b;
  Type pointer, nothing;
};

struct MakeEntryPointsPass
    : conversion::impl::MakeEntryPointsBase<MakeEntryPointsPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (auto program :
         llvm::make_early_inc_range(module.getOps<cluster::ProgramOp>()))
      EntryPoints(program, module).make();
  }
};
} // namespace
