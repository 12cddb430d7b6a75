// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StageError.h - What is wrong with one stage --------------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_PLANNING_STAGEERROR_H
#define SE_LIB_SCHEDULE_PLANNING_STAGEERROR_H

#include "se/Dialect/Plan/Plan.h"

#include "llvm/Support/Error.h"

namespace se::schedule {

/// An error that is reported where the stage stands. All others concern the
/// network.
class StageError : public llvm::ErrorInfo<StageError> {
public:
  static char ID;

  StageError(plan::StageOp stage, const llvm::Twine &text)
      : stage(stage), text(text.str()) {}

  plan::StageOp getStage() const { return stage; }
  llvm::StringRef getText() const { return text; }
  void log(llvm::raw_ostream &os) const override { os << text; }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }

private:
  plan::StageOp stage;
  std::string text;
};

/// The same error with a text before its own.
llvm::Error addPrefix(llvm::StringRef prefix, llvm::Error error);
/// What an error says, which stays as it is.
std::string getText(llvm::Error &error);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_STAGEERROR_H
