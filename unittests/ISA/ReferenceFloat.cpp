// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reference.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APSInt.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <cmath>

using namespace llvm;
using namespace se::riscv;

using Mode = RoundingMode;
static constexpr Mode nearest = Mode::NearestTiesToEven;

static Mode getMode(unsigned rm) {
  static constexpr Mode modes[] = {nearest, Mode::TowardZero,
                                   Mode::TowardNegative, Mode::TowardPositive,
                                   Mode::NearestTiesToAway};
  return rm < 5 ? modes[rm] : nearest;
}

static const fltSemantics *getFormat(StringRef suffix) {
  if (suffix == "s")
    return &APFloat::IEEEsingle();
  if (suffix == "h")
    return &APFloat::IEEEhalf();
  if (suffix == "ah")
    return &APFloat::BFloat();
  return nullptr;
}

static APFloat load(const fltSemantics &format, uint32_t bits) {
  unsigned width = APFloat::semanticsSizeInBits(format);
  return APFloat(format, APInt(32, bits).trunc(width));
}

/// As a register holds it: canonical NaN, sign-extended.
static uint32_t store(const APFloat &x) {
  APFloat value = x.isNaN() ? APFloat::getQNaN(x.getSemantics()) : x;
  return uint32_t(value.bitcastToAPInt().sext(32).getZExtValue());
}

static APFloat converted(APFloat x, const fltSemantics &to, Mode mode) {
  bool losesInfo;
  x.convert(to, mode, &losesInfo);
  return x;
}

/// The root, found by search: the largest r with r * r <= x, then rounded by a
/// comparison with the middle to the next number.
static APFloat squareRoot(const APFloat &x, Mode mode) {
  const fltSemantics &format = x.getSemantics();
  if (x.isNaN() || (x.isNegative() && !x.isZero()))
    return APFloat::getQNaN(format);
  if (x.isZero() || x.isInfinity())
    return x;
  // Quad precision holds squares of these formats and of middles exactly.
  auto square = [](const APFloat &r) {
    APFloat wide = converted(r, APFloat::IEEEquad(), nearest);
    wide.multiply(wide, nearest);
    return wide;
  };
  APFloat wideX = converted(x, APFloat::IEEEquad(), nearest);
  // Positive numbers are ordered as their bit patterns.
  uint64_t l = 0,
           h = APFloat::getLargest(format).bitcastToAPInt().getZExtValue();
  unsigned width = APFloat::semanticsSizeInBits(format);
  auto number = [&](uint64_t b) { return APFloat(format, APInt(width, b)); };
  while (h - l > 1) {
    uint64_t middle = (l + h) / 2;
    if (square(number(middle)).compare(wideX) != APFloat::cmpGreaterThan)
      l = middle;
    else
      h = middle;
  }
  bool isExact = square(number(l)).compare(wideX) == APFloat::cmpEqual;
  if (isExact || mode == Mode::TowardZero || mode == Mode::TowardNegative)
    return number(l);
  if (mode == Mode::TowardPositive)
    return number(l + 1);
  APFloat between = converted(number(l), APFloat::IEEEquad(), nearest);
  between.add(converted(number(l + 1), APFloat::IEEEquad(), nearest), nearest);
  between.multiply(APFloat(APFloat::IEEEquad(), "0.5"), nearest);
  between.multiply(between, nearest);
  // A root never lies in the middle: its square would have too many bits.
  return number(between.compare(wideX) == APFloat::cmpLessThan ? l + 1 : l);
}

static APFloat minMax(const APFloat &a, const APFloat &b, bool isMin) {
  if (a.isNaN() || b.isNaN())
    return a.isNaN() ? b : a;
  return isMin ? llvm::minimum(a, b) : llvm::maximum(a, b);
}

