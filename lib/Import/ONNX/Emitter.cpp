// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Emitter.cpp - Builds IR, or moves what is constant -----------------===//

#include "Emitter.h"

#include "se/Dialect/RNN/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

#include <cmath>

using namespace mlir;
using namespace se::onnx_import;

static Flags flagsFor(ArrayRef<bool> open, size_t rank) {
  Flags flags(open.begin(), open.end());
  flags.resize(rank, false);
  return flags;
}

std::string se::onnx_import::oneLine(const Twine &message) {
  std::string text;
  llvm::raw_string_ostream os(text);
  for (unsigned char c : message.str()) {
    if (c >= 0x20 && c != 0x7f)
      os << c;
    else
      os << "\\x" << llvm::hexdigit(c >> 4) << llvm::hexdigit(c & 15);
  }
  // Bytes that are no UTF-8 would not survive on their way to the terminal.
  return llvm::json::isUTF8(text) ? text : llvm::json::fixUTF8(text);
}

void Emitter::startNode(StringRef name, StringRef newLabel) {
  MLIRContext *context = builder.getContext();
  loc = name.empty() ? fileLoc
                     : Location(NameLoc::get(StringAttr::get(context, name)));
  label = newLabel.str();
}

void Emitter::error(const Twine &message) {
  if (hasFailed)
    return;
  hasFailed = true;
  problems.push_back({label, message.str()});
}

void Emitter::reportProblems() {
  // Nodes of one operator that have the same to say do so together.
  llvm::MapVector<std::pair<StringRef, StringRef>, SmallVector<StringRef>>
      groups;
  for (const Problem &problem : problems) {
    StringRef label = problem.label;
    groups[{label.substr(label.rfind(" (") + 1), problem.message}].push_back(
        label);
  }
  constexpr size_t most = 8;
  std::string text;
  for (const auto &[key, labels] : groups) {
    if (!text.empty())
      text += "; ";
    text += llvm::join(ArrayRef(labels).take_front(most), ", ");
    if (labels.size() > most)
      text += " and " + std::to_string(labels.size() - most) + " more";
    if (!labels[0].empty())
      text += ": ";
    text += key.second;
  }
  if (problems.size() > 1)
    text = std::to_string(problems.size()) + " errors: " + text;
  mlir::InFlightDiagnostic error = mlir::emitError(fileLoc);
  error << oneLine(text);
  // Shown as a whole.
  error.getUnderlyingDiagnostic()->getMetadata().emplace_back(
      StringRef("list"));
}

void Emitter::remark(StringRef message) {
  if (!hasFailed && remarked.insert(message).second)
    remarks.push_back({label, message.str()});
}

void Emitter::reportRemarks() {
  for (const Problem &remark : remarks)
    mlir::emitRemark(fileLoc) << oneLine(remark.label + ": " + remark.message);
}

void Emitter::eraseUnused() {
  llvm::SmallSetVector<Operation *, 8> work;
  for (Value value : unused)
    work.insert(value.getDefiningOp());
  unused.clear();
  while (!work.empty()) {
    Operation *op = work.pop_back_val();
    if (!op || !isOpTriviallyDead(op))
      continue;
    for (Value operand : op->getOperands())
      work.insert(operand.getDefiningOp());
    op->erase();
  }
}

RankedTensorType Emitter::typeOf(ArrayRef<int64_t> shape, Tensor::Kind kind) {
  Type element = kind == Tensor::Kind::Bool ? Type(builder.getI1Type())
                                            : builder.getF32Type();
  return RankedTensorType::get(shape, element);
}

Operand Emitter::constant(TensorPtr tensor) {
  Operand result;
  result.shape = tensor->shape;
  result.open = flagsFor({}, result.shape.size());
  result.kind = tensor->kind;
  result.tensor = std::move(tensor);
  return result;
}

Operand Emitter::splat(ArrayRef<int64_t> shape, float value) {
  // A splat attribute has one element whatever its shape.
  return wrap(arith::ConstantOp::create(
      builder, loc, DenseElementsAttr::get(typeOf(shape), value)));
}

Operand Emitter::wrap(Value value, ArrayRef<bool> open) {
  auto type = cast<RankedTensorType>(value.getType());
  Operand result;
  result.value = value;
  llvm::append_range(result.shape, type.getShape());
  result.open = flagsFor(open, result.shape.size());
  if (type.getElementType().isInteger(1))
    result.kind = Tensor::Kind::Bool;
  return result;
}

Operand Emitter::wrapLike(const Operand &x, Value value, ArrayRef<bool> open) {
  Operand result = wrap(value, open);
  result.kind = x.kind;
  result.unquantized = x.unquantized;
  return result;
}

Value Emitter::get(const Operand &x) {
  if (x.isFloat())
    return materialize(x);
  std::string name =
      x.tensor && !x.tensor->name.empty() ? " ('" + x.tensor->name + "')" : "";
  error("an operand of " + Twine(x.isBool() ? "truth values" : "integers") +
        name + " where the network computes with floats");
  return splat(x.shape, 0.0f).value;
}

