// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Energy.cpp - The model of energy -----------------------------------===//

#include "Sections.h"

#include "se/Target/TargetDescription.h"

using namespace se;
using namespace se::report;
namespace json = llvm::json;

static std::string describe(const json::Object &model) {
  std::string text = shortest(getNumber(model, "mhz")) + " MHz";
  if (auto volt = model.getNumber("volt"))
    text += ", " + shortest(*volt) + " V";
  return text;
}

static void writePoints(Html &html, llvm::ArrayRef<const json::Object *> models,
                        double hop) {
  Table table(html, "energy-points", "Model of energy at each operating point",
              {{"Clock", Table::Text},
               {"Energy per frame / \u00b5J"},
               {"Power in a frame / mW"},
               {"Mean power / mW", Table::Number,
                "with a frame every " + shortest(hop) + " ms"}});
  for (const json::Object *model : models) {
    auto average = model->getNumber("average_mw_of_hop");
    table.row({describe(*model), decimal(getNumber(*model, "uj_per_frame"), 2),
               decimal(getNumber(*model, "mw"), 2),
               average ? decimal(*average, 2) : "frames take too long"});
  }
}

/// What the energy goes to, at the first operating point.
static void writeParts(Html &html, const json::Object &model) {
  const json::Object &parts = *model.getObject("uj_by_coefficient");
  const json::Object &sources = *model.getObject("sources");
  double all = getNumber(model, "uj_per_frame");
  Table table(html, "energy-parts",
              "What the energy goes to, at " + describe(model),
              {{"Part", Table::Name},
               {"Share", Table::Picture},
               {"Energy / \u00b5J"},
               {"Share / %"},
               {"Where the coefficient is from", Table::Text}});
  for (const target::EnergyKey &key : target::getEnergyKeys()) {
    double part = getNumber(parts, key.name);
    llvm::StringRef name = key.name;
    bool moves = name == "dma_byte" || name == "external_byte" ||
                 name == "nvm_byte" || name == "l2_access" ||
                 name == "l1_access";
    bool waits = name == "idle_cycle" || name == "leakage";
    table.beginRow();
    table.cell(key.title);
    table.cell([&] {
      bar(html,
          {{waits   ? "state"
            : moves ? "transfer"
                    : "compute",
            part}},
          all);
    });
    table.cell(decimal(part, 3));
    table.cell(all > 0 ? decimal(100 * part / all, 1) : "-");
    table.cell(getText(sources, key.name));
    table.endRow();
  }
}

void se::report::writeEnergy(Html &html, const PageContent &content) {
  Section section(html, "energy", "Energy (a model)");
  if (!content.run) {
    paragraph(html, "The model of energy counts what a run does, and there was "
                    "none.");
    return;
  }
  auto models = getList(content.run->statistics, "energy_model");
  if (models.empty()) {
    paragraph(html, "The target has no table of energy.");
    return;
  }
  paragraph(html, "This is a model, not a measurement. It counts what the "
                  "simulated frames do, and multiplies by coefficients of the "
                  "target. Use it to compare programs of one target.");
  writePoints(html, models, getNumber(content.report, "hop_ms"));
  legend(html, {{"compute", "cores"},
                {"transfer", "memories and transfers"},
                {"state", "idle cores and leakage"}});
  writeParts(html, *models.front());
}
