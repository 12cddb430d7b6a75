// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- States.cpp - Which inputs and outputs are one state ----------------===//

#include "States.h"

#include "Matching.h"
#include "se/Support/MessageLine.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

#include <map>

using namespace llvm;
using namespace se::onnx_import;

template <typename Ports>
static std::vector<StringRef> getNames(const Ports &ports) {
  std::vector<StringRef> names;
  for (const auto &port : ports)
    names.push_back(port.name);
  return names;
}

namespace {
class Pairer {
public:
  Pairer(const std::vector<PairingInput> &inputs,
         const std::vector<PairingOutput> &outputs, const StateFlow &flow,
         std::string &error)
      : inputs(inputs), outputs(outputs), flow(flow), error(error),
        names(getNames(inputs), getNames(outputs)),
        closed(inputs.size(), false), taken(outputs.size(), false),
        numUnpaired(inputs.size()), numGivenOut(outputs.size()) {
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
    --numUnpaired;
    // A network gives out something: its last output stays one.
    if (numGivenOut > 1) {
      result.isOutput[out] = false;
      --numGivenOut;
    }
  }
  bool isLastInput() const { return numUnpaired <= 1; }
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
  const StateNames names;
  std::vector<bool> closed, taken;
  unsigned numUnpaired, numGivenOut;
};

/// Pairs of the inputs and outputs that are left, by data flow.
class FlowPairing {
public:
  FlowPairing(const std::vector<PairingInput> &inputs,
              const std::vector<PairingOutput> &outputs, const StateFlow &flow,
              const StateNames &names, ArrayRef<unsigned> ins,
              ArrayRef<unsigned> outs, bool hasFrame, bool keepsOutput)
      : inputs(inputs), outputs(outputs), flow(flow), names(names), ins(ins),
        outs(outs), hasFrame(hasFrame), keepsOutput(keepsOutput) {}

  /// The pairs, which may be none; nothing if there are several possibilities.
  std::optional<std::vector<int>> find();
  /// All of them, as options of the command line.
  std::string describePossibilities() const;

private:
  Tie getTie(unsigned i, unsigned j) const;
  /// All pairs with this tie or a better one; false if there are too many to
  /// look at.
  bool listPairs(Tie least, PossiblePairs &possible) const;
  /// What they cost.
  void price(PossiblePairs &possible, int64_t direct, int64_t distant) const;
  unsigned countMost() const;
  bool isClear() const;
  std::string formatOptions(ArrayRef<int> partner,
                            const std::vector<bool> &hasTie) const;

  const std::vector<PairingInput> &inputs;
  const std::vector<PairingOutput> &outputs;
  const StateFlow &flow;
  const StateNames &names;
  ArrayRef<unsigned> ins, outs;
  /// An input is known to be the frame, or an output to be no state.
  const bool hasFrame, keepsOutput;
  Matching matching;
};
} // namespace

template <typename Ports>
static StringMap<unsigned> numberByName(const Ports &ports) {
  StringMap<unsigned> numbers;
  for (const auto &[i, port] : enumerate(ports))
    numbers.try_emplace(port.name, i);
  return numbers;
}

template <typename Ports> static std::string listNames(const Ports &ports) {
  constexpr size_t most = 100;
  std::string names;
  for (const auto &port : ArrayRef(ports).take_front(most))
    names += (names.empty() ? "'" : ", '") + port.name + "'";
  if (ports.size() > most)
    names += " and " + std::to_string(ports.size() - most) + " more";
  return names;
}

