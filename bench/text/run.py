"""text-linear's solver beside scikit-learn's liblinear on the same TF-IDF matrix, alternating, medians of three.

Usage: python bench/text/run.py TABLE.csv TEXT LABELS SEPARATOR [rows]      needs scikit-learn
One row of the table is one text; LABELS holds one label, or several with SEPARATOR between them.
"""
import csv
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from scipy.sparse import hstack

warnings.filterwarnings("ignore")
path, text, label, separator = sys.argv[1:5]
limit = int(sys.argv[5]) if len(sys.argv) > 5 else None
table = list(csv.DictReader(open(path, encoding="utf8")))[:limit]
texts = [row[text] for row in table]
sets = [row[label].split(separator) if separator else [row[label]] for row in table]
classes = sorted({one for several in sets for one in several})
words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True)
matrix = hstack([words.fit_transform(texts), characters.fit_transform(texts)]).tocsr().astype(np.float32)
truth = np.array([[1 if one in several else -1 for several in sets] for one in classes], dtype=np.int8)
bench = pathlib.Path(__file__).with_name("ours.mjs")


def objective(loss, cost, planes):
    total = 0.0
    for k, (weights, intercept) in enumerate(planes):
        margin = truth[k] * (matrix @ weights + intercept)
        slack = np.maximum(0, 1 - margin)
        losses = {"logistic": np.logaddexp(0, -margin), "squaredHinge": slack**2}[loss]
        total += 0.5 * (weights @ weights + intercept**2) + cost * losses.sum()
    return total


def peer(loss, cost):
    started = time.perf_counter()
    planes = []
    for labels in truth:
        model = LinearSVC(C=cost) if loss == "squaredHinge" else LogisticRegression(C=cost, solver="liblinear")
        model.fit(matrix, labels)
        planes.append((model.coef_[0], model.intercept_[0]))
    return time.perf_counter() - started, objective(loss, cost, planes)


with tempfile.TemporaryDirectory() as folder:
    out = pathlib.Path(folder)
    for name, array in {
        "offsets": matrix.indptr.astype(np.uint32),
        "indices": matrix.indices.astype(np.uint32),
        "values": matrix.data.astype(np.float32),
        "labels": truth,
    }.items():
        (out / name).write_bytes(np.ascontiguousarray(array).tobytes())
    shape = {"rows": matrix.shape[0], "width": matrix.shape[1], "count": len(classes)}
    (out / "shape.json").write_text(json.dumps(shape))
    print(shape, "entries", matrix.nnz)
    for loss, cost in (("squaredHinge", 1), ("logistic", 4)):
        ours, theirs = {1: [], 2: []}, []
        for _ in range(3):
            seconds, minimum = peer(loss, cost)
            theirs.append(seconds)
            for threads in (1, 2):
                printed = subprocess.run(
                    ["node", bench, folder, loss, str(cost), str(threads)], capture_output=True, check=True, text=True
                )
                ours[threads].append(json.loads(printed.stdout))
        for threads, runs in ours.items():
            seconds = statistics.median(run["seconds"] for run in runs)
            ratio = seconds / statistics.median(theirs)
            print(
                f"{loss}, {threads} threads: {seconds:.2f} s, scikit-learn {statistics.median(theirs):.2f} s, ratio {ratio:.2f},"
                f" objective {runs[0]['objective'] / minimum:.6f} of theirs"
            )
