// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- States.cpp - Which inputs and outputs are one state ----------------===//

#include "States.h"

#include "Matching.h"
#include "se/Support/MessageLine.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;
using namespace se::onnx_import;

namespace {
class Pairer {
public:
  Pairer(const std::vector<PairingInput> &inputs,
         const std::vector<PairingOutput> &outputs, const StateFlow &flow,
         std::string &error)
      : inputs(inputs), outputs(outputs), flow(flow), error(error),
        closed(inputs.size(), false), taken(outputs.size(), false) {
    result.outputOf.assign(inputs.size(), -1);
    result.isOutput.assign(outputs.size(), true);
  }

  bool pairExplicit(const StateOptions &options);
  bool pairByName();
  void pairByRecurrence();
  bool pairByFlow();
  Pairing result;

private:
  bool fail(const Twine &message) {
    error = message.str();
    return false;
  }
  void pair(unsigned in, unsigned out) {
    result.outputOf[in] = out;
    closed[in] = taken[out] = true;
    // A network gives out something: its last output stays one.
    if (count(result.isOutput, true) > 1)
      result.isOutput[out] = false;
  }
  bool isLastInput() const { return count(result.outputOf, -1) <= 1; }
  std::string quote(unsigned in, unsigned out) const {
    return "'" + inputs[in].name + "' " + toString(inputs[in].shape) +
           " and output '" + outputs[out].name + "' " +
           toString(outputs[out].shape);
  }

  /// Of outputs that hold the same, the one that is named like a state, or the
  /// last.
  unsigned pickState(ArrayRef<unsigned> same) const;

  const std::vector<PairingInput> &inputs;
  const std::vector<PairingOutput> &outputs;
  const StateFlow &flow;
  std::string &error;
  std::vector<bool> closed, taken;
};

/// Pairs of the inputs and outputs that are left, by data flow.
class FlowPairing {
public:
  FlowPairing(const std::vector<PairingInput> &inputs,
              const std::vector<PairingOutput> &outputs, const StateFlow &flow,
              ArrayRef<unsigned> ins, ArrayRef<unsigned> outs, bool hasFrame,
              bool keepsOutput);

  /// The pairs, which may be none; nothing if there are several possibilities.
  std::optional<std::vector<int>> find();
  /// All of them, as options of the command line.
  std::string describePossibilities() const;

private:
  bool isClear() const;
  PairCosts price(int64_t direct, int64_t distant) const;
  std::string formatOptions(ArrayRef<int> partner) const;
  bool hasDistant(ArrayRef<int> partner) const;

  const std::vector<PairingInput> &inputs;
  const std::vector<PairingOutput> &outputs;
  ArrayRef<unsigned> ins, outs;
  /// An input is known to be the frame, or an output to be no state.
  const bool hasFrame, keepsOutput;
  std::vector<std::vector<Tie>> ties;
  Matching matching;
};
} // namespace

template <typename Ports>
static int find(const Ports &ports, StringRef name, std::string &names) {
  names.clear();
  for (const auto &[i, port] : enumerate(ports)) {
    if (port.name == name)
      return i;
    names += (i ? ", '" : "'") + port.name + "'";
  }
  return -1;
}

bool Pairer::pairExplicit(const StateOptions &options) {
  std::string names;
  for (const auto &[inName, outName] : options) {
    std::string option = "--state " + inName + "=" + outName + ": ";
    int in = find(inputs, inName, names);
    if (in < 0)
      return fail(option + "the graph has no such input; it has " + names);
    if (closed[in])
      return fail(option + "the input is named twice");
    closed[in] = true;
    if (outName.empty()) {
      result.excluded.push_back(in);
      continue;
    }
    int out = find(outputs, outName, names);
    if (out < 0)
      return fail(option + "the graph has no such output; it has " + names);
    if (taken[out])
      return fail(option + "the output is named twice");
    if (inputs[in].shape != outputs[out].shape)
      return fail(option + "input " + quote(in, out) +
                  " have different shapes");
    pair(in, out);
  }
  return true;
}

