"""Algorithms for texts with their defaults beside scikit-learn's TF-IDF with a linear model, tuned on a tenth of the training rows.

Usage: python bench/text/tuned.py TRAIN.csv TEST.csv TEXT LABEL [ALGORITHM,...]      needs scikit-learn and a built dist
Prints accuracy and macro-F1 on the test rows, and CPU seconds (training and tuning).
"""
import csv
import itertools
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import warnings

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_union
from sklearn.svm import LinearSVC

warnings.filterwarnings("ignore")
train, test, text, label = sys.argv[1:5]
algorithms = sys.argv[5].split(",") if len(sys.argv) > 5 else ["text-linear"]
kaayko = pathlib.Path(__file__).parents[2] / "bin" / "kaayko"


def columns(path):
    rows = list(csv.DictReader(open(path, encoding="utf8", newline="")))
    return [row[text] for row in rows], [row[label] for row in rows]


def words():
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)


def words_and_characters():
    return make_union(words(), TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3))


def logistic(cost):
    return OneVsRestClassifier(LogisticRegression(C=8 * cost, solver="liblinear"))


def seconds(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


(x, y), (x_test, y_test) = columns(train), columns(test)
begun = seconds(resource.RUSAGE_SELF)
x_fit, x_held, y_fit, y_held = train_test_split(x, y, test_size=0.1, random_state=0, stratify=y)
best = (-1.0, None, None, None)
for features in (words, words_and_characters):
    vectoriser = features()
    fit, held = vectoriser.fit_transform(x_fit), vectoriser.transform(x_held)
    for model, cost in itertools.product((LinearSVC, logistic), (0.1, 0.3, 1, 3)):
        made = model(C=cost) if model is LinearSVC else model(cost)
        score = accuracy_score(y_held, made.fit(fit, y_fit).predict(held))
        if score > best[0]:
            best = (score, features, model, cost)
_, features, model, cost = best
vectoriser = features()
made = model(C=cost) if model is LinearSVC else model(cost)
predicted = made.fit(vectoriser.fit_transform(x), y).predict(vectoriser.transform(x_test))
spent = seconds(resource.RUSAGE_SELF) - begun
name = f"scikit-learn, {model.__name__} at {cost} over {features.__name__}"
print(f"{name}: accuracy {accuracy_score(y_test, predicted):.4f}, macro-F1 {f1_score(y_test, predicted, average='macro'):.4f}, {spent:.0f} s")

with tempfile.TemporaryDirectory() as folder:
    for algorithm in algorithms:
        begun = seconds(resource.RUSAGE_CHILDREN)
        flags = ["--data", pathlib.Path(train).resolve(), "--test", pathlib.Path(test).resolve(), "--target", label]
        command = ["node", kaayko, "train", *flags, "--algorithms", algorithm, "--report", "none", "--json"]
        printed = subprocess.run(command, cwd=folder, capture_output=True, check=True, text=True)
        counts = json.loads(printed.stdout)["confusion"]["counts"]
        sums = range(len(counts))
        rows = sum(map(sum, counts))
        right = sum(counts[k][k] for k in sums)
        f1 = [2 * counts[k][k] / max(1, sum(counts[k]) + sum(row[k] for row in counts)) for k in sums]
        spent = seconds(resource.RUSAGE_CHILDREN) - begun
        print(f"{algorithm}: accuracy {right / rows:.4f}, macro-F1 {sum(f1) / len(f1):.4f}, {spent:.0f} s")
