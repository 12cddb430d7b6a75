// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RV32I, M and Zicsr. Source: the RISC-V unprivileged specification.

class AluR<bits<3> f3, bits<7> f7, string mnemonic, string semantics>
    : OpR<0x33, f3, f7, mnemonic> {
  let Semantics = semantics;
  let Group = "I";
}
class AluI<bits<3> f3, string mnemonic, string semantics>
    : OpI<0x13, f3, mnemonic> {
  let Semantics = semantics;
  let Group = "I";
}
class ShiftI<bits<3> f3, bits<7> f7, string mnemonic, string semantics>
    : OpRImm<0x13, f3, f7, mnemonic> {
  let Semantics = semantics;
  let Group = "I";
}
class Branch<bits<3> f3, string mnemonic, string condition>
    : OpB<f3, mnemonic> {
  let Semantics = condition;
  let Group = "I";
}
class LoadI<bits<3> f3, string mnemonic, string type>
    : OpI<0x03, f3, mnemonic, "rd, imm(rs1)"> {
  let Class = KindLoad;
  let Time = TimeLoad;
  let MemType = type;
  let Address = "rs1 + imm";
  let Group = "I";
}
class StoreI<bits<3> f3, string mnemonic, string type>
    : OpS<0x23, f3, mnemonic> {
  let Class = KindStore;
  let Time = TimeStore;
  let MemType = type;
  let Address = "rs1 + imm";
  let Semantics = "rs2";
  let Group = "I";
}

def LUI : OpU<0x37, "lui"> {
  let Semantics = "rd = imm";
  let Group = "I";
}
def AUIPC : OpU<0x17, "auipc"> {
  let Semantics = "rd = pc + imm";
  let Group = "I";
}
def JAL : Instruction<"jal", "rd, imm"> {
  bits<5> rd;
  bits<21> imm;
  let Inst{31} = imm{20};
  let Inst{30-21} = imm{10-1};
  let Inst{20} = imm{11};
  let Inst{19-12} = imm{19-12};
  let Inst{11-7} = rd;
  let Inst{6-0} = 0x6F;
  let Format = "j";
  let Class = KindJump;
  let Time = TimeJump;
  let Semantics = "pc + imm";
  let Target = "imm";
  let Group = "I";
}
def JALR : OpI<0x67, 0, "jalr", "rd, imm(rs1)"> {
  let Class = KindJump;
  let Time = TimeJump;
  let Semantics = "(rs1 + imm) & ~1u";
  let Group = "I";
}

def BEQ : Branch<0, "beq", "rs1 == rs2">;
def BNE : Branch<1, "bne", "rs1 != rs2">;
def BLT : Branch<4, "blt", "sx(rs1) < sx(rs2)">;
def BGE : Branch<5, "bge", "sx(rs1) >= sx(rs2)">;
def BLTU : Branch<6, "bltu", "rs1 < rs2">;
def BGEU : Branch<7, "bgeu", "rs1 >= rs2">;

def LB : LoadI<0, "lb", "int8_t">;
def LH : LoadI<1, "lh", "int16_t">;
def LW : LoadI<2, "lw", "uint32_t">;
def LBU : LoadI<4, "lbu", "uint8_t">;
def LHU : LoadI<5, "lhu", "uint16_t">;
def SB : StoreI<0, "sb", "uint8_t">;
def SH : StoreI<1, "sh", "uint16_t">;
def SW : StoreI<2, "sw", "uint32_t">;

def ADDI : AluI<0, "addi", "rd = rs1 + imm">;
def SLTI : AluI<2, "slti", "rd = sx(rs1) < imm">;
def SLTIU : AluI<3, "sltiu", "rd = rs1 < uint32_t(imm)">;
def XORI : AluI<4, "xori", "rd = rs1 ^ imm">;
def ORI : AluI<6, "ori", "rd = rs1 | imm">;
def ANDI : AluI<7, "andi", "rd = rs1 & imm">;
def SLLI : ShiftI<1, 0x00, "slli", "rd = rs1 << imm">;
def SRLI : ShiftI<5, 0x00, "srli", "rd = rs1 >> imm">;
def SRAI : ShiftI<5, 0x20, "srai", "rd = sx(rs1) >> imm">;