bool Pairer::pairByName() {
  for (unsigned in = 0; in < inputs.size(); ++in) {
    if (closed[in] || isLastInput())
      continue;
    SmallVector<unsigned> matches;
    for (unsigned out = 0; out < outputs.size(); ++out)
      if (!taken[out] && matchStateNames(inputs[in].name, outputs[out].name) ==
                             NameMatch::Strong)
        matches.push_back(out);
    if (matches.empty())
      continue;
    if (matches.size() > 1) {
      std::string options;
      for (unsigned out : matches)
        options += (options.empty() ? "--state " : " or --state ") +
                   inputs[in].name + "=" + outputs[out].name;
      return fail("input '" + inputs[in].name +
                  "' has the name of several outputs' previous value; say " +
                  options);
    }
    unsigned out = matches[0];
    if (inputs[in].shape != outputs[out].shape)
      return fail("input " + quote(in, out) +
                  " look like one state but differ in shape; export them "
                  "alike, or use --state " +
                  inputs[in].name + "= if it is no state");
    pair(in, out);
  }
  return true;
}

void Pairer::pairByRecurrence() {
  for (unsigned in = 0; in < inputs.size(); ++in) {
    if (closed[in] || isLastInput() || inputs[in].feeds.empty())
      continue;
    SmallVector<unsigned> matches;
    for (unsigned out = 0; out < outputs.size(); ++out)
      if (!taken[out] && inputs[in].feeds == outputs[out].from &&
          inputs[in].shape == outputs[out].shape)
        matches.push_back(out);
    if (!matches.empty())
      pair(in, pickState(matches));
  }
}

unsigned Pairer::pickState(ArrayRef<unsigned> same) const {
  const auto *named = find_if(
      same, [&](unsigned out) { return isNamedLikeState(outputs[out].name); });
  return named != same.end() ? *named : same.back();
}

bool Pairer::pairByFlow() {
  SmallVector<unsigned> ins, outs;
  for (unsigned in = 0; in < inputs.size(); ++in)
    if (!closed[in])
      ins.push_back(in);
  unsigned numLeft = count(taken, false);
  // Outputs that hold the same are one.
  for (unsigned out = 0; out < outputs.size(); ++out) {
    SmallVector<unsigned> same;
    for (unsigned other = 0; other < outputs.size(); ++other)
      if (!taken[other] && flow.sameAs[other] == flow.sameAs[out] &&
          outputs[other].shape == outputs[out].shape)
        same.push_back(other);
    if (!taken[out] && pickState(same) == out)
      outs.push_back(out);
  }
  if (ins.empty() || outs.empty())
    return true;
  FlowPairing pairing(inputs, outputs, flow, ins, outs,
                      /*hasFrame=*/!result.excluded.empty(),
                      /*keepsOutput=*/outs.size() < numLeft);
  std::optional<std::vector<int>> partner = pairing.find();
  if (!partner)
    return fail("which inputs and outputs are states is not clear from their "
                "names and from the data flow; say it with " +
                pairing.describePossibilities());
  for (const auto &[i, j] : enumerate(*partner))
    if (j >= 0) {
      pair(ins[i], outs[j]);
      result.guessed.push_back(ins[i]);
    }
  return true;
}

FlowPairing::FlowPairing(const std::vector<PairingInput> &inputs,
                         const std::vector<PairingOutput> &outputs,
                         const StateFlow &flow, ArrayRef<unsigned> ins,
                         ArrayRef<unsigned> outs, bool hasFrame,
                         bool keepsOutput)
    : inputs(inputs), outputs(outputs), ins(ins), outs(outs),
      hasFrame(hasFrame), keepsOutput(keepsOutput) {
  for (unsigned in : ins) {
    ties.emplace_back();
    for (unsigned out : outs)
      ties.back().push_back(inputs[in].shape == outputs[out].shape
                                ? flow.ties[in][out]
                                : Tie::None);
  }
  // What is left when the others are states is what the network is for.
  if (outs.size() == 1 && outputs.size() > 1 && !keepsOutput)
    for (std::vector<Tie> &row : ties)
      if (row[0] < Tie::Carried)
        row[0] = Tie::None;
  // The frame mostly stands first, and so does what is made of it.
  if (!hasFrame && ties[0][0] == Tie::Distant)
    ties[0][0] = Tie::None;
}

PairCosts FlowPairing::price(int64_t direct, int64_t distant) const {
  // Weak names decide only between what data flow finds alike.
  int64_t scale = ins.size() + 1;
  PairCosts costs;
  for (const auto &[i, row] : enumerate(ties)) {
    costs.emplace_back();
    for (const auto &[j, tie] : enumerate(row)) {
      std::optional<int64_t> &cost = costs.back().emplace_back();
      if (tie == Tie::None)
        continue;
      cost = scale * (tie == Tie::Distant  ? distant
                      : tie == Tie::Direct ? direct
                                           : 0);
      if (matchStateNames(inputs[ins[i]].name, outputs[outs[j]].name) !=
          NameMatch::None)
        --*cost;
    }
  }
  return costs;
}

