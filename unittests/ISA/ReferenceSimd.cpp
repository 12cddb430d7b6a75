// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reference.h"
#include "llvm/ADT/APInt.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include <functional>

using namespace llvm;
using namespace se::riscv;

namespace {
/// A word as lanes of `width` bits, lane 0 first.
struct Vector {
  SmallVector<APInt, 4> lanes;

  Vector(uint32_t word, unsigned width) {
    for (unsigned i = 0; i != 32; i += width)
      lanes.push_back(APInt(32, word).extractBits(width, i));
  }
  uint32_t bits() const {
    APInt word(32, 0);
    for (auto [i, lane] : enumerate(lanes))
      word.insertBits(lane, unsigned(i) * lane.getBitWidth());
    return uint32_t(word.getZExtValue());
  }
};
using LaneFunction = std::function<APInt(APInt, APInt)>;
} // namespace

static APInt mask(bool condition, const APInt &like) {
  unsigned width = like.getBitWidth();
  return condition ? APInt::getAllOnes(width) : APInt::getZero(width);
}

static const StringMap<LaneFunction> &getLaneFunctions() {
  auto amount = [](const APInt &b) { return b.urem(b.getBitWidth()); };
  static const StringMap<LaneFunction> table = {
      {"add", [](APInt a, APInt b) { return a + b; }},
      {"sub", [](APInt a, APInt b) { return a - b; }},
      {"avg", [](APInt a, APInt b) { return (a + b).ashr(1); }},
      {"avgu", [](APInt a, APInt b) { return (a + b).lshr(1); }},
      {"min", [](APInt a, APInt b) { return APIntOps::smin(a, b); }},
      {"minu", [](APInt a, APInt b) { return APIntOps::umin(a, b); }},
      {"max", [](APInt a, APInt b) { return APIntOps::smax(a, b); }},
      {"maxu", [](APInt a, APInt b) { return APIntOps::umax(a, b); }},
      {"srl", [=](APInt a, APInt b) { return a.lshr(amount(b)); }},
      {"sra", [=](APInt a, APInt b) { return a.ashr(amount(b)); }},
      {"sll", [=](APInt a, APInt b) { return a.shl(amount(b)); }},
      {"or", [](APInt a, APInt b) { return a | b; }},
      {"xor", [](APInt a, APInt b) { return a ^ b; }},
      {"and", [](APInt a, APInt b) { return a & b; }},
      {"abs", [](APInt a, APInt) { return a.abs(); }},
      {"cmpeq", [](APInt a, APInt b) { return mask(a == b, a); }},
      {"cmpne", [](APInt a, APInt b) { return mask(a != b, a); }},
      {"cmpgt", [](APInt a, APInt b) { return mask(a.sgt(b), a); }},
      {"cmpge", [](APInt a, APInt b) { return mask(a.sge(b), a); }},
      {"cmplt", [](APInt a, APInt b) { return mask(a.slt(b), a); }},
      {"cmple", [](APInt a, APInt b) { return mask(a.sle(b), a); }},
      {"cmpgtu", [](APInt a, APInt b) { return mask(a.ugt(b), a); }},
      {"cmpgeu", [](APInt a, APInt b) { return mask(a.uge(b), a); }},
      {"cmpltu", [](APInt a, APInt b) { return mask(a.ult(b), a); }},
      {"cmpleu", [](APInt a, APInt b) { return mask(a.ule(b), a); }},
  };
  return table;
}

/// pv.[s]dot{s,u,us}p.
static std::optional<uint32_t> dotProduct(StringRef name, const Vector &a,
                                          const Vector &b, uint32_t acc) {
  bool accumulates = name.consume_front("sdot");
  if (!accumulates && !name.consume_front("dot"))
    return std::nullopt;
  bool aSigned = name == "sp", bSigned = name != "up";
  APInt sum(32, accumulates ? acc : 0);
  for (auto [x, y] : zip_equal(a.lanes, b.lanes))
    sum += (aSigned ? x.sext(32) : x.zext(32)) *
           (bSigned ? y.sext(32) : y.zext(32));
  return uint32_t(sum.getZExtValue());
}

/// What moves lanes about.
static std::optional<uint32_t> permutation(StringRef name, const Vector &a,
                                           Vector b, const Sources &s) {
  unsigned numLanes = a.lanes.size(), width = a.lanes[0].getBitWidth();
  auto laneBits = [&](unsigned i) { return b.lanes[i].getZExtValue(); };
  Vector old(s.rd, width);
  if (name == "extract" || name == "extractu") {
    const APInt &lane = a.lanes[s.imm % numLanes];
    return uint32_t(
        (name == "extract" ? lane.sext(32) : lane.zext(32)).getZExtValue());
  }
  if (name == "insert") {
    old.lanes[s.imm % numLanes] = a.lanes[0];
    return old.bits();
  }
  if (name == "shuffle" || name == "shuffle2") {
    Vector result(0, width);
    for (unsigned i = 0; i != numLanes; ++i) {
      bool fromOld = name == "shuffle2" && !(laneBits(i) & numLanes);
      result.lanes[i] = (fromOld ? old : a).lanes[laneBits(i) % numLanes];
    }
    return result.bits();
  }
  if (name == "pack")
    return s.rs1 << 16 | (s.rs2 & 0xffff);
  if (name == "packhi")
    return (s.rs1 & 0xff) << 24 | (s.rs2 & 0xff) << 16 | (s.rd & 0xffff);
  if (name == "packlo")
    return (s.rd & 0xffff0000) | (s.rs1 & 0xff) << 8 | (s.rs2 & 0xff);
  return std::nullopt;
}

std::optional<uint32_t> se::riscv::referenceSimd(const InstructionInfo &info,
                                                 const Sources &s) {
  SmallVector<StringRef, 4> parts;
  StringRef(info.mnemonic).split(parts, '.');
  if (parts.size() < 3 || parts[0] != "pv")
    return std::nullopt;
  StringRef name = parts[1];
  unsigned width = is_contained(parts, "b") ? 8 : 16;
  Vector a(s.rs1, width), b(s.rs2, width);
  if (is_contained(parts, "sc"))
    b.lanes.assign(b.lanes.size(), b.lanes[0]);
  if (is_contained(parts, "sci"))
    b.lanes.assign(b.lanes.size(), APInt(32, uint32_t(s.imm)).trunc(width));

  // Immediate selectors: packed bits, from lane 0 up.
  if (name == "shuffle" && is_contained(parts, "sci"))
    for (unsigned i = 0; i != 2; ++i)
      b.lanes[i] = APInt(width, s.imm >> i & 1);
  if (name.starts_with("shufflei")) {
    unsigned top = name.back() - '0';
    for (unsigned i = 0; i != 3; ++i)
      b.lanes[i] = APInt(width, s.imm >> 2 * i & 3);
    b.lanes[3] = APInt(width, top);
    name = "shuffle";
  }

  if (auto it = getLaneFunctions().find(name); it != getLaneFunctions().end()) {
    Vector result(0, width);
    for (auto [r, x, y] : zip_equal(result.lanes, a.lanes, b.lanes))
      r = it->second(x, y);
    return result.bits();
  }
  if (auto result = dotProduct(name, a, b, s.rd))
    return result;
  return permutation(name, a, b, s);
}
