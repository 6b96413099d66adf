import type { PeerProgram, TaskKind } from "../core/index.ts";

const TABLES: readonly TaskKind[] = ["regression", "binary", "multiclass", "forecast"];

/** The programs that `programs.py` knows how to run, each with its own defaults. */
export const PROGRAMS: readonly PeerProgram[] = [
  { name: "xgboost", title: "XGBoost (Python)", tasks: TABLES },
  { name: "lightgbm", title: "LightGBM (Python)", tasks: TABLES },
  { name: "catboost", title: "CatBoost (Python)", tasks: TABLES },
  { name: "scikit-learn", title: "scikit-learn's histogram boosting", tasks: TABLES },
  { name: "linear", title: "scikit-learn's linear model", tasks: TABLES },
  { name: "keras", title: "Keras (LSTM or MLP)", tasks: TABLES },
  { name: "torch", title: "PyTorch (LSTM or MLP)", tasks: TABLES },
];
