// Reads a table of the comparison with kaayko's own reader: the first 80 or 90 % of its rows to train on, the others held out.
import { fileURLToPath } from "node:url";
import { openSource } from "../../dist/data/index.js";

const TARGET = { paddle: "score", mixed: "y", dense: "y", small: "y" };
const SHARE = { paddle: 0.9, mixed: 0.9, dense: 0.9, small: 0.8 };

/** The table's features and its target, for a regression, for two or for five classes of like size. */
export async function readTable(name, task, threads) {
  const path = process.env.TABLE ?? fileURLToPath(new URL(`../.cache/trees/${name}.parquet`, import.meta.url));
  const reader = await (await openSource(path)).open({ retain: true, threads });
  while ((await reader.next()) !== null);
  const { rows, columns } = reader.table();
  await reader.close();
  const values = columns.find((column) => column.name === TARGET[name]).values;
  const train = Math.floor(rows * SHARE[name]);
  return {
    rows,
    train,
    features: columns.filter(({ name: own }) => own !== TARGET[name]).map(featureOf),
    target: targetOf(values, task),
  };
}

function featureOf(column) {
  if ("values" in column) return { kind: "numeric", name: column.name, values: column.values };
  return { kind: "categorical", name: column.name, codes: column.codes, cardinality: column.dictionary.length };
}

function targetOf(values, task) {
  const target = new Float64Array(values.length);
  if (task === "regression") target.set(values);
  else {
    const shares = task === "binary" ? [0.5] : [0.2, 0.4, 0.6, 0.8];
    const sorted = values.slice().sort();
    const limits = shares.map((share) => quantile(sorted, share));
    for (let i = 0; i < target.length; i++) for (const limit of limits) if (values[i] > limit) target[i]++;
  }
  return target;
}

/** As numpy has it: between two values by where the share falls. */
function quantile(sorted, share) {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (sorted[Math.min(sorted.length - 1, low + 1)] - sorted[low]) * (at - low);
}

/** The dataset of a trainer, with every tenth of the held-out rows for validation where asked. */
export function datasetOf({ train, features, target, rows }, task, validation) {
  const classes = task === "binary" ? ["0", "1"] : ["0", "1", "2", "3", "4"];
  const what = { kind: task, target: "y", ...(task === "regression" ? {} : { classes }) };
  const part = (from, to) => ({
    table: { rows: to - from, columns: cut(features, from, to) },
    rows: null,
    target: target.subarray(from, to),
    weight: null,
  });
  return {
    task: what,
    features: features.map(specOf),
    rows: { train, validation: validation ? rows - train : 0, test: 0 },
    target: { mean: 0, std: 1, min: 0, max: 1, classCounts: [] },
    inMemory: true,
    examples: async (role) => (role === "train" ? part(0, train) : part(train, rows)),
  };
}

/** Some rows of feature columns, sharing memory. */
export function cut(features, from, to) {
  return features.map((column) =>
    column.kind === "numeric"
      ? { ...column, values: column.values.subarray(from, to) }
      : { ...column, codes: column.codes.subarray(from, to) },
  );
}

function specOf({ name, kind, values, cardinality = 0 }) {
  const missing = values === undefined ? 0 : values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
  return { name, kind, cardinality, mean: 0, std: 0, min: 0, max: 0, missing };
}
