"""Makes the tables of the speed comparison as Parquet files under bench/.cache/trees.

Usage: python bench/trees/generate.py mixed|dense|small [rows]. `mixed` has 20 measurements, 6 features of 24 values and 9 of 6;
`dense` has 28 measurements, `small` 30 of 5,000 rows. The column `y` is the target. The table `paddle` is kaayko's own:
node bin/kaayko data generate --recipe paddle-safety --out bench/.cache/trees/paddle.parquet
"""
import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

kind = sys.argv[1]
rows = int(sys.argv[2]) if len(sys.argv) > 2 else {"mixed": 2_434_600, "dense": 2_000_000, "small": 6_250}[kind]
out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".cache", "trees")
os.makedirs(out, exist_ok=True)
r = np.random.RandomState(7)
width = {"mixed": 35, "dense": 28, "small": 30}[kind]
columns = {}
for f in range(width):
    if kind != "mixed" or f < 20:
        columns[f"x{f}"] = (r.standard_normal(rows) if f % 3 else r.gamma(2.0, 1.0, rows)).astype(np.float32)
    else:
        columns[f"x{f}"] = r.randint(0, 24 if f < 26 else 6, rows).astype(np.float32)
x = [columns[f"x{f}"] for f in range(width)]
y = 0.3 * np.sin(2 * x[1]) + 0.2 * x[0] * (x[2] > 0) + 0.1 * x[4] - 0.15 * np.abs(x[5])
if kind == "mixed":
    y += 0.02 * (x[20] % 7) + 0.1 * (x[26] == 2) * x[7]
columns["y"] = (y + 0.2 * r.standard_normal(rows)).astype(np.float32)
pq.write_table(pa.table(columns), os.path.join(out, f"{kind}.parquet"), row_group_size=65_536, compression="snappy")
