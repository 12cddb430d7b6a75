// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Reduce.cpp - Smaller networks with the same failure ----------------===//

#include "se/Reduce/Reduce.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace se;

static size_t getSize(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os);
  return text.size();
}

/// What nothing reads, and what only that has read.
static void eraseDead(ModuleOp module) {
  bool isChanged = true;
  while (isChanged) {
    isChanged = false;
    module.walk([&](Operation *op) {
      if (isOpTriviallyDead(op)) {
        op->erase();
        isChanged = true;
      }
    });
  }
}

namespace {
class Reduction {
public:
  Reduction(OwningOpRef<ModuleOp> &module, const Tester &tester)
      : module(module), tester(tester), size(getSize(*module)) {}

  size_t getSizeNow() const { return size; }
  void run(const Change &change);

private:
  bool tryChange(const Change &change, unsigned first, unsigned count);

  OwningOpRef<ModuleOp> &module;
  const Tester &tester;
  size_t size;
};
} // namespace

/// A change to a copy, which takes the module's place if it is smaller and
/// fails in the same way.
bool Reduction::tryChange(const Change &change, unsigned first,
                          unsigned count) {
  OwningOpRef<ModuleOp> copy(module->clone());
  if (!change.apply(*copy, first, count))
    return false;
  eraseDead(*copy);
  size_t smaller = getSize(*copy);
  if (smaller >= size || failed(verify(*copy)) ||
      tester.isInteresting(*copy).first != Tester::Interestingness::True)
    return false;
  module = std::move(copy);
  size = smaller;
  return true;
}

/// All parts at once, then halves, and so on to single parts.
void Reduction::run(const Change &change) {
  for (unsigned parts = change.count(*module); parts != 0; parts /= 2)
    for (unsigned first = 0;;) {
      unsigned count = change.count(*module);
      if (first >= count)
        break;
      unsigned now = std::min(parts, count - first);
      // After a change, the next parts have these numbers.
      if (!tryChange(change, first, now))
        first += now;
    }
}

void se::reduce(OwningOpRef<ModuleOp> &module, const Tester &tester) {
  // What is wrong with a copy is of no interest.
  ScopedDiagnosticHandler quiet(module->getContext(),
                                [](Diagnostic &) { return success(); });
  Reduction reduction(module, tester);
  size_t before;
  do {
    before = reduction.getSizeNow();
    for (const Change &change : getChanges())
      reduction.run(change);
  } while (reduction.getSizeNow() < before);
}
