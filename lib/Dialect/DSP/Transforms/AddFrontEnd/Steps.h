// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Steps.h - What is done to features -----------------------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_DSP_TRANSFORMS_ADDFRONTEND_STEPS_H
#define SE_LIB_DIALECT_DSP_TRANSFORMS_ADDFRONTEND_STEPS_H

#include "../ComplexBuilder.h"

#include "se/FrontEnd/FrontEnd.h"

namespace se::dsp {

/// The states of the network under construction.
class StateList {
public:
  virtual ~StateList() = default;
  /// A state that is `reset` first. `setNext` follows before the next `add`.
  virtual mlir::Value add(llvm::StringRef name, mlir::Attribute reset) = 0;
  virtual void setNext(mlir::Value next) = 0;
};

/// Emits steps on vectors.
class StepBuilder {
public:
  StepBuilder(ComplexBuilder &c, mlir::ImplicitLocOpBuilder &b,
              const frontend::FrontEnd &frontEnd, StateList &states)
      : c(c), b(b), frontEnd(frontEnd), states(states) {}

  mlir::Value apply(const frontend::Step &step, mlir::Value x);
  mlir::Value apply(llvm::ArrayRef<frontend::Step> steps, mlir::Value x) {
    for (const frontend::Step &step : steps)
      x = apply(step, x);
    return x;
  }

private:
  mlir::Value addFrames(const frontend::Step &step, mlir::Value x);
  mlir::Value follow(const frontend::Step &step, mlir::Value x);
  mlir::Value slideMaximum(mlir::Value x, int64_t width, double fall,
                           double before);
  mlir::Value sumBands(const frontend::Bands &bands, mlir::Value x);
  mlir::Value transformCosine(mlir::Value x, int64_t count);
  mlir::Value measureNonstationarity(mlir::Value x, int64_t count);
  mlir::Value getPast(mlir::Value x, int64_t count);
  mlir::Value addState(llvm::StringRef name, int64_t elements);

  ComplexBuilder &c;
  mlir::ImplicitLocOpBuilder &b;
  const frontend::FrontEnd &frontEnd;
  StateList &states;
};

} // namespace se::dsp

#endif // SE_LIB_DIALECT_DSP_TRANSFORMS_ADDFRONTEND_STEPS_H
