"""Splits every table of gather.py by seeds and scores peers with their defaults on the same rows.

Usage: python peers.py FOLDER [SEEDS] [--only a,b] [--peers lightgbm,xgboost,catboost,sklearn] [--threads 2]
A quarter of the rows, by a permutation of the seed, is the test file. Each peer gets strings as categories in its own way, dates as
their calendar parts, and nothing is tuned. `<peer>` is its defaults; `<peer>-stopped` has early stopping on a fifth of the rows with up
to 1,000 rounds (CatBoost's 1,000 are its default). Results: FOLDER/<table>/peers.json; what is there is kept.
"""
import argparse
import json
import os
import time

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, average_precision_score, log_loss, mean_squared_error, roc_auc_score

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("seeds", nargs="?", type=int, default=3)
parser.add_argument("--only", default="")
parser.add_argument("--peers", default="lightgbm,xgboost,catboost,sklearn")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--plain", action="store_true", help="defaults only, without early stopping")
args = parser.parse_args()

ROUNDS = 1000
PATIENCE = 50
# Strings of CSV files that look like numbers are numbers to pandas, as they are to a reader of ours.
MAX_HGB_CATEGORIES = 255


def split(data, seed):
    order = np.random.default_rng(seed).permutation(len(data))
    cut = len(data) // 4
    return data.iloc[order[cut:]].reset_index(drop=True), data.iloc[order[:cut]].reset_index(drop=True)


def prepared(train, test):
    train, test = train.copy(), test.copy()
    for column in list(train.columns):
        if pd.api.types.is_bool_dtype(train[column]):
            train[column], test[column] = train[column].astype(int), test[column].astype(int)
        if pd.api.types.is_numeric_dtype(train[column]):
            continue
        if train[column].dropna().astype(str).str.match(r"^\d{4}-\d\d-\d\d").all():
            for frame in (train, test):
                date = pd.to_datetime(frame[column]).dt.tz_localize(None)
                frame[f"{column}.days"] = (date - pd.Timestamp(0)) / pd.Timedelta(days=1)
                for part in ("year", "month", "day", "weekday", "dayofyear", "hour"):
                    frame[f"{column}.{part}"] = getattr(date.dt, part)
            train, test = train.drop(columns=column), test.drop(columns=column)
            continue
        kind = pd.CategoricalDtype(sorted(train[column].dropna().astype(str).unique()))
        for frame in (train, test):
            frame[column] = frame[column].astype(str).where(frame[column].notna() & frame[column].astype(str).isin(kind.categories), None).astype(kind)
    return train, test


def lightgbm_model(task, x, y, held):
    import lightgbm

    kind = lightgbm.LGBMRegressor if task == "regression" else lightgbm.LGBMClassifier
    if held is None:
        return kind(verbose=-1, n_jobs=args.threads).fit(x, y)
    stop = lightgbm.early_stopping(PATIENCE, verbose=False)
    return kind(verbose=-1, n_jobs=args.threads, n_estimators=ROUNDS).fit(x, y, eval_set=[held], callbacks=[stop])


def xgboost_model(task, x, y, held):
    import xgboost

    kind = xgboost.XGBRegressor if task == "regression" else xgboost.XGBClassifier
    if held is None:
        return kind(n_jobs=args.threads, enable_categorical=True).fit(x, y)
    return kind(n_jobs=args.threads, enable_categorical=True, n_estimators=ROUNDS, early_stopping_rounds=PATIENCE).fit(x, y, eval_set=[held], verbose=False)


def catboost_ready(x):
    x = x.copy()
    for column in x.columns:
        if isinstance(x[column].dtype, pd.CategoricalDtype):
            x[column] = x[column].astype(object).where(x[column].notna(), "missing").astype(str)
    return x


