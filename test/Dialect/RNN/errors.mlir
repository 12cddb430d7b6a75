// RUN: se-opt %s -split-input-file -verify-diagnostics
// RUN: %check_rules %s %se_source/include/se/Dialect/RNN/RNNOps.td
//
// One case or more for each numbered rule, named after it.

// network-C1: as many names as types (only the generic form can say this).
// expected-error @below {{network-C1: there must be one name for each input, output and state}}
"rnn.network"() ({
^bb0(%x: tensor<4xf32>):
  "rnn.yield"(%x) {operandSegmentSizes = array<i32: 1, 0>} : (tensor<4xf32>) -> ()
}) {sym_name = "network_C1", input_types = [tensor<4xf32>], input_names = [],
    state_types = [], state_names = [], reset_values = [],
    output_types = [tensor<4xf32>], output_names = ["y"]} : () -> ()

// -----

// expected-error @below {{network-C1: names must be unique and not empty, found ""}}
rnn.network @network_C1_empty inputs(%x = "" : tensor<4xf32>) {
  rnn.yield
}

// -----

// An input and a state.
// expected-error @below {{network-C1: names must be unique and not empty, found "x"}}
rnn.network @network_C1_input_state inputs(%x = "x" : tensor<4xf32>)
    states(%h = "x" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>) {
  rnn.yield next %h : tensor<4xf32>
}

// -----

// expected-error @below {{network-C1: names must be unique and not empty, found "y"}}
rnn.network @network_C1_outputs inputs(%x = "x" : tensor<4xf32>)
    outputs("y" : tensor<4xf32>, "y" : tensor<4xf32>) {
  rnn.yield %x, %x : tensor<4xf32>, tensor<4xf32>
}

// -----

// An input and an output may have one name.
rnn.network @network_C1_input_output inputs(%x = "x" : tensor<4xf32>)
    outputs("x" : tensor<4xf32>) {
  rnn.yield %x : tensor<4xf32>
}

// -----

// expected-error @below {{network-C2: the block's arguments must have the types 'tensor<4xf32>', 'tensor<3xf32>'}}
"rnn.network"() ({
^bb0(%h: tensor<3xf32>, %x: tensor<4xf32>):
  "rnn.yield"(%h) {operandSegmentSizes = array<i32: 0, 1>} : (tensor<3xf32>) -> ()
}) {sym_name = "network_C2", input_types = [tensor<4xf32>], input_names = ["x"],
    state_types = [tensor<3xf32>], state_names = ["h"],
    reset_values = [dense<0.0> : tensor<3xf32>],
    output_types = [], output_names = []} : () -> ()

// -----

// expected-error @below {{network-C3: there must be one reset value for each state}}
"rnn.network"() ({
^bb0(%h: tensor<3xf32>):
  "rnn.yield"(%h) {operandSegmentSizes = array<i32: 0, 1>} : (tensor<3xf32>) -> ()
}) {sym_name = "network_C3", input_types = [], input_names = [],
    state_types = [tensor<3xf32>], state_names = ["h"], reset_values = [],
    output_types = [], output_names = []} : () -> ()

// -----

// expected-error @below {{network-C3: a reset value must be an elements attribute of the state's type tensor<4xf32>}}
rnn.network @network_C3_shape
    states(%h = "h" : tensor<4xf32> reset dense<0.0> : tensor<3xf32>) {
  rnn.yield next %h : tensor<4xf32>
}

// -----

// expected-error @below {{network-C3: a reset value must be an elements attribute of the state's type tensor<4xf32>}}
rnn.network @network_C3_kind
    states(%h = "h" : tensor<4xf32> reset 0.0 : f32) {
  rnn.yield next %h : tensor<4xf32>
}

// -----

rnn.network @network_C4_outputs inputs(%x = "x" : tensor<4xf32>)
    outputs("y" : tensor<1x4xf32>) {
  // expected-error @below {{network-C4: outputs must have the types ('tensor<1x4xf32>')}}
  rnn.yield %x : tensor<4xf32>
}

// -----

rnn.network @network_C4_states inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<3xf32> reset dense<0.0> : tensor<3xf32>) {
  // expected-error @below {{network-C4: next states must have the types ('tensor<3xf32>')}}
  rnn.yield next %x : tensor<4xf32>
}

// -----

rnn.network @network_C4_missing inputs(%x = "x" : tensor<4xf32>)
    outputs("y" : tensor<4xf32>) {
  // expected-error @below {{network-C4: outputs must have the types ('tensor<4xf32>')}}
  rnn.yield
}

// -----

// expected-error @below {{network-C5: inputs and outputs must be statically shaped, not empty tensors of floats, found tensor<?xf32>}}
rnn.network @network_C5_dynamic inputs(%x = "x" : tensor<?xf32>) {
  rnn.yield
}

// -----

// expected-error @below {{network-C5: inputs and outputs must be statically shaped, not empty tensors of floats, found tensor<4xi32>}}
rnn.network @network_C5_integers inputs(%x = "x" : tensor<4xi32>) {
  rnn.yield
}

// -----

// expected-error @below {{network-C5: states must be statically shaped, not empty tensors of floats, i8 or i16, found tensor<0xf32>}}
rnn.network @network_C5_empty
    states(%x = "x" : tensor<0xf32> reset dense<0.0> : tensor<0xf32>) {
  rnn.yield next %x : tensor<0xf32>
}

// -----

// expected-error @below {{network-C5: inputs and outputs must be statically shaped, not empty tensors of floats, found tensor<4xi8>}}
rnn.network @network_C5_bytes inputs(%x = "x" : tensor<4xi8>) {
  rnn.yield
}

