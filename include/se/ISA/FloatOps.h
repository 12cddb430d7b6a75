// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The floating-point functions that the semantics in Isa.td are written with,
// bit exact on any host that has IEEE float and double: no x87, no fast math.
//
// Values are bit patterns in uint32_t; of the 16-bit formats the upper half is
// ignored on input and a copy of the sign on output (Zhinx). A NaN result is
// always the canonical one. `rm` is a RISC-V rounding mode, 0 (to nearest,
// ties to even) being the fast one. Exception flags are not kept.
//
// Each result is rounded once. GVSoC computes in double and rounds that, which
// differs for a fused operation whose exact result is closer than 2^-53 (of
// itself) to a tie of the format.

#ifndef SE_ISA_FLOATOPS_H
#define SE_ISA_FLOATOPS_H

#include <cmath>
#include <cstdint>
#include <cstring>

namespace se::riscv {

enum RoundingMode : unsigned {
  RNE = 0, // to nearest, ties to even
  RTZ = 1, // towards zero
  RDN = 2, // down
  RUP = 3, // up
  RMM = 4, // to nearest, ties away from zero
  dynamicRounding = 7,
};

template <typename To, typename From> To bitCast(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof(To));
  return to;
}

//===-- Formats -----------------------------------------------------------===//

struct F32 {
  static constexpr uint32_t sign = 0x80000000, infinity = 0x7f800000,
                            nan = 0x7fc00000, minNormal = 0x00800000,
                            quiet = 0x00400000, mask = 0xffffffff;
  static float value(uint32_t x) { return bitCast<float>(x); }
  static uint32_t bits(float x) { return x == x ? bitCast<uint32_t>(x) : nan; }
  static uint32_t round(double x) { return bits(float(x)); }
  static uint32_t extend(uint32_t x) { return x; }
  static uint32_t negate(uint32_t x) { return x ^ sign; }
};

/// What the two 16-bit formats share; `MantissaBits` without the hidden one.
template <unsigned MantissaBits> struct Format16 {
  static constexpr int exponentBits = 15 - MantissaBits;
  static constexpr int bias = (1 << (exponentBits - 1)) - 1;
  static constexpr uint32_t sign = 0x8000, mask = 0xffff,
                            minNormal = 1u << MantissaBits,
                            infinity = 0x8000 - minNormal,
                            quiet = minNormal >> 1, nan = infinity | quiet;
  static uint32_t extend(uint32_t x) { return int16_t(x); }
  static uint32_t negate(uint32_t x) { return extend(x ^ sign); }

  /// Rounds to nearest, ties to even.
  static uint32_t round(double x) {
    constexpr unsigned dropped = 52 - MantissaBits;
    // The double that is the smallest normal number, and the one that is 2^n
    // for the first exponent that is too large.
    constexpr uint64_t normal = uint64_t(1023 + 1 - bias) << 52;
    constexpr uint64_t tooLarge = uint64_t(1023 + 1 + bias) << 52;
    uint64_t b = bitCast<uint64_t>(x);
    uint32_t s = b >> 63 ? ~uint32_t(0x7fff) : 0;
    b &= ~(uint64_t(1) << 63);
    if (b >= normal) {
      if (b > uint64_t(0x7ff) << 52)
        return nan;
      b += ((b >> dropped) & 1) + ((uint64_t(1) << (dropped - 1)) - 1);
      if (b >= tooLarge)
        return s | infinity;
      return s |
             uint32_t((b >> dropped) - (uint64_t(1023 - bias) << MantissaBits));
    }
    // Subnormal: adding 2^k, whose unit in the last place is that of the
    // format's subnormals, makes the host round.
    constexpr int k = 52 + 1 - bias - int(MantissaBits);
    const double magic = bitCast<double>(uint64_t(1023 + k) << 52);
    return s | uint32_t(bitCast<uint64_t>(bitCast<double>(b) + magic) & 0xffff);
  }
};

