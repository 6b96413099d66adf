"""Loads the models that export.mjs wrote into XGBoost, LightGBM and ONNX Runtime and compares their predictions with ours.

Usage: python bench/interchange/check.py FOLDER   (pip install numpy xgboost lightgbm onnx onnxruntime)
Shows for each model the largest difference, relative to the prediction where that is over 1.
"""

import json
import sys
from pathlib import Path

import lightgbm
import numpy as np
import onnx
import onnxruntime
import xgboost

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "bench/.cache/interchange")
worst = 0.0
print(f"xgboost {xgboost.__version__}, lightgbm {lightgbm.__version__}, onnxruntime {onnxruntime.__version__}")
print(f"{'model':<38}{'xgboost':>12}{'lightgbm':>12}{'onnx':>12}{'rows apart':>22}")
for entry in json.loads((folder / "models.list").read_text()):
    name = entry["id"]
    cells = np.fromfile(folder / f"{name}.cells").reshape(entry["rows"], entry["features"])
    ours = np.fromfile(folder / f"{name}.predictions").reshape(entry["rows"], -1)
    booster = xgboost.Booster(model_file=str(folder / f"{name}.json"))
    data = xgboost.DMatrix(
        cells,
        feature_names=booster.feature_names,
        feature_types=booster.feature_types,
        enable_categorical=True,
    )
    theirs = [booster.predict(data), lightgbm.Booster(model_file=str(folder / f"{name}.txt")).predict(cells)]
    onnx.checker.check_model(str(folder / f"{name}.onnx"))
    session = onnxruntime.InferenceSession(str(folder / f"{name}.onnx"))
    outputs = session.run(None, {"features": cells})
    scores = outputs[-1]
    if entry["kind"] == "binary":
        assert (outputs[0] == np.where(ours[:, 0] >= 0.5, "yes", "no")).mean() > 0.99
        scores = scores[:, 1]
    if entry["kind"] == "multiclass":
        assert (outputs[0] == np.array(["a", "b", "c"])[ours.argmax(1)]).mean() > 0.99
    theirs.append(scores)
    apart = [np.abs(t.reshape(ours.shape) - ours) / np.maximum(1, np.abs(ours)) for t in theirs]
    figures = [a.max() for a in apart]
    # Rows that another leaf answers: only float64 features rounded to float32 by XGBoost may have any.
    rows = [int((a.max(1) > 1e-6).sum()) for a in apart]
    worst = max(worst, *figures[1:], 0.0 if name.endswith("-wide") else figures[0])
    print(f"{name:<38}" + "".join(f"{figure:>12.1e}" for figure in figures) + f"{str(rows):>22}")
print("worst difference but of float64 features in XGBoost:", worst)
sys.exit(0 if worst <= 1e-6 else 1)