static uint32_t classOf(const APFloat &x) {
  if (x.isNaN())
    return x.isSignaling() ? 1 << 8 : 1 << 9;
  bool negative = x.isNegative();
  if (x.isInfinity())
    return negative ? 1 << 0 : 1 << 7;
  if (x.isZero())
    return negative ? 1 << 3 : 1 << 4;
  if (x.isDenormal())
    return negative ? 1 << 2 : 1 << 5;
  return negative ? 1 << 1 : 1 << 6;
}

static uint32_t toInteger(const APFloat &x, unsigned width, bool isSigned,
                          Mode mode) {
  APSInt result(width, !isSigned);
  if (x.isNaN())
    return uint32_t(APSInt::getMaxValue(width, !isSigned).getZExtValue());
  bool exact;
  // Saturates when out of range.
  x.convertToInteger(result, mode, &exact);
  return uint32_t(result.getZExtValue());
}

static APFloat fromInteger(const fltSemantics &format, const APSInt &value,
                           Mode mode) {
  APFloat x(format);
  x.convertFromAPInt(value, value.isSigned(), mode);
  return x;
}

/// One operation on scalars, or on one lane; `acc` is the third operand.
static std::optional<APFloat> arithmetic(StringRef name, APFloat a,
                                         const APFloat &b, const APFloat &c,
                                         Mode mode) {
  if (name == "add")
    a.add(b, mode);
  else if (name == "sub")
    a.subtract(b, mode);
  else if (name == "mul")
    a.multiply(b, mode);
  else if (name == "div")
    a.divide(b, mode);
  else if (name == "madd" || name == "mac")
    a.fusedMultiplyAdd(b, c, mode);
  else if (name == "msub")
    a.fusedMultiplyAdd(b, neg(c), mode);
  else if (name == "nmsub")
    (a = neg(a)).fusedMultiplyAdd(b, c, mode);
  else if (name == "nmadd")
    (a = neg(a)).fusedMultiplyAdd(b, neg(c), mode);
  else if (name == "min" || name == "max")
    return minMax(a, b, name == "min");
  else if (name == "sgnj" || name == "sgnjn" || name == "sgnjx") {
    bool sign = name == "sgnj"    ? b.isNegative()
                : name == "sgnjn" ? !b.isNegative()
                                  : a.isNegative() != b.isNegative();
    return APFloat::copySign(a, APFloat::getZero(a.getSemantics(), sign));
  } else
    return std::nullopt;
  return a;
}

static bool keepsNan(StringRef name) { return name.starts_with("sgnj"); }

static std::optional<uint32_t> scalar(ArrayRef<StringRef> parts,
                                      const Sources &s) {
  StringRef name = parts[0];
  Mode mode = getMode(s.rm);
  const fltSemantics *format = getFormat(parts.back());

  if (name == "fmv")
    return s.rs1;
  if (name == "fmulex" || name == "fmacex") {
    const fltSemantics &single = APFloat::IEEEsingle();
    APFloat a = converted(load(*format, s.rs1), single, nearest),
            b = converted(load(*format, s.rs2), single, nearest);
    if (name == "fmulex")
      a.multiply(b, mode);
    else
      a.fusedMultiplyAdd(b, load(single, s.rd), mode);
    return store(a);
  }
  if (name == "fcvt") {
    StringRef to = parts[1];
    if (const fltSemantics *target = getFormat(to)) {
      if (format)
        return store(converted(load(*format, s.rs1), *target, mode));
      bool isSigned = parts[2] == "w";
      return store(
          fromInteger(*target, APSInt(APInt(32, s.rs1), !isSigned), mode));
    }
    return toInteger(load(*format, s.rs1), 32, to == "w", mode);
  }
  if (!format)
    return std::nullopt;
  APFloat a = load(*format, s.rs1), b = load(*format, s.rs2),
          c = load(*format, s.rs3);
  if (name == "fsqrt")
    return store(squareRoot(a, mode));
  if (name == "fclass")
    return classOf(a);
  if (name == "feq")
    return a.compare(b) == APFloat::cmpEqual;
  if (name == "flt")
    return a.compare(b) == APFloat::cmpLessThan;
  if (name == "fle")
    return a.compare(b) == APFloat::cmpLessThan ||
           a.compare(b) == APFloat::cmpEqual;
  name = name.drop_front();
  auto result = arithmetic(name, a, b, c, mode);
  if (!result)
    return std::nullopt;
  if (keepsNan(name))
    return uint32_t(result->bitcastToAPInt().sext(32).getZExtValue());
  return store(*result);
}

