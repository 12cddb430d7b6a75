// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Globals.cpp - Constants and images in memory, views of L1 ----------===//

#include "../Planning/Arena.h"
#include "Images.h"
#include "KernelEmitter.h"

#include "se/Dialect/RNN/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// A constant in row-major order.
memref::GlobalOp KernelEmitter::makeGlobal(ElementsAttr value, StringRef name,
                                           cluster::Level level) {
  auto flat =
      RankedTensorType::get({value.getNumElements()}, value.getElementType());
  ElementsAttr flatValue;
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    flatValue = dense.reshape(flat);
  else
    flatValue = DenseResourceElementsAttr::get(
        flat, cast<DenseResourceElementsAttr>(value).getRawHandle());
  MemRefType type =
      makeType(flat.getNumElements(), flat.getElementType(), level);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(module.getBody());
  auto global = memref::GlobalOp::create(
      b, name, b.getStringAttr("private"), type, flatValue,
      /*constant=*/true, b.getI64IntegerAttr(Arena::alignment));
  symbols.insert(global);
  weightBytes += flat.getNumElements() * flat.getElementTypeBitWidth() / 8;
  return global;
}

Value KernelEmitter::viewState(MemRefType type, Value offset) {
  return memref::ViewOp::create(b, type, kernel.getArgument(0), offset,
                                ValueRange());
}

Value KernelEmitter::viewState(MemRefType type, int64_t offset) {
  return viewState(type, number(offset));
}

Value KernelEmitter::view(Value arena, MemRefType type, int64_t offset) {
  return memref::ViewOp::create(
      b, type, arena, arith::ConstantIndexOp::create(b, offset), ValueRange());
}

/// What lies in L1 for good. Its position is carried from frame to frame rather
/// than a constant: code that knows it mixes up pointers to it with those to
/// other buffers, and needs more of them.
Value KernelEmitter::viewResident(MemRefType type, int64_t position) {
  return viewState(
      type, arith::AddIOp::create(b, residentPosition, number(position)));
}

memref::GlobalOp KernelEmitter::makeImage(ArrayRef<char> data, StringRef name,
                                          cluster::Level level) {
  if (data.empty())
    return nullptr;
  return makeGlobal(
      DenseResourceElementsAttr::get(
          RankedTensorType::get({int64_t(data.size())}, b.getI8Type()), name,
          HeapAsmResourceBlob::allocateAndCopyInferAlign(data)),
      name, level);
}

/// It lies with the code, which reads it at each step.
memref::GlobalOp KernelEmitter::makeTable(ArrayRef<int32_t> data,
                                          StringRef name) {
  if (data.empty())
    return nullptr;
  return makeGlobal(
      DenseElementsAttr::get(
          RankedTensorType::get({int64_t(data.size())}, b.getI32Type()), data),
      name,
      schedule.options.codeBytes ? cluster::Level::l1 : cluster::Level::l2);
}

void KernelEmitter::makeStreamGlobals() {
  using cluster::Level;
  Images images(stageLoops.getLoops(), tiling);
  globals.resident = makeImage(images.resident, "resident", tiling.imageLevel);
  residentParts = images.parts;
  globals.stream =
      makeImage(images.stream, "stream", tiling.isInL3 ? Level::l3 : Level::l2);
  globals.nvm = makeImage(images.nvm, "stream_nvm", Level::nvm);
  globals.l3 = makeImage(images.l3, "stream_l3", Level::l3);
  globals.transfers = makeTable(images.transfers, "transfers");
  globals.external = makeTable(images.external, "external_transfers");
  if (!tiling.getOuterBytes())
    return;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(module.getBody());
  globals.l2Ring = memref::GlobalOp::create(
      b, "l2_ring", b.getStringAttr("private"),
      makeType(tiling.getOuterBytes(), b.getI8Type(), Level::l2),
      b.getUnitAttr(), /*constant=*/false,
      b.getI64IntegerAttr(Arena::alignment));
  symbols.insert(globals.l2Ring);
}

StreamMemory KernelEmitter::getStreamMemory(Value arena) {
  auto get = [&](memref::GlobalOp global) -> Value {
    if (!global)
      return Value();
    return memref::GetGlobalOp::create(b, global.getType(),
                                       global.getSymName());
  };
  return {arena,
          schedule.ringOffset,
          get(globals.stream),
          get(globals.nvm),
          get(globals.l3),
          get(globals.l2Ring),
          get(globals.transfers),
          get(globals.external)};
}

Value KernelEmitter::getMemory(Value value) {
  if (Value buffer = memory.lookup(value))
    return buffer;
  Value &source = sources[value];
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  if (source || !constant)
    return source;
  // A constant that is not in the stream: in L1, or read where it lies.
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointAfterValue(sourcesEnd);
  auto shared = tiling.shared.find(value);
  if (shared != tiling.shared.end())
    return source = viewResident(bufferType(value), shared->second);
  auto elements = cast<ElementsAttr>(constant.getValue());
  memref::GlobalOp global =
      makeGlobal(elements, rnn::getConstantName(elements), cluster::Level::l2);
  source =
      memref::GetGlobalOp::create(b, global.getType(), global.getSymName());
  return source;
}

Value KernelEmitter::getDestination(const Destination &destination) {
  switch (destination.kind) {
  case Destination::Buffer:
    return memory.lookup(destination.buffer);
  case Destination::Output:
    return outputBuffers[destination.number];
  case Destination::State:
    return stateBuffers[destination.number];
  case Destination::Slot:
    return slots.lookup(destination.number).first;
  case Destination::SecondSlot:
    return slots.lookup(destination.number).second;
  }
  llvm_unreachable("all kinds handled");
}

bool KernelEmitter::beginsAtWord(const Destination &destination) const {
  if (destination.kind != Destination::Slot &&
      destination.kind != Destination::SecondSlot)
    return true;
  rnn::NetworkOp op = network;
  return schedule::beginsAtWord(op.getStateArguments()[destination.number]);
}
