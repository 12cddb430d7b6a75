// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The C header of the instructions that LLVM does not know. Each row yields a
// macro with the text of the instruction, in a form of `.insn` that fits its
// fields, and a function or (immediates, pointers that move on) a macro.

#include "Emitters.h"
#include "Intrinsic.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TableGen/Error.h"
#include "llvm/TableGen/TableGenBackend.h"

using namespace llvm;
using namespace se;
using namespace se::tblgen;

/// A field of 5 bits that `.insn` takes as a register: a register operand, an
/// immediate or a fixed number. Pieces of C string literals.
static std::string registerSlot(const Encoding &encoding, unsigned bit) {
  for (const FieldRun &field : encoding.fields)
    if (field.wordBit == bit)
      return (field.operand.starts_with("imm") ? "x\" " : "\" ") +
             field.operand.str() + " \"";
  return "x" + utostr(encoding.match >> bit & 31);
}

/// The bits from `bit` on that immediates or constants fill, as an expression
/// of the assembler.
static std::string constantBits(const Encoding &encoding, unsigned bit,
                                unsigned width) {
  uint32_t fixed = encoding.match >> bit & ((1u << width) - 1);
  std::string text = formatv("{0:x}", fixed);
  for (const FieldRun &field : encoding.fields)
    if (field.operand.starts_with("imm") && field.wordBit >= bit &&
        field.wordBit < bit + width)
      text += formatv("|(((\" {0} \")>>{1}&{2:x})<<{3})", field.operand,
                      field.operandBit, (1u << field.width) - 1,
                      field.wordBit - bit)
                  .str();
  return text;
}

static std::string makeText(const Intrinsic &intrinsic) {
  const Encoding &encoding = intrinsic.encoding;
  std::string opcode = formatv("{0:x}", encoding.match & 127);
  // The rounding mode is that of the register frm.
  std::string function =
      encoding.has("rm") ? "7" : utostr(encoding.match >> 12 & 7);
  std::string start = opcode + ", " + function + ", ";
  std::string rs1 = registerSlot(encoding, 15);
  if (intrinsic.row->getValueAsString("Format") == "s")
    return ".insn s " + start + registerSlot(encoding, 20) + ", \" imm \"(" +
           rs1 + ")";
  std::string rd = registerSlot(encoding, 7);
  bool hasThirdRegister = any_of(encoding.fields, [](const FieldRun &field) {
    return field.wordBit == 20 && field.operand.starts_with("rs");
  });
  if (hasThirdRegister)
    return ".insn r " + start + constantBits(encoding, 25, 7) + ", " + rd +
           ", " + rs1 + ", " + registerSlot(encoding, 20);
  // The field is signed.
  return ".insn i " + start + rd + ", " + rs1 + ", ((" +
         constantBits(encoding, 20, 12) + ")^0x800)-0x800";
}

static std::string textMacro(const Intrinsic &intrinsic) {
  return "SE_ASM_" + StringRef(intrinsic.name).upper();
}

/// Operands of the text macro in the order of the assembler.
static std::vector<StringRef> textOperands(const Intrinsic &intrinsic) {
  std::vector<StringRef> names;
  if (intrinsic.writesRd)
    names.push_back("rd");
  for (const Parameter &parameter : intrinsic.parameters)
    if (parameter.name != "rd")
      names.push_back(parameter.name);
  return names;
}

static void emitText(raw_ostream &os, const Intrinsic &intrinsic) {
  os << "#define " << textMacro(intrinsic) << "("
     << join(textOperands(intrinsic), ", ") << ") \\\n  \""
     << makeText(intrinsic) << "\\n\"\n";
}

/// The asm statement. In macros names have a prefix, which no argument has.
static void emitAsm(raw_ostream &os, const Intrinsic &intrinsic,
                    StringRef prefix, StringRef end) {
  bool isMacro = !prefix.empty();
  bool isAccess = intrinsic.isLoad() || intrinsic.isStore();
  auto value = [&](StringRef name) {
    return (isMacro ? "((uint32_t)(" + name + "))" : "(" + name + ")").str();
  };
  os << "  __asm__" << (isAccess ? " volatile" : "") << "("
     << textMacro(intrinsic) << "(";
  ListSeparator sep;
  for (StringRef name : textOperands(intrinsic))
    os << sep << "\"%[" << prefix << name << "]\"";
  os << ")" << end << "    : ";
  ListSeparator outputs;
  if (intrinsic.writesRd)
    os << outputs << "[" << prefix << "rd] \""
       << (intrinsic.readsRd() ? "+" : "=") << "r\"(" << prefix << "rd)";
  if (intrinsic.updates)
    os << outputs << "[" << prefix << "rs1] \"+r\"(rs1)";
  os << end << "    : ";
  ListSeparator inputs;
  for (const Parameter &p : intrinsic.parameters) {
    if (p.name == "rd" || (p.name == "rs1" && intrinsic.updates))
      continue;
    os << inputs << "[" << prefix << p.name << "] \""
       << (p.isImmediate ? "i" : "r") << "\""
       << (p.isImmediate ? "(" + p.name.str() + ")" : value(p.name));
  }
  if (isAccess)
    os << end << "    : \"memory\"";
  os << ");" << end;
}

