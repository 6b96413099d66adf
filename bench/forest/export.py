"""A Parquet table as plain arrays for both sides: python bench/forest/export.py table.parquet target. Shuffled, 240,000 rows held out."""
import json
import os
import sys

import numpy as np
import pyarrow.parquet as pq

path, target = sys.argv[1:3]
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".cache", "forest")
os.makedirs(folder, exist_ok=True)
table = pq.read_table(path).to_pandas()
order = np.random.RandomState(0).permutation(len(table))
table = table.iloc[order]
columns = []
for place, name in enumerate(column for column in table.columns if column != target):
    values = table[name]
    file = os.path.join(folder, f"{place}.bin")
    if values.dtype == object or str(values.dtype) in ("category", "str", "string"):
        categories = values.astype("category").cat
        (categories.codes + 1).astype(np.uint16).to_numpy().tofile(file)
        columns.append(dict(name=name, kind="categorical", cardinality=len(categories.categories)))
    else:
        values.astype(np.float32).to_numpy().tofile(file)
        columns.append(dict(name=name, kind="numeric", cardinality=0))
table[target].to_numpy(np.float64).tofile(os.path.join(folder, "target.bin"))
with open(os.path.join(folder, "columns.json"), "w") as out:
    json.dump(columns, out)
