// A dataset in memory for an algorithm: a share of the rows that are not for the test is held out for validation.
import { randomStream } from "../../dist/core/index.js";

function featureSpec(column, rows) {
  if (column.kind === "categorical") {
    let missing = 0;
    for (const row of rows) if (column.codes[row] === 0) missing++;
    return {
      name: column.name,
      kind: "categorical",
      cardinality: column.cardinality,
      mean: 0,
      std: 0,
      min: 0,
      max: 0,
      missing,
    };
  }
  const present = [...rows].map((row) => column.values[row]).filter((value) => !Number.isNaN(value));
  const mean = present.reduce((a, b) => a + b, 0) / Math.max(1, present.length);
  const std = Math.sqrt(present.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, present.length));
  const min = present.reduce((a, b) => Math.min(a, b), Infinity);
  const max = present.reduce((a, b) => Math.max(a, b), -Infinity);
  return {
    name: column.name,
    kind: "numeric",
    cardinality: 0,
    mean,
    std,
    min,
    max,
    missing: rows.length - present.length,
  };
}

export function datasetOf(table, { seed, validationSize, part = Math.round(1 / validationSize) - 1 }) {
  const rows = table.target.length;
  const all = Array.from({ length: rows }, (_, i) => i);
  const test = all.filter((i) => table.isTest[i]);
  const rest = randomStream(seed, "validation").shuffle(all.filter((i) => !table.isTest[i]));
  // Stratified for classes, as the engine does it.
  if (table.task.kind !== "regression") rest.sort((a, b) => table.target[a] - table.target[b]);
  const every = validationSize > 0 ? Math.round(1 / validationSize) : Infinity;
  const roles = {
    train: Uint32Array.from(rest.filter((_, i) => i % every !== part)).sort(),
    validation: Uint32Array.from(rest.filter((_, i) => i % every === part)).sort(),
    test: Uint32Array.from(test),
  };
  const data = { rows, columns: table.columns };
  return {
    task: table.task,
    features: table.columns.map((column) => featureSpec(column, roles.train)),
    rows: { train: roles.train.length, validation: roles.validation.length, test: roles.test.length },
    target: { mean: 0, std: 1, min: 0, max: 1, classCounts: [] },
    inMemory: true,
    examples: async (role) => ({ table: data, rows: roles[role], target: table.target, weight: null }),
    testRows: roles.test,
  };
}

/** Some rows of a table, as a table. */
export function rowsOfTable(table, rows) {
  return {
    rows: rows.length,
    columns: table.columns.map((column) =>
      column.kind === "numeric"
        ? { ...column, values: Float64Array.from(rows, (row) => column.values[row]) }
        : { ...column, codes: Uint32Array.from(rows, (row) => column.codes[row]) },
    ),
  };
}

export function metricsOf(task, target, predictions) {
  const n = target.length;
  if (task.kind === "regression") {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (predictions[i] - target[i]) ** 2;
    return { rmse: Math.sqrt(sum / n) };
  }
  const classes = task.classes.length;
  let wrong = 0;
  let logLoss = 0;
  for (let i = 0; i < n; i++) {
    const row =
      task.kind === "binary"
        ? [1 - predictions[i], predictions[i]]
        : predictions.subarray(i * classes, (i + 1) * classes);
    wrong += row.indexOf(Math.max(...row)) === target[i] ? 0 : 1;
    logLoss -= Math.log(Math.max(1e-15, row[target[i]]));
  }
  const out = { accuracy: 1 - wrong / n, logLoss: logLoss / n };
  if (task.kind === "binary") out.auc = areaUnderCurve(target, predictions);
  return out;
}

function areaUnderCurve(target, scores) {
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  let rankSum = 0;
  let positives = 0;
  for (let i = 0; i < order.length; ) {
    let j = i;
    while (j < order.length && scores[order[j]] === scores[order[i]]) j++;
    for (let k = i; k < j; k++)
      if (target[order[k]] === 1) {
        rankSum += (i + j + 1) / 2;
        positives++;
      }
    i = j;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}
