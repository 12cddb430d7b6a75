// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Floating point in the integer registers: Zfinx, Zhinx, scalar bfloat16, and
// the F and Zfh loads and stores, which name integer registers here as well.
// Formats are F32, F16 and BF16 of FloatOps.h. docs/hardware/isa.md: "Scalar FP16
// and bfloat16".

/// The two-bit format field, the C++ type, the suffix.
class FloatFormat<bits<2> fmt, string type, string suffix, Timing div,
                  string group, ValueType scalar> {
  bits<2> Fmt = fmt;
  string Type = type;
  string Suffix = suffix;
  Timing Div = div;
  string Group = group;
  ValueType Scalar = scalar;
}
def FormatS : FloatFormat<0, "F32", "s", TimeFdivS, "Zfinx", TypeF32>;
def FormatH : FloatFormat<2, "F16", "h", TimeFdivH, "Zhinx", TypeF16>;

class Fp<bits<5> f5, FloatFormat f, string mnemonic, string asmOperands,
         string semantics> : Instruction<mnemonic, asmOperands> {
  bits<5> rd;
  bits<5> rs1;
  let Inst{31-27} = f5;
  let Inst{26-25} = f.Fmt;
  let Inst{19-15} = rs1;
  let Inst{11-7} = rd;
  let Inst{6-0} = 0x53;
  let Format = "r";
  let Time = TimeFpu;
  let Semantics = semantics;
  let Group = f.Group;
}
/// Two sources, rounded.
class FpRound<bits<5> f5, FloatFormat f, string mnemonic, string semantics>
    : Fp<f5, f, mnemonic, "rd, rs1, rs2, rm", semantics> {
  bits<5> rs2;
  bits<3> rm;
  let Inst{24-20} = rs2;
  let Inst{14-12} = rm;
}
/// Two sources, operation in the rounding field.
class FpExact<bits<5> f5, bits<3> f3, FloatFormat f, string mnemonic,
              string semantics>
    : Fp<f5, f, mnemonic, "rd, rs1, rs2", semantics> {
  bits<5> rs2;
  let Inst{24-20} = rs2;
  let Inst{14-12} = f3;
}
/// One source, operation in the rs2 field.
class FpUnary<bits<5> f5, bits<5> op, FloatFormat f, string mnemonic,
              string semantics>
    : Fp<f5, f, mnemonic, "rd, rs1, rm", semantics> {
  bits<3> rm;
  let Inst{24-20} = op;
  let Inst{14-12} = rm;
}
class FpUnaryExact<bits<5> f5, bits<5> op, bits<3> f3, FloatFormat f,
                   string mnemonic, string semantics>
    : Fp<f5, f, mnemonic, "rd, rs1", semantics> {
  let Inst{24-20} = op;
  let Inst{14-12} = f3;
}
class FpFused<bits<7> opcode, FloatFormat f, string mnemonic,
              string semantics>
    : Instruction<mnemonic, "rd, rs1, rs2, rs3, rm"> {
  bits<5> rd;
  bits<5> rs1;
  bits<5> rs2;
  bits<5> rs3;
  bits<3> rm;
  let Inst{31-27} = rs3;
  let Inst{26-25} = f.Fmt;
  let Inst{24-20} = rs2;
  let Inst{19-15} = rs1;
  let Inst{14-12} = rm;
  let Inst{11-7} = rd;
  let Inst{6-0} = opcode;
  let Format = "r4";
  let Time = TimeFpu;
  let Semantics = semantics;
  let Group = f.Group;
  // LLVM knows them, but not in the body of a hardware loop.
  let HasOperation = 1;
  let RdType = f.Scalar;
  let Rs1Type = f.Scalar;
  let Rs2Type = f.Scalar;
  let Rs3Type = f.Scalar;
}

