import type { ParameterSpec } from "../../core/index.ts";

/** Settings by which a run becomes a benchmark. */
export const BENCHMARK_SETTINGS: readonly ParameterSpec[] = [
  {
    name: "benchmark",
    type: "string",
    group: "Benchmark",
    placeholder: "FILE",
    description: "Also measure speed, references and other installed programs; write the results here (see benchmark)",
  },
  {
    name: "peers",
    type: "list",
    group: "Benchmark",
    placeholder: "a,b",
    description:
      "Other programs to measure: xgboost, lightgbm, catboost, scikit-learn, linear, keras, torch, or none (default: all that are installed)",
  },
  {
    name: "python",
    type: "string",
    group: "Benchmark",
    placeholder: "COMMAND",
    affectsResult: false,
    description: "The Python that has them (default: python3)",
  },
];
