// RUN: split-file %s %t
// RUN: se-opt %t/errors.mlir -split-input-file -verify-diagnostics "--dsp-add-front-end=front-end=%t/small.json"
// RUN: %check_rules %s %se_source/include/se/Dialect/DSP/Transforms/Passes.td
// RUN: not se-opt %t/errors.mlir --dsp-add-front-end=front-end=missing 2>&1 | FileCheck %s --check-prefix=NAME
// NAME: unknown front end 'missing', expected dtln, nsnet2, rnnoise, tinydenoiser or the path of a .json file
// RUN: not se-opt %t/errors.mlir --dsp-add-front-end=front-end=%t/missing.json 2>&1 | FileCheck %s --check-prefix=FILE
// FILE: cannot read front end '{{.*}}/missing.json': No such file or directory
//
// One case or more for each numbered rule, named after it.

//--- small.json
{
  "sample_rate": 8000,
  "hop": 4,
  "fft": 8,
  "window": {"shape": "hann", "samples": 8},
  "networks": [{"inputs": ["magnitude"], "outputs": ["gain", "other"]}]
}

//--- errors.mlir
module @front_end_C1_two {
  rnn.network @a inputs(%x = "x" : tensor<5xf32>) outputs("y" : tensor<5xf32>, "z" : tensor<5xf32>) {
    rnn.yield %x, %x : tensor<5xf32>, tensor<5xf32>
  }
  // expected-error @below {{front-end-C1: front end 'small' takes 1 network, found 2}}
  rnn.network @b inputs(%x = "x" : tensor<5xf32>) outputs("y" : tensor<5xf32>, "z" : tensor<5xf32>) {
    rnn.yield %x, %x : tensor<5xf32>, tensor<5xf32>
  }
}

// -----

// expected-error @below {{front-end-C1: front end 'small' takes 1 network, found 0}}
module @front_end_C1_none {
}

// -----

// expected-error @below {{front-end-C2: front end 'small' needs a network with 1 input, [5]; found x [4]}}
rnn.network @front_end_C2_elements inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<5xf32>, "z" : tensor<4xf32>) {
  %y = arith.constant dense<1.0> : tensor<5xf32>
  rnn.yield %y, %x : tensor<5xf32>, tensor<4xf32>
}

// -----

// expected-error @below {{front-end-C2: front end 'small' needs a network with 1 input, [5]; found x [5], w [2]}}
rnn.network @front_end_C2_number inputs(%x = "x" : tensor<5xf32>, %w = "w" : tensor<2xf32>) outputs("y" : tensor<5xf32>, "z" : tensor<2xf32>) {
  rnn.yield %x, %w : tensor<5xf32>, tensor<2xf32>
}

// -----

// expected-error @below {{front-end-C2: front end 'small' needs a network with 1 input, [5]; found none}}
rnn.network @front_end_C2_none inputs() outputs("y" : tensor<5xf32>, "z" : tensor<5xf32>) {
  %y = arith.constant dense<1.0> : tensor<5xf32>
  rnn.yield %y, %y : tensor<5xf32>, tensor<5xf32>
}

// -----

// expected-error @below {{front-end-C3: front end 'small' needs a network with 2 outputs, [5], any; found y [5]}}
rnn.network @front_end_C3_number inputs(%x = "x" : tensor<5xf32>) outputs("y" : tensor<5xf32>) {
  rnn.yield %x : tensor<5xf32>
}

// -----

// expected-error @below {{front-end-C3: front end 'small' needs a network with 2 outputs, [5], any; found y [3], z [5]}}
rnn.network @front_end_C3_elements inputs(%x = "x" : tensor<5xf32>) outputs("y" : tensor<3xf32>, "z" : tensor<5xf32>) {
  %y = arith.constant dense<1.0> : tensor<3xf32>
  rnn.yield %y, %x : tensor<3xf32>, tensor<5xf32>
}
