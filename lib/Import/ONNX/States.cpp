// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- States.cpp - Which inputs and outputs are one state ----------------===//

#include "States.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;
using namespace se::onnx_import;

namespace {
class Pairer {
public:
  Pairer(const std::vector<PairingInput> &inputs,
         const std::vector<PairingOutput> &outputs, std::string &error)
      : inputs(inputs), outputs(outputs), error(error),
        closed(inputs.size(), false), taken(outputs.size(), false) {
    result.outputOf.assign(inputs.size(), -1);
    result.isOutput.assign(outputs.size(), true);
  }

  bool pairExplicit(const StateOptions &options);
  bool pairByName();
  void pairByRecurrence();
  bool pairTheRest();
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

  const std::vector<PairingInput> &inputs;
  const std::vector<PairingOutput> &outputs;
  std::string &error;
  std::vector<bool> closed, taken;
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
    if (outName.empty())
      continue;
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
    if (matches.size() > 1)
      return fail("input " + quote(in, matches[0]) + " or '" +
                  outputs[matches[1]].name +
                  "' could be one state; say which with --state " +
                  inputs[in].name + "=OUT");
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
    for (unsigned out = 0; out < outputs.size(); ++out)
      if (!taken[out] && inputs[in].feeds == outputs[out].from &&
          inputs[in].shape == outputs[out].shape) {
        pair(in, out);
        break;
      }
  }
}

/// The first input and the first output that are left are the frame. What
/// stands behind them may be states.
bool Pairer::pairTheRest() {
  SmallVector<unsigned> ins, outs;
  for (unsigned in = 0; in < inputs.size(); ++in)
    if (!closed[in])
      ins.push_back(in);
  for (unsigned out = 0; out < outputs.size(); ++out)
    if (!taken[out])
      outs.push_back(out);
  if (ins.empty() || outs.empty())
    return true;
  // An input that --state excludes is a frame. Without one, the first is.
  SmallVector<Shape> frames{outputs[outs[0]].shape};
  for (unsigned in = 0; in < inputs.size(); ++in)
    if (closed[in] && result.outputOf[in] < 0)
      frames.push_back(inputs[in].shape);
  if (frames.size() == 1) {
    frames.push_back(inputs[ins[0]].shape);
    ins.erase(ins.begin());
  }
  outs.erase(outs.begin());
  for (unsigned in : ins) {
    auto fits = [&](unsigned out) {
      return !taken[out] && inputs[in].shape == outputs[out].shape &&
             outputs[out].inputs.test(in);
    };
    auto match = find_if(outs, [&](unsigned out) {
      return fits(out) && matchStateNames(inputs[in].name, outputs[out].name) !=
                              NameMatch::None;
    });
    bool byName = match != outs.end();
    if (!byName)
      match = find_if(outs, fits);
    if (match == outs.end())
      continue;
    if (is_contained(frames, inputs[in].shape))
      return fail("input " + quote(in, *match) +
                  " may be one state or part of the frame; say --state " +
                  inputs[in].name + "=" + outputs[*match].name +
                  " or --state " + inputs[in].name + "=");
    pair(in, *match);
    if (!byName)
      result.guessed.push_back(in);
  }
  return true;
}

std::optional<Pairing>
se::onnx_import::pairStates(const std::vector<PairingInput> &inputs,
                            const std::vector<PairingOutput> &outputs,
                            const StateOptions &options, std::string &error) {
  Pairer pairer(inputs, outputs, error);
  if (!pairer.pairExplicit(options) || !pairer.pairByName())
    return std::nullopt;
  pairer.pairByRecurrence();
  if (!pairer.pairTheRest())
    return std::nullopt;
  return std::move(pairer.result);
}
