"""The same cross-validation as folds.mjs with scikit-learn's neural networks: standardised numbers, one-hot categories.

Usage: python folds.py FOLDER [FOLDS]
"""
import json, sys, time, warnings
import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.simplefilter("ignore")
folder = sys.argv[1]
folds = int(sys.argv[2]) if len(sys.argv) > 2 else 4
peers = json.load(open(f"{folder}/peers.json"))
logs = []
for name in sorted(peers):
    begin = time.time()
    data = pd.read_csv(f"{folder}/{name}/train.csv")
    x, y = data.drop(columns="y"), data["y"]
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include=np.number)),
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude=np.number)),
    )
    scores = []
    for fold in range(folds):
        held = np.arange(len(data)) % folds == fold
        if peers[name]["task"] == "regression":
            mean, std = y[~held].mean(), y[~held].std()
            model = make_pipeline(columns, MLPRegressor(random_state=fold, max_iter=300)).fit(x[~held], (y[~held] - mean) / std)
            error = model.predict(x[held]) * std + mean - y[held]
            scores.append(np.sqrt((error**2).sum() / ((y[held] - y[held].mean()) ** 2).sum()))
        else:
            model = make_pipeline(columns, MLPClassifier(random_state=fold, max_iter=300)).fit(x[~held], y[~held])
            scores.append(log_loss(y[held], model.predict_proba(x[held]), labels=model.classes_))
    logs.append(np.log(np.mean(scores)))
    print(f"{name:14s} {np.mean(scores):.4f} {time.time() - begin:.1f} s", flush=True)
print(f"{'mean':14s} {np.exp(np.mean(logs)):.4f}")
