// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- VerifySchedule.cpp - A proof over the scheduled IR -----------------===//

#include "Code.h"
#include "Interpreter.h"
#include "Memory.h"
#include "Tokens.h"

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/Cluster/Uniform.h"
#include "se/Schedule/Passes.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace se::schedule {
#define GEN_PASS_DEF_VERIFYSCHEDULE
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule::proof;

/// Do all cores pass the same barriers and transfers, and carry the same?
static LogicalResult compareTraces(ArrayRef<Trace> traces,
                                   ArrayRef<int64_t> cores) {
  auto getNext = [](const Trace &trace, size_t &position) -> const Event * {
    while (position < trace.events.size()) {
      const Event &event = trace.events[position++];
      if (event.kind != Event::Read && event.kind != Event::Write)
        return &event;
    }
    return nullptr;
  };
  for (unsigned thread = 1; thread != traces.size(); ++thread) {
    const Trace &first = traces[0], &other = traces[thread];
    size_t positions[2] = {0, 0};
    while (true) {
      const Event *a = getNext(first, positions[0]);
      const Event *b = getNext(other, positions[1]);
      if (!a && !b)
        break;
      if (!a || !b || a->op != b->op || a->number != b->number)
        return (a ? a : b)->op->emitError("core ")
               << cores[a ? 0 : thread] << " comes here, but core "
               << cores[a ? thread : 0]
               << (a && b ? " to another barrier, transfer or wait"
                          : " to no barrier, transfer or wait any more");
    }
    for (auto [a, b] : llvm::zip_equal(first.starts, other.starts))
      if (!(a.from == b.from) || !(a.to == b.to))
        return a.op->emitError("cores ") << cores[0] << " and " << cores[thread]
                                         << " start different transfers";
    if (first.carried != other.carried)
      return traces[0].events.back().op->emitError("cores ")
             << cores[0] << " and " << cores[thread]
             << " carry different values";
  }
  return success();
}

namespace {
/// The proof for one program.
class Proof {
public:
  Proof(cluster::ProgramOp program, SymbolTable &symbols)
      : program(program), symbols(symbols) {}

  LogicalResult run();

private:
  LogicalResult compile();
  LogicalResult findCores();
  LogicalResult execute(const CompiledFunction &function, bool isAlone,
                        State &state, std::vector<Findings> &findings);
  LogicalResult checkSize();
  LogicalResult executeFrame(State &state, bool entersUniform);
  LogicalResult compareFindings(std::vector<Findings> &expected,
                                std::vector<Findings> &findings);
  void add(State state);

  cluster::ProgramOp program;
  SymbolTable &symbols;
  Buffers buffers;
  func::FuncOp kernelOp;
  CompiledFunction kernel, init, reset;
  std::vector<int64_t> cores; ///< the number of core `dma_core` included
  unsigned dmaThread = 0;
  std::optional<Memory> memory;
  std::vector<State> states;
  /// Of the first frame, without and with branches that depend on data.
  std::vector<Findings> expected[2];
  bool hasUniform = false, entersUniform = false;
};
} // namespace

