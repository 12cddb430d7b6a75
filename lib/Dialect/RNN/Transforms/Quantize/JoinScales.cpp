// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- JoinScales.cpp - One scale for rows that are added -----------------===//

#include "Evaluate.h"
#include "Marks.h"
#include "SumLimits.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/Movement.h"
#include "se/Dialect/RNN/Transforms/Passes.h"
#include "se/Quantization/Weights.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <cmath>
#include <map>

namespace se::rnn {
#define GEN_PASS_DEF_JOINSCALES
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

/// Rounding may make so many times the noise that it makes with a scale for
/// each row, in power: 6 dB.
static constexpr double maxNoise = 4;
/// A row may lose so much of its range.
static constexpr double maxLoss = 8;

namespace {
/// A marked matvec with a scale for each row.
struct ScaledMatvec {
  ScaledMatvec(MatvecOp op, MarkedProduct marks, float vectorScale);

  void writeScales();

  MatvecOp op;
  MarkedProduct marks;
  float vectorScale;
  int64_t columns;
  std::vector<float> rows, sums; ///< scales
  std::vector<bool> isZero;      ///< all integers of the row are
  bool isChanged = false;

private:
  void findZeros();
};

/// A row of a matrix.
struct Row {
  ScaledMatvec *matvec;
  int64_t number;

  float getSumScale() const { return matvec->sums[number]; }
  bool isZero() const { return matvec->isZero[number]; }
};

class ScaleJoiner {
public:
  explicit ScaleJoiner(NetworkOp network) : network(network) {}

  void run();

private:
  /// For each element, the number of the row that a term of its sum is of.
  using Term = std::vector<int64_t>;

  void addProduct(MatvecOp op);
  void addMovement(Operation &op);
  void addSum(arith::AddFOp sum);
  bool isPartOfSum(arith::AddFOp sum) const {
    return sum->hasOneUse() && isa<arith::AddFOp>(*sum->user_begin());
  }
  void join(ArrayRef<Term> terms);
  float getJointScale(ArrayRef<int64_t> numbers) const;
  bool losesLittle(ArrayRef<int64_t> numbers, double joint) const;
  void setScale(const Row &row, float joint);

