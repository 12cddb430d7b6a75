// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsEinsum.cpp - Sums of products by their indices ------------------===//
//
// Factors are taken two at a time. Of each pair every index is one of four:
// in both and in what follows (a group), in both and nowhere else (summed), or
// in what follows and one of the two.
//
//===----------------------------------------------------------------------===//

#include "Node.h"

#include "llvm/ADT/StringExtras.h"

#include <string>

using namespace llvm;
using namespace se::onnx_import;

namespace {
/// An operand and the index of each of its dimensions.
struct Factor {
  Operand x;
  std::string indices;

  int64_t find(char index) const { return int64_t(indices.find(index)); }
  bool has(char index) const { return StringRef(indices).contains(index); }
};
} // namespace

/// Dimensions that an ellipsis stands for are counted from the last, and have
/// characters that are no letters.
static char ellipsisIndex(int64_t fromLast) { return char(1 + fromLast); }

static std::string expandEllipsis(StringRef term, int64_t count) {
  size_t at = term.find("...");
  if (at == StringRef::npos)
    return term.str();
  std::string middle;
  for (int64_t i = count; i-- > 0;)
    middle += ellipsisIndex(i);
  return term.take_front(at).str() + middle + term.drop_front(at + 3).str();
}

/// Sums over the indices that stand in `x` alone.
static bool sumOut(Node &node, Factor &factor, StringRef needed) {
  Ints axes;
  std::string kept;
  for (const auto &[d, index] : enumerate(factor.indices)) {
    if (needed.contains(index))
      kept += index;
    else
      axes.push_back(d);
  }
  if (axes.empty())
    return true;
  if (reducesOpen(node, factor.x, axes))
    return false;
  Operand sum = node.e.reduce(se::rnn::ReduceKind::sum, factor.x, axes);
  factor = {node.e.squeeze(sum, axes), kept};
  return true;
}

/// `x` with its indices in this order; those that it lacks have size 1.
static Operand arrange(Emitter &e, const Factor &factor, StringRef order) {
  Ints perm;
  Shape shape;
  Flags open;
  for (char index : order) {
    bool has = factor.has(index);
    if (has)
      perm.push_back(factor.find(index));
    shape.push_back(has ? factor.x.shape[perm.back()] : 1);
    open.push_back(has && factor.x.open[perm.back()]);
  }
  return e.reshape(e.transpose(factor.x, perm), shape, open);
}

/// The product of two factors, with the indices that `needed` holds.
static std::optional<Factor> join(Node &node, Factor a, Factor b,
                                  StringRef needed) {
  Emitter &e = node.e;
  std::string groups, left, right, summed;
  for (char index : a.indices) {
    bool inBoth = b.has(index);
    (inBoth && needed.contains(index) ? groups
     : inBoth                         ? summed
                                      : left) += index;
  }
  for (char index : b.indices)
    if (!a.has(index))
      right += index;
  // A dimension of 1 is repeated as in other elementwise operations.
  for (char index : groups + summed)
    for (auto [narrow, wide] : {std::pair{&a, &b}, std::pair{&b, &a}}) {
      int64_t d = narrow->find(index);
      Shape shape = narrow->x.shape;
      shape[d] = wide->x.shape[wide->find(index)];
      if (narrow->x.shape[d] == 1 && shape[d] != 1) {
        if (narrow->x.open[d]) {
          node.mixes(d, "repeats");
          return std::nullopt;
        }
        narrow->x = e.broadcast(narrow->x, shape, narrow->x.open);
      }
    }
  for (char index : summed)
    if (a.x.open[a.find(index)] || b.x.open[b.find(index)]) {
      node.mixes(a.find(index), "sums over");
      return std::nullopt;
    }
  auto fold = [&](const Factor &factor, StringRef own) {
    Operand x = arrange(e, factor, (groups + own + summed).str());
    auto part = [&](size_t from, size_t size) {
      return std::pair(
          *countElements(ArrayRef<int64_t>(x.shape).slice(from, size)),
          is_contained(ArrayRef<bool>(x.open).slice(from, size), true));
    };
    auto [g, gOpen] = part(0, groups.size());
    auto [l, lOpen] = part(groups.size(), own.size());
    auto [k, kOpen] = part(groups.size() + own.size(), summed.size());
    return e.reshape(x, {g, l, k}, {gOpen, lOpen, kOpen});
  };
  Operand second = fold(b, right), first = fold(a, left);
  Operand y = e.contract(first, second);
  Factor result{y, groups + left + right};
  Shape shape;
  Flags open;
  for (char index : result.indices) {
    const Factor &from = a.has(index) ? a : b;
    shape.push_back(from.x.shape[from.find(index)]);
    open.push_back(from.x.open[from.find(index)] ||
                   (a.has(index) && b.has(index) && b.x.open[b.find(index)]));
  }
  result.x = e.reshape(y, shape, open);
  return result;
}

