// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- MakeEntryPoints.cpp - Functions that C code calls ------------------===//

#include "se/Conversion/Passes.h"
#include "se/Dialect/Cluster/Cluster.h"

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
    LLVM::LLVMFuncOp entry = makeKernelEntry();
    makeCaller("_init", program.getInit());
    makeCaller("_reset", program.getReset());
    makeStep(entry);
    for (auto global : module.getOps<LLVM::GlobalOp>())
      if (global.getConstant())
        global.setSection(".weights");
    program.erase();
  }

private:
  unsigned numInputs() { return program.getInputs().size(); }
  unsigned numOutputs() { return program.getOutputs().size(); }

  LLVM::LLVMFuncOp makeFunction(StringRef suffix, ArrayRef<Type> arguments,
                                LLVM::Linkage linkage) {
    b.setInsertionPointToEnd(module.getBody());
    auto function = LLVM::LLVMFuncOp::create(
        b, (program.getSymName() + suffix).str(),
        LLVM::LLVMFunctionType::get(nothing, arguments), linkage);
    b.setInsertionPointToStart(function.addEntryBlock(b));
    return function;
  }
  Value slot(Value array, unsigned i) {
    return LLVM::GEPOp::create(b, pointer, pointer, array,
                               ArrayRef<LLVM::GEPArg>{int32_t(i)});
  }

  /// What each core runs: takes the kernel's arguments from an array.
  LLVM::LLVMFuncOp makeKernelEntry() {
    auto entry = makeFunction("_entry", {pointer}, LLVM::Linkage::Internal);
    SmallVector<Value> arguments;
    for (unsigned i = 0, e = 1 + numInputs() + numOutputs(); i != e; ++i)
      arguments.push_back(
          LLVM::LoadOp::create(b, pointer, slot(entry.getArgument(0), i)));
    LLVM::CallOp::create(b, TypeRange(), program.getKernel(), arguments);
    LLVM::ReturnOp::create(b, ValueRange());
    return entry;
  }

  void makeCaller(StringRef suffix, StringRef callee) {
    auto function = makeFunction(suffix, {pointer}, LLVM::Linkage::External);
    LLVM::CallOp::create(b, TypeRange(), callee,
                         ValueRange(function.getArgument(0)));
    LLVM::ReturnOp::create(b, ValueRange());
  }

  void makeStep(LLVM::LLVMFuncOp entry) {
    Type i32 = b.getI32Type();
    auto run = module.lookupSymbol<LLVM::LLVMFuncOp>("se_cluster_run");
    if (!run) {
      b.setInsertionPointToStart(module.getBody());
      run = LLVM::LLVMFuncOp::create(
          b, "se_cluster_run",
          LLVM::LLVMFunctionType::get(nothing, {pointer, pointer, i32}));
    }
    auto step = makeFunction("_step_ports", {pointer, pointer, pointer},
                             LLVM::Linkage::External);
    unsigned count = 1 + numInputs() + numOutputs();
    Value size = LLVM::ConstantOp::create(b, i32, count);
    Value array = LLVM::AllocaOp::create(b, pointer, pointer, size);
    LLVM::StoreOp::create(b, step.getArgument(0), slot(array, 0));
    auto copy = [&](Value from, unsigned n, unsigned at) {
      for (unsigned i = 0; i != n; ++i) {
        Value port = LLVM::LoadOp::create(b, pointer, slot(from, i));
        LLVM::StoreOp::create(b, port, slot(array, at + i));
      }
    };
    copy(step.getArgument(1), numInputs(), 1);
    copy(step.getArgument(2), numOutputs(), 1 + numInputs());
    Value kernel = LLVM::AddressOfOp::create(b, entry);
    Value cores = LLVM::ConstantOp::create(b, i32, program.getCores());
    LLVM::CallOp::create(b, run, ValueRange{kernel, array, cores});
    LLVM::ReturnOp::create(b, ValueRange());
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
