// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Cluster.cpp - The cluster dialect ----------------------------------===//

#include "se/Dialect/Cluster/Cluster.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace se::cluster;

#include "se/Dialect/Cluster/ClusterDialect.cpp.inc"
#include "se/Dialect/Cluster/ClusterEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "se/Dialect/Cluster/ClusterAttributes.cpp.inc"
#define GET_OP_CLASSES
#include "se/Dialect/Cluster/ClusterOps.cpp.inc"

void ClusterDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "se/Dialect/Cluster/ClusterAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "se/Dialect/Cluster/ClusterOps.cpp.inc"
      >();
}

int64_t PortAttr::getNumElements() const {
  int64_t count = 1;
  for (int64_t dim : getShape())
    count *= dim;
  return count;
}

LogicalResult ProgramOp::verify() {
  if (getCores() < 1 || getCores() > 8)
    return emitOpError("program-C3: the number of cores must be 1 to 8, found ")
           << getCores();
  return success();
}

LogicalResult ProgramOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto state = MemRefType::get(
      {int64_t(getStateBytes())}, IntegerType::get(getContext(), 8),
      AffineMap(), LevelAttr::get(getContext(), Level::l1));
  SmallVector<Type> ports;
  for (ArrayAttr list : {getInputs(), getOutputs()})
    for (auto port : list.getAsRange<PortAttr>())
      ports.push_back(MemRefType::get({port.getNumElements()},
                                      Float32Type::get(getContext())));
  for (FlatSymbolRefAttr symbol : {getKernelAttr(), getResetAttr()}) {
    auto function =
        symbols.lookupNearestSymbolFrom<func::FuncOp>(*this, symbol);
    if (!function || function.getNumArguments() == 0 ||
        function.getArgumentTypes()[0] != state)
      return emitOpError("program-C1: ")
             << symbol << " must be a function whose first argument is "
             << state;
    if (symbol == getKernelAttr() &&
        !llvm::equal(function.getArgumentTypes().drop_front(), ports))
      return emitOpError("program-C2: ")
             << symbol
             << " must have one f32 memref argument for each input and output";
  }
  return success();
}

LogicalResult ParallelOp::verifyRegions() {
  Block &block = getBody().front();
  if (block.getNumArguments() != 1 || !block.getArgument(0).getType().isIndex())
    return emitOpError(
        "parallel-C1: the region must have one argument of type index");
  return success();
}

LogicalResult BarrierOp::verify() {
  if (!isa_and_nonnull<ParallelOp>((*this)->getParentOp()))
    return emitOpError("barrier-C1: must stand directly in the body of a "
                       "cluster.parallel");
  return success();
}
