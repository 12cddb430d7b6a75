// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Search.cpp - The fastest policy that is good enough ----------------===//

#include "se/Quantization/Search.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <map>

using namespace se::quantization;
using llvm::Error;
using llvm::Expected;

namespace {
class Search {
public:
  Search(const Policy &base, llvm::ArrayRef<QuantizableLayer> layers,
         const SearchOptions &options)
      : base(base), layers(layers), options(options) {
    for (const QuantizableLayer &layer : layers)
      names.push_back(layer.name);
    for (const QuantizableLayer &layer : layers)
      llvm::append_range(names, layer.gates);
  }

  Expected<SearchResult> run();

private:
  using Set = std::vector<size_t>; ///< of names, sorted
  Policy makePolicy(const Set &set, llvm::ArrayRef<std::string> wide) const;
  /// The index of the candidate, which is tried once.
  Expected<size_t> evaluate(Set set);
  /// `units` by cycles that they save for what they lose, each alone beside
  /// those of `start`.
  Expected<Set> rank(llvm::ArrayRef<size_t> units, size_t start);
  /// Adds to `start` more and more of the units, the first of the order first.
  Error addInOrder(const Set &order, size_t start);
  void takeFastest(size_t &best) const;
  /// From what is in fp16 and fp32 alone. Nothing if all that is within the
  /// bound is refused.
  Expected<std::optional<size_t>> searchFrom(size_t start);
  /// The fastest that is allowed and whose trend is good.
  Expected<std::optional<size_t>> takeGood();
  Expected<bool> hasGoodTrend(size_t i);
  /// Makes layers fp32 until that is good enough.
  Expected<size_t> widen();
  Error addLayers(size_t &best);
  Error addGates(size_t &best);
  /// Of those with the present `wide` layers.
  bool isAllowed(size_t i) const {
    return candidates[i].loss <= options.maxLoss && !candidates[i].isRefused &&
           candidates[i].wide == wide;
  }
  void markPareto();

  const Policy &base;
  llvm::ArrayRef<QuantizableLayer> layers;
  const SearchOptions &options;
  std::vector<std::string> names; ///< of layers, then of gates
  std::vector<std::string> wide;  ///< fp32
  std::vector<Candidate> candidates;
  std::vector<Set> sets;
};
} // namespace

bool LossTrend::isGrowing(double maxLoss) const {
  return parts.size() > 1 && llvm::is_sorted(parts) &&
         parts.back() > 2 * parts.front() && parts.back() > maxLoss / 10;
}

Policy Search::makePolicy(const Set &set,
                          llvm::ArrayRef<std::string> wide) const {
  Policy policy = base;
  for (const std::string &name : wide)
    policy.set(name, LayerPolicy());
  LayerPolicy layer = base.getQuantized();
  layer.precision = Precision::INT8;
  for (size_t i : set)
    policy.set(names[i], layer);
  return policy;
}

Expected<size_t> Search::evaluate(Set set) {
  llvm::sort(set);
  for (size_t i = 0; i != sets.size(); ++i)
    if (sets[i] == set && candidates[i].wide == wide)
      return i;
  Policy policy = makePolicy(set, wide);
  Candidate candidate;
  candidate.wide = wide;
  candidate.maxLoss = options.maxLoss;
  for (size_t i : set)
    candidate.layers.push_back(names[i]);
  candidate.isAll = llvm::equal(set, llvm::seq<size_t>(0, layers.size()));
  auto cost = options.getCost(policy);
  if (!cost)
    return cost.takeError();
  auto loss = options.getLoss(policy);
  if (!loss)
    return loss.takeError();
  candidate.cost = *cost;
  candidate.loss = *loss;
  if (options.progress)
    options.progress(candidate);
  candidates.push_back(std::move(candidate));
  sets.push_back(std::move(set));
  return sets.size() - 1;
}

Expected<Search::Set> Search::rank(llvm::ArrayRef<size_t> units, size_t start) {
  std::map<size_t, double> merit;
  for (size_t i : units) {
    Set set = sets[start];
    set.push_back(i);
    auto more = evaluate(std::move(set));
    if (!more)
      return more.takeError();
    // Losses add up like noise.
    double without = candidates[start].loss, with = candidates[*more].loss;
    double noise = std::max(with * with - without * without, 1e-12);
    auto saved =
        double(candidates[start].cost.cycles - candidates[*more].cost.cycles);
    // Nothing may be gained before another one is int8, too.
    merit[i] = std::max(saved, 1.0) / noise;
  }
  Set order(units.begin(), units.end());
  llvm::stable_sort(order,
                    [&](size_t a, size_t b) { return merit[a] > merit[b]; });
  return order;
}

Error Search::addInOrder(const Set &order, size_t start) {
  Set set = sets[start];
  for (size_t i : order) {
    set.push_back(i);
    if (auto next = evaluate(set); !next)
      return next.takeError();
  }
  return Error::success();
}

void Search::takeFastest(size_t &best) const {
  for (size_t i = 0; i != candidates.size(); ++i)
    if (isAllowed(i) &&
        candidates[i].cost.cycles < candidates[best].cost.cycles)
      best = i;
}

