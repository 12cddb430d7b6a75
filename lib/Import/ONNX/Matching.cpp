// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Matching.cpp - Cheapest pairs, and whether they are unique ---------===//

#include "Matching.h"

#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/STLExtras.h"

#include <deque>
#include <limits>
#include <map>
#include <numeric>
#include <queue>

using namespace se::onnx_import;

static constexpr int64_t infinite = std::numeric_limits<int64_t>::max() / 4;

namespace {
struct Arc {
  unsigned to;
  int64_t cost;
};
using Arcs = std::vector<std::vector<Arc>>;

/// Elements that possible pairs connect, with numbers of their own. The
/// matching grows by one pair at a time and is always a cheapest of its size.
class Component {
public:
  unsigned addLeft(unsigned element);
  unsigned addRight(unsigned element);
  void addPair(unsigned left, unsigned right, int64_t cost) {
    pairs[left].push_back({right, cost});
  }

  /// Finds the cheapest way to one more pair.
  void findPath();
  /// What it costs; infinite if there is none.
  int64_t getNextCost() const { return nextCost; }
  /// Goes it.
  void grow();
  /// What the pair before it cost.
  int64_t getLastCost() const { return lastCost; }
  bool hasOtherOfSameCost() const;
  void write(std::vector<int> &partnerOf) const;

private:
  /// Left elements, right elements, and a source and a sink of a flow of one
  /// unit for each pair. Arcs either add flow or take it back.
  Arcs makeResidual() const;

  std::vector<unsigned> lefts, rights;
  std::vector<std::vector<Arc>> pairs; ///< of each left element
  /// Of each left element its right one, or -1, and what that costs.
  std::vector<int> partner;
  std::vector<int64_t> paid;
  std::vector<int> owner; ///< of each right element, or -1

  /// For each left element on a path the one before, or -1; from each the path
  /// goes to a right element of that cost.
  std::vector<int> before;
  std::vector<Arc> through;
  int lastLeft = -1;
  Arc lastArc = {0, 0};
  int64_t nextCost = infinite, lastCost = -infinite;
};
} // namespace

unsigned Component::addLeft(unsigned element) {
  lefts.push_back(element);
  pairs.emplace_back();
  partner.push_back(-1);
  paid.push_back(0);
  return lefts.size() - 1;
}

unsigned Component::addRight(unsigned element) {
  rights.push_back(element);
  owner.push_back(-1);
  return rights.size() - 1;
}

void Component::findPath() {
  std::vector<int64_t> distance(lefts.size(), infinite);
  std::vector<bool> isWaiting(lefts.size(), false);
  std::deque<unsigned> waiting;
  before.assign(lefts.size(), -1);
  through.assign(lefts.size(), {0, 0});
  nextCost = infinite;
  for (unsigned left = 0; left < lefts.size(); ++left)
    if (partner[left] < 0) {
      distance[left] = 0;
      isWaiting[left] = true;
      waiting.push_back(left);
    }
  // A cheapest matching has no cycle of negative cost, so this ends.
  while (!waiting.empty()) {
    unsigned left = waiting.front();
    waiting.pop_front();
    isWaiting[left] = false;
    for (const Arc &arc : pairs[left]) {
      int64_t reached = distance[left] + arc.cost;
      int other = owner[arc.to];
      if (other < 0) {
        if (reached < nextCost) {
          nextCost = reached;
          lastLeft = left;
          lastArc = arc;
        }
        continue;
      }
      reached -= paid[other];
      if (other == int(left) || reached >= distance[other])
        continue;
      distance[other] = reached;
      before[other] = left;
      through[other] = arc;
      if (!isWaiting[other]) {
        isWaiting[other] = true;
        waiting.push_back(other);
      }
    }
  }
}

void Component::grow() {
  lastCost = nextCost;
  Arc arc = lastArc;
  for (int left = lastLeft; left >= 0;) {
    partner[left] = arc.to;
    paid[left] = arc.cost;
    owner[arc.to] = left;
    arc = through[left];
    left = before[left];
  }
}

Arcs Component::makeResidual() const {
  unsigned source = lefts.size() + rights.size(), sink = source + 1;
  Arcs arcs(sink + 1);
  auto add = [&](unsigned from, unsigned to, int64_t cost, bool isUsed) {
    if (isUsed)
      arcs[to].push_back({from, -cost});
    else
      arcs[from].push_back({to, cost});
  };
  for (unsigned left = 0; left < lefts.size(); ++left) {
    add(source, left, 0, partner[left] >= 0);
    for (const Arc &arc : pairs[left])
      add(left, lefts.size() + arc.to, arc.cost, partner[left] == int(arc.to));
  }
  for (unsigned right = 0; right < rights.size(); ++right)
    add(lefts.size() + right, sink, 0, owner[right] >= 0);
  return arcs;
}