Value Emitter::getAny(const Operand &x) {
  if (x.value || x.isFloat())
    return materialize(x);
  // By way of floats: a constant mask is compared where it is used.
  Value floats = materialize(toFloat(x));
  return x.isBool() ? toBool(wrap(floats)).value : floats;
}

Value Emitter::materialize(const Operand &x) {
  if (x.value)
    return x.value;
  // After an error anything of the right type serves.
  auto placeholder = [&]() -> Value { return splat(x.shape, 0.0f).value; };
  if (!x.tensor || hasFailed)
    return placeholder();
  const Tensor &tensor = *x.tensor;
  if (tensor.anyDynamic()) {
    error("a value that depends on the number of frames takes part in the "
          "computation; export with sequence length 1");
    return placeholder();
  }
  if (tensor.size() == 0) {
    error("an operand without elements, shape " + toString(tensor.shape));
    return placeholder();
  }
  Value &value = materialized[x.tensor.get()];
  if (value)
    return value;
  kept.push_back(x.tensor);
  auto warn = [&](int64_t count, const Twine &what) {
    if (count)
      mlir::emitWarning(fileLoc)
          << oneLine(label + ": constant '" + tensor.name + "' holds " +
                     Twine(count) + what + "; so will what it reaches");
  };
  int64_t nans =
      llvm::count_if(tensor.floats, [](float f) { return std::isnan(f); });
  warn(nans, nans > 1 ? " NaNs" : " NaN");
  int64_t infinities =
      llvm::count_if(tensor.floats, [](float f) { return std::isinf(f); });
  warn(infinities, infinities > 1 ? " infinities" : " infinity");
  // Constants stand together at the head of the network.
  OpBuilder::InsertionGuard guard(builder);
  if (lastConstant)
    builder.setInsertionPointAfter(lastConstant);
  else
    builder.setInsertionPointToStart(block);
  StringRef name = tensor.name.empty() ? StringRef("constant") : tensor.name;
  Location constantLoc =
      tensor.name.empty() ? loc
                          : Location(NameLoc::get(builder.getStringAttr(name)));
  auto op = arith::ConstantOp::create(
      builder, constantLoc,
      se::rnn::makeConstant(typeOf(tensor.shape), tensor.floats, name));
  lastConstant = op;
  value = op;
  return value;
}

bool Emitter::mayCompute(ArrayRef<int64_t> shape) {
  std::optional<int64_t> count = countElements(shape);
  if (count && computed + *count <= maxComputed) {
    computed += *count;
    return true;
  }
  error("constant of shape " + toString(shape) + " is too large to compute");
  return false;
}

Operand Emitter::reshape(const Operand &x, ArrayRef<int64_t> shape,
                         ArrayRef<bool> open) {
  if (x.tensor) {
    if (ArrayRef<int64_t>(x.shape) == shape)
      return constant(x.tensor);
    TensorPtr &cached = reshaped[{x.tensor.get(), Shape(shape)}];
    if (!cached) {
      if (!mayCompute(shape))
        return splat(shape, 0.0f);
      cached = reshapeTensor(*x.tensor, shape);
      kept.push_back(x.tensor);
    }
    return constant(cached);
  }
  if (ArrayRef<int64_t>(x.shape) == shape)
    return wrapLike(x, x.value, open);
  return wrapLike(
      x,
      se::rnn::ReshapeOp::create(builder, loc, typeOf(shape, x.kind), x.value),
      open);
}

Operand Emitter::squeeze(const Operand &x, ArrayRef<int64_t> axes) {
  Shape shape;
  Flags open;
  for (int64_t d = 0; d < x.rank(); ++d)
    if (!llvm::is_contained(axes, d)) {
      shape.push_back(x.shape[d]);
      open.push_back(x.open[d]);
    }
  return reshape(x, shape, open);
}

Operand Emitter::transpose(const Operand &x, ArrayRef<int64_t> perm) {
  if (llvm::equal(perm, llvm::seq<int64_t>(0, perm.size())))
    return x;
  Shape shape;
  Flags open;
  for (int64_t d : perm) {
    shape.push_back(x.shape[d]);
    open.push_back(x.open[d]);
  }
  if (!x.tensor)
    return wrapLike(x,
                    se::rnn::TransposeOp::create(
                        builder, loc, typeOf(shape, x.kind), x.value, perm),
                    open);
  TensorPtr &cached = transposed[{x.tensor.get(), Shape(perm)}];
  if (!cached) {
    if (!mayCompute(shape))
      return splat(shape, 0.0f);
    cached = transposeTensor(*x.tensor, perm);
    kept.push_back(x.tensor);
  }
  return constant(cached);
}

