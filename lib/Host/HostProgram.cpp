// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- HostProgram.cpp - Runs a network on the host -----------------------===//

#include "se/Host/HostProgram.h"

#include "se/Dialect/Plan/Plan.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Host/HostRuntime.h"
#include "se/ISA/Emulation.h"
#include "se/Pipelines/Pipelines.h"

#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/Mangling.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/TargetSelect.h"

#include <cstring>

using namespace mlir;
using namespace se;

struct HostProgram::Engine {
  std::unique_ptr<llvm::TargetMachine> machine;
  std::unique_ptr<ExecutionEngine> jit;
  std::vector<uint8_t> memory; // of the state, with room to align
  void *state = nullptr;
  void (*reset)(void *) = nullptr;
  void (*step)(void *, const float *const *, float *const *) = nullptr;
};

HostProgram::HostProgram() : engine(std::make_unique<Engine>()) {}
HostProgram::~HostProgram() = default;

char DiagnosedError::ID;

/// Plans a legalized module, and schedules it if `to` says so, with as much L1
/// as it takes. First with as much as chips have, so that parameters flow
/// there, too. What a module says of a chip goes, since none was asked for
/// here.
static LogicalResult scheduleAnyway(ModuleOp module, Phase to,
                                    PipelineOptions options) {
  module->removeAttr(cluster::TargetAttr::attrName);
  for (auto network : module.getOps<rnn::NetworkOp>()) {
    network->removeAttr(plan::StreamAttr::attrName);
    network->removeAttr(plan::BufferAttr::attrName);
    for (auto stage : network.getBody().getOps<plan::StageOp>())
      stage.setSplit(false);
  }
  options.target.target = getHostTarget();
  options.target.l1Bytes = 60 * 1024;
  OwningOpRef<ModuleOp> copy(module.clone());
  {
    ScopedDiagnosticHandler quiet(module.getContext(),
                                  [](Diagnostic &) { return success(); });
    if (succeeded(lowerTo(*copy, to, options))) {
      module.getBodyRegion().takeBody(copy->getBodyRegion());
      module->setAttrs((*copy)->getAttrs());
      return success();
    }
  }
  options.target.l1Bytes.reset();
  return lowerTo(module, to, options);
}

LogicalResult HostProgram::lower(ModuleOp module, Phase to,
                                 PipelineOptions options, bool fitsTarget) {
  options.indexBits = 64;
  std::optional<Phase> phase = getPhase(module);
  if (!phase)
    return failure();
  bool isScheduled = fitsTarget || *phase >= Phase::Scheduled;
  if (!isScheduled &&
      failed(lowerTo(module, std::min(to, Phase::Legalized), options)))
    return failure();
  if (!isScheduled && to > Phase::Legalized &&
      failed(scheduleAnyway(module, std::min(to, Phase::Scheduled), options)))
    return failure();
  return lowerTo(module, to, options);
}

/// Values of networks, each of which may have a buffer, must fit a limit: a
/// small file can ask for any memory.
static LogicalResult checkSize(ModuleOp module) {
  constexpr int64_t maxBytes = int64_t(1) << 29;
  for (auto network : module.getOps<rnn::NetworkOp>()) {
    int64_t bytes = 0;
    auto add = [&](Value value) {
      if (auto type = dyn_cast<RankedTensorType>(value.getType());
          type && type.hasStaticShape())
        bytes += type.getNumElements() * sizeof(float);
    };
    llvm::for_each(network.getBody().getArguments(), add);
    for (Operation &op : network.getBody().front())
      if (!isa<arith::ConstantOp>(op))
        llvm::for_each(op.getResults(), add);
    if (bytes > maxBytes)
      return network.emitError("buffers of ")
             << (bytes >> 20) << " MB, more than the " << (maxBytes >> 20)
             << " MB of a network on the host";
  }
  return success();
}