bool Pairer::pairExplicit(const StateOptions &options) {
  if (options.empty())
    return true;
  StringMap<unsigned> ins = numberByName(inputs), outs = numberByName(outputs);
  for (const auto &[inName, outName] : options) {
    std::string option = "--state " + inName + "=" + outName + ": ";
    auto foundIn = ins.find(inName);
    if (foundIn == ins.end())
      return fail(option + "the graph has no such input; it has " +
                  listNames(inputs));
    unsigned in = foundIn->second;
    if (closed[in])
      return fail(option + "the input is named twice");
    closed[in] = true;
    if (outName.empty()) {
      result.excluded.push_back(in);
      continue;
    }
    auto foundOut = outs.find(outName);
    if (foundOut == outs.end())
      return fail(option + "the graph has no such output; it has " +
                  listNames(outputs));
    unsigned out = foundOut->second;
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
    std::vector<unsigned> matches = names.getStrongMatches(in);
    erase_if(matches, [&](unsigned out) { return taken[out]; });
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
  std::map<std::pair<std::set<unsigned>, Shape>, std::vector<unsigned>> outs;
  for (unsigned out = 0; out < outputs.size(); ++out)
    outs[{outputs[out].from, outputs[out].shape}].push_back(out);
  for (unsigned in = 0; in < inputs.size(); ++in) {
    if (closed[in] || isLastInput() || inputs[in].feeds.empty())
      continue;
    auto same = outs.find({inputs[in].feeds, inputs[in].shape});
    if (same == outs.end())
      continue;
    erase_if(same->second, [&](unsigned out) { return taken[out]; });
    if (!same->second.empty())
      pair(in, pickState(same->second));
  }
}

unsigned Pairer::pickState(ArrayRef<unsigned> same) const {
  const auto *named = find_if(
      same, [&](unsigned out) { return isNamedLikeState(outputs[out].name); });
  return named != same.end() ? *named : same.back();
}

bool Pairer::pairByFlow() {
  std::vector<unsigned> ins, outs;
  for (unsigned in = 0; in < inputs.size(); ++in)
    if (!closed[in])
      ins.push_back(in);
  // Outputs that hold the same are one.
  std::map<std::pair<unsigned, Shape>, std::vector<unsigned>> alike;
  for (unsigned out = 0; out < outputs.size(); ++out)
    if (!taken[out])
      alike[{flow.getFirstAlike(out), outputs[out].shape}].push_back(out);
  unsigned numLeft = count(taken, false);
  for (const auto &[value, same] : alike)
    outs.push_back(pickState(same));
  sort(outs);
  if (ins.empty() || outs.empty())
    return true;
  FlowPairing pairing(inputs, outputs, flow, names, ins, outs,
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

Tie FlowPairing::getTie(unsigned i, unsigned j) const {
  if (inputs[ins[i]].shape != outputs[outs[j]].shape)
    return Tie::None;
  Tie tie = flow.getTie(ins[i], outs[j]);
  // What is left when the others are states is what the network is for.
  bool isForced = outs.size() == 1 && outputs.size() > 1 && !keepsOutput;
  if (isForced && tie < Tie::Carried)
    return Tie::None;
  // The frame mostly stands first, and so does what is made of it.
  if (i == 0 && j == 0 && !hasFrame && tie == Tie::Distant)
    return Tie::None;
  return tie;
}

bool FlowPairing::listPairs(Tie least, PossiblePairs &possible) const {
  // The time that matchings take grows faster than their number.
  constexpr size_t most = 1 << 18;
  possible = {unsigned(ins.size()), unsigned(outs.size()), {}};
  std::vector<int> number(inputs.size(), -1);
  for (const auto &[i, in] : enumerate(ins))
    number[in] = i;
  for (const auto &[j, out] : enumerate(outs))
    for (unsigned in : flow.getInputs(out, least))
      if (int i = number[in]; i >= 0 && getTie(i, j) >= least) {
        if (possible.pairs.size() == most)
          return false;
        possible.pairs.push_back({unsigned(i), unsigned(j), 0});
      }
  stable_sort(possible.pairs, [](const PossiblePair &a, const PossiblePair &b) {
    return a.left < b.left;
  });
  return true;
}

void FlowPairing::price(PossiblePairs &possible, int64_t direct,
                        int64_t distant) const {
  // Weak names decide only between what data flow finds alike.
  int64_t scale = ins.size() + 1;
  for (PossiblePair &pair : possible.pairs) {
    Tie tie = getTie(pair.left, pair.right);
    pair.cost = scale * (tie == Tie::Distant  ? distant
                         : tie == Tie::Direct ? direct
                                              : 0);
    if (names.match(ins[pair.left], outs[pair.right]) != NameMatch::None)
      --pair.cost;
  }
}

/// More pairs there cannot be, because of the shapes.
unsigned FlowPairing::countMost() const {
  std::map<Shape, std::pair<unsigned, unsigned>> ports;
  for (unsigned in : ins)
    ++ports[inputs[in].shape].first;
  for (unsigned out : outs)
    ++ports[outputs[out].shape].second;
  unsigned most = 0;
  for (const auto &[shape, number] : ports)
    most += std::min(number.first, number.second);
  return most;
}

std::optional<std::vector<int>> FlowPairing::find() {
  // One input at least is the frame.
  unsigned limit = ins.size() - !hasFrame;
  int64_t many = ins.size() + 1;
  PossiblePairs possible;
  auto match = [&](int64_t direct, int64_t distant) {
    price(possible, direct, distant);
    return findMatching(possible, limit);
  };
  // The best pairs have the fewest distant ones and the most carried ones: no
  // other pairs must be better in either. If as many as can be are carried,
  // these alone matter.
  if (!listPairs(Tie::Carried, possible))
    return std::nullopt;
  matching = match(1, many);
  Matching other = matching;
  if (matching.size < std::min(limit, countMost())) {
    if (!listPairs(Tie::Distant, possible))
      return std::nullopt;
    matching = match(1, many);
    other = match(many, many + 1);
  }
  if (!matching.isUnique || !other.isUnique ||
      matching.partner != other.partner || !isClear())
    return std::nullopt;
  // If the first input is a state, it should not do as the frame as well: the
  // others could be as many pairs.
  int first = matching.partner[0];
  if (!hasFrame && first >= 0 && getTie(0, first) != Tie::Kept) {
    if (!listPairs(Tie::Direct, possible))
      return std::nullopt;
    erase_if(possible.pairs,
             [](const PossiblePair &pair) { return pair.left == 0; });
    if (findMatching(possible, limit).size == matching.size)
      return std::nullopt;
  }
  return matching.partner;
}

/// Could a pair as well be an input and an output of each frame?
bool FlowPairing::isClear() const {
  bool takesAll =
      !keepsOutput && matching.size > 1 && matching.size == outs.size();
  std::set<Shape> unpaired;
  for (const auto &[i, j] : enumerate(matching.partner))
    if (j < 0)
      unpaired.insert(inputs[ins[i]].shape);
  for (const auto &[i, j] : enumerate(matching.partner)) {
    if (j < 0 || getTie(i, j) >= Tie::Carried)
      continue;
    if (takesAll || getTie(i, j) == Tie::Distant ||
        unpaired.count(inputs[ins[i]].shape))
      return false;
  }
  return true;
}

/// The pairs, and what is no state although it might be one.
std::string FlowPairing::formatOptions(ArrayRef<int> partner,
                                       const std::vector<bool> &hasTie) const {
  std::string text;
  auto add = [&](unsigned i, StringRef output) {
    text += (text.empty() ? "--state " : " --state ") + inputs[ins[i]].name +
            "=" + output.str();
  };
  bool isOneLeft = count(partner, -1) == 1 && !hasFrame;
  for (const auto &[i, j] : enumerate(partner)) {
    if (j >= 0)
      add(i, outputs[outs[j]].name);
    else if (!isOneLeft && hasTie[i])
      add(i, "");
  }
  return text;
}

/// All of them: what a message leaves out cannot be given.
std::string FlowPairing::describePossibilities() const {
  constexpr size_t most = 8, mostPairs = 100;
  PossiblePairs possible;
  if (!listPairs(Tie::Distant, possible))
    return "--state IN=OUT for each state, and --state IN= for inputs that are "
           "none: there are too many possibilities to list";
  price(possible, 1, ins.size() + 1);
  std::vector<bool> hasTie(ins.size(), false);
  for (const PossiblePair &pair : possible.pairs)
    hasTie[pair.left] = true;
  std::vector<std::string> possibilities;
  auto matchings = listMatchings(possible, matching.size, most);
  if (!matchings) {
    // Too many to list: what each input may be.
    for (const PossiblePair &pair :
         ArrayRef(possible.pairs).take_front(mostPairs))
      possibilities.push_back("--state " + inputs[ins[pair.left]].name + "=" +
                              outputs[outs[pair.right]].name);
    if (possible.pairs.size() > mostPairs)
      possibilities.push_back(
          "and " + std::to_string(possible.pairs.size() - mostPairs) + " more");
    return "some of " + join(possibilities, ", ");
  }
  auto add = [&](ArrayRef<int> partner) {
    std::string text = formatOptions(partner, hasTie);
    if (!text.empty() && !is_contained(possibilities, text))
      possibilities.push_back(text);
  };
  for (const std::vector<int> &partner : *matchings)
    add(partner);
  // Perhaps some of them are no states.
  for (const auto &[i, j] : enumerate(matching.partner))
    if (j >= 0 && getTie(i, j) < Tie::Carried &&
        possibilities.size() < mostPairs) {
      std::vector<int> fewer = matching.partner;
      fewer[i] = -1;
      add(fewer);
    }
  return join(possibilities, ", or ");
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