def catboost_model(task, x, y, held):
    import catboost

    names = [column for column in x.columns if isinstance(x[column].dtype, pd.CategoricalDtype)]
    kind = catboost.CatBoostRegressor if task == "regression" else catboost.CatBoostClassifier
    model = kind(verbose=0, thread_count=args.threads, cat_features=names, allow_writing_files=False)
    if held is None:
        return model.fit(catboost_ready(x), y)
    return model.fit(catboost_ready(x), y, eval_set=(catboost_ready(held[0]), held[1]), early_stopping_rounds=PATIENCE)


def sklearn_ready(x):
    x = x.copy()
    for column in x.columns:
        if isinstance(x[column].dtype, pd.CategoricalDtype) and len(x[column].cat.categories) > MAX_HGB_CATEGORIES:
            x[column] = x[column].cat.codes.replace(-1, np.nan)
    return x


def sklearn_model(task, x, y, held):
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
    if held is None:
        return kind().fit(sklearn_ready(x), y)
    return kind(max_iter=ROUNDS, early_stopping=True, n_iter_no_change=PATIENCE, validation_fraction=0.2).fit(sklearn_ready(x), y)


PEERS = {
    "lightgbm": (lightgbm_model, lambda x: x),
    "xgboost": (xgboost_model, lambda x: x),
    "catboost": (catboost_model, catboost_ready),
    "sklearn": (sklearn_model, sklearn_ready),
}


def scores(task, classes, model, x, y):
    if task == "regression":
        return {"rmse": float(np.sqrt(mean_squared_error(y, model.predict(x))))}
    p = model.predict_proba(x)
    found = {"logLoss": float(log_loss(y, p, labels=range(len(classes)))), "accuracy": float(accuracy_score(y, p.argmax(1)))}
    if task == "binary":
        found["auc"] = float(roc_auc_score(y, p[:, 1]))
        found["averagePrecision"] = float(average_precision_score(y, p[:, 1]))
    return found


def measure(folder, task, target, seed, results):
    train, test = split(pd.read_csv(os.path.join(folder, "data.csv"), low_memory=False), seed)
    place = os.path.join(folder, f"{seed}")
    os.makedirs(place, exist_ok=True)
    if not os.path.exists(f"{place}/test.csv"):
        train.to_csv(f"{place}/train.csv", index=False)
        test.to_csv(f"{place}/test.csv", index=False)
    x, xt = prepared(train.drop(columns=target), test.drop(columns=target))
    y, yt, classes = train[target], test[target], None
    if task != "regression":
        classes = sorted(y.astype(str).unique())
        y, yt = (values.astype(str).map({name: i for i, name in enumerate(classes)}) for values in (y, yt))
    cut = int(len(x) * 0.8)
    for name in args.peers.split(","):
        fit, ready = PEERS[name]
        for stopped in (False,) if args.plain else (False, True):
            key = f"{name}-stopped" if stopped else name
            if key in results:
                continue
            begin, held = time.perf_counter(), None
            try:
                rows = x, y
                if stopped and name != "sklearn":
                    held, rows = (x[cut:], y[cut:]), (x[:cut], y[:cut])
                model = fit(task, *rows, held)
                results[key] = {**scores(task, classes, model, ready(xt), yt), "seconds": time.perf_counter() - begin}
            except Exception as error:
                results[key] = {"error": repr(error)[:200]}
            print(os.path.basename(folder), seed, key, {k: v if isinstance(v, str) else round(v, 5) for k, v in results[key].items()}, flush=True)


with open(os.path.join(args.folder, "tables.json")) as file:
    tables = json.load(file)
for name, described in tables.items():
    if args.only and name not in args.only.split(","):
        continue
    folder = os.path.join(args.folder, name)
    path = os.path.join(folder, "peers.json")
    known = json.load(open(path)) if os.path.exists(path) else {}
    for seed in range(args.seeds):
        measure(folder, described["task"], described["target"], seed, known.setdefault(f"{seed}", {}))
        with open(path, "w") as file:
            json.dump(known, file, indent=1)