multiclass FloatArithmetic<FloatFormat f> {
  defvar t = f.Type;
  defvar s = "." # f.Suffix;
  def FMADD : FpFused<0x43, f, "fmadd" # s,
                      "rd = fma<" # t # ">(rs1, rs2, rs3, rm)">;
  def FMSUB : FpFused<0x47, f, "fmsub" # s,
                      "rd = fma<" # t # ">(rs1, rs2, " # t # "::negate(rs3), rm)">;
  def FNMSUB : FpFused<0x4B, f, "fnmsub" # s,
                       "rd = fma<" # t # ">(" # t # "::negate(rs1), rs2, rs3, rm)">;
  def FNMADD : FpFused<0x4F, f, "fnmadd" # s,
                       "rd = fma<" # t # ">(" # t # "::negate(rs1), rs2, " # t #
                       "::negate(rs3), rm)">;
  def FADD : FpRound<0x00, f, "fadd" # s,
                     "rd = add<" # t # ">(rs1, rs2, rm)">;
  def FSUB : FpRound<0x01, f, "fsub" # s,
                     "rd = sub<" # t # ">(rs1, rs2, rm)">;
  def FMUL : FpRound<0x02, f, "fmul" # s,
                     "rd = mul<" # t # ">(rs1, rs2, rm)">;
  let Time = f.Div in {
    def FDIV : FpRound<0x03, f, "fdiv" # s,
                       "rd = div<" # t # ">(rs1, rs2, rm)">;
    def FSQRT : FpUnary<0x0B, 0, f, "fsqrt" # s,
                        "rd = sqrt<" # t # ">(rs1, rm)">;
  }
  def FSGNJ : FpExact<0x04, 0, f, "fsgnj" # s,
                      "rd = copySign<" # t # ">(rs1, rs2)">;
  def FSGNJN : FpExact<0x04, 1, f, "fsgnjn" # s,
                       "rd = copySign<" # t # ">(rs1, ~rs2)">;
  def FSGNJX : FpExact<0x04, 2, f, "fsgnjx" # s,
                       "rd = copySign<" # t # ">(rs1, rs1 ^ rs2)">;
  def FMIN : FpExact<0x05, 0, f, "fmin" # s,
                     "rd = minimum<" # t # ">(rs1, rs2)">;
  def FMAX : FpExact<0x05, 1, f, "fmax" # s,
                     "rd = maximum<" # t # ">(rs1, rs2)">;
  def FEQ : FpExact<0x14, 2, f, "feq" # s,
                    "rd = " # t # "::value(rs1) == " # t # "::value(rs2)">;
  def FLT : FpExact<0x14, 1, f, "flt" # s,
                    "rd = " # t # "::value(rs1) < " # t # "::value(rs2)">;
  def FLE : FpExact<0x14, 0, f, "fle" # s,
                    "rd = " # t # "::value(rs1) <= " # t # "::value(rs2)">;
  def FCVT_W : FpUnary<0x18, 0, f, "fcvt.w" # s,
                       "rd = toInt<" # t # ">(rs1, rm)">;
  def FCVT_WU : FpUnary<0x18, 1, f, "fcvt.wu" # s,
                        "rd = toUnsigned<" # t # ">(rs1, rm)">;
  def FCVT_FROM_W : FpUnary<0x1A, 0, f, "fcvt" # s # ".w",
                            "rd = fromInt<" # t # ">(sx(rs1), rm)">;
  def FCVT_FROM_WU : FpUnary<0x1A, 1, f, "fcvt" # s # ".wu",
                             "rd = fromInt<" # t # ">(int64_t(rs1), rm)">;
  def FCLASS : FpUnaryExact<0x1C, 0, 1, f, "fclass" # s,
                            "rd = classify<" # t # ">(rs1)">;
}
defm S_ : FloatArithmetic<FormatS>;
defm H_ : FloatArithmetic<FormatH>;

def FCVT_S_H : FpUnary<0x08, 2, FormatS, "fcvt.s.h",
                       "rd = convert<F16, F32>(rs1, 0)"> {
  let Inst{14-12} = 0;
  let AsmOperands = "rd, rs1";
  let Group = "Zhinx";
}
def FCVT_H_S : FpUnary<0x08, 0, FormatH, "fcvt.h.s",
                       "rd = convert<F32, F16>(rs1, rm)">;
// Zfinx has no moves between register files; GVSoC still decodes them.
let Time = TimeOne in {
  def FMV_X_W : FpUnaryExact<0x1C, 0, 0, FormatS, "fmv.x.w", "rd = rs1">;
  def FMV_W_X : FpUnaryExact<0x1E, 0, 0, FormatS, "fmv.w.x", "rd = rs1">;
  def FMV_X_H : FpUnaryExact<0x1C, 0, 0, FormatH, "fmv.x.h", "rd = rs1">;
  def FMV_H_X : FpUnaryExact<0x1E, 0, 0, FormatH, "fmv.h.x", "rd = rs1">;
}

// bfloat16: the half format with the value 5 in the rounding field.
def FormatAH : FloatFormat<2, "BF16", "ah", TimeFdivH, "Xf16alt", TypeBF16>;
def FCVT_S_AH : FpUnaryExact<0x08, 6, 0, FormatS, "fcvt.s.ah",
                             "rd = convert<BF16, F32>(rs1, 0)"> {
  let RdType = TypeF32;
  let Rs1Type = TypeBF16;
  let Group = "Xf16alt";
}
def FCVT_AH_S : FpUnaryExact<0x08, 0, 5, FormatAH, "fcvt.ah.s",
                             "rd = convert<F32, BF16>(rs1, 0)"> {
  let RdType = TypeBF16;
  let Rs1Type = TypeF32;
}

