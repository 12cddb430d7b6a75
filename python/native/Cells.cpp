// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Cells.cpp - The library of cells -----------------------------------===//

#include "Bindings.h"

#include "se/Dialect/RNN/CellLibrary.h"
#include "se/Driver/CellNetwork.h"

#include "llvm/Support/raw_ostream.h"

using namespace se;
using namespace se::python;
namespace py = pybind11;

static std::vector<std::string> getNames() {
  std::vector<std::string> names;
  for (const rnn::LibraryCell &cell : rnn::getLibraryCells())
    names.push_back(cell.name.str());
  return names;
}

static std::string getText(const std::string &name) {
  const rnn::LibraryCell *cell = rnn::findLibraryCell(name);
  if (!cell)
    throw UserError(rnn::describeUnknownCell(name));
  return cell->text.str();
}

static SizedCell loadCell(const std::string &cell, const std::string &sizes,
                          const std::vector<std::string> &cellOptions,
                          Context &context) {
  CellOptions options;
  options.cell = cell;
  options.sizes = sizes;
  options.options = cellOptions;
  std::optional<SizedCell> sized = SizedCell::load(options, context.get());
  if (!sized)
    context.fail();
  return std::move(*sized);
}

static std::vector<std::pair<std::string, Array>>
makeWeights(const std::string &cell, const std::string &sizes, uint64_t seed) {
  py::gil_scoped_release release;
  Context context;
  std::vector<std::pair<std::string, Array>> arrays;
  for (auto &[name, array] :
       loadCell(cell, sizes, {}, context).makeWeights(seed))
    arrays.push_back(
        {name, {{array.shape.begin(), array.shape.end()}, array.data}});
  return arrays;
}

/// Returns the text of the network.
static std::string makeNetwork(const std::string &cell,
                               const std::string &sizes,
                               const std::map<std::string, py::buffer> &arrays,
                               const std::vector<std::string> &options) {
  CellWeights weights;
  for (const auto &[name, buffer] : arrays) {
    py::buffer_info info = buffer.request();
    NpyArray &array = weights[name];
    array.shape.assign(info.shape.begin(), info.shape.end());
    array.data = toVector(buffer);
  }
  py::gil_scoped_release release;
  Context context;
  mlir::OwningOpRef<mlir::ModuleOp> module = context.check(
      loadCell(cell, sizes, options, context).makeNetwork(std::move(weights)));
  std::string text;
  llvm::raw_string_ostream os(text);
  module->print(os);
  return text + "\n";
}

void python::addCells(py::module_ &module) {
  using py::arg;
  module.def("cell_names", getNames);
  module.def("cell_text", getText, arg("name"));
  module.def("cell_weights", makeWeights, arg("cell"), arg("sizes"),
             arg("seed"));
  module.def("cell_network", makeNetwork, arg("cell"), arg("sizes"),
             arg("weights"), arg("options"));
}
