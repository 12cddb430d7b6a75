// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LeastMemory.cpp - What a network needs in any precision ------------===//

#include "se/Schedule/LeastMemory.h"

#include "Arena.h"
#include "DelayLines.h"
#include "Storage.h"

#include "se/Schedule/Indexing.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

int64_t schedule::getLeastL1(rnn::NetworkOp network) {
  // Casts to other types may have stages, but take no other's place.
  Storage storage(network);
  Arena arena;
  Type byte = IntegerType::get(network.getContext(), 8);
  auto place = [&](Value value, std::pair<unsigned, unsigned> live) {
    arena.allocate(MemRefType::get({elementsOf(value)}, byte), live);
  };
  for (Value state : network.getStateArguments())
    arena.allocate(MemRefType::get({getStateElements(state)}, byte),
                   Arena::always);
  for (Value value : storage.getBuffers())
    place(value, storage.getLiveRange(value));
  return arena.getSize();
}
