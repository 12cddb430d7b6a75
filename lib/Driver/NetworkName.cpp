// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- NetworkName.cpp - What a network's symbols are called --------------===//

#include "se/Driver/NetworkName.h"

#include "se/CodeGen/Identifiers.h"
#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/RNN/RNN.h"

#include "mlir/IR/SymbolTable.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace se;

llvm::Expected<std::string> se::chooseNetworkName(StringRef wanted,
                                                  StringRef outputPath) {
  if (wanted.empty())
    return outputPath == "-"
               ? std::string()
               : toSymbolPrefix(llvm::sys::path::stem(outputPath));
  std::string name = toSymbolPrefix(wanted);
  if (name != wanted)
    return llvm::createStringError(
        "--name: '" + wanted +
        "' cannot begin names in C (a letter, then letters, digits and "
        "underscores), try '" +
        name + "'");
  return name;
}

void se::setNetworkName(ModuleOp module, StringRef name) {
  SymbolTable symbols(module);
  auto rename = [&](Operation *op, const Twine &to) {
    std::string text = to.str();
    Operation *other = symbols.lookup(text);
    if (other == op)
      return;
    if (other)
      (void)symbols.renameToUnique(other, {});
    (void)symbols.rename(op, text);
  };
  for (auto network : llvm::to_vector(module.getOps<rnn::NetworkOp>()))
    rename(network, name);
  for (auto program : llvm::to_vector(module.getOps<cluster::ProgramOp>())) {
    std::string before = program.getSymName().str();
    for (StringRef function :
         {program.getKernel(), program.getInit(), program.getReset()}) {
      StringRef rest = function;
      // One that is named twice has been renamed already.
      if (Operation *op = symbols.lookup(function);
          op && rest.consume_front(before))
        rename(op, name + rest);
    }
    rename(program, name);
  }
}
