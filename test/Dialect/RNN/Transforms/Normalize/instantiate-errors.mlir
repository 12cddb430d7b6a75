// RUN: se-opt %s --rnn-instantiate-cells --split-input-file --verify-diagnostics
//
// One case for each rule of the pass, with the place of the application and that in
// the cell in one line.

rnn.network @C1_slip inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{instantiate-C1: the library has no cell 'lsmt', did you mean 'lstm'?}}
  %y = rnn.apply @se.lsmt(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @C1_unknown inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{instantiate-C1: the library has no cell 'something_else_altogether'; se-compile --cell=help lists its cells}}
  %y = rnn.apply @se.something_else_altogether(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @scale sizes(n) inputs(%x : tensor<?xf32>[n])
    weights(%a : tensor<?xf32>[n], %W : tensor<?x?xf32>[2 * n, n] optional) outputs(tensor<?xf32>) {
  %y = arith.mulf %x, %a : tensor<?xf32>
  rnn.yield %y : tensor<?xf32>
}
rnn.network @C2 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %a = arith.constant dense<1.0> : tensor<5xf32>
  // expected-error-re @below {{instantiate-C2: 'scale' ({{.*}}instantiate-errors.mlir:{{[0-9]+}}:1): 'a' must have the shape [n] = [4] with n = 4, found [5]}}
  %y = rnn.apply @scale(%x) states() weights(%a) : (tensor<4xf32>), (), (tensor<5xf32>) -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @scale sizes(n) inputs(%x : tensor<?xf32>[n])
    weights(%a : tensor<?xf32>[n], %W : tensor<?x?xf32>[2 * n, n] optional) outputs(tensor<?xf32>) {
  %y = arith.mulf %x, %a : tensor<?xf32>
  rnn.yield %y : tensor<?xf32>
}
rnn.network @C2_product inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %a = arith.constant dense<1.0> : tensor<4xf32>
  %W = arith.constant dense<1.0> : tensor<8x5xf32>
  // expected-error @below {{'W' must have the shape [2 * n, n] = [8, 4] with n = 4, found [8, 5]}}
  %y = rnn.apply @scale(%x) states() weights(%a, %W) : (tensor<4xf32>), (), (tensor<4xf32>, tensor<8x5xf32>) -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @C2_count inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %a = arith.constant dense<1.0> : tensor<4xf32>
  // expected-error @below {{the cell has 2 weights (gain, bias), found 1}}
  %y = rnn.apply @se.layer_norm(%x) states() weights(%a) : (tensor<4xf32>), (), (tensor<4xf32>) -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @C2_type inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %a = arith.constant dense<1.0> : tensor<4xf32>
  %b = arith.constant dense<1.0> : tensor<1x4xf32>
  // expected-error @below {{'bias' must be of type 'tensor<?xf32>', found 'tensor<1x4xf32>'}}
  %y = rnn.apply @se.layer_norm(%x) states() weights(%a, %b) : (tensor<4xf32>), (), (tensor<4xf32>, tensor<1x4xf32>) -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @add inputs(%x : tensor<?xf32>) weights(%a : tensor<?xf32>) outputs(tensor<?xf32>) {
  %y = arith.addf %x, %a : tensor<?xf32>
  rnn.yield %y : tensor<?xf32>
}
rnn.network @C3 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %a = arith.constant dense<1.0> : tensor<5xf32>
  // expected-error-re @below {{instantiate-C3: 'add' ({{.*}}:{{[0-9]+}}:8): 'arith.addf' op requires the same type for all operands and results}}
  %y = rnn.apply @add(%x) states() weights(%a) : (tensor<4xf32>), (), (tensor<5xf32>) -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @product inputs(%x : tensor<?xf32>) weights(%W : tensor<?x?xf32>) outputs(tensor<?xf32>) {
  %y = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  rnn.yield %y : tensor<?xf32>
}
rnn.network @C3_product inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %W = arith.constant dense<1.0> : tensor<4x5xf32>
  // expected-error @below {{matvec-C2: the last dimension of 'x' must equal the columns of 'W', found 4 and 5}}
  %y = rnn.apply @product(%x) states() weights(%W) : (tensor<4xf32>), (), (tensor<4x5xf32>) -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @slice inputs(%x : tensor<?xf32>) outputs(tensor<?xf32>) {
  %y = tensor.extract_slice %x[2] [3] [1] : tensor<?xf32> to tensor<3xf32>
  %z = tensor.concat dim(0) %y, %x : (tensor<3xf32>, tensor<?xf32>) -> tensor<?xf32>
  rnn.yield %z : tensor<?xf32>
}
rnn.network @C3_slice inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{slice along dimension 0 runs out-of-bounds: 4 >= 4}}
  %y = rnn.apply @slice(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @twice inputs(%x : tensor<?xf32>) outputs(tensor<?xf32>) {
  %y = tensor.concat dim(0) %x, %x : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  rnn.yield %y : tensor<?xf32>
}
rnn.network @C4_result inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{result 0 is 'tensor<8xf32>', not 'tensor<4xf32>'}}
  %y = rnn.apply @twice(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @grow inputs(%x : tensor<?xf32>) states(%h : tensor<?xf32>) outputs(tensor<?xf32>) {
  rnn.yield %x : tensor<?xf32> next %x : tensor<?xf32>
}
rnn.network @C4_state inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<3xf32> reset dense<0.0> : tensor<3xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{the next 'h' is 'tensor<4xf32>', the state 'tensor<3xf32>'}}
  %y, %h1 = rnn.apply @grow(%x) states(%h) weights() : (tensor<4xf32>), (tensor<3xf32>), () -> (tensor<4xf32>), (tensor<3xf32>)
  rnn.yield %y : tensor<4xf32> next %h1 : tensor<3xf32>
}