struct F16 : Format16<10> {
  static float value(uint32_t x) {
    uint32_t magnitude = (x & 0x7fff) << 13;
    // Rebiases by a multiplication, which also normalizes subnormals.
    float f = bitCast<float>(magnitude) * 0x1p112f;
    uint32_t b = bitCast<uint32_t>(f);
    if ((x & 0x7c00) == 0x7c00)
      b = magnitude | 0x7f800000;
    return bitCast<float>(b | (x & 0x8000) << 16);
  }
};

struct BF16 : Format16<7> {
  static float value(uint32_t x) { return bitCast<float>(x << 16); }
};

//===-- The slow path: rounding other than RNE, by LLVM's APFloat ---------===//

enum class FloatOp { Add, Sub, Mul, Div, Fma, Sqrt };

/// Which of the formats, for functions that are not templates.
enum class FormatId { F32, F16, BF16 };
template <typename F> inline constexpr FormatId formatId = FormatId::F32;
template <> inline constexpr FormatId formatId<F16> = FormatId::F16;
template <> inline constexpr FormatId formatId<BF16> = FormatId::BF16;

uint32_t slowArithmetic(FormatId format, FloatOp op, uint32_t a, uint32_t b,
                        uint32_t c, unsigned rm);
uint32_t slowConvert(FormatId from, FormatId to, uint32_t a, unsigned rm);
uint32_t slowFromInt(FormatId to, int64_t a, unsigned rm);

//===-- Arithmetic --------------------------------------------------------===//

template <typename F> uint32_t add(uint32_t a, uint32_t b, unsigned rm) {
  if (rm)
    return slowArithmetic(formatId<F>, FloatOp::Add, a, b, 0, rm);
  return F::round(double(F::value(a)) + F::value(b));
}
template <> inline uint32_t add<F32>(uint32_t a, uint32_t b, unsigned rm) {
  if (rm)
    return slowArithmetic(FormatId::F32, FloatOp::Add, a, b, 0, rm);
  return F32::bits(F32::value(a) + F32::value(b));
}
template <typename F> uint32_t sub(uint32_t a, uint32_t b, unsigned rm) {
  if (rm)
    return slowArithmetic(formatId<F>, FloatOp::Sub, a, b, 0, rm);
  return F::round(double(F::value(a)) - F::value(b));
}
template <> inline uint32_t sub<F32>(uint32_t a, uint32_t b, unsigned rm) {
  if (rm)
    return slowArithmetic(FormatId::F32, FloatOp::Sub, a, b, 0, rm);
  return F32::bits(F32::value(a) - F32::value(b));
}
template <typename F> uint32_t mul(uint32_t a, uint32_t b, unsigned rm) {
  if (rm)
    return slowArithmetic(formatId<F>, FloatOp::Mul, a, b, 0, rm);
  return F::round(double(F::value(a)) * F::value(b));
}
template <> inline uint32_t mul<F32>(uint32_t a, uint32_t b, unsigned rm) {
  if (rm)
    return slowArithmetic(FormatId::F32, FloatOp::Mul, a, b, 0, rm);
  return F32::bits(F32::value(a) * F32::value(b));
}
template <typename F> uint32_t div(uint32_t a, uint32_t b, unsigned rm) {
  if (rm)
    return slowArithmetic(formatId<F>, FloatOp::Div, a, b, 0, rm);
  return F::round(double(F::value(a)) / F::value(b));
}
template <> inline uint32_t div<F32>(uint32_t a, uint32_t b, unsigned rm) {
  if (rm)
    return slowArithmetic(FormatId::F32, FloatOp::Div, a, b, 0, rm);
  return F32::bits(F32::value(a) / F32::value(b));
}
template <typename F> uint32_t sqrt(uint32_t a, unsigned rm) {
  if (rm)
    return slowArithmetic(formatId<F>, FloatOp::Sqrt, a, 0, 0, rm);
  return F::round(std::sqrt(double(F::value(a))));
}
template <> inline uint32_t sqrt<F32>(uint32_t a, unsigned rm) {
  if (rm)
    return slowArithmetic(FormatId::F32, FloatOp::Sqrt, a, 0, 0, rm);
  return F32::bits(std::sqrt(F32::value(a)));
}