  NetworkOp network;
  std::vector<std::unique_ptr<ScaledMatvec>> matvecs;
  std::vector<Row> rows;
  llvm::DenseMap<Value, SmallVector<Term, 1>> termsOf;
  llvm::DenseSet<int64_t> joined;
};
} // namespace

ScaledMatvec::ScaledMatvec(MatvecOp op, MarkedProduct marks, float vectorScale)
    : op(op), marks(marks), vectorScale(vectorScale) {
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(op.getW().getType()).getShape();
  columns = shape[1];
  rows = getRowScales(getType(marks.w), shape[0]);
  sums = getRowScales(getType(marks.y), shape[0]);
  isZero.resize(rows.size());
  findZeros();
}

void ScaledMatvec::findZeros() {
  if (!llvm::is_contained(rows, se::quantization::zeroRowScale))
    return;
  std::optional<std::vector<float>> weights = readFloats(getMarked(marks.w));
  if (!weights)
    return;
  for (size_t row = 0; row != rows.size(); ++row)
    isZero[row] = llvm::all_of(
        ArrayRef(*weights).slice(row * size_t(columns), size_t(columns)),
        [&](float w) { return std::fabs(w) <= rows[row] / 2; });
}

void ScaledMatvec::writeScales() {
  OpBuilder b(op);
  Value w = mark(b, op.getLoc(), getMarked(marks.w),
                 getRowsType(op.getContext(), 8, rows, 0));
  op.getWMutable().set(w);
  if (marks.w->use_empty()) {
    Operation *cast = marks.w.getInput().getDefiningOp();
    marks.w.erase();
    if (cast->use_empty())
      cast->erase();
  }
  auto type = cast<RankedTensorType>(op.getY().getType());
  Type sum = getRowsType(op.getContext(), 32, sums, type.getRank() - 1);
  marks.y.getInput().setType(type.clone(sum));
}

void ScaleJoiner::addProduct(MatvecOp op) {
  std::optional<MarkedProduct> marks = getMarkedProduct(op);
  if (!marks || !isOfIntegers(*marks) ||
      !isa<quant::UniformQuantizedPerAxisType>(getType(marks->w)) ||
      !isa<quant::UniformQuantizedPerAxisType>(getType(marks->y)))
    return;
  auto vector = cast<quant::UniformQuantizedType>(getType(marks->x));
  matvecs.push_back(
      std::make_unique<ScaledMatvec>(op, *marks, float(vector.getScale())));
  auto count = int64_t(matvecs.back()->rows.size());
  auto first = int64_t(rows.size());
  for (int64_t row = 0; row != count; ++row)
    rows.push_back({matvecs.back().get(), row});
  Term term(cast<RankedTensorType>(op.getY().getType()).getNumElements());
  for (size_t i = 0; i != term.size(); ++i)
    term[i] = first + int64_t(i) % count; // the same for all of a batch
  termsOf[marks->y.getResult()].push_back(std::move(term));
}

void ScaleJoiner::addMovement(Operation &op) {
  Value x = op.getOperand(0);
  auto from = termsOf.find(x);
  if (from == termsOf.end() || x.getDefiningOp<arith::AddFOp>())
    return;
  Term term;
  for (int64_t element : getMovedElements(&op))
    term.push_back(from->second.front()[element]);
  termsOf[op.getResult(0)].push_back(std::move(term));
}

void ScaleJoiner::addSum(arith::AddFOp sum) {
  SmallVector<Term, 1> terms;
  for (Value operand : sum->getOperands()) {
    auto inner = operand.getDefiningOp<arith::AddFOp>();
    if (!inner || isPartOfSum(inner))
      llvm::append_range(terms, termsOf.lookup(operand));
  }
  if (terms.empty())
    return;
  if (!isPartOfSum(sum))
    join(terms);
  termsOf[sum.getResult()] = std::move(terms);
}

float ScaleJoiner::getJointScale(ArrayRef<int64_t> numbers) const {
  float joint = 0;
  for (int64_t number : numbers)
    if (!rows[number].isZero())
      joint = std::max(joint, rows[number].getSumScale());
  return joint ? joint : se::quantization::zeroRowScale;
}

bool ScaleJoiner::losesLittle(ArrayRef<int64_t> numbers, double joint) const {
  double before = 0, after = 0;
  for (int64_t number : numbers) {
    const Row &row = rows[number];
    if (row.isZero())
      continue;
    double scale = row.getSumScale(), columns = double(row.matvec->columns);
    if (joint > maxLoss * scale || !std::isnormal(float(scale)) ||
        !std::isnormal(float(joint) / row.matvec->vectorScale))
      return false;
    before += columns * scale * scale;
    after += columns * joint * joint;
  }
  return after <= maxNoise * before;
}

void ScaleJoiner::setScale(const Row &row, float joint) {
  ScaledMatvec &matvec = *row.matvec;
  matvec.isChanged = true;
  if (!row.isZero())
    matvec.rows[row.number] = joint / matvec.vectorScale;
  matvec.sums[row.number] = joint;
}

/// Joins the rows of all elements of a sum, or of none.
void ScaleJoiner::join(ArrayRef<Term> terms) {
  if (terms.size() < 2)
    return;
  int64_t columns = 0;
  for (const Term &term : terms)
    columns += rows[term.front()].matvec->columns;
  if (columns > maxJointColumns)
    return;
  // The rows that are added in an element, by the first of them. A row has one
  // scale, so it has the same partners everywhere.
  std::map<int64_t, SmallVector<int64_t>> sets;
  for (size_t element = 0; element != terms.front().size(); ++element) {
    SmallVector<int64_t> numbers;
    for (const Term &term : terms)
      numbers.push_back(term[element]);
    auto [it, isNew] = sets.try_emplace(numbers.front(), numbers);
    if (!isNew && it->second != numbers)
      return;
  }
  llvm::DenseSet<int64_t> used;
  for (auto &[first, numbers] : sets) {
    for (int64_t number : numbers)
      if (joined.contains(number) || !used.insert(number).second)
        return;
    if (!losesLittle(numbers, getJointScale(numbers)))
      return;
  }
  for (auto &[first, numbers] : sets) {
    float joint = getJointScale(numbers);
    for (int64_t number : numbers) {
      setScale(rows[number], joint);
      joined.insert(number);
    }
  }
}

void ScaleJoiner::run() {
  for (Operation &op : network.getBody().front()) {
    if (auto matvec = dyn_cast<MatvecOp>(op))
      addProduct(matvec);
    else if (auto sum = dyn_cast<arith::AddFOp>(op))
      addSum(sum);
    else if (isMovement(&op))
      addMovement(op);
  }
  for (auto &matvec : matvecs)
    if (matvec->isChanged)
      matvec->writeScales();
}

namespace {
struct JoinScalesPass : se::rnn::impl::JoinScalesBase<JoinScalesPass> {
  void runOnOperation() override {
    for (auto network : getOperation().getOps<NetworkOp>())
      ScaleJoiner(network).run();
  }
};
} // namespace