// Loads and stores of the F and Zfh extensions.
class FLoad<bits<3> f3, string mnemonic, string type>
    : OpI<0x07, f3, mnemonic, "rd, imm(rs1)"> {
  let Class = KindLoad;
  let Time = TimeLoad;
  let MemType = type;
  let Address = "rs1 + imm";
  let Group = "F";
}
class FStore<bits<3> f3, string mnemonic, string type>
    : OpS<0x27, f3, mnemonic> {
  let Class = KindStore;
  let Time = TimeStore;
  let MemType = type;
  let Address = "rs1 + imm";
  let Semantics = "rs2";
  let Group = "F";
}
def FLW : FLoad<2, "flw", "uint32_t">;
def FLH : FLoad<1, "flh", "int16_t">;
def FSW : FStore<2, "fsw", "uint32_t">;
def FSH : FStore<1, "fsh", "uint16_t">;

// Expanding and packed operations.
class FpExpand<bits<7> f7, string mnemonic, string semantics>
    : OpR<0x53, 0, f7, mnemonic, "rd, rs1, rs2, rm"> {
  bits<3> rm;
  let Inst{14-12} = rm;
  let Time = TimeFpu;
  let Semantics = semantics;
  let Group = "Xfaux";
  let RdType = TypeF32;
  let Rs1Type = TypeF16;
  let Rs2Type = TypeF16;
}
def FMULEX_S_H : FpExpand<0x26, "fmulex.s.h",
    "rd = mul<F32>(convert<F16, F32>(rs1, 0), convert<F16, F32>(rs2, 0), rm)">;
def FMACEX_S_H : FpExpand<0x2A, "fmacex.s.h",
    "rd = fma<F32>(convert<F16, F32>(rs1, 0), convert<F16, F32>(rs2, 0), rd, rm)"> {
  let ReadsRd = 1;
}

/// A packed format: the scalar one, the name of its functions, the suffix.
class VectorFormat<ValueType vector, ValueType scalar, string type,
                   string suffix, bits<3> f3> {
  ValueType Vector = vector;
  ValueType Scalar = scalar;
  string Type = type;
  string Suffix = suffix;
  bits<3> F3 = f3;
}
def FormatVH : VectorFormat<TypeVF16, TypeF16, "F16", ".h", 2>;
def FormatVAH : VectorFormat<TypeVBF16, TypeBF16, "BF16", ".ah", 1>;

/// Packed operation on two lanes. `b` is rs2, or its low lane in both lanes.
class VecFp<bits<3> f3, bits<7> f7, string mnemonic, string group,
            string semantics, ValueType rdType, ValueType rs1Type,
            ValueType rs2Type> : OpR<0x33, f3, f7, mnemonic> {
  let Time = TimeFpu;
  let Semantics = semantics;
  let Group = group;
  let RdType = rdType;
  let Rs1Type = rs1Type;
  let Rs2Type = rs2Type;
}
class VecFp1<bits<3> f3, bits<7> f7, bits<5> op, string mnemonic,
             string group, string semantics, ValueType rdType,
             ValueType rs1Type> : OpR1<0x33, f3, f7, op, mnemonic> {
  let Time = TimeFpu;
  let Semantics = semantics;
  let Group = group;
  let RdType = rdType;
  let Rs1Type = rs1Type;
}
/// The plain and the scalar-replicating (.r) row of one operation; `pre` and
/// `post` surround the second operand.
multiclass VecFpPair<VectorFormat f, bits<7> f7, string name, string pre,
                     string post> {
  def _V : VecFp<f.F3, f7, name # f.Suffix, "Xfvec", pre # "rs2" # post,
                 f.Vector, f.Vector, f.Vector>;
  def _R : VecFp<!add(f.F3, 4), f7, name # ".r" # f.Suffix, "Xfvec",
                 pre # "replicateLow16(rs2)" # post, f.Vector, f.Vector,
                 f.Scalar>;
}
/// Lane-wise over x and y.
multiclass VecFpMap<VectorFormat f, bits<7> f7, string name, string capture,
                    string expr> {
  defm "" : VecFpPair<f, f7, name, "rd = mapFloatLanes(rs1, ",
                      ", [" # capture # "](auto x, auto y) { return " # expr #
                      "; })">;
}
multiclass VecArithmetic<VectorFormat f> {
  defvar t = "<" # f.Type # ">";
  defm ADD : VecFpMap<f, 0x41, "vfadd", "&", "add" # t # "(x, y, frm)">;
  defm SUB : VecFpMap<f, 0x42, "vfsub", "&", "sub" # t # "(x, y, frm)">;
  defm MUL : VecFpMap<f, 0x43, "vfmul", "&", "mul" # t # "(x, y, frm)">;
  defm MIN : VecFpMap<f, 0x45, "vfmin", "", "minimum" # t # "(x, y)">;
  defm MAX : VecFpMap<f, 0x46, "vfmax", "", "maximum" # t # "(x, y)">;
  let ReadsRd = 1 in
  defm MAC : VecFpPair<f, 0x48, "vfmac", "rd = macFp" # t # "(rs1, ",
                       ", rd, frm)">;
}
defm VF_H_ : VecArithmetic<FormatVH>;
defm VF_AH_ : VecArithmetic<FormatVAH>;

