// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RNNDialect.cpp - Dialect, attributes
//--------------------------------===//

#include "se/Dialect/RNN/Choices.h"
#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/RNNScreening.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace se::rnn;

#include "se/Dialect/RNN/RNNDialect.cpp.inc"
#include "se/Dialect/RNN/RNNEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "se/Dialect/RNN/RNNAttributes.cpp.inc"

void RNNDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "se/Dialect/RNN/RNNAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "se/Dialect/RNN/RNNOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "se/Dialect/RNN/RNNScreening.cpp.inc"
      >();
}

LogicalResult RNNDialect::verifyOperationAttribute(Operation *op,
                                                   NamedAttribute attribute) {
  if (attribute.getName() == layerAttrName)
    return verifyLayerAttribute(op, attribute.getValue());
  if (attribute.getName() == optionAttrName) {
    auto name = dyn_cast<StringAttr>(attribute.getValue());
    if (name && !name.empty() && isa<ActivationOp, FillOp>(op) &&
        op->getParentOfType<CellOp>())
      return success();
    return op->emitError("'") << optionAttrName
                              << "' must be the name of an option, on an "
                                 "rnn.activation or rnn.fill in a cell";
  }
  return verifyChoice(op, attribute);
}

Operation *RNNDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                           Type type, Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

namespace {
/// Which parameters a kind has, and ONNX's defaults.
struct ActivationParameters {
  bool hasAlpha, hasBeta;
  float alpha, beta;
};
} // namespace

static ActivationParameters getParameters(ActivationKind kind) {
  switch (kind) {
  case ActivationKind::affine:
    return {true, true, 1.0f, 0.0f};
  case ActivationKind::leaky_relu:
    return {true, false, 0.01f, 0.0f};
  case ActivationKind::thresholded_relu:
    return {true, false, 1.0f, 0.0f};
  case ActivationKind::scaled_tanh:
    return {true, true, 1.0f, 1.0f};
  case ActivationKind::hard_sigmoid:
    return {true, true, 0.2f, 0.5f};
  case ActivationKind::elu:
    return {true, false, 1.0f, 0.0f};
  case ActivationKind::sigmoid:
  case ActivationKind::tanh:
  case ActivationKind::relu:
  case ActivationKind::softsign:
  case ActivationKind::softplus:
    break;
  }
  return {false, false, 0.0f, 0.0f};
}

LogicalResult
ActivationAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       ActivationKind kind, FloatAttr alpha, FloatAttr beta) {
  ActivationParameters parameters = getParameters(kind);
  for (auto [attr, has, name] :
       {std::tuple(alpha, parameters.hasAlpha, "alpha"),
        std::tuple(beta, parameters.hasBeta, "beta")}) {
    if (!attr)
      continue;
    if (!has)
      return emitError() << "activation '" << stringifyActivationKind(kind)
                         << "' has no parameter '" << name << "'";
    if (!attr.getType().isF32())
      return emitError() << "parameter '" << name << "' must be f32, found "
                         << attr.getType();
  }
  return success();
}

float ActivationAttr::getAlphaValue() const {
  return getAlpha() ? getAlpha().getValue().convertToFloat()
                    : getParameters(getKind()).alpha;
}

float ActivationAttr::getBetaValue() const {
  return getBeta() ? getBeta().getValue().convertToFloat()
                   : getParameters(getKind()).beta;
}
