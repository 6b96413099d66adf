import { readFileSync } from "node:fs";
import {
  type ExportedModel,
  fromLightgbmText,
  fromXgboostBinary,
  fromXgboostJson,
  fromXgboostUbjson,
  type ImportedModel,
} from "../../../../src/algorithms/trees/interchange/index.ts";
import { createTreePredictor } from "../../../../src/algorithms/trees/predicting.ts";
import type { FeatureColumn, FeatureSpec, FeatureTable, Task } from "../../../../src/core/index.ts";

const FOLDER = new URL("../../../fixtures/interchange/", import.meta.url);

/** Rows (null is missing) and what the original programs predict for them; `make.py` beside it says how. */
export const golden = JSON.parse(readFileSync(new URL("golden.json", FOLDER), "utf8")) as Golden;

/** More models for the same rows, of the other objectives; `make_losses.py`. */
export const losses = JSON.parse(readFileSync(new URL("losses.json", FOLDER), "utf8")) as Pick<Golden, "models">;

/** Models of old releases: XGBoost's binary format, LightGBM before 2.2.3; `make_binary.py`, `make_old_lightgbm.py`. */
export const old: Pick<Golden, "models"> = {
  models: { ...predictionsIn("binary.json"), ...predictionsIn("old-lightgbm.json") },
};

function predictionsIn(name: string): Golden["models"] {
  return (JSON.parse(fixture(name).toString("utf8")) as Golden).models;
}

interface Golden {
  readonly cells: readonly (readonly (number | null)[])[];
  readonly models: Readonly<Record<string, readonly (readonly number[])[]>>;
}

export function fixture(name: string): Buffer {
  return readFileSync(new URL(name, FOLDER));
}

export function readFixture(name: string): ImportedModel {
  if (name.endsWith(".ubj")) return fromXgboostUbjson(fixture(name));
  if (name.endsWith(".model")) return fromXgboostBinary(fixture(name));
  const text = fixture(name).toString("utf8");
  return name.endsWith(".txt") ? fromLightgbmText(text) : fromXgboostJson(text);
}

export function taskOf({ kind, classes }: ImportedModel): Task {
  if (kind === "regression") return { kind, target: "y" };
  return { kind, target: "y", classes: Array.from({ length: classes }, (_, code) => `class ${code}`) };
}

export function specsOf(imported: ImportedModel): FeatureSpec[] {
  return imported.features.map(({ name, kind, categories }) => ({
    name,
    kind,
    cardinality: categories.length,
    mean: 0,
    std: 0,
    min: 0,
    max: 0,
    missing: 0,
  }));
}

export function exportable(imported: ImportedModel): ExportedModel {
  const categories = imported.features.map(({ kind, categories }) => (kind === "numeric" ? null : categories));
  return { content: imported.content, task: taskOf(imported), features: specsOf(imported), categories };
}

/** The first golden rows as the model's features. */
export function goldenTable(imported: ImportedModel, rows = golden.cells.length): FeatureTable {
  return tableOf(imported, golden.cells.slice(0, rows));
}

function tableOf(imported: ImportedModel, rows: readonly (readonly (number | null)[])[]): FeatureTable {
  const columns = imported.features.map(({ name, kind, categories }, feature): FeatureColumn => {
    const cells = rows.map((row) => row[feature]!);
    if (kind === "numeric") return { kind, name, values: Float64Array.from(cells, (cell) => cell ?? Number.NaN) };
    const codes = Uint16Array.from(cells, (cell) => (cell === null ? 0 : cell + 1));
    return { kind, name, codes, cardinality: categories.length };
  });
  return { rows: rows.length, columns };
}

/** Our predictions for the golden rows, row-major. */
export function predictGolden(imported: ImportedModel): Promise<number[]> {
  return predictRowsOf(imported, golden.cells);
}

/** Our predictions for rows of numbers and codes from 0. */
export async function predictRowsOf(
  imported: ImportedModel,
  rows: readonly (readonly (number | null)[])[],
): Promise<number[]> {
  const context = { task: taskOf(imported), features: specsOf(imported), threads: 1, backend: "cpu" } as const;
  const predictor = await createTreePredictor(imported.content, context);
  const predictions = await predictor.predict(tableOf(imported, rows));
  await predictor.dispose();
  return [...predictions];
}

/** The largest difference, relative where numbers are over 1. */
export function difference(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  return ours.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - theirs[i]!) / Math.max(1, Math.abs(value))),
    0,
  );
}
