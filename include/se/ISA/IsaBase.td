// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The vocabulary of the instruction table: what a row says.
//
// Encoding. A row's `Inst` holds its bits. A literal bit is fixed, a bit of an
// operand field (`rd`, `imm`, ...) is filled by that operand, an unset bit is
// ignored by the decoder and written as 0. Operands are fields of the row:
//   rd, rs1, rs2, rs3   register numbers
//   imm, imm2, imm3     immediates (sign: ImmSigned, Imm2Signed; imm3 unsigned)
//   rm                  rounding mode of a floating-point instruction
//
// Semantics. A C++ expression or statement over the operands by name:
// registers are uint32_t values, immediates are int32_t, `pc` is the address
// of the instruction. Helper functions are declared in
// se/ISA/Semantics.h (integers and lanes) and se/ISA/FloatOps.h.
// Overlapping rows: the one with more fixed bits wins.

/// How many cycles an instruction takes, and which unit it shares.
/// The numbers are those of docs/hardware/pulp-open.md, "Timing".
class Timing<string name, string cycles> {
  string Name = name;
  string Cycles = cycles;
}
def TimeOne : Timing<"One", "1">;
def TimeSimd : Timing<"Simd", "1">; // counted: it costs energy of its own
def TimeLoad : Timing<"Load", "1 + memory, +1 if the next one uses it">;
def TimeStore : Timing<"Store", "1 + memory">;
def TimeBranch : Timing<"Branch", "1, taken 3">;
def TimeJump : Timing<"Jump", "2">;
def TimeMul : Timing<"Mul", "2, +1 if the next one uses it">;
def TimeMulh : Timing<"Mulh", "5, +1 if the next one uses it">;
def TimeDiv : Timing<"Div", "3 + leading zeros of the divisor, negative: "
                            "2 + those of its absolute value">;
def TimeDivu : Timing<"Divu", "3 + leading zeros of the divisor">;
def TimeFpu : Timing<"Fpu", "1 in the FPU that two cores share">;
def TimeFdivS : Timing<"FdivS", "14 in the one divider of the cluster">;
def TimeFdivH : Timing<"FdivH", "10 in the one divider of the cluster">;

/// Which counter of the core an instruction advances, and how it is executed.
class Kind<string name> { string Name = name; }
def KindCompute : Kind<"Compute">;
def KindLoad : Kind<"Load">;
def KindStore : Kind<"Store">;
def KindEventLoad : Kind<"EventLoad">;
def KindBranch : Kind<"Branch">;
def KindJump : Kind<"Jump">;
def KindCsr : Kind<"Csr">;
def KindLoop : Kind<"Loop">;
def KindSystem : Kind<"System">;

/// What a register holds, for the operations of the xpulp dialect: the name of
/// a constraint in XPulpTypes.td.
class ValueType<string name> { string Name = name; }
def TypeI32 : ValueType<"I32">;
def TypeF32 : ValueType<"F32">;
def TypeF16 : ValueType<"F16">;
def TypeBF16 : ValueType<"BF16">;
def TypeAddress : ValueType<"Index">;      // in bytes
def TypeVI8 : ValueType<"XPulp_VectorI8">; // lanes that fill a register
def TypeVI16 : ValueType<"XPulp_VectorI16">;
def TypeVF16 : ValueType<"XPulp_VectorF16">;
def TypeVBF16 : ValueType<"XPulp_VectorBF16">;
def TypeHalf : ValueType<"XPulp_Half">; // i32, f16 or bf16
def TypeWord : ValueType<"XPulp_Word">; // i32, f32 or lanes

/// One instruction, 32 bits or (Size = 2) 16 bits wide.
class Row<string mnemonic, string asmOperands> {
  string Mnemonic = mnemonic;
  /// Operands as the assembler writes them: "rd, imm(rs1!)".
  string AsmOperands = asmOperands;
  /// The extension or group it belongs to.
  string Group = "";
  int Size = 4;
  bit ImmSigned = 1;
  bit Imm2Signed = 0;
}

class Instruction<string mnemonic, string asmOperands>
    : Row<mnemonic, asmOperands> {
  bits<32> Inst = {?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                   ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?};
  /// The encoding form that `.insn` names (r, i, s, b, u, j, r4) or "" when
  /// none fits.
  string Format = "";
  Kind Class = KindCompute;
  Timing Time = TimeOne;
  /// Semantics; by Kind:
  ///   Compute: assigns rd (and may use old rd if ReadsRd)
  ///   Load, EventLoad: none (Address, MemType, Update say all)
  ///   Store: the expression of the stored value
  ///   Branch: the condition
  ///   Jump: the expression of the target
  ///   Csr: the new value of the register, over `old` and rs1 or imm2
  ///   Loop, System: a statement that calls the core's functions
  string Semantics = "";
  bit ReadsRd = 0;
  /// Memory accesses: C++ type, address, and new rs1 ("" if unchanged).
  string MemType = "";
  string Address = "";
  string Update = "";
  /// The operand that gives the distance from pc to a place in the code, in
  /// units of TargetScale bytes; "" if there is none.
  string Target = "";
  int TargetScale = 1;
  /// The vendor's compiler's built-in, as a C expression over the operands.
  string Builtin = "";
  /// The xpulp operation: whether there is one although LLVM knows the
  /// instruction, what is added to its name where a mnemonic has several rows,
  /// and the types of the registers.
  bit HasOperation = 0;
  string Form = "";
  ValueType RdType = TypeI32;
  ValueType Rs1Type = TypeI32;
  ValueType Rs2Type = TypeI32;
  ValueType Rs3Type = TypeI32;
}

