// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LayerName.cpp - What people call a part of a network ---------------===//

#include "se/Dialect/RNN/LayerName.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/Support/Path.h"

using namespace mlir;

std::string se::rnn::getLayerName(Location location) {
  if (auto name = dyn_cast<NameLoc>(location))
    return name.getName().str();
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
  if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      names.push_back(getLayerName(part));
    return names;
  }
  names.push_back(getLayerName(location));
  return names;
}