/// Another matching of this size differs by cycles of the residual graph; one
/// that costs as much, by cycles of arcs that are tight in shortest paths.
bool Component::hasOtherOfSameCost() const {
  Arcs arcs = makeResidual();
  // From everywhere.
  std::vector<int64_t> distance(arcs.size(), 0);
  std::vector<bool> isWaiting(arcs.size(), true);
  std::deque<unsigned> waiting(arcs.size());
  std::iota(waiting.begin(), waiting.end(), 0);
  while (!waiting.empty()) {
    unsigned from = waiting.front();
    waiting.pop_front();
    isWaiting[from] = false;
    for (const Arc &arc : arcs[from]) {
      if (distance[from] + arc.cost >= distance[arc.to])
        continue;
      distance[arc.to] = distance[from] + arc.cost;
      if (!isWaiting[arc.to]) {
        isWaiting[arc.to] = true;
        waiting.push_back(arc.to);
      }
    }
  }
  std::vector<unsigned> pending(arcs.size(), 0);
  for (unsigned from = 0; from < arcs.size(); ++from) {
    llvm::erase_if(arcs[from], [&](const Arc &arc) {
      return distance[from] + arc.cost != distance[arc.to];
    });
    for (const Arc &arc : arcs[from])
      ++pending[arc.to];
  }
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
    for (const Arc &arc : arcs[node])
      if (--pending[arc.to] == 0)
        work.push_back(arc.to);
  }
  return removed < pending.size();
}

void Component::write(std::vector<int> &partnerOf) const {
  for (unsigned left = 0; left < lefts.size(); ++left)
    if (partner[left] >= 0)
      partnerOf[lefts[left]] = rights[partner[left]];
}

/// Pairs that no others share an element with are components of their own, and
/// there are mostly many of these.
static std::vector<Component> findComponents(const PossiblePairs &possible) {
  unsigned numLeft = possible.numLeft, all = numLeft + possible.numRight;
  llvm::IntEqClasses classes(all);
  for (const PossiblePair &pair : possible.pairs)
    classes.join(pair.left, numLeft + pair.right);
  classes.compress();
  std::vector<Component> components(classes.getNumClasses());
  std::vector<unsigned> number(all);
  for (unsigned left = 0; left < numLeft; ++left)
    number[left] = components[classes[left]].addLeft(left);
  for (unsigned right = 0; right < possible.numRight; ++right)
    number[numLeft + right] =
        components[classes[numLeft + right]].addRight(right);
  for (const PossiblePair &pair : possible.pairs)
    components[classes[pair.left]].addPair(
        number[pair.left], number[numLeft + pair.right], pair.cost);
  return components;
}

Matching se::onnx_import::findMatching(const PossiblePairs &possible,
                                       unsigned limit) {
  std::vector<Component> components = findComponents(possible);
  Matching matching;
  matching.partner.assign(possible.numLeft, -1);
  // In each component every further pair costs at least as much as the one
  // before, so the cheapest next one of all is always right.
  using Next = std::pair<int64_t, unsigned>;
  std::priority_queue<Next, std::vector<Next>, std::greater<Next>> queue;
  auto look = [&](unsigned component) {
    components[component].findPath();
    if (components[component].getNextCost() != infinite)
      queue.push({components[component].getNextCost(), component});
  };
  for (unsigned i = 0; i < components.size(); ++i)
    look(i);
  while (matching.size < limit && !queue.empty()) {
    unsigned component = queue.top().second;
    queue.pop();
    components[component].grow();
    ++matching.size;
    look(component);
  }
  // A pair less in one component, and one more in another.
  std::map<int64_t, size_t> lastCosts;
  for (const Component &component : components)
    ++lastCosts[component.getLastCost()];
  for (const Component &component : components) {
    component.write(matching.partner);
    size_t own = component.getNextCost() == component.getLastCost();
    if (component.getNextCost() != infinite &&
        lastCosts[component.getNextCost()] > own)
      matching.isUnique = false;
    if (matching.isUnique && component.hasOtherOfSameCost())
      matching.isUnique = false;
  }
  return matching;
}

namespace {
struct Lister {
  unsigned size;
  size_t atMost;
  std::vector<std::vector<Arc>> pairs;
  std::vector<bool> isTaken = {};
  std::vector<int> partner = {};
  std::vector<std::pair<int64_t, std::vector<int>>> found = {};
  /// Bounds the search, most of which may lead nowhere.
  size_t steps = 20000;

  /// False if there are too many.
  bool list(unsigned left, unsigned taken, int64_t cost);
};
} // namespace

bool Lister::list(unsigned left, unsigned taken, int64_t cost) {
  if (steps == 0)
    return false;
  --steps;
  if (taken + (pairs.size() - left) < size)
    return true;
  if (left == pairs.size()) {
    if (found.size() == atMost)
      return false;
    found.push_back({cost, partner});
    return true;
  }
  if (taken < size)
    for (const Arc &arc : pairs[left]) {
      if (isTaken[arc.to])
        continue;
      partner[left] = arc.to;
      isTaken[arc.to] = true;
      bool more = list(left + 1, taken + 1, cost + arc.cost);
      partner[left] = -1;
      isTaken[arc.to] = false;
      if (!more)
        return false;
    }
  return list(left + 1, taken, cost);
}

std::optional<std::vector<std::vector<int>>>
se::onnx_import::listMatchings(const PossiblePairs &possible, unsigned size,
                               size_t atMost) {
  Lister lister{size, atMost, std::vector<std::vector<Arc>>(possible.numLeft)};
  lister.isTaken.assign(possible.numRight, false);
  lister.partner.assign(possible.numLeft, -1);
  for (const PossiblePair &pair : possible.pairs)
    lister.pairs[pair.left].push_back({pair.right, pair.cost});
  if (!lister.list(0, 0, 0))
    return std::nullopt;
  llvm::stable_sort(lister.found, llvm::less_first());
  std::vector<std::vector<int>> matchings;
  for (auto &[cost, partner] : lister.found)
    matchings.push_back(std::move(partner));
  return matchings;
}