/// A 16-bit form of another instruction: its operands are decoded from the
/// short word and named in Operands as "rd = 8 + rdc; imm = immc".
class Compressed<string mnemonic, string asmOperands, Instruction base,
                 string operands> : Row<mnemonic, asmOperands> {
  bits<16> Inst = {?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?};
  Instruction Base = base;
  string Operands = operands;
  /// C++ condition over the fields; the word is illegal where it fails.
  string Predicate = "";
  let Size = 2;
  let Group = "C";
}

//===----------------------------------------------------------------------===//
// Encoding forms
//===----------------------------------------------------------------------===//

class OpR<bits<7> opcode, bits<3> f3, bits<7> f7, string mnemonic,
          string asmOperands = "rd, rs1, rs2">
    : Instruction<mnemonic, asmOperands> {
  bits<5> rd;
  bits<5> rs1;
  bits<5> rs2;
  let Inst{31-25} = f7;
  let Inst{24-20} = rs2;
  let Inst{19-15} = rs1;
  let Inst{14-12} = f3;
  let Inst{11-7} = rd;
  let Inst{6-0} = opcode;
  let Format = "r";
}

/// R form whose rs2 field is a fixed number.
class OpR1<bits<7> opcode, bits<3> f3, bits<7> f7, bits<5> fixedRs2,
           string mnemonic> : Instruction<mnemonic, "rd, rs1"> {
  bits<5> rd;
  bits<5> rs1;
  let Inst{31-25} = f7;
  let Inst{24-20} = fixedRs2;
  let Inst{19-15} = rs1;
  let Inst{14-12} = f3;
  let Inst{11-7} = rd;
  let Inst{6-0} = opcode;
  let Format = "r";
}

/// R form whose rs2 field is an unsigned immediate of 5 bits.
class OpRImm<bits<7> opcode, bits<3> f3, bits<7> f7, string mnemonic>
    : Instruction<mnemonic, "rd, rs1, imm"> {
  bits<5> rd;
  bits<5> rs1;
  bits<5> imm;
  let Inst{31-25} = f7;
  let Inst{24-20} = imm;
  let Inst{19-15} = rs1;
  let Inst{14-12} = f3;
  let Inst{11-7} = rd;
  let Inst{6-0} = opcode;
  let Format = "r";
  let ImmSigned = 0;
}

class OpI<bits<7> opcode, bits<3> f3, string mnemonic,
          string asmOperands = "rd, rs1, imm">
    : Instruction<mnemonic, asmOperands> {
  bits<5> rd;
  bits<5> rs1;
  bits<12> imm;
  let Inst{31-20} = imm;
  let Inst{19-15} = rs1;
  let Inst{14-12} = f3;
  let Inst{11-7} = rd;
  let Inst{6-0} = opcode;
  let Format = "i";
}

class OpS<bits<7> opcode, bits<3> f3, string mnemonic,
          string asmOperands = "rs2, imm(rs1)">
    : Instruction<mnemonic, asmOperands> {
  bits<5> rs1;
  bits<5> rs2;
  bits<12> imm;
  let Inst{31-25} = imm{11-5};
  let Inst{24-20} = rs2;
  let Inst{19-15} = rs1;
  let Inst{14-12} = f3;
  let Inst{11-7} = imm{4-0};
  let Inst{6-0} = opcode;
  let Format = "s";
}

class OpB<bits<3> f3, string mnemonic>
    : Instruction<mnemonic, "rs1, rs2, imm"> {
  bits<5> rs1;
  bits<5> rs2;
  bits<13> imm;
  let Inst{31} = imm{12};
  let Inst{30-25} = imm{10-5};
  let Inst{24-20} = rs2;
  let Inst{19-15} = rs1;
  let Inst{14-12} = f3;
  let Inst{11-8} = imm{4-1};
  let Inst{7} = imm{11};
  let Inst{6-0} = 0x63;
  let Format = "b";
  let Class = KindBranch;
  let Time = TimeBranch;
  let Target = "imm";
}

class OpU<bits<7> opcode, string mnemonic>
    : Instruction<mnemonic, "rd, imm"> {
  bits<5> rd;
  bits<32> imm;
  let Inst{31-12} = imm{31-12};
  let Inst{11-7} = rd;
  let Inst{6-0} = opcode;
  let Format = "u";
}

