// se-run on the host and on the simulator, with the smallest network.
//
// RUN: rm -rf %t && mkdir %t
// RUN: se-compile %s -o %t/net.elf --cores=2
// RUN: %python -c "import numpy as np; np.save('%t/x.npy', np.arange(6, dtype=np.float32).reshape(3, 2))"
// RUN: se-run --check %t/net.elf --in x=%t/x.npy --out y=%t/sim.npy --stats=%t/stats.json
// RUN: se-run %s --in x=%t/x.npy --out y=%t/host.npy --stats=%t/host.json
// RUN: cmp %t/sim.npy %t/host.npy
// RUN: %python -c "import numpy as np; print(np.load('%t/sim.npy').tolist())" | FileCheck %s
// RUN: FileCheck %s --check-prefix=STATS < %t/stats.json
// RUN: FileCheck %s --check-prefix=HOST < %t/host.json
//
// No output is asked for: nothing is written.
// RUN: se-run %t/net.elf --in x=%t/x.npy
// RUN: ls %t | FileCheck %s --check-prefix=FILES
//
// RUN: not se-run %t/net.elf --in x=%t/x.npy --out y=%t/late.npy --max-cycles=1000 2>&1 | FileCheck %s --check-prefix=CYCLES
// RUN: not ls %t/late.npy
// CYCLES: error: {{.*}}1000 cycles

// Running sums, starting from 10.
// CHECK: {{\[\[}}10.0, 11.0], [12.0, 14.0], [16.0, 19.0]]
// STATS-DAG: "frames": 3
// STATS-DAG: "cycles_per_frame"
// STATS-DAG: "macs_per_frame"
// STATS-DAG: "instructions"
// STATS-DAG: "host_seconds"
// HOST: "frames": 3
// FILES: host.json
// FILES-NEXT: host.npy
// FILES-NEXT: net.elf
// FILES-NEXT: sim.npy
// FILES-NEXT: stats.json
// FILES-NEXT: x.npy
// FILES-NOT: {{.}}
rnn.network @net inputs(%x = "x" : tensor<2xf32>)
    states(%s = "s" : tensor<2xf32> reset dense<10.0> : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %0 = arith.addf %x, %s : tensor<2xf32>
  rnn.yield %0 : tensor<2xf32> next %0 : tensor<2xf32>
}
