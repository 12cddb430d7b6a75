// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ChainDots.cpp - Sums that go on from product to product ------------===//

#include "AddedElements.h"
#include "SumStarts.h"

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/Cluster/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace se::cluster {
#define GEN_PASS_DEF_CHAINDOTS
#include "se/Dialect/Cluster/Transforms/Passes.h.inc"
} // namespace se::cluster

using namespace mlir;
using namespace se;

static constexpr StringRef category = "cluster-chain-dots";

static remark::RemarkOpts describe(StringRef name) {
  return remark::RemarkOpts::name(name).category(category);
}

/// Whether all that reads either of two values is their sum.
static bool areOnlyAdded(Value first, Value second) {
  auto isAdded = [&](Value value, Value other) {
    return llvm::all_of(value.getUsers(), [&](Operation *user) {
      auto add = dyn_cast<arith::AddIOp>(user);
      return isOpTriviallyDead(user) ||
             (add && llvm::is_contained(add->getOperands(), other));
    });
  };
  return first != second && isAdded(first, second) && isAdded(second, first);
}

/// The addition that reads a value, or null.
static arith::AddIOp findAddition(Value value) {
  for (Operation *user : value.getUsers())
    if (auto add = dyn_cast<arith::AddIOp>(user))
      if (!isOpTriviallyDead(add))
        return add;
  return {};
}

static constexpr StringRef wrongOrder = "it starts before the other ends";

/// The sum of two sums becomes what the second one is if it starts with the
/// first.
static LogicalResult chain(OpResult first, OpResult second, StringRef &why) {
  FailureOr<SmallVector<OpOperand *>> starts =
      cluster::findZeroStarts(second, why);
  if (failed(starts))
    return failure();
  Operation *before = first.getOwner();
  Operation *start =
      before->getBlock()->findAncestorOpInBlock(*starts->front()->getOwner());
  if (!start || !before->isBeforeInBlock(start)) {
    why = wrongOrder;
    return failure();
  }
  for (OpOperand *operand : *starts)
    operand->set(first);
  // One for each branch, if not all groups have all elements.
  llvm::SetVector<Operation *> users(llvm::from_range, second.getUsers());
  for (Operation *user : users)
    if (auto add = dyn_cast<arith::AddIOp>(user)) {
      add.replaceAllUsesWith(second);
      add.erase();
    }
  return success();
}

namespace {
/// Why an addition stays.
struct Refusal {
  Location loc;
  StringRef why;
};

struct ChainDotsPass : cluster::impl::ChainDotsBase<ChainDotsPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      chainAll(function);
  }

private:
  void chainAll(func::FuncOp function);
};
} // namespace

/// Why sums of floats are not looked at.
static void remarkFloats(func::FuncOp function) {
  function.walk([&](arith::AddFOp add) {
    if (cluster::isSumOfProducts(add.getLhs()) &&
        cluster::isSumOfProducts(add.getRhs()))
      remark::missed(add.getLoc(), describe("sum"))
          << remark::reason("floats would be rounded in another order");
  });
}

void ChainDotsPass::chainAll(func::FuncOp function) {
  SmallVector<OpResult> sums;
  function.walk([&](Operation *op) {
    if (isa<cluster::DotOp, scf::ForOp, scf::IfOp>(op))
      llvm::copy_if(op->getResults(), std::back_inserter(sums),
                    cluster::isSumOfProducts);
  });
  if (sums.empty())
    return;
  unsigned chained = 0, started = 0;
  llvm::MapVector<std::pair<void *, void *>, Refusal> refused;
  for (OpResult sum : sums) {
    arith::AddIOp add = findAddition(sum);
    if (!add)
      continue;
    auto other =
        dyn_cast<OpResult>(add.getLhs() == sum ? add.getRhs() : add.getLhs());
    if (!other || !cluster::isSumOfProducts(other))
      continue;
    Location loc = add.getLoc();
    StringRef why, whyOther;
    // Each of the two comes along.
    std::pair<void *, void *> pair =
        std::minmax(sum.getAsOpaquePointer(), other.getAsOpaquePointer());
    if (!areOnlyAdded(sum, other)) {
      refused.insert({pair, {loc, "one of the two is also read by itself"}});
    } else if (succeeded(chain(sum, other, why)) ||
               succeeded(chain(other, sum, whyOther))) {
      refused.erase(pair);
      remark::passed(loc, describe("sum"))
          << "the second sum starts with the first";
      ++chained;
    } else {
      refused.insert({pair, {loc, why == wrongOrder ? whyOther : why}});
    }
  }
  for (OpResult sum : sums) {
    if (!sum.getDefiningOp<cluster::DotOp>())
      continue;
    StringRef why;
    std::optional<LogicalResult> result = cluster::startWithElement(sum, why);
    if (!result)
      continue;
    if (succeeded(*result)) {
      remark::passed(sum.getLoc(), describe("element"))
          << "the sum starts with an element of its record";
      ++started;
    } else {
      remark::missed(sum.getLoc(), describe("element"))
          << remark::reason("{0}", why);
    }
  }
  for (auto &[pair, refusal] : refused)
    remark::missed(refusal.loc, describe("sum"))
        << remark::reason("{0}", refusal.why);
  remarkFloats(function);
  remark::analysis(function.getLoc(), describe("function"))
      << remark::metric("chained", chained)
      << remark::metric("started with an element", started);
}
