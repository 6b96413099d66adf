"""Other programs on the rows of a benchmark, each with its own defaults.

    python programs.py --list             the programs that are installed, with their versions, as JSON
    python programs.py NAME FOLDER        learns and predicts: reads rows.json and the arrays beside it, writes
                                          predictions.f64 and result.json

Arrays are raw and row-major: x.f32 features (categories as codes, 0 where missing), windows.f32 past readings of a forecast,
y.f64 targets (NaN where a step ahead is missing), weight.f32; train- and test- before each name.
"""

import importlib.metadata
import importlib.util
import json
import os
import sys
import time

PACKAGES = {
    "xgboost": ("xgboost", "xgboost"),
    "lightgbm": ("lightgbm", "lightgbm"),
    "catboost": ("catboost", "catboost"),
    "scikit-learn": ("sklearn", "scikit-learn"),
    "linear": ("sklearn", "scikit-learn"),
    "keras": ("tensorflow", "tensorflow"),
    "torch": ("torch", "torch"),
}
SINGLE_ROWS = 25
MEASURED_ROWS = 16384
# Passes of the neural ones at most; they stop when the last tenth of the rows says so.
EPOCHS = 60
PATIENCE = 5


def version_of(distribution):
    for name in (distribution, distribution + "-cpu"):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            pass
    return "of unknown version"


def installed():
    if importlib.util.find_spec("numpy") is None:
        return {}
    found = {}
    for name, (module, distribution) in PACKAGES.items():
        if importlib.util.find_spec(module) is not None:
            found[name] = f"{distribution} {version_of(distribution)}"
    return found


def read(folder, rows, role):
    import numpy as np

    count, features = rows["rows"][role], len(rows["features"])
    array = lambda name, kind, *shape: np.fromfile(os.path.join(folder, f"{role}-{name}"), kind).reshape(shape)
    window = rows["window"]
    return {
        "x": array("x.f32", "<f4", count, features),
        "windows": None if window is None else array("windows.f32", "<f4", count, window["steps"], window["channels"]),
        "y": array("y.f64", "<f8", count, rows["width"]),
        "weight": array("weight.f32", "<f4", count) if rows["weighted"] else None,
    }


def from_columns(make):
    """Classes: one model. Numbers: one a step ahead, each from the rows whose value is known."""

    def fit(rows, train):
        import numpy as np

        if is_classes(rows):
            model = make(rows, train["x"], train["y"][:, 0], train["weight"])
            return lambda given: model(given["x"])
        models = []
        for step in range(rows["width"]):
            known = ~np.isnan(train["y"][:, step])
            weight = None if train["weight"] is None else train["weight"][known]
            models.append(make(rows, train["x"][known], train["y"][known, step], weight))
        return lambda given: np.stack([model(given["x"]) for model in models], axis=1)

    return fit


def classes_of(rows, model):
    """The probability of the second of two classes, or of each class, also of those that no training row has."""
    import numpy as np

    def predict(x):
        known = model.predict_proba(x)
        every = np.zeros((len(x), rows["classes"]))
        every[:, np.asarray(model.classes_).astype(int)] = known
        return every[:, 1] if rows["task"] == "binary" else every

    return predict


def is_classes(rows):
    return rows["task"] in ("binary", "multiclass")


def categories(rows):
    return [i for i, feature in enumerate(rows["features"]) if feature["cardinality"] > 0]


def xgboost(rows, x, y, weight):
    import xgboost as xgb

    kinds = ["c" if feature["cardinality"] > 0 else "q" for feature in rows["features"]]
    given = {"n_jobs": rows["threads"], "random_state": rows["seed"], "enable_categorical": True, "feature_types": kinds}
    if is_classes(rows):
        return classes_of(rows, xgb.XGBClassifier(**given).fit(x, y, sample_weight=weight))
    return xgb.XGBRegressor(**given).fit(x, y, sample_weight=weight).predict


