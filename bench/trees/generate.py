"""Makes the tables of the speed comparison: X.npy float32, column after column, and y.npy, under bench/.cache/trees/<name>.

Usage: python bench/trees/generate.py [rows] [mixed|dense]. `mixed` has 20 measurements, 6 features of 24 values and 9 of 6;
`dense` has 28 measurements.
"""
import os
import sys

import numpy as np

rows = int(sys.argv[1]) if len(sys.argv) > 1 else 2_434_600
kind = sys.argv[2] if len(sys.argv) > 2 else "mixed"
out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".cache", "trees", kind)
os.makedirs(out, exist_ok=True)
r = np.random.RandomState(7)
width = 35 if kind == "mixed" else 28
X = np.empty((rows, width), dtype=np.float32, order="F")
for f in range(width):
    if kind == "dense" or f < 20:
        X[:, f] = r.standard_normal(rows) if f % 3 else r.gamma(2.0, 1.0, rows)
    else:
        X[:, f] = r.randint(0, 24 if f < 26 else 6, rows)
y = 0.3 * np.sin(2 * X[:, 1]) + 0.2 * X[:, 0] * (X[:, 2] > 0) + 0.1 * X[:, 4] - 0.15 * np.abs(X[:, 5])
if kind == "mixed":
    y += 0.02 * (X[:, 20] % 7) + 0.1 * (X[:, 26] == 2) * X[:, 7]
y += 0.2 * r.standard_normal(rows).astype(np.float32)
np.save(os.path.join(out, "X.npy"), X)
np.save(os.path.join(out, "y.npy"), y.astype(np.float32))
