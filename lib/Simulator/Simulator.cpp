// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loading, running, and saying in one line what went wrong.

#include "se/Simulator/Simulator.h"
#include "Machine.h"
#include "MemoryMap.h"
#include "Profile.h"
#include "SourceMap.h"
#include "Symbols.h"
#include "Trace.h"
#include "se/ISA/Disassembler.h"
#include "se/ISA/Isa.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include <chrono>

using namespace llvm;
using namespace llvm::object;
using namespace se::sim;

StringRef se::sim::stringifyCycleCause(CycleCause cause) {
  static constexpr StringLiteral names[numCycleCauses] = {
      "issue",      "load_use",  "memory",        "branch",
      "mul_div",    "icache",    "bank_conflict", "fpu_busy",
      "fpu_divide", "dma_queue", "sleep",         "off"};
  return names[unsigned(cause)];
}

/// Of all memories of a target: each of them is there from the start.
static constexpr uint64_t maxMemoryBytes = uint64_t(512) << 20;

static Error makeError(const Twine &text) {
  return createStringError(inconvertibleErrorCode(), text);
}

static std::string hex(uint32_t value) {
  return formatv("{0:x8}", value).str();
}

Simulator::Simulator(std::unique_ptr<Machine> machine)
    : machine(std::move(machine)) {}
Simulator::~Simulator() = default;

Expected<std::unique_ptr<Simulator>>
Simulator::create(const target::TargetDescription &target,
                  SimulatorOptions options) {
  uint64_t bytes = 0;
  for (const target::Memory &memory : target.memories)
    bytes += memory.size;
  if (bytes > maxMemoryBytes)
    return makeError("target " + target.name + ": memories of " +
                     Twine(bytes >> 20) + " MB, at most " +
                     Twine(maxMemoryBytes >> 20) + " MB are simulated");
  for (const target::Memory &memory : target.memories) {
    if (!memory.isAddressable())
      continue;
    if (memory.end() > (uint64_t(1) << 32))
      return makeError("target " + target.name + ": memory " + memory.name +
                       " exceeds 32-bit addresses");
    if (StringRef what = getOverlapped(memory); !what.empty())
      return makeError("target " + target.name + ": memory " + memory.name +
                       " overlaps " + what);
  }
  return std::unique_ptr<Simulator>(
      new Simulator(std::make_unique<Machine>(target, std::move(options))));
}

Error Simulator::loadElf(MemoryBufferRef buffer) {
  std::string file = buffer.getBufferIdentifier().str();
  auto object = ObjectFile::createELFObjectFile(buffer);
  if (!object)
    return makeError(file + ": " + toString(object.takeError()));
  auto *elf = dyn_cast<ELF32LEObjectFile>(object->get());
  if (!elf || elf->getELFFile().getHeader().e_machine != ELF::EM_RISCV ||
      elf->getELFFile().getHeader().e_type != ELF::ET_EXEC)
    return makeError(file + ": not a 32-bit RISC-V executable");
  program = buffer;

  auto segments = elf->getELFFile().program_headers();
  if (!segments)
    return makeError(file + ": " + toString(segments.takeError()));
  uint64_t bytes = 0;
  for (const auto &segment : *segments) {
    if (segment.p_type != ELF::PT_LOAD || segment.p_memsz == 0)
      continue;
    uint8_t *target = machine->translate(segment.p_paddr, segment.p_memsz);
    if (!target)
      target =
          machine->getExternalDma().translate(segment.p_paddr, segment.p_memsz);
    auto content = elf->getELFFile().getSegmentContents(segment);
    if (!content)
      return makeError(file + ": " + toString(content.takeError()));
    if (!target)
      return makeError(file + ": segment at " + hex(segment.p_paddr) + " of " +
                       Twine(segment.p_memsz) +
                       " bytes lies outside of the target's memories");
    if (segment.p_filesz > segment.p_memsz)
      return makeError(file + ": segment at " + hex(segment.p_paddr) + " has " +
                       Twine(segment.p_filesz) + " bytes in the file, but " +
                       Twine(segment.p_memsz) + " in memory");
    // Thousands may be the same bytes.
    bytes += segment.p_memsz;
    if (bytes > maxMemoryBytes)
      return makeError(file + ": segments of more than " +
                       Twine(maxMemoryBytes >> 20) + " MB in all");
    copy(*content, target);
    // Zeros that are not in the file are the program's to write.
    if (!content->empty())
      machine->wroteMemory(segment.p_paddr, uint32_t(content->size()));
    std::fill(target + content->size(), target + segment.p_memsz, 0);
  }

  // Damaged symbols are no reason not to run.
  auto table = readSymbols(elf->getELFFile());
  if (!table) {
    consumeError(table.takeError());
    table = std::vector<ElfSymbol>();
  }
  for (const ElfSymbol &symbol : *table) {
    bool isCode = symbol.type == ELF::STT_FUNC ||
                  (symbol.type == ELF::STT_NOTYPE && !symbol.name.empty());
    // Mapping symbols ($x, $d) and local labels say nothing to a reader.
    if (isCode && !symbol.name.starts_with("$") &&
        !symbol.name.starts_with(".L"))
      symbols.push_back(
          {symbol.address, symbol.size, json::fixUTF8(symbol.name)});
  }
  stable_sort(symbols, [](const Symbol &a, const Symbol &b) {
    return a.address < b.address;
  });

  Core &controller = machine->getFabricController();
  controller.bootAddress = elf->getELFFile().getHeader().e_entry;
  machine->startCore(controller, 0);
  return Error::success();
}

