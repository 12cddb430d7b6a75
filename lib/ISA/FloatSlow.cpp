// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Floating point with any rounding mode. Programs hardly ever leave the
// default mode, so this may be slow.

#include "se/ISA/FloatOps.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/Support/ErrorHandling.h"

using namespace llvm;
using namespace se::riscv;

static const fltSemantics &getSemantics(FormatId format) {
  switch (format) {
  case FormatId::F32:
    return APFloat::IEEEsingle();
  case FormatId::F16:
    return APFloat::IEEEhalf();
  case FormatId::BF16:
    return APFloat::BFloat();
  }
  llvm_unreachable("not a format");
}

static llvm::RoundingMode toLlvm(unsigned rm) {
  switch (rm) {
  case RTZ:
    return llvm::RoundingMode::TowardZero;
  case RDN:
    return llvm::RoundingMode::TowardNegative;
  case RUP:
    return llvm::RoundingMode::TowardPositive;
  case RMM:
    return llvm::RoundingMode::NearestTiesToAway;
  default:
    return llvm::RoundingMode::NearestTiesToEven;
  }
}

static APFloat fromBits(FormatId format, uint32_t bits) {
  const fltSemantics &semantics = getSemantics(format);
  unsigned width = APFloat::semanticsSizeInBits(semantics);
  return APFloat(semantics, APInt(width, bits, false, /*implicitTrunc=*/true));
}

static uint32_t toBits(FormatId format, const APFloat &value) {
  if (value.isNaN())
    return format == FormatId::F32   ? F32::nan
           : format == FormatId::F16 ? F16::nan
                                     : BF16::nan;
  return uint32_t(value.bitcastToAPInt().getSExtValue());
}

uint32_t se::riscv::slowArithmetic(FormatId format, FloatOp op, uint32_t a,
                                   uint32_t b, uint32_t c, unsigned rm) {
  APFloat x = fromBits(format, a), y = fromBits(format, b);
  llvm::RoundingMode mode = toLlvm(rm);
  switch (op) {
  case FloatOp::Add:
    x.add(y, mode);
    break;
  case FloatOp::Sub:
    x.subtract(y, mode);
    break;
  case FloatOp::Mul:
    x.multiply(y, mode);
    break;
  case FloatOp::Div:
    x.divide(y, mode);
    break;
  case FloatOp::Fma:
    x.fusedMultiplyAdd(y, fromBits(format, c), mode);
    break;
  case FloatOp::Sqrt: {
    if (x.isZero() || x.isNaN() || x.isPosInfinity())
      break;
    if (x.isNegative())
      return toBits(format, APFloat::getNaN(x.getSemantics()));
    // The root in double, truncated to odd, has enough bits for any format:
    // the residue tells on which side of the double the root lies.
    bool losesInfo;
    APFloat wide = x;
    wide.convert(APFloat::IEEEdouble(), mode, &losesInfo);
    double value = wide.convertToDouble(), root = std::sqrt(value);
    APFloat residue(root);
    residue.fusedMultiplyAdd(APFloat(root), APFloat(-value),
                             llvm::RoundingMode::NearestTiesToEven);
    uint64_t bits = bitCast<uint64_t>(root);
    if (!residue.isZero() && !(bits & 1))
      bits = residue.isNegative() ? bits + 1 : bits - 1;
    x = APFloat(bitCast<double>(bits));
    x.convert(getSemantics(format), mode, &losesInfo);
    break;
  }
  }
  return toBits(format, x);
}

uint32_t se::riscv::slowConvert(FormatId from, FormatId to, uint32_t a,
                                unsigned rm) {
  APFloat x = fromBits(from, a);
  bool losesInfo;
  x.convert(getSemantics(to), toLlvm(rm), &losesInfo);
  return toBits(to, x);
}

uint32_t se::riscv::slowFromInt(FormatId to, int64_t a, unsigned rm) {
  APFloat x(getSemantics(to));
  x.convertFromAPInt(APInt(64, uint64_t(a), true), true, toLlvm(rm));
  return toBits(to, x);
}