llvm::Expected<std::unique_ptr<HostProgram>>
HostProgram::create(ModuleOp module, PipelineOptions options, bool fitsTarget) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  std::unique_ptr<HostProgram> program(new HostProgram);

  options.indexBits = 64;
  const bool isPlain = options.plain;
  // What the planner has made is proved where it becomes a program: of a
  // network of millions of elements that takes longer than to run it.
  std::optional<Phase> given = getPhase(module);
  if (!given)
    return llvm::make_error<DiagnosedError>();
  options.proof &= *given >= Phase::Planned;
  if (failed(verifyPhase(module, *given)) || failed(checkSize(module)))
    return llvm::make_error<DiagnosedError>();
  if (failed(lower(module, Phase::Selected, options, fitsTarget)))
    return llvm::make_error<DiagnosedError>();
  std::optional<ProgramInfo> info = getProgramInfo(module);
  if (!info || failed(lowerTo(module, Phase::LLVM, options)))
    return llvm::make_error<DiagnosedError>();
  program->info = *info;

  auto builder = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!builder)
    return builder.takeError();
  auto machine = builder->createTargetMachine();
  if (!machine)
    return machine.takeError();
  Engine &engine = *program->engine;
  engine.machine = std::move(*machine);

  // What is compiled plainly runs once, and takes longer to compile than that.
  unsigned level = isPlain ? 0 : 2;
  if (isPlain)
    builder->setCodeGenOptLevel(llvm::CodeGenOptLevel::None);
  auto optimize = makeOptimizingTransformer(level, 0, engine.machine.get());
  ExecutionEngineOptions engineOptions;
  engineOptions.transformer = optimize;
  engineOptions.enableObjectDump = false;
  engineOptions.enableGDBNotificationListener = false;
  engineOptions.enablePerfNotificationListener = false;
  auto targetMachine = builder->createTargetMachine();
  if (!targetMachine)
    return targetMachine.takeError();
  auto jit =
      ExecutionEngine::create(module, engineOptions, std::move(*targetMachine));
  if (!jit)
    return jit.takeError();
  engine.jit = std::move(*jit);
  engine.jit->registerSymbols([](llvm::orc::MangleAndInterner intern) {
    llvm::orc::SymbolMap symbols;
    auto add = [&](StringRef name, auto *function) {
      symbols[intern(name)] = {llvm::orc::ExecutorAddr::fromPtr(function),
                               llvm::JITSymbolFlags::Exported};
    };
    add("se_kernel_run", &host::runKernel);
    add("se_kernel_check_state", &host::checkState);
    add("se_kernel_core_id", &host::getCoreId);
    add("se_kernel_barrier", &host::waitAtBarrier);
    for (StringRef name :
         {"se_kernel_dma_in", "se_kernel_dma_out", "se_kernel_external_start"})
      add(name, &host::startTransfer);
    add("se_kernel_dma_in_2d", &host::startTransferIn2D);
    add("se_kernel_dma_out_2d", &host::startTransferOut2D);
    for (StringRef name : {"se_kernel_dma_wait", "se_kernel_external_wait"})
      add(name, &host::waitForTransfer);
    for (const riscv::EmulatedFunction &function :
         riscv::getEmulatedFunctions())
      add(function.name, function.address);
    return symbols;
  });

  auto lookup = [&](StringRef suffix, auto &function) -> llvm::Error {
    auto address = engine.jit->lookup((info->name + suffix).str());
    if (!address)
      return address.takeError();
    function =
        reinterpret_cast<std::remove_reference_t<decltype(function)>>(*address);
    return llvm::Error::success();
  };
  void (*init)(void *) = nullptr;
  if (auto failure = lookup("_init", init))
    return failure;
  if (auto failure = lookup("_reset", engine.reset))
    return failure;
  if (auto failure = lookup("_step_ports", engine.step))
    return failure;

  constexpr size_t alignment = 64;
  engine.memory.resize(info->stateBytes + alignment);
  engine.state = reinterpret_cast<void *>(
      llvm::alignAddr(engine.memory.data(), llvm::Align(alignment)));
  init(engine.state);
  program->reset();
  return program;
}

void HostProgram::reset() { engine->reset(engine->state); }

void HostProgram::step(ArrayRef<const float *> inputs,
                       ArrayRef<float *> outputs) {
  assert(inputs.size() == info.inputs.size() &&
         outputs.size() == info.outputs.size());
  engine->step(engine->state, inputs.data(), outputs.data());
}

std::vector<float> HostProgram::readState(size_t index) const {
  const PortInfo &state = info.states[index];
  const char *bytes = static_cast<const char *>(engine->state) + state.offset;
  std::vector<float> values(state.elements);
  auto read = [&](auto element, auto convert) {
    for (float &value : values) {
      std::memcpy(&element, bytes, sizeof(element));
      bytes += sizeof(element);
      value = convert(element);
    }
  };
  auto isKnown = [&](StringRef name) { return state.element == name; };
  if (isKnown("f32"))
    read(0.0f, [](float element) { return element; });
  else if (isKnown("f16"))
    read(uint16_t(0), [](uint16_t element) {
      return llvm::APFloat(llvm::APFloat::IEEEhalf(), llvm::APInt(16, element))
          .convertToFloat();
    });
  else if (isKnown("i16"))
    read(int16_t(0), [](int16_t element) { return float(element); });
  else
    read(int8_t(0), [](int8_t element) { return float(element); });
  return values;
}
