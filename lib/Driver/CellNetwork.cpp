// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CellNetwork.cpp - A network around one cell ------------------------===//

#include "se/Driver/CellNetwork.h"

#include "se/Dialect/RNN/CellLibrary.h"
#include "se/Dialect/RNN/CellSizes.h"
#include "se/Dialect/RNN/Transforms/Passes.h"
#include "se/Driver/Diagnostics.h"
#include "se/Driver/LoadNetwork.h"
#include "se/Host/HostProgram.h"
#include "se/Pipelines/Pipelines.h"
#include "se/Support/MessageLine.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

#include <cmath>
#include <random>

using namespace mlir;
using namespace se;
using rnn::CellOp;

/// Of one size, and of a weight.
static constexpr int64_t maxSize = 1 << 20, maxElements = 1 << 28;

static bool isFile(StringRef text) {
  return text.contains(".mlir") || text.contains('/') || text == "-";
}

/// The cell of a file: of this name, or the one that no other cell applies.
static llvm::Expected<CellOp> findCell(ModuleOp module, StringRef file,
                                       StringRef name) {
  llvm::StringSet<> applied;
  SmallVector<CellOp> cells;
  module.walk([&](CellOp cell) {
    cells.push_back(cell);
    cell.walk([&](rnn::ApplyOp apply) { applied.insert(apply.getCell()); });
  });
  auto names = llvm::map_to_vector(
      cells, [](CellOp cell) { return cell.getSymName().str(); });
  if (!name.empty()) {
    for (CellOp cell : cells)
      if (cell.getSymName() == name)
        return cell;
    return llvm::createStringError("--cell: " + file + " has no cell '" + name +
                                   "', it has: " + listNames(names));
  }
  llvm::erase_if(
      cells, [&](CellOp cell) { return applied.contains(cell.getSymName()); });
  if (cells.size() == 1)
    return cells.front();
  if (names.empty())
    return llvm::createStringError("--cell: " + file + " has no rnn.cell");
  return llvm::createStringError("--cell: " + file + " has several cells (" +
                                 listNames(names) + "), give " + file +
                                 ":NAME");
}

static OwningOpRef<ModuleOp> loadCells(const CellOptions &options,
                                       MLIRContext &context, CellOp &cell) {
  StringRef text = options.cell;
  if (!isFile(text)) {
    const rnn::LibraryCell *known = rnn::findLibraryCell(text);
    if (!known) {
      (void)emitFailure(context, "--cell: " + rnn::describeUnknownCell(text));
      return nullptr;
    }
    OwningOpRef<ModuleOp> module = rnn::parseLibraryCell(*known, &context);
    cell =
        module->lookupSymbol<CellOp>((rnn::libraryPrefix + known->name).str());
    return module;
  }
  auto [file, name] = text.rsplit(':');
  if (isFile(name))
    std::tie(file, name) = std::pair(text, StringRef());
  OwningOpRef<ModuleOp> module = loadModule(file, {}, context);
  if (!module)
    return nullptr;
  auto found = findCell(*module, file, name);
  if (!found) {
    (void)emitFailure(context, found.takeError());
    return nullptr;
  }
  cell = *found;
  for (auto network :
       llvm::make_early_inc_range(module->getOps<rnn::NetworkOp>()))
    network.erase();
  return module;
}

/// The cell as people call it.
static StringRef getName(CellOp cell) {
  StringRef name = cell.getSymName();
  name.consume_front(rnn::libraryPrefix);
  return name;
}

