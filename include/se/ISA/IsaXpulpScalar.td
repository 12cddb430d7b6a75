// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// XpulpV2, scalar part: post-increment and register-register memory accesses,
// hardware loops, arithmetic, multiply-accumulate, bit manipulation,
// immediate branches. See docs/hardware/isa.md.

//===----------------------------------------------------------------------===//
// Loads and stores
//===----------------------------------------------------------------------===//

class LoadPost<bits<3> f3, string mnemonic, string type>
    : OpI<0x0B, f3, mnemonic, "rd, imm(rs1!)"> {
  let Address = "rs1";
  let Update = "rs1 + imm";
  let MemType = type;
}
class LoadReg<bits<7> opcode, bits<7> f7, string mnemonic, string asmOperands,
              string type> : OpR<opcode, 7, f7, mnemonic, asmOperands> {
  let MemType = type;
  let Rs2Type = TypeAddress;
}
multiclass Loads<bits<3> f3, bits<7> f7, string mnemonic, string type,
                 ValueType value> {
  let Class = KindLoad, Time = TimeLoad, Group = "XpulpMem", RdType = value,
      Rs1Type = TypeAddress in {
    let Form = "post" in
    def _POST : LoadPost<f3, mnemonic, type>;
    let Address = "rs1", Update = "rs1 + rs2", Form = "post_reg" in
    def _POST_REG : LoadReg<0x0B, f7, mnemonic, "rd, rs2(rs1!)", type>;
    let Address = "rs1 + rs2", Form = "reg" in
    def _REG : LoadReg<0x03, f7, mnemonic, "rd, rs2(rs1)", type>;
  }
}
defm P_LB : Loads<0, 0x00, "p.lb", "int8_t", TypeI32>;
defm P_LH : Loads<1, 0x08, "p.lh", "int16_t", TypeHalf>;
defm P_LW : Loads<2, 0x10, "p.lw", "uint32_t", TypeWord>;
defm P_LBU : Loads<4, 0x20, "p.lbu", "uint8_t", TypeI32>;
defm P_LHU : Loads<5, 0x28, "p.lhu", "uint16_t", TypeI32>;

class StorePost<bits<3> f3, string mnemonic, string type>
    : OpS<0x2B, f3, mnemonic, "rs2, imm(rs1!)"> {
  let Address = "rs1";
  let Update = "rs1 + imm";
  let MemType = type;
}
/// rs3 lies in the field of rd.
class StoreReg<bits<7> opcode, bits<3> f3, string mnemonic,
               string asmOperands, string type>
    : Instruction<mnemonic, asmOperands> {
  bits<5> rs1;
  bits<5> rs2;
  bits<5> rs3;
  let Inst{31-25} = 0;
  let Inst{24-20} = rs2;
  let Inst{19-15} = rs1;
  let Inst{14-12} = f3;
  let Inst{11-7} = rs3;
  let Inst{6-0} = opcode;
  let Format = "r";
  let MemType = type;
  let Rs3Type = TypeAddress;
}
multiclass Stores<bits<3> f3, string mnemonic, string type, ValueType value> {
  let Class = KindStore, Time = TimeStore, Group = "XpulpMem",
      Semantics = "rs2", Rs1Type = TypeAddress, Rs2Type = value in {
    let Form = "post" in
    def _POST : StorePost<f3, mnemonic, type>;
    let Address = "rs1", Update = "rs1 + rs3", Form = "post_reg" in
    def _POST_REG : StoreReg<0x2B, !add(f3, 4), mnemonic, "rs2, rs3(rs1!)",
                             type>;
    let Address = "rs1 + rs3", Form = "reg" in
    def _REG : StoreReg<0x23, !add(f3, 4), mnemonic, "rs2, rs3(rs1)", type>;
  }
}
defm P_SB : Stores<0, "p.sb", "uint8_t", TypeI32>;
defm P_SH : Stores<1, "p.sh", "uint16_t", TypeHalf>;
defm P_SW : Stores<2, "p.sw", "uint32_t", TypeWord>;

