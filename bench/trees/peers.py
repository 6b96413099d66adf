"""One peer, once: python bench/trees/peers.py xgb|lgb|lgbq|sk mixed|dense rounds. Prints JSON: seconds, memory, error."""
import json
import os
import resource
import sys
import time

import numpy as np

which, kind, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
task = sys.argv[4] if len(sys.argv) > 4 else "regression"
threads = int(os.environ.get("THREADS", "2"))
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".cache", "trees", kind)
t = time.time()
X = np.ascontiguousarray(np.load(os.path.join(folder, "X.npy")))
y = np.load(os.path.join(folder, "y.npy"))
if task == "binary":
    y = (y > np.median(y)).astype(np.float32)
if task == "multiclass":
    y = np.digitize(y, np.quantile(y, [0.2, 0.4, 0.6, 0.8])).astype(np.float32)
load = time.time() - t
n = int(len(y) * 0.9)
binning = 0.0
if which == "xgb":
    import xgboost as xgb

    objective = {"regression": "reg:squarederror", "binary": "binary:logistic", "multiclass": "multi:softprob"}[task]
    p = dict(max_depth=6, eta=0.1, nthread=threads, tree_method="hist", objective=objective)
    if task == "multiclass":
        p["num_class"] = 5
    t = time.time()
    d = xgb.QuantileDMatrix(X[:n], y[:n], max_bin=256, nthread=threads)
    binning = time.time() - t
    t = time.time()
    m = xgb.train(p, d, rounds)
    train = time.time() - t
    predict = lambda: m.inplace_predict(X[n:])
else:
    import lightgbm as lgb

    objective = {"regression": "l2", "binary": "binary", "multiclass": "multiclass"}[task]
    leaves = int(os.environ.get("LEAVES", "64"))
    p = dict(num_leaves=leaves, max_depth=6 if leaves == 64 else -1, learning_rate=0.1, num_threads=threads, verbose=-1, objective=objective, lambda_l2=1.0, use_quantized_grad=which == "lgbq", num_grad_quant_bins=16)
    if task == "multiclass":
        p["num_class"] = 5
    t = time.time()
    d = lgb.Dataset(X[:n], y[:n], params=dict(max_bin=255, num_threads=threads, verbose=-1)).construct()
    binning = time.time() - t
    t = time.time()
    m = lgb.train(p, d, rounds)
    train = time.time() - t
    predict = lambda: m.predict(X[n:], num_threads=threads)
best = 1e9
for _ in range(3):
    t = time.time()
    q = predict()
    best = min(best, time.time() - t)
if task == "regression":
    error = float(np.sqrt(np.mean((q - y[n:]) ** 2)))
elif task == "binary":
    error = float(-np.mean(np.log(np.where(y[n:] > 0, q, 1 - q))))
else:
    error = float(-np.mean(np.log(q[np.arange(len(q)), y[n:].astype(int)])))
print(json.dumps(dict(who=which, load=round(load, 2), bin=round(binning, 2), train=round(train, 2), predictMs=round(best * 1e3), error=round(error, 5), peakMiB=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)))
