// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads what the compiler noted in a program.

#include "se/Simulator/Program.h"
#include "se/Support/InputFile.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace se;
using namespace se::sim;

static constexpr StringLiteral sectionName = ".se.meta";
/// Of a port in one frame.
static constexpr int64_t maxElements = int64_t(1) << 28;
static constexpr size_t maxPorts = 4096;

namespace se {
// Found by argument-dependent lookup of llvm::json.
static bool fromJSON(const json::Value &value, Port &port, json::Path path) {
  json::ObjectMapper map(value, path);
  std::vector<int64_t> shape;
  if (!map || !map.map("name", port.name) || !map.map("shape", shape) ||
      !map.map("elements", port.elements) ||
      !map.mapOptional("largest", port.largest))
    return false;
  // The product is what all sizes are computed with.
  int64_t elements = 1;
  for (int64_t size : shape) {
    if (size < 0 || MulOverflow(elements, size, elements) ||
        elements > maxElements) {
      path.field("shape").report("too large or negative");
      return false;
    }
  }
  if (port.elements != elements) {
    path.field("elements").report("expected the product of the shape");
    return false;
  }
  port.shape.assign(shape.begin(), shape.end());
  return true;
}

static bool fromJSON(const json::Value &value, Stream &stream,
                     json::Path path) {
  json::ObjectMapper map(value, path);
  if (!map || !map.map("sample_rate", stream.sampleRate) ||
      !map.map("delay", stream.delay))
    return false;
  if (stream.sampleRate < 1 || stream.sampleRate > Stream::maxSampleRate ||
      stream.delay < 0 || stream.delay > Stream::maxDelay) {
    path.report("too large or negative");
    return false;
  }
  return true;
}
} // namespace se

static bool parse(const json::Value &value, NetworkMetadata &metadata,
                  json::Path path) {
  json::ObjectMapper map(value, path);
  int64_t cores = 0;
  bool isRead =
      map && map.map("network", metadata.network) &&
      map.map("target", metadata.target) &&
      map.map("precision", metadata.precision) && map.map("cores", cores) &&
      map.map("macs_per_frame", metadata.macsPerFrame) &&
      map.map("weight_bytes", metadata.weightBytes) &&
      map.mapOptional("predicted_cycles_per_frame", metadata.predictedCycles) &&
      map.mapOptional("worst_case_cycles", metadata.worstCaseCycles) &&
      map.mapOptional("stream", metadata.stream) &&
      map.map("inputs", metadata.inputs) &&
      map.map("outputs", metadata.outputs);
  if (isRead && (cores < 1 || cores > 64)) {
    path.field("cores").report("expected 1 to 64");
    return false;
  }
  metadata.cores = unsigned(cores);
  return isRead;
}

Expected<std::optional<NetworkMetadata>>
se::sim::readMetadata(MemoryBufferRef program) {
  auto fail = [&](Error error) {
    return createStringError(inconvertibleErrorCode(),
                             program.getBufferIdentifier() + ": " +
                                 toString(std::move(error)));
  };
  auto object = object::ObjectFile::createELFObjectFile(program);
  if (!object)
    return fail(object.takeError());
  for (const object::SectionRef section : (*object)->sections()) {
    auto name = section.getName();
    if (!name)
      return fail(name.takeError());
    if (*name != sectionName)
      continue;
    auto content = section.getContents();
    if (!content)
      return fail(content.takeError());
    // Padding and a terminating zero are no part of the text.
    auto json = parseJson(content->rtrim(StringRef("\0 \n", 3)));
    if (!json)
      return fail(json.takeError());
    NetworkMetadata metadata;
    json::Path::Root root(sectionName);
    if (!parse(*json, metadata, root))
      return fail(root.getError());
    if (metadata.inputs.size() + metadata.outputs.size() > maxPorts)
      return fail(createStringError(sectionName + ": more than " +
                                    Twine(maxPorts) + " inputs and outputs"));
    // A file of the user's that a program names is none of its business.
    if (sys::path::has_parent_path(metadata.target) ||
        sys::path::extension(metadata.target) == ".json")
      return fail(createStringError(sectionName + ": '" + metadata.target +
                                    "' is no name of a target"));
    return std::optional(std::move(metadata));
  }
  return std::nullopt;
}
