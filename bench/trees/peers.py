"""One peer, once: python bench/trees/peers.py xgb|lgb|lgbq|sk TABLE ROUNDS [TASK]. Prints JSON: seconds, memory, error.

THREADS: default 2. LEAVES: leaves of LightGBM's and scikit-learn's trees; 64 of depth 6 unless set. VALIDATE=1: scores the held-out
rows after each round.
"""
import json
import os
import resource
import sys
import time

import numpy as np
import pyarrow.parquet as pq

which, name, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
task = sys.argv[4] if len(sys.argv) > 4 else "regression"
threads = int(os.environ.get("THREADS", "2"))
leaves = int(os.environ.get("LEAVES", "64"))
depth = 6 if leaves == 64 else -1
validate = os.environ.get("VALIDATE") == "1"
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".cache", "trees")


def busy():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


start = time.time()
path = os.environ.get("TABLE", os.path.join(folder, name + ".parquet"))
table = pq.read_table(path)
target = "score" if name == "paddle" else "y"
y = table.column(target).to_numpy().astype(np.float32)
table = table.drop_columns([target])
strings = any(str(field.type) in ("string", "large_string") for field in table.schema)
if strings:
    X = table.to_pandas(self_destruct=True, split_blocks=True)
    for column in X.columns:
        if X[column].dtype == object or str(X[column].dtype) in ("str", "string"):
            X[column] = X[column].astype("category")
        elif X[column].dtype == bool:
            X[column] = X[column].astype(np.float32)
else:
    X = np.empty((table.num_rows, table.num_columns), dtype=np.float32)
    for f in range(table.num_columns):
        X[:, f] = table.column(f).to_numpy()
del table
if task == "binary":
    y = (y > np.median(y)).astype(np.float32)
if task == "multiclass":
    y = np.digitize(y, np.quantile(y, [0.2, 0.4, 0.6, 0.8]), right=True).astype(np.float32)
load = time.time() - start
n = int(len(y) * (0.8 if name == "small" else 0.9))
cut = (lambda a, b: X.iloc[a:b]) if strings else (lambda a, b: X[a:b])
start, began = time.time(), busy()
if which == "xgb":
    import xgboost as xgb

    objective = {"regression": "reg:squarederror", "binary": "binary:logistic", "multiclass": "multi:softprob"}[task]
    settings = dict(max_depth=6, eta=0.1, nthread=threads, tree_method="hist", objective=objective)
    if task == "multiclass":
        settings["num_class"] = 5
    start, began = time.time(), busy()
    data = xgb.QuantileDMatrix(cut(0, n), y[:n], max_bin=256, nthread=threads, enable_categorical=strings)
    held = xgb.QuantileDMatrix(cut(n, len(y)), y[n:], ref=data, nthread=threads, enable_categorical=strings) if validate else None
    binning = time.time() - start
    start = time.time()
    model = xgb.train(settings, data, rounds, evals=[(held, "v")] if validate else [], verbose_eval=False)
    predict = lambda: model.inplace_predict(cut(n, len(y)))
elif which == "sk":
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    threadpool_limits(threads)
    kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
    categories = "from_dtype" if strings else None
    limit = dict(max_depth=6, max_leaf_nodes=64) if depth == 6 else dict(max_leaf_nodes=leaves)
    binning = 0.0
    start, began = time.time(), busy()
    model = kind(max_iter=rounds, learning_rate=0.1, max_bins=255, l2_regularization=1.0, early_stopping=False, categorical_features=categories, **limit)
    model.fit(cut(0, n), y[:n])
    predict = lambda: (model.predict if task == "regression" else model.predict_proba)(cut(n, len(y)))
else:
    import lightgbm as lgb

    objective = {"regression": "l2", "binary": "binary", "multiclass": "multiclass"}[task]
    settings = dict(num_leaves=leaves, max_depth=depth, learning_rate=0.1, num_threads=threads, verbose=-1, objective=objective, lambda_l2=1.0)
    settings.update(use_quantized_grad=which == "lgbq", num_grad_quant_bins=16)
    if task == "multiclass":
        settings["num_class"] = 5
    start, began = time.time(), busy()
    options = dict(max_bin=255, num_threads=threads, verbose=-1)
    data = lgb.Dataset(cut(0, n), y[:n], params=options).construct()
    held = [lgb.Dataset(cut(n, len(y)), y[n:], reference=data, params=options).construct()] if validate else None
    binning = time.time() - start
    start = time.time()
    model = lgb.train(settings, data, rounds, valid_sets=held)
    predict = lambda: model.predict(cut(n, len(y)), num_threads=threads)
train = time.time() - start
used = busy() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
best = 1e9
for _ in range(3):
    start = time.time()
    scores = predict()
    best = min(best, time.time() - start)
held = y[n:]
if scores.ndim == 2 and scores.shape[1] == 2:
    scores = scores[:, 1]
if task == "regression":
    error = float(np.sqrt(np.mean((scores - held) ** 2)))
elif task == "binary":
    error = float(-np.mean(np.log(np.where(held > 0, scores, 1 - scores))))
else:
    error = float(-np.mean(np.log(scores[np.arange(len(scores)), held.astype(int)])))
print(json.dumps(dict(who=which, load=round(load, 3), bin=round(binning, 3), train=round(train, 3), busy=round(used, 3), predictMs=round(best * 1e3), peakMiB=peak, error=round(error, 5))))