/// a + b rounded to odd: rounding it again to a format of at most 51 bits
/// gives what rounding the exact sum would.
inline double addToOdd(double a, double b) {
  double sum = a + b;
  if (!(std::fabs(sum) <= 0x1.fffffffffffffp1023))
    return sum;
  double bPart = sum - a;
  double error = (a - (sum - bPart)) + (b - bPart);
  uint64_t bits = bitCast<uint64_t>(sum);
  if (error == 0 || (bits & 1))
    return sum;
  return bitCast<double>((error > 0) == (sum > 0) ? bits + 1 : bits - 1);
}

/// The product of two factors of a format is exact in double.
template <typename F>
uint32_t fma(uint32_t a, uint32_t b, uint32_t c, unsigned rm) {
  if (rm)
    return slowArithmetic(formatId<F>, FloatOp::Fma, a, b, c, rm);
  return F::round(addToOdd(double(F::value(a)) * F::value(b), F::value(c)));
}
/// A sum of 22 and 11 bits that lies near a tie of F16 is exact in double.
template <>
inline uint32_t fma<F16>(uint32_t a, uint32_t b, uint32_t c, unsigned rm) {
  if (rm)
    return slowArithmetic(FormatId::F16, FloatOp::Fma, a, b, c, rm);
  return F16::round(double(F16::value(a)) * F16::value(b) + F16::value(c));
}
template <>
inline uint32_t fma<F32>(uint32_t a, uint32_t b, uint32_t c, unsigned rm) {
  if (rm)
    return slowArithmetic(FormatId::F32, FloatOp::Fma, a, b, c, rm);
  double product = double(F32::value(a)) * F32::value(b);
  double sum = product + F32::value(c);
  // The sum was rounded to 53 bits; rounding it again is only wrong if it is a
  // tie now, which for normal results shows in the 29 bits that are dropped.
  uint64_t bits = bitCast<uint64_t>(sum);
  if ((bits & 0x1fffffff) == 0x10000000 || std::fabs(sum) < 0x1p-125)
    sum = addToOdd(product, F32::value(c));
  return F32::round(sum);
}

//===-- Signs, comparisons, classes ---------------------------------------===//

template <typename F> bool isNan(uint32_t a) {
  return (a & F::mask & ~F::sign) > F::infinity;
}
template <typename F> uint32_t copySign(uint32_t a, uint32_t b) {
  return F::extend((a & ~F::sign) | (b & F::sign));
}
/// -0 is less than +0; of a number and a NaN the number.
template <typename F> uint32_t minimum(uint32_t a, uint32_t b) {
  if (isNan<F>(a))
    return isNan<F>(b) ? F::nan : F::extend(b);
  if (isNan<F>(b))
    return F::extend(a);
  float x = F::value(a), y = F::value(b);
  return F::extend(x < y || (x == y && (a & F::sign)) ? a : b);
}
template <typename F> uint32_t maximum(uint32_t a, uint32_t b) {
  if (isNan<F>(a))
    return isNan<F>(b) ? F::nan : F::extend(b);
  if (isNan<F>(b))
    return F::extend(a);
  float x = F::value(a), y = F::value(b);
  return F::extend(x > y || (x == y && (b & F::sign)) ? a : b);
}
template <typename F> uint32_t classify(uint32_t a) {
  bool negative = a & F::sign;
  uint32_t magnitude = a & F::mask & ~F::sign;
  if (magnitude > F::infinity)
    return magnitude & F::quiet ? 1u << 9 : 1u << 8;
  if (magnitude == F::infinity)
    return negative ? 1u << 0 : 1u << 7;
  if (magnitude >= F::minNormal)
    return negative ? 1u << 1 : 1u << 6;
  if (magnitude)
    return negative ? 1u << 2 : 1u << 5;
  return negative ? 1u << 3 : 1u << 4;
}

//===-- Conversions -------------------------------------------------------===//

