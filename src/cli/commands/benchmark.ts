import { Option } from "commander";
import { examples, onRun, type Register } from "../context.ts";
import { addTrainFlags } from "../train-flags.ts";
import { train } from "./train.ts";

const RESULTS = "benchmark_results.json";

/** Training that also measures: speed, references, other programs. It is a run like any other, and goes on as one. */
export const register: Register = async (command, context) => {
  examples(command, [
    ["kaayko benchmark --recipe highway-traffic", "on its synthetic table"],
    ["kaayko benchmark --recipe highway-traffic --data train.csv --test test.csv", ""],
    ["kaayko benchmark --data houses.parquet --target price --algorithms xgboost,mlp", "of these only"],
    ["kaayko benchmark --data a.csv --target y --peers xgboost,lightgbm --python venv/bin/python", ""],
    ["kaayko resume", "where it was interrupted"],
  ]);
  await addTrainFlags(command, context);
  command.addOption(
    new Option("--out <FILE>", `The results; their page lies beside them (default: ${RESULTS})`).helpGroup(
      "Benchmark:",
    ),
  );
  onRun(command, context, (_args, options) =>
    train(context, { ...options, benchmark: options.out ?? options.benchmark ?? RESULTS }, "open"),
  );
};