// -----

// expected-error @below {{network-C5: states must be statically shaped, not empty tensors of floats, i8 or i16, found tensor<4xi32>}}
rnn.network @network_C5_words
    states(%x = "x" : tensor<4xi32> reset dense<0> : tensor<4xi32>) {
  rnn.yield next %x : tensor<4xi32>
}

// -----

// expected-error @below {{network-C5: inputs and outputs must be statically shaped, not empty tensors of floats, found f32}}
rnn.network @network_C5_scalar inputs(%x = "x" : f32) {
  rnn.yield
}

// -----

// expected-error @below {{must end with rnn.yield}}
rnn.network @network_terminator inputs(%x = "x" : tensor<4xf32>) {
  llvm.unreachable
}

// -----

// expected-error @below {{cell-C1: the block's arguments must have the types 'tensor<4xf32>', 'tensor<3xf32>'}}
"rnn.cell"() ({
^bb0(%h: tensor<3xf32>, %x: tensor<4xf32>):
  "rnn.yield"(%h) {operandSegmentSizes = array<i32: 0, 1>} : (tensor<3xf32>) -> ()
}) {sym_name = "cell_C1", input_types = [tensor<4xf32>],
    state_types = [tensor<3xf32>], weight_types = [], output_types = []} : () -> ()

// -----

rnn.cell @cell_C2_outputs inputs(%x : tensor<4xf32>) outputs(tensor<3xf32>) {
  // expected-error @below {{cell-C2: outputs must have the types ('tensor<3xf32>')}}
  rnn.yield %x : tensor<4xf32>
}

// -----

rnn.cell @cell_C2_states inputs(%x : tensor<4xf32>) states(%h : tensor<3xf32>) {
  // expected-error @below {{cell-C2: next states must have the types ('tensor<3xf32>')}}
  rnn.yield next %x : tensor<4xf32>
}

// -----

// expected-error @below {{expects parent op to be one of 'rnn.network, rnn.cell'}}
rnn.yield

// -----

rnn.network @apply_C1 inputs(%x = "x" : tensor<4xf32>) {
  // expected-error @below {{apply-C1: 'missing' does not name an rnn.cell}}
  rnn.apply @missing(%x) states() weights() : (tensor<4xf32>), (), () -> (), ()
  rnn.yield
}

// -----

rnn.network @apply_C1_network inputs(%x = "x" : tensor<4xf32>) {
  // expected-error @below {{apply-C1: 'apply_C1_network' does not name an rnn.cell}}
  rnn.apply @apply_C1_network(%x) states() weights() : (tensor<4xf32>), (), () -> (), ()
  rnn.yield
}

// -----

rnn.cell @cell inputs(%x : tensor<4xf32>) states(%h : tensor<3xf32>) weights(%W : tensor<2xf32>)
    outputs(tensor<4xf32>) {
  rnn.yield %x : tensor<4xf32> next %h : tensor<3xf32>
}
rnn.network @apply_C2_inputs inputs(%x = "x" : tensor<4xf32>, %h = "h" : tensor<3xf32>, %W = "w" : tensor<2xf32>) {
  // expected-error @below {{apply-C2: inputs of 'cell' must have the types ('tensor<4xf32>')}}
  rnn.apply @cell(%h) states(%h) weights(%W) : (tensor<3xf32>), (tensor<3xf32>), (tensor<2xf32>) -> (tensor<4xf32>), (tensor<3xf32>)
  rnn.yield
}

// -----

rnn.cell @cell inputs(%x : tensor<4xf32>) states(%h : tensor<3xf32>) weights(%W : tensor<2xf32>)
    outputs(tensor<4xf32>) {
  rnn.yield %x : tensor<4xf32> next %h : tensor<3xf32>
}
rnn.network @apply_C2_states inputs(%x = "x" : tensor<4xf32>, %h = "h" : tensor<3xf32>, %W = "w" : tensor<2xf32>) {
  // expected-error @below {{apply-C2: states of 'cell' must have the types ('tensor<3xf32>')}}
  rnn.apply @cell(%x) states(%x) weights(%W) : (tensor<4xf32>), (tensor<4xf32>), (tensor<2xf32>) -> (tensor<4xf32>), (tensor<4xf32>)
  rnn.yield
}

// -----

rnn.cell @cell inputs(%x : tensor<4xf32>) states(%h : tensor<3xf32>) weights(%W : tensor<2xf32>)
    outputs(tensor<4xf32>) {
  rnn.yield %x : tensor<4xf32> next %h : tensor<3xf32>
}
rnn.network @apply_C2_weights inputs(%x = "x" : tensor<4xf32>, %h = "h" : tensor<3xf32>, %W = "w" : tensor<2xf32>) {
  // expected-error @below {{apply-C2: weights of 'cell' must have the types ('tensor<2xf32>')}}
  rnn.apply @cell(%x) states(%h) weights() : (tensor<4xf32>), (tensor<3xf32>), () -> (tensor<4xf32>), (tensor<3xf32>)
  rnn.yield
}

// -----

rnn.cell @cell inputs(%x : tensor<4xf32>) states(%h : tensor<3xf32>) outputs(tensor<4xf32>) {
  rnn.yield %x : tensor<4xf32> next %h : tensor<3xf32>
}
rnn.network @apply_C3_outputs inputs(%x = "x" : tensor<4xf32>, %h = "h" : tensor<3xf32>) {
  // expected-error @below {{apply-C3: outputs of 'cell' must have the types ('tensor<4xf32>')}}
  rnn.apply @cell(%x) states(%h) weights() : (tensor<4xf32>), (tensor<3xf32>), () -> (), (tensor<3xf32>)
  rnn.yield
}