llvm::Error SizedCell::setSizes(StringRef text) {
  rnn::CellSizes sizes(cell);
  StringRef name = getName(cell);
  auto known = [&]() {
    std::vector<std::string> names;
    for (StringRef size : sizes.getNames())
      names.push_back(size.str());
    return listNames(names);
  };
  SmallVector<StringRef> parts;
  text.split(parts, ',', -1, /*KeepEmpty=*/false);
  for (StringRef part : parts) {
    auto [size, value] = part.split('=');
    size = size.trim();
    int64_t number = 0;
    if (value.trim().getAsInteger(10, number) || number < 1 || number > maxSize)
      return llvm::createStringError(
          "--size: expected NAME=1 to NAME=" + Twine(maxSize) +
          ", separated by commas, found '" + part + "'");
    if (sizes.get(size))
      return llvm::createStringError("--size: '" + size + "' is given twice");
    if (!sizes.set(size, number))
      return llvm::createStringError(
          "--size: cell '" + name + "' has no size '" + size + "'" +
          (sizes.getNames().empty() ? ", its sizes are known"
                                    : ", it has: " + known()));
  }
  for (BlockArgument argument : cell.getBody().getArguments()) {
    unsigned i = argument.getArgNumber();
    auto type = cast<RankedTensorType>(argument.getType());
    SmallVector<int64_t> shape(type.getShape());
    if (!type.hasStaticShape()) {
      if (!cell.getShapes())
        return llvm::createStringError(
            "--cell: '" + name + "' does not say the shape of '" +
            cell.getArgumentName(i) +
            "' in names of sizes, such as sizes(n) inputs(%x : "
            "tensor<?xf32>[n])");
      for (StringRef size : sizes.getNames())
        if (!sizes.get(size))
          return llvm::createStringError("--size: cell '" + name +
                                         "' needs a value for '" + size +
                                         "', its sizes are: " + known());
      std::optional<SmallVector<int64_t>> known = sizes.getShape(i);
      if (!known)
        return llvm::createStringError("--size: the shape " + sizes.format(i) +
                                       " of '" + cell.getArgumentName(i) +
                                       "' has no value with " + sizes.format());
      shape = std::move(*known);
    }
    double elements = 1;
    for (int64_t size : shape)
      elements *= double(std::max<int64_t>(size, 0));
    if (elements < 1 || elements > double(maxElements))
      return llvm::createStringError("--size: '" + cell.getArgumentName(i) +
                                     "' would have the shape " +
                                     formatShape(shape) + ", expected 1 to " +
                                     Twine(maxElements) + " elements");
    shapes.push_back(std::move(shape));
  }
  return llvm::Error::success();
}

/// What the text of an option's value stands for; null if nothing.
static Attribute parseOption(StringRef text, Builder b) {
  double number;
  if (text.empty())
    return b.getUnitAttr();
  if (!text.getAsDouble(number))
    return b.getF32FloatAttr(float(number));
  if (auto kind = rnn::symbolizeActivationKind(text))
    return rnn::ActivationAttr::get(b.getContext(), *kind);
  ScopedDiagnosticHandler silence(b.getContext(), [](Diagnostic &) {});
  return parseAttribute(text, b.getContext());
}

llvm::Error SizedCell::setOptions(ArrayRef<std::string> texts) {
  Builder b(cell.getContext());
  NamedAttrList list;
  for (StringRef text : texts) {
    auto [name, value] = text.split('=');
    Attribute attribute = parseOption(value.trim(), b);
    if (name.trim().empty() || !attribute)
      return llvm::createStringError(
          "--option: expected NAME=FUNCTION, NAME=NUMBER or NAME, such as "
          "f=relu, found '" +
          text + "'");
    if (list.set(name.trim(), attribute))
      return llvm::createStringError("--option: '" + name.trim() +
                                     "' is given twice");
  }
  if (!list.empty())
    options = list.getDictionary(cell.getContext());
  return llvm::Error::success();
}

std::optional<SizedCell> SizedCell::load(const CellOptions &options,
                                         MLIRContext &context) {
  CellOp cell;
  OwningOpRef<ModuleOp> module = loadCells(options, context, cell);
  if (!module)
    return std::nullopt;
  SizedCell sized(std::move(module), cell);
  llvm::Error error = sized.setSizes(options.sizes);
  if (!error)
    error = sized.setOptions(options.options);
  if (error) {
    (void)emitFailure(context, std::move(error));
    return std::nullopt;
  }
  return sized;
}

