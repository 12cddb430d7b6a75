// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Bindings.h - The native part of se_mlir ------------------*- C++ -*-===//
//
// What the package's Python code calls; se_mlir/_native.pyi has the signatures.
// Arrays cross the border as buffers of float32, so the module does not depend
// on a version of NumPy.
//
//===----------------------------------------------------------------------===//

#ifndef SE_PYTHON_NATIVE_BINDINGS_H
#define SE_PYTHON_NATIVE_BINDINGS_H

#include "se/Driver/Diagnostics.h"
#include "se/Support/Frames.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/Error.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace se::python {

/// Becomes se_mlir.Error. The text is what the tools print after `error: `.
class UserError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws a UserError if there is an error.
void check(llvm::Error error);

template <typename T> T check(llvm::Expected<T> value) {
  if (!value)
    check(value.takeError());
  return std::move(*value);
}

/// An MLIR context whose diagnostics are kept. Made and used without the
/// interpreter's lock. One thread at a time has one, because the linker resets
/// options that all of LLVM reads.
class Context {
public:
  Context();

  mlir::MLIRContext &get() { return context; }

  /// Throws the errors as one UserError; there is at least one.
  [[noreturn]] void fail() const;

  /// Throws a UserError if there is an error, here or among the diagnostics.
  template <typename T> T check(llvm::Expected<T> value) {
    if (value)
      return std::move(*value);
    (void)emitFailure(context, value.takeError());
    fail();
  }

  struct Message {
    mlir::DiagnosticSeverity severity;
    std::string text;
  };
  const std::vector<Message> &getMessages() const { return messages; }

private:
  static std::recursive_mutex mutex;
  std::lock_guard<std::recursive_mutex> lock{mutex};
  std::vector<Message> messages;
  mlir::MLIRContext context;
};

/// Passes on what is no error: warnings to the module `warnings`, remarks to
/// the logger `se_mlir`. Needs the interpreter's lock.
void report(const std::vector<Context::Message> &messages);

/// float32 values that Python sees as a buffer.
struct Array {
  std::vector<pybind11::ssize_t> shape;
  std::vector<float> values;
};

/// Copies a contiguous buffer of float32.
std::vector<float> toVector(const pybind11::buffer &buffer);

/// Frames of a network from one buffer for each input, whose sizes fit: the
/// package has checked that. Warns of values that are too large.
Frames toFrames(const std::vector<pybind11::buffer> &inputs, int64_t numFrames,
                llvm::ArrayRef<Port> ports);
/// One array [T, elements] for each port.
std::vector<Array> toArrays(Frames frames);

void addNetworks(pybind11::module_ &module);
void addAudio(pybind11::module_ &module);
void addCells(pybind11::module_ &module);

} // namespace se::python

#endif // SE_PYTHON_NATIVE_BINDINGS_H
