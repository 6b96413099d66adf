"""Writes tables and what scikit-learn's SVC and SVR with an RBF kernel reach on them, for bench/svm/run.mjs.

Usage: python bench/svm/peers.py [DATA] (needs scikit-learn, pandas; DATA holds lgb_binary and california, where present).
"""
import json
import os
import sys
import time

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits, load_wine, make_friedman1
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".cache", "svm")
os.makedirs(out, exist_ok=True)
results = {}


def compare(name, task, X, y, test):
    columns = [f"x{i}" for i in range(X.shape[1])]
    for part, rows in (("train", ~test), ("test", test)):
        frame = pd.DataFrame(X[rows], columns=columns)
        frame["y"] = y[rows] if task == "regression" else [f"c{int(v)}" for v in y[rows]]
        frame.to_csv(os.path.join(out, f"{name}-{part}.csv"), index=False)
    scaler = StandardScaler().fit(X[~test])
    A, B = scaler.transform(X[~test]), scaler.transform(X[test])
    results[name] = {"task": task, "peers": {}}
    for C in (1, 10):
        start = time.process_time()
        if task == "regression":
            mean, std = y[~test].mean(), y[~test].std()
            model = SVR(C=C, epsilon=0.05).fit(A, (y[~test] - mean) / std)
            error = model.predict(B) * std + mean - y[test]
            found = {"rmse": float(np.sqrt((error**2).mean())), "mae": float(np.abs(error).mean())}
        else:
            model = SVC(C=C, probability=True, random_state=1).fit(A, y[~test])
            p = model.predict_proba(B)
            found = {"accuracy": float((model.predict(B) == y[test]).mean()), "logLoss": float(log_loss(y[test], p))}
            if task == "binary":
                found["auc"] = float(roc_auc_score(y[test], p[:, 1]))
        found["seconds"] = round(time.process_time() - start, 2)
        results[name]["peers"][f"C={C}"] = found
        print(name, C, found, flush=True)


def every_fifth(rows):
    return np.arange(rows) % 5 == 0


digits = load_digits()
compare("digits", "multiclass", digits.data, digits.target, every_fifth(len(digits.target)))
wine = load_wine()
compare("wine", "multiclass", wine.data, wine.target, every_fifth(len(wine.target)))
X, y = make_friedman1(4000, noise=1.0, random_state=3)
compare("friedman1", "regression", X, y, every_fifth(len(y)))
data = sys.argv[1] if len(sys.argv) > 1 else ""
if os.path.exists(os.path.join(data, "lgb_binary")):
    parts = [np.loadtxt(os.path.join(data, "lgb_binary", f"binary.{part}")) for part in ("train", "test")]
    table = np.concatenate(parts)
    test = np.arange(len(table)) >= len(parts[0])
    compare("lgb_binary", "binary", table[:, 1:], table[:, 0], test)
if os.path.exists(os.path.join(data, "california")):
    frame = pd.read_csv(os.path.join(data, "california", "housing.csv")).dropna().iloc[::2]
    y = frame.pop("median_house_value").to_numpy(float)
    X = pd.get_dummies(frame).to_numpy(float)
    compare("california", "regression", X, y, every_fifth(len(y)))
json.dump(results, open(os.path.join(out, "peers.json"), "w"), indent=1)
