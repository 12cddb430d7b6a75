// RUN: se-opt %s -split-input-file -verify-diagnostics
// RUN: %check_rules %s %se_source/include/se/Dialect/DSP/DSPOps.td
//
// One case or more for each numbered rule, named after it.

rnn.network @rfft_C1_odd inputs(%x = "x" : tensor<9xf32>) outputs("y" : tensor<5xf32>) {
  // expected-error @below {{rfft-C1: the signal must be a vector of an even number of samples from 4 to 8192, half of it a product of numbers from 2 to 5, found 'tensor<9xf32>'}}
  %re, %im = dsp.rfft %x : tensor<9xf32> -> tensor<5xf32>
  rnn.yield %re : tensor<5xf32>
}

// -----

rnn.network @rfft_C1_prime inputs(%x = "x" : tensor<14xf32>) outputs("y" : tensor<8xf32>) {
  // expected-error @below {{rfft-C1: the signal must be}}
  %re, %im = dsp.rfft %x : tensor<14xf32> -> tensor<8xf32>
  rnn.yield %re : tensor<8xf32>
}

// -----

rnn.network @rfft_C1_small inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  // expected-error @below {{rfft-C1: the signal must be}}
  %re, %im = dsp.rfft %x : tensor<2xf32> -> tensor<2xf32>
  rnn.yield %re : tensor<2xf32>
}

// -----

rnn.network @rfft_C1_large inputs(%x = "x" : tensor<10000xf32>) outputs("y" : tensor<5001xf32>) {
  // expected-error @below {{rfft-C1: the signal must be}}
  %re, %im = dsp.rfft %x : tensor<10000xf32> -> tensor<5001xf32>
  rnn.yield %re : tensor<5001xf32>
}

// -----

rnn.network @rfft_C1_rank inputs(%x = "x" : tensor<1x8xf32>) outputs("y" : tensor<5xf32>) {
  // expected-error @below {{rfft-C1: the signal must be a vector}}
  %re, %im = dsp.rfft %x : tensor<1x8xf32> -> tensor<5xf32>
  rnn.yield %re : tensor<5xf32>
}

// -----

rnn.network @rfft_C2 inputs(%x = "x" : tensor<8xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{rfft-C2: the spectrum of a signal of 8 samples has 5 bins, found 'tensor<4xf32>'}}
  %re, %im = dsp.rfft %x : tensor<8xf32> -> tensor<4xf32>
  rnn.yield %re : tensor<4xf32>
}

// -----

rnn.network @irfft_C1 inputs(%re = "re" : tensor<8xf32>, %im = "im" : tensor<8xf32>)
    outputs("y" : tensor<14xf32>) {
  // expected-error @below {{irfft-C1: the signal must be a vector of an even number of samples from 4 to 8192, half of it a product of numbers from 2 to 5, found 'tensor<14xf32>'}}
  %y = dsp.irfft %re, %im : tensor<8xf32> -> tensor<14xf32>
  rnn.yield %y : tensor<14xf32>
}

// -----

rnn.network @irfft_C2_bins inputs(%re = "re" : tensor<8xf32>, %im = "im" : tensor<8xf32>)
    outputs("y" : tensor<16xf32>) {
  // expected-error @below {{irfft-C2: the spectrum of a signal of 16 samples has 9 bins, found 'tensor<8xf32>'}}
  %y = dsp.irfft %re, %im : tensor<8xf32> -> tensor<16xf32>
  rnn.yield %y : tensor<16xf32>
}

// -----

rnn.network @irfft_C2_rank inputs(%re = "re" : tensor<1x5xf32>, %im = "im" : tensor<1x5xf32>)
    outputs("y" : tensor<8xf32>) {
  // expected-error @below {{irfft-C2: the spectrum of a signal of 8 samples has 5 bins, found 'tensor<1x5xf32>'}}
  %y = dsp.irfft %re, %im : tensor<1x5xf32> -> tensor<8xf32>
  rnn.yield %y : tensor<8xf32>
}

// -----

// expected-error @below {{stream-C1: sample_rate must be from 1 to 768000 and delay from 0 to 16777216, found 0 and 3}}
rnn.network @stream_C1_rate inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) attributes {dsp.stream = #dsp.stream<sample_rate = 0, delay = 3>} {
  rnn.yield %x : tensor<2xf32>
}

// -----

