// REQUIRES: clang
// RUN: rm -rf %t && mkdir %t && split-file %s %t
//
// The header is C and C++, for the device as for tools on the host; ports may
// have any name, and the struct has the size and offsets that the code expects.
// RUN: se-compile %t/odd.mlir -o %t/odd.o --emit=obj --precision=fp16
// RUN: FileCheck %s < %t/odd.h
// RUN: %clang --target=riscv32-unknown-elf -march=rv32imc -mabi=ilp32 -ffreestanding -nostdlibinc -std=c11 -Wall -Wextra -Wpedantic -Werror -c %t/use.c -o %t/use.o
// RUN: %clang -x c++ -std=c++17 -Wall -Wextra -Werror -fsyntax-only %t/use.c
// RUN: %clang -std=c99 -Wall -Wextra -Werror -fsyntax-only -DHOST %t/use.c

// CHECK: uint16_t h_0[3]; /* float16 */
// CHECK: void odd_step_ports(
// CHECK: static inline void odd_step(odd_state *state,
// CHECK-NEXT: const float a_b_0[4],
// CHECK-NEXT: const float state_[2],
// CHECK-NEXT: const float _3d[1],
// CHECK-NEXT: float a_b_0_[4],
// CHECK-NEXT: float out[3])
//
// Words of C and C++, macros of their headers, and what the header itself uses.
// RUN: se-compile %t/words.mlir -o %t/words.o --emit=obj
// RUN: FileCheck %s --check-prefix=WORDS < %t/words.h
// RUN: %clang --target=riscv32-unknown-elf -march=rv32imc -mabi=ilp32 -ffreestanding -nostdlibinc -std=c11 -Wall -Wextra -Wpedantic -Werror -c %t/words.c -o %t/words_use.o
// RUN: %clang -x c++ -std=c++20 -Wall -Wextra -Werror -fsyntax-only %t/words.c
// RUN: %clang -std=gnu99 -Wall -Wextra -Werror -fsyntax-only %t/words.c
// WORDS: uint8_t pad0_[
// WORDS: float pad0__[3];
// WORDS: float template_[3];
// WORDS: float uint8_t_[3];
// WORDS: float INT8_MAX_[3];
// WORDS: static inline void words_step(words_state *state,
// WORDS-NEXT: const float float_[1],
// WORDS-NEXT: const float class_[1],
// WORDS-NEXT: const float port_Bool[1],
// WORDS-NEXT: const float port__LINE__[1],
// WORDS-NEXT: const float NULL_[1],
// WORDS-NEXT: const float linux_[1],
// WORDS-NEXT: const float words_step_ports_[1],
// WORDS-NEXT: float float__[1],
// WORDS-NEXT: float and_[1])

//--- words.mlir
rnn.network @net
    inputs(%a = "float" : tensor<1xf32>, %b = "class" : tensor<1xf32>, %c = "_Bool" : tensor<1xf32>,
           %d = "__LINE__" : tensor<1xf32>, %e = "NULL" : tensor<1xf32>, %f = "linux" : tensor<1xf32>,
           %g = "words_step_ports" : tensor<1xf32>)
    states(%p = "first" : tensor<3xf32> reset dense<0.0> : tensor<3xf32>,
           %q = "pad0_" : tensor<3xf32> reset dense<0.0> : tensor<3xf32>,
           %r = "template" : tensor<3xf32> reset dense<0.0> : tensor<3xf32>,
           %s = "uint8_t" : tensor<3xf32> reset dense<0.0> : tensor<3xf32>,
           %t = "INT8_MAX" : tensor<3xf32> reset dense<0.0> : tensor<3xf32>)
    outputs("float" : tensor<1xf32>, "and" : tensor<1xf32>) {
  %0 = arith.addf %a, %b : tensor<1xf32>
  rnn.yield %0, %b : tensor<1xf32>, tensor<1xf32> next %p, %q, %r, %s, %t
      : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}
//--- words.c
#include <stddef.h>
#include <stdint.h>
#include "words.h"
void use(words_state *state, const float *a, float *b);
void use(words_state *state, const float *a, float *b) {
  state->template_[0] = state->uint8_t_[0] + state->INT8_MAX_[0];
  words_step(state, a, a, a, a, a, a, a, b, b);
}
//--- odd.mlir
rnn.network @odd
    inputs(%a = "a/b:0" : tensor<4xf32>, %s = "state" : tensor<2xf32>, %d = "3d" : tensor<1xf32>)
    states(%h = "h.0" : tensor<3xf32> reset dense<0.0> : tensor<3xf32>,
           %g = "h_0" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>)
    outputs("a/b:0" : tensor<4xf32>, "out" : tensor<3xf32>) {
  %0 = math.sqrt %a : tensor<4xf32>
  %1 = arith.negf %h : tensor<3xf32>
  %2 = arith.negf %g : tensor<5xf32>
  rnn.yield %0, %h : tensor<4xf32>, tensor<3xf32> next %1, %2 : tensor<3xf32>, tensor<5xf32>
}
//--- use.c
#include "odd.h"
#include "odd.h"
#ifdef __cplusplus
#define CHECK(x) static_assert(x, #x)
#else
#define CHECK(x) typedef char check[(x) ? 1 : -1]
#endif
/* Two states of 16-bit numbers at multiples of 16. */
CHECK(sizeof(odd_state) >= 16 + 10 && sizeof(odd_state) % 16 == 0 &&
      sizeof(((odd_state *)0)->h_0) == 6 && sizeof(((odd_state *)0)->h_0_) == 10);

void use(odd_state *state, const float *a, float *b);
void use(odd_state *state, const float *a, float *b) {
  odd_init(state);
  odd_step(state, a, a, a, b, b);
  odd_reset(state);
}