const SourceMap &Simulator::getSources() {
  if (!sources)
    sources = std::make_unique<SourceMap>(program);
  return *sources;
}

/// The instruction that a core is at; empty if there is none.
static std::string disassembleNext(Machine &machine, const Core &core) {
  uint32_t pc = core.next ? core.pc() : core.bootAddress;
  const uint8_t *code = pc % 2 ? nullptr : machine.translate(pc, 2);
  if (!code)
    return "";
  uint32_t word = support::endian::read16le(code);
  if (getSize(word) == 4) {
    if (!machine.translate(pc, 4))
      return "";
    word = support::endian::read32le(code);
  }
  return decode(word) ? disassemble(word, pc) : "";
}

std::string Simulator::describe(uint32_t pc) {
  std::string result = hex(pc);
  auto after = upper_bound(symbols, pc, [](uint32_t address, const Symbol &s) {
    return address < s.address;
  });
  if (after == symbols.begin())
    return result;
  const Symbol &symbol = *std::prev(after);
  uint32_t offset = pc - symbol.address;
  // A sized symbol ends; one without size reaches to the next.
  if (symbol.size && offset >= symbol.size)
    return result;
  result += " (" + symbol.name + "+0x" + utohexstr(offset, true);
  std::string source = getSources().describe(pc);
  return result + (source.empty() ? "" : ", ") + source + ")";
}

static std::string nameOf(const Core &core) {
  return core.isFabricController ? "core fc" : "core " + utostr(core.index);
}

Expected<RunResult> Simulator::run(uint64_t maxCycles) {
  auto start = std::chrono::steady_clock::now();
  const SimulatorOptions &options = machine->getOptions();
  std::optional<Trace> trace;
  std::optional<Profile> profile;
  std::optional<CallTracker> calls;
  SmallVector<CallTracker::Listener *, 2> listeners;
  if (options.listener)
    listeners.push_back(&trace.emplace(*options.listener, getSources(),
                                       machine->getNumClusterCores()));
  else if (options.traceStream)
    listeners.push_back(&trace.emplace(*options.traceStream, options.trace,
                                       getSources(),
                                       machine->getNumClusterCores()));
  if (options.profile)
    listeners.push_back(
        &profile.emplace(getSources(), machine->getCores().size()));
  if (!listeners.empty())
    calls.emplace(symbols, getSources(), machine->getCores().size(),
                  std::move(listeners));
  machine->setObservers(
      {trace ? &*trace : nullptr, calls ? &*calls : nullptr, options.profile});
  Machine::Outcome outcome = machine->run(maxCycles);
  if (calls)
    calls->finish(machine->getCores(), machine->getTime());
  if (trace)
    trace->finish(machine->getCores(), machine->getTime());
  machine->setObservers({});
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  machine->flushOutput();

  auto pcOf = [&](const Core &core) {
    return "pc " + (core.next ? describe(core.pc()) : hex(core.bootAddress));
  };
  const Core &controller = machine->getFabricController();
  switch (outcome) {
  case Machine::Outcome::Trapped: {
    if (Checker *checker = machine->getChecker()) {
      auto describePc = [this](uint32_t pc) { return describe(pc); };
      if (std::string finding = checker->getFinding(describePc);
          !finding.empty())
        return makeError(finding);
    }
    const Core &core = *machine->getTrapped();
    // As the runtime's trap handler writes it, with the cause in words.
    std::string message = "trap: " + nameOf(core) + " cause " +
                          core.trap->cause + " " + pcOf(core) + " tval " +
                          hex(core.trap->value);
    if (std::string instruction = disassembleNext(*machine, core);
        !instruction.empty())
      message += ", " + instruction;
    return makeError(message);
  }
  case Machine::Outcome::EndlessWait:
    return makeError("endless wait: all cores sleep and no event is to come, " +
                     nameOf(controller) + " " + pcOf(controller));
  case Machine::Outcome::OutOfCycles:
    return makeError("no end after " + Twine(maxCycles) + " cycles, " +
                     nameOf(controller) + " " + pcOf(controller));
  case Machine::Outcome::Ended:
    break;
  }
  if (machine->isConsoleFull())
    return makeError("the program printed more than " +
                     Twine(options.maxConsoleBytes) +
                     " bytes (--max-file-bytes), " + nameOf(controller) + " " +
                     pcOf(controller));

  RunResult result;
  result.exitStatus = machine->getExitStatus();
  result.cycles = machine->getTime();
  result.hostSeconds = seconds.count();
  for (unsigned i = 0; i <= machine->getNumClusterCores(); ++i) {
    result.cores.push_back(machine->getStatistics(machine->getCore(i)));
    result.instructions += result.cores.back().instructions;
  }
  result.dma = machine->getDma().getStatistics();
  result.external = machine->getExternalDma().getStatistics();
  result.activity = machine->getFrameActivity();
  if (profile)
    result.stages = profile->getStages();
  return result;
}