// -----

rnn.cell @cell inputs(%x : tensor<4xf32>) states(%h : tensor<3xf32>) outputs(tensor<4xf32>) {
  rnn.yield %x : tensor<4xf32> next %h : tensor<3xf32>
}
rnn.network @apply_C3_states inputs(%x = "x" : tensor<4xf32>, %h = "h" : tensor<3xf32>) {
  // expected-error @below {{apply-C3: next states of 'cell' must have the types ('tensor<3xf32>')}}
  rnn.apply @cell(%x) states(%h) weights() : (tensor<4xf32>), (tensor<3xf32>), () -> (tensor<4xf32>), (tensor<4xf32>)
  rnn.yield
}

// -----

func.func @lstm_C1_c(%x: tensor<3xf32>, %h: tensor<5xf32>, %c: tensor<4xf32>, %W: tensor<20x3xf32>, %R: tensor<20x5xf32>) {
  // expected-error @below {{lstm-C1: 'c' must have the shape [5], found [4]}}
  rnn.lstm %x, %h, %c, %W, %R {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>]}
    : tensor<3xf32>, tensor<5xf32>, tensor<4xf32>, tensor<20x3xf32>, tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  return
}

// -----

func.func @lstm_C1_results(%x: tensor<3xf32>, %h: tensor<5xf32>, %W: tensor<20x3xf32>, %R: tensor<20x5xf32>) {
  // expected-error @below {{lstm-C1: the next 'h' must have the shape [5], found [3]}}
  rnn.lstm %x, %h, %h, %W, %R {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>]}
    : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>, tensor<20x5xf32> -> tensor<3xf32>, tensor<5xf32>
  return
}

// -----

func.func @lstm_C1_next_c(%x: tensor<3xf32>, %h: tensor<5xf32>, %W: tensor<20x3xf32>, %R: tensor<20x5xf32>) {
  // expected-error @below {{lstm-C1: the next 'c' must have the shape [5], found [3]}}
  rnn.lstm %x, %h, %h, %W, %R {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>]}
    : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>, tensor<20x5xf32> -> tensor<5xf32>, tensor<3xf32>
  return
}

// -----

func.func @lstm_C2_W(%x: tensor<3xf32>, %h: tensor<5xf32>, %W: tensor<20x4xf32>, %R: tensor<20x5xf32>) {
  // expected-error @below {{lstm-C2: 'W' must have the shape [20, 3], found [20, 4]}}
  rnn.lstm %x, %h, %h, %W, %R {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>]}
    : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x4xf32>, tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  return
}

// -----

func.func @lstm_C2_R(%x: tensor<3xf32>, %h: tensor<5xf32>, %W: tensor<20x3xf32>, %R: tensor<15x5xf32>) {
  // expected-error @below {{lstm-C2: 'R' must have the shape [20, 5], found [15, 5]}}
  rnn.lstm %x, %h, %h, %W, %R {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>]}
    : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>, tensor<15x5xf32> -> tensor<5xf32>, tensor<5xf32>
  return
}

// -----

func.func @lstm_C3_B(%x: tensor<3xf32>, %h: tensor<5xf32>, %W: tensor<20x3xf32>, %R: tensor<20x5xf32>, %B: tensor<20xf32>) {
  // expected-error @below {{lstm-C3: 'B' must have the shape [40], found [20]}}
  rnn.lstm %x, %h, %h, %W, %R bias(%B : tensor<20xf32>) {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>]}
    : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>, tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  return
}

// -----

func.func @lstm_C3_P(%x: tensor<3xf32>, %h: tensor<5xf32>, %W: tensor<20x3xf32>, %R: tensor<20x5xf32>, %P: tensor<20xf32>) {
  // expected-error @below {{lstm-C3: 'P' must have the shape [15], found [20]}}
  rnn.lstm %x, %h, %h, %W, %R peepholes(%P : tensor<20xf32>) {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>]}
    : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>, tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  return
}

// -----

func.func @lstm_C4(%x: tensor<3xf32>, %h: tensor<5xf32>, %W: tensor<20x3xf32>, %R: tensor<20x5xf32>) {
  // expected-error @below {{lstm-C4: there must be three activations (f, g, h), found 2}}
  rnn.lstm %x, %h, %h, %W, %R {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>]}
    : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>, tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  return
}

// -----

func.func @lstm_C5(%x: tensor<3xf32>, %h: tensor<5xf32>, %W: tensor<20x3xf32>, %R: tensor<20x5xf32>) {
  // expected-error @below {{lstm-C5: clip must be positive}}
  rnn.lstm %x, %h, %h, %W, %R {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>], clip = 0.0 : f32}
    : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>, tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  return
}

// -----

func.func @lstm_C5_nan(%x: tensor<3xf32>, %h: tensor<5xf32>, %W: tensor<20x3xf32>, %R: tensor<20x5xf32>) {
  // expected-error @below {{lstm-C5: clip must be positive}}
  rnn.lstm %x, %h, %h, %W, %R {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>], clip = 0x7FC00000 : f32}
    : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>, tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  return
}

// -----

func.func @gru_C1(%x: tensor<3xf32>, %h: tensor<5xf32>, %W: tensor<15x3xf32>, %R: tensor<15x5xf32>) {
  // expected-error @below {{gru-C1: the next 'h' must have the shape [5], found [3]}}
  rnn.gru %x, %h, %W, %R {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>]}
    : tensor<3xf32>, tensor<5xf32>, tensor<15x3xf32>, tensor<15x5xf32> -> tensor<3xf32>
  return
}

