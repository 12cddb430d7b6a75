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
  Policy makePolicy(const Set &set) const;
  /// The index of the candidate, which is tried once.
  Expected<size_t> evaluate(Set set);
  /// `units` by cycles that they save for what they lose, each alone beside
  /// those of `start`.
  Expected<Set> rank(llvm::ArrayRef<size_t> units, size_t start);
  /// Adds to `start` more and more of the units, the first of the order first.
  Error addInOrder(const Set &order, size_t start);
  void takeFastest(size_t &best) const;
  Error addLayers(size_t &best);
  Error addGates(size_t &best);
  bool isAllowed(size_t i) const {
    return candidates[i].loss <= options.maxLoss;
  }
  void markPareto();

  const Policy &base;
  llvm::ArrayRef<QuantizableLayer> layers;
  const SearchOptions &options;
  std::vector<std::string> names; ///< of layers, then of gates
  std::vector<Candidate> candidates;
  std::vector<Set> sets;
};
} // namespace

Policy Search::makePolicy(const Set &set) const {
  Policy policy = base;
  LayerPolicy layer = base.getQuantized();
  layer.precision = Precision::INT8;
  for (size_t i : set)
    policy.set(names[i], layer);
  return policy;
}

Expected<size_t> Search::evaluate(Set set) {
  llvm::sort(set);
  if (auto it = llvm::find(sets, set); it != sets.end())
    return size_t(it - sets.begin());
  Policy policy = makePolicy(set);
  Candidate candidate;
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
    if (llvm::is_contained(sets[best], i))
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
    if (llvm::is_contained(sets[best], i))
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

Expected<SearchResult> Search::run() {
  if (auto none = evaluate({}); !none)
    return none.takeError();
  if (!isAllowed(0))
    return llvm::createStringError(
        llvm::formatv("auto: fp16 alone loses {0:f4}, more than {1:f4}",
                      candidates[0].loss, options.maxLoss));
  auto order = rank(llvm::to_vector(llvm::seq(layers.size())), 0);
  if (!order)
    return order.takeError();
  if (Error error = addInOrder(*order, 0))
    return error;
  size_t best = 0;
  takeFastest(best);
  if (Error error = addLayers(best))
    return error;
  if (Error error = addGates(best))
    return error;
  SearchResult result;
  result.policy = makePolicy(sets[best]);
  candidates[best].isChosen = true;
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
