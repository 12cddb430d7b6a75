// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Tokens.cpp - Every transfer is waited for once ---------------------===//

#include "Tokens.h"

#include "se/Dialect/Cluster/Cluster.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace se;
using namespace se::schedule::proof;

/// Checks that a token is used once on every path through `region`; `users` are
/// the operations there that use it, one for each use.
static LogicalResult verifyUses(Region *region, ArrayRef<Operation *> users,
                                function_ref<InFlightDiagnostic()> unused) {
  if (users.empty())
    return unused() << "neither waits for a token nor hands it on";
  auto ancestor = [&](Operation *user) {
    return region->findAncestorOpInRegion(*user);
  };
  Operation *first = ancestor(users.front());
  for (Operation *user : users.drop_front())
    if (ancestor(user) != first) {
      bool isLater = first->isBeforeInBlock(ancestor(user));
      return (isLater ? user : users.front())
          ->emitError("uses a token that was used before");
    }
  if (first == users.front()) {
    if (users.size() > 1)
      return first->emitError("uses a token twice");
    if (!isa<cluster::DmaWaitOp, cluster::YieldOp, scf::YieldOp, scf::ForOp>(
            first))
      return first->emitError("a token can only be waited for or handed on");
    return success();
  }
  auto branch = dyn_cast<scf::IfOp>(first);
  if (!branch)
    return users.front()->emitError(
        "uses a token of outside in a region that may run more than once");
  for (Region &inner : branch->getRegions()) {
    SmallVector<Operation *> here;
    llvm::copy_if(users, std::back_inserter(here), [&](Operation *user) {
      return inner.isAncestor(user->getParentRegion());
    });
    if (failed(verifyUses(&inner, here,
                          [&]() { return branch.emitError("a branch "); })))
      return failure();
  }
  return success();
}

static LogicalResult verifyToken(Value token, Operation *owner) {
  if (!isa<cluster::TokenType>(token.getType()))
    return success();
  SmallVector<Operation *> users(token.getUsers());
  return verifyUses(token.getParentRegion(), users,
                    [&]() { return owner->emitError("the program "); });
}

LogicalResult se::schedule::proof::verifyTokens(ModuleOp module) {
  WalkResult result = module.walk<WalkOrder::PreOrder>([](Operation *op) {
    for (Value result : op->getResults())
      if (failed(verifyToken(result, op)))
        return WalkResult::interrupt();
    for (Region &region : op->getRegions())
      for (Value argument : region.getArguments())
        if (failed(verifyToken(argument, op)))
          return WalkResult::interrupt();
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}