bool FlowPairing::hasDistant(ArrayRef<int> partner) const {
  return any_of(enumerate(partner), [&](const auto &pair) {
    return pair.value() >= 0 &&
           ties[pair.index()][pair.value()] == Tie::Distant;
  });
}

std::optional<std::vector<int>> FlowPairing::find() {
  // One input at least is the frame.
  unsigned limit = ins.size() - !hasFrame;
  int64_t many = ins.size() + 1;
  // The best pairs have the fewest distant ones and the most carried ones: no
  // other pairs must be better in either.
  PairCosts costs = price(1, many);
  matching = findMatching(costs, limit);
  Matching other = findMatching(price(many, many + 1), limit);
  if (!matching.isUnique || !other.isUnique ||
      matching.partner != other.partner || !isClear())
    return std::nullopt;
  // If the first input is a state, it should not do as the frame as well.
  int first = matching.partner[0];
  if (!hasFrame && first >= 0 && ties[0][first] != Tie::Kept) {
    costs[0].assign(outs.size(), std::nullopt);
    other = findMatching(costs, limit);
    if (other.size == matching.size && !hasDistant(other.partner))
      return std::nullopt;
  }
  return matching.partner;
}

/// Could a pair as well be an input and an output of each frame?
bool FlowPairing::isClear() const {
  bool takesAll =
      !keepsOutput && matching.size > 1 && matching.size == outs.size();
  for (const auto &[i, j] : enumerate(matching.partner)) {
    if (j < 0 || ties[i][j] >= Tie::Carried)
      continue;
    if (takesAll || ties[i][j] == Tie::Distant)
      return false;
    for (const auto &[k, other] : enumerate(matching.partner))
      if (other < 0 && inputs[ins[k]].shape == inputs[ins[i]].shape)
        return false;
  }
  return true;
}

/// The pairs, and what is no state although it might be one.
std::string FlowPairing::formatOptions(ArrayRef<int> partner) const {
  std::string text;
  auto add = [&](unsigned i, StringRef output) {
    text += (text.empty() ? "--state " : " --state ") + inputs[ins[i]].name +
            "=" + output.str();
  };
  bool isOneLeft = count(partner, -1) == 1 && !hasFrame;
  for (const auto &[i, j] : enumerate(partner)) {
    if (j >= 0)
      add(i, outputs[outs[j]].name);
    else if (!isOneLeft &&
             any_of(ties[i], [](Tie tie) { return tie != Tie::None; }))
      add(i, "");
  }
  return text;
}

std::string FlowPairing::describePossibilities() const {
  constexpr size_t most = 8;
  PairCosts costs = price(1, ins.size() + 1);
  std::vector<std::string> possibilities;
  auto add = [&](ArrayRef<int> partner) {
    std::string text = formatOptions(partner);
    if (!text.empty() && !is_contained(possibilities, text))
      possibilities.push_back(text);
  };
  auto matchings = listMatchings(costs, matching.size, most);
  if (matchings) {
    for (const std::vector<int> &partner : *matchings)
      add(partner);
    // Perhaps some of them are no states.
    for (const auto &[i, j] : enumerate(matching.partner))
      if (j >= 0 && ties[i][j] < Tie::Carried) {
        std::vector<int> fewer = matching.partner;
        fewer[i] = -1;
        add(fewer);
      }
  } else {
    // Too many to list: what each input may be.
    for (const auto &[i, row] : enumerate(ties))
      for (const auto &[j, tie] : enumerate(row))
        if (tie != Tie::None) {
          possibilities.push_back("--state " + inputs[ins[i]].name + "=" +
                                  outputs[outs[j]].name);
        }
  }
  if (!matchings)
    return "some of " + se::listNames(possibilities);
  return se::listNames(possibilities, ", or ");
}

std::optional<Pairing>
se::onnx_import::pairStates(const std::vector<PairingInput> &inputs,
                            const std::vector<PairingOutput> &outputs,
                            const StateFlow &flow, const StateOptions &options,
                            std::string &error) {
  Pairer pairer(inputs, outputs, flow, error);
  if (!pairer.pairExplicit(options) || !pairer.pairByName())
    return std::nullopt;
  pairer.pairByRecurrence();
  if (!pairer.pairByFlow())
    return std::nullopt;
  return std::move(pairer.result);
}
