// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// XpulpV2, packed 8-bit (.b) and 16-bit (.h) integers: docs/hardware/isa.md.
// Each operation has a vector form, a form whose second operand is the low
// lane of rs2 in all lanes (.sc), and one with a 6-bit immediate in all lanes
// (.sci).

class LaneType<string suffix, int lanes, ValueType vector, string s, string u,
               bits<3> vec, bits<3> sc, bits<3> sci> {
  string Suffix = suffix;
  int Lanes = lanes;
  ValueType Vector = vector;
  string Signed = s;
  string Unsigned = u;
  bits<3> Vec = vec;
  bits<3> Sc = sc;
  bits<3> Sci = sci;
}
def LaneH : LaneType<"h", 2, TypeVI16, "int16_t", "uint16_t", 0, 4, 6>;
def LaneB : LaneType<"b", 4, TypeVI8, "int8_t", "uint8_t", 1, 5, 7>;

/// Bit 25 is ignored by the vector and .sc forms.
class Simd<bits<6> f6, bits<3> f3, string mnemonic, string semantics,
           ValueType rdType, ValueType rs1Type, ValueType rs2Type>
    : OpR<0x57, f3, 0, mnemonic> {
  let Inst{31-26} = f6;
  let Inst{25} = ?;
  let Semantics = semantics;
  let Group = "XpulpSimd";
  let Time = TimeSimd;
  let RdType = rdType;
  let Rs1Type = rs1Type;
  let Rs2Type = rs2Type;
}
class SimdImm<bits<6> f6, bits<3> f3, string mnemonic, string semantics,
              bit immSigned, ValueType rdType, ValueType rs1Type>
    : Instruction<mnemonic, "rd, rs1, imm"> {
  bits<5> rd;
  bits<5> rs1;
  bits<6> imm;
  let Inst{31-26} = f6;
  let Inst{25} = imm{0};
  let Inst{24-20} = imm{5-1};
  let Inst{19-15} = rs1;
  let Inst{14-12} = f3;
  let Inst{11-7} = rd;
  let Inst{6-0} = 0x57;
  let Format = "r";
  let Semantics = semantics;
  let ImmSigned = immSigned;
  let Group = "XpulpSimd";
  let Time = TimeSimd;
  let RdType = rdType;
  let Rs1Type = rs1Type;
}

/// The three forms on one lane type. `function` is called as
/// function<T>(rs1, b<acc>) and may name T.
multiclass SimdForms<bits<6> f6, string base, string scName, string sciName,
                     LaneType l, ValueType rdType, string t, string call,
                     string tail, bit immSigned, string builtin = ""> {
  let Builtin = builtin in
  def _V : Simd<f6, l.Vec, base, "rd = " # call # "rs2" # tail, rdType,
                l.Vector, l.Vector>;
  def _SC : Simd<f6, l.Sc, scName,
                 "rd = " # call # "replicate<" # t # ">(rs2)" # tail, rdType,
                 l.Vector, TypeI32>;
  def _SCI : SimdImm<f6, l.Sci, sciName,
                     "rd = " # call # "replicate<" # t # ">(imm)" # tail,
                     immSigned, rdType, l.Vector>;
}