CellWeights SizedCell::makeWeights(uint64_t seed) {
  std::mt19937_64 random(seed);
  // The library's distributions differ between machines.
  auto draw = [&](double low, double high) {
    return float(low + (high - low) * (double(random() >> 11) * 0x1p-53));
  };
  CellWeights weights;
  unsigned first = cell.getNumInputs() + cell.getNumStates();
  unsigned count = cell.getNumWeights() - cell.getNumOptional();
  for (unsigned i = 0; i != count; ++i) {
    const auto &shape = shapes[first + i];
    int64_t elements = 1;
    for (int64_t size : shape)
      elements *= size;
    // Of a matrix the variance is one by the number of columns; of a square
    // one, which may be all that a state is multiplied by, a quarter of it.
    double most = shape.size() < 2
                      ? 0.25
                      : std::sqrt(3.0 * double(shape[0]) / double(elements));
    if (shape.size() == 2 && shape[0] == shape[1])
      most /= 2;
    double low = -most, high = most;
    if (std::optional<ArrayAttr> ranges = cell.getWeightRanges())
      if (auto range = dyn_cast<ArrayAttr>((*ranges)[i])) {
        low = cast<FloatAttr>(range[0]).getValueAsDouble();
        high = cast<FloatAttr>(range[1]).getValueAsDouble();
      }
    NpyArray &array = weights[cell.getArgumentName(first + i)];
    array.shape.assign(shape.begin(), shape.end());
    array.data.resize(size_t(elements));
    for (float &value : array.data)
      value = draw(low, high);
  }
  return weights;
}

static Value makeConstant(ImplicitLocOpBuilder &b, StringRef name,
                          RankedTensorType type, ArrayRef<float> values) {
  // Small ones can be read.
  constexpr size_t most = 16;
  Attribute attribute;
  if (values.size() <= most)
    attribute = DenseElementsAttr::get(type, values);
  else
    attribute = DenseResourceElementsAttr::get(
        type, name, HeapAsmResourceBlob::allocateAndCopyInferAlign(values));
  return arith::ConstantOp::create(b, cast<TypedAttr>(attribute));
}

/// The weights as constants, in the order of the cell's; `without` gets the
/// names of those that are left out.
llvm::Expected<SmallVector<Value>>
SizedCell::makeConstants(ImplicitLocOpBuilder &b, CellWeights weights,
                         SmallVectorImpl<StringRef> &without) {
  unsigned first = cell.getNumInputs() + cell.getNumStates();
  unsigned numNeeded = cell.getNumWeights() - cell.getNumOptional();
  SmallVector<Value> constants;
  std::vector<std::string> missing, extra;
  for (unsigned i = 0; i != cell.getNumWeights(); ++i) {
    StringAttr name = b.getStringAttr(cell.getArgumentName(first + i));
    auto found = weights.find(name.str());
    if (found == weights.end()) {
      if (i < numNeeded)
        missing.push_back(name.str());
      else
        without.push_back(name);
      continue;
    }
    const NpyArray &array = found->second;
    ArrayRef<int64_t> expected = shapes[first + i];
    // A number may have come without its dimension.
    bool isNumber = array.shape.empty() && array.data.size() == 1 &&
                    llvm::all_of(expected, [](int64_t n) { return n == 1; });
    if (ArrayRef<int64_t>(array.shape) != expected && !isNumber)
      return llvm::createStringError(
          "weight '" + name.getValue() + "' of cell '" + getName(cell) +
          "' must have the shape " + formatShape(expected) + ", found " +
          formatShape(array.shape));
    if (!llvm::all_of(array.data, [](float x) { return std::isfinite(x); }))
      return llvm::createStringError("weight '" + name.getValue() +
                                     "' has a value that is not finite");
    constants.push_back(makeConstant(b, name, getType(first + i), array.data));
    weights.erase(found);
  }
  if (!missing.empty())
    return llvm::createStringError(
        "cell '" + getName(cell) +
        "' needs weights that are not there: " + listNames(missing));
  for (const auto &[name, array] : weights)
    extra.push_back(name);
  if (!extra.empty())
    return llvm::createStringError(
        "cell '" + getName(cell) +
        "' has no weights of these names: " + listNames(extra));
  return constants;
}

