// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- DeviceCode.cpp - From the LLVM dialect to device code --------------===//

#include "se/CodeGen/DeviceCode.h"

#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/DataExtractor.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace mlir;
using namespace se;

static llvm::Error error(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

/// LLVM's names of those features of the target that LLVM knows.
static std::string getFeatures(const target::TargetDescription &target) {
  // Without the backend's taste for unrolling short loops, which the pipeline's
  // model below would bring: caches of instructions are small.
  std::string features = "-relax,-no-default-unroll";
  for (StringRef feature : {"m", "c", "zicsr", "zfinx", "zhinx"})
    if (target.hasFeature(feature))
      features += ",+" + feature.str();
  return features;
}

/// Inline assembly without side effects is an instruction like others: it may
/// be moved and left out.
static void markPureAssembly(llvm::Module &module) {
  for (llvm::Function &function : module)
    for (llvm::Instruction &instruction : llvm::instructions(function)) {
      auto *call = llvm::dyn_cast<llvm::CallInst>(&instruction);
      auto *assembly =
          call ? llvm::dyn_cast<llvm::InlineAsm>(call->getCalledOperand())
               : nullptr;
      if (!assembly || assembly->hasSideEffects())
        continue;
      call->setDoesNotAccessMemory();
      call->setDoesNotThrow();
      call->addFnAttr(llvm::Attribute::WillReturn);
    }
}

llvm::Expected<std::unique_ptr<DeviceCode>>
DeviceCode::create(ModuleOp source, const target::TargetDescription &target) {
  LLVMInitializeRISCVTargetInfo();
  LLVMInitializeRISCVTarget();
  LLVMInitializeRISCVTargetMC();
  LLVMInitializeRISCVAsmPrinter();
  LLVMInitializeRISCVAsmParser();

  std::unique_ptr<DeviceCode> code(new DeviceCode);
  llvm::Triple triple("riscv32-unknown-elf");
  std::string message;
  const llvm::Target *backend =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (!backend)
    return error(message);
  llvm::TargetOptions options;
  options.MCOptions.ABIName = "ilp32";
  options.FunctionSections = true;
  options.DataSections = true;
  options.EmitStackSizeSection = true;
  code->machine.reset(backend->createTargetMachine(
      triple, "generic-rv32", getFeatures(target), options, llvm::Reloc::Static,
      llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));

  code->module = translateModuleToLLVMIR(source, code->context);
  if (!code->module)
    return error("translation to LLVM IR failed");
  code->module->setTargetTriple(triple);
  code->module->setDataLayout(code->machine->createDataLayout());
  // Of LLVM's models of pipelines, that of a core like ours: one instruction a
  // cycle in order, whose loads and floats are used one or two cycles later.
  for (llvm::Function &function : *code->module)
    function.addFnAttr("tune-cpu", "syntacore-scr3-rv32");
  markPureAssembly(*code->module);
  if (auto failure = makeOptimizingTransformer(2, 0, code->machine.get())(
          code->module.get()))
    return failure;
  return code;
}

void DeviceCode::addApplication(const ProgramInfo &program,
                                StringRef metadata) {
  llvm::Type *i8 = llvm::Type::getInt8Ty(context);
  llvm::Type *i32 = llvm::Type::getInt32Ty(context);
  llvm::Type *pointer = llvm::PointerType::get(context, 0);
  auto number = [&](uint64_t value) {
    return llvm::ConstantInt::get(i32, value);
  };
  auto global = [&](llvm::Constant *value, StringRef name, bool isConstant,
                    bool isExternal = false) {
    return new llvm::GlobalVariable(*module, value->getType(), isConstant,
                                    isExternal
                                        ? llvm::GlobalValue::ExternalLinkage
                                        : llvm::GlobalValue::InternalLinkage,
                                    value, name);
  };
  auto zeros = [&](llvm::Type *element, uint64_t count, StringRef name) {
    auto *buffer = global(
        llvm::ConstantAggregateZero::get(llvm::ArrayType::get(element, count)),
        name, /*isConstant=*/false);
    buffer->setAlignment(llvm::Align(16));
    return buffer;
  };
  auto string = [&](StringRef text) {
    return global(llvm::ConstantDataArray::getString(context, text), "name",
                  true);
  };
  auto array = [&](ArrayRef<llvm::Constant *> values, llvm::Type *element) {
    return llvm::ConstantArray::get(
        llvm::ArrayType::get(element, values.size()), values);
  };

  // se_port[] and the frame buffers.
  auto *portType = llvm::StructType::get(context, {pointer, i32});
  auto ports = [&](const std::vector<PortInfo> &list, StringRef buffersName) {
    SmallVector<llvm::Constant *> descriptions, buffers;
    for (const PortInfo &port : list) {
      descriptions.push_back(llvm::ConstantStruct::get(
          portType, {string(port.name), number(port.elements)}));
      buffers.push_back(zeros(i32, port.elements, "frame"));
    }
    global(array(buffers, pointer), buffersName, true, /*isExternal=*/true);
    return global(array(descriptions, portType), "ports", true);
  };
  auto *inputs = ports(program.inputs, "se_app_input_buffers");
  auto *outputs = ports(program.outputs, "se_app_output_buffers");
  auto *state = zeros(i8, program.stateBytes, "state");
  // Not cleared at start: init and reset write what is read.
  state->setSection(".l1.noinit");

  // se_network.
  auto function = [&](StringRef suffix) -> llvm::Constant * {
    return module->getFunction((program.name + suffix).str());
  };
  llvm::Constant *fields[] = {string(program.name),
                              number(program.cores),
                              number(program.inputs.size()),
                              number(program.outputs.size()),
                              inputs,
                              outputs,
                              state,
                              function("_init"),
                              function("_reset"),
                              function("_step_ports")};
  global(llvm::ConstantStruct::getAnon(fields), "se_app_network", true,
         /*isExternal=*/true);

  // Not allocated: it costs the device nothing.
  std::string assembly = ".section .se.meta,\"\",@progbits\n.ascii \"";
  llvm::raw_string_ostream os(assembly);
  os.write_escaped(metadata);
  os << "\"\n.text\n";
  module->appendModuleInlineAsm(assembly);
}

void DeviceCode::refer(llvm::ArrayRef<std::string> symbols) {
  llvm::Type *pointer = llvm::PointerType::get(context, 0);
  SmallVector<llvm::Constant *> addresses;
  for (const std::string &symbol : symbols)
    addresses.push_back(
        module->getOrInsertGlobal(symbol, llvm::Type::getInt8Ty(context)));
  auto *type = llvm::ArrayType::get(pointer, addresses.size());
  auto *references = new llvm::GlobalVariable(
      *module, type, /*isConstant=*/true, llvm::GlobalValue::PrivateLinkage,
      llvm::ConstantArray::get(type, addresses), "se_script");
  references->setSection(".rodata.se_script");
  // The linker keeps it, though no code does.
  llvm::appendToUsed(*module, {references});
}

std::string DeviceCode::getIR() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  module->print(os, nullptr);
  return text;
}

