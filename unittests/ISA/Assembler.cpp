// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Assembler.h"
#include "llvm/MC/MCAsmBackend.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCCodeEmitter.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCDisassembler/MCDisassembler.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCInstPrinter.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCObjectFileInfo.h"
#include "llvm/MC/MCObjectWriter.h"
#include "llvm/MC/MCParser/MCAsmParser.h"
#include "llvm/MC/MCParser/MCTargetAsmParser.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCStreamer.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Triple.h"
#include "gtest/gtest.h"

using namespace llvm;

namespace {

constexpr StringLiteral features = "+m,+c,+zicsr,+zfinx,+zhinx";

/// What LLVM knows of the target.
struct Description {
  Description() {
    LLVMInitializeRISCVTargetInfo();
    LLVMInitializeRISCVTarget();
    LLVMInitializeRISCVTargetMC();
    LLVMInitializeRISCVAsmParser();
    LLVMInitializeRISCVDisassembler();
    std::string error;
    target = TargetRegistry::lookupTarget(triple, error);
    registers.reset(target->createMCRegInfo(triple));
    asmInfo.reset(target->createMCAsmInfo(*registers, triple, options));
    instructions.reset(target->createMCInstrInfo());
    subtarget.reset(target->createMCSubtargetInfo(triple, "", features));
  }

  Triple triple{"riscv32-unknown-elf"};
  MCTargetOptions options;
  const Target *target;
  std::unique_ptr<MCRegisterInfo> registers;
  std::unique_ptr<MCAsmInfo> asmInfo;
  std::unique_ptr<MCInstrInfo> instructions;
  std::unique_ptr<MCSubtargetInfo> subtarget;
};

Description &getDescription() {
  static Description description;
  return description;
}

} // namespace

/// The object file of a program, empty after an error.
static SmallVector<char, 0> assembleObject(StringRef text) {
  Description &d = getDescription();
  SourceMgr sources;
  sources.AddNewSourceBuffer(MemoryBuffer::getMemBuffer(text), SMLoc());
  MCContext context(d.triple, d.asmInfo.get(), d.registers.get(),
                    d.subtarget.get(), &sources);
  std::unique_ptr<MCObjectFileInfo> sections(
      d.target->createMCObjectFileInfo(context, /*PIC=*/false));
  context.setObjectFileInfo(sections.get());

  SmallVector<char, 0> object;
  raw_svector_ostream os(object);
  auto *emitter = d.target->createMCCodeEmitter(*d.instructions, context);
  auto *backend =
      d.target->createMCAsmBackend(*d.subtarget, *d.registers, d.options);
  std::unique_ptr<MCStreamer> streamer(d.target->createMCObjectStreamer(
      d.triple, context, std::unique_ptr<MCAsmBackend>(backend),
      backend->createObjectWriter(os), std::unique_ptr<MCCodeEmitter>(emitter),
      *d.subtarget));
  std::unique_ptr<MCAsmParser> parser(
      createMCAsmParser(sources, context, *streamer, *d.asmInfo));
  std::unique_ptr<MCTargetAsmParser> targetParser(d.target->createMCAsmParser(
      *d.subtarget, *parser, *d.instructions, d.options));
  parser->setTargetParser(*targetParser);
  if (parser->Run(/*NoInitialTextSection=*/false) || context.hadError()) {
    ADD_FAILURE() << "cannot assemble:\n" << text.str();
    object.clear();
  }
  return object;
}

std::vector<uint8_t> se::riscv::assemble(StringRef text) {
  SmallVector<char, 0> bytes = assembleObject(text);
  MemoryBufferRef buffer(StringRef(bytes.data(), bytes.size()), "test");
  auto object = object::ObjectFile::createELFObjectFile(buffer);
  if (!object) {
    ADD_FAILURE() << toString(object.takeError());
    return {};
  }
  for (const object::SectionRef section : (*object)->sections()) {
    if (!section.isText())
      continue;
    EXPECT_EQ(section.relocation_begin(), section.relocation_end());
    StringRef content = cantFail(section.getContents());
    return {content.bytes_begin(), content.bytes_end()};
  }
  return {};
}

uint32_t se::riscv::assembleWord(StringRef text) {
  std::vector<uint8_t> bytes = assemble(text);
  uint32_t word = 0;
  for (unsigned i = 0; i != std::min<size_t>(4, bytes.size()); ++i)
    word |= uint32_t(bytes[i]) << 8 * i;
  return word;
}

std::string se::riscv::disassemble(uint32_t word) {
  Description &d = getDescription();
  MCContext context(d.triple, d.asmInfo.get(), d.registers.get(),
                    d.subtarget.get());
  std::unique_ptr<MCDisassembler> disassembler(
      d.target->createMCDisassembler(*d.subtarget, context));
  std::unique_ptr<MCInstPrinter> printer(d.target->createMCInstPrinter(
      d.triple, 0, *d.asmInfo, *d.instructions, *d.registers));
  uint8_t bytes[4];
  std::memcpy(bytes, &word, 4);
  MCInst instruction;
  uint64_t size = 0;
  if (disassembler->getInstruction(instruction, size, bytes, 0, nulls()) !=
      MCDisassembler::Success)
    return "";
  std::string text;
  raw_string_ostream os(text);
  printer->printInst(&instruction, 0, "", *d.subtarget, os);
  return StringRef(text).trim().str();
}
