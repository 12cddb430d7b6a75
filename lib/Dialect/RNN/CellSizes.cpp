// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CellSizes.cpp - What the names of a cell's sizes stand for ---------===//

#include "se/Dialect/RNN/CellSizes.h"

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace se::rnn;

static StringRef getOperator(AffineExprKind kind) {
  switch (kind) {
  case AffineExprKind::Add:
    return " + ";
  case AffineExprKind::Mul:
    return " * ";
  case AffineExprKind::Mod:
    return " mod ";
  case AffineExprKind::FloorDiv:
    return " floordiv ";
  default:
    return " ceildiv ";
  }
}

/// Names of sizes are symbols.
static void printExpr(llvm::raw_ostream &os, AffineExpr e, ArrayAttr names,
                      bool isInner) {
  if (auto symbol = dyn_cast<AffineSymbolExpr>(e)) {
    os << cast<StringAttr>(names[symbol.getPosition()]).getValue();
    return;
  }
  if (auto constant = dyn_cast<AffineConstantExpr>(e)) {
    os << constant.getValue();
    return;
  }
  auto binary = cast<AffineBinaryOpExpr>(e);
  os << (isInner ? "(" : "");
  // A constant factor is kept at the right end, people write it first.
  bool swaps = e.getKind() == AffineExprKind::Mul &&
               isa<AffineConstantExpr>(binary.getRHS());
  printExpr(os, swaps ? binary.getRHS() : binary.getLHS(), names, true);
  os << getOperator(e.getKind());
  printExpr(os, swaps ? binary.getLHS() : binary.getRHS(), names, true);
  os << (isInner ? ")" : "");
}

void se::rnn::printShape(llvm::raw_ostream &os, AffineMap shape,
                         ArrayAttr sizeNames) {
  os << '[';
  llvm::interleaveComma(shape.getResults(), os, [&](AffineExpr e) {
    printExpr(os, e, sizeNames, /*isInner=*/false);
  });
  os << ']';
}

CellSizes::CellSizes(CellOp cell) : cell(cell) {
  if (std::optional<ArrayAttr> list = cell.getSizeNames())
    llvm::append_range(names, list->getAsValueRange<StringAttr>());
  values.resize(names.size());
}

bool CellSizes::set(StringRef name, int64_t value) {
  const auto *found = llvm::find(names, name);
  if (found == names.end())
    return false;
  values[found - names.begin()] = value;
  return true;
}

std::optional<int64_t> CellSizes::get(StringRef name) const {
  const auto *found = llvm::find(names, name);
  return found == names.end() ? std::nullopt : values[found - names.begin()];
}

AffineMap CellSizes::getMap(unsigned argument) const {
  std::optional<ArrayAttr> shapes = cell.getShapes();
  return shapes ? cast<AffineMapAttr>((*shapes)[argument]).getValue()
                : AffineMap();
}

void CellSizes::bind(unsigned argument, ArrayRef<int64_t> shape) {
  AffineMap map = getMap(argument);
  if (!map)
    return;
  for (auto [e, size] : llvm::zip(map.getResults(), shape))
    if (auto symbol = dyn_cast<AffineSymbolExpr>(e))
      if (!values[symbol.getPosition()])
        values[symbol.getPosition()] = size;
}

std::optional<SmallVector<int64_t>>
CellSizes::getShape(unsigned argument) const {
  AffineMap map = getMap(argument);
  if (!map)
    return std::nullopt;
  Builder b(cell.getContext());
  SmallVector<AffineExpr> known;
  for (auto [i, value] : llvm::enumerate(values))
    known.push_back(value ? b.getAffineConstantExpr(*value)
                          : b.getAffineSymbolExpr(unsigned(i)));
  SmallVector<int64_t> shape;
  for (AffineExpr e : map.getResults()) {
    auto constant = dyn_cast<AffineConstantExpr>(e.replaceSymbols(known));
    if (!constant)
      return std::nullopt;
    shape.push_back(constant.getValue());
  }
  return shape;
}

std::string CellSizes::format(unsigned argument) const {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (AffineMap map = getMap(argument))
    printShape(os, map, *cell.getSizeNames());
  return text;
}

std::string CellSizes::format() const {
  std::string text;
  for (auto [name, value] : llvm::zip(names, values))
    text += (text.empty() ? "" : ", ") + name.str() + " = " +
            (value ? std::to_string(*value) : "?");
  return text;
}
