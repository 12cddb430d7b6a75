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
  if (auto name = dyn_cast<NameLoc>(operation)) {
    Location within = nameWithin(name.getChildLoc(), layer);
    // A layer without a name gets one, lest the gate's becomes its name.
    if (!isa<NameLoc>(within))
      within = NameLoc::get(
          StringAttr::get(layer.getContext(), getLayerName(within)), within);
    return NameLoc::get(name.getName(), within);
  }
  if (auto fused = dyn_cast<FusedLoc>(operation)) {
    SmallVector<Location> parts;
    for (Location part : fused.getLocations())
      parts.push_back(nameWithin(part, layer));
    return FusedLoc::get(operation.getContext(), parts);
  }
  return layer;
}

/// The layer, then the gates in it, from the outermost on.
static void collectNames(Location location, bool isInCell,
                         SmallVectorImpl<Attribute> &names) {
  auto name = dyn_cast<NameLoc>(location);
  if (!name) {
    if (!isInCell && !isa<UnknownLoc>(location))
      names.push_back(StringAttr::get(location.getContext(),
                                      se::rnn::getLayerName(location)));
    return;
  }
  if (isa<NameLoc>(name.getChildLoc()))
    collectNames(name.getChildLoc(), isInCell, names);
  names.push_back(name.getName());
}

Attribute se::rnn::getLayerAttribute(Location location, bool isInCell) {
  SmallVector<Location> parts{location};
  if (auto fused = dyn_cast<FusedLoc>(location))
    parts.assign(fused.getLocations().begin(), fused.getLocations().end());
  MLIRContext *context = location.getContext();
  SmallVector<Attribute> list;
  bool isPlain = true;
  for (Location part : parts) {
    SmallVector<Attribute> names;
    collectNames(part, isInCell, names);
    if (names.empty())
      continue;
    isPlain &= names.size() == 1;
    list.push_back(names.size() == 1
                       ? names.front()
                       : Attribute(ArrayAttr::get(context, names)));
  }
  if (list.empty())
    return {};
  return list.size() == 1 && isPlain ? list.front()
                                     : ArrayAttr::get(context, list);
}

Location se::rnn::getNamedLocation(Attribute layer, Location location) {
  auto getPart = [&](Attribute part) {
    Location result = location;
    if (auto name = dyn_cast<StringAttr>(part))
      return Location(NameLoc::get(name, result));
    for (auto name : cast<ArrayAttr>(part).getAsRange<StringAttr>())
      result = NameLoc::get(name, result);
    return result;
  };
  auto list = dyn_cast<ArrayAttr>(layer);
  if (!list)
    return getPart(layer);
  SmallVector<Location> parts;
  for (Attribute part : list)
    parts.push_back(getPart(part));
  return parts.size() == 1 ? parts.front()
                           : FusedLoc::get(layer.getContext(), parts);
}

LogicalResult se::rnn::verifyLayerAttribute(Operation *op, Attribute layer) {
  auto isName = [](Attribute part) {
    auto name = dyn_cast<StringAttr>(part);
    return name && !name.empty();
  };
  auto areAll = [](Attribute part, auto &&isGood) {
    auto list = dyn_cast<ArrayAttr>(part);
    return list && !list.empty() && llvm::all_of(list, isGood);
  };
  auto isPart = [&](Attribute part) {
    return isName(part) || areAll(part, isName);
  };
  if (isName(layer) || areAll(layer, isPart))
    return success();
  return op->emitError("'")
         << layerAttrName
         << "' must be a name, or a list of names and of lists of names";
}