Operand Emitter::slice(const Operand &x, ArrayRef<int64_t> offsets,
                       ArrayRef<int64_t> sizes, ArrayRef<int64_t> steps) {
  bool whole = ArrayRef<int64_t>(x.shape) == sizes &&
               llvm::all_of(steps, [](int64_t s) { return s == 1; });
  if (whole)
    return x;
  if (x.tensor)
    return mayCompute(sizes)
               ? constant(sliceTensor(*x.tensor, offsets, sizes, steps))
               : splat(sizes, 0.0f);
  auto attrs = [&](ArrayRef<int64_t> values) {
    return getAsIndexOpFoldResult(builder.getContext(), values);
  };
  return wrapLike(x,
                  tensor::ExtractSliceOp::create(
                      builder, loc, typeOf(sizes, x.kind), x.value,
                      attrs(offsets), attrs(sizes), attrs(steps)),
                  x.open);
}

Operand Emitter::slice(const Operand &x, unsigned axis, int64_t offset,
                       int64_t size) {
  Shape offsets(x.rank(), 0), sizes = x.shape, steps(x.rank(), 1);
  offsets[axis] = offset;
  sizes[axis] = size;
  return slice(x, offsets, sizes, steps);
}

Operand Emitter::concat(ArrayRef<Operand> xs, unsigned axis) {
  SmallVector<Operand, 2> parts;
  bool allConstant = true;
  Shape shape = xs[0].shape;
  shape[axis] = 0;
  Flags open = xs[0].open;
  for (const Operand &x : xs) {
    shape[axis] += x.shape[axis];
    for (size_t d = 0; d < open.size(); ++d)
      open[d] = open[d] || x.open[d];
    if (x.shape[axis] == 0)
      continue;
    allConstant &= x.isConstant();
    parts.push_back(x);
  }
  if (parts.empty())
    return xs[0];
  if (parts.size() == 1)
    return parts[0];
  if (allConstant) {
    SmallVector<TensorPtr> tensors;
    for (const Operand &x : parts)
      tensors.push_back(x.tensor);
    return mayCompute(shape) ? constant(concatTensors(tensors, axis))
                             : splat(shape, 0.0f);
  }
  SmallVector<Value> values;
  for (const Operand &x : parts)
    values.push_back(getAny(x));
  return wrapLike(xs[0],
                  tensor::ConcatOp::create(
                      builder, loc, typeOf(shape, xs[0].kind), axis, values),
                  open);
}

Operand Emitter::broadcast(const Operand &x, ArrayRef<int64_t> shape,
                           ArrayRef<bool> open) {
  if (ArrayRef<int64_t>(x.shape) == shape)
    return x.tensor ? x : wrapLike(x, x.value, open);
  if (x.tensor) {
    const Tensor &tensor = *x.tensor;
    bool runtime = tensor.isFloat() && !tensor.anyDynamic();
    // Constants with one element become splats, the others are repeated by an
    // op: the weights stay as small as in the file.
    if (runtime && tensor.size() == 1)
      return splat(shape, tensor.floats[0]);
    if (countElements(shape) == tensor.size())
      return reshape(x, shape);
    if (!runtime)
      return mayCompute(shape) ? constant(broadcastTensor(tensor, shape))
                               : splat(shape, 0.0f);
  }
  if (countElements(x.shape) == countElements(shape))
    return reshape(x, shape, open);
  return wrapLike(x,
                  se::rnn::BroadcastOp::create(
                      builder, loc, typeOf(shape, x.kind), getAny(x)),
                  open);
}

Operand Emitter::expand(const Operand &x, ArrayRef<int64_t> shape) {
  return mayCompute(shape) ? constant(broadcastTensor(*x.tensor, shape))
                           : splat(shape, 0.0f);
}

bool Emitter::broadcastShapes(ArrayRef<const Operand *> xs, Shape &shape,
                              Flags &open) {
  size_t rank = 0;
  for (const Operand *x : xs)
    rank = std::max(rank, x->shape.size());
  shape.assign(rank, 1);
  open.assign(rank, false);
  for (const Operand *x : xs) {
    size_t missing = rank - x->shape.size();
    for (size_t d = 0; d < x->shape.size(); ++d) {
      int64_t &size = shape[missing + d];
      if (x->shape[d] != 1 && size != 1 && x->shape[d] != size) {
        std::string shapes;
        for (const Operand *y : xs)
          shapes += (shapes.empty() ? "" : " and ") + toString(y->shape);
        error("shapes " + shapes + " do not broadcast");
        return false;
      }
      if (x->shape[d] != 1)
        size = x->shape[d];
      open[missing + d] = open[missing + d] || x->open[d];
    }
  }
  for (size_t d = 0; d < rank; ++d)
    if (open[d] && shape[d] != 1) {
      error("dimension " + Twine(d) + " is dynamic in one operand and " +
            Twine(shape[d]) +
            " in another, which mixes frames; export with sequence length 1");
      return false;
    }
  if (!countElements(shape)) {
    error("result of shape " + toString(shape) + " is too large");
    return false;
  }
  return true;
}
