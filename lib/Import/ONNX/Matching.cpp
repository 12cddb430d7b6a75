// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Matching.cpp - Cheapest pairs, and whether they are unique ---------===//

#include "Matching.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <limits>

using namespace se::onnx_import;

namespace {
/// The matching as a flow of one unit for each pair: source, left elements,
/// right elements, sink. An arc of this residual graph either adds flow or
/// takes it back.
struct Arc {
  unsigned from, to;
  int64_t cost;
};

class Residual {
public:
  Residual(const PairCosts &costs, const std::vector<int> &partner);

  unsigned left(unsigned i) const { return 1 + i; }
  unsigned right(unsigned j) const { return 1 + numLeft + j; }
  unsigned sink() const { return 1 + numLeft + numRight; }

  /// Shortest distances and the arcs that lead there. From everywhere: starts
  /// at every node with distance 0.
  void findPaths(bool fromEverywhere);
  bool hasOtherOfSameCost();

  static constexpr int64_t infinite = std::numeric_limits<int64_t>::max() / 4;
  unsigned numLeft, numRight;
  std::vector<Arc> arcs;
  std::vector<int64_t> distance;
  std::vector<int> arcTo;
};
} // namespace

Residual::Residual(const PairCosts &costs, const std::vector<int> &partner)
    : numLeft(costs.size()), numRight(costs.empty() ? 0 : costs[0].size()) {
  std::vector<bool> taken(numRight, false);
  auto add = [&](unsigned from, unsigned to, int64_t cost, bool used) {
    arcs.push_back(used ? Arc{to, from, -cost} : Arc{from, to, cost});
  };
  for (unsigned i = 0; i < numLeft; ++i) {
    add(0, left(i), 0, partner[i] >= 0);
    for (unsigned j = 0; j < numRight; ++j)
      if (costs[i][j])
        add(left(i), right(j), *costs[i][j], partner[i] == int(j));
    if (partner[i] >= 0)
      taken[partner[i]] = true;
  }
  for (unsigned j = 0; j < numRight; ++j)
    add(right(j), sink(), 0, taken[j]);
}

void Residual::findPaths(bool fromEverywhere) {
  distance.assign(sink() + 1, fromEverywhere ? 0 : infinite);
  arcTo.assign(sink() + 1, -1);
  distance[0] = 0;
  // A cheapest matching has no cycle of negative cost, so this ends.
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto &[i, arc] : llvm::enumerate(arcs)) {
      int64_t reached = distance[arc.from] + arc.cost;
      if (distance[arc.from] == infinite || reached >= distance[arc.to])
        continue;
      distance[arc.to] = reached;
      arcTo[arc.to] = i;
      changed = true;
    }
  }
}

/// Another matching of this size differs by cycles in the residual graph; one
/// that costs as much, by cycles of arcs that are tight in shortest paths.
bool Residual::hasOtherOfSameCost() {
  findPaths(/*fromEverywhere=*/true);
  std::vector<unsigned> pending(distance.size(), 0);
  llvm::erase_if(arcs, [&](const Arc &arc) {
    return distance[arc.from] + arc.cost != distance[arc.to];
  });
  for (const Arc &arc : arcs)
    ++pending[arc.to];
  // What stays when nodes without predecessors are removed is on a cycle.
  std::vector<unsigned> work;
  unsigned removed = 0;
  for (unsigned node = 0; node < pending.size(); ++node)
    if (pending[node] == 0)
      work.push_back(node);
  while (!work.empty()) {
    unsigned node = work.back();
    work.pop_back();
    ++removed;
    for (const Arc &arc : arcs)
      if (arc.from == node && --pending[arc.to] == 0)
        work.push_back(arc.to);
  }
  return removed < pending.size();
}

Matching se::onnx_import::findMatching(const PairCosts &costs, unsigned limit) {
  Matching matching;
  matching.partner.assign(costs.size(), -1);
  while (matching.size < limit) {
    Residual residual(costs, matching.partner);
    residual.findPaths(/*fromEverywhere=*/false);
    if (residual.distance[residual.sink()] == Residual::infinite)
      break;
    // Backwards: each arc from a left to a right element is a new pair.
    for (unsigned node = residual.sink(); node != 0;) {
      const Arc &arc = residual.arcs[residual.arcTo[node]];
      unsigned i = arc.from - 1, j = arc.to - 1 - residual.numLeft;
      if (arc.from != 0 && arc.from <= residual.numLeft &&
          arc.to > residual.numLeft && arc.to != residual.sink())
        matching.partner[i] = j;
      node = arc.from;
    }
    ++matching.size;
  }
  matching.isUnique = !Residual(costs, matching.partner).hasOtherOfSameCost();
  return matching;
}

namespace {
struct Lister {
  const PairCosts &costs;
  unsigned size;
  size_t atMost;
  /// Bounds the search, most of which may lead nowhere.
  size_t steps = 20000;
  std::vector<int> partner;
  std::vector<std::pair<int64_t, std::vector<int>>> found;

  /// False if there are too many.
  bool list(unsigned i, unsigned pairs, int64_t cost);
};
} // namespace

bool Lister::list(unsigned i, unsigned pairs, int64_t cost) {
  if (steps-- == 0)
    return false;
  if (pairs + (costs.size() - i) < size)
    return true;
  if (i == costs.size()) {
    if (found.size() == atMost)
      return false;
    found.push_back({cost, partner});
    return true;
  }
  if (pairs < size)
    for (const auto &[j, pairCost] : llvm::enumerate(costs[i])) {
      if (!pairCost || llvm::is_contained(partner, int(j)))
        continue;
      partner[i] = j;
      bool more = list(i + 1, pairs + 1, cost + *pairCost);
      partner[i] = -1;
      if (!more)
        return false;
    }
  return list(i + 1, pairs, cost);
}

std::optional<std::vector<std::vector<int>>>
se::onnx_import::listMatchings(const PairCosts &costs, unsigned size,
                               size_t atMost) {
  Lister lister{costs, size, atMost, 20000, std::vector<int>(costs.size(), -1),
                {}};
  if (!lister.list(0, 0, 0))
    return std::nullopt;
  llvm::stable_sort(lister.found, llvm::less_first());
  std::vector<std::vector<int>> matchings;
  for (auto &[cost, partner] : lister.found)
    matchings.push_back(std::move(partner));
  return matchings;
}
