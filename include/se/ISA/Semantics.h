// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The integer and lane functions that the semantics in Isa.td are written
// with. A lane type T is int8_t, uint8_t, int16_t or uint16_t; lane 0 is the
// lowest. See docs/hardware/isa.md.

#ifndef SE_ISA_SEMANTICS_H
#define SE_ISA_SEMANTICS_H

#include <cstdint>
#include <cstring>

namespace se::riscv {

inline int32_t sx(uint32_t x) { return int32_t(x); }

//===-- Division: what the M extension says of zero and overflow ----------===//

inline uint32_t divSigned(uint32_t a, uint32_t b) {
  if (b == 0)
    return ~0u;
  if (a == 0x80000000u && b == ~0u)
    return a;
  return sx(a) / sx(b);
}
inline uint32_t remSigned(uint32_t a, uint32_t b) {
  if (b == 0)
    return a;
  if (a == 0x80000000u && b == ~0u)
    return 0;
  return sx(a) % sx(b);
}

//===-- Bits --------------------------------------------------------------===//

inline unsigned countLeadingZeros(uint32_t x) {
  return x ? __builtin_clz(x) : 32;
}
inline unsigned countTrailingZeros(uint32_t x) {
  return x ? __builtin_ctz(x) : 32;
}
inline unsigned populationCount(uint32_t x) { return __builtin_popcount(x); }

/// How many bits below the sign bit equal it; 0 for 0, as RI5CY has it.
inline unsigned countLeadingSignBits(uint32_t x) {
  if (x == 0)
    return 0;
  return countLeadingZeros(x >> 31 ? ~x : x) - 1;
}
inline uint32_t rotateRight(uint32_t x, unsigned n) {
  n &= 31;
  return n ? x >> n | x << (32 - n) : x;
}

/// `width` ones from bit `position` on; what exceeds bit 31 is dropped.
inline uint32_t fieldMask(unsigned width, unsigned position) {
  return uint32_t(((uint64_t(1) << width) - 1) << position);
}
inline uint32_t extractUnsigned(uint32_t x, unsigned width, unsigned position) {
  return (x & fieldMask(width, position)) >> position;
}
/// A field that exceeds bit 31 ends there, and bit 31 is its sign.
inline uint32_t extractSigned(uint32_t x, unsigned width, unsigned position) {
  if (position + width > 32)
    width = 32 - position;
  return sx(x << (32 - width - position)) >> (32 - width);
}
inline uint32_t insertField(uint32_t x, unsigned width, unsigned position,
                            uint32_t into) {
  uint32_t mask = fieldMask(width, position);
  return (into & ~mask) | (x << position & mask);
}
inline uint32_t clearField(uint32_t x, unsigned width, unsigned position) {
  return x & ~fieldMask(width, position);
}
inline uint32_t setField(uint32_t x, unsigned width, unsigned position) {
  return x | fieldMask(width, position);
}

//===-- Clipping, shifts with rounding, halves ----------------------------===//

inline uint32_t clip(uint32_t x, uint32_t low, uint32_t high) {
  if (sx(x) < sx(low))
    return low;
  return sx(x) > sx(high) ? high : x;
}
/// Clips to 0..high; the upper bound is tested first, so it wins if negative.
inline uint32_t clipUpperFirst(uint32_t x, uint32_t high) {
  if (sx(x) > sx(high))
    return high;
  return sx(x) < 0 ? 0 : x;
}
/// The upper bound of p.clip with immediate `bits`.
inline uint32_t clipMax(int32_t bits) {
  return (1u << (bits > 0 ? bits - 1 : 0)) - 1;
}

/// Arithmetic shift right that adds half a unit first; the sum wraps.
inline uint32_t roundShift(uint32_t x, unsigned n) {
  n &= 31;
  return n ? sx(x + (1u << (n - 1))) >> n : x;
}
inline uint32_t roundShiftU(uint32_t x, unsigned n) {
  n &= 31;
  return n ? (x + (1u << (n - 1))) >> n : x;
}

/// The same with a sum that does not wrap.
inline uint32_t roundShiftWide(uint32_t x, unsigned n) {
  return n ? uint32_t((int64_t(sx(x)) + (int64_t(1) << (n - 1))) >> n) : x;
}
inline uint32_t roundShiftWideU(uint32_t x, unsigned n) {
  return n ? uint32_t((uint64_t(x) + (uint64_t(1) << (n - 1))) >> n) : x;
}

// Products of halves fit 32 bits; unsigned so that sums may wrap.
inline uint32_t lowU(uint32_t x) { return uint16_t(x); }
inline uint32_t highU(uint32_t x) { return x >> 16; }
inline uint32_t lowS(uint32_t x) { return int16_t(x); }
inline uint32_t highS(uint32_t x) { return int16_t(x >> 16); }
inline uint32_t packLow16(uint32_t high, uint32_t low) {
  return high << 16 | uint16_t(low);
}
inline uint32_t replicateLow16(uint32_t x) { return packLow16(x, x); }
inline uint32_t swapHalves(uint32_t x) { return x << 16 | x >> 16; }

//===-- Lanes -------------------------------------------------------------===//

template <typename T> inline constexpr unsigned numLanes = 4 / sizeof(T);

template <typename T> struct Lanes {
  T v[numLanes<T>];
  explicit Lanes(uint32_t x) { std::memcpy(v, &x, 4); }
  uint32_t bits() const {
    uint32_t x;
    std::memcpy(&x, v, 4);
    return x;
  }
};

template <typename T> uint32_t replicate(uint32_t x) {
  Lanes<T> r(0);
  for (T &lane : r.v)
    lane = T(x);
  return r.bits();
}

template <typename T, typename F>
uint32_t mapLanes(uint32_t a, uint32_t b, F function) {
  Lanes<T> x(a), y(b);
  for (unsigned i = 0; i != numLanes<T>; ++i)
    x.v[i] = T(function(x.v[i], y.v[i]));
  return x.bits();
}

template <typename T> uint32_t averageLanes(uint32_t a, uint32_t b) {
  return mapLanes<T>(a, b, [](int x, int y) { return T(x + y) >> 1; });
}
template <typename T> uint32_t shiftRightLanes(uint32_t a, uint32_t b) {
  return mapLanes<T>(
      a, b, [](int x, int y) { return x >> (y & (8 * sizeof(T) - 1)); });
}
template <typename T> uint32_t shiftLeftLanes(uint32_t a, uint32_t b) {
  return mapLanes<T>(
      a, b, [](int x, int y) { return x << (y & (8 * sizeof(T) - 1)); });
}

/// The sum of the products of the lanes, modulo 2^32.
template <typename Ta, typename Tb> uint32_t dot(uint32_t a, uint32_t b) {
  Lanes<Ta> x(a);
  Lanes<Tb> y(b);
  uint32_t sum = 0;
  for (unsigned i = 0; i != numLanes<Ta>; ++i)
    sum += uint32_t(x.v[i]) * uint32_t(y.v[i]);
  return sum;
}

template <typename T> uint32_t lane(uint32_t x, unsigned i) {
  return Lanes<T>(x).v[i % numLanes<T>];
}
template <typename T>
uint32_t insertLane(uint32_t into, unsigned i, uint32_t x) {
  Lanes<T> r(into);
  r.v[i % numLanes<T>] = T(x);
  return r.bits();
}
/// Lane i of the result is the lane of `x` that lane i of `selector` names.
template <typename T> uint32_t shuffle(uint32_t x, uint32_t selector) {
  return mapLanes<T>(0, selector, [x](int, int s) { return lane<T>(x, s); });
}
/// As shuffle, from two words: bit log2(lanes) of the selector chooses.
template <typename T>
uint32_t shuffle2(uint32_t ifSet, uint32_t ifClear, uint32_t selector) {
  return mapLanes<T>(0, selector, [=](int, int s) {
    return lane<T>(s & numLanes<T> ? ifSet : ifClear, s);
  });
}
/// Selectors of lanes 0 to 2 are bit pairs of `selectors`, of lane 3 `top`.
inline uint32_t shuffleImmediate(uint32_t x, uint32_t selectors, unsigned top) {
  uint32_t all = top << 24 | (selectors >> 4 & 3) << 16 |
                 (selectors >> 2 & 3) << 8 | (selectors & 3);
  return shuffle<uint8_t>(x, all);
}

} // namespace se::riscv

#endif // SE_ISA_SEMANTICS_H
