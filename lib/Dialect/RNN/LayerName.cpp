// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LayerName.cpp - What people call a part of a network ---------------===//

#include "se/Dialect/RNN/LayerName.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"

using namespace mlir;

std::string se::rnn::getLayerName(Location location) {
  if (auto name = dyn_cast<NameLoc>(location))
    return isa<NameLoc>(name.getChildLoc()) ? getLayerName(name.getChildLoc())
                                            : name.getName().str();
  if (auto file = dyn_cast<FileLineColLoc>(location))
    return (llvm::sys::path::filename(file.getFilename()) + ":" +
            Twine(file.getLine()))
        .str();
  if (auto fused = dyn_cast<FusedLoc>(location))
    return getLayerName(fused.getLocations().front());
  if (auto call = dyn_cast<CallSiteLoc>(location))
    return getLayerName(call.getCallee());
  return "?";
}

SmallVector<std::string> se::rnn::getLayerNames(Location location) {
  SmallVector<std::string> names;
  llvm::StringSet<> known;
  auto add = [&](Location part) {
    std::string name = getLayerName(part);
    if (known.insert(name).second)
      names.push_back(std::move(name));
  };
  if (auto fused = dyn_cast<FusedLoc>(location))
    for (Location part : fused.getLocations())
      add(part);
  else
    add(location);
  return names;
}

std::string se::rnn::getGateName(Location location) {
  auto name = dyn_cast<NameLoc>(location);
  if (name && isa<NameLoc>(name.getChildLoc()))
    return getGateName(name.getChildLoc()) + "." + name.getName().str();
  return getLayerName(location);
}

Location se::rnn::nameWithin(Location operation, Location layer) {
  if (auto name = dyn_cast<NameLoc>(operation))
    return NameLoc::get(name.getName(), nameWithin(name.getChildLoc(), layer));
  if (auto fused = dyn_cast<FusedLoc>(operation)) {
    SmallVector<Location> parts;
    for (Location part : fused.getLocations())
      parts.push_back(nameWithin(part, layer));
    return FusedLoc::get(operation.getContext(), parts);
  }
  return layer;
}
