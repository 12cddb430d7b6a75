// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Cluster.cpp - The cluster dialect ----------------------------------===//

#include "se/Dialect/Cluster/Cluster.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
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
#define GET_TYPEDEF_CLASSES
#include "se/Dialect/Cluster/ClusterTypes.cpp.inc"
#define GET_OP_CLASSES
#include "se/Dialect/Cluster/ClusterOps.cpp.inc"

void ClusterDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "se/Dialect/Cluster/ClusterAttributes.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "se/Dialect/Cluster/ClusterTypes.cpp.inc"
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
  if (int64_t(getCodeBytes()) < 0)
    return emitOpError("program-C4: code_bytes must not be negative, found ")
           << int64_t(getCodeBytes());
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
  TypeRange arguments = block.getArgumentTypes();
  auto isCarried = [](Type type) { return isa<TokenType, IndexType>(type); };
  if (arguments.empty() || !arguments.front().isIndex() ||
      !llvm::all_of(arguments, isCarried))
    return emitOpError("parallel-C1: the region's arguments must be an index, "
                       "the core, and then tokens or indices");
  arguments = arguments.drop_front();
  TypeRange carried = block.getTerminator()->getOperandTypes();
  auto control =
      cast_or_null<MemRefType>(getControl() ? getControl().getType() : Type());
  int64_t words =
      control && control.hasStaticShape() ? control.getNumElements() : 0;
  if (words != int64_t(carried.size()) ||
      (!arguments.empty() && arguments != carried))
    return emitOpError("parallel-C2: control must have a word for each operand "
                       "of the terminator, and the region's further arguments "
                       "must have the same types or be none");
  if (getCores() < 1 || getCores() > 8 || int64_t(getDmaCore()) < 0)
    return emitOpError("parallel-C3: the number of cores must be 1 to 8 and "
                       "dma_core not negative");
  return success();
}

/// Lowering removes the parallel region; the function is left.
static bool isInParallel(Operation *op) {
  Operation *parent = op->getParentOp();
  while (isa_and_nonnull<scf::ForOp, scf::IfOp>(parent))
    parent = parent->getParentOp();
  return isa_and_nonnull<ParallelOp, func::FuncOp>(parent);
}

static Level getLevel(Value memref) {
  auto level = dyn_cast_or_null<LevelAttr>(
      cast<MemRefType>(memref.getType()).getMemorySpace());
  return level ? level.getValue() : Level::l1;
}

static std::optional<Engine> getEngine(Level from, Level to) {
  auto isBehind = [](Level level) {
    return level == Level::l2 || level == Level::l3;
  };
  if ((from == Level::l1 && isBehind(to)) ||
      (to == Level::l1 && isBehind(from)))
    return Engine::dma;
  if ((to == Level::l2 && (from == Level::l3 || from == Level::nvm)) ||
      (from == Level::l2 && to == Level::l3))
    return Engine::external;
  return std::nullopt;
}

LogicalResult DmaStartOp::verify() {
  std::optional<Engine> engine =
      getEngine(getLevel(getFrom()), getLevel(getTo()));
  if (!engine)
    return emitOpError("dma-C1: no engine copies from ")
           << stringifyLevel(getLevel(getFrom())) << " to "
           << stringifyLevel(getLevel(getTo()));
  if (*engine != getToken().getType().getEngine())
    return emitOpError("dma-C1: this is a transfer of the engine ")
           << stringifyEngine(*engine);
  auto constant = [](Value value) { return getConstantIntValue(value); };
  std::optional<int64_t> bytes = constant(getBytes());
  if (bytes && (*bytes <= 0 || *bytes % 4))
    return emitOpError("dma-C2: the number of bytes must be positive and a "
                       "multiple of 4, found ")
           << *bytes;
  for (auto [memory, position] : {std::pair(getFrom(), getFromPosition()),
                                  std::pair(getTo(), getToPosition())}) {
    std::optional<int64_t> at = constant(position);
    auto type = cast<MemRefType>(memory.getType());
    if (at && (*at < 0 || *at % 4 ||
               (type.hasStaticShape() &&
                *at >= type.getNumElements() *
                           int64_t(type.getElementTypeBitWidth()) / 8)))
      return emitOpError("dma-C2: a position must be a multiple of 4 within "
                         "the memref, found ")
             << *at;
  }
  if (getLine()) {
    std::optional<int64_t> line = constant(getLine()),
                           stride = constant(getStride());
    if (*engine != Engine::dma || (line && stride && *line > *stride) ||
        (line && bytes && (*line <= 0 || *bytes % *line)))
      return emitOpError(
          "dma-C3: lines are for the engine dma, not longer than "
          "their stride, and divide the number of bytes");
  }
  if (!isInParallel(*this))
    return emitOpError("dma-C4: must stand in a cluster.parallel");
  return success();
}

LogicalResult DmaWaitOp::verify() {
  if (!isInParallel(*this))
    return emitOpError("wait-C1: must stand in a cluster.parallel");
  return success();
}

LogicalResult DotOp::verify() {
  auto x = cast<MemRefType>(getX().getType());
  auto w = cast<MemRefType>(getW().getType());
  Type element = x.getElementType();
  auto rows = int64_t(getSums().size());
  Type sum = IntegerType::get(getContext(), 32);
  if (isa<FloatType>(element))
    sum = Float32Type::get(getContext());
  Type halves = VectorType::get({2}, Float16Type::get(getContext()));
  if (element.isF16() && rows && getSums().front().getType() == halves)
    sum = halves;
  if (rows < 1 || rows > maxSums ||
      llvm::any_of(getSums().getTypes(),
                   [&](Type type) { return type != sum; }))
    return emitOpError("dot-C1: must have 1 to 16 sums of type ") << sum;
  if (w.getElementType() != element || getLevel(getX()) != Level::l1 ||
      getLevel(getW()) != Level::l1)
    return emitOpError(
        "dot-C2: vector and rows must have one element type and lie in l1");
  constexpr int64_t maxStride = 511;
  if (getStride() < 1 || getStride() > maxStride)
    return emitOpError("dot-C5: the stride must be 1 to ") << maxStride;
  std::optional<int64_t> columns = getConstantIntValue(getColumns()),
                         at = getConstantIntValue(getAt());
  if ((columns && *columns < 1) || (at && (*at < 0 || *at % getLanes())))
    return emitOpError("dot-C3: there must be a column, and rows must start at "
                       "a multiple of ")
           << getLanes();
  if (columns && at && w.hasStaticShape()) {
    if (*at + getExtent(*columns) > w.getNumElements())
      return emitOpError("dot-C4: the rows and a word more must lie in the "
                         "memref, which has ")
             << w.getNumElements() << " elements";
  }
  return success();
}

LogicalResult BarrierOp::verify() {
  if (!isInParallel(*this))
    return emitOpError("barrier-C1: must stand in a cluster.parallel");
  return success();
}