static std::optional<uint32_t> packed(SmallVector<StringRef> parts,
                                      const Sources &s) {
  StringRef name = parts[0];
  uint32_t rs2 = s.rs2;
  if (auto *r = find(parts, "r"); r != parts.end()) {
    rs2 = (rs2 & 0xffff) * 0x10001;
    parts.erase(r);
  }
  Mode mode = getMode(s.rm);
  const fltSemantics &single = APFloat::IEEEsingle();
  auto lane = [](uint32_t x, unsigned i) { return x >> 16 * i & 0xffff; };
  auto pack = [](uint32_t high, uint32_t low) {
    return high << 16 | (low & 0xffff);
  };

  if (name == "vfdotpex") {
    const fltSemantics &format = *getFormat(parts[2]);
    auto element = [&](uint32_t x, unsigned i) {
      return converted(load(format, lane(x, i)), single, nearest);
    };
    // docs/hardware/isa.md, deviation 1: no accumulator with bfloat16, and the
    // upper lanes come first.
    unsigned first = parts[2] == "h" ? 0 : 1;
    APFloat product = element(s.rs1, first);
    product.multiply(element(rs2, first), nearest);
    APFloat sum = element(s.rs1, 1 - first);
    sum.fusedMultiplyAdd(element(rs2, 1 - first), product, nearest);
    if (parts[2] == "h") {
      APFloat total = load(single, s.rd);
      total.add(sum, nearest);
      sum = total;
    }
    return store(sum);
  }
  if (name == "vfcpka") {
    const fltSemantics &format = *getFormat(parts[1]);
    return pack(store(converted(load(single, s.rs2), format, mode)),
                store(converted(load(single, s.rs1), format, mode)));
  }
  if (name == "vfcvt") {
    auto convertLane = [&](uint32_t x) -> uint32_t {
      if (parts[1] == "x" || parts[1] == "xu")
        return toInteger(load(*getFormat(parts[2]), x), 16, parts[1] == "x",
                         mode);
      return store(fromInteger(*getFormat(parts[1]),
                               APSInt(APInt(16, x), parts[2] == "xu"), mode));
    };
    return pack(convertLane(lane(s.rs1, 1)), convertLane(lane(s.rs1, 0)));
  }
  const fltSemantics *format = getFormat(parts.back());
  if (!format)
    return std::nullopt;
  uint32_t results[2];
  for (unsigned i = 0; i != 2; ++i) {
    auto result = arithmetic(name.drop_front(2), load(*format, lane(s.rs1, i)),
                             load(*format, lane(rs2, i)),
                             load(*format, lane(s.rd, i)), mode);
    if (!result)
      return std::nullopt;
    results[i] = keepsNan(name.drop_front(2))
                     ? uint32_t(result->bitcastToAPInt().getZExtValue())
                     : store(*result);
  }
  return pack(results[1], results[0]);
}

std::optional<uint32_t> se::riscv::referenceFloat(const InstructionInfo &info,
                                                  const Sources &s) {
  SmallVector<StringRef> parts;
  StringRef(info.mnemonic).split(parts, '.');
  if (parts.size() < 2)
    return std::nullopt;
  if (parts[0].starts_with("vf"))
    return packed(parts, s);
  if (parts[0].starts_with("f") && info.kind == Kind::Compute)
    return scalar(parts, s);
  return std::nullopt;
}
