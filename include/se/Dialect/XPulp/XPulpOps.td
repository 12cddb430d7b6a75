// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- XPulpOps.td - Instructions as operations --------------*- tablegen -*-===//

#ifndef SE_DIALECT_XPULP_XPULPOPS_TD
#define SE_DIALECT_XPULP_XPULPOPS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def XPulp_Dialect : Dialect {
  let name = "xpulp";
  let cppNamespace = "::se::xpulp";
  let summary = "The instructions of the cores that LLVM does not know";
  let description = [{
    One operation for each such row of the instruction table
    (`include/se/ISA`), generated from it, and `xpulp.loop`, a hardware
    loop.

    An operation is named after the mnemonic; loads and stores, whose mnemonic
    stands for several instructions, also after the form: `post` (the address is
    incremented by an immediate afterwards), `post_reg` (by a register) and `reg`
    (address plus register). Operands are, in this order, `rd` if the instruction
    also reads it (`accumulator`), `rs1`, `rs2`, `rs3` and the immediates; results
    `rd` and then the incremented address. Addresses and their increments are of
    type `index`, in bytes. The rounding mode is that of the control register.

    Operations on constant integers fold, with the code that the simulator
    executes.
  }];
  let hasOperationAttrVerify = 1;
  // Few operations have attributes, and there are many operations.
  let usePropertiesForAttributes = 0;
  let hasConstantMaterializer = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

//===----------------------------------------------------------------------===//
// Types: what a register of 32 bits holds
//===----------------------------------------------------------------------===//

class XPulp_VectorOf<int lanes, string element, string name>
    : Type<And<[CPred<"::se::xpulp::isPacked($_self)">,
                CPred<"::llvm::cast<::mlir::VectorType>($_self)"
                      ".getElementType().is" # element>]>,
           "vector<" # lanes # "x" # name # ">", "::mlir::VectorType">,
      BuildableType<"::mlir::VectorType::get(" # lanes # ", $_builder.get" #
                    !subst("(", "Type(", element) # ")">;
def XPulp_VectorI8 : XPulp_VectorOf<4, "Integer(8)", "i8">;
def XPulp_VectorI16 : XPulp_VectorOf<2, "Integer(16)", "i16">;
def XPulp_VectorF16 : XPulp_VectorOf<2, "F16()", "f16">;
def XPulp_BF16 : Type<CPred<"$_self.isBF16()">, "bfloat16 type">,
    BuildableType<"$_builder.getBF16Type()">;
def XPulp_VectorBF16 : XPulp_VectorOf<2, "BF16()", "bf16">;
def XPulp_Vector : AnyTypeOf<[XPulp_VectorI8, XPulp_VectorI16, XPulp_VectorF16,
    XPulp_VectorBF16], "a vector that fills a register">;
def XPulp_Half : AnyTypeOf<[I32, F16, XPulp_BF16], "i32, f16 or bf16">;
def XPulp_Word : AnyTypeOf<[I32, F32, XPulp_Vector],
    "i32, f32 or a vector that fills a register">;
def XPulp_Register : AnyTypeOf<[XPulp_Word, F16, XPulp_BF16, Index],
    "what a register holds">;

class XPulp_Immediate<int min, int max>
    : ConfinedAttr<I32Attr, [IntMinValue<min>, IntMaxValue<max>]>;

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

def XPulp_InstructionOpInterface : OpInterface<"InstructionOpInterface"> {
  let cppNamespace = "::se::xpulp";
  let description = "An operation that is one instruction.";
  let methods = [
    InterfaceMethod<"The row of the instruction table.", "::se::riscv::Opcode",
                    "getOpcode">,
  ];
  let extraSharedClassDeclaration = [{
    const ::se::riscv::InstructionInfo &getInfo() {
      return ::se::riscv::getInfo($_op.getOpcode());
    }
  }];
}

class XPulp_Op<string mnemonic, list<Trait> traits = []>
    : Op<XPulp_Dialect, mnemonic, traits>;

/// `row` is the name in the instruction table.
class XPulp_InstructionOp<string mnemonic, string row, list<Trait> traits>
    : XPulp_Op<mnemonic, traits # [XPulp_InstructionOpInterface]> {
  // One builder: there are hundreds of operations, and few are built by name. The
  // type is that of the result; an incremented address is the second.
  let skipDefaultBuilders = 1;
  let builders = [
    OpBuilder<(ins "::mlir::Type":$type, "::mlir::ValueRange":$operands,
      CArg<"::llvm::ArrayRef<int32_t>", "{}">:$immediates), [{
      ::se::xpulp::buildInstruction($_builder, $_state, ::se::riscv::Opcode::}] #
        row # [{, type, operands, immediates);
    }]>,
  ];
  let extraClassDeclaration = [{
    ::se::riscv::Opcode getOpcode() { return ::se::riscv::Opcode::}] # row # [{; }
  }];
}
class XPulp_ComputeOp<string mnemonic, string row>
    : XPulp_InstructionOp<mnemonic, row, [Pure]>;
/// On integers only.
class XPulp_FoldableOp<string mnemonic, string row>
    : XPulp_ComputeOp<mnemonic, row> {
  let hasFolder = 1;
  let extraClassDefinition = [{
    ::mlir::OpFoldResult $cppClass::fold(FoldAdaptor adaptor) {
      return ::se::xpulp::foldInstruction(*this, adaptor.getOperands());
    }
  }];
}
class XPulp_LoadOp<string mnemonic, string row>
    : XPulp_InstructionOp<mnemonic, row, [MemoryEffects<[MemRead]>]>;
