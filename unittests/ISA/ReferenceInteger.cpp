// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reference.h"
#include "llvm/ADT/APInt.h"
#include "llvm/ADT/StringMap.h"
#include <functional>

using namespace llvm;
using namespace se::riscv;

static APInt make(uint32_t x) { return APInt(32, x); }
static uint32_t bits(const APInt &x) { return uint32_t(x.getZExtValue()); }

using Function = std::function<APInt(APInt, APInt)>;

/// Functions of rs1 and rs2, or rs1 and the immediate.
static const StringMap<Function> &getBinary() {
  static const StringMap<Function> table = {
      {"add", [](APInt a, APInt b) { return a + b; }},
      {"sub", [](APInt a, APInt b) { return a - b; }},
      {"xor", [](APInt a, APInt b) { return a ^ b; }},
      {"or", [](APInt a, APInt b) { return a | b; }},
      {"and", [](APInt a, APInt b) { return a & b; }},
      {"sll", [](APInt a, APInt b) { return a.shl(b.urem(32)); }},
      {"srl", [](APInt a, APInt b) { return a.lshr(b.urem(32)); }},
      {"sra", [](APInt a, APInt b) { return a.ashr(b.urem(32)); }},
      {"slt", [](APInt a, APInt b) { return APInt(32, a.slt(b)); }},
      {"sltu", [](APInt a, APInt b) { return APInt(32, a.ult(b)); }},
      {"mul", [](APInt a, APInt b) { return a * b; }},
      {"mulh",
       [](APInt a, APInt b) {
         return (a.sext(64) * b.sext(64)).extractBits(32, 32);
       }},
      {"mulhu",
       [](APInt a, APInt b) {
         return (a.zext(64) * b.zext(64)).extractBits(32, 32);
       }},
      {"mulhsu",
       [](APInt a, APInt b) {
         return (a.sext(64) * b.zext(64)).extractBits(32, 32);
       }},
      {"div",
       [](APInt a, APInt b) {
         return b.isZero() ? APInt::getAllOnes(32) : a.sdiv(b);
       }},
      {"divu",
       [](APInt a, APInt b) {
         return b.isZero() ? APInt::getAllOnes(32) : a.udiv(b);
       }},
      {"rem", [](APInt a, APInt b) { return b.isZero() ? a : a.srem(b); }},
      {"remu", [](APInt a, APInt b) { return b.isZero() ? a : a.urem(b); }},
  };
  return table;
}

std::optional<uint32_t> se::riscv::referenceInteger(const InstructionInfo &info,
                                                    const Sources &s) {
  if (info.mnemonic == "lui")
    return uint32_t(s.imm);
  if (info.mnemonic == "auipc")
    return s.pc + uint32_t(s.imm);
  if (info.group != "I" && info.group != "M")
    return std::nullopt;
  bool isImmediate = info.has(Operand::imm);
  std::string name = info.mnemonic.str();
  // "addi" is "add", "sltiu" is "sltu".
  if (isImmediate)
    name.erase(name.find('i'), 1);
  auto it = getBinary().find(name);
  if (it == getBinary().end())
    return std::nullopt;
  return bits(
      it->second(make(s.rs1), make(isImmediate ? uint32_t(s.imm) : s.rs2)));
}

/// A field that may exceed the word at its upper end.
static APInt fieldMask(unsigned width, unsigned position) {
  return APInt::getBitsSet(64, position, position + width).trunc(32);
}

/// Bit fields: i forms have width and position as immediates.
static std::optional<uint32_t>
bitField(StringRef name, const InstructionInfo &info, const Sources &s) {
  bool isImmediate = info.has(Operand::imm2);
  unsigned width = 1 + (isImmediate ? s.imm2 : int32_t(s.rs2 >> 5) & 31);
  unsigned position = isImmediate ? s.imm : int32_t(s.rs2 & 31);
  APInt x = make(s.rs1), mask = fieldMask(width, position);
  if (isImmediate)
    name = name.drop_back();
  if (name == "extractu")
    return bits((x & mask).lshr(position));
  if (name == "extract") {
    unsigned inWord = std::min(width, 32 - position);
    return bits(x.extractBits(inWord, position).sext(32));
  }
  if (name == "insert")
    return bits((make(s.rd) & ~mask) |
                (x.zext(64).shl(position).trunc(32) & mask));
  if (name == "bset")
    return bits(x | mask);
  if (name == "bclr")
    return bits(x & ~mask);
  return std::nullopt;
}

/// x shifted right by n, with half a unit added first if `rounds`, in a sum of
/// `sumBits` bits.
static uint32_t shifted(APInt x, unsigned n, bool rounds, bool isSigned,
                        unsigned sumBits = 32) {
  x = isSigned ? x.sext(sumBits) : x.zext(sumBits);
  if (rounds && n)
    x += APInt::getOneBitSet(sumBits, n - 1);
  return bits((isSigned ? x.ashr(n) : x.lshr(n)).trunc(32));
}

