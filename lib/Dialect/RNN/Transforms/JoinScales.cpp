// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- JoinScales.cpp - One scale for rows that are added -----------------===//

#include "Evaluate.h"
#include "Products.h"

#include "se/Dialect/RNN/Constants.h"

#include <cmath>
#include <map>

using namespace mlir;
using namespace se::rnn;
using namespace se::quantization;

/// Rounding may make so many times the noise that it makes with a scale for
/// each row, in power: 6 dB.
static constexpr double maxNoise = 4;
/// A row may lose so much of its range.
static constexpr double maxLoss = 8;

namespace {
/// A row of a product's matrix.
struct Row {
  Operation *matvec;
  int64_t number;
};

class ScaleJoiner {
public:
  ScaleJoiner(NetworkOp network, const Layers &layers, Products &products)
      : network(network), layers(layers), products(products) {}

  void run();

private:
  /// For each element, the number of the row that a term of its sum is of.
  using Term = std::vector<int64_t>;

  int64_t addRows(MatvecOp op);
  void addTerms(Operation &op);
  bool isPartOfSum(arith::AddFOp sum) const {
    return sum->hasOneUse() && isa<arith::AddFOp>(*sum->user_begin());
  }
  void join(ArrayRef<Term> terms);
  float getJointScale(ArrayRef<int64_t> numbers) const;
  bool losesLittle(ArrayRef<int64_t> numbers, double joint) const;
  float getScale(const Row &row) const {
    return products.find(row.matvec)->second.sumScales[row.number];
  }
  bool isZero(const Row &row) const {
    return llvm::all_of(
        products.find(row.matvec)->second.matrix.getRow(row.number),
        [](int8_t value) { return value == 0; });
  }
  static int64_t getColumns(Operation *matvec) {
    return cast<RankedTensorType>(cast<MatvecOp>(matvec).getW().getType())
        .getDimSize(1);
  }
  void setScale(const Row &row, float joint);

  NetworkOp network;
  const Layers &layers;
  Products &products;
  std::vector<Row> rows;
  llvm::DenseMap<Value, SmallVector<Term, 1>> termsOf;
  llvm::DenseSet<int64_t> joined;
  llvm::DenseMap<Operation *, std::vector<float>> weights;
};
} // namespace

/// Numbers the rows of a product, and returns the first number.
int64_t ScaleJoiner::addRows(MatvecOp op) {
  auto first = int64_t(rows.size());
  auto count = int64_t(products.find(op)->second.sumScales.size());
  for (int64_t row = 0; row != count; ++row)
    rows.push_back({op, row});
  return first;
}

/// What ProductRewriter::fuseSums will find.
void ScaleJoiner::addTerms(Operation &op) {
  if (auto matvec = dyn_cast<MatvecOp>(op)) {
    auto product = products.find(matvec);
    if (product == products.end() || product->second.hasFrameScale ||
        layers[matvec].isPerTensor)
      return;
    auto type = cast<RankedTensorType>(matvec.getY().getType());
    Term term(type.getNumElements());
    int64_t first = addRows(matvec);
    auto count = int64_t(rows.size()) - first;
    for (size_t i = 0; i != term.size(); ++i)
      term[i] = first + int64_t(i) % count; // the same for all of a batch
    termsOf[matvec.getY()].push_back(std::move(term));
    return;
  }
  if (isElementMovement(&op)) {
    Value x = op.getOperand(0);
    auto from = termsOf.find(x);
    if (from == termsOf.end() || x.getDefiningOp<arith::AddFOp>())
      return;
    std::optional<std::vector<int64_t>> moved = getMovedElements(&op);
    if (!moved)
      return;
    Term term;
    for (int64_t element : *moved)
      term.push_back(from->second.front()[element]);
    termsOf[op.getResult(0)].push_back(std::move(term));
    return;
  }
  auto sum = dyn_cast<arith::AddFOp>(op);
  if (!sum)
    return;
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
    if (!isZero(rows[number]))
      joint = std::max(joint, getScale(rows[number]));
  return joint ? joint : se::quantization::zeroRowScale;
}

bool ScaleJoiner::losesLittle(ArrayRef<int64_t> numbers, double joint) const {
  double before = 0, after = 0;
  for (int64_t number : numbers) {
    const Row &row = rows[number];
    if (isZero(row))
      continue;
    double scale = getScale(row), columns = double(getColumns(row.matvec));
    float vectorScale = products.find(row.matvec)->second.grid.scale;
    if (joint > maxLoss * scale || !std::isnormal(float(scale)) ||
        !std::isnormal(float(joint) / vectorScale))
      return false;
    before += columns * scale * scale;
    after += columns * joint * joint;
  }
  return after <= maxNoise * before;
}

void ScaleJoiner::setScale(const Row &row, float joint) {
  Product &product = products.find(row.matvec)->second;
  std::vector<float> &matrix = weights[row.matvec];
  if (matrix.empty())
    matrix = *readFloats(cast<MatvecOp>(row.matvec).getW());
  auto columns = size_t(getColumns(row.matvec));
  product.sumScales[row.number] = joint;
  if (isZero(row))
    return;
  float scale = joint / product.grid.scale;
  product.matrix.scales[row.number] = scale;
  std::vector<int8_t> values = quantizeRow(
      ArrayRef(matrix).slice(size_t(row.number) * columns, columns), scale);
  llvm::copy(values, product.matrix.values.begin() +
                         ptrdiff_t(size_t(row.number) * columns));
}

/// Joins the rows of all elements of a sum, or of none.
void ScaleJoiner::join(ArrayRef<Term> terms) {
  if (terms.size() < 2)
    return;
  int64_t columns = 0;
  for (const Term &term : terms)
    columns += getColumns(rows[term.front()].matvec);
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
  for (Operation &op : network.getBody().front())
    addTerms(op);
}

void se::rnn::joinScales(NetworkOp network, const Layers &layers,
                         Products &products) {
  ScaleJoiner(network, layers, products).run();
}
