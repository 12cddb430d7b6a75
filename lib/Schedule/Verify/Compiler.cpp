// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Compiler.cpp - Functions, ready for execution ----------------------===//

#include "Code.h"

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace se;
using namespace se::schedule::proof;

unsigned se::schedule::proof::getBits(Type type) {
  return type.isIndex() ? 32 : type.getIntOrFloatBitWidth();
}

static std::optional<IntegerOp> getIntegerOp(Operation *op) {
  return TypeSwitch<Operation *, std::optional<IntegerOp>>(op)
      .Case([](arith::AddIOp) { return IntegerOp::Add; })
      .Case([](arith::SubIOp) { return IntegerOp::Sub; })
      .Case([](arith::MulIOp) { return IntegerOp::Mul; })
      .Case([](arith::DivUIOp) { return IntegerOp::DivU; })
      .Case([](arith::DivSIOp) { return IntegerOp::DivS; })
      .Case([](arith::CeilDivUIOp) { return IntegerOp::CeilDivU; })
      .Case([](arith::RemUIOp) { return IntegerOp::RemU; })
      .Case([](arith::RemSIOp) { return IntegerOp::RemS; })
      .Case([](arith::MinUIOp) { return IntegerOp::MinU; })
      .Case([](arith::MaxUIOp) { return IntegerOp::MaxU; })
      .Case([](arith::MinSIOp) { return IntegerOp::MinS; })
      .Case([](arith::MaxSIOp) { return IntegerOp::MaxS; })
      .Case([](arith::AndIOp) { return IntegerOp::And; })
      .Case([](arith::OrIOp) { return IntegerOp::Or; })
      .Case([](arith::XOrIOp) { return IntegerOp::Xor; })
      .Case([](arith::ShLIOp) { return IntegerOp::Shl; })
      .Case([](arith::ShRUIOp) { return IntegerOp::ShrU; })
      .Case([](arith::ShRSIOp) { return IntegerOp::ShrS; })
      .Case([](arith::CmpIOp) { return IntegerOp::Compare; })
      .Case([](arith::SelectOp) { return IntegerOp::Select; })
      .Case<arith::IndexCastOp, arith::ExtSIOp, arith::TruncIOp>(
          [](Operation *) { return IntegerOp::CastSigned; })
      .Case<arith::IndexCastUIOp, arith::ExtUIOp>(
          [](Operation *) { return IntegerOp::CastUnsigned; })
      .Default([](Operation *) { return std::nullopt; });
}

/// What sums are made of: floats and short integers, never addresses.
static bool isData(Type type) {
  return isa<FloatType>(type) || type.isInteger(8) || type.isInteger(16);
}

/// Loops whose body does nothing but load, compute and sum up data, with
/// integers that depend on the counter linearly.
static bool isSum(scf::ForOp loop) {
  llvm::DenseSet<Value> dependent = {loop.getInductionVar()}, data;
  for (Value sum : loop.getRegionIterArgs()) {
    if (!sum.getType().isIntOrFloat())
      return false;
    data.insert(sum);
  }
  for (Operation &op : loop.getBody()->without_terminator()) {
    bool isLoad = isa<memref::LoadOp>(op);
    if (op.getNumRegions() != 0 || isa<memref::ViewOp>(op) ||
        !(isLoad || isMemoryEffectFree(&op)))
      return false;
    auto count = [&](const llvm::DenseSet<Value> &set) {
      return llvm::count_if(op.getOperands(),
                            [&](Value v) { return set.contains(v); });
    };
    auto uses = count(dependent);
    if (isLoad) {
      if (!isData(op.getResult(0).getType()) || uses > 1 || count(data))
        return false;
      data.insert(op.getResult(0));
    } else if (count(data) || llvm::all_of(op.getResultTypes(), isData)) {
      data.insert(op.result_begin(), op.result_end());
    } else if (uses) {
      if (uses != 1 || !isa<arith::AddIOp, arith::SubIOp, arith::MulIOp>(op))
        return false;
      dependent.insert(op.getResult(0));
    }
  }
  return true;
}

namespace {
class Compiler {
public:
  Compiler(CompiledFunction &function, Buffers &buffers, SymbolTable &symbols,
           std::map<std::string, unsigned> &globals)
      : function(function), buffers(buffers), symbols(symbols),
        globals(globals) {}