// -----

func.func @gru_C2_W(%x: tensor<3xf32>, %h: tensor<5xf32>, %W: tensor<20x3xf32>, %R: tensor<15x5xf32>) {
  // expected-error @below {{gru-C2: 'W' must have the shape [15, 3], found [20, 3]}}
  rnn.gru %x, %h, %W, %R {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>]}
    : tensor<3xf32>, tensor<5xf32>, tensor<20x3xf32>, tensor<15x5xf32> -> tensor<5xf32>
  return
}

// -----

func.func @gru_C2_R(%x: tensor<3xf32>, %h: tensor<5xf32>, %W: tensor<15x3xf32>, %R: tensor<15x3xf32>) {
  // expected-error @below {{gru-C2: 'R' must have the shape [15, 5], found [15, 3]}}
  rnn.gru %x, %h, %W, %R {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>]}
    : tensor<3xf32>, tensor<5xf32>, tensor<15x3xf32>, tensor<15x3xf32> -> tensor<5xf32>
  return
}

// -----

func.func @gru_C3(%x: tensor<3xf32>, %h: tensor<5xf32>, %W: tensor<15x3xf32>, %R: tensor<15x5xf32>, %B: tensor<15xf32>) {
  // expected-error @below {{gru-C3: 'B' must have the shape [30], found [15]}}
  rnn.gru %x, %h, %W, %R bias(%B : tensor<15xf32>) {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>]}
    : tensor<3xf32>, tensor<5xf32>, tensor<15x3xf32>, tensor<15x5xf32> -> tensor<5xf32>
  return
}

// -----

func.func @gru_C4(%x: tensor<3xf32>, %h: tensor<5xf32>, %W: tensor<15x3xf32>, %R: tensor<15x5xf32>) {
  // expected-error @below {{gru-C4: there must be two activations (f, g), found 3}}
  rnn.gru %x, %h, %W, %R {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>]}
    : tensor<3xf32>, tensor<5xf32>, tensor<15x3xf32>, tensor<15x5xf32> -> tensor<5xf32>
  return
}

// -----

func.func @gru_C5(%x: tensor<3xf32>, %h: tensor<5xf32>, %W: tensor<15x3xf32>, %R: tensor<15x5xf32>) {
  // expected-error @below {{gru-C5: clip must be positive}}
  rnn.gru %x, %h, %W, %R {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>], clip = -1.0 : f32}
    : tensor<3xf32>, tensor<5xf32>, tensor<15x3xf32>, tensor<15x5xf32> -> tensor<5xf32>
  return
}

// -----

func.func @matvec_C1_W(%W: tensor<8xf32>, %x: tensor<4xf32>) {
  // expected-error @below {{matvec-C1: 'W' must have rank 2 and 'x' at least rank 1, found 'tensor<8xf32>' and 'tensor<4xf32>'}}
  rnn.matvec %W, %x : tensor<8xf32>, tensor<4xf32> -> tensor<8xf32>
  return
}

// -----

func.func @matvec_C1_x(%W: tensor<8x1xf32>, %x: tensor<f32>) {
  // expected-error @below {{matvec-C1: 'W' must have rank 2 and 'x' at least rank 1, found 'tensor<8x1xf32>' and 'tensor<f32>'}}
  rnn.matvec %W, %x : tensor<8x1xf32>, tensor<f32> -> tensor<8xf32>
  return
}

// -----

func.func @matvec_C2(%W: tensor<8x4xf32>, %x: tensor<4x8xf32>) {
  // expected-error @below {{matvec-C2: the last dimension of 'x' must equal the columns of 'W', found 8 and 4}}
  rnn.matvec %W, %x : tensor<8x4xf32>, tensor<4x8xf32> -> tensor<8x8xf32>
  return
}

// -----

func.func @matvec_C3(%W: tensor<8x4xf32>, %x: tensor<2x4xf32>) {
  // expected-error @below {{matvec-C3: the result must have the shape [2, 8], found [8]}}
  rnn.matvec %W, %x : tensor<8x4xf32>, tensor<2x4xf32> -> tensor<8xf32>
  return
}

// -----

func.func @matvec_C4_operands(%W: tensor<8x4xf16>, %x: tensor<4xf32>) {
  // expected-error @below {{matvec-C4: 'W' and 'x' must have the same element type and the result this or f32, or i32 for i8 and i16, found 'f16', 'f32' and 'f32'}}
  rnn.matvec %W, %x : tensor<8x4xf16>, tensor<4xf32> -> tensor<8xf32>
  return
}

// -----

func.func @matvec_C4_result(%W: tensor<8x4xf32>, %x: tensor<4xf32>) {
  // expected-error @below {{matvec-C4: 'W' and 'x' must have the same element type and the result this or f32, or i32 for i8 and i16, found 'f32', 'f32' and 'f16'}}
  rnn.matvec %W, %x : tensor<8x4xf32>, tensor<4xf32> -> tensor<8xf16>
  return
}

// -----

// linear-C1: the rules of rnn.matvec.
func.func @linear_C1(%W: tensor<8x4xf32>, %x: tensor<3xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{'rnn.linear' op matvec-C2: the last dimension of 'x' must equal the columns of 'W', found 3 and 4}}
  rnn.linear %W, %x, %b : tensor<8x4xf32>, tensor<3xf32>, tensor<8xf32> -> tensor<8xf32>
  return
}

// -----

