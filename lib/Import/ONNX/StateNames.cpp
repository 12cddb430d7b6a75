// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StateNames.cpp - What names say about states -----------------------===//

#include "States.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;
using namespace se::onnx_import;

using Tokens = StateNames::Tokens;
using Stem = StateNames::Stem;

/// "rnn1_hN.out" -> rnn 1 h n out.
static Tokens tokenize(StringRef name) {
  Tokens tokens;
  char before = 0;
  for (char c : name) {
    bool starts = !isAlnum(before) || isDigit(before) != isDigit(c) ||
                  (isLower(before) && isUpper(c));
    if (isAlnum(c)) {
      if (starts)
        tokens.emplace_back();
      tokens.back() += toLower(c);
    }
    before = c;
  }
  // PyTorch's habits: hn, cn, h_in as hin.
  Tokens result;
  for (const std::string &token : tokens) {
    StringRef rest = token;
    bool split = rest.size() > 1 && (rest[0] == 'h' || rest[0] == 'c') &&
                 StringSwitch<bool>(rest.drop_front())
                     .Cases({"n", "in", "out", "prev", "next"}, true)
                     .Default(false);
    if (split) {
      result.push_back(rest.take_front().str());
      rest = rest.drop_front();
    }
    result.push_back(rest.str());
  }
  return result;
}

/// 0: no marker, 1: of direction, 2: of time.
static int inputMarker(StringRef token) {
  return StringSwitch<int>(token)
      .Cases({"in", "input"}, 1)
      .Cases({"prev", "previous", "old", "init", "initial", "past", "0"}, 2)
      .Default(0);
}
static int outputMarker(StringRef token) {
  return StringSwitch<int>(token)
      .Cases({"out", "output"}, 1)
      .Cases({"next", "new", "n", "final", "present", "updated"}, 2)
      .Default(0);
}

static bool isStateWord(StringRef token) {
  return StringSwitch<bool>(token)
      .Cases({"h", "c", "hx", "cx", "hc", "hidden", "hid", "cell"}, true)
      .Cases({"state", "states", "cache", "caches", "mem", "memory"}, true)
      .Cases({"buf", "buffer", "ctx", "context", "hist", "history"}, true)
      .Cases({"rnn", "lstm", "gru"}, true)
      .Default(false);
}

static std::vector<Stem> findStems(const Tokens &tokens,
                                   int (*marker)(StringRef)) {
  // A name of more words is none that tells anything.
  constexpr size_t mostTokens = 64;
  std::vector<Stem> result;
  result.push_back({tokens, false, false});
  for (size_t i = 0; i < tokens.size() && tokens.size() <= mostTokens; ++i) {
    int kind = marker(tokens[i]);
    if (kind == 0)
      continue;
    Stem stem{tokens, true, kind == 2};
    stem.tokens.erase(stem.tokens.begin() + i);
    result.push_back(std::move(stem));
  }
  return result;
}

/// A layer's name alone (lstm_out) may be that of any result.
static bool hasStateWord(const Tokens &tokens) {
  return any_of(tokens, [](StringRef token) {
    return isStateWord(token) && token != "rnn" && token != "lstm" &&
           token != "gru";
  });
}

bool se::onnx_import::isNamedLikeState(StringRef name) {
  return hasStateWord(tokenize(name));
}
bool se::onnx_import::isNamedLikeNextState(StringRef name) {
  return any_of(findStems(tokenize(name), outputMarker), [](const Stem &stem) {
    return stem.marked && hasStateWord(stem.tokens);
  });
}

/// Equal for equal stems; empty for those that are no names.
static std::string getKey(const Tokens &tokens) {
  if (none_of(tokens, [](StringRef t) { return isAlpha(t[0]); }))
    return "";
  return join(tokens, ".");
}

StateNames::StateNames(ArrayRef<StringRef> inputs,
                       ArrayRef<StringRef> outputs) {
  for (StringRef name : inputs) {
    Tokens tokens = tokenize(name);
    endsWithZero.push_back(tokens.empty() || tokens.back() == "0");
    inStems.push_back(findStems(tokens, inputMarker));
  }
  for (const auto &[out, name] : enumerate(outputs)) {
    outStems.push_back(findStems(tokenize(name), outputMarker));
    for (const Stem &stem : outStems.back())
      if (std::string key = getKey(stem.tokens); !key.empty())
        byStem[key].push_back(out);
  }
}

NameMatch StateNames::match(unsigned input, unsigned output) const {
  NameMatch best = NameMatch::None;
  for (const Stem &in : inStems[input]) {
    for (const Stem &out : outStems[output]) {
      // Without a marker in the output, in_0 and in would be a pair; without
      // one in the input, state and state_out are.
      if (!out.marked && (!in.marked || endsWithZero[input]))
        continue;
      if (in.tokens != out.tokens || getKey(in.tokens).empty())
        continue;
      bool strong = in.clear || out.clear || any_of(in.tokens, isStateWord);
      best = std::max(best, strong ? NameMatch::Strong : NameMatch::Weak);
    }
  }
  return best;
}

std::vector<unsigned> StateNames::getStrongMatches(unsigned in) const {
  std::vector<unsigned> found;
  for (const Stem &stem : inStems[in])
    if (auto same = byStem.find(getKey(stem.tokens)); same != byStem.end())
      copy_if(same->second, std::back_inserter(found), [&](unsigned out) {
        return match(in, out) == NameMatch::Strong;
      });
  sort(found);
  found.erase(llvm::unique(found), found.end());
  return found;
}