/// The section has an address and a LEB128 number for each function.
llvm::Expected<uint64_t> se::getLargestFrame(StringRef object) {
  auto file =
      llvm::object::ObjectFile::createELFObjectFile({object, "network.o"});
  if (!file)
    return file.takeError();
  uint64_t most = 0;
  for (const llvm::object::SectionRef &section : (*file)->sections()) {
    auto name = section.getName();
    if (!name)
      return name.takeError();
    if (*name != ".stack_sizes")
      continue;
    auto contents = section.getContents();
    if (!contents)
      return contents.takeError();
    llvm::DataExtractor data(*contents, /*IsLittleEndian=*/true,
                             /*AddressSize=*/4);
    llvm::DataExtractor::Cursor cursor(0);
    while (cursor && !data.eof(cursor)) {
      data.getAddress(cursor);
      most = std::max(most, data.getULEB128(cursor));
    }
    if (!cursor)
      return cursor.takeError();
  }
  return most;
}

llvm::Expected<uint64_t> se::getNearBytes(StringRef object) {
  uint64_t bytes = 0;
  auto file =
      llvm::object::ObjectFile::createELFObjectFile({object, "network.o"});
  if (!file)
    return file.takeError();
  for (const llvm::object::SectionRef &section : (*file)->sections()) {
    auto name = section.getName();
    if (!name)
      return name.takeError();
    if (*name == ".l1.text" || *name == ".l1.data")
      bytes += llvm::alignTo(section.getSize(), 16);
  }
  return bytes;
}

/// Loop strength reduction gives each address that instructions of xpulp count
/// up a register and an addition of its own in every turn of the loop around
/// (docs/kernels.md). Only an option of the command line leaves it out. Each
/// time: the linker resets the options of the process.
/// False if this LLVM does not have the option.
static bool disableLoopStrengthReduction() {
  constexpr llvm::StringLiteral name = "disable-lsr";
  llvm::cl::Option *option = llvm::cl::getRegisteredOptions().lookup(name);
  if (!option)
    return false;
  option->reset();
  return !option->addOccurrence(0, name, "true");
}

llvm::Expected<llvm::SmallVector<char>>
DeviceCode::emit(llvm::CodeGenFileType type) {
  llvm::SmallVector<char> bytes;
  llvm::raw_svector_ostream os(bytes);
  llvm::legacy::PassManager passes;
  if (!disableLoopStrengthReduction())
    return error("this LLVM has no option --disable-lsr");
  if (machine->addPassesToEmitFile(passes, os, nullptr, type))
    return error("the RISC-V back end cannot emit this kind of file");
  passes.run(*module);
  return bytes;
}
