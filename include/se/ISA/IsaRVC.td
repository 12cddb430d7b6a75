// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RV32C: 16-bit forms of the instructions above, and of the float loads and
// stores, which on these cores access the integer registers.
// Source: the RISC-V unprivileged specification, chapter "C".

class CBase<bits<2> quadrant, bits<3> f3, string mnemonic, string asmOperands,
            Instruction base, string operands>
    : Compressed<mnemonic, asmOperands, base, operands> {
  let Inst{15-13} = f3;
  let Inst{1-0} = quadrant;
}

/// c.lw and its like: registers x8..x15, scaled offset.
class CLoad<bits<3> f3, string mnemonic>
    : CBase<0, f3, mnemonic, "rdc, immc(rs1c)", LW,
            "rd = 8 + rdc; rs1 = 8 + rs1c; imm = immc"> {
  bits<3> rdc;
  bits<3> rs1c;
  bits<7> immc;
  let Inst{12-10} = immc{5-3};
  let Inst{9-7} = rs1c;
  let Inst{6} = immc{2};
  let Inst{5} = immc{6};
  let Inst{4-2} = rdc;
}
class CStore<bits<3> f3, string mnemonic>
    : CBase<0, f3, mnemonic, "rs2c, immc(rs1c)", SW,
            "rs2 = 8 + rs2c; rs1 = 8 + rs1c; imm = immc"> {
  bits<3> rs2c;
  bits<3> rs1c;
  bits<7> immc;
  let Inst{12-10} = immc{5-3};
  let Inst{9-7} = rs1c;
  let Inst{6} = immc{2};
  let Inst{5} = immc{6};
  let Inst{4-2} = rs2c;
}
class CLoadSp<bits<3> f3, string mnemonic, string predicate>
    : CBase<2, f3, mnemonic, "rdc, immc(sp)", LW,
            "rd = rdc; rs1 = 2; imm = immc"> {
  bits<5> rdc;
  bits<8> immc;
  let Inst{12} = immc{5};
  let Inst{11-7} = rdc;
  let Inst{6-4} = immc{4-2};
  let Inst{3-2} = immc{7-6};
  let Predicate = predicate;
}
class CStoreSp<bits<3> f3, string mnemonic>
    : CBase<2, f3, mnemonic, "rs2c, immc(sp)", SW,
            "rs2 = rs2c; rs1 = 2; imm = immc"> {
  bits<5> rs2c;
  bits<8> immc;
  let Inst{12-9} = immc{5-2};
  let Inst{8-7} = immc{7-6};
  let Inst{6-2} = rs2c;
}
/// Register and 6-bit immediate.
class CImm<bits<2> quadrant, bits<3> f3, string mnemonic, Instruction base,
           string operands, string predicate = "">
    : CBase<quadrant, f3, mnemonic, "rdc, immc", base, operands> {
  bits<5> rdc;
  bits<6> immc;
  let Inst{12} = immc{5};
  let Inst{11-7} = rdc;
  let Inst{6-2} = immc{4-0};
  let Predicate = predicate;
}
/// x8..x15 and 6-bit immediate, op in [11:10].
class CAluImm<bits<2> op, string mnemonic, Instruction base, string operands,
              string predicate = "">
    : CBase<1, 4, mnemonic, "rdc, immc", base, operands> {
  bits<3> rdc;
  bits<6> immc;
  let Inst{12} = immc{5};
  let Inst{11-10} = op;
  let Inst{9-7} = rdc;
  let Inst{6-2} = immc{4-0};
  let Predicate = predicate;
}
class CAlu<bits<2> op, string mnemonic, Instruction base>
    : CBase<1, 4, mnemonic, "rdc, rs2c", base,
            "rd = rs1 = 8 + rdc; rs2 = 8 + rs2c"> {
  bits<3> rdc;
  bits<3> rs2c;
  let Inst{12-10} = 3;
  let Inst{9-7} = rdc;
  let Inst{6-5} = op;
  let Inst{4-2} = rs2c;
}
class CJump<bits<3> f3, string mnemonic, string operands>
    : CBase<1, f3, mnemonic, "immc", JAL, operands> {
  bits<12> immc;
  let Inst{12} = immc{11};
  let Inst{11} = immc{4};
  let Inst{10-9} = immc{9-8};
  let Inst{8} = immc{10};
  let Inst{7} = immc{6};
  let Inst{6} = immc{7};
  let Inst{5-3} = immc{3-1};
  let Inst{2} = immc{5};
}
class CBranch<bits<3> f3, string mnemonic, Instruction base>
    : CBase<1, f3, mnemonic, "rs1c, immc", base,
            "rs1 = 8 + rs1c; rs2 = 0; imm = signExtend(immc, 9)"> {
  bits<3> rs1c;
  bits<9> immc;
  let Inst{12} = immc{8};
  let Inst{11-10} = immc{4-3};
  let Inst{9-7} = rs1c;
  let Inst{6-5} = immc{7-6};
  let Inst{4-3} = immc{2-1};
  let Inst{2} = immc{5};
}
/// Two full register fields, bit 12 says which group.
class CReg<bit b12, string mnemonic, Instruction base, string operands,
           string predicate = "">
    : CBase<2, 4, mnemonic, "rdc, rs2c", base, operands> {
  bits<5> rdc;
  bits<5> rs2c;
  let Inst{12} = b12;
  let Inst{11-7} = rdc;
  let Inst{6-2} = rs2c;
  let Predicate = predicate;
}