func.func @linear_C2(%W: tensor<8x4xf32>, %x: tensor<4xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{linear-C2: 'b' must have the shape [8], found [4]}}
  rnn.linear %W, %x, %b : tensor<8x4xf32>, tensor<4xf32>, tensor<4xf32> -> tensor<8xf32>
  return
}

// -----

func.func @reduce_C1_order(%x: tensor<2x3xf32>) {
  // expected-error @below {{reduce-C1: axes must be ascending, unique and within the rank, found [1, 0]}}
  rnn.reduce <sum> %x axes [1, 0] : tensor<2x3xf32> -> tensor<1x1xf32>
  return
}

// -----

func.func @reduce_C1_twice(%x: tensor<2x3xf32>) {
  // expected-error @below {{reduce-C1: axes must be ascending, unique and within the rank, found [1, 1]}}
  rnn.reduce <sum> %x axes [1, 1] : tensor<2x3xf32> -> tensor<2x1xf32>
  return
}

// -----

func.func @reduce_C1_rank(%x: tensor<2x3xf32>) {
  // expected-error @below {{reduce-C1: axes must be ascending, unique and within the rank, found [2]}}
  rnn.reduce <sum> %x axes [2] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @reduce_C1_negative(%x: tensor<2x3xf32>) {
  // expected-error @below {{reduce-C1: axes must be ascending, unique and within the rank, found [-1]}}
  rnn.reduce <sum> %x axes [-1] : tensor<2x3xf32> -> tensor<2x1xf32>
  return
}

// -----

func.func @reduce_C2(%x: tensor<2x3xf32>) {
  // expected-error @below {{reduce-C2: the result must have the shape [2, 1], found [1, 3]}}
  rnn.reduce <max> %x axes [1] : tensor<2x3xf32> -> tensor<1x3xf32>
  return
}

// -----

func.func @reduce_C3(%x: tensor<2x3xf32>) {
  // expected-error @below {{reduce-C3: the result's element type must be the operand's or f32, found 'f16'}}
  rnn.reduce <mean> %x axes [1] : tensor<2x3xf32> -> tensor<2x1xf16>
  return
}

// -----

func.func @activation_C1(%x: tensor<8xf16>) {
  // expected-error @below {{activation-C1: the result's element type must not be wider than the operand's, found 'f32' and 'f16'}}
  rnn.activation <sigmoid> %x : tensor<8xf16> -> tensor<8xf32>
  return
}

// -----

func.func @activation_shape(%x: tensor<8xf32>) {
  // expected-error @below {{requires the same shape for all operands and results}}
  rnn.activation <sigmoid> %x : tensor<8xf32> -> tensor<4xf32>
  return
}

// -----

func.func @activation_alpha(%x: tensor<8xf32>) {
  // expected-error @below {{activation 'sigmoid' has no parameter 'alpha'}}
  rnn.activation <sigmoid, alpha = 1.0 : f32> %x : tensor<8xf32> -> tensor<8xf32>
  return
}

// -----

func.func @activation_beta(%x: tensor<8xf32>) {
  // expected-error @below {{activation 'leaky_relu' has no parameter 'beta'}}
  rnn.activation <leaky_relu, alpha = 1.0 : f32, beta = 1.0 : f32> %x : tensor<8xf32> -> tensor<8xf32>
  return
}

// -----

func.func @activation_parameter(%x: tensor<8xf32>) {
  // expected-error @below {{parameter 'alpha' must be f32, found 'f64'}}
  rnn.activation <elu, alpha = 1.0> %x : tensor<8xf32> -> tensor<8xf32>
  return
}

// -----

func.func @reshape_C1_elements(%x: tensor<2x4xf32>) {
  // expected-error @below {{reshape-C1: operand and result must have as many elements and the same element type, found 'tensor<2x4xf32>' and 'tensor<7xf32>'}}
  rnn.reshape %x : tensor<2x4xf32> -> tensor<7xf32>
  return
}

// -----

func.func @reshape_C1_type(%x: tensor<2x4xf32>) {
  // expected-error @below {{reshape-C1: operand and result must have as many elements and the same element type, found 'tensor<2x4xf32>' and 'tensor<8xf16>'}}
  rnn.reshape %x : tensor<2x4xf32> -> tensor<8xf16>
  return
}

// -----

func.func @transpose_C1_twice(%x: tensor<2x3xf32>) {
  // expected-error @below {{transpose-C1: [1, 1] is not a permutation of 2 dimensions}}
  rnn.transpose %x [1, 1] : tensor<2x3xf32> -> tensor<3x3xf32>
  return
}

// -----

func.func @transpose_C1_rank(%x: tensor<2x3xf32>) {
  // expected-error @below {{transpose-C1: [0] is not a permutation of 2 dimensions}}
  rnn.transpose %x [0] : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @transpose_C2_shape(%x: tensor<2x3xf32>) {
  // expected-error @below {{transpose-C2: the result must have the shape [3, 2], found [2, 3]}}
  rnn.transpose %x [1, 0] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @transpose_C2_type(%x: tensor<2x3xf32>) {
  // expected-error @below {{transpose-C2: element types must be the same, found 'f32' and 'f16'}}
  rnn.transpose %x [1, 0] : tensor<2x3xf32> -> tensor<3x2xf16>
  return
}

// -----

func.func @broadcast_C1_dim(%x: tensor<2x3xf32>) {
  // expected-error @below {{broadcast-C1: 'tensor<2x3xf32>' cannot be broadcast to 'tensor<4x3xf32>'}}
  rnn.broadcast %x : tensor<2x3xf32> -> tensor<4x3xf32>
  return
}

// -----

// Shapes are aligned at the last dimension, not the first.
func.func @broadcast_C1_alignment(%x: tensor<2xf32>) {
  // expected-error @below {{broadcast-C1: 'tensor<2xf32>' cannot be broadcast to 'tensor<2x3xf32>'}}
  rnn.broadcast %x : tensor<2xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @broadcast_C1_rank(%x: tensor<1x3xf32>) {
  // expected-error @below {{broadcast-C1: 'tensor<1x3xf32>' cannot be broadcast to 'tensor<3xf32>'}}
  rnn.broadcast %x : tensor<1x3xf32> -> tensor<3xf32>
  return
}

// -----

func.func @broadcast_C1_type(%x: tensor<1xf32>) {
  // expected-error @below {{broadcast-C1: 'tensor<1xf32>' cannot be broadcast to 'tensor<3xf16>'}}
  rnn.broadcast %x : tensor<1xf32> -> tensor<3xf16>
  return
}

// -----

func.func @interpolate_C1_tensor(%x: tensor<8xf16>, %t: tensor<16xf16>) {
  // expected-error @below {{interpolate-C1: the table must be a tensor of shape [N, 2] or, of a scalar or vector, a memref of shape [2 * N] with the identity layout, found 'tensor<16xf16>'}}
  rnn.interpolate %x, %t scale 1.0 : tensor<8xf16>, tensor<16xf16>
  return
}

// -----

func.func @interpolate_C1_tensor_memref(%x: tensor<8xf16>, %t: memref<16xf16>) {
  // expected-error @below {{interpolate-C1: the table must be a tensor of shape [N, 2] or, of a scalar or vector, a memref of shape [2 * N] with the identity layout, found 'memref<16xf16>'}}
  rnn.interpolate %x, %t scale 1.0 : tensor<8xf16>, memref<16xf16>
  return
}

// -----

func.func @interpolate_C1_layout(%x: vector<2xf16>, %t: memref<16xf16, strided<[2]>>) {
  // expected-error @below {{interpolate-C1: the table must be a tensor of shape [N, 2] or, of a scalar or vector, a memref of shape [2 * N] with the identity layout, found 'memref<16xf16, strided<[2]>>'}}
  rnn.interpolate %x, %t scale 1.0 : vector<2xf16>, memref<16xf16, strided<[2]>>
  return
}

// -----

func.func @interpolate_C1_shape(%x: f16, %t: memref<8x2xf16>) {
  // expected-error @below {{interpolate-C1: the table must be a tensor of shape [N, 2] or, of a scalar or vector, a memref of shape [2 * N] with the identity layout, found 'memref<8x2xf16>'}}
  rnn.interpolate %x, %t scale 1.0 : f16, memref<8x2xf16>
  return
}

// -----

func.func @interpolate_C2_power(%x: f16, %t: memref<24xf16>) {
  // expected-error @below {{interpolate-C2: the lines must be a power of two from 4 to 1024, found 12}}
  rnn.interpolate %x, %t scale 1.0 : f16, memref<24xf16>
  return
}

// -----

func.func @interpolate_C2_rectified(%x: f16, %t: memref<4096xf16>) {
  // expected-error @below {{interpolate-C2: the lines must be a number from 4 to 1024, found 2048}}
  rnn.interpolate %x, %t scale 1.0 rectified : f16, memref<4096xf16>
  return
}

// -----

func.func @interpolate_C2_few(%x: f16, %t: memref<4xf16>) {
  // expected-error @below {{interpolate-C2: the lines must be a power of two from 4 to 1024, found 2}}
  rnn.interpolate %x, %t scale 1.0 : f16, memref<4xf16>
  return
}

// -----

func.func @interpolate_C2_many(%x: f16, %t: memref<4096xf16>) {
  // expected-error @below {{interpolate-C2: the lines must be a power of two from 4 to 1024, found 2048}}
  rnn.interpolate %x, %t scale 1.0 : f16, memref<4096xf16>
  return
}

// -----

func.func @interpolate_C3_power(%x: f16, %t: memref<16xf16>) {
  // expected-error @below {{interpolate-C3: the scale must be a power of two from 2^-4 to 2^14, found 3.000000e+00}}
  rnn.interpolate %x, %t scale 3.0 : f16, memref<16xf16>
  return
}

// -----

func.func @interpolate_C3_range(%x: f16, %t: memref<16xf16>) {
  // expected-error @below {{interpolate-C3: the scale must be a power of two from 2^-4 to 2^14, found 3.276800e+04}}
  rnn.interpolate %x, %t scale 32768.0 : f16, memref<16xf16>
  return
}

// -----

func.func @interpolate_C3_sign(%x: f16, %t: memref<16xf16>) {
  // expected-error @below {{interpolate-C3: the scale must be a power of two from 2^-4 to 2^14, found -1.000000e+00}}
  rnn.interpolate %x, %t scale -1.0 : f16, memref<16xf16>
  return
}

// -----

rnn.network @network_C6 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{network-C6: sizes may be open only in an rnn.cell, found 'tensor<?xf32>'}}
  %0 = rnn.reshape %x : tensor<4xf32> -> tensor<?xf32>
  %1 = rnn.reshape %0 : tensor<?xf32> -> tensor<4xf32>
  rnn.yield %1 : tensor<4xf32>
}

// -----

// expected-error @below {{cell-C3: expected the shape in names of sizes, such as tensor<?xf32>[n]}}
rnn.cell @cell_C3_missing sizes(n) inputs(%x : tensor<?xf32>) {
  rnn.yield
}

// -----

// expected-error @below {{cell-C3: the shape of 'x' must have the rank of 'tensor<?x?xf32>'}}
rnn.cell @cell_C3_rank sizes(n) inputs(%x : tensor<?x?xf32>[n]) {
  rnn.yield
}

// -----

// expected-error @below {{cell-C3: the shape of 'x' does not have the sizes of 'tensor<4xf32>'}}
rnn.cell @cell_C3_size sizes(n) inputs(%x : tensor<4xf32>[n]) {
  rnn.yield
}

// -----

// expected-error @below {{cell-C3: size 'm' is not the whole of a dimension of any argument}}
rnn.cell @cell_C3_unknown sizes(n, m) inputs(%x : tensor<?xf32>[n], %y : tensor<?xf32>[2 * m]) {
  rnn.yield
}

// -----

// expected-error @below {{cell-C3: there are two sizes 'n'}}
rnn.cell @cell_C3_twice sizes(n, n) inputs(%x : tensor<?xf32>[n]) {
  rnn.yield
}

// -----

// expected-error @below {{cell-C4: there must be one name for each argument, all different}}
"rnn.cell"() <{sym_name = "cell_C4", input_types = [tensor<?xf32>, tensor<?xf32>],
    state_types = [], weight_types = [], output_types = [], argument_names = ["x", "x"]}> ({
^bb0(%x: tensor<?xf32>, %y: tensor<?xf32>):
  rnn.yield
}) : () -> ()

// -----

// expected-error @below {{cell-C5: the range of 'a' must be its least and its greatest value}}
rnn.cell @cell_C5_range weights(%a : tensor<?xf32> in [1.0, -1.0]) {
  rnn.yield
}

// -----

rnn.cell @cell_C5_order
    // expected-error @below {{cell-C5: a weight that is not optional comes after one that is}}
    weights(%a : tensor<?xf32> optional, %b : tensor<?xf32>) {
  rnn.yield
}

// -----

// expected-error @below {{cell-C6: inputs, states, weights and outputs must be ranked tensors, found 'tensor<*xf32>'}}
rnn.cell @cell_C6 inputs(%x : tensor<*xf32>) {
  rnn.yield
}

// -----

rnn.cell @scale inputs(%x : tensor<?xf32>) weights(%a : tensor<?xf32>) outputs(tensor<?xf32>) {
  %y = arith.mulf %x, %a : tensor<?xf32>
  rnn.yield %y : tensor<?xf32>
}
rnn.network @apply_C2_rank inputs(%x = "x" : tensor<2x2xf32>) outputs("y" : tensor<4xf32>) {
  %a = arith.constant dense<1.0> : tensor<4xf32>
  // expected-error @below {{apply-C2: inputs of 'scale' must have the types ('tensor<?xf32>')}}
  %y = rnn.apply @scale(%x) states() weights(%a) : (tensor<2x2xf32>), (), (tensor<4xf32>) -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @scale inputs(%x : tensor<?xf32>) weights(%a : tensor<?xf32>) outputs(tensor<?xf32>) {
  %y = arith.mulf %x, %a : tensor<?xf32>
  rnn.yield %y : tensor<?xf32>
}
rnn.network @apply_C4 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{apply-C4: 'without' names 'b', which is no weight of 'scale'}}
  %y = rnn.apply @scale(%x) states() weights() {without = ["b"]} : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @split_C1 inputs(%x : tensor<?xf32>) {
  // expected-error @below {{split-C1: there must be at least one name}}
  "rnn.split"(%x) <{names = []}> : (tensor<?xf32>) -> ()
  rnn.yield
}

// -----

rnn.cell @split_C2 inputs(%x : tensor<5xf32>) {
  // expected-error @below {{split-C2: 'tensor<5xf32>' cannot be split into 2 equal parts}}
  %a, %b = rnn.split %x ["a", "b"] : tensor<5xf32>
  rnn.yield
}

// -----

rnn.cell @choose_C1 inputs(%x : tensor<5xf32>) outputs(tensor<5xf32>) {
  // expected-error @below {{choose-C1: the option's name must not be empty}}
  %a = rnn.choose "" %x, %x : tensor<5xf32>
  rnn.yield %a : tensor<5xf32>
}

// -----

rnn.cell @option inputs(%x : tensor<5xf32>) outputs(tensor<5xf32>) {
  // expected-error @below {{'rnn.option' must be the name of an option, on an rnn.activation or rnn.fill in a cell}}
  %a = arith.negf %x {rnn.option = "f"} : tensor<5xf32>
  rnn.yield %a : tensor<5xf32>
}

// -----

func.func @quantize_C1(%x: tensor<4xf32>) {
  // expected-error @below {{quantize-C1: the scale must be positive and its inverse a normal number of the operand's type, found -5.000000e-01}}
  rnn.quantize %x scale -0.5 : tensor<4xf32> -> tensor<4xi8>
  return
}

// -----

func.func @quantize_C1_zero(%x: tensor<4xf32>) {
  // expected-error @below {{quantize-C1: the scale must be positive and its inverse a normal number of the operand's type, found 0.000000e+00}}
  rnn.quantize %x scale 0.0 : tensor<4xf32> -> tensor<4xi8>
  return
}

// -----

func.func @quantize_C1_infinite(%x: tensor<4xf32>) {
  // expected-error @below {{quantize-C1: the scale must be positive and its inverse a normal number of the operand's type, found INF}}
  rnn.quantize %x scale 0x7F800000 : tensor<4xf32> -> tensor<4xi8>
  return
}

// -----

// 1 / scale is beyond f16, but not beyond f32.
func.func @quantize_C1_half(%x: tensor<4xf16>, %y: tensor<4xf32>) {
  rnn.quantize %y scale 1.0e-5 : tensor<4xf32> -> tensor<4xi8>
  // expected-error @below {{quantize-C1: the scale must be positive and its inverse a normal number of the operand's type, found 1.000000e-05}}
  rnn.quantize %x scale 1.0e-5 : tensor<4xf16> -> tensor<4xi8>
  return
}

// -----

func.func @quantize_C2(%x: tensor<4xf16>) {
  // expected-error @below {{quantize-C2: the zero point must be -127 to 127 for i8, 0 for i16, found -128}}
  rnn.quantize %x scale 0.5 zero_point -128 : tensor<4xf16> -> tensor<4xi8>
  return
}

// -----

func.func @quantize_C2_short(%x: tensor<4xf16>) {
  // expected-error @below {{quantize-C2: the zero point must be -127 to 127 for i8, 0 for i16, found 1}}
  rnn.quantize %x scale 0.5 zero_point 1 : tensor<4xf16> -> tensor<4xi16>
  return
}

// -----

func.func @quantize_shape(%x: tensor<4xf16>) {
  // expected-error @below {{requires the same shape for all operands and results}}
  rnn.quantize %x scale 0.5 : tensor<4xf16> -> tensor<2xi8>
  return
}

// -----

func.func @quantize_integer(%x: tensor<4xf16>) {
  // expected-error @below {{result #0 must be i8 or i16, or a vector or statically shaped tensor of these, but got 'tensor<4xi32>'}}
  rnn.quantize %x scale 0.5 : tensor<4xf16> -> tensor<4xi32>
  return
}

// -----

func.func @matvec_C4_narrow(%W: tensor<2x3xi8>, %x: tensor<3xi8>) {
  // expected-error @below {{matvec-C4: 'W' and 'x' must have the same element type and the result this or f32, or i32 for i8 and i16, found 'i8', 'i8' and 'i8'}}
  rnn.matvec %W, %x : tensor<2x3xi8>, tensor<3xi8> -> tensor<2xi8>
  return
}

// -----

func.func @matvec_C4_mixed(%W: tensor<2x3xi8>, %x: tensor<3xi16>) {
  // expected-error @below {{matvec-C4: 'W' and 'x' must have the same element type and the result this or f32, or i32 for i8 and i16, found 'i8', 'i16' and 'i32'}}
  rnn.matvec %W, %x : tensor<2x3xi8>, tensor<3xi16> -> tensor<2xi32>
  return
}

// -----

func.func @matvec_C4_words(%W: tensor<2x3xi32>, %x: tensor<3xi32>) {
  // expected-error @below {{matvec-C4: 'W' and 'x' must have the same element type and the result this or f32, or i32 for i8 and i16, found 'i32', 'i32' and 'i32'}}
  rnn.matvec %W, %x : tensor<2x3xi32>, tensor<3xi32> -> tensor<2xi32>
  return
}

// -----

rnn.network @observe_C1 inputs(%x = "x" : tensor<4xf32>) {
  rnn.observe %x as "x" : tensor<4xf32>
  // expected-error @below {{observe-C1: there is another tensor with the name "x"}}
  rnn.observe %x as "x" : tensor<4xf32>
  rnn.yield
}

// -----

rnn.network @observe_C1_empty inputs(%x = "x" : tensor<4xf32>) {
  // expected-error @below {{observe-C1: the name must not be empty}}
  rnn.observe %x as "" : tensor<4xf32>
  rnn.yield
}

// -----

rnn.network @layer_name inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  // expected-error @below {{'rnn.layer' must be a name, or a list of names and of lists of names}}
  %0 = arith.negf %x {rnn.layer = 3 : i64} : tensor<2xf32>
  rnn.yield %0 : tensor<2xf32>
}

// -----

rnn.network @layer_names inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  // expected-error @below {{'rnn.layer' must be a name, or a list of names and of lists of names}}
  %0 = arith.negf %x {rnn.layer = ["a", [["b"]]]} : tensor<2xf32>
  rnn.yield %0 : tensor<2xf32>
}

