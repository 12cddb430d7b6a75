// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- States.h - Which inputs and outputs are one state --------*- C++ -*-===//
//
// ONNX has no states: a streaming model takes them as inputs and gives them
// back as outputs. This finds the pairs. The rules are in docs/onnx.md.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_IMPORT_ONNX_STATES_H
#define SE_LIB_IMPORT_ONNX_STATES_H

#include "StateFlow.h"
#include "Tensor.h"

#include "llvm/ADT/StringMap.h"

#include <set>
#include <utility>

namespace se::onnx_import {

/// What is known of a graph input.
struct PairingInput {
  std::string name;
  Shape shape;
  /// The states of recurrent nodes that it initializes without arithmetic in
  /// between, each as 2 * node (hidden) or 2 * node + 1 (cell).
  std::set<unsigned> feeds;
};

/// What is known of a graph output.
struct PairingOutput {
  std::string name;
  Shape shape;
  /// The final states of recurrent nodes that it consists of.
  std::set<unsigned> from;
};

struct Pairing {
  /// For each input the output that is its next value, or -1.
  std::vector<int> outputOf;
  /// For each output whether the network still gives it out.
  std::vector<bool> isOutput;
  /// Inputs whose pair was found by data flow alone.
  std::vector<unsigned> guessed;
  /// Inputs of which --state says that they are no states.
  std::vector<unsigned> excluded;
};

using StateOptions = std::vector<std::pair<std::string, std::string>>;

/// Nothing if the pairs are contradictory or ambiguous; `error` says why.
std::optional<Pairing> pairStates(const std::vector<PairingInput> &inputs,
                                  const std::vector<PairingOutput> &outputs,
                                  const StateFlow &flow,
                                  const StateOptions &options,
                                  std::string &error);

enum class NameMatch { None, Weak, Strong };
/// Do the names say that an input is the previous value of an output? Weak if
/// they could as well be a frame going in and coming out (audio_in, audio_out).
class StateNames {
public:
  StateNames(llvm::ArrayRef<llvm::StringRef> inputs,
             llvm::ArrayRef<llvm::StringRef> outputs);

  NameMatch match(unsigned in, unsigned out) const;
  /// The outputs that match an input strongly.
  std::vector<unsigned> getStrongMatches(unsigned in) const;

  /// "rnn1_hN" is rnn 1 h n.
  using Tokens = llvm::SmallVector<std::string, 4>;
  /// A name, perhaps without one of its markers.
  struct Stem {
    Tokens tokens;
    bool marked = false; ///< a marker was removed
    bool clear = false; ///< and it speaks of time (prev), not of direction (in)
  };

private:
  std::vector<std::vector<Stem>> inStems, outStems;
  std::vector<bool> endsWithZero; ///< of inputs
  /// The outputs that have a stem.
  llvm::StringMap<std::vector<unsigned>> byStem;
};

/// Does the name have a word such as hidden or cache?
bool isNamedLikeState(llvm::StringRef name);
/// Does it have one that says after (next, out) as well?
bool isNamedLikeNextState(llvm::StringRef name);

/// One line for each input or output that looks like a state, but is none in
/// `pairing`, and for names that data flow contradicts.
std::vector<std::string>
describeLostStates(const std::vector<PairingInput> &inputs,
                   const std::vector<PairingOutput> &outputs,
                   const StateFlow &flow, const Pairing &pairing);

} // namespace se::onnx_import

#endif // SE_LIB_IMPORT_ONNX_STATES_H