static StringRef typeOf(const Intrinsic &intrinsic, StringRef operand) {
  bool isAccess = intrinsic.isLoad() || intrinsic.isStore();
  if (operand == "rs1" && isAccess)
    return "const volatile void *";
  return intrinsic.isFloat(operand) ? "float " : "uint32_t ";
}

static void emitFunction(raw_ostream &os, const Intrinsic &intrinsic) {
  os << "static inline "
     << (intrinsic.writesRd ? typeOf(intrinsic, "rd") : StringRef("void "))
     << "se_" << intrinsic.name << "(";
  ListSeparator sep;
  for (const Parameter &p : intrinsic.parameters)
    os << sep << typeOf(intrinsic, p.name) << p.name;
  os << ") {\n";
  StringRef builtin = intrinsic.row->getValueAsString("Builtin");
  if (!builtin.empty())
    os << "#ifdef SE_XPULP_BUILTINS\n  return (uint32_t)" << builtin
       << ";\n#else\n";
  if (intrinsic.writesRd && !intrinsic.readsRd())
    os << "  " << typeOf(intrinsic, "rd") << "rd;\n";
  emitAsm(os, intrinsic, "", "\n");
  if (intrinsic.writesRd)
    os << "  return rd;\n";
  if (!builtin.empty())
    os << "#endif\n";
  os << "}\n";
}

static void emitMacro(raw_ostream &os, const Intrinsic &intrinsic) {
  static constexpr StringLiteral end = " \\\n";
  os << "#define se_" << intrinsic.name << "(";
  ListSeparator sep;
  for (const Parameter &p : intrinsic.parameters) {
    if (intrinsic.isFloat(p.name.starts_with("imm") ? "rd" : p.name))
      PrintFatalError(intrinsic.row, "a macro for C has no float operands");
    os << sep << p.name;
  }
  os << ")" << end << "  __extension__({" << end;
  for (const Parameter &p : intrinsic.parameters)
    if (p.isImmediate)
      os << "  SE_XPULP_ASSERT((" << p.name << ") >= " << p.min << " && ("
         << p.name << ") <= " << p.max << ", \"se_" << intrinsic.name
         << ": an immediate is in " << p.min << ".." << p.max << "\");" << end;
  if (intrinsic.writesRd)
    os << "  uint32_t se_rd" << (intrinsic.readsRd() ? " = (rd)" : "") << ";"
       << end;
  emitAsm(os, intrinsic, "se_", end);
  os << (intrinsic.writesRd ? "  se_rd; })\n" : "  (void)0; })\n");
}

static constexpr StringLiteral prologue = R"(
/* The instructions of PULP's cores that LLVM does not know, for C (GNU dialect).
   A packed value is a uint32_t, lane 0 lowest: LLVM has no registers for
   vectors of 32 bits and would take values of a vector type apart. A binary32
   number is a float. Immediates are constants and checked when compiled. A
   pointer that the instruction moves on is a variable of any pointer type;
   offsets count bytes. Each use is exactly one instruction. Memory accesses
   stay in the order of the program.

   The comments give the semantics; lane<T>, dot<A, B> and so on are functions
   of se/ISA/Semantics.h and FloatOps.h. */

#ifndef SE_XPULP_H
#define SE_XPULP_H

#if !defined(__riscv) || __riscv_xlen != 32
#error "se/xpulp.h is for 32-bit RISC-V"
#endif

#include <stdint.h>

#ifdef __cplusplus
#define SE_XPULP_ASSERT static_assert
#else
#define SE_XPULP_ASSERT _Static_assert
#endif

/* PULP's GCC knows some of them and can schedule these. */
#if defined(__pulp__) && !defined(__clang__)
#define SE_XPULP_BUILTINS
typedef signed char se_v4s __attribute__((vector_size(4)));
typedef unsigned char se_v4u __attribute__((vector_size(4)));
typedef short se_v2s __attribute__((vector_size(4)));
typedef unsigned short se_v2u __attribute__((vector_size(4)));
#endif

)";

static constexpr StringLiteral loops = R"header(
/* Text that runs `body` count times in a hardware loop: `loop` is "0" (the
   inner one of two) or "1", `count` a register that holds 1 or more, and `body`
   the text of `instructions` instructions, made by the SE_ASM_ macros. A macro
   over C statements is not possible: compilers do not know of the loop. */
#define SE_ASM_LOOP(loop, count, instructions, body) \
  ".option push\n.option norvc\n" \
  SE_ASM_LP_SETUP(loop, count, "2*(" #instructions ")") body ".option pop\n"

#endif /* SE_XPULP_H */
)header";

bool tblgen::emitXpulpHeader(raw_ostream &os, const RecordKeeper &records) {
  std::vector<Intrinsic> intrinsics = getIntrinsics(records);
  emitSourceFileHeader("Instructions of PULP's cores for C", os, records);
  os << prologue;
  for (const Intrinsic &intrinsic : intrinsics) {
    os << "/* " << intrinsic.row->getValueAsString("Mnemonic") << " "
       << intrinsic.row->getValueAsString("AsmOperands") << ": "
       << describeSemantics(*intrinsic.row) << " */\n";
    emitText(os, intrinsic);
    if (intrinsic.isLoop())
      continue;
    if (intrinsic.hasImmediates() || intrinsic.updates) {
      emitMacro(os, intrinsic);
    } else {
      emitFunction(os, intrinsic);
    }
  }
  os << loops;
  return false;
}
