// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StateNames.cpp - What names say about states -----------------------===//

#include "States.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;
using namespace se::onnx_import;

using Tokens = SmallVector<std::string, 4>;

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

namespace {
/// A name without one of its markers.
struct Stem {
  Tokens tokens;
  bool marked = false; ///< a marker was removed
  bool clear = false;  ///< and it speaks of time (prev), not of direction (in)
};
} // namespace

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

static SmallVector<Stem> stems(StringRef name, int (*marker)(StringRef)) {
  Tokens tokens = tokenize(name);
  SmallVector<Stem> result;
  result.push_back({tokens, false, false});
  for (size_t i = 0; i < tokens.size(); ++i) {
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
  return any_of(stems(name, outputMarker), [](const Stem &stem) {
    return stem.marked && hasStateWord(stem.tokens);
  });
}

NameMatch se::onnx_import::matchStateNames(StringRef input, StringRef output) {
  NameMatch best = NameMatch::None;
  for (const Stem &in : stems(input, inputMarker)) {
    for (const Stem &out : stems(output, outputMarker)) {
      // Without a marker in the output, in_0 and in would be a pair; without
      // one in the input, state and state_out are.
      if (!out.marked && !(in.marked && !tokenize(input).empty() &&
                           tokenize(input).back() != "0"))
        continue;
      if (in.tokens != out.tokens ||
          none_of(in.tokens, [](StringRef t) { return isAlpha(t[0]); }))
        continue;
      bool strong = in.clear || out.clear || any_of(in.tokens, isStateWord);
      best = std::max(best, strong ? NameMatch::Strong : NameMatch::Weak);
    }
  }
  return best;
}
