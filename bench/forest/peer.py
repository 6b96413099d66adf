"""scikit-learn's forest, once: python bench/forest/peer.py rows depth [trees]. Categories as their codes. Prints JSON."""
import json
import os
import resource
import sys
import time

import numpy as np
from sklearn.ensemble import RandomForestRegressor

rows, depth = int(sys.argv[1]), int(sys.argv[2])
trees = int(sys.argv[3]) if len(sys.argv) > 3 else 100
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".cache", "forest")
with open(os.path.join(folder, "columns.json")) as file:
    columns = json.load(file)
y = np.fromfile(os.path.join(folder, "target.bin"), np.float64)
used = 240_000 + rows
X = np.empty((used, len(columns)), np.float32)
for place, column in enumerate(columns):
    X[:, place] = np.fromfile(os.path.join(folder, f"{place}.bin"), np.float32 if column["kind"] == "numeric" else np.uint16, used)
y = y[:used]
model = RandomForestRegressor(trees, max_depth=depth, max_features="sqrt", n_jobs=int(os.environ.get("THREADS", "2")), random_state=0)
before = time.process_time()
start = time.time()
model.fit(X[240_000:], y[240_000:])
train = time.time() - start
busy = time.process_time() - before
start = time.time()
found = model.predict(X[:240_000])
predict = time.time() - start
error = float(np.sqrt(np.mean((found - y[:240_000]) ** 2)))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps(dict(who="scikit-learn", rows=rows, train=round(train, 2), trainCpu=round(busy, 2), predict=round(predict, 2), error=round(error, 5), peakMiB=peak)))