/// The cores of the parallel regions, which must be those of the program.
LogicalResult Proof::findCores() {
  uint64_t count = program.getCores();
  std::optional<int64_t> dmaCore;
  for (StringRef name :
       {program.getKernel(), program.getInit(), program.getReset()}) {
    WalkResult result = symbols.lookup(name)->walk([&](cluster::ParallelOp op) {
      if (!dmaCore)
        dmaCore = op.getDmaCore();
      if (op.getCores() == count && op.getDmaCore() == uint64_t(*dmaCore))
        return WalkResult::advance();
      op.emitError("must have the program's cores and one dma_core");
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      return failure();
  }
  for (uint64_t core = 0; core != count; ++core)
    cores.push_back(core);
  dmaThread = std::min<int64_t>(dmaCore.value_or(0), count);
  if (dmaThread == count)
    cores.push_back(*dmaCore);
  return success();
}

LogicalResult Proof::compile() {
  auto addView = [&](Buffer buffer) {
    int64_t bytes = buffer.bytes;
    return buffers.getView({buffers.addBuffer(std::move(buffer)), 0, bytes});
  };
  SmallVector<unsigned> arguments = {addView(
      {"the state buffer", int64_t(program.getStateBytes()), Role::State})};
  auto addPorts = [&](ArrayAttr ports, Role role, StringRef what) {
    for (auto port : ports.getAsRange<cluster::PortAttr>())
      arguments.push_back(addView({(what + " '" + port.getName() + "'").str(),
                                   port.getNumElements() * 4, role}));
  };
  addPorts(program.getInputs(), Role::Input, "input");
  addPorts(program.getOutputs(), Role::Output, "output");
  std::map<std::string, unsigned> globals;
  for (auto [name, compiled] : {std::pair(program.getInit(), &init),
                                std::pair(program.getReset(), &reset),
                                std::pair(program.getKernel(), &kernel)}) {
    auto function = symbols.lookup<func::FuncOp>(name);
    if (!function || function.isExternal())
      return program.emitError("the function @") << name << " has no body";
    FailureOr<CompiledFunction> result =
        compileFunction(function, arguments, buffers, symbols, globals);
    if (failed(result))
      return failure();
    *compiled = std::move(*result);
  }
  kernelOp = symbols.lookup<func::FuncOp>(program.getKernel());
  return findCores();
}

LogicalResult Proof::execute(const CompiledFunction &function, bool isAlone,
                             State &state, std::vector<Findings> &findings) {
  std::vector<Trace> traces(cores.size());
  for (unsigned thread = 0; thread != cores.size(); ++thread) {
    Run run;
    run.core = cores[thread];
    run.isDmaCore = thread == dmaThread;
    run.isAlone = isAlone;
    run.isFirst = thread == 0;
    run.entersUniform = entersUniform;
    run.underWay = &state.underWay;
    run.carried = &state.carried;
    if (failed(interpret(function, buffers, run, traces[thread])))
      return failure();
  }
  if (failed(compareTraces(traces, cores)))
    return failure();
  return memory->run(state, traces, cores, findings);
}

/// In all frames, the same loads must find the same data.
LogicalResult Proof::compareFindings(std::vector<Findings> &expected,
                                     std::vector<Findings> &findings) {
  if (expected.empty()) {
    expected = std::move(findings);
    return success();
  }
  for (auto [thread, first, found] : llvm::enumerate(expected, findings))
    for (auto [a, b] : llvm::zip(first, found))
      if (a != b)
        return b.first->emitError("core ")
               << cores[thread]
               << " does not find the data here that it found in the first "
                  "frame";
  return success();
}

LogicalResult Proof::executeFrame(State &state, bool enters) {
  std::vector<Findings> findings;
  entersUniform = enters;
  memory->enterFrame(state);
  if (failed(execute(kernel, /*isAlone=*/false, state, findings)) ||
      failed(compareFindings(expected[enters], findings)))
    return failure();
  return memory->leaveFrame(state, kernelOp);
}

void Proof::add(State state) {
  if (!llvm::is_contained(states, state))
    states.push_back(std::move(state));
}

/// Of each byte is noted what it is, which takes several times its size.
LogicalResult Proof::checkSize() {
  constexpr int64_t maxBytes = int64_t(1) << 26;
  int64_t bytes = 0;
  for (unsigned i = 0; i != buffers.size(); ++i)
    if (const Buffer &buffer = buffers.getBuffer(i);
        buffer.role != Role::Constant)
      bytes += buffer.bytes;
  if (bytes <= maxBytes)
    return success();
  return kernelOp->emitError("buffers of ")
         << (bytes >> 20) << " MB, more than the " << (maxBytes >> 20)
         << " MB of a schedule that is proved";
}

/// Frames and resets may follow each other in any order: explores all states
/// that they lead to. What a frame does depends on the state only.
LogicalResult Proof::run() {
  if (failed(compile()) || failed(checkSize()))
    return failure();
  memory.emplace(buffers, dmaThread);
  kernelOp->walk(
      [&](scf::IfOp op) { hasUniform |= op->hasAttr(cluster::uniformName); });
  std::vector<Findings> findings;
  State start = memory->getInitialState();
  if (failed(execute(reset, /*isAlone=*/true, start, findings)) ||
      failed(execute(init, /*isAlone=*/true, start, findings)))
    return failure();
  add(std::move(start));
  constexpr unsigned maxStates = 1024;
  for (unsigned i = 0; i != states.size(); ++i) {
    if (i == maxStates)
      return program.emitError("the contents of the buffers do not repeat "
                               "within ")
             << maxStates << " frames";
    for (bool enters : {false, true}) {
      if (enters && !hasUniform)
        break;
      State afterFrame = states[i];
      if (failed(executeFrame(afterFrame, enters)))
        return failure();
      add(std::move(afterFrame));
    }
    State afterReset = states[i];
    if (failed(execute(reset, /*isAlone=*/true, afterReset, findings)))
      return failure();
    add(std::move(afterReset));
  }
  return success();
}

namespace {
struct VerifySchedulePass
    : schedule::impl::VerifyScheduleBase<VerifySchedulePass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    auto programs = module.getOps<cluster::ProgramOp>();
    if (programs.empty()) {
      module.emitError("expected a cluster.program");
      return signalPassFailure();
    }
    if (failed(verifyTokens(module)))
      return signalPassFailure();
    for (cluster::ProgramOp program : programs)
      if (failed(Proof(program, symbols).run()))
        return signalPassFailure();
  }
};
} // namespace
