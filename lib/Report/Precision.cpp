// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Precision.cpp - What layers compute with ---------------------------===//

#include "Sections.h"

#include "llvm/ADT/StringExtras.h"

using namespace se;
using namespace se::report;
using llvm::StringRef;
namespace json = llvm::json;

/// The texts of an array.
static std::vector<std::string> getTexts(const json::Object &object,
                                         StringRef key) {
  std::vector<std::string> texts;
  if (const json::Array *array = object.getArray(key))
    for (const json::Value &value : *array)
      texts.push_back(value.getAsString().value_or("").str());
  return texts;
}

/// Why a layer stays fp16; empty if there is no reason.
static std::string getReason(const json::Object &report,
                             llvm::ArrayRef<std::string> names) {
  for (const json::Object *layer : getList(report, "fp16_layers"))
    if (llvm::is_contained(names, getText(*layer, "layer")))
      return "stays fp16: " + getText(*layer, "reason");
  return "";
}

/// "mag 0.0050, h 0.0123"
static std::string getErrors(const json::Object &layer) {
  std::vector<std::string> texts;
  for (const json::Object *entry : getList(layer, "output_errors"))
    texts.push_back(getText(*entry, "tensor") + " " +
                    decimal(getNumber(*entry, "error"), 4));
  return llvm::join(texts, ", ");
}

static void writeLayers(Html &html, const json::Object &report,
                        llvm::ArrayRef<const json::Object *> layers) {
  bool hasErrors = false, hasLoss = false, hasReasons = false;
  for (const json::Object *layer : layers) {
    hasErrors |= layer->get("output_errors") != nullptr;
    hasLoss |= layer->get("int8_loss") != nullptr;
    hasReasons |= !getReason(report, getTexts(*layer, "names")).empty();
  }
  std::vector<Table::Column> columns = {{"Layer", Table::Name},
                                        {"Weights", Table::Text},
                                        {"Vectors", Table::Text},
                                        {"Elements"},
                                        {"Bytes"}};
  if (hasErrors)
    columns.push_back(
        {"Error by tensor", Table::Text,
         "of the layer's products, from the range of its vector"});
  if (hasLoss)
    columns.push_back({"Loss in int8", Table::Number,
                       "of the network's outputs, with this layer alone int8"});
  if (hasReasons)
    columns.push_back({"Note", Table::Text});
  Table table(html, "layers", "Layers with a matrix", std::move(columns));
  for (const json::Object *layer : layers) {
    std::vector<std::string> names = getTexts(*layer, "names");
    std::vector<std::string> cells = {
        llvm::join(names, ", "), llvm::join(getTexts(*layer, "weights"), ", "),
        llvm::join(getTexts(*layer, "vectors"), ", "),
        count(getInteger(*layer, "elements")),
        count(getInteger(*layer, "bytes"))};
    if (hasErrors)
      cells.push_back(getErrors(*layer));
    if (hasLoss) {
      auto loss = layer->getNumber("int8_loss");
      cells.push_back(loss ? decimal(*loss, 4) : "\u2013");
    }
    if (hasReasons)
      cells.push_back(getReason(report, names));
    table.row(cells);
  }
}

static void writeSizes(Html &html, const json::Object &sizes) {
  const json::Object &parameters = *sizes.getObject("parameters");
  Table table(html, "sizes", "What the precision makes of the data",
              {{"Data", Table::Name}, {"Elements"}, {"Bytes"}});
  auto row = [&](const json::Object &of, StringRef key, StringRef title) {
    const json::Object &entry = *of.getObject(key);
    table.row({title.str(), count(getInteger(entry, "elements")),
               count(getInteger(entry, "bytes"))});
  };
  row(parameters, "matrices", "Matrices");
  row(parameters, "vectors", "Biases and other vectors");
  row(parameters, "scales", "Scales of int8");
  row(parameters, "tables", "Tables of activations");
  row(sizes, "states", "States");
  row(sizes, "activations", "Activations");
}

void se::report::writePrecision(Html &html, const PageContent &content) {
  const json::Object &report = content.report;
  Section section(html, "precision", "Precision");
  auto layers = getList(report, "layers");
  if (layers.empty())
    paragraph(html, "There is nothing on layers: the network has no matrices, "
                    "or was compiled from a later phase.");
  else {
    paragraph(
        html,
        "Types of matrices and of the vectors that they multiply. Layers "
        "without a matrix are not listed. The error of a tensor is that of "
        "the products in int8, relative, as calibration found it; the loss "
        "is that of the network's outputs against fp32, as the search of "
        "the precision auto measured it. Neither is there without "
        "recordings.");
    writeLayers(html, report, layers);
  }
  if (auto loss = report.getNumber("loss"))
    paragraph(html, "The chosen precision has a loss of " + decimal(*loss, 4) +
                        " over the recordings.");
  if (const json::Object *sizes = report.getObject("sizes"))
    writeSizes(html, *sizes);
}
