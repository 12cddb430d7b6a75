// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Cluster.cpp - The cluster dialect ----------------------------------===//

#include "se/Dialect/Cluster/Cluster.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace se::cluster;

#include "se/Dialect/Cluster/ClusterDialect.cpp.inc"
#include "se/Dialect/Cluster/ClusterEnums.cpp.inc"

/// `[2, 3]`, or `[]` for a scalar.
static ParseResult parseShape(AsmParser &parser, SmallVector<int64_t> &shape) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&]() {
    return parser.parseInteger(shape.emplace_back());
  });
}

static void printShape(AsmPrinter &p, ArrayRef<int64_t> shape) {
  p << '[' << shape << ']';
}

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

/// A one-dimensional memref of `count` elements, in any memory level: lowering
/// removes levels, and functions, before it removes the program.
static bool isMemrefOf(Type type, int64_t count, Type element) {
  auto memref = dyn_cast<MemRefType>(type);
  return memref && memref.getShape() == ArrayRef(count) &&
         memref.getElementType() == element;
}

LogicalResult ProgramOp::verifySymbolUses(SymbolTableCollection &symbols) {
  Type byte = IntegerType::get(getContext(), 8);
  Type single = Float32Type::get(getContext());
  for (FlatSymbolRefAttr symbol :
       {getKernelAttr(), getInitAttr(), getResetAttr()}) {
    Operation *op = symbols.lookupNearestSymbolFrom(*this, symbol);
    auto function = dyn_cast_or_null<FunctionOpInterface>(op);
    if (!function || function.getNumArguments() == 0)
      return emitOpError("program-C1: ")
             << symbol << " must name a function of the state buffer";
    if (!isa<func::FuncOp>(op))
      continue;
    ArrayRef<Type> types = function.getArgumentTypes();
    if (!isMemrefOf(types[0], getStateBytes(), byte))
      return emitOpError("program-C1: the first argument of ")
             << symbol << " must be a memref of " << getStateBytes() << " x i8";
    if (symbol != getKernelAttr())
      continue;
    types = types.drop_front();
    bool matches = types.size() == getInputs().size() + getOutputs().size();
    for (ArrayAttr ports : {getInputs(), getOutputs()})
      for (auto port : ports.getAsRange<PortAttr>()) {
        if (!matches)
          break;
        matches = isMemrefOf(types[0], port.getNumElements(), single);
        types = types.drop_front();
      }
    if (!matches)
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

LogicalResult NextTileOp::verify() {
  Operation *parent = (*this)->getParentOp();
  while (isa_and_nonnull<scf::ForOp>(parent))
    parent = parent->getParentOp();
  // Lowering removes the parallel region; the kernel is left.
  if (!isa_and_nonnull<ParallelOp, func::FuncOp>(parent))
    return emitOpError("tile-C1: must stand in the body of a "
                       "cluster.parallel or of scf.for loops there");
  auto hasSize = [](Value value, int64_t size) {
    return cast<MemRefType>(value.getType()).getShape() == ArrayRef(size);
  };
  int64_t slots = getSlots(), tiles = getTiles();
  if (!hasSize(getRing(), slots * int64_t(getSlotBytes())) ||
      !hasSize(getControl(), slots + 1) || !hasSize(getTable(), tiles + 1))
    return emitOpError("tile-C2: ring, control and table must have the "
                       "sizes that slots, slot_bytes and tiles give");
  if (slots < 1 || tiles % slots != 0)
    return emitOpError("tile-C3: the number of tiles must be a multiple "
                       "of the number of slots, found ")
           << tiles << " and " << slots;
  return success();
}
