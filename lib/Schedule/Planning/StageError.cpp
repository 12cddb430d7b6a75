// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StageError.cpp - What is wrong with one stage ----------------------===//

#include "StageError.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

char StageError::ID = 0;

llvm::Error schedule::addPrefix(StringRef prefix, llvm::Error error) {
  return llvm::handleErrors(
      std::move(error),
      [&](const StageError &info) -> llvm::Error {
        return llvm::make_error<StageError>(info.getStage(),
                                            prefix + info.getText());
      },
      [&](const llvm::ErrorInfoBase &info) -> llvm::Error {
        return llvm::createStringError(prefix + info.message());
      });
}

std::string schedule::getText(llvm::Error &error) {
  std::string text;
  error = llvm::handleErrors(
      std::move(error),
      [&](std::unique_ptr<llvm::ErrorInfoBase> info) -> llvm::Error {
        text = info->message();
        return llvm::Error(std::move(info));
      });
  return text;
}