  LogicalResult compileBlock(Block &block, Code &code);
  LogicalResult compileCallee(func::FuncOp callee, Code &code);
  void define(Value value, Number number) {
    function.values[number_of(value)] = number;
  }

private:
  unsigned number_of(Value value);
  LogicalResult compile(Operation &op, Code &code);
  LogicalResult compileAccess(Operation &op, Node &node, MemRefType type);
  LogicalResult addGlobal(memref::GetGlobalOp op);

  CompiledFunction &function;
  Buffers &buffers;
  SymbolTable &symbols;
  std::map<std::string, unsigned> &globals;
  llvm::DenseMap<Value, unsigned> numbers;
  SmallVector<func::FuncOp> callers;
};
} // namespace

unsigned Compiler::number_of(Value value) {
  auto [it, isNew] = numbers.try_emplace(value, function.values.size());
  if (isNew)
    function.values.emplace_back();
  return it->second;
}

LogicalResult Compiler::compileBlock(Block &block, Code &code) {
  for (Value argument : block.getArguments())
    code.arguments.push_back(number_of(argument));
  for (Operation &op : block.without_terminator())
    if (failed(compile(op, code)))
      return failure();
  for (Value result : block.getTerminator()->getOperands())
    code.results.push_back(number_of(result));
  return success();
}

LogicalResult Compiler::compileCallee(func::FuncOp callee, Code &code) {
  if (!callee || callee.isExternal() || !callee.getBody().hasOneBlock())
    return failure();
  if (llvm::is_contained(callers, callee))
    return failure();
  // A second call has values of its own.
  llvm::DenseMap<Value, unsigned> outer;
  std::swap(outer, numbers);
  callers.push_back(callee);
  LogicalResult result = compileBlock(callee.getBody().front(), code);
  callers.pop_back();
  std::swap(outer, numbers);
  return result;
}

LogicalResult Compiler::addGlobal(memref::GetGlobalOp op) {
  auto global = symbols.lookup<memref::GlobalOp>(op.getName());
  auto type = op.getType();
  if (!global || !type.hasStaticShape())
    return op.emitError("the global @") << op.getName() << " is not known";
  int64_t bytes = type.getNumElements() * getBits(type.getElementType()) / 8;
  auto [it, isNew] = globals.try_emplace(op.getName().str(), 0);
  if (isNew) {
    Buffer buffer;
    buffer.name = "@" + op.getName().str();
    buffer.bytes = bytes;
    buffer.role = global.getConstant() ? Role::Constant : Role::Variable;
    buffer.value = dyn_cast_or_null<ElementsAttr>(
        global.getInitialValue().value_or(Attribute()));
    it->second = buffers.addBuffer(std::move(buffer));
  }
  define(op.getResult(), Number::of(buffers.getView({it->second, 0, bytes})));
  return success();
}

/// A load or a store.
LogicalResult Compiler::compileAccess(Operation &op, Node &node,
                                      MemRefType type) {
  node.kind = Node::Store;
  if (isa<memref::LoadOp, vector::LoadOp>(op))
    node.kind = Node::Load;
  node.bytes = getBits(type.getElementType()) / 8;
  auto level = dyn_cast_or_null<cluster::LevelAttr>(type.getMemorySpace());
  if (level && (level.getValue() == cluster::Level::l3 ||
                level.getValue() == cluster::Level::nvm))
    return op.emitError("a core cannot access ")
           << cluster::stringifyLevel(level.getValue())
           << ", only transfers can";
  if (!type.hasStaticShape() || !type.getLayout().isIdentity() ||
      node.bytes == 0)
    return op.emitError("accesses a memref whose layout is not known: ")
           << type;
  return success();
}

