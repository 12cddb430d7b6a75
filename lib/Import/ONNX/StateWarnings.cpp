// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StateWarnings.cpp - States that may have been lost -----------------===//

#include "States.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace se::onnx_import;

namespace {
class LostStates {
public:
  LostStates(const std::vector<PairingInput> &inputs,
             const std::vector<PairingOutput> &outputs, const StateFlow &flow,
             const Pairing &pairing)
      : inputs(inputs), outputs(outputs), flow(flow), pairing(pairing) {}

  /// Why an input of every frame should perhaps be a state; empty if it should
  /// not.
  std::string describeInput(unsigned in) const;
  bool isLostOutput(unsigned out) const;
  /// Do names pair `in` and `other` the wrong way round?
  bool areSwapped(unsigned in, unsigned other) const;

private:
  bool isState(unsigned in) const { return pairing.outputOf[in] >= 0; }

  const std::vector<PairingInput> &inputs;
  const std::vector<PairingOutput> &outputs;
  const StateFlow &flow;
  const Pairing &pairing;
};
} // namespace

std::string LostStates::describeInput(unsigned in) const {
  const PairingInput &input = inputs[in];
  if (isState(in) || is_contained(pairing.excluded, in))
    return "";
  if (!input.feeds.empty())
    return "is the initial state of a recurrent node";
  // The only input that is no state is the frame, whatever its name.
  if (inputs.size() - pairing.excluded.size() -
          count_if(pairing.outputOf, [](int out) { return out >= 0; }) ==
      1)
    return "";
  if (isNamedLikeState(input.name))
    return "is named like a state";
  // Names that say which are the states say that this is none.
  if (pairing.guessed.empty())
    return "";
  // The first may be the frame.
  for (unsigned before = 0; before < in; ++before) {
    if (isState(before))
      continue;
    for (const auto &[other, port] : enumerate(inputs))
      if (isState(other) && port.shape == input.shape)
        return "has the shape of state '" + port.name + "'";
    for (const auto &[out, port] : enumerate(outputs))
      if (pairing.isOutput[out] && port.shape == input.shape &&
          flow.ties[in][out] >= Tie::Direct)
        return "may be the previous value of output '" + port.name + "'";
    break;
  }
  return "";
}

bool LostStates::isLostOutput(unsigned out) const {
  if (!isNamedLikeNextState(outputs[out].name) || !outputs[out].from.empty())
    return false;
  // It is if no state has this value, under this or another name.
  return none_of(pairing.outputOf, [&](int next) {
    return next >= 0 && flow.sameAs[next] == flow.sameAs[out];
  });
}

bool LostStates::areSwapped(unsigned in, unsigned other) const {
  int out = pairing.outputOf[in], otherOut = pairing.outputOf[other];
  return out >= 0 && otherOut >= 0 && inputs[in].shape == inputs[other].shape &&
         flow.ties[in][out] < Tie::Carried &&
         flow.ties[other][otherOut] < Tie::Carried &&
         flow.ties[in][otherOut] >= Tie::Carried &&
         flow.ties[other][out] >= Tie::Carried;
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
    for (unsigned other = 0; other < in; ++other)
      if (lost.areSwapped(in, other))
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
