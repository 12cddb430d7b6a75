// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StageLoops.cpp - What the elements of a loop read of constants
//--------===//

#include "StageLoops.h"

#include "Positions.h"
#include "Strips.h"

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/RNN/Constants.h"
#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

Type RowBlock::getSumType() const {
  return sum.isF16() ? VectorType::get({2}, sum) : sum;
}

int64_t RowBlock::find(plan::DotOp dot) const {
  for (auto [k, sum] : llvm::enumerate(sums))
    if (sum == dot)
      return int64_t(k);
  return -1;
}

Type Field::getElementType() const {
  return getElementTypeOrSelf(constant.getType());
}

int64_t Panel::getSums() const {
  int64_t sums = 0;
  for (const RowBlock &block : blocks)
    sums += int64_t(block.sums.size());
  return sums;
}

void Panel::layOut(int64_t newRegisterTile, int64_t newPieces,
                   bool newKeepsSums) {
  registerTile = newRegisterTile;
  pieces = newPieces;
  keepsSums = newKeepsSums;
  int64_t longest = 1;
  for (const RowBlock &block : blocks)
    longest = std::max(longest, block.getRowWords());
  // A K block of its own costs more than a short row gains.
  auto isShort = [&](const RowBlock &block) {
    return 4 * block.getRowWords() <= longest;
  };
  sections.assign(1, Section());
  for (auto [k, block] : llvm::enumerate(blocks)) {
    const Section &before = sections.back();
    if (keepsSums && !isShort(block) &&
        !llvm::all_of(getBlocks(before), isShort))
      sections.push_back({before.end, before.end});
    sections.back().end = unsigned(k) + 1;
  }
  kBlocks = 0;
  mostBytes = 0;
  for (auto [number, section] : llvm::enumerate(sections)) {
    auto inSection = MutableArrayRef(blocks).slice(section.begin,
                                                   section.end - section.begin);
    section.first = kBlocks;
    section.kBlocks = inSection.empty() ? 1 : pieces;
    // Loops over an even number of words of floats are faster.
    auto getShare = [&](const RowBlock &block, int64_t kBlocks) {
      int64_t words = llvm::divideCeil(block.getRowWords(), kBlocks);
      bool isRounded = keepsSums && isa<FloatType>(block.element) && words > 1;
      return isRounded ? int64_t(llvm::alignTo(words, 2)) : words;
    };
    if (keepsSums && !inSection.empty()) {
      const RowBlock &block = *llvm::max_element(
          inSection, [](const RowBlock &a, const RowBlock &b) {
            return a.getRowWords() < b.getRowWords();
          });
      int64_t words = block.getRowWords(),
              most = llvm::divideCeil(longest, pieces);
      section.kBlocks = llvm::divideCeil(
          words, getShare(block, llvm::divideCeil(words, most)));
    }
    kBlocks += section.kBlocks;
    for (RowBlock &block : inSection) {
      block.section = unsigned(number);
      block.kBlocks = section.kBlocks;
      block.words = getShare(block, block.kBlocks);
      block.offset = section.bytes;
      block.lastOffset = section.lastBytes;
      int64_t wordBytes = 4 * int64_t(block.sums.size()) * registerTile;
      section.bytes += wordBytes * block.words;
      section.lastBytes += wordBytes * block.getLastWords(keepsSums);
    }
    mostBytes = std::max(mostBytes, section.bytes + 4);
  }
  // Fields of whole words first, so that all are aligned.
  llvm::stable_sort(fields, [](const Field &a, const Field &b) {
    return a.getWidth() > b.getWidth();
  });
  int64_t end = sections.back().lastBytes;
  for (Field &field : fields) {
    // Pairs of halves are loaded as words.
    field.offset = registerTile > 1 ? llvm::alignTo(end, 4) : end;
    field.stride = field.getWidth() * registerTile;
    if (registerTile > 1)
      field.stride = llvm::alignTo(field.stride, 4);
    end = field.offset + field.stride * vectors;
  }
  // The kernel reads a word more than the last block has.
  if (!blocks.empty() && fields.empty())
    end += 4;
  bytes = llvm::alignTo(end, 4);
  mostBytes = kBlocks == 1 ? bytes : std::max(mostBytes, bytes);
}

int64_t Panel::getBytes(int64_t kBlock) const {
  const Section &section = getSection(kBlock);
  if (kBlock + 1 == kBlocks)
    return bytes;
  bool isLast = kBlock + 1 == section.first + section.kBlocks;
  return (isLast ? section.lastBytes : section.bytes) + 4;
}

int64_t RowBlock::getLastWords(bool isExact) const {
  if (!isExact)
    return words;
  return std::max<int64_t>(getRowWords() - (kBlocks - 1) * words, 0);
}

