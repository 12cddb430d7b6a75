// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StateWarnings.cpp - States that may have been lost -----------------===//

#include "States.h"

#include "llvm/ADT/STLExtras.h"

#include <map>

using namespace llvm;
using namespace se::onnx_import;

namespace {
class LostStates {
public:
  LostStates(const std::vector<PairingInput> &inputs,
             const std::vector<PairingOutput> &outputs, const StateFlow &flow,
             const Pairing &pairing);

  /// Why an input of every frame should perhaps be a state; empty if it should
  /// not.
  std::string describeInput(unsigned in) const;
  bool isLostOutput(unsigned out) const;
  /// The states before `in` that names pair with the next value of `in`, and
  /// `in` with theirs, the wrong way round.
  std::vector<unsigned> findSwapped(unsigned in) const;

private:
  bool isState(unsigned in) const { return pairing.outputOf[in] >= 0; }
  /// A state that does not live on in what is its next value.
  bool isDropped(unsigned in) const {
    return isState(in) &&
           !flow.getInputs(pairing.outputOf[in], Tie::Carried).test(in);
  }

  const std::vector<PairingInput> &inputs;
  const std::vector<PairingOutput> &outputs;
  const StateFlow &flow;
  const Pairing &pairing;

  unsigned numFrames = 0; ///< inputs that are none by option or pairing
  unsigned firstFrame;    ///< the first that is no state
  std::map<Shape, unsigned> firstStates;           ///< of each shape
  std::map<Shape, std::vector<unsigned>> giveOuts; ///< outputs of each frame
  std::set<unsigned> nexts; ///< values of states, by their first outputs
};
} // namespace

LostStates::LostStates(const std::vector<PairingInput> &inputs,
                       const std::vector<PairingOutput> &outputs,
                       const StateFlow &flow, const Pairing &pairing)
    : inputs(inputs), outputs(outputs), flow(flow), pairing(pairing),
      firstFrame(inputs.size()) {
  for (unsigned in = 0; in < inputs.size(); ++in)
    if (isState(in)) {
      firstStates.try_emplace(inputs[in].shape, in);
      nexts.insert(flow.getFirstAlike(pairing.outputOf[in]));
    } else {
      firstFrame = std::min(firstFrame, in);
      ++numFrames;
    }
  numFrames -= pairing.excluded.size();
  for (unsigned out = 0; out < outputs.size(); ++out)
    if (pairing.isOutput[out])
      giveOuts[outputs[out].shape].push_back(out);
}

std::string LostStates::describeInput(unsigned in) const {
  const PairingInput &input = inputs[in];
  if (isState(in) || is_contained(pairing.excluded, in))
    return "";
  if (!input.feeds.empty())
    return "is the initial state of a recurrent node";
  // The only input that is no state is the frame, whatever its name.
  if (numFrames == 1)
    return "";
  if (isNamedLikeState(input.name))
    return "is named like a state";
  // Names that say which are the states say that this is none.
  if (pairing.guessed.empty())
    return "";
  // The first may be the frame.
  if (in == firstFrame)
    return "";
  if (auto state = firstStates.find(input.shape); state != firstStates.end())
    return "has the shape of state '" + inputs[state->second].name + "'";
  if (auto same = giveOuts.find(input.shape); same != giveOuts.end())
    for (unsigned out : same->second)
      if (flow.getTie(in, out) >= Tie::Direct)
        return "may be the previous value of output '" + outputs[out].name +
               "'";
  return "";
}

bool LostStates::isLostOutput(unsigned out) const {
  // It is if no state has this value, under this or another name.
  return isNamedLikeNextState(outputs[out].name) && outputs[out].from.empty() &&
         !nexts.count(flow.getFirstAlike(out));
}

std::vector<unsigned> LostStates::findSwapped(unsigned in) const {
  std::vector<unsigned> found;
  if (!isDropped(in))
    return found;
  for (unsigned other : flow.getInputs(pairing.outputOf[in], Tie::Carried))
    if (other < in && isDropped(other) &&
        inputs[in].shape == inputs[other].shape &&
        flow.getInputs(pairing.outputOf[other], Tie::Carried).test(in))
      found.push_back(other);
  return found;
}

std::vector<std::string>
se::onnx_import::describeLostStates(const std::vector<PairingInput> &inputs,
                                    const std::vector<PairingOutput> &outputs,
                                    const StateFlow &flow,
                                    const Pairing &pairing) {
  LostStates lost(inputs, outputs, flow, pairing);
  std::vector<std::string> messages;
  for (unsigned in = 0; in < inputs.size(); ++in) {
    const std::string &name = inputs[in].name;
    std::string reason = lost.describeInput(in);
    if (!reason.empty())
      messages.push_back(
          "input '" + name + "' " + toString(inputs[in].shape) + " " + reason +
          ", but no output is its next value: it stays an input of every "
          "frame; export its next value as an output of this shape, or say "
          "--state " +
          name + "=OUT (--state " + name + "= if it is no state)");
    for (unsigned other : lost.findSwapped(in))
      messages.push_back("states '" + inputs[other].name + "' and '" + name +
                         "' seem to be given out the wrong way round: the "
                         "data flow pairs them the other way; --state says "
                         "which is right");
  }
  for (unsigned out = 0; out < outputs.size(); ++out)
    if (lost.isLostOutput(out))
      messages.push_back("output '" + outputs[out].name +
                         "' is named like the next value of a state, but no "
                         "input is its previous value: nothing takes it to "
                         "the next frame; export with the state as an input");
  return messages;
}