// expected-error @below {{stream-C1: sample_rate must be from 1 to 768000 and delay from 0 to 16777216, found 16000 and -1}}
rnn.network @stream_C1_delay inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) attributes {dsp.stream = #dsp.stream<sample_rate = 16000, delay = -1>} {
  rnn.yield %x : tensor<2xf32>
}

// -----

// expected-error @below {{stream-C1: sample_rate must be from 1 to 768000 and delay from 0 to 16777216, found 16000 and 4611686018427387904}}
rnn.network @stream_C1_large inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) attributes {dsp.stream = #dsp.stream<sample_rate = 16000, delay = 4611686018427387904>} {
  rnn.yield %x : tensor<2xf32>
}

// -----

// expected-error @below {{'rnn.network' op attribute 'dsp.stream' must be a #dsp.stream}}
rnn.network @stream inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) attributes {dsp.stream = 16000} {
  rnn.yield %x : tensor<2xf32>
}

// -----

rnn.network @halves inputs(%x = "x" : tensor<8xf16>) outputs("y" : tensor<5xf16>) {
  // expected-error @below {{operand #0 must be statically shaped tensor of 32-bit float values}}
  %re, %im = dsp.rfft %x : tensor<8xf16> -> tensor<5xf16>
  rnn.yield %re : tensor<5xf16>
}

// -----

rnn.network @bands_C1_few inputs(%x = "x" : tensor<5xf32>) outputs("y" : tensor<1xf32>) {
  // expected-error @below {{bands-C1: there must be from 3 to 514 edges}}
  %y = dsp.bands %x edges [0.0, 1.0] : tensor<5xf32> -> tensor<1xf32>
  rnn.yield %y : tensor<1xf32>
}

// -----

rnn.network @spread_C1_few inputs(%x = "x" : tensor<1xf32>) outputs("y" : tensor<5xf32>) {
  // expected-error @below {{spread-C1: there must be from 3 to 514 edges}}
  %y = dsp.spread %x edges [0.0, 1.0] : tensor<1xf32> -> tensor<5xf32>
  rnn.yield %y : tensor<5xf32>
}

// -----

rnn.network @bands_C1_negative inputs(%x = "x" : tensor<5xf32>) outputs("y" : tensor<1xf32>) {
  // expected-error @below {{bands-C1: edges must be from 0 to the number of bins - 1}}
  %y = dsp.bands %x edges [-1.0, 1.0, 2.0] : tensor<5xf32> -> tensor<1xf32>
  rnn.yield %y : tensor<1xf32>
}

// -----

rnn.network @spread_C1_negative inputs(%x = "x" : tensor<1xf32>) outputs("y" : tensor<5xf32>) {
  // expected-error @below {{spread-C1: edges must be from 0 to the number of bins - 1}}
  %y = dsp.spread %x edges [-1.0, 1.0, 2.0] : tensor<1xf32> -> tensor<5xf32>
  rnn.yield %y : tensor<5xf32>
}

// -----

rnn.network @bands_C1_beyond inputs(%x = "x" : tensor<5xf32>) outputs("y" : tensor<1xf32>) {
  // expected-error @below {{bands-C1: edges must be from 0 to the number of bins - 1}}
  %y = dsp.bands %x edges [0.0, 1.0, 4.5] : tensor<5xf32> -> tensor<1xf32>
  rnn.yield %y : tensor<1xf32>
}

// -----

rnn.network @spread_C1_beyond inputs(%x = "x" : tensor<1xf32>) outputs("y" : tensor<5xf32>) {
  // expected-error @below {{spread-C1: edges must be from 0 to the number of bins - 1}}
  %y = dsp.spread %x edges [0.0, 1.0, 4.5] : tensor<1xf32> -> tensor<5xf32>
  rnn.yield %y : tensor<5xf32>
}

// -----

rnn.network @bands_C1_falling inputs(%x = "x" : tensor<5xf32>) outputs("y" : tensor<2xf32>) {
  // expected-error @below {{bands-C1: each edge must be greater than the one before it, only the first two and the last two may be the same}}
  %y = dsp.bands %x edges [0.0, 2.0, 1.0, 4.0] : tensor<5xf32> -> tensor<2xf32>
  rnn.yield %y : tensor<2xf32>
}

// -----

rnn.network @spread_C1_falling inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<5xf32>) {
  // expected-error @below {{spread-C1: each edge must be greater than the one before it, only the first two and the last two may be the same}}
  %y = dsp.spread %x edges [0.0, 2.0, 1.0, 4.0] : tensor<2xf32> -> tensor<5xf32>
  rnn.yield %y : tensor<5xf32>
}