/// p.mul, p.mac, p.add, p.sub with the suffixes hh, s or u, N, R.
static std::optional<uint32_t>
shiftArithmetic(StringRef name, const InstructionInfo &info, const Sources &s) {
  bool isImmediate = info.has(Operand::imm);
  auto consume = [&](StringRef prefix) { return name.consume_front(prefix); };
  if (consume("mul") || consume("mac")) {
    bool accumulates = info.readsRd;
    bool high = consume("hh");
    bool isSigned = consume("s");
    if (!isSigned && !consume("u"))
      return std::nullopt;
    bool rounds = name == "NR";
    auto half = [&](uint32_t x) {
      APInt h(16, high ? x >> 16 : x & 0xffff);
      return isSigned ? h.sext(32) : h.zext(32);
    };
    APInt x = half(s.rs1) * half(s.rs2);
    if (accumulates)
      x += make(s.rd);
    // Only p.muluNR and p.mulhhuNR wrap.
    bool wraps = !isSigned && !accumulates;
    return shifted(x, isImmediate ? s.imm : 0, rounds, isSigned,
                   wraps ? 32 : 64);
  }
  bool isSub = consume("sub");
  if (!isSub && !consume("add"))
    return std::nullopt;
  bool isSigned = !consume("u");
  bool rounds = consume("R");
  // The i forms take rs1 and rs2, the others rd and rs1.
  APInt a = make(isImmediate ? s.rs1 : s.rd),
        b = make(isImmediate ? s.rs2 : s.rs1);
  return shifted(isSub ? a - b : a + b, isImmediate ? s.imm : s.rs2 & 31,
                 rounds, isSigned);
}

static const StringMap<std::function<uint32_t(const Sources &)>> &
getScalarTable() {
  using S = const Sources &;
  auto clamp = [](uint32_t x, int64_t low, int64_t high) {
    int64_t v = make(x).getSExtValue();
    return uint32_t(v < low ? low : v > high ? high : v);
  };
  static const StringMap<std::function<uint32_t(S)>> table = {
      {"abs", [](S s) { return bits(make(s.rs1).abs()); }},
      {"min",
       [](S s) { return bits(APIntOps::smin(make(s.rs1), make(s.rs2))); }},
      {"minu",
       [](S s) { return bits(APIntOps::umin(make(s.rs1), make(s.rs2))); }},
      {"max",
       [](S s) { return bits(APIntOps::smax(make(s.rs1), make(s.rs2))); }},
      {"maxu",
       [](S s) { return bits(APIntOps::umax(make(s.rs1), make(s.rs2))); }},
      {"slet", [](S s) { return make(s.rs1).sle(make(s.rs2)); }},
      {"sletu", [](S s) { return make(s.rs1).ule(make(s.rs2)); }},
      {"avgu", [](S s) { return bits((make(s.rs1) + make(s.rs2)).lshr(1)); }},
      {"exths", [](S s) { return bits(make(s.rs1).trunc(16).sext(32)); }},
      {"exthz", [](S s) { return bits(make(s.rs1).trunc(16).zext(32)); }},
      {"extbs", [](S s) { return bits(make(s.rs1).trunc(8).sext(32)); }},
      {"extbz", [](S s) { return bits(make(s.rs1).trunc(8).zext(32)); }},
      {"ror", [](S s) { return bits(make(s.rs1).rotr(s.rs2 & 31)); }},
      {"ff1", [](S s) { return make(s.rs1).countr_zero(); }},
      {"fl1", [](S s) { return s.rs1 ? make(s.rs1).logBase2() : 32u; }},
      {"clb",
       [](S s) { return s.rs1 ? make(s.rs1).getNumSignBits() - 1 : 0u; }},
      {"cnt", [](S s) { return make(s.rs1).popcount(); }},
      {"clipi",
       [=](S s) {
         int64_t half = int64_t(1) << std::max(s.imm - 1, 0);
         return clamp(s.rs1, -half, half - 1);
       }},
      {"clipui",
       [=](S s) {
         int64_t half = int64_t(1) << std::max(s.imm - 1, 0);
         return clamp(s.rs1, 0, half - 1);
       }},
      {"clip",
       [=](S s) {
         // Only sensible for a bound that is not negative; then as here.
         int64_t bound = make(s.rs2).getSExtValue();
         int64_t v = make(s.rs1).getSExtValue();
         if (v < -bound - 1)
           return uint32_t(-bound - 1);
         return uint32_t(v > bound ? bound : v);
       }},
      {"clipu",
       [=](S s) {
         int64_t bound = make(s.rs2).getSExtValue();
         int64_t v = make(s.rs1).getSExtValue();
         return uint32_t(v > bound ? bound : std::max<int64_t>(v, 0));
       }},
      {"mac", [](S s) { return bits(make(s.rd) + make(s.rs1) * make(s.rs2)); }},
      {"msu", [](S s) { return bits(make(s.rd) - make(s.rs1) * make(s.rs2)); }},
  };
  return table;
}

std::optional<uint32_t>
se::riscv::referenceScalarXpulp(const InstructionInfo &info, const Sources &s) {
  StringRef name = info.mnemonic;
  if (!name.consume_front("p."))
    return std::nullopt;
  if (auto it = getScalarTable().find(name); it != getScalarTable().end())
    return it->second(s);
  if (info.group == "XpulpBit")
    return bitField(name, info, s);
  if (info.group == "XpulpMul")
    return shiftArithmetic(name, info, s);
  return std::nullopt;
}
