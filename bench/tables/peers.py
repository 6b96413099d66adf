"""Writes public tables that ship with scikit-learn, and made ones, as train.csv and test.csv; scores LightGBM with defaults on them.

Usage: python peers.py OUT_FOLDER [SHARED_DATA_FOLDER]
Every table is split by a fixed permutation: a quarter is the test file. Nothing is tuned. Results: OUT_FOLDER/peers.json.
"""
import json, os, sys
import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error, roc_auc_score
import lightgbm

out = sys.argv[1]
shared = sys.argv[2] if len(sys.argv) > 2 else None


def frame(bunch):
    data = pd.DataFrame(bunch.data, columns=[str(name).replace(" ", "_") for name in bunch.feature_names])
    data["y"] = bunch.target
    return data


def made(make, **options):
    x, y = make(**options)
    data = pd.DataFrame(x, columns=[f"x{i}" for i in range(x.shape[1])])
    data["y"] = y
    return data


def adult_like(rows, seed):
    """Mixed table: categories with many levels, missing values, a skewed positive class."""
    random = np.random.default_rng(seed)
    levels = [f"c{i}" for i in range(40)]
    effect = random.normal(size=40)
    code = random.integers(0, 40, rows)
    other = random.choice(["red", "green", "blue"], rows, p=[0.6, 0.3, 0.1])
    x = random.normal(size=(rows, 6))
    logit = effect[code] + x[:, 0] * x[:, 1] + np.where(other == "blue", 1.5, 0) + 0.5 * np.abs(x[:, 2]) - 2
    y = (random.random(rows) < 1 / (1 + np.exp(-logit))).astype(int)
    data = pd.DataFrame(x, columns=[f"x{i}" for i in range(6)])
    data.loc[random.random(rows) < 0.2, "x0"] = np.nan
    data["code"] = np.array(levels)[code]
    data["colour"] = other
    data["y"] = np.where(y == 1, "yes", "no")
    return data


def counts(rows, seed):
    """A count target that is mostly zero, with categories of many levels."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, 8))
    shop = random.integers(0, 600, rows)
    effect = random.normal(size=600) * 0.7
    rate = np.exp(0.4 * x[:, 0] + 0.5 * np.abs(x[:, 1]) - 0.8 + effect[shop] + 0.4 * (x[:, 2] > 0) * x[:, 3])
    data = pd.DataFrame(x, columns=[f"x{i}" for i in range(8)])
    data["shop"] = [f"shop-{i}" for i in shop]
    data["y"] = random.poisson(rate)
    return data


def skewed(rows, seed):
    """Prices: a log-normal target over several magnitudes, with columns that are missing half the time, and not by chance."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, 12))
    kind = random.choice(list("abcdefgh"), rows)
    level = {letter: value for letter, value in zip("abcdefgh", random.normal(size=8))}
    price = np.exp(8 + 0.6 * x[:, 0] + 0.4 * x[:, 1] * x[:, 2] + 0.5 * np.array([level[k] for k in kind]) + 0.3 * random.normal(size=rows))
    data = pd.DataFrame(x, columns=[f"x{i}" for i in range(12)])
    for i in range(6):
        data.loc[random.random(rows) < np.where(data[f"x{i}"] > 0, 0.7, 0.2), f"x{i}"] = np.nan
    data["kind"] = kind
    data["y"] = price
    return data


def rare(rows, seed):
    """One positive in two hundred."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, 15))
    logit = 1.2 * x[:, 0] - x[:, 1] * x[:, 2] + 0.8 * np.maximum(0, x[:, 3]) - 7.5
    data = pd.DataFrame(x, columns=[f"x{i}" for i in range(15)])
    data["y"] = (random.random(rows) < 1 / (1 + np.exp(-logit))).astype(int)
    return data


def identifiers(rows, seed):
    """A column of a thousand levels that means nothing, beside columns that do: what learns it by heart does worse."""
    data = skewed(rows, seed)
    random = np.random.default_rng(seed + 1)
    data["id"] = [f"id-{i}" for i in random.integers(0, 1200, rows)]
    data["y"] = np.log(data["y"])
    return data


def ordinal(rows, seed):
    """Grades of a few levels that overlap, as in ratings: a regression on whole numbers, mostly noise."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, 11))
    hidden = 0.6 * x[:, 0] - 0.4 * x[:, 1] + 0.3 * x[:, 2] * x[:, 3] + random.normal(size=rows) * 0.8
    data = pd.DataFrame(np.round(x, 1), columns=[f"x{i}" for i in range(11)])
    data["y"] = np.clip(np.round(5.6 + hidden), 3, 9).astype(int)
    return data


