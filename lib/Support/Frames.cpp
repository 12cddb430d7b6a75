// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Frames.cpp - Files for the inputs and outputs of a network ---------===//

#include "se/Support/Frames.h"
#include "se/Support/MessageLine.h"
#include "se/Support/Npy.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <numeric>
#include <optional>

using namespace llvm;
using namespace se;

static Error fail(const Twine &text) {
  return createStringError(inconvertibleErrorCode(), text);
}

static std::string listPorts(ArrayRef<Port> ports) {
  return listNames(map_to_vector(ports, [](const Port &p) { return p.name; }));
}

Expected<std::vector<PortFile>> se::matchPorts(ArrayRef<std::string> arguments,
                                               ArrayRef<Port> ports,
                                               StringRef option,
                                               bool needsAll) {
  std::vector<PortFile> result;
  for (StringRef argument : arguments) {
    auto [name, path] = argument.split('=');
    if (name.empty() || path.empty())
      return fail(option + " " + argument + ": expected NAME=FILE.npy");
    const Port *port =
        find_if(ports, [name = name](const Port &p) { return p.name == name; });
    if (port == ports.end())
      return fail(option + " " + argument +
                  ": the network has no such port, "
                  "only " +
                  listPorts(ports));
    unsigned index = port - ports.begin();
    if (any_of(result, [&](const PortFile &f) { return f.port == index; }))
      return fail(option + " " + argument + ": " + name + " is given twice");
    result.push_back({index, path.str()});
  }
  for (unsigned i = 0; needsAll && i != ports.size(); ++i)
    if (none_of(result, [&](const PortFile &f) { return f.port == i; }))
      return fail("missing " + option + " " + ports[i].name +
                  "=FILE.npy, shape [frames, " + Twine(ports[i].elements) +
                  "]");
  return result;
}

std::string se::describeTooLarge(const Port &port, ArrayRef<float> values) {
  float largest = 0;
  for (float value : values)
    if (std::isfinite(value))
      largest = std::max(largest, std::abs(value));
  if (largest <= port.largest)
    return {};
  return formatv("input '{0}' reaches {1:e3}, but is rounded to floats of at "
                 "most {2:F0}: what is above is infinite there; calibrate with "
                 "such frames (--calibration), or take --precision=fp32",
                 port.name, largest, port.largest);
}

Expected<Frames> se::readFrames(ArrayRef<std::string> arguments,
                                ArrayRef<Port> ports, StringRef option) {
  auto files = matchPorts(arguments, ports, option, /*needsAll=*/true);
  if (!files)
    return files.takeError();

  Frames frames;
  frames.values.resize(ports.size());
  std::optional<std::string> first;
  for (PortFile &file : *files) {
    const Port &port = ports[file.port];
    auto array = readNpy(file.path);
    if (!array)
      return array.takeError();
    ArrayRef<int64_t> shape = array->shape;
    bool fits = !shape.empty() &&
                std::accumulate(shape.begin() + 1, shape.end(), int64_t(1),
                                std::multiplies<>()) == port.elements;
    if (!fits)
      return fail(file.path + ": expected shape [frames, " +
                  Twine(port.elements) + "] for " + port.name + ", found " +
                  formatShape(shape));
    if (first && shape[0] != frames.numFrames)
      return fail(file.path + ": expected " + Twine(frames.numFrames) +
                  " frames as in " + *first + ", found " + Twine(shape[0]));
    // Also of an input without elements.
    constexpr int64_t maxFrames = int64_t(1) << 28;
    if (shape[0] > maxFrames)
      return fail(file.path + ": holds " + Twine(shape[0]) +
                  " frames, at most " + Twine(maxFrames) + " are run");
    first = file.path;
    frames.numFrames = shape[0];
    std::string tooLarge = describeTooLarge(port, array->data);
    if (!tooLarge.empty())
      errs() << formatMessage("warning", file.path + ": " + tooLarge) << '\n';
    frames.values[file.port] = std::move(array->data);
  }
  return frames;
}

Error se::writeFrames(OutputFiles &outputs, ArrayRef<PortFile> files,
                      ArrayRef<Port> ports, const Frames &frames) {
  for (const PortFile &file : files)
    if (Error error = writeNpy(outputs, file.path,
                               {frames.numFrames, ports[file.port].elements},
                               frames.values[file.port]))
      return error;
  return Error::success();
}