/// Lane-wise operation over x and y.
multiclass SimdMap<bits<6> f6, string name, string expr, bit isSigned> {
  foreach l = [LaneH, LaneB] in {
    defvar t = !if(isSigned, l.Signed, l.Unsigned);
    defm _ # !toupper(l.Suffix)
        : SimdForms<f6, name # "." # l.Suffix, name # ".sc." # l.Suffix,
                    name # ".sci." # l.Suffix, l, l.Vector, t,
                    "mapLanes<" # t # ">(rs1, ",
                    ", [](int x, int y) { return " # expr # "; })", isSigned>;
  }
}
defm PV_ADD : SimdMap<0b000000, "pv.add", "x + y", 1>;
defm PV_SUB : SimdMap<0b000010, "pv.sub", "x - y", 1>;
defm PV_MIN : SimdMap<0b001000, "pv.min", "x < y ? x : y", 1>;
defm PV_MINU : SimdMap<0b001010, "pv.minu", "x < y ? x : y", 0>;
defm PV_MAX : SimdMap<0b001100, "pv.max", "x > y ? x : y", 1>;
defm PV_MAXU : SimdMap<0b001110, "pv.maxu", "x > y ? x : y", 0>;
defm PV_OR : SimdMap<0b010110, "pv.or", "x | y", 1>;
defm PV_XOR : SimdMap<0b011000, "pv.xor", "x ^ y", 1>;
defm PV_AND : SimdMap<0b011010, "pv.and", "x & y", 1>;
defm PV_CMPEQ : SimdMap<0b000001, "pv.cmpeq", "x == y ? -1 : 0", 1>;
defm PV_CMPNE : SimdMap<0b000011, "pv.cmpne", "x != y ? -1 : 0", 1>;
defm PV_CMPGT : SimdMap<0b000101, "pv.cmpgt", "x > y ? -1 : 0", 1>;
defm PV_CMPGE : SimdMap<0b000111, "pv.cmpge", "x >= y ? -1 : 0", 1>;
defm PV_CMPLT : SimdMap<0b001001, "pv.cmplt", "x < y ? -1 : 0", 1>;
defm PV_CMPLE : SimdMap<0b001011, "pv.cmple", "x <= y ? -1 : 0", 1>;
defm PV_CMPGTU : SimdMap<0b001101, "pv.cmpgtu", "x > y ? -1 : 0", 0>;
defm PV_CMPGEU : SimdMap<0b001111, "pv.cmpgeu", "x >= y ? -1 : 0", 0>;
defm PV_CMPLTU : SimdMap<0b010001, "pv.cmpltu", "x < y ? -1 : 0", 0>;
defm PV_CMPLEU : SimdMap<0b010011, "pv.cmpleu", "x <= y ? -1 : 0", 0>;

/// Operations that need the lane type itself: the average wraps before the
/// shift, shift amounts are taken modulo the lane's width.
multiclass SimdLane<bits<6> f6, string name, string function, bit isSigned> {
  foreach l = [LaneH, LaneB] in {
    defvar t = !if(isSigned, l.Signed, l.Unsigned);
    defm _ # !toupper(l.Suffix)
        : SimdForms<f6, name # "." # l.Suffix, name # ".sc." # l.Suffix,
                    name # ".sci." # l.Suffix, l, l.Vector, t,
                    function # "<" # t # ">(rs1, ", ")", isSigned>;
  }
}
defm PV_AVG : SimdLane<0b000100, "pv.avg", "averageLanes", 1>;
defm PV_AVGU : SimdLane<0b000110, "pv.avgu", "averageLanes", 0>;
defm PV_SRL : SimdLane<0b010000, "pv.srl", "shiftRightLanes", 0>;
defm PV_SRA : SimdLane<0b010010, "pv.sra", "shiftRightLanes", 1>;
defm PV_SLL : SimdLane<0b010100, "pv.sll", "shiftLeftLanes", 0>;

/// Dot products: lanes of rs1 of type Ta times lanes of b of type Tb.
multiclass Dot<bits<6> f6, string name, bit aSigned, bit bSigned, string acc> {
  foreach l = [LaneH, LaneB] in {
    defvar ta = !if(aSigned, l.Signed, l.Unsigned);
    defvar tb = !if(bSigned, l.Signed, l.Unsigned);
    defvar va = "se_v" # l.Lanes # !if(aSigned, "s", "u");
    defvar vb = "se_v" # l.Lanes # !if(bSigned, "s", "u");
    defm _ # !toupper(l.Suffix)
        : SimdForms<f6, name # "." # l.Suffix, name # "." # l.Suffix # ".sc",
                    name # "." # l.Suffix # ".sci", l, TypeI32, tb,
                    acc # "dot<" # ta # ", " # tb # ">(rs1, ", ")", bSigned,
                    "__builtin_pulp_" # !substr(name, 3) # l.Lanes # "((" #
                    va # ")rs1, (" # vb # ")rs2" #
                    !if(!empty(acc), ")", ", rd)")>;
  }
}
defm PV_DOTSP : Dot<0b100110, "pv.dotsp", 1, 1, "">;
defm PV_DOTUP : Dot<0b100000, "pv.dotup", 0, 0, "">;
defm PV_DOTUSP : Dot<0b100010, "pv.dotusp", 0, 1, "">;
let ReadsRd = 1 in {
  defm PV_SDOTSP : Dot<0b101110, "pv.sdotsp", 1, 1, "rd + ">;
  defm PV_SDOTUP : Dot<0b101000, "pv.sdotup", 0, 0, "rd + ">;
  defm PV_SDOTUSP : Dot<0b101010, "pv.sdotusp", 0, 1, "rd + ">;
}