class XPulp_StoreOp<string mnemonic, string row>
    : XPulp_InstructionOp<mnemonic, row, [MemoryEffects<[MemWrite]>]>;

include "se/Dialect/XPulp/XPulpInstructions.td"

def XPulp_MoveOp : XPulp_Op<"move", [Pure, SameOperandsAndResultType,
    XPulp_InstructionOpInterface]> {
  let summary = "The same value in another register";
  let description = [{
    The only operation that is an instruction of the base set (`addi rd, rs1, 0`):
    what `xpulp-allocate-registers` puts where a value is needed in two registers.
    Elsewhere it is its operand.

    Example: `%copy = xpulp.move %sum : i32`.
  }];
  let arguments = (ins XPulp_Register:$value);
  let results = (outs XPulp_Register:$result);
  let assemblyFormat = "$value attr-dict `:` type($value)";
  let extraClassDeclaration = [{
    ::se::riscv::Opcode getOpcode() { return ::se::riscv::Opcode::ADDI; }
  }];
}

//===----------------------------------------------------------------------===//
// Hardware loops
//===----------------------------------------------------------------------===//

def XPulp_LoopOp : XPulp_Op<"loop", [SingleBlock, RecursiveMemoryEffects]> {
  let summary = "A hardware loop";
  let description = [{
    Executes its body `count` times; a count of 0 counts as 1, as in hardware, so
    whoever does not know better stands in front of it with a branch. The values
    that the body yields are the arguments of the next run, and in the end the
    results of the loop.

    A loop whose body consists of instructions of this dialect is one block of
    assembly: its values stay in registers, no instruction counts or branches. A
    loop with any other operation in it is an ordinary loop.

    * (loop-C1) the count is either an operand or a number from 1 to 4095.
    * (loop-C2) initial values, arguments of the body, yielded values and results
      are equally many and have the same types.
    * (loop-C3) no more than two loops are nested.

    With the attribute `registers`, the number of registers that the loop writes,
    it says where each value of its body lies: argument i in register i, the
    results of an instruction in those of its attribute `xpulp.registers`. Values
    from outside have registers of their own, which nothing writes; they have no
    numbers here. `xpulp-allocate-registers` chooses them; `se-lower-xpulp` prints
    what is written there.

    * (loop-C4) then the body consists of instructions, each of which has a number
      below `registers` for each result; there are as many registers as arguments
      or more, and at most 31.
    * (loop-C5) a result that overwrites an operand (an accumulator, an address
      that is incremented) lies in the operand's register, which belongs to the
      loop; two results of an instruction lie in two registers.
    * (loop-C6) a register holds a value until the last instruction that reads it.
    * (loop-C7) yielded value i lies in register i.

    Example:

    ```mlir
    %sum, %end = xpulp.loop 64 iter_args(%s = %zero, %p = %begin) -> (i32, index) {
      %x, %next = xpulp.p.lw.post %p, 4 : vector<4xi8>
      %t = xpulp.pv.sdotsp.b %s, %x, %x
      xpulp.yield %t, %next : i32, index
    }
    ```

    The same with registers:

    ```mlir
    %sum, %end = xpulp.loop 64 iter_args(%s = %zero, %p = %begin) -> (i32, index) {
      %x, %next = xpulp.p.lw.post %p, 4 {xpulp.registers = array<i32: 2, 1>} : vector<4xi8>
      %t = xpulp.pv.sdotsp.b %s, %x, %x {xpulp.registers = array<i32: 0>}
      xpulp.yield %t, %next : i32, index
    } {registers = 3 : i32}
    ```
  }];
  // The initial values and then the count, if it is no attribute.
  let arguments = (ins Variadic<XPulp_Register>:$arguments,
    OptionalAttr<I32Attr>:$constant_count, OptionalAttr<I32Attr>:$registers);
  let results = (outs Variadic<XPulp_Register>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let builders = [
    OpBuilder<(ins "::mlir::OpFoldResult":$count, "::mlir::ValueRange":$inits,
      CArg<"::llvm::function_ref<void(::mlir::OpBuilder &, ::mlir::Location, "
           "::mlir::ValueRange)>", "nullptr">:$body)>,
  ];
  let skipDefaultBuilders = 1;
  let extraClassDeclaration = [{
    /// The most that the attribute can say.
    static constexpr int64_t maxConstantCount = 4095;
    ::mlir::OperandRange getInits() {
      return getArguments().drop_back(getConstantCount() ? 0 : 1);
    }
    /// The count, or null if it is an attribute.
    ::mlir::Value getCount() {
      return getConstantCount() ? ::mlir::Value() : getArguments().back();
    }
    /// All that a machine has but x0.
    static constexpr int32_t maxRegisters = 31;
    /// Whether the set-up instruction of a loop with this many instructions in
    /// its body reads the count from a register.
    bool readsCount(unsigned numInstructions);
    /// The register of a value of the body of a loop with registers.
    static unsigned getRegister(::mlir::Value value);
    ::mlir::Block *getBlock() { return &getBody().front(); }
    ::mlir::OperandRange getYielded() {
      return getBlock()->getTerminator()->getOperands();
    }
  }];
}

def XPulp_YieldOp : XPulp_Op<"yield", [Terminator, Pure, HasParent<"LoopOp">]> {
  let summary = "The end of the body of a hardware loop";
  let description = [{
    Example: `xpulp.yield %sum, %next : i32, index`.
  }];
  let arguments = (ins Variadic<XPulp_Register>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

#endif // SE_DIALECT_XPULP_XPULPOPS_TD
