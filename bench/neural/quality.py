"""Writes real tables for quality.mjs and prints what scikit-learn's networks and boosting reach on them.

usage: python bench/neural/quality.py DATA_FOLDER OUT_FOLDER      (needs numpy, pandas, scikit-learn)
"""

import os
import sys
import warnings

import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")
data, out = sys.argv[1:]
os.makedirs(out, exist_ok=True)


def tables():
    housing = pd.read_csv(f"{data}/california/housing.csv").rename(columns={"median_house_value": "target"})
    yield "california", "regression", housing, np.arange(len(housing)) % 5 == 0
    parts = [pd.read_csv(f"{data}/lgb_binary/binary.{part}", sep="\t", header=None) for part in ("train", "test")]
    higgs = pd.concat(parts, ignore_index=True).rename(columns={0: "target"})
    higgs.columns = [str(name) if name == "target" else f"f{name}" for name in higgs.columns]
    yield "lgb_binary", "binary", higgs, np.arange(len(higgs)) >= len(parts[0])
    for name, kind, load in (
        ("breast_cancer", "binary", datasets.load_breast_cancer),
        ("diabetes", "regression", datasets.load_diabetes),
        ("digits", "multiclass", datasets.load_digits),
    ):
        frame = load(as_frame=True).frame
        yield name, kind, frame, np.arange(len(frame)) % 5 == 0


def score(kind, y, model, x):
    if kind == "regression":
        return f"rmse {np.sqrt(np.mean((model.predict(x) - y) ** 2)):.4f}"
    p = model.predict_proba(x)
    text = f"logLoss {log_loss(y, p):.4f} accuracy {np.mean(model.classes_[p.argmax(1)] == y):.4f}"
    return text + (f" auc {roc_auc_score(y, p[:, 1]):.4f}" if kind == "binary" else "")


for name, kind, frame, test in tables():
    frame.assign(role=np.where(test, "test", "train")).to_csv(f"{out}/{name}-{kind}.csv", index=False)
    x, y = frame.drop(columns="target"), frame["target"]
    encode = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), make_column_selector(dtype_include=object)),
    )
    x = pd.DataFrame(encode.fit(x[~test]).transform(x))
    regression = kind == "regression"
    mean, std = (y[~test].mean(), y[~test].std()) if regression else (0, 1)
    scaled = (y - mean) / std if regression else y
    options = {"hidden_layer_sizes": (128, 64), "early_stopping": True, "random_state": 0}
    for label, model in (
        ("sklearn mlp", (MLPRegressor if regression else MLPClassifier)(**options)),
        ("sklearn boosting", (HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier)()),
    ):
        model.fit(x[~test], scaled[~test])
        result = score(kind, scaled[test], model, x[test])
        if regression:
            result = f"rmse {float(result.split()[1]) * std:.4f}"
        print(f"{name:14} {label:17} {result}", flush=True)
