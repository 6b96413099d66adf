// A dataset over arrays, for measurements of the trainer alone.
import { randomStream } from "../../dist/core/index.js";

export function arrayDataset({ task, columns, target, roles, weight = null }) {
  const examples = (rows) => ({ table: { rows: target.length, columns }, rows, target, weight });
  return {
    task,
    features: columns.map((column) => specOf(column, roles.train)),
    rows: { train: roles.train.length, validation: roles.validation.length, test: roles.test.length },
    target: summary(
      Float64Array.from(roles.train, (row) => target[row]),
      task,
    ),
    inMemory: true,
    examples: async (role) => examples(roles[role]),
    stream: async (role, { batchRows, shuffle }) => {
      const order = roles[role].slice();
      if (shuffle !== null) randomStream(shuffle.seed, "shuffle", shuffle.epoch).shuffle(order);
      let at = 0;
      return {
        next: async () => {
          if (at >= order.length) return null;
          const rows = order.subarray(at, at + batchRows);
          at += rows.length;
          return examples(rows);
        },
        position: () => ({ at }),
        seek: async (position) => {
          at = position.at;
        },
        close: async () => {},
      };
    },
  };
}

function specOf(column, rows) {
  const base = { name: column.name, kind: column.kind, cardinality: 0, mean: 0, std: 0, min: 0, max: 0 };
  if (column.kind === "categorical")
    return { ...base, cardinality: column.cardinality, missing: rows.filter((row) => column.codes[row] === 0).length };
  const values = Float64Array.from(rows, (row) => column.values[row]).filter((value) => !Number.isNaN(value));
  const { mean, std, min, max } = summary(values, { kind: "regression" });
  return { ...base, mean, std, min, max, missing: rows.length - values.length };
}

function summary(values, task) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const classCounts = (task.classes ?? []).map((_, code) => values.filter((value) => value === code).length);
  const min = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const max = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return { mean, std: Math.sqrt(variance), min, max, classCounts };
}