// -----

rnn.network @f32_value inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  // expected-error @below {{'rnn.f32' must be without a value}}
  %0 = arith.negf %x {rnn.f32 = false} : tensor<2xf32>
  rnn.yield %0 : tensor<2xf32>
}

// -----

// expected-error @below {{'rnn.f32_states' must be a list of states of the network}}
rnn.network @no_such_state inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>) outputs("y" : tensor<2xf32>)
    attributes {rnn.f32_states = ["h", "H"]} {
  rnn.yield %h : tensor<2xf32> next %x : tensor<2xf32>
}

// -----

rnn.network @floats_kind inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  // expected-error @below {{'rnn.floats' must be #rnn.floats<...>}}
  %0 = arith.negf %x {rnn.floats = "f16"} : tensor<2xf32>
  rnn.yield %0 : tensor<2xf32>
}

// -----

// expected-error @below {{'rnn.f16_states' must be a list of states of the network}}
rnn.network @no_such_half_state inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>)
    attributes {rnn.f16_states = ["h"]} {
  rnn.yield %x : tensor<2xf32>
}

// -----

// expected-error @below {{'rnn.f32_states' must be a list of states of the network}}
module attributes {rnn.f32_states = ["h"]} {}

// -----

// expected-error @below {{'rnn.int8_layers' must be a list of layers of a network}}
rnn.network @int8_layers inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>)
    attributes {rnn.int8_layers = [1]} {
  rnn.yield %x : tensor<2xf32>
}