// -----

rnn.network @bands_C1_same inputs(%x = "x" : tensor<5xf32>) outputs("y" : tensor<3xf32>) {
  // expected-error @below {{bands-C1: each edge must be greater}}
  %y = dsp.bands %x edges [0.0, 1.0, 1.0, 1.0, 4.0] : tensor<5xf32> -> tensor<3xf32>
  rnn.yield %y : tensor<3xf32>
}

// -----

rnn.network @spread_C1_same inputs(%x = "x" : tensor<3xf32>) outputs("y" : tensor<5xf32>) {
  // expected-error @below {{spread-C1: each edge must be greater}}
  %y = dsp.spread %x edges [0.0, 1.0, 1.0, 1.0, 4.0] : tensor<3xf32> -> tensor<5xf32>
  rnn.yield %y : tensor<5xf32>
}

// -----

rnn.network @bands_C1_nan inputs(%x = "x" : tensor<5xf32>) outputs("y" : tensor<1xf32>) {
  // expected-error @below {{bands-C1: each edge must be greater}}
  %y = dsp.bands %x edges [0.0, 0x7FF8000000000000, 2.0] : tensor<5xf32> -> tensor<1xf32>
  rnn.yield %y : tensor<1xf32>
}

// -----

rnn.network @spread_C1_nan inputs(%x = "x" : tensor<1xf32>) outputs("y" : tensor<5xf32>) {
  // expected-error @below {{spread-C1: each edge must be greater}}
  %y = dsp.spread %x edges [0.0, 0x7FF8000000000000, 2.0] : tensor<1xf32> -> tensor<5xf32>
  rnn.yield %y : tensor<5xf32>
}

// -----

rnn.network @bands_C2_rank inputs(%x = "x" : tensor<1x5xf32>) outputs("y" : tensor<1xf32>) {
  // expected-error @below {{bands-C2: the operand must be a vector, found 'tensor<1x5xf32>'}}
  %y = dsp.bands %x edges [0.0, 1.0, 4.0] : tensor<1x5xf32> -> tensor<1xf32>
  rnn.yield %y : tensor<1xf32>
}

// -----

rnn.network @spread_C2_rank inputs(%x = "x" : tensor<1xf32>) outputs("y" : tensor<1x5xf32>) {
  // expected-error @below {{spread-C2: the result must be a vector, found 'tensor<1x5xf32>'}}
  %y = dsp.spread %x edges [0.0, 1.0, 4.0] : tensor<1xf32> -> tensor<1x5xf32>
  rnn.yield %y : tensor<1x5xf32>
}

// -----

rnn.network @bands_C3_number inputs(%x = "x" : tensor<5xf32>) outputs("y" : tensor<2xf32>) {
  // expected-error @below {{bands-C3: with 3 edges the result must be a vector of 1 bands, found 'tensor<2xf32>'}}
  %y = dsp.bands %x edges [0.0, 1.0, 4.0] : tensor<5xf32> -> tensor<2xf32>
  rnn.yield %y : tensor<2xf32>
}

// -----

rnn.network @spread_C3_number inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<5xf32>) {
  // expected-error @below {{spread-C3: with 3 edges the operand must be a vector of 1 bands, found 'tensor<2xf32>'}}
  %y = dsp.spread %x edges [0.0, 1.0, 4.0] : tensor<2xf32> -> tensor<5xf32>
  rnn.yield %y : tensor<5xf32>
}

// -----

rnn.network @bands_C4_empty inputs(%x = "x" : tensor<5xf32>) outputs("y" : tensor<1xf32>) {
  // expected-error @below {{bands-C4: band 0 holds no bin}}
  %y = dsp.bands %x edges [1.25, 1.5, 1.75] : tensor<5xf32> -> tensor<1xf32>
  rnn.yield %y : tensor<1xf32>
}

// -----

rnn.network @spread_C4_empty inputs(%x = "x" : tensor<1xf32>) outputs("y" : tensor<5xf32>) {
  // expected-error @below {{spread-C4: band 0 holds no bin}}
  %y = dsp.spread %x edges [1.25, 1.5, 1.75] : tensor<1xf32> -> tensor<5xf32>
  rnn.yield %y : tensor<5xf32>
}