/// Layers one by one that make the best candidate faster.
Error Search::addLayers(size_t &best) {
  for (size_t i = 0; i != layers.size(); ++i) {
    if (llvm::is_contained(sets[best], i) || llvm::is_contained(wide, names[i]))
      continue;
    Set set = sets[best];
    set.push_back(i);
    auto more = evaluate(std::move(set));
    if (!more)
      return more.takeError();
    if (isAllowed(*more) &&
        candidates[*more].cost.cycles < candidates[best].cost.cycles)
      best = *more;
  }
  return Error::success();
}

/// Gates of layers that the best candidate leaves out.
Error Search::addGates(size_t &best) {
  size_t first = layers.size();
  for (auto [i, layer] : llvm::enumerate(layers)) {
    auto gates = llvm::to_vector(llvm::seq(first, first + layer.gates.size()));
    first += layer.gates.size();
    if (llvm::is_contained(sets[best], i) ||
        llvm::is_contained(wide, layer.name))
      continue;
    size_t start = best;
    auto order = rank(gates, start);
    if (!order)
      return order.takeError();
    if (Error error = addInOrder(*order, start))
      return error;
    takeFastest(best);
  }
  return Error::success();
}

void Search::markPareto() {
  for (Candidate &candidate : candidates)
    candidate.isPareto = llvm::none_of(candidates, [&](const Candidate &other) {
      bool isNoWorse = other.cost.cycles <= candidate.cost.cycles &&
                       other.loss <= candidate.loss;
      bool isBetter = other.cost.cycles < candidate.cost.cycles ||
                      other.loss < candidate.loss;
      return isNoWorse && isBetter;
    });
}

Expected<bool> Search::hasGoodTrend(size_t i) {
  if (!options.getTrend)
    return true;
  auto trend = options.getTrend(makePolicy(sets[i], candidates[i].wide));
  if (!trend)
    return trend.takeError();
  candidates[i].isRefused =
      trend->loss > options.maxLoss || trend->isGrowing(options.maxLoss);
  candidates[i].trend = std::move(*trend);
  return !candidates[i].isRefused;
}

Expected<std::optional<size_t>> Search::takeGood() {
  while (true) {
    std::optional<size_t> best;
    for (size_t i = 0; i != candidates.size(); ++i)
      if (isAllowed(i) &&
          (!best || candidates[i].cost.cycles < candidates[*best].cost.cycles))
        best = i;
    if (!best)
      return std::nullopt;
    auto isGood = hasGoodTrend(*best);
    if (!isGood)
      return isGood.takeError();
    if (*isGood)
      return best;
  }
}

Expected<std::optional<size_t>> Search::searchFrom(size_t start) {
  Set units;
  for (size_t i = 0; i != layers.size(); ++i)
    if (!llvm::is_contained(wide, names[i]))
      units.push_back(i);
  auto order = rank(units, start);
  if (!order)
    return order.takeError();
  if (Error error = addInOrder(*order, start))
    return error;
  size_t best = start;
  takeFastest(best);
  if (Error error = addLayers(best))
    return error;
  if (Error error = addGates(best))
    return error;
  return takeGood();
}

Expected<size_t> Search::widen() {
  std::vector<std::pair<double, std::string>> order;
  for (const std::string &name : options.allLayers) {
    wide = {name};
    auto alone = evaluate({});
    if (!alone)
      return alone.takeError();
    order.push_back({candidates[*alone].loss, name});
  }
  llvm::stable_sort(order);
  wide.clear();
  size_t last = 0;
  for (const auto &[loss, name] : order) {
    wide.push_back(name);
    auto next = evaluate({});
    if (!next)
      return next.takeError();
    last = *next;
    if (!isAllowed(last))
      continue;
    auto isGood = hasGoodTrend(last);
    if (!isGood)
      return isGood.takeError();
    if (*isGood)
      return last;
  }
  return llvm::createStringError(
      llvm::formatv("auto: {0} loses {1:f4}, more than {2:f4}",
                    last ? "even fp32" : "fp16 alone", candidates[last].loss,
                    options.maxLoss));
}

Expected<SearchResult> Search::run() {
  if (auto none = evaluate({}); !none)
    return none.takeError();
  std::optional<size_t> best;
  if (isAllowed(0)) {
    auto found = searchFrom(0);
    if (!found)
      return found.takeError();
    best = *found;
  }
  if (!best) {
    auto start = widen();
    if (!start)
      return start.takeError();
    auto found = searchFrom(*start);
    if (!found)
      return found.takeError();
    best = found->value_or(*start);
  }
  SearchResult result;
  result.policy = makePolicy(sets[*best], candidates[*best].wide);
  candidates[*best].isChosen = true;
  markPareto();
  llvm::stable_sort(candidates, [](const Candidate &a, const Candidate &b) {
    return a.cost.cycles < b.cost.cycles;
  });
  result.candidates = std::move(candidates);
  return result;
}

Expected<SearchResult>
se::quantization::searchPolicy(const Policy &base,
                               llvm::ArrayRef<QuantizableLayer> layers,
                               const SearchOptions &options) {
  return Search(base, layers, options).run();
}
