// Time mixing of RWKV-4: RWKV: Reinventing RNNs for the Transformer Era, Peng et al. 2023. The
// largest exponent so far, p, keeps exponentials below 1.
//
//   z_r, z_k, z_v = mix * x + (1 - mix) * last
//   r, k, v = sigmoid(W_r z_r), W_k z_k, W_v z_v
//   q = max(p, u + k)
//   w = (exp(p - q) * a + exp(u + k - q) * v) / (exp(p - q) * b + exp(u + k - q))
//   p' = max(p - decay, k)
//   a' = exp(p - decay - p') * a + exp(k - p') * v
//   b' = exp(p - decay - p') * b + exp(k - p')
//   y = Wo (r * w)
//   last' = x
//
//   mr, mk, mv      mix of r, k and v
//   Wr, Wk, Wv, Wo  matrices
//   u               bonus of the frame
//   decay           positive

rnn.cell @se.rwkv_time sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%last : tensor<?xf32>[x], %a : tensor<?xf32>[h], %b : tensor<?xf32>[h],
           %p : tensor<?xf32>[h])
    weights(%mr : tensor<?xf32>[x] in [0.0, 1.0], %mk : tensor<?xf32>[x] in [0.0, 1.0],
            %mv : tensor<?xf32>[x] in [0.0, 1.0], %Wr : tensor<?x?xf32>[h, x],
            %Wk : tensor<?x?xf32>[h, x], %Wv : tensor<?x?xf32>[h, x], %Wo : tensor<?x?xf32>[x, h],
            %u : tensor<?xf32>[h] in [-0.5, 0.5], %decay : tensor<?xf32>[h] in [0.05, 1.0])
    outputs(tensor<?xf32>) {
  %one = rnn.fill 1.0 : tensor<?xf32>
  %rx = arith.mulf %mr, %x : tensor<?xf32>
  %rm = arith.subf %one, %mr : tensor<?xf32>
  %rl = arith.mulf %rm, %last : tensor<?xf32>
  %zr = arith.addf %rx, %rl : tensor<?xf32>
  %kx = arith.mulf %mk, %x : tensor<?xf32>
  %km = arith.subf %one, %mk : tensor<?xf32>
  %kl = arith.mulf %km, %last : tensor<?xf32>
  %zk = arith.addf %kx, %kl : tensor<?xf32>
  %vx = arith.mulf %mv, %x : tensor<?xf32>
  %vm = arith.subf %one, %mv : tensor<?xf32>
  %vl = arith.mulf %vm, %last : tensor<?xf32>
  %zv = arith.addf %vx, %vl : tensor<?xf32>
  %r0 = rnn.matvec %Wr, %zr : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %r = rnn.activation <sigmoid> %r0 : tensor<?xf32> -> tensor<?xf32>
  %k = rnn.matvec %Wk, %zk : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %v = rnn.matvec %Wv, %zv : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %uk = arith.addf %u, %k : tensor<?xf32>
  %q = arith.maximumf %p, %uk : tensor<?xf32>
  %pq = arith.subf %p, %q : tensor<?xf32>
  %e1 = math.exp %pq : tensor<?xf32>
  %kq = arith.subf %uk, %q : tensor<?xf32>
  %e2 = math.exp %kq : tensor<?xf32>
  %a1 = arith.mulf %e1, %a : tensor<?xf32>
  %v1 = arith.mulf %e2, %v : tensor<?xf32>
  %num = arith.addf %a1, %v1 : tensor<?xf32>
  %b1 = arith.mulf %e1, %b : tensor<?xf32>
  %den = arith.addf %b1, %e2 : tensor<?xf32>
  %w = arith.divf %num, %den : tensor<?xf32>
  %pd = arith.subf %p, %decay : tensor<?xf32>
  %p2 = arith.maximumf %pd, %k : tensor<?xf32>
  %pp = arith.subf %pd, %p2 : tensor<?xf32>
  %f1 = math.exp %pp : tensor<?xf32>
  %kp = arith.subf %k, %p2 : tensor<?xf32>
  %f2 = math.exp %kp : tensor<?xf32>
  %a3 = arith.mulf %f1, %a : tensor<?xf32>
  %v3 = arith.mulf %f2, %v : tensor<?xf32>
  %a2 = arith.addf %a3, %v3 : tensor<?xf32>
  %b3 = arith.mulf %f1, %b : tensor<?xf32>
  %b2 = arith.addf %b3, %f2 : tensor<?xf32>
  %rw = arith.mulf %r, %w : tensor<?xf32>
  %y = rnn.matvec %Wo, %rw : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  rnn.yield %y : tensor<?xf32> next %x, %a2, %b2, %p2
      : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
}