RankedTensorType SizedCell::getType(unsigned argument) {
  return RankedTensorType::get(shapes[argument],
                               Float32Type::get(cell.getContext()));
}

llvm::Expected<OwningOpRef<ModuleOp>>
SizedCell::makeNetwork(CellWeights weights) {
  Builder attributes(cell.getContext());
  StringAttr name = attributes.getStringAttr(getName(cell));
  ImplicitLocOpBuilder b(NameLoc::get(name, cell.getLoc()), cell.getContext());
  for (Type type : cell.getBody().getArgumentTypes())
    if (!cast<RankedTensorType>(type).getElementType().isF32())
      return llvm::createStringError(
          "--cell: inputs, states and weights must be of f32");
  if (cell.getNumOutputs() == 0)
    return llvm::createStringError("--cell: '" + name.getValue() +
                                   "' has no output");
  SymbolTable symbols(*module);
  if (cell.getSymName() == name.getValue() &&
      failed(symbols.rename(cell, name.str() + "_cell")))
    return llvm::make_error<DiagnosedError>();

  unsigned numInputs = cell.getNumInputs(), numStates = cell.getNumStates();
  SmallVector<Type> types;
  SmallVector<Attribute> names, resets, outputs;
  for (unsigned i = 0; i != numInputs + numStates; ++i) {
    types.push_back(getType(i));
    names.push_back(b.getStringAttr(cell.getArgumentName(i)));
    if (i >= numInputs)
      resets.push_back(b.getZeroAttr(types.back()));
  }
  for (unsigned i = 0; i != cell.getNumOutputs(); ++i)
    outputs.push_back(b.getStringAttr(
        cell.getNumOutputs() == 1 ? "y" : "y" + std::to_string(i + 1)));
  b.setInsertionPointToEnd(module->getBody());
  auto network = rnn::NetworkOp::create(
      b, name, b.getTypeArrayAttr(ArrayRef(types).take_front(numInputs)),
      b.getArrayAttr(ArrayRef(names).take_front(numInputs)),
      b.getTypeArrayAttr(ArrayRef(types).drop_front(numInputs)),
      b.getArrayAttr(ArrayRef(names).drop_front(numInputs)),
      b.getArrayAttr(resets), b.getTypeArrayAttr({}), b.getArrayAttr(outputs));
  Block &block = network.getBody().emplaceBlock();
  block.addArguments(types, SmallVector<Location>(types.size(), b.getLoc()));
  b.setInsertionPointToStart(&block);
  SmallVector<StringRef> without;
  auto constants = makeConstants(b, std::move(weights), without);
  if (!constants)
    return constants.takeError();
  auto toTypes = [](ArrayAttr list) {
    return llvm::to_vector(list.getAsValueRange<TypeAttr>());
  };
  auto apply = rnn::ApplyOp::create(
      b, toTypes(cell.getOutputTypes()), ArrayRef(types).drop_front(numInputs),
      cell.getSymName(), network.getInputArguments(),
      network.getStateArguments(), *constants, options,
      without.empty() ? ArrayAttr() : b.getStrArrayAttr(without));
  auto yield =
      rnn::YieldOp::create(b, apply.getOutputs(), apply.getNextStates());
  // Shapes of outputs follow from the body.
  if (failed(rnn::instantiateCells(*module)))
    return llvm::make_error<DiagnosedError>();
  network.setOutputTypesAttr(
      b.getTypeArrayAttr(SmallVector<Type>(yield.getOutputs().getTypes())));
  if (failed(verify(*module)))
    return llvm::make_error<DiagnosedError>();
  return std::move(module);
}