/// The factors, and the indices of the result. False with an error.
static bool parse(Node &node, std::vector<Factor> &factors,
                  std::string &result) {
  std::string equation;
  for (char c : node.getString("equation", ""))
    if (!isSpace(c))
      equation += c;
  auto [lhs, rhs] = StringRef(equation).split("->");
  bool isExplicit = StringRef(equation).contains("->");
  SmallVector<StringRef> terms;
  lhs.split(terms, ',');
  auto impossible = [&] {
    node.error("equation '" + equation + "' does not fit the inputs");
    return false;
  };
  if (terms.size() != node.numInputs())
    return impossible();
  auto valid = [](StringRef term) {
    size_t at = term.find("...");
    std::string letters = term.str();
    if (at != StringRef::npos)
      letters.erase(at, 3);
    return all_of(letters, [](char c) { return isAlpha(c); });
  };
  int64_t ellipsis = 0;
  for (const auto &[i, term] : enumerate(terms)) {
    const Operand &x = node.at(i);
    int64_t letters = count_if(term, [](char c) { return isAlpha(c); });
    int64_t spare = x.rank() - letters;
    if (!valid(term) || spare < 0 || (spare > 0 && !term.contains("...")))
      return impossible();
    if (!x.isFloat() || countElements(x.shape) == 0) {
      node.error("supported for floats that are not empty only");
      return false;
    }
    ellipsis = std::max(ellipsis, spare);
    factors.push_back({x, expandEllipsis(term, spare)});
  }
  if (isExplicit) {
    if (!valid(rhs))
      return impossible();
    result = expandEllipsis(rhs, ellipsis);
  } else {
    // What stands once, in the order of the alphabet.
    std::string all;
    for (const Factor &factor : factors)
      all += factor.indices;
    for (int64_t i = ellipsis; i-- > 0;)
      result += ellipsisIndex(i);
    std::string once;
    for (char c : all)
      if (isAlpha(c) && StringRef(all).count(c) == 1)
        once += c;
    sort(once);
    result += once;
  }
  std::string all;
  for (const Factor &factor : factors) {
    all += factor.indices;
    for (char c : factor.indices)
      if (StringRef(factor.indices).count(c) > 1) {
        node.error("an index that stands twice in one factor (a diagonal) is "
                   "not supported, equation '" +
                   equation + "'");
        return false;
      }
  }
  for (char c : result)
    if (!StringRef(all).contains(c) || StringRef(result).count(c) > 1)
      return impossible();
  // Sizes agree, or are 1.
  for (char c : all) {
    int64_t size = 1;
    for (const Factor &factor : factors)
      if (factor.has(c)) {
        int64_t own = factor.x.shape[factor.find(c)];
        if (own != 1 && size != 1 && own != size)
          return impossible();
        size = std::max(size, own);
      }
  }
  return true;
}

static void importEinsum(Node &node) {
  Emitter &e = node.e;
  std::vector<Factor> factors;
  std::string result;
  if (!parse(node, factors, result))
    return;
  // The indices that factors from `i` on and the result need.
  auto neededFrom = [&](size_t i) {
    std::string needed = result;
    for (; i < factors.size(); ++i)
      needed += factors[i].indices;
    return needed;
  };
  Factor product = factors[0];
  if (!sumOut(node, product, neededFrom(1)))
    return;
  for (size_t i = 1; i < factors.size(); ++i) {
    Factor next = factors[i];
    std::string needed = neededFrom(i + 1);
    if (!sumOut(node, next, needed + product.indices))
      return;
    std::optional<Factor> joined = join(node, product, next, needed);
    if (!joined || e.failed())
      return;
    product = *joined;
    if (!sumOut(node, product, needed))
      return;
  }
  node.push(arrange(e, product, result));
}

void se::onnx_import::addEinsum(OperatorTable &table) {
  table["Einsum"] = {importEinsum, 1, variadic};
}