TABLES = {
    "diabetes": ("regression", frame(datasets.load_diabetes())),
    "breast_cancer": ("binary", frame(datasets.load_breast_cancer())),
    "wine": ("multiclass", frame(datasets.load_wine())),
    "iris": ("multiclass", frame(datasets.load_iris())),
    "digits": ("multiclass", frame(datasets.load_digits())),
    "friedman1": ("regression", made(datasets.make_friedman1, n_samples=4000, n_features=10, noise=1.0, random_state=1)),
    "friedman2": ("regression", made(datasets.make_friedman2, n_samples=2000, noise=50.0, random_state=2)),
    "friedman3": ("regression", made(datasets.make_friedman3, n_samples=8000, noise=0.1, random_state=3)),
    "hastie": ("binary", made(datasets.make_hastie_10_2, n_samples=12000, random_state=4)),
    "classes5": ("multiclass", made(datasets.make_classification, n_samples=10000, n_features=20, n_informative=8, n_classes=5, flip_y=0.05, random_state=5)),
    "sparse": ("regression", made(datasets.make_sparse_uncorrelated, n_samples=3000, n_features=20, random_state=6)),
    "imbalanced": ("binary", made(datasets.make_classification, n_samples=20000, n_features=25, n_informative=6, weights=[0.95], flip_y=0.02, random_state=7)),
    "categories": ("binary", adult_like(20000, 8)),
    "counts": ("regression", counts(15000, 9)),
    "skewed": ("regression", skewed(10000, 10)),
    "rare": ("binary", rare(30000, 11)),
    "grades": ("regression", ordinal(4000, 12)),
    "grades_classes": ("multiclass", ordinal(3000, 13)),
    "identifiers": ("regression", identifiers(8000, 18)),
    "small_noisy": ("binary", made(datasets.make_classification, n_samples=800, n_features=20, n_informative=5, flip_y=0.2, random_state=14)),
    "small_mixed": ("binary", adult_like(900, 15)),
    "small_classes": ("multiclass", made(datasets.make_classification, n_samples=600, n_features=12, n_informative=6, n_classes=6, n_clusters_per_class=1, random_state=16)),
    "small_linear": ("regression", made(datasets.make_regression, n_samples=500, n_features=10, n_informative=6, noise=20, random_state=17)),
}
if shared and os.path.exists(f"{shared}/california/housing.csv"):
    housing = pd.read_csv(f"{shared}/california/housing.csv").rename(columns={"median_house_value": "y"})
    TABLES["california"] = ("regression", housing)


def split(name, data):
    if name == "california":
        test = np.arange(len(data)) % 5 == 0
        return data[~test], data[test]
    order = np.random.default_rng(0).permutation(len(data))
    cut = len(data) // 4
    return data.iloc[order[cut:]], data.iloc[order[:cut]]


results = {}
for name, (task, data) in TABLES.items():
    train, test = split(name, data)
    folder = os.path.join(out, name)
    os.makedirs(folder, exist_ok=True)
    train.to_csv(f"{folder}/train.csv", index=False)
    test.to_csv(f"{folder}/test.csv", index=False)
    x, xt = train.drop(columns="y").copy(), test.drop(columns="y").copy()
    for column in x.columns:
        if not pd.api.types.is_numeric_dtype(x[column]):
            kind = pd.CategoricalDtype(sorted(x[column].dropna().unique()))
            x[column], xt[column] = x[column].astype(kind), xt[column].astype(kind)
    if task == "regression":
        model = lightgbm.LGBMRegressor(verbose=-1, n_jobs=2).fit(x, train["y"])
        score = {"rmse": float(np.sqrt(mean_squared_error(test["y"], model.predict(xt))))}
    else:
        model = lightgbm.LGBMClassifier(verbose=-1, n_jobs=2).fit(x, train["y"])
        probability = model.predict_proba(xt)
        score = {"accuracy": float(accuracy_score(test["y"], model.classes_[probability.argmax(1)])), "logLoss": float(log_loss(test["y"], probability, labels=model.classes_))}
        if task == "binary":
            score["auc"] = float(roc_auc_score(test["y"] == model.classes_[1], probability[:, 1]))
    results[name] = {"task": task, "lightgbm": score}
with open(os.path.join(out, "peers.json"), "w") as file:
    json.dump(results, file, indent=1)
