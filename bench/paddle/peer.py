"""The paddle-safety job as a pandas, scikit-learn and XGBoost script: read, split, encode, train three, evaluate, save.

python peer.py FILE.parquet THREADS -> one JSON line with seconds, peak resident bytes and test RMSE by model.
"""

import json
import pickle
import resource
import sys
import tempfile
import time

import numpy as np
import pandas as pd
import xgboost
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.model_selection import train_test_split

path, threads = sys.argv[1], int(sys.argv[2])
settings = json.loads(sys.argv[3])
start = time.perf_counter()
table = pd.read_parquet(path)
target = table.pop("score").astype("float32")
for name in table.columns:
    if not pd.api.types.is_numeric_dtype(table[name]) and not pd.api.types.is_bool_dtype(table[name]):
        table[name] = table[name].astype("category").cat.codes
table = table.astype("float32")
rest, test, rest_y, test_y = train_test_split(table, target, test_size=0.1, random_state=42)
train, valid, train_y, valid_y = train_test_split(rest, rest_y, test_size=1 / 9, random_state=42)

models = {
    "xgboost": xgboost.XGBRegressor(
        n_estimators=settings["rounds"], learning_rate=settings["learningRate"], max_depth=settings["maxDepth"],
        tree_method="hist", n_jobs=threads, early_stopping_rounds=50,
    ),
    "hist-gradient": HistGradientBoostingRegressor(
        max_iter=settings["rounds"], learning_rate=settings["learningRate"], max_leaf_nodes=settings["maxLeaves"],
        early_stopping=True, n_iter_no_change=50, validation_fraction=None, random_state=42,
    ),
    "random-forest": RandomForestRegressor(
        n_estimators=settings["trees"], max_features=1 / 3, min_samples_leaf=5, max_samples=settings["sampleShare"], n_jobs=threads,
        random_state=42,
    ),
}
scores = {}
for name, model in models.items():
    filled = (lambda part: part.fillna(part.min() - 1)) if name == "random-forest" else (lambda part: part)
    if name == "xgboost":
        model.fit(train, train_y, eval_set=[(valid, valid_y)], verbose=False)
    elif name == "hist-gradient":
        model.fit(train, train_y, X_val=valid, y_val=valid_y)
    else:
        model.fit(filled(train), train_y)
    predicted = model.predict(filled(test))
    scores[name] = {
        "rmse": float(np.sqrt(mean_squared_error(test_y, predicted))),
        "mae": float(mean_absolute_error(test_y, predicted)),
        "r2": float(r2_score(test_y, predicted)),
    }
best = min(scores, key=lambda name: scores[name]["rmse"])
with tempfile.NamedTemporaryFile() as file:
    pickle.dump(models[best], file)
usage = resource.getrusage(resource.RUSAGE_SELF)
peak = usage.ru_maxrss * 1024
cpu = usage.ru_utime + usage.ru_stime
print(json.dumps({"seconds": time.perf_counter() - start, "cpuSeconds": cpu, "peakRssBytes": peak, "best": best, "scores": scores}))
