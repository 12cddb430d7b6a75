// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Reduce.cpp - Smaller networks with the same failure ----------------===//

#include "se/Reduce/Reduce.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <tuple>

using namespace mlir;
using namespace se;

namespace {
/// What is made smaller, the most important first: operations, elements of all
/// values, text.
using Size = std::tuple<size_t, int64_t, size_t>;
} // namespace

static Size getSize(ModuleOp module) {
  size_t operations = 0;
  int64_t elements = 0;
  module.walk([&](Operation *op) {
    operations += !op->hasTrait<OpTrait::ConstantLike>();
    for (Type type : op->getResultTypes())
      if (auto shaped = dyn_cast<ShapedType>(type);
          shaped && shaped.hasStaticShape())
        elements += shaped.getNumElements();
  });
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os);
  return {operations, elements, text.size()};
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

  const Size &getSizeNow() const { return size; }
  void run(const Change &change);

private:
  bool tryChange(const Change &change, unsigned first, unsigned count);

  OwningOpRef<ModuleOp> &module;
  const Tester &tester;
  Size size;
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
  Size smaller = getSize(*copy);
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
  Size before;
  do {
    before = reduction.getSizeNow();
    for (const Change &change : getChanges())
      reduction.run(change);
  } while (reduction.getSizeNow() < before);
}