class SimdAbs<LaneType l>
    : OpR1<0x57, l.Vec, 0x38, 0, "pv.abs." # l.Suffix> {
  let Semantics = "rd = mapLanes<" # l.Signed #
                  ">(rs1, 0, [](int x, int) { return x < 0 ? -x : x; })";
  let Group = "XpulpSimd";
  let Time = TimeSimd;
  let RdType = l.Vector;
  let Rs1Type = l.Vector;
}
def PV_ABS_H : SimdAbs<LaneH>;
def PV_ABS_B : SimdAbs<LaneB>;

multiclass LaneAccess<LaneType l> {
  def PV_EXTRACT : SimdImm<0b011110, l.Sci, "pv.extract." # l.Suffix,
                           "rd = lane<" # l.Signed # ">(rs1, imm)", 0,
                           TypeI32, l.Vector>;
  def PV_EXTRACTU : SimdImm<0b100100, l.Sci, "pv.extractu." # l.Suffix,
                            "rd = lane<" # l.Unsigned # ">(rs1, imm)", 0,
                            TypeI32, l.Vector>;
  let ReadsRd = 1 in
  def PV_INSERT : SimdImm<0b101100, l.Sci, "pv.insert." # l.Suffix,
                          "rd = insertLane<" # l.Unsigned # ">(rd, imm, rs1)",
                          0, l.Vector, TypeI32>;
}
defm H_ : LaneAccess<LaneH>;
defm B_ : LaneAccess<LaneB>;

/// Lanes of rs1 that the lanes of rs2 name; shuffle2 also takes them from rd.
class Shuffle<LaneType l, bits<6> f6, string mnemonic, string semantics>
    : Simd<f6, l.Vec, mnemonic, semantics, l.Vector, l.Vector, l.Vector>;
def PV_SHUFFLE_H : Shuffle<LaneH, 0b110000, "pv.shuffle.h",
                           "rd = shuffle<uint16_t>(rs1, rs2)">;
def PV_SHUFFLE_H_SCI : SimdImm<0b110000, 6, "pv.shuffle.h.sci",
    "rd = shuffle<uint16_t>(rs1, (imm & 1) | (imm & 2) << 15)", 0, TypeVI16,
    TypeVI16>;
def PV_SHUFFLE_B : Shuffle<LaneB, 0b110000, "pv.shuffle.b",
                           "rd = shuffle<uint8_t>(rs1, rs2)">;
/// The selector of the top lane is part of the operation, imm holds the rest.
class ShuffleImm<bits<6> f6, int top>
    : SimdImm<f6, 7, "pv.shufflei" # top # ".b.sci",
              "rd = shuffleImmediate(rs1, imm, " # top # ")", 0, TypeVI8,
              TypeVI8>;
def PV_SHUFFLEI0_B : ShuffleImm<0b110000, 0>;
def PV_SHUFFLEI1_B : ShuffleImm<0b111010, 1>;
def PV_SHUFFLEI2_B : ShuffleImm<0b111100, 2>;
def PV_SHUFFLEI3_B : ShuffleImm<0b111110, 3>;
let ReadsRd = 1 in {
  def PV_SHUFFLE2_H : Shuffle<LaneH, 0b110010, "pv.shuffle2.h",
                              "rd = shuffle2<uint16_t>(rs1, rd, rs2)">;
  def PV_SHUFFLE2_B : Shuffle<LaneB, 0b110010, "pv.shuffle2.b",
                              "rd = shuffle2<uint8_t>(rs1, rd, rs2)">;
  def PV_PACKHI_B : Simd<0b110110, 1, "pv.packhi.b",
      "rd = (rs1 & 0xff) << 24 | (rs2 & 0xff) << 16 | (rd & 0xffff)", TypeVI8,
      TypeI32, TypeI32>;
  def PV_PACKLO_B : Simd<0b111000, 1, "pv.packlo.b",
      "rd = (rs1 & 0xff) << 8 | (rs2 & 0xff) | (rd & 0xffff0000)", TypeVI8,
      TypeI32, TypeI32>;
}
def PV_PACK_H : OpR<0x57, 0, 0x68, "pv.pack.h"> {
  let Semantics = "rd = packLow16(rs1, rs2)";
  let Group = "XpulpSimd";
  let Time = TimeSimd;
  let RdType = TypeVI16;
}