bool Panel::isEven(const Section &section) const {
  return llvm::all_of(getBlocks(section), [](const RowBlock &block) {
    return block.columns == block.words * block.getLanes() * block.kBlocks;
  });
}

const Section &Panel::getSection(int64_t kBlock) const {
  return *llvm::find_if(sections, [&](const Section &section) {
    return kBlock < section.first + section.kBlocks;
  });
}

const Field *Panel::find(Value constant, AffineExpr position) const {
  for (const Field &field : fields)
    if (field.constant == constant && field.position == position)
      return &field;
  return nullptr;
}

int64_t StageLoop::getBytes(int64_t tile) const {
  int64_t first = tile / panel.kBlocks * tileSize;
  return std::min(tileSize, getRegisterTiles() - first) *
         panel.getBytes(tile % panel.kBlocks);
}

Cost StageLoop::getSumCost() const {
  Cost cost = registerTileCost;
  for (const RowBlock &block : panel.blocks) {
    int64_t rows = int64_t(block.sums.size()) * panel.registerTile;
    // Sums that stay in registers are those of an even number of words.
    bool sharesFpu = isa<FloatType>(block.element) &&
                     !(panel.keepsSums && block.kBlocks > 1) &&
                     cluster::DotOp::getWordsPerTurn(
                         block.element, block.columns / block.getLanes()) == 1;
    cost += getDotCost(rows, block.columns, block.element, sharesFpu);
  }
  return cost;
}

Cost StageLoop::getCost() const {
  Cost cost = getSumCost();
  cost += getEpilogue();
  return double(panel.vectors) * cost;
}

Cost StageLoop::getEpilogue() const {
  if (isInStrips) {
    int64_t copies = panel.registerTile / (inPairs ? 2 : 1);
    Cost cost = stripCost, element = inPairs ? pair : single;
    double bytes = cost.bytes + stripTurnCost.bytes +
                   double(unroll + copies % unroll) * element.bytes;
    // Elements of a turn do not wait for each other's arithmetic.
    element.cycles -= overlapCycles * element.fpu * (1 - 1.0 / double(unroll));
    cost += double(copies) * element;
    cost += double(getTurns()) * stripTurnCost;
    cost.bytes = bytes;
    return cost;
  }
  int64_t pairs = inPairs ? panel.registerTile / 2 : 0;
  int64_t singles = panel.registerTile - 2 * pairs;
  Cost cost = double(singles) * single;
  cost += double(pairs) * pair;
  if (rows % panel.registerTile == 0)
    return cost;
  // Where an element of a pair does not exist, the other is computed alone.
  cost += double(pairs + singles) * existsCost;
  cost.bytes += double(pairs) * single.bytes;
  return cost;
}

double StageLoop::getCodeBytes() const {
  return getSumCost().bytes + getEpilogue().bytes + loopBytes +
         earlyBytes * double(isSplit ? early.size() : 0);
}

StageLoop::FirstFetch StageLoop::getFirstFetch() const {
  double sums = getSumCost().bytes, all = getCodeBytes();
  double perByte = fetchCycles + coldShare * coldFetchCycles;
  // Each section has a step of its own, and one for a last K block that is
  // shorter.
  double steps = 0;
  if (panel.kBlocks > 1) {
    steps = -1;
    for (const Section &section : panel.sections)
      steps += section.kBlocks == 1 || panel.isEven(section) ? 1 : 2;
  }
  return {perByte * (sums + steps * stepBytes), perByte * (all - sums)};
}

double StageLoop::getFetchCycles(unsigned cores) const {
  double all = getCodeBytes(), sums = getSumCost().bytes;
  double passes =
      double(panel.vectors * llvm::divideCeil(getRegisterTiles(), cores));
  auto again = [&](double bytes) {
    return againShare * fetchCycles * bytes *
           getMissShare(bytes / double(cacheBytes));
  };
  double turn = isSplit ? again(sums) + again(all - sums) : again(all);
  FirstFetch first = getFirstFetch();
  // Parts but the last one end with the sums.
  return first.sums + first.rest + turn * (passes - 1) +
         again(sums) * passes * double(panel.kBlocks - 1);
}

double StageLoops::getCodeBytes(int64_t l1Bytes, double otherBytes) const {
  double bytes = otherBytes;
  int64_t streamed = 0;
  for (const StageLoop &loop : loops) {
    bytes += loop.getCodeBytes();
    if (loop.isStreamed())
      streamed += loop.getRegisterTiles() * loop.panel.bytes;
  }
  if (streamed > l1Bytes)
    bytes += stepBytes * double(llvm::count_if(loops, [](const auto &loop) {
               return loop.isStreamed();
             }));
  return bytes;
}