multiclass VecSign<VectorFormat f> {
  defvar t = "<" # f.Type # ">";
  defm SGNJ : VecFpMap<f, 0x4D, "vfsgnj", "", "copySign" # t # "(x, y)">;
  defm SGNJN : VecFpMap<f, 0x4E, "vfsgnjn", "", "copySign" # t # "(x, ~y)">;
  defm SGNJX : VecFpMap<f, 0x4F, "vfsgnjx", "", "copySign" # t # "(x, x ^ y)">;
}
defm VF_H_ : VecSign<FormatVH>;

class VecPack<VectorFormat f>
    : VecFp<f.F3, 0x58, "vfcpka" # f.Suffix # ".s", "Xfvec",
            "rd = packLow16(convert<F32, " # f.Type # ">(rs2, frm), " #
            "convert<F32, " # f.Type # ">(rs1, frm))",
            f.Vector, TypeF32, TypeF32>;
def VFCPKA_H_S : VecPack<FormatVH>;
def VFCPKA_AH_S : VecPack<FormatVAH>;
def VFCVT_X_H : VecFp1<2, 0x4C, 2, "vfcvt.x.h", "Xfvec",
    "rd = lanesToInt16<F16>(rs1, frm)", TypeVI16, TypeVF16>;
def VFCVT_XU_H : VecFp1<6, 0x4C, 2, "vfcvt.xu.h", "Xfvec",
    "rd = lanesToUnsigned16<F16>(rs1, frm)", TypeVI16, TypeVF16>;
// Older GVSoCs take the lanes of this row as unsigned; in that of
// docs/hardware/README.md they are signed.
def VFCVT_H_X : VecFp1<2, 0x4C, 3, "vfcvt.h.x", "Xfvec",
    "rd = lanesFromInt16<F16>(rs1, frm)", TypeVF16, TypeVI16>;
def VFCVT_H_XU : VecFp1<6, 0x4C, 3, "vfcvt.h.xu", "Xfvec",
    "rd = lanesFromUnsigned16<F16>(rs1, frm)", TypeVF16, TypeVI16>;

/// Sums of products in single precision.
class VecDot<VectorFormat f, bits<3> f3, string mnemonic, string semantics,
             ValueType rs2Type>
    : VecFp<f3, 0x4B, mnemonic, "Xfaux", semantics, TypeF32, f.Vector, rs2Type>;
let ReadsRd = 1 in {
  def VFDOTPEX_S_H : VecDot<FormatVH, 0, "vfdotpex.s.h",
      "rd = add<F32>(rd, dotExpand<F16>(rs1, rs2), 0)", TypeVF16>;
  def VFDOTPEX_S_R_H : VecDot<FormatVH, 4, "vfdotpex.s.r.h",
      "rd = add<F32>(rd, dotExpand<F16>(rs1, replicateLow16(rs2)), 0)",
      TypeF16>;
}
// GVSoC ignores the accumulator of the bfloat16 forms and takes the upper lanes
// first: docs/hardware/isa.md, deviation 1.
def VFDOTPEX_S_AH : VecDot<FormatVAH, 1, "vfdotpex.s.ah",
    "rd = dotExpand<BF16>(swapHalves(rs1), swapHalves(rs2))", TypeVBF16>;
def VFDOTPEX_S_R_AH : VecDot<FormatVAH, 5, "vfdotpex.s.r.ah",
    "rd = dotExpand<BF16>(swapHalves(rs1), replicateLow16(rs2))", TypeBF16>;
