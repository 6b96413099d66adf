"""Writes tables of scikit-learn that need no download to bench/.cache/quality, with what LightGBM's defaults reach on them.

Every fifth row is the test. Usage: python bench/quality/export.py (needs lightgbm, scikit-learn, pandas).
"""
import json
import os
import sys

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn import datasets as sk
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

here = os.path.dirname(os.path.abspath(__file__))
out = os.path.join(here, "..", ".cache", "quality")
data = os.environ.get("KAAYKO_DATA", os.path.join(here, "..", "..", "..", "shared", "data"))
os.makedirs(out, exist_ok=True)


def frame(X, y, seed=0):
    rows = np.random.RandomState(seed).permutation(len(y))
    f = pd.DataFrame(np.asarray(X)[rows], columns=[f"x{i}" for i in range(X.shape[1])])
    f["y"] = np.asarray(y)[rows]
    return f


def categories(n, noise, seed):
    """A regression on numbers, categories of many levels and missing values."""
    r = np.random.RandomState(seed)
    effect = r.normal(size=60)
    city = np.minimum(r.zipf(1.4, n) - 1, 59)
    kind = r.randint(0, 5, n)
    x = r.normal(size=(n, 4))
    y = effect[city] + 0.5 * kind * x[:, 0] + np.sin(2 * x[:, 1]) + noise * r.normal(size=n)
    x[r.rand(n) < 0.15, 1] = np.nan
    f = pd.DataFrame(x, columns=list("abcd"))
    f["city"] = ["c%02d" % c for c in city]
    f["kind"] = ["k%d" % k for k in kind]
    f["y"] = y
    return f


def imbalanced():
    X, y = sk.make_classification(8000, 20, n_informative=6, weights=[0.97], flip_y=0.01, random_state=3)
    return frame(X, y)


tables = {
    "diabetes": ("regression", lambda: frame(*sk.load_diabetes(return_X_y=True))),
    "breast_cancer": ("binary", lambda: frame(*sk.load_breast_cancer(return_X_y=True))),
    "wine": ("multiclass", lambda: frame(*sk.load_wine(return_X_y=True))),
    "iris": ("multiclass", lambda: frame(*sk.load_iris(return_X_y=True))),
    "digits": ("multiclass", lambda: frame(*sk.load_digits(return_X_y=True))),
    "friedman1": ("regression", lambda: frame(*sk.make_friedman1(3000, noise=1.0, random_state=1))),
    "friedman2": ("regression", lambda: frame(*sk.make_friedman2(3000, noise=50.0, random_state=1))),
    "friedman3": ("regression", lambda: frame(*sk.make_friedman3(3000, noise=0.1, random_state=1))),
    "noisy_classes": ("multiclass", lambda: frame(*sk.make_classification(6000, 20, n_informative=8, n_classes=5, flip_y=0.1, random_state=2))),
    "noisy_binary": ("binary", lambda: frame(*sk.make_classification(5000, 30, n_informative=10, flip_y=0.1, random_state=4))),
    "hastie": ("binary", lambda: (lambda X, y: frame(X, (y > 0).astype(int)))(*sk.make_hastie_10_2(6000, random_state=5))),
    "imbalanced": ("binary", imbalanced),
    "categories": ("regression", lambda: categories(8000, 0.5, 6)),
    "small_categories": ("regression", lambda: categories(800, 0.5, 7)),
}


def fit(task, X, y, Xt, yt):
    Model = lgb.LGBMRegressor if task == "regression" else lgb.LGBMClassifier
    model = Model(verbose=-1, n_jobs=2).fit(X, y)
    if task == "regression":
        return {"rmse": float(np.sqrt(np.mean((model.predict(Xt) - yt) ** 2)))}
    p = model.predict_proba(Xt)
    result = {"accuracy": accuracy_score(yt, model.classes_[p.argmax(1)]), "logLoss": log_loss(yt, p, labels=model.classes_)}
    if task == "binary":
        result["auc"] = roc_auc_score(yt, p[:, 1])
    return result


def split(task, f, target, test):
    X = f.drop(columns=[target]).copy()
    for c in X.columns:
        if not pd.api.types.is_numeric_dtype(X[c]):
            X[c] = X[c].astype("category")
    y = f[target]
    return fit(task, X[~test], y[~test], X[test], y[test])


listed = []
for name, (task, make) in tables.items():
    f = make()
    f.to_csv(os.path.join(out, f"{name}.csv"), index=False)
    f = pd.read_csv(os.path.join(out, f"{name}.csv"))
    result = split(task, f, "y", np.arange(len(f)) % 5 == 0)
    print(name, result)
    listed.append({"name": name, "task": task, "lightgbm": result})
json.dump(listed, open(os.path.join(out, "tables.json"), "w"))

f = pd.read_csv(os.path.join(data, "california", "housing.csv"))
peers = {"california": split("regression", f, "median_house_value", np.arange(len(f)) % 5 == 0)}
a = pd.read_csv(os.path.join(data, "lgb_binary", "binary.train"), sep="\t", header=None)
b = pd.read_csv(os.path.join(data, "lgb_binary", "binary.test"), sep="\t", header=None)
both = pd.concat([a, b], ignore_index=True)
both.columns = [f"c{i}" for i in both.columns]
peers["lgb_binary"] = split("binary", both, "c0", np.arange(len(both)) >= len(a))
for name, result in peers.items():
    print(name, result)
    json.dump(result, open(os.path.join(out, f"peer-{name}.json"), "w"))