void StageLoops::setColdFetchCycles(double cycles) {
  machine.coldFetchCycles = cycles;
  for (StageLoop &loop : loops)
    loop.coldFetchCycles = cycles;
}

double StageLoops::shareCache(int64_t l1Bytes, double otherBytes) {
  double share = getMissShare(getCodeBytes(l1Bytes, otherBytes) /
                              double(machine.clusterCacheBytes));
  for (StageLoop &loop : loops)
    loop.coldShare = share;
  return share;
}

/// Whether two expressions are the same for all elements of a stage.
static bool isSame(AffineExpr a, AffineExpr b, int64_t elements) {
  for (int64_t i = 0; a != b && i != elements; ++i)
    if (evaluatePosition(a, {i}) != evaluatePosition(b, {i}))
      return false;
  return true;
}

/// The sums of a stage, those of one vector side by side.
static SmallVector<RowBlock> makeBlocks(plan::StageOp stage) {
  SmallVector<RowBlock> blocks;
  for (auto dot : stage.getBody().getOps<plan::DotOp>()) {
    Value vector = dot.getVector();
    AffineExpr from = getStart(dot);
    Type element = getElementTypeOrSelf(dot.getMatrix().getType());
    Type sum = dot.getType();
    int64_t columns = shapeOf(dot.getMatrix())[1];
    RowBlock *block = llvm::find_if(blocks, [&](const RowBlock &block) {
      return block.vector == vector && block.columns == columns &&
             block.element == element && block.sum == sum &&
             block.sums.size() < cluster::DotOp::maxSums &&
             isSame(block.from, from, int64_t(stage.getElements()));
    });
    if (block == blocks.end()) {
      blocks.emplace_back();
      block = &blocks.back();
      block->vector = vector;
      block->from = from;
      block->columns = columns;
      block->element = element;
      block->sum = sum;
    }
    block->sums.push_back(dot);
  }
  // From now on by the number of the vector.
  if (auto batch = stage.getBatch())
    for (RowBlock &block : blocks)
      block.from = getStartOfVector(block.sums.front(), *batch);
  return blocks;
}

namespace {
/// A read of a constant, so many times for an element: in a sum, at another
/// position each time, or of a table, of which is not known what is read.
struct ConstantRead {
  Value constant;
  AffineExpr position;
  int64_t times = 1;
  bool isTable = false;
  bool isInSum = false;
};
} // namespace

static SmallVector<ConstantRead> findConstantReads(plan::StageOp stage) {
  SmallVector<ConstantRead> reads;
  AffineExpr start = getAffineConstantExpr(0, stage.getContext());
  stage.getBody().walk([&](Operation *op) {
    if (auto interpolate = dyn_cast<rnn::InterpolateOp>(op))
      // A slope and an offset.
      reads.push_back({interpolate.getTable(), start, 2, /*isTable=*/true});
    auto read = dyn_cast<plan::ReadOp>(op);
    if (!read || !read.getTensor().getDefiningOp<arith::ConstantOp>())
      return;
    int64_t times = 1;
    auto loop = dyn_cast<scf::ForOp>(read->getParentOp());
    if (loop)
      times = loop.getStaticTripCount()->getSExtValue();
    reads.push_back({read.getTensor(), getPosition(read), times,
                     /*isTable=*/false, /*isInSum=*/bool(loop)});
  });
  return reads;
}

StageLoop &StageLoops::addLoop(int64_t rows, ArrayRef<RowBlock> blocks) {
  StageLoop &loop = loops.emplace_back();
  loop.cacheBytes = machine.coreCacheBytes;
  loop.coldFetchCycles = machine.coldFetchCycles;
  loop.rows = rows;
  loop.panel.blocks.assign(blocks.begin(), blocks.end());
  return loop;
}

StageLoop &StageLoops::addStage(plan::StageOp stage) {
  StageLoop &loop = addLoop(stage.getRows(), makeBlocks(stage));
  loop.stage = stage;
  loop.inPairs = stage.getPairs();
  loop.isInStrips = stage.getStrips().has_value();
  loop.element = getAffineDimExpr(0, stage.getContext());
  if (auto batch = stage.getBatch())
    loop.element = batch->getElement().getResult(0);
  loop.panel.vectors = stage.getVectors();
  auto elements = int64_t(stage.getElements());
  SmallVector<ConstantRead> reads = findConstantReads(stage);
  llvm::DenseMap<Value, int64_t> used;
  for (const ConstantRead &read : reads)
    used[read.constant] += read.times * elements;
  for (const ConstantRead &read : reads) {
    int64_t size = elementsOf(read.constant);
    // Also of a sum of one element, which is a loop all the same.
    if (read.isTable || used.lookup(read.constant) > size || read.isInSum) {
      SharedConstant &entry = shared[read.constant];
      entry.constant = read.constant;
      entry.isTable |= read.isTable;
      entry.reads += read.times * elements;
      entry.bytes = size *
                    getElementTypeOrSelf(read.constant.getType())
                        .getIntOrFloatBitWidth() /
                    8;
    } else if (!loop.panel.find(read.constant, read.position)) {
      loop.panel.fields.push_back({read.constant, read.position});
    }
  }
  return loop;
}

