// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- WeightStream.cpp - Parameters in the order of use ------------------===//

#include "WeightStream.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

std::optional<int64_t> Record::find(Value constant, AffineExpr position) const {
  for (const Field &field : fields)
    if (field.constant == constant && field.position == position)
      return field.offset;
  return std::nullopt;
}

void WeightStream::addLoop(const Loop &loop,
                           ArrayRef<ConstantAccess> accesses) {
  StreamedLoop streamed;
  streamed.elements = loop.elements;
  Record &record = streamed.record;
  llvm::DenseMap<Value, int64_t> used;
  for (const ConstantAccess &access : accesses)
    used[access.constant] += access.length * loop.elements;
  for (const ConstantAccess &access : accesses) {
    Type element = getElementTypeOrSelf(access.constant.getType());
    if (used.lookup(access.constant) > elementsOf(access.constant) ||
        record.find(access.constant, access.position) ||
        (record.element && record.element != element))
      continue;
    record.element = element;
    record.fields.push_back(
        {access.constant, access.position, access.length, record.size});
    record.size += access.length;
  }
  if (record.fields.empty())
    return;
  int64_t perWord = 32 / record.element.getIntOrFloatBitWidth();
  record.size = llvm::alignTo(record.size, perWord);
  loops[&loop] = streamed;
}

const StreamedLoop *WeightStream::getLoop(const Loop &loop) const {
  auto it = loops.find(&loop);
  return it == loops.end() ? nullptr : &it->second;
}

/// Slots of equal size; tiles of whole records, as many of them for each core
/// as fit.
unsigned WeightStream::planRing(unsigned cores, int64_t budget) {
  constexpr int64_t maxSlotBytes = 16 * 1024;
  slots = 3;
  slotBytes = std::min<int64_t>(budget / slots, maxSlotBytes) / 16 * 16;
  unsigned before = loops.size();
  loops.remove_if([&](const auto &entry) {
    return entry.second.record.getBytes() > slotBytes;
  });
  StreamedLoop *longest = nullptr;
  int64_t tiles = 0;
  for (auto &[loop, part] : loops) {
    int64_t fit = slotBytes / part.record.getBytes();
    if (fit > cores)
      fit -= fit % cores;
    part.numTiles = llvm::divideCeil(part.elements, fit);
    // Tiles of equal length, but whole rounds of cores.
    part.rows = llvm::divideCeil(part.elements, part.numTiles);
    if (fit >= cores)
      part.rows = std::min<int64_t>(fit, llvm::alignTo(part.rows, cores));
    tiles += part.numTiles;
    if (!longest || part.numTiles > longest->numTiles)
      longest = &part;
  }
  // A tile must have the same slot in every frame. Tiles at the end of a loop
  // may be empty.
  if (longest)
    longest->numTiles += llvm::alignTo(tiles, slots) - tiles;
  return before - loops.size();
}

unsigned WeightStream::plan(unsigned cores, int64_t budget) {
  unsigned left = 0;
  int64_t total = 0;
  for (auto &[loop, part] : loops)
    total += part.elements * part.record.getBytes();
  if (total <= budget) {
    slots = 1;
    slotBytes = llvm::alignTo(total, 16);
    for (auto &[loop, part] : loops) {
      part.rows = part.elements;
      part.numTiles = 1;
    }
  } else {
    left = planRing(cores, budget);
  }
  pack();
  return left;
}

static int64_t evaluate(AffineExpr expr, int64_t d0, int64_t d1) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return constant.getValue();
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return dim.getPosition() == 0 ? d0 : d1;
  auto binary = cast<AffineBinaryOpExpr>(expr);
  int64_t lhs = evaluate(binary.getLHS(), d0, d1);
  int64_t rhs = evaluate(binary.getRHS(), d0, d1);
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return lhs + rhs;
  case AffineExprKind::Mul:
    return lhs * rhs;
  case AffineExprKind::Mod:
    return lhs % rhs;
  case AffineExprKind::FloorDiv:
    return lhs / rhs;
  default:
    llvm_unreachable("positions have no other operations");
  }
}

void WeightStream::pack() {
  bool isResident = slots == 1;
  llvm::DenseMap<Value, ArrayRef<char>> bytes;
  int64_t tile = 0;
  for (auto &[loop, part] : loops) {
    const Record &record = part.record;
    int64_t width = record.element.getIntOrFloatBitWidth() / 8;
    part.firstTile = tile;
    part.byteOffset = data.size();
    tile += part.numTiles;
    for (const Record::Field &field : record.fields)
      bytes[field.constant] = rnn::getRawBytes(
          field.constant.getDefiningOp<arith::ConstantOp>().getValue());
    for (int64_t t = 0; t != part.numTiles; ++t) {
      if (!isResident || data.empty())
        table.push_back(data.size());
      int64_t end = std::min(part.elements, (t + 1) * part.rows);
      for (int64_t i = t * part.rows; i < end; ++i) {
        size_t start = data.size();
        for (const Record::Field &field : record.fields) {
          const char *from = bytes.lookup(field.constant).data();
          for (int64_t k = 0; k != field.length; ++k) {
            const char *at = from + evaluate(field.position, i, k) * width;
            data.insert(data.end(), at, at + width);
          }
        }
        data.resize(start + record.getBytes());
      }
    }
  }
  table.push_back(data.size());
}
