// A network of corner cases: values that are input, output and state at once,
// a constant output, a delay line, an unused input, a soft maximum.

rnn.network @odd inputs(%x = "x" : tensor<2x3xf32>, %u = "unused" : tensor<2xf32>)
 states(%s = "s" : tensor<3xf32> reset dense<[1.0,2.0,3.0]> : tensor<3xf32>, %d = "d" : tensor<2x3xf32> reset dense<0.5> : tensor<2x3xf32>, %e = "e" : tensor<2x3xf32> reset dense<0.0> : tensor<2x3xf32>, %k = "k" : tensor<1xf32> reset dense<7.0> : tensor<1xf32>)
 outputs("x_again" : tensor<2x3xf32>, "const" : tensor<2xf32>, "old" : tensor<3xf32>, "old2" : tensor<3xf32>, "mean" : tensor<2x1xf32>, "soft" : tensor<2x3xf32>, "cat" : tensor<4x3xf32>, "tr" : tensor<3x2xf32>) {
 %c = arith.constant dense<[4.0, 5.0]> : tensor<2xf32>
 %m = rnn.reduce <mean> %x axes [1] : tensor<2x3xf32> -> tensor<2x1xf32>
 %mx = rnn.reduce <max> %x axes [1] : tensor<2x3xf32> -> tensor<2x1xf32>
 %b = rnn.broadcast %mx : tensor<2x1xf32> -> tensor<2x3xf32>
 %q = arith.subf %x, %b : tensor<2x3xf32>
 %ex = math.exp %q : tensor<2x3xf32>
 %sm = rnn.reduce <sum> %ex axes [1] : tensor<2x3xf32> -> tensor<2x1xf32>
 %sb = rnn.broadcast %sm : tensor<2x1xf32> -> tensor<2x3xf32>
 %soft = arith.divf %ex, %sb : tensor<2x3xf32>
 %row = tensor.extract_slice %x[1, 0] [1, 3] [1, 1] : tensor<2x3xf32> to tensor<1x3xf32>
 %rowr = rnn.reshape %row : tensor<1x3xf32> -> tensor<3xf32>
 %ns = arith.addf %rowr, %s : tensor<3xf32>
 %cat = tensor.concat dim(0) %x, %d : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
 %tr = rnn.transpose %e [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
 rnn.yield %x, %c, %s, %s, %m, %soft, %cat, %tr : tensor<2x3xf32>, tensor<2xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x1xf32>, tensor<2x3xf32>, tensor<4x3xf32>, tensor<3x2xf32> next %ns, %x, %d, %k : tensor<3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<1xf32>
}
