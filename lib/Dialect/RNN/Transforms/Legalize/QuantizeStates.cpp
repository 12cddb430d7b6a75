// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- QuantizeStates.cpp - States that are kept as integers --------------===//

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

namespace se::rnn {
#define GEN_PASS_DEF_QUANTIZESTATES
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

static void quantizeStates(NetworkOp network) {
  YieldOp yield = network.getYield();
  OpBuilder b(yield);
  SmallVector<Attribute> types(network.getStateTypes().getValue());
  SmallVector<Attribute> resets(network.getResetValues().getValue());
  for (auto [k, state] : llvm::enumerate(network.getStateArguments())) {
    SmallVector<QuantizeOp> readers;
    for (Operation *user : state.getUsers())
      readers.push_back(dyn_cast<QuantizeOp>(user));
    if (readers.empty() || !llvm::all_of(readers, [&](QuantizeOp reader) {
          return reader && reader->getAttrs() == readers.front()->getAttrs() &&
                 reader.getType() == readers.front().getType();
        }))
      continue;
    std::optional<std::vector<float>> values = readFloats(resets[k]);
    if (!values)
      continue;
    std::vector<int64_t> integers;
    for (float value : *values)
      integers.push_back(readers.front().evaluate(APFloat(value)));
    auto type = cast<RankedTensorType>(readers.front().getType());
    resets[k] = makeIntegers(type, integers, "reset");
    types[k] = TypeAttr::get(type);
    // Where the next state is made.
    OpOperand &next = yield.getStatesMutable()[k];
    IRMapping mapping;
    mapping.map(state, next.get());
    next.set(b.clone(*readers.front(), mapping)->getResult(0));
    for (QuantizeOp reader : readers) {
      reader.replaceAllUsesWith(state);
      reader.erase();
    }
    state.setType(type);
  }
  network.setStateTypesAttr(b.getArrayAttr(types));
  network.setResetValuesAttr(b.getArrayAttr(resets));
}

namespace {
struct QuantizeStatesPass
    : se::rnn::impl::QuantizeStatesBase<QuantizeStatesPass> {
  void runOnOperation() override {
    for (auto network : getOperation().getOps<NetworkOp>())
      quantizeStates(network);
  }
};
} // namespace