OwningOpRef<ModuleOp> se::makeCellNetwork(const CellOptions &options,
                                          MLIRContext &context) {
  auto fail = [&](llvm::Error error) {
    (void)emitFailure(context, std::move(error));
    return nullptr;
  };
  std::optional<SizedCell> cell = SizedCell::load(options, context);
  if (!cell)
    return nullptr;
  if (options.randomWeights.has_value() != options.weightsFile.empty())
    return fail(llvm::createStringError(
        "--cell: give either --random-weights=SEED or --weights=FILE.npz"));
  CellWeights weights;
  if (options.randomWeights) {
    weights = cell->makeWeights(*options.randomWeights);
  } else {
    auto arrays = readNpz(options.weightsFile);
    if (!arrays)
      return fail(arrays.takeError());
    for (NamedArray &array : *arrays)
      weights[array.name] = std::move(array.array);
  }
  auto network = cell->makeNetwork(std::move(weights));
  if (!network)
    return fail(network.takeError());
  return std::move(*network);
}

LogicalResult se::checkNotOnlyCells(ModuleOp module) {
  auto cells = module.getOps<CellOp>();
  if (cells.empty() || !module.getOps<rnn::NetworkOp>().empty())
    return success();
  return (*cells.begin())
      ->emitError(
          "there is a cell and no network: --cell=FILE makes one around it");
}

/// Adds words, and lines of at most 92 columns.
static void appendWrapped(std::string &text, StringRef head, StringRef rest) {
  constexpr size_t indent = 14, columns = 92;
  std::string line = head.str();
  SmallVector<StringRef> words;
  rest.split(words, ' ', -1, /*KeepEmpty=*/false);
  for (StringRef word : words) {
    if (line.size() + 1 + word.size() > columns) {
      text += line + "\n";
      line = std::string(indent - 1, ' ');
    }
    line += (" " + word).str();
  }
  text += line + "\n";
}

/// The first sentence of the comment that a file begins with, up to its colon.
static std::string getTitle(StringRef text) {
  std::string title;
  while (text.consume_front("// ")) {
    auto [line, rest] = text.split('\n');
    title += (title.empty() ? "" : " ") + line.str();
    text = rest;
  }
  return title;
}

std::string se::listCells() {
  MLIRContext context;
  DialectRegistry registry;
  registerDialects(registry);
  context.appendDialectRegistry(registry);
  std::string text;
  for (const rnn::LibraryCell &known : rnn::getLibraryCells()) {
    OwningOpRef<ModuleOp> module = rnn::parseLibraryCell(known, &context);
    auto cell =
        module->lookupSymbol<CellOp>((rnn::libraryPrefix + known.name).str());
    rnn::CellSizes sizes(cell);
    unsigned next = 0;
    auto list = [&](StringRef head, unsigned count) {
      std::string line;
      for (unsigned end = next + count; next != end; ++next) {
        // Not broken within a shape.
        std::string shape = sizes.format(next);
        line += (line.empty() ? "" : ", ") + cell.getArgumentName(next) + " " +
                shape;
        if (next + cell.getNumOptional() >= cell.getBody().getNumArguments())
          line += " optional";
      }
      if (count)
        appendWrapped(text, head, line);
    };
    text += (text.empty() ? "" : "\n") + known.name.str() + "\n";
    appendWrapped(text, "    what     ", getTitle(known.text));
    appendWrapped(text, "    sizes    ", llvm::join(sizes.getNames(), ", "));
    list("    inputs   ", cell.getNumInputs());
    list("    states   ", cell.getNumStates());
    list("    weights  ", cell.getNumWeights());
  }
  return text;
}