def C_ADDI4SPN : CBase<0, 0, "c.addi4spn", "rdc, sp, immc", ADDI,
                       "rd = 8 + rdc; rs1 = 2; imm = immc"> {
  bits<3> rdc;
  bits<10> immc;
  let Inst{12-11} = immc{5-4};
  let Inst{10-7} = immc{9-6};
  let Inst{6} = immc{2};
  let Inst{5} = immc{3};
  let Inst{4-2} = rdc;
  let Predicate = "immc != 0";
}
def C_LW : CLoad<2, "c.lw">;
def C_FLW : CLoad<3, "c.flw">;
def C_SW : CStore<6, "c.sw">;
def C_FSW : CStore<7, "c.fsw">;

// With rd = x0 this is c.nop.
def C_ADDI : CImm<1, 0, "c.addi", ADDI,
                  "rd = rs1 = rdc; imm = signExtend(immc, 6)">;
def C_JAL : CJump<1, "c.jal", "rd = 1; imm = signExtend(immc, 12)">;
def C_LI : CImm<1, 2, "c.li", ADDI,
                "rd = rdc; rs1 = 0; imm = signExtend(immc, 6)">;
def C_LUI : CImm<1, 3, "c.lui", LUI,
                 "rd = rdc; imm = signExtend(immc, 6) * 4096", "immc != 0">;
def C_ADDI16SP : CBase<1, 3, "c.addi16sp", "sp, immc", ADDI,
                       "rd = rs1 = 2; imm = signExtend(immc, 10)"> {
  bits<10> immc;
  let Inst{12} = immc{9};
  let Inst{11-7} = 2;
  let Inst{6} = immc{4};
  let Inst{5} = immc{6};
  let Inst{4-3} = immc{8-7};
  let Inst{2} = immc{5};
  let Predicate = "immc != 0";
}
def C_SRLI : CAluImm<0, "c.srli", SRLI, "rd = rs1 = 8 + rdc; imm = immc",
                     "immc < 32">;
def C_SRAI : CAluImm<1, "c.srai", SRAI, "rd = rs1 = 8 + rdc; imm = immc",
                     "immc < 32">;
def C_ANDI : CAluImm<2, "c.andi", ANDI,
                     "rd = rs1 = 8 + rdc; imm = signExtend(immc, 6)">;
def C_SUB : CAlu<0, "c.sub", SUB>;
def C_XOR : CAlu<1, "c.xor", XOR>;
def C_OR : CAlu<2, "c.or", OR>;
def C_AND : CAlu<3, "c.and", AND>;
def C_J : CJump<5, "c.j", "rd = 0; imm = signExtend(immc, 12)">;
def C_BEQZ : CBranch<6, "c.beqz", BEQ>;
def C_BNEZ : CBranch<7, "c.bnez", BNE>;

def C_SLLI : CImm<2, 0, "c.slli", SLLI, "rd = rs1 = rdc; imm = immc",
                  "immc < 32">;
def C_LWSP : CLoadSp<2, "c.lwsp", "rdc != 0">;
def C_FLWSP : CLoadSp<3, "c.flwsp", "">;
def C_JR : CReg<0, "c.jr", JALR, "rd = 0; rs1 = rdc; imm = 0", "rdc != 0"> {
  let Inst{6-2} = 0;
  let AsmOperands = "rdc";
}
def C_MV : CReg<0, "c.mv", ADD, "rd = rdc; rs1 = 0; rs2 = rs2c", "rs2c != 0">;
def C_JALR : CReg<1, "c.jalr", JALR, "rd = 1; rs1 = rdc; imm = 0"> {
  let Inst{6-2} = 0;
  let AsmOperands = "rdc";
}
def C_EBREAK : CReg<1, "c.ebreak", EBREAK, ""> {
  let Inst{11-7} = 0;
  let Inst{6-2} = 0;
  let AsmOperands = "";
}
def C_ADD : CReg<1, "c.add", ADD, "rd = rs1 = rdc; rs2 = rs2c", "rs2c != 0">;
def C_SWSP : CStoreSp<6, "c.swsp">;
def C_FSWSP : CStoreSp<7, "c.fswsp">;