def ADD : AluR<0, 0x00, "add", "rd = rs1 + rs2">;
def SUB : AluR<0, 0x20, "sub", "rd = rs1 - rs2">;
def SLL : AluR<1, 0x00, "sll", "rd = rs1 << (rs2 & 31)">;
def SLT : AluR<2, 0x00, "slt", "rd = sx(rs1) < sx(rs2)">;
def SLTU : AluR<3, 0x00, "sltu", "rd = rs1 < rs2">;
def XOR : AluR<4, 0x00, "xor", "rd = rs1 ^ rs2">;
def SRL : AluR<5, 0x00, "srl", "rd = rs1 >> (rs2 & 31)">;
def SRA : AluR<5, 0x20, "sra", "rd = sx(rs1) >> (rs2 & 31)">;
def OR : AluR<6, 0x00, "or", "rd = rs1 | rs2">;
def AND : AluR<7, 0x00, "and", "rd = rs1 & rs2">;

class SystemWord<bits<32> word, string mnemonic, string semantics>
    : Instruction<mnemonic, ""> {
  let Inst = word;
  let Class = KindSystem;
  let Semantics = semantics;
  let Group = "I";
}
def ECALL : SystemWord<0x00000073, "ecall", "cpu.trap(\"environment call\")">;
def EBREAK : SystemWord<0x00100073, "ebreak", "cpu.breakpoint()">;
def WFI : SystemWord<0x10500073, "wfi", "cpu.waitForInterrupt()">;
// Memory is sequentially consistent and code pages follow stores, so fences
// have nothing to do.
class Fence<bits<3> f3, string mnemonic> : Instruction<mnemonic, ""> {
  let Inst{14-12} = f3;
  let Inst{6-0} = 0x0F;
  let Class = KindSystem;
  let Semantics = "";
  let Group = "I";
}
def FENCE : Fence<0, "fence">;
def FENCE_I : Fence<1, "fence.i">;

class MulDiv<bits<3> f3, string mnemonic, Timing time, string semantics>
    : OpR<0x33, f3, 0x01, mnemonic> {
  let Semantics = semantics;
  let Time = time;
  let Group = "M";
}
def MUL : MulDiv<0, "mul", TimeMul, "rd = rs1 * rs2">;
def MULH : MulDiv<1, "mulh", TimeMulh,
                  "rd = uint64_t(int64_t(sx(rs1)) * sx(rs2)) >> 32">;
def MULHSU : MulDiv<2, "mulhsu", TimeMulh,
                    "rd = uint64_t(int64_t(sx(rs1)) * int64_t(rs2)) >> 32">;
def MULHU : MulDiv<3, "mulhu", TimeMulh, "rd = (uint64_t(rs1) * rs2) >> 32">;
def DIV : MulDiv<4, "div", TimeDiv, "rd = divSigned(rs1, rs2)">;
def DIVU : MulDiv<5, "divu", TimeDivu, "rd = rs2 ? rs1 / rs2 : ~0u">;
def REM : MulDiv<6, "rem", TimeDiv, "rd = remSigned(rs1, rs2)">;
def REMU : MulDiv<7, "remu", TimeDivu, "rd = rs2 ? rs1 % rs2 : rs1">;

class CsrR<bits<3> f3, string mnemonic, string newValue>
    : OpI<0x73, f3, mnemonic, "rd, imm, rs1"> {
  let Class = KindCsr;
  let Semantics = newValue;
  let ImmSigned = 0;
  let Group = "Zicsr";
}
class CsrI<bits<3> f3, string mnemonic, string newValue>
    : Instruction<mnemonic, "rd, imm, imm2"> {
  bits<5> rd;
  bits<12> imm;
  bits<5> imm2;
  let Inst{31-20} = imm;
  let Inst{19-15} = imm2;
  let Inst{14-12} = f3;
  let Inst{11-7} = rd;
  let Inst{6-0} = 0x73;
  let Class = KindCsr;
  let Semantics = newValue;
  let ImmSigned = 0;
  let Group = "Zicsr";
}
def CSRRW : CsrR<1, "csrrw", "rs1">;
def CSRRS : CsrR<2, "csrrs", "old | rs1">;
def CSRRC : CsrR<3, "csrrc", "old & ~rs1">;
def CSRRWI : CsrI<5, "csrrwi", "imm2">;
def CSRRSI : CsrI<6, "csrrsi", "old | imm2">;
def CSRRCI : CsrI<7, "csrrci", "old & ~imm2">;
