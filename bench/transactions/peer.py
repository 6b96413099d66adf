"""Average precision of scikit-learn's IsolationForest (its defaults) on a CSV of features; missing values are medians."""
import json
import sys

import pandas as pd
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score

table = pd.read_csv(sys.argv[1], keep_default_na=False, na_values=[""])
kinds = table.pop("anomaly_kind").fillna("")
features = table.fillna(table.median())
scores = -IsolationForest(random_state=0).fit(features).score_samples(features)


def among(rows):
    return average_precision_score(kinds[rows] != "", scores[rows])


result = {"all": among(kinds == kinds)}
for kind in sorted(set(kinds) - {""}):
    result[kind] = among((kinds == "") | (kinds == kind))
print(json.dumps(result))
