// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Records.cpp - What the elements of a loop read of constants --------===//

#include "Records.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// Elements that sums take at a time; parts are multiples of it.
static constexpr int64_t granule = 4;

void Record::layOut(int64_t newParts) {
  parts = newParts;
  size = 0;
  for (Field &field : fields) {
    field.share = field.length;
    if (parts > 1 && field.length > 1)
      field.share =
          llvm::alignTo(llvm::divideCeil(field.length, parts), granule);
    field.offset = size;
    size += field.share;
  }
  int64_t perWord = 32 / element.getIntOrFloatBitWidth();
  size = llvm::alignTo(size, perWord);
}

const Record::Field *Record::find(Value constant, AffineExpr position) const {
  for (const Field &field : fields)
    if (field.constant == constant && field.position == position)
      return &field;
  return nullptr;
}

int64_t StreamedLoop::getBytes(int64_t tile) const {
  int64_t first = tile / record.parts * rows;
  return std::min(rows, elements - first) * record.getBytes();
}

void Records::addLoop(const Loop &loop, ArrayRef<ConstantAccess> accesses,
                      Cost cost) {
  StreamedLoop streamed;
  streamed.loop = &loop;
  streamed.elements = loop.elements;
  streamed.cost = cost;
  Record &record = streamed.record;
  llvm::DenseMap<Value, int64_t> used;
  for (const ConstantAccess &access : accesses)
    used[access.constant] += access.length * loop.elements;
  Type sumType;
  for (const ConstantAccess &access : accesses) {
    Type element = getElementTypeOrSelf(access.constant.getType());
    int64_t elements = elementsOf(access.constant);
    if (access.isTable || used.lookup(access.constant) > elements ||
        (record.element && record.element != element)) {
      SharedConstant &entry = shared[access.constant];
      entry.constant = access.constant;
      entry.isTable |= access.isTable;
      entry.reads += access.length * loop.elements;
      entry.bytes = elements * element.getIntOrFloatBitWidth() / 8;
      continue;
    }
    if (record.find(access.constant, access.position))
      continue;
    record.element = element;
    record.fields.push_back({access.constant, access.position, access.length});
    if (access.length == 1)
      continue;
    auto matvec = dyn_cast_or_null<rnn::MatvecOp>(access.reduction);
    if (!matvec) {
      streamed.isDivisible = false;
      continue;
    }
    Type type = getElementTypeOrSelf(matvec.getY().getType());
    streamed.isDivisible &= !sumType || sumType == type;
    sumType = type;
    bool isKnown = llvm::any_of(streamed.sums, [&](const StreamedSum &sum) {
      return sum.op == matvec && sum.position == access.reductionPosition;
    });
    if (!isKnown)
      streamed.sums.push_back({matvec, access.reductionPosition});
  }
  if (record.fields.empty())
    return;
  record.layOut(1);
  loops.push_back(std::move(streamed));
}

const StreamedLoop *Records::getLoop(const Loop &loop) const {
  auto it = llvm::find_if(
      loops, [&](const StreamedLoop &part) { return part.loop == &loop; });
  return it == loops.end() ? nullptr : &*it;
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

void schedule::appendTile(const StreamedLoop &loop, int64_t tile,
                          std::vector<char> &data) {
  const Record &record = loop.record;
  int64_t width = record.element.getIntOrFloatBitWidth() / 8;
  int64_t part = tile % record.parts, first = tile / record.parts * loop.rows;
  int64_t last = std::min(first + loop.rows, loop.elements);
  SmallVector<ArrayRef<char>> bytes;
  for (const Record::Field &field : record.fields)
    bytes.push_back(rnn::getRawBytes(
        field.constant.getDefiningOp<arith::ConstantOp>().getValue()));
  for (int64_t i = first; i != last; ++i) {
    size_t start = data.size();
    data.resize(start + record.getBytes());
    for (auto [field, from] : llvm::zip(record.fields, bytes)) {
      // A field that is not divided is in every part.
      bool isDivided = field.length > 1;
      int64_t begin = isDivided ? part * field.share : 0;
      int64_t end = std::min(begin + field.share, field.length);
      char *to = data.data() + start + field.offset * width;
      for (int64_t k = begin; k < end; ++k, to += width)
        std::copy_n(from.data() + evaluate(field.position, i, k) * width, width,
                    to);
    }
  }
}