def lightgbm(rows, x, y, weight):
    import lightgbm as lgb

    given = {"n_jobs": rows["threads"], "random_state": rows["seed"], "verbose": -1}
    known = {"sample_weight": weight, "categorical_feature": categories(rows)}
    if is_classes(rows):
        return classes_of(rows, lgb.LGBMClassifier(**given).fit(x, y, **known))
    return lgb.LGBMRegressor(**given).fit(x, y, **known).predict


def catboost(rows, x, y, weight):
    import catboost as cat

    given = {"thread_count": rows["threads"], "random_seed": rows["seed"], "verbose": 0, "allow_writing_files": False}
    if is_classes(rows):
        return classes_of(rows, cat.CatBoostClassifier(**given).fit(x, y, sample_weight=weight))
    return cat.CatBoostRegressor(**given).fit(x, y, sample_weight=weight).predict


def scikit_learn(rows, x, y, weight):
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    few = [i for i in categories(rows) if rows["features"][i]["cardinality"] < 255]
    given = {"random_state": rows["seed"], "categorical_features": few or None}
    if is_classes(rows):
        return classes_of(rows, HistGradientBoostingClassifier(**given).fit(x, y, sample_weight=weight))
    return HistGradientBoostingRegressor(**given).fit(x, y, sample_weight=weight).predict


def linear(rows, x, y, weight):
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    texts = categories(rows)
    numbers = [i for i in range(x.shape[1]) if i not in texts]
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            ("texts", OneHotEncoder(handle_unknown="ignore", max_categories=64), texts),
        ]
    )
    model = LogisticRegression(max_iter=300) if is_classes(rows) else Ridge()
    name = "logisticregression" if is_classes(rows) else "ridge"
    fitted = make_pipeline(columns, model).fit(x, y, **{f"{name}__sample_weight": weight})
    return classes_of(rows, fitted) if is_classes(rows) else fitted.predict


def scaled(rows, train):
    """Standardised inputs and targets for a network; missing ones are 0, which is their mean."""
    import numpy as np

    source = "x" if rows["window"] is None else "windows"
    over = tuple(range(train[source].ndim - 1))
    mean, deviation = np.nanmean(train[source], over), np.nanstd(train[source], over)
    deviation[~(deviation > 0)] = 1
    inputs = lambda given: np.nan_to_num((given[source] - mean) / deviation).astype("f4")
    if is_classes(rows):
        return inputs, 0.0, 1.0, train["y"].astype("f4")
    centre, spread = np.nanmean(train["y"]), np.nanstd(train["y"]) or 1.0
    return inputs, centre, spread, np.nan_to_num((train["y"] - centre) / spread).astype("f4")


def outputs_of(rows):
    if rows["task"] == "multiclass":
        return rows["classes"]
    return rows["width"]


def keras(rows, train):
    import numpy as np
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(rows["threads"])
    tf.keras.utils.set_random_seed(rows["seed"])
    layers = tf.keras.layers
    inputs, centre, spread, y = scaled(rows, train)
    x = inputs(train)
    ends = {"binary": "sigmoid", "multiclass": "softmax"}
    losses = {"binary": "binary_crossentropy", "multiclass": "sparse_categorical_crossentropy"}
    hidden = [layers.LSTM(64)] if rows["window"] else [layers.Dense(128, "relu"), layers.Dense(64, "relu")]
    last = layers.Dense(outputs_of(rows), ends.get(rows["task"]))
    model = tf.keras.Sequential([tf.keras.Input(x.shape[1:]), *hidden, last])
    model.compile("adam", losses.get(rows["task"], "mse"))
    stop = tf.keras.callbacks.EarlyStopping(patience=PATIENCE, restore_best_weights=True)
    weight = train["weight"]
    if rows["width"] == 1 and not is_classes(rows):
        known = (~np.isnan(train["y"][:, 0])).astype("f4")
        weight = known if weight is None else weight * known
    model.fit(x, y, batch_size=256, epochs=EPOCHS, validation_split=0.1, callbacks=[stop], sample_weight=weight, verbose=0)

    def predict(given):
        made = model.predict(inputs(given), batch_size=4096, verbose=0) * spread + centre
        return made[:, 0] if rows["task"] == "binary" else made

    return predict


