// Reads small tables for the quality comparison: simple comma or tab separated files, no quotes.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Rows of cells of a file. */
function cellsOf(path, separator) {
  return readFileSync(path, "utf8")
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .map((line) => line.split(separator));
}

/** A number column where every cell is a number or empty, else a categorical one. */
function columnOf(name, cells, forced) {
  const isMissing = (cell) => cell === "" || cell === "NA" || cell === "nan" || cell === "?";
  if (forced !== "categorical" && cells.every((cell) => isMissing(cell) || Number.isFinite(Number(cell)))) {
    return { kind: "numeric", name, values: Float64Array.from(cells, (c) => (isMissing(c) ? Number.NaN : Number(c))) };
  }
  const dictionary = [...new Set(cells.filter((cell) => !isMissing(cell)))].sort();
  const codeOf = new Map(dictionary.map((word, i) => [word, i + 1]));
  return {
    kind: "categorical",
    name,
    codes: Uint32Array.from(cells, (c) => codeOf.get(c) ?? 0),
    cardinality: dictionary.length,
  };
}

function table(name, task, rows, header, targetAt, isTest) {
  const columns = header.flatMap((column, i) =>
    i === targetAt
      ? []
      : [
          columnOf(
            column,
            rows.map((row) => row[i]),
          ),
        ],
  );
  const raw = rows.map((row) => row[targetAt]);
  const classes =
    task === "regression" ? undefined : [...new Set(raw)].sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  const target = Float64Array.from(raw, (cell) => (classes === undefined ? Number(cell) : classes.indexOf(cell)));
  return {
    name,
    task: { kind: task, target: header[targetAt], ...(classes ? { classes } : {}) },
    columns,
    target,
    isTest: rows.map(isTest),
  };
}

export function california(data) {
  const [header, ...rows] = cellsOf(join(data, "california/housing.csv"), ",");
  return table("california", "regression", rows, header, header.indexOf("median_house_value"), (_, i) => i % 5 === 0);
}

export function lgbBinary(data) {
  const train = cellsOf(join(data, "lgb_binary/binary.train"), "\t");
  const test = cellsOf(join(data, "lgb_binary/binary.test"), "\t");
  const header = train[0].map((_, i) => `c${i}`);
  return table("lgb_binary", "binary", [...train, ...test], header, 0, (_, i) => i >= train.length);
}

export function agaricus(data) {
  const read = (file) =>
    readFileSync(join(data, "agaricus", file), "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => {
        const [label, ...pairs] = line.trim().split(" ");
        const row = new Array(128).fill("");
        row[0] = label;
        for (const pair of pairs) row[Number(pair.split(":")[0]) + 1] = "1";
        return row;
      });
  const train = read("agaricus.txt.train");
  const test = read("agaricus.txt.test");
  const header = train[0].map((_, i) => `c${i}`);
  return table("agaricus", "binary", [...train, ...test], header, 0, (_, i) => i >= train.length);
}

/** Tables that `export.py` wrote: the target in the last column, every fifth row for the test. */
export function exported(folder, name, task) {
  const path = join(folder, `${name}.csv`);
  if (!existsSync(path)) return null;
  const [header, ...rows] = cellsOf(path, ",");
  return table(name, task, rows, header, header.length - 1, (_, i) => i % 5 === 0);
}

/** A file with a header whose target is the column `y`; no row is for the test. */
export function headed(path, name, task) {
  const [header, ...rows] = cellsOf(path, ",");
  return table(name, task, rows, header, header.indexOf("y"), () => false);
}