template <typename From, typename To>
uint32_t convert(uint32_t a, unsigned rm) {
  if (rm)
    return slowConvert(formatId<From>, formatId<To>, a, rm);
  return To::round(From::value(a));
}

/// x, which is no NaN, rounded to an integer.
inline double roundToInteger(double x, unsigned rm) {
  if (!(std::fabs(x) < 0x1p52))
    return x;
  double truncated = double(int64_t(x));
  switch (rm) {
  case RTZ:
    return truncated;
  case RDN:
    return truncated > x ? truncated - 1 : truncated;
  case RUP:
    return truncated < x ? truncated + 1 : truncated;
  case RMM:
    if (std::fabs(x - truncated) >= 0.5)
      return x < 0 ? truncated - 1 : truncated + 1;
    return truncated;
  default: {
    volatile double shifted = x + 0x1.8p52;
    return shifted - 0x1.8p52;
  }
  }
}
/// Saturates; a NaN gives the largest value.
inline int64_t toRange(double x, int64_t low, int64_t high, unsigned rm) {
  if (x != x)
    return high;
  x = roundToInteger(x, rm);
  if (x < double(low))
    return low;
  return x > double(high) ? high : int64_t(x);
}
template <typename F> uint32_t toInt(uint32_t a, unsigned rm) {
  return uint32_t(toRange(F::value(a), INT32_MIN, INT32_MAX, rm));
}
template <typename F> uint32_t toUnsigned(uint32_t a, unsigned rm) {
  return uint32_t(toRange(F::value(a), 0, UINT32_MAX, rm));
}
/// An integer of at most 32 bits and a sign.
template <typename F> uint32_t fromInt(int64_t a, unsigned rm) {
  if (rm)
    return slowFromInt(formatId<F>, a, rm);
  return F::round(double(a));
}

//===-- Two lanes ---------------------------------------------------------===//

template <typename Function>
uint32_t mapFloatLanes(uint32_t a, uint32_t b, Function function) {
  uint32_t low = function(a & 0xffff, b & 0xffff);
  uint32_t high = function(a >> 16, b >> 16);
  return high << 16 | (low & 0xffff);
}
/// acc + a * b, fused.
template <typename F>
uint32_t macFp(uint32_t a, uint32_t b, uint32_t acc, unsigned rm) {
  uint32_t low = fma<F>(a & 0xffff, b & 0xffff, acc & 0xffff, rm);
  uint32_t high = fma<F>(a >> 16, b >> 16, acc >> 16, rm);
  return high << 16 | (low & 0xffff);
}
/// The dot product in F32: fma(a1, b1, a0 * b0), to nearest.
template <typename F> uint32_t dotExpand(uint32_t a, uint32_t b) {
  uint32_t product = F32::bits(F::value(a) * F::value(b));
  return fma<F32>(bitCast<uint32_t>(F::value(a >> 16)),
                  bitCast<uint32_t>(F::value(b >> 16)), product, RNE);
}
template <typename F> uint32_t lanesToInt16(uint32_t a, unsigned rm) {
  return mapFloatLanes(a, 0, [rm](uint32_t x, uint32_t) {
    return uint32_t(toRange(F::value(x), INT16_MIN, INT16_MAX, rm));
  });
}
template <typename F> uint32_t lanesToUnsigned16(uint32_t a, unsigned rm) {
  return mapFloatLanes(a, 0, [rm](uint32_t x, uint32_t) {
    return uint32_t(toRange(F::value(x), 0, UINT16_MAX, rm));
  });
}
template <typename F> uint32_t lanesFromInt16(uint32_t a, unsigned rm) {
  return mapFloatLanes(
      a, 0, [rm](uint32_t x, uint32_t) { return fromInt<F>(int16_t(x), rm); });
}
template <typename F> uint32_t lanesFromUnsigned16(uint32_t a, unsigned rm) {
  return mapFloatLanes(
      a, 0, [rm](uint32_t x, uint32_t) { return fromInt<F>(x, rm); });
}

} // namespace se::riscv

#endif // SE_ISA_FLOATOPS_H