def torch(rows, train):
    import copy

    import numpy as np
    import torch as pt
    from torch import nn

    pt.set_num_threads(rows["threads"])
    pt.manual_seed(rows["seed"])
    inputs, centre, spread, y = scaled(rows, train)
    x = pt.from_numpy(inputs(train))
    y = pt.from_numpy(y.astype("i8")[:, 0] if rows["task"] == "multiclass" else y)

    class Recurrent(nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.lstm, self.last = nn.LSTM(channels, 64, batch_first=True), nn.Linear(64, outputs_of(rows))

        def forward(self, x):
            return self.last(self.lstm(x)[0][:, -1])

    wide = lambda: nn.Sequential(
        nn.Linear(x.shape[1], 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, outputs_of(rows))
    )
    model = Recurrent(x.shape[2]) if rows["window"] else wide()
    losses = {"binary": nn.BCEWithLogitsLoss(), "multiclass": nn.CrossEntropyLoss()}
    loss = losses.get(rows["task"], nn.MSELoss())
    optimiser = pt.optim.Adam(model.parameters())
    held = max(1, len(x) // 10)
    learn = len(x) - held
    best, kept, stale = np.inf, copy.deepcopy(model.state_dict()), 0
    for _ in range(EPOCHS):
        model.train()
        for part in pt.randperm(learn).split(256):
            optimiser.zero_grad()
            loss(model(x[part]), y[part]).backward()
            optimiser.step()
        model.eval()
        with pt.no_grad():
            score = float(loss(model(x[learn:]), y[learn:]))
        if score < best:
            best, kept, stale = score, copy.deepcopy(model.state_dict()), 0
        else:
            stale += 1
        if stale >= PATIENCE:
            break
    model.load_state_dict(kept)
    model.eval()

    def predict(given):
        with pt.no_grad():
            made = pt.cat([model(part) for part in pt.from_numpy(inputs(given)).split(4096)])
        if rows["task"] == "binary":
            return pt.sigmoid(made)[:, 0].numpy()
        if rows["task"] == "multiclass":
            return pt.softmax(made, 1).numpy()
        return made.numpy() * spread + centre

    return predict


FITS = {
    "xgboost": from_columns(xgboost),
    "lightgbm": from_columns(lightgbm),
    "catboost": from_columns(catboost),
    "scikit-learn": from_columns(scikit_learn),
    "linear": from_columns(linear),
    "keras": keras,
    "torch": torch,
}


def seconds(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def part_of(given, rows):
    return {name: None if array is None else array[rows] for name, array in given.items()}


def main(name, folder):
    import numpy as np

    with open(os.path.join(folder, "rows.json")) as file:
        rows = json.load(file)
    train, test = read(folder, rows, "train"), read(folder, rows, "test")
    begun = time.perf_counter()
    predict = FITS[name](rows, train)
    train_seconds = time.perf_counter() - begun
    predictions = np.asarray(predict(test), "<f8")
    some = part_of(test, slice(0, MEASURED_ROWS))
    passes = sorted(seconds(lambda: predict(some)) for _ in range(3))
    singles = sorted(seconds(lambda: predict(part_of(test, slice(i, i + 1)))) for i in range(min(SINGLE_ROWS, len(test["x"]))))
    predictions.reshape(-1).tofile(os.path.join(folder, "predictions.f64"))
    result = {
        "trainSeconds": train_seconds,
        "rowsPerSecond": min(MEASURED_ROWS, len(test["x"])) / max(passes[1], 1e-6),
        "millisecondsPerRow": 1000 * singles[len(singles) // 2],
    }
    with open(os.path.join(folder, "result.json"), "w") as file:
        json.dump(result, file)


if sys.argv[1] == "--list":
    print(json.dumps(installed()))
else:
    main(sys.argv[1], sys.argv[2])
