//===- LinkerScript.cpp - Linker script of a target -----------------------===//
//
// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "se/Target/LinkerScript.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace se::target;

/// What the runtime itself places in L1, rounded up.
static constexpr uint64_t runtimeL1Bytes = 64;

static uint64_t getCoreStacksSize(const TargetDescription &target,
                                  const LinkerScriptOptions &options) {
  bool controller = target.controllerCore && options.controllerStack;
  return uint64_t(options.coreStackSize) * (target.cores + controller);
}

uint64_t se::target::getAvailableL1(const TargetDescription &target,
                                    const LinkerScriptOptions &options) {
  uint64_t used =
      alignTo(getCoreStacksSize(target, options), 64) + runtimeL1Bytes;
  return target.getL1().size > used ? target.getL1().size - used : 0;
}

/// By what the code of a network relies on, beyond what the linker checks
/// anyway.
std::vector<std::string>
se::target::getScriptSymbols(const TargetDescription &target,
                             const LinkerScriptOptions &options) {
  std::string name = target.name;
  for (char &c : name)
    c = isAlnum(c) ? c : '_';
  return {formatv("__se_script_for_target_{0}_cores_{1}_controller_{2}_l1_{3}",
                  name, target.cores, unsigned(target.controllerCore),
                  target.getL1().size),
          formatv("__se_script_for_core_stack_{0}", options.coreStackSize)};
}

// @L1, @L2, @L3 and @NVM stand for names of memories. What goes to
// external memories comes before .weights, whose pattern would take it too.
//
// Code of the cluster cores comes first and together: they share an instruction
// cache of 4 KB.
static constexpr StringLiteral sections = R"(
ENTRY(_start)

SECTIONS {
  .text : ALIGN(256) {
    __se_text_start = .;
    KEEP(*(.text.se_vectors))
    *(.text.cluster .text.cluster.*)
    *(.text .text.*)
    __se_text_end = .;
  } > @L2
  .rodata : ALIGN(16) {
    *(.rodata .rodata.* .srodata .srodata.*)
  } > @L2
  .data : ALIGN(16) {
    *(.data .data.*)
    __global_pointer$ = . + 0x800;
    *(.sdata .sdata.*)
  } > @L2
  .weights.l3 : ALIGN(64) {
    *(.weights.l3 .weights.l3.*)
  } > @L3
  .weights.nvm : ALIGN(64) {
    *(.weights.nvm .weights.nvm.*)
  } > @NVM
  .weights : ALIGN(64) {
    __se_weights_start = .;
    *(.weights .weights.*)
    __se_weights_end = .;
  } > @L2
  .bss (NOLOAD) : ALIGN(16) {
    __se_bss_start = .;
    *(.sbss .sbss.* .bss .bss.* COMMON)
    . = ALIGN(16);
    __se_bss_end = .;
  } > @L2
  .fc_stack (NOLOAD) : ALIGN(16) {
    __se_fc_stack = .;
    . += __se_fc_stack_size;
    __se_fc_stack_end = .;
  } > @L2
  __se_l2_used_end = .;

  .core_stacks (NOLOAD) : ALIGN(64) {
    __se_core_stacks = .;
    . += __se_core_stack_size * __se_core_stack_count;
    __se_core_stacks_end = .;
  } > @L1
  .l1.text : ALIGN(16) {
    *(.l1.text .l1.text.*)
  } > @L1
  .l1.data : ALIGN(16) {
    *(.l1.data .l1.data.*)
  } > @L1
  .l1.noinit (NOLOAD) : ALIGN(16) {
    *(.l1.noinit .l1.noinit.*)
  } > @L1
  .l1 (NOLOAD) : ALIGN(16) {
    __se_l1_start = .;
    *(.l1)
    *(.l1.*)
    . = ALIGN(4);
    __se_l1_end = .;
  } > @L1

  /DISCARD/ : {
    *(.eh_frame .eh_frame_hdr .note .note.* .stack_sizes)
  }
}
)";

static std::string replace(StringRef text,
                           ArrayRef<std::pair<StringRef, StringRef>> words) {
  std::string result;
  while (!text.empty()) {
    auto [before, after] = text.split('@');
    result += before;
    for (auto [word, replacement] : words)
      if (after.consume_front(word)) {
        result += replacement;
        break;
      }
    text = after;
  }
  return result;
}

Expected<std::string>
se::target::makeLinkerScript(const TargetDescription &target,
                             const LinkerScriptOptions &options) {
  for (unsigned size : {options.coreStackSize, options.fcStackSize})
    if (!size || size % 16)
      return createStringError(
          formatv("the size of a stack must be a multiple of 16, not {0}", size)
              .str());
  uint64_t stacks = getCoreStacksSize(target, options);
  if (stacks >= target.getL1().size)
    return createStringError(
        formatv("stacks of {0} bytes for the cores of target {1} do not fit "
                "its L1 of {2} bytes",
                options.coreStackSize, target.name, target.getL1().size)
            .str());

  std::string script = "/* Target " + target.name + ", made by se-mlir. */\n";
  script += "MEMORY {\n";
  for (const Memory &memory : target.memories)
    script += formatv("  {0} : ORIGIN = {1:x}, LENGTH = {2:x}\n", memory.name,
                      memory.base, memory.size);
  script += "}\n\n";
  script += formatv("__se_core_count = {0};\n"
                    "__se_core_stack_size = {1};\n"
                    "__se_core_stack_count = {2};\n"
                    "__se_fc_stack_size = {3};\n",
                    stacks / options.coreStackSize, options.coreStackSize,
                    stacks / options.coreStackSize, options.fcStackSize);
  for (const std::string &symbol : getScriptSymbols(target, options))
    script += symbol + " = 1;\n";
  script += formatv("__se_l1_base = {0:x};\n"
                    "__se_l1_size = {1:x};\n",
                    target.getL1().base, target.getL1().size);
  // Where the driver of the transfer engine finds the external memories.
  auto baseOf = [](const Memory *memory) { return memory ? memory->base : 0; };
  const Memory *ram = target.getExternal(MemoryLevel::L3);
  script += formatv("__se_ext_ram = {0:x};\n"
                    "__se_ext_ram_size = {1:x};\n"
                    "__se_ext_nvm = {2:x};\n",
                    baseOf(ram), ram ? ram->size : 0,
                    baseOf(target.getExternal(MemoryLevel::NVM)));

  // A level that the target lacks: the section must be empty, so it does not
  // matter where it is.
  std::string checks;
  auto nameOf = [&](MemoryLevel level) -> StringRef {
    if (const Memory *memory = target.getMemory(level))
      return memory->name;
    StringRef name = stringifyMemoryLevel(level);
    checks += formatv("ASSERT(SIZEOF(.weights.{0}) == 0, \"target {1} has no "
                      "memory of level {0} for the section .weights.{0}\")\n",
                      name, target.name);
    return target.getL2().name;
  };
  script += replace(sections, {{"L1", target.getL1().name},
                               {"L2", target.getL2().name},
                               {"L3", nameOf(MemoryLevel::L3)},
                               {"NVM", nameOf(MemoryLevel::NVM)}});
  return script + checks;
}
