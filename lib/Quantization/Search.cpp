// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Search.cpp - The fastest policy that is good enough ----------------===//

#include "se/Quantization/Search.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <limits>

using namespace se::quantization;
using llvm::Error;
using llvm::Expected;

namespace {
class Search {
public:
  Search(const Policy &base, llvm::ArrayRef<std::string> layers,
         const SearchOptions &options)
      : base(base), layers(layers), options(options) {}

  Expected<SearchResult> run();

private:
  using Set = std::vector<size_t>; ///< of layers, sorted
  Policy makePolicy(const Set &set) const;
  /// The index of the candidate, which is tried once.
  Expected<size_t> evaluate(Set set);
  Error rank(std::vector<size_t> &order);
  Error addLayers(size_t &best);
  bool isAllowed(size_t i) const {
    return candidates[i].loss <= options.maxLoss;
  }
  void markPareto();

  const Policy &base;
  llvm::ArrayRef<std::string> layers;
  const SearchOptions &options;
  std::vector<Candidate> candidates;
  std::vector<Set> sets;
};
} // namespace

Policy Search::makePolicy(const Set &set) const {
  Policy policy = base;
  LayerPolicy layer = base.getQuantized();
  layer.precision = Precision::INT8;
  for (size_t i : set)
    policy.set(layers[i], layer);
  return policy;
}

Expected<size_t> Search::evaluate(Set set) {
  llvm::sort(set);
  if (auto it = llvm::find(sets, set); it != sets.end())
    return size_t(it - sets.begin());
  Policy policy = makePolicy(set);
  Candidate candidate;
  for (size_t i : set)
    candidate.layers.push_back(layers[i]);
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

/// Layers by cycles that they save for what they lose alone.
Error Search::rank(std::vector<size_t> &order) {
  std::vector<double> merit;
  for (size_t i = 0; i != layers.size(); ++i) {
    auto alone = evaluate({i});
    if (!alone)
      return alone.takeError();
    // Losses of several layers add up like noise.
    double none = candidates[0].loss, one = candidates[*alone].loss;
    double noise = std::max(one * one - none * none, 1e-12);
    auto saved =
        double(candidates[0].cost.cycles - candidates[*alone].cost.cycles);
    // Nothing may be gained before another layer is int8, too.
    merit.push_back(std::max(saved, 1.0) / noise);
    order.push_back(i);
  }
  llvm::stable_sort(order,
                    [&](size_t a, size_t b) { return merit[a] > merit[b]; });
  return Error::success();
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
  std::vector<size_t> order;
  if (Error error = rank(order))
    return error;
  size_t best = 0;
  Set set;
  for (size_t i : order) {
    set.push_back(i);
    auto next = evaluate(set);
    if (!next)
      return next.takeError();
  }
  for (size_t i = 1; i != candidates.size(); ++i)
    if (isAllowed(i) &&
        candidates[i].cost.cycles < candidates[best].cost.cycles)
      best = i;
  if (Error error = addLayers(best))
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
                               llvm::ArrayRef<std::string> layers,
                               const SearchOptions &options) {
  return Search(base, layers, options).run();
}
