// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Choices.cpp - What passes write down on precision ------------------===//

#include "se/Dialect/RNN/Choices.h"

#include "se/Dialect/RNN/RNN.h"

using namespace mlir;
using namespace se::rnn;

static bool areNames(Attribute attribute) {
  auto list = dyn_cast<ArrayAttr>(attribute);
  return list && llvm::all_of(list, [](Attribute name) {
           return isa<StringAttr>(name);
         });
}

LogicalResult se::rnn::verifyChoice(Operation *op, NamedAttribute attribute) {
  StringRef name = attribute.getName();
  Attribute value = attribute.getValue();
  auto fail = [&](const Twine &expected) {
    return op->emitError("'") << name << "' must be " << expected;
  };
  if (name == singleAttrName && !isa<UnitAttr>(value))
    return fail("without a value");
  if (name == floatsAttrName && !isa<FloatKindAttr>(value))
    return fail("#rnn.floats<...>");
  if (name == quantizedLayersAttrName &&
      !(isa<NetworkOp>(op) && areNames(value)))
    return fail("a list of layers of a network");
  if (name == singleStatesAttrName || name == halfStatesAttrName) {
    // The network itself may not have been verified yet.
    auto states = isa<NetworkOp>(op)
                      ? op->getAttrOfType<ArrayAttr>("state_names")
                      : ArrayAttr();
    if (!states || !areNames(value) ||
        !llvm::all_of(cast<ArrayAttr>(value), [&](Attribute state) {
          return llvm::is_contained(states, state);
        }))
      return fail("a list of states of the network");
  }
  return success();
}