LogicalResult Compiler::compile(Operation &op, Code &code) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    if (auto value = dyn_cast<IntegerAttr>(constant.getValue()))
      define(constant, Number::of(value.getValue().getSExtValue()));
    return success();
  }
  if (auto global = dyn_cast<memref::GetGlobalOp>(op))
    return addGlobal(global);

  Node node;
  node.op = &op;
  std::optional<IntegerOp> integer = getIntegerOp(&op);
  // Values of floats are not known, nor are integers that are made of them.
  if (!integer && isMemoryEffectFree(&op) && op.getNumRegions() == 0 &&
      !isa<memref::ViewOp>(op) &&
      llvm::all_of(op.getResultTypes(), [](Type type) {
        return getElementTypeOrSelf(type).isIntOrIndexOrFloat();
      }))
    return success();
  if (integer && isa<FloatType, VectorType>(op.getResult(0).getType()))
    return success();
  for (Value operand : op.getOperands())
    node.operands.push_back(number_of(operand));
  for (Value result : op.getResults())
    node.results.push_back(number_of(result));

  if (integer) {
    Type result = op.getResult(0).getType();
    if (!result.isIntOrIndex() && !isa<arith::SelectOp>(op))
      return op.emitError("cannot be executed for the proof");
    node.integer = *integer;
    if (!isa<arith::SelectOp>(op)) {
      node.inputBits = getBits(op.getOperand(0).getType());
      node.resultBits = getBits(result);
    }
    if (auto compare = dyn_cast<arith::CmpIOp>(op))
      node.predicate = compare.getPredicate();
  } else if (auto load = dyn_cast<memref::LoadOp>(op)) {
    if (failed(compileAccess(op, node, load.getMemRefType())))
      return failure();
  } else if (auto store = dyn_cast<memref::StoreOp>(op)) {
    if (failed(compileAccess(op, node, store.getMemRefType())))
      return failure();
    node.operands.erase(node.operands.begin()); // the value
  } else if (auto load = dyn_cast<vector::LoadOp>(op)) {
    node.lanes = load.getVectorType().getNumElements();
    if (failed(compileAccess(op, node, load.getMemRefType())))
      return failure();
  } else if (auto store = dyn_cast<vector::StoreOp>(op)) {
    node.lanes = store.getVectorType().getNumElements();
    if (failed(compileAccess(op, node, store.getMemRefType())))
      return failure();
    node.operands.erase(node.operands.begin());
  } else if (auto dot = dyn_cast<cluster::DotOp>(op)) {
    if (failed(compileAccess(op, node, dot.getX().getType())) ||
        failed(compileAccess(op, node, dot.getW().getType())))
      return failure();
    node.kind = Node::Dot;
  } else if (isa<rnn::InterpolateOp>(op)) {
    node.kind = Node::ReadTable;
  } else if (auto view = dyn_cast<memref::ViewOp>(op)) {
    auto type = view.getType();
    if (!type.hasStaticShape())
      return op.emitError("cannot be executed for the proof");
    node.kind = Node::View;
    node.bytes = type.getNumElements() * getBits(type.getElementType()) / 8;
  } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
    node.kind = Node::For;
    node.isSum = isSum(loop);
    if (failed(compileBlock(*loop.getBody(), node.bodies.emplace_back())))
      return failure();
  } else if (auto branch = dyn_cast<scf::IfOp>(op)) {
    node.kind = Node::If;
    for (Region &region : branch->getRegions()) {
      Code &body = node.bodies.emplace_back();
      if (!region.empty() && failed(compileBlock(region.front(), body)))
        return failure();
    }
  } else if (auto call = dyn_cast<func::CallOp>(op)) {
    node.kind = Node::Call;
    auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
    if (failed(compileCallee(callee, node.bodies.emplace_back())))
      return op.emitError("calls what cannot be executed for the proof");
  } else if (auto parallel = dyn_cast<cluster::ParallelOp>(op)) {
    node.kind = Node::Parallel;
    if (failed(compileBlock(parallel.getBody().front(),
                            node.bodies.emplace_back())))
      return failure();
  } else if (isa<cluster::DmaStartOp>(op)) {
    node.kind = Node::Start;
  } else if (isa<cluster::DmaWaitOp>(op)) {
    node.kind = Node::Wait;
  } else if (isa<cluster::BarrierOp>(op)) {
    node.kind = Node::Barrier;
  } else {
    return op.emitError("cannot be executed for the proof");
  }
  code.nodes.push_back(std::move(node));
  return success();
}

FailureOr<CompiledFunction> se::schedule::proof::compileFunction(
    func::FuncOp function, ArrayRef<unsigned> arguments, Buffers &buffers,
    SymbolTable &symbols, std::map<std::string, unsigned> &globals) {
  CompiledFunction compiled;
  Compiler compiler(compiled, buffers, symbols, globals);
  if (failed(compiler.compileCallee(function, compiled.code)))
    return failure();
  for (auto [argument, view] : llvm::zip(compiled.code.arguments, arguments))
    compiled.values[argument] = Number::of(view);
  return compiled;
}