def P_ELW : OpI<0x03, 6, "p.elw", "rd, imm(rs1)"> {
  let Class = KindEventLoad;
  let Time = TimeLoad;
  let MemType = "uint32_t";
  let Address = "rs1 + imm";
  let Group = "XpulpMem";
}

//===----------------------------------------------------------------------===//
// Hardware loops. imm2 is the loop's number, offsets count halfwords from pc.
//===----------------------------------------------------------------------===//

class HardwareLoop<bits<3> f3, string mnemonic, string asmOperands,
                   string semantics> : Instruction<mnemonic, asmOperands> {
  bits<1> imm2;
  let Inst{14-12} = f3;
  let Inst{11-8} = 0;
  let Inst{7} = imm2;
  let Inst{6-0} = 0x7B;
  let Format = "i";
  let Class = KindLoop;
  let Semantics = semantics;
  let ImmSigned = 0;
  let TargetScale = 2;
  let Group = "XpulpLoop";
}
class HardwareLoopImm<bits<3> f3, string mnemonic, string semantics>
    : HardwareLoop<f3, mnemonic, "imm2, imm", semantics> {
  bits<12> imm;
  let Inst{31-20} = imm;
}
def LP_STARTI : HardwareLoopImm<0, "lp.starti",
                                "cpu.loopStart(imm2, pc + 2 * imm)"> {
  let Target = "imm";
}
def LP_ENDI : HardwareLoopImm<1, "lp.endi", "cpu.loopEnd(imm2, pc + 2 * imm)"> {
  let Target = "imm";
}
def LP_COUNT : HardwareLoop<2, "lp.count", "imm2, rs1",
                            "cpu.loopCount(imm2, rs1)"> {
  bits<5> rs1;
  let Inst{19-15} = rs1;
}
def LP_COUNTI : HardwareLoopImm<3, "lp.counti", "cpu.loopCount(imm2, imm)">;
def LP_SETUP : HardwareLoop<4, "lp.setup", "imm2, rs1, imm",
    "cpu.loopStart(imm2, pc + 4); cpu.loopEnd(imm2, pc + 2 * imm); cpu.loopCount(imm2, rs1)"> {
  bits<5> rs1;
  bits<12> imm;
  let Inst{31-20} = imm;
  let Inst{19-15} = rs1;
  let Target = "imm";
}
// The end offset has 5 bits only and lies in the field of rs1.
def LP_SETUPI : HardwareLoop<5, "lp.setupi", "imm2, imm, imm3",
    "cpu.loopStart(imm2, pc + 4); cpu.loopEnd(imm2, pc + 2 * imm3); cpu.loopCount(imm2, imm)"> {
  bits<12> imm;
  bits<5> imm3;
  let Inst{31-20} = imm;
  let Inst{19-15} = imm3;
  let Target = "imm3";
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

class PAlu<bits<3> f3, bits<7> f7, string mnemonic, string semantics>
    : OpR<0x33, f3, f7, mnemonic> {
  let Semantics = semantics;
  let Group = "XpulpAlu";
}
class PAlu1<bits<3> f3, bits<7> f7, string mnemonic, string semantics>
    : OpR1<0x33, f3, f7, 0, mnemonic> {
  let Semantics = semantics;
  let Group = "XpulpAlu";
}
def P_ABS : PAlu1<0, 0x02, "p.abs", "rd = sx(rs1) < 0 ? 0u - rs1 : rs1">;
def P_MIN : PAlu<4, 0x02, "p.min", "rd = sx(rs1) < sx(rs2) ? rs1 : rs2">;
def P_MINU : PAlu<5, 0x02, "p.minu", "rd = rs1 < rs2 ? rs1 : rs2">;
def P_MAX : PAlu<6, 0x02, "p.max", "rd = sx(rs1) > sx(rs2) ? rs1 : rs2">;
def P_MAXU : PAlu<7, 0x02, "p.maxu", "rd = rs1 > rs2 ? rs1 : rs2">;
def P_SLET : PAlu<2, 0x02, "p.slet", "rd = sx(rs1) <= sx(rs2)">;
def P_SLETU : PAlu<3, 0x02, "p.sletu", "rd = rs1 <= rs2">;
def P_AVGU : PAlu<1, 0x02, "p.avgu", "rd = (rs1 + rs2) >> 1">;
def P_EXTHS : PAlu1<4, 0x08, "p.exths", "rd = int16_t(rs1)">;
def P_EXTHZ : PAlu1<5, 0x08, "p.exthz", "rd = uint16_t(rs1)">;
def P_EXTBS : PAlu1<6, 0x08, "p.extbs", "rd = int8_t(rs1)">;
def P_EXTBZ : PAlu1<7, 0x08, "p.extbz", "rd = uint8_t(rs1)">;
def P_ROR : PAlu<5, 0x04, "p.ror", "rd = rotateRight(rs1, rs2)">;
def P_FF1 : PAlu1<0, 0x08, "p.ff1", "rd = rs1 ? countTrailingZeros(rs1) : 32">;
def P_FL1 : PAlu1<1, 0x08, "p.fl1",
                  "rd = rs1 ? 31 - countLeadingZeros(rs1) : 32">;
def P_CLB : PAlu1<2, 0x08, "p.clb", "rd = countLeadingSignBits(rs1)">;
def P_CNT : PAlu1<3, 0x08, "p.cnt", "rd = populationCount(rs1)">;
class Clip<bits<3> f3, string mnemonic, string semantics>
    : OpRImm<0x33, f3, 0x0A, mnemonic> {
  let Semantics = semantics;
  let Group = "XpulpAlu";
}
def P_CLIPI : Clip<1, "p.clipi", "rd = clip(rs1, ~clipMax(imm), clipMax(imm))">;
def P_CLIPUI : Clip<2, "p.clipui", "rd = clip(rs1, 0, clipMax(imm))">;
def P_CLIP : PAlu<5, 0x0A, "p.clip", "rd = clip(rs1, ~rs2, rs2)">;
def P_CLIPU : PAlu<6, 0x0A, "p.clipu", "rd = clipUpperFirst(rs1, rs2)">;

let ReadsRd = 1 in {
  let Builtin = "__builtin_pulp_mac(rs1, rs2, rd)" in
  def P_MAC : PAlu<0, 0x21, "p.mac", "rd += rs1 * rs2">;
  let Builtin = "__builtin_pulp_msu(rs1, rs2, rd)" in
  def P_MSU : PAlu<1, 0x21, "p.msu", "rd -= rs1 * rs2">;
}

//===----------------------------------------------------------------------===//
// Multiplication of halves, with shift and rounding. imm is the shift. Whether
// adding half a unit may wrap differs, as it does in GVSoC.
//===----------------------------------------------------------------------===//

class PMul<bits<3> f3, bits<2> f2, string mnemonic, string semantics>
    : Instruction<mnemonic, "rd, rs1, rs2, imm"> {
  bits<5> rd;
  bits<5> rs1;
  bits<5> rs2;
  bits<5> imm;
  let Inst{31-30} = f2;
  let Inst{29-25} = imm;
  let Inst{24-20} = rs2;
  let Inst{19-15} = rs1;
  let Inst{14-12} = f3;
  let Inst{11-7} = rd;
  let Inst{6-0} = 0x5B;
  let Format = "r";
  let Semantics = semantics;
  let ImmSigned = 0;
  let Group = "XpulpMul";
}
class PMul0<bits<3> f3, bits<2> f2, string mnemonic, string semantics>
    : PMul<f3, f2, mnemonic, semantics> {
  let Inst{29-25} = 0;
  let AsmOperands = "rd, rs1, rs2";
}
def P_MULS : PMul0<0, 2, "p.muls", "rd = lowS(rs1) * lowS(rs2)">;
def P_MULHHS : PMul0<0, 3, "p.mulhhs", "rd = highS(rs1) * highS(rs2)">;
def P_MULU : PMul0<0, 0, "p.mulu", "rd = lowU(rs1) * lowU(rs2)">;
def P_MULHHU : PMul0<0, 1, "p.mulhhu", "rd = highU(rs1) * highU(rs2)">;
def P_MULSN : PMul<0, 2, "p.mulsN", "rd = sx(lowS(rs1) * lowS(rs2)) >> imm">;
def P_MULHHSN : PMul<0, 3, "p.mulhhsN",
                     "rd = sx(highS(rs1) * highS(rs2)) >> imm">;
def P_MULSNR : PMul<4, 2, "p.mulsNR",
                    "rd = roundShiftWide(lowS(rs1) * lowS(rs2), imm)">;
def P_MULHHSNR : PMul<4, 3, "p.mulhhsNR",
                      "rd = roundShiftWide(highS(rs1) * highS(rs2), imm)">;
def P_MULUN : PMul<0, 0, "p.muluN", "rd = (lowU(rs1) * lowU(rs2)) >> imm">;
def P_MULHHUN : PMul<0, 1, "p.mulhhuN",
                     "rd = (highU(rs1) * highU(rs2)) >> imm">;
def P_MULUNR : PMul<4, 0, "p.muluNR",
                    "rd = roundShiftU(lowU(rs1) * lowU(rs2), imm)">;
def P_MULHHUNR : PMul<4, 1, "p.mulhhuNR",
                      "rd = roundShiftU(highU(rs1) * highU(rs2), imm)">;
let ReadsRd = 1 in {
  def P_MACS : PMul0<1, 2, "p.macs", "rd += lowS(rs1) * lowS(rs2)">;
  def P_MACHHS : PMul0<1, 3, "p.machhs", "rd += highS(rs1) * highS(rs2)">;
  def P_MACU : PMul0<1, 0, "p.macu", "rd += lowU(rs1) * lowU(rs2)">;
  def P_MACHHU : PMul0<1, 1, "p.machhu", "rd += highU(rs1) * highU(rs2)">;
  def P_MACSN : PMul<1, 2, "p.macsN",
                     "rd = sx(rd + lowS(rs1) * lowS(rs2)) >> imm">;
  def P_MACHHSN : PMul<1, 3, "p.machhsN",
                       "rd = sx(rd + highS(rs1) * highS(rs2)) >> imm">;
  def P_MACSNR : PMul<5, 2, "p.macsNR",
                      "rd = roundShiftWide(rd + lowS(rs1) * lowS(rs2), imm)">;
  def P_MACHHSNR : PMul<5, 3, "p.machhsNR",
                        "rd = roundShiftWide(rd + highS(rs1) * highS(rs2), imm)">;
  def P_MACUN : PMul<1, 0, "p.macuN",
                     "rd = (rd + lowU(rs1) * lowU(rs2)) >> imm">;
  def P_MACHHUN : PMul<1, 1, "p.machhuN",
                       "rd = (rd + highU(rs1) * highU(rs2)) >> imm">;
  def P_MACUNR : PMul<5, 0, "p.macuNR",
                      "rd = roundShiftWideU(rd + lowU(rs1) * lowU(rs2), imm)">;
  def P_MACHHUNR : PMul<5, 1, "p.machhuNR",
                        "rd = roundShiftWideU(rd + highU(rs1) * highU(rs2), imm)">;
}

def P_ADDNI : PMul<2, 0, "p.addNi", "rd = sx(rs1 + rs2) >> imm">;
def P_ADDUNI : PMul<2, 2, "p.adduNi", "rd = (rs1 + rs2) >> imm">;
def P_ADDRNI : PMul<6, 0, "p.addRNi", "rd = roundShift(rs1 + rs2, imm)">;
def P_ADDURNI : PMul<6, 2, "p.adduRNi", "rd = roundShiftU(rs1 + rs2, imm)">;
def P_SUBNI : PMul<3, 0, "p.subNi", "rd = sx(rs1 - rs2) >> imm">;
def P_SUBUNI : PMul<3, 2, "p.subuNi", "rd = (rs1 - rs2) >> imm">;
def P_SUBRNI : PMul<7, 0, "p.subRNi", "rd = roundShift(rs1 - rs2, imm)">;
def P_SUBURNI : PMul<7, 2, "p.subuRNi", "rd = roundShiftU(rs1 - rs2, imm)">;

class PShiftReg<bits<3> f3, bits<7> f7, string mnemonic, string semantics>
    : OpR<0x5B, f3, f7, mnemonic> {
  let Semantics = semantics;
  let ReadsRd = 1;
  let Group = "XpulpMul";
}
def P_ADDN : PShiftReg<2, 0x20, "p.addN", "rd = sx(rd + rs1) >> (rs2 & 31)">;
def P_ADDRN : PShiftReg<6, 0x20, "p.addRN", "rd = roundShift(rd + rs1, rs2)">;
def P_ADDUN : PShiftReg<2, 0x60, "p.adduN", "rd = (rd + rs1) >> (rs2 & 31)">;
def P_ADDURN : PShiftReg<6, 0x60, "p.adduRN",
                         "rd = roundShiftU(rd + rs1, rs2)">;
def P_SUBN : PShiftReg<3, 0x20, "p.subN", "rd = sx(rd - rs1) >> (rs2 & 31)">;
def P_SUBRN : PShiftReg<7, 0x20, "p.subRN", "rd = roundShift(rd - rs1, rs2)">;
def P_SUBUN : PShiftReg<3, 0x60, "p.subuN", "rd = (rd - rs1) >> (rs2 & 31)">;
def P_SUBURN : PShiftReg<7, 0x60, "p.subuRN",
                         "rd = roundShiftU(rd - rs1, rs2)">;

//===----------------------------------------------------------------------===//
// Bit fields: imm2 + 1 is the width, imm the position.
//===----------------------------------------------------------------------===//

class BitField<bits<3> f3, string mnemonic, string semantics>
    : Instruction<mnemonic, "rd, rs1, imm2, imm"> {
  bits<5> rd;
  bits<5> rs1;
  bits<5> imm;
  bits<5> imm2;
  let Inst{31-30} = 3;
  let Inst{29-25} = imm2;
  let Inst{24-20} = imm;
  let Inst{19-15} = rs1;
  let Inst{14-12} = f3;
  let Inst{11-7} = rd;
  let Inst{6-0} = 0x33;
  let Format = "r";
  let Semantics = semantics;
  let ImmSigned = 0;
  let Group = "XpulpBit";
}
multiclass BitFields<bits<3> f3, string name, string function, string extra> {
  def I : BitField<f3, name # "i",
                   "rd = " # function # "(rs1, imm2 + 1, imm" # extra # ")">;
  def "" : OpR<0x33, f3, 0x40, name> {
    let Semantics = "rd = " # function #
                    "(rs1, (rs2 >> 5 & 31) + 1, rs2 & 31" # extra # ")";
    let Group = "XpulpBit";
  }
}
defm P_EXTRACT : BitFields<0, "p.extract", "extractSigned", "">;
defm P_EXTRACTU : BitFields<1, "p.extractu", "extractUnsigned", "">;
let ReadsRd = 1 in
defm P_INSERT : BitFields<2, "p.insert", "insertField", ", rd">;
defm P_BCLR : BitFields<3, "p.bclr", "clearField", "">;
defm P_BSET : BitFields<4, "p.bset", "setField", "">;

class BranchImm<bits<3> f3, string mnemonic, string condition>
    : Instruction<mnemonic, "rs1, imm2, imm"> {
  bits<5> rs1;
  bits<5> imm2;
  bits<13> imm;
  let Inst{31} = imm{12};
  let Inst{30-25} = imm{10-5};
  let Inst{24-20} = imm2;
  let Inst{19-15} = rs1;
  let Inst{14-12} = f3;
  let Inst{11-8} = imm{4-1};
  let Inst{7} = imm{11};
  let Inst{6-0} = 0x63;
  let Format = "b";
  let Class = KindBranch;
  let Time = TimeBranch;
  let Semantics = condition;
  let Imm2Signed = 1;
  let Target = "imm";
  let Group = "XpulpBranch";
}
def P_BEQIMM : BranchImm<2, "p.beqimm", "sx(rs1) == imm2">;
def P_BNEIMM : BranchImm<3, "p.bneimm", "sx(rs1) != imm2">;
