// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StageLocation.cpp - Locations that know their stage ----------------===//

#include "se/Dialect/Cluster/StageLocation.h"

using namespace mlir;
using namespace se;

Location cluster::withStage(Location location, StringAttr stage) {
  if (!stage)
    return location;
  return FusedLoc::get(location.getContext(), {location}, stage);
}

StringAttr cluster::getStage(Location location) {
  StringAttr stage;
  location->walk([&](Location part) {
    if (auto fused = dyn_cast<FusedLoc>(part))
      stage = dyn_cast_or_null<StringAttr>(fused.getMetadata());
    return stage ? WalkResult::interrupt() : WalkResult::advance();
  });
  return stage;
}

FileLineColLoc cluster::getFileLocation(Location location) {
  FileLineColLoc file;
  location->walk([&](Location part) {
    file = dyn_cast<FileLineColLoc>(part);
    return file ? WalkResult::interrupt() : WalkResult::advance();
  });
  return file;
}