/// The longest turn that a core's cache of instructions holds.
void StageLoops::chooseUnroll(StageLoop &loop) {
  loop.panel.layOut(int64_t(*loop.stage.getStrips()));
  loop.unroll = 1;
  // Sums alone are unrolled like others (se-unroll-reductions).
  if (loop.stage.getNumElementResults() == 0)
    return;
  // Each element needs registers for what it loads until it is stored.
  int64_t values = loop.stage.getNumElementResults();
  StripInvariants invariants(loop.stage, loop.panel.registerTile);
  loop.stage.getBody().walk([&](plan::ReadOp read) {
    values += !invariants.contains(read.getElement());
  });
  const int64_t longest = std::clamp<int64_t>(24 / values, 1, 8);
  double best = 0;
  int64_t chosen = 1;
  for (loop.unroll = 1; loop.unroll <= longest && loop.getTurns() > 0;
       loop.unroll *= 2) {
    Cost cost = loop.getEpilogue();
    double cycles = getCycles(cost, machine.cores, machine);
    if (loop.unroll > 1 &&
        (cost.bytes > 0.8 * double(machine.coreCacheBytes) || cycles >= best))
      break;
    best = cycles;
    chosen = loop.unroll;
  }
  loop.unroll = chosen;
}

void StageLoops::chooseRegisterTile(StageLoop &loop, int64_t most) {
  unsigned cores = machine.cores;
  Panel &panel = loop.panel;
  if (loop.isInStrips)
    return chooseUnroll(loop);
  // Registers: the sums of all blocks, and what one inner loop needs besides.
  constexpr int64_t maxRows = 16, maxSums = 20;
  // Code of all elements: instruction caches are small.
  const double maxEpilogue = 2.5 * double(machine.coreCacheBytes);
  int64_t perBlock = 1;
  for (const RowBlock &block : panel.blocks)
    perBlock = std::max(perBlock, int64_t(block.sums.size()));
  int64_t sums = std::max<int64_t>(panel.getSums(), 1);
  int64_t last = std::min({maxRows / perBlock, maxSums / sums, most,
                           int64_t(llvm::divideCeil(loop.rows, cores))});
  // Short code is laid out for a few elements, if all cores have many.
  const double maxShort = double(machine.coreCacheBytes) / 2;
  constexpr int64_t many = 8;
  if (panel.blocks.empty())
    last = std::min<int64_t>(most, 4);
  double best = 0;
  int64_t chosen = 0;
  int64_t least = loop.inPairs ? 2 : 1;
  for (int64_t registerTile = 1; registerTile <= std::max<int64_t>(last, 1);
       ++registerTile) {
    // The elements' code is laid out one after the other.
    panel.layOut(registerTile);
    double length = loop.getEpilogue().bytes;
    if (registerTile > least && length > maxEpilogue)
      break;
    if (registerTile > least && panel.blocks.empty() &&
        (length > maxShort || loop.rows % (registerTile * cores) ||
         loop.rows < many * cores))
      continue;
    double cycles =
        getCycles(loop.getCost(), cores, machine) *
            double(llvm::divideCeil(loop.getRegisterTiles(), cores)) +
        loop.getFetchCycles(cores);
    // Elements that do not exist cost code for those that do.
    if (loop.rows % registerTile || (loop.inPairs && registerTile % 2))
      cycles *= 1.02;
    if (!chosen || cycles < best) {
      best = cycles;
      chosen = registerTile;
    }
  }
  panel.layOut(chosen);
}

const StageLoop &StageLoops::getLoop(plan::StageOp stage) const {
  return *llvm::find_if(
      loops, [&](const StageLoop &loop) { return loop.stage == stage; });
}

bool StageLoops::hasBytes() const {
  return llvm::any_of(loops, [](const StageLoop &loop) {
    return llvm::any_of(loop.panel.blocks, [](const RowBlock &block) {
      return block.element.isInteger(8);
    });
  });
}

int64_t schedule::getPanelBytes(const StageLoop &loop) {
  Panel panel = loop.panel;
  panel.layOut(panel.registerTile);
  return panel.bytes;
}