// -----

rnn.cell @options inputs(%x : tensor<?xf32>) outputs(tensor<?xf32>) {
  %k = rnn.fill 2.0 {rnn.option = "factor"} : tensor<?xf32>
  %0 = arith.mulf %x, %k : tensor<?xf32>
  %1 = rnn.activation <tanh> %0 {rnn.option = "f"} : tensor<?xf32> -> tensor<?xf32>
  %2 = rnn.choose "plain" %x, %1 : tensor<?xf32>
  rnn.yield %2 : tensor<?xf32>
}
rnn.network @C5_name inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{there is no option 'g', there are factor, f, plain}}
  %y = rnn.apply @options(%x) states() weights() {options = {g = 1.0 : f32}} : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @options inputs(%x : tensor<?xf32>) outputs(tensor<?xf32>) {
  %k = rnn.fill 2.0 {rnn.option = "factor"} : tensor<?xf32>
  %0 = arith.mulf %x, %k : tensor<?xf32>
  %1 = rnn.activation <tanh> %0 {rnn.option = "f"} : tensor<?xf32> -> tensor<?xf32>
  %2 = rnn.choose "plain" %x, %1 : tensor<?xf32>
  rnn.yield %2 : tensor<?xf32>
}
rnn.network @C5_function inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{option 'f' must be a function, such as #rnn.act<tanh>}}
  %y = rnn.apply @options(%x) states() weights() {options = {f = 1.0 : f32}} : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @options inputs(%x : tensor<?xf32>) outputs(tensor<?xf32>) {
  %k = rnn.fill 2.0 {rnn.option = "factor"} : tensor<?xf32>
  %0 = arith.mulf %x, %k : tensor<?xf32>
  %1 = rnn.activation <tanh> %0 {rnn.option = "f"} : tensor<?xf32> -> tensor<?xf32>
  %2 = rnn.choose "plain" %x, %1 : tensor<?xf32>
  rnn.yield %2 : tensor<?xf32>
}
rnn.network @C5_number inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{option 'factor' must be a number, such as 0.5 : f32}}
  %y = rnn.apply @options(%x) states() weights() {options = {factor}} : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @options inputs(%x : tensor<?xf32>) outputs(tensor<?xf32>) {
  %k = rnn.fill 2.0 {rnn.option = "factor"} : tensor<?xf32>
  %0 = arith.mulf %x, %k : tensor<?xf32>
  %1 = rnn.activation <tanh> %0 {rnn.option = "f"} : tensor<?xf32> -> tensor<?xf32>
  %2 = rnn.choose "plain" %x, %1 : tensor<?xf32>
  rnn.yield %2 : tensor<?xf32>
}
rnn.network @C5_choice inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{option 'plain' has no value}}
  %y = rnn.apply @options(%x) states() weights() {options = {plain = 1.0 : f32}} : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @bound inputs(%x : tensor<?xf32>) weights(%a : tensor<?xf32> optional) outputs(tensor<?xf32>) {
  %e = math.exp %a : tensor<?xf32>
  %y = math.powf %x, %a : tensor<?xf32>
  rnn.yield %y : tensor<?xf32>
}
rnn.network @C6 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{'math.powf' needs a weight that is left out}}
  %y = rnn.apply @bound(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @only inputs(%x : tensor<?xf32>) weights(%a : tensor<?xf32> optional) outputs(tensor<?xf32>) {
  %y = arith.mulf %x, %a : tensor<?xf32>
  rnn.yield %y : tensor<?xf32>
}
rnn.network @C6_result inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{a result is computed from weights that are left out}}
  %y = rnn.apply @only(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @open inputs(%x : tensor<?xf32>) outputs(tensor<?xf32>) {
  %y = rnn.fill 1.0 : tensor<?xf32>
  rnn.yield %y : tensor<?xf32>
}
rnn.network @C7_result inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error-re @below {{instantiate-C7: 'open' ({{.*}}): 'rnn.yield' does not tell the shape of an operand}}
  %y = rnn.apply @open(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @open inputs(%x : tensor<?xf32>) weights(%W : tensor<?x?xf32>) outputs(tensor<?xf32>) {
  %k = rnn.fill 1.0 : tensor<?xf32>
  %y = rnn.matvec %W, %k : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  rnn.yield %y : tensor<?xf32>
}
rnn.network @C7_operand inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %W = arith.constant dense<1.0> : tensor<4x4xf32>
  // expected-error @below {{'rnn.matvec' does not tell the shape of an operand}}
  %y = rnn.apply @open(%x) states() weights(%W) : (tensor<4xf32>), (), (tensor<4x4xf32>) -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @negative inputs(%x : tensor<?xf32>) outputs(tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %c5 = arith.constant 5 : index
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %m = arith.subi %n, %c5 : index
  %y = tensor.extract_slice %x[0] [%m] [1] : tensor<?xf32> to tensor<?xf32>
  rnn.yield %y : tensor<?xf32>
}
rnn.network @C7_slice inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{offsets and sizes of a slice must follow from sizes, and not be negative}}
  %y = rnn.apply @negative(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @self inputs(%x : tensor<?xf32>) outputs(tensor<?xf32>) {
  %y = rnn.apply @self(%x) states() weights() : (tensor<?xf32>), (), () -> (tensor<?xf32>), ()
  rnn.yield %y : tensor<?xf32>
}
rnn.network @C8 inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{the cell applies itself}}
  %y = rnn.apply @self(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

// Of a cell in a cell: the place of the application in the network.
rnn.cell @outer inputs(%x : tensor<?xf32>) outputs(tensor<?xf32>) {
  %a = rnn.fill 1.0 : tensor<3xf32>
  %y = rnn.apply @se.layer_norm(%x) states() weights(%a, %a)
      : (tensor<?xf32>), (), (tensor<3xf32>, tensor<3xf32>) -> (tensor<?xf32>), ()
  rnn.yield %y : tensor<?xf32>
}
rnn.network @C2_inner inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{'rnn.apply' op instantiate-C2: 'se.layer_norm' (cells/layer_norm.mlir:10:1): 'gain' must have the shape [n] = [4] with n = 4, found [3]}}
  %y = rnn.apply @outer(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}
