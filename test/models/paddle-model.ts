import type { JsonObject, ModelContent } from "../../src/core/index.ts";
import type { Model } from "../../src/models/index.ts";
import { FEATURES } from "../../src/recipes/paddle-safety/columns.ts";
import { createLakes } from "../../src/recipes/paddle-safety/create-lakes.ts";
import { drawBlock } from "../../src/recipes/paddle-safety/draw-rows.ts";
import { RULES } from "../../src/recipes/paddle-safety/rules.ts";

/** Drawn rows of the recipe. */
const batch = drawBlock(42, createLakes(42), 0, 200);

/** A model of the recipe around what an algorithm learnt. */
function modelOf(content: ModelContent): Model {
  const columns = batch.columns.filter(({ name }) => name !== "score");
  return {
    task: { kind: "regression", target: "score" },
    threshold: 0.5,
    pipeline: {
      version: 1,
      columns: columns.map(({ name, kind }) => ({ name, kind })),
      encoders: columns.map((column) =>
        "codes" in column
          ? { form: "categorical", column: column.name, categories: column.dictionary }
          : { form: "numeric", column: column.name },
      ),
      features: columns.map((column) => ({
        name: column.name,
        kind: "codes" in column ? "categorical" : "numeric",
        cardinality: "codes" in column ? column.dictionary.length : 0,
        mean: 1,
        std: 1,
        min: 0,
        max: 2,
        missing: 0,
      })),
      user: null,
    },
    content,
    rules: RULES,
  };
}

/** A drawn row as JSON. */
export function rowOf(row: number): Record<string, JsonObject[string]> {
  return Object.fromEntries(
    FEATURES.map(({ name, boolean }) => {
      const column = batch.columns.find((other) => other.name === name)!;
      if ("codes" in column) return [name, column.dictionary[column.codes[row]! - 1] ?? null];
      const value = column.values[row]!;
      return [name, Number.isNaN(value) ? null : boolean ? value === 1 : value];
    }),
  );
}

/** A model that always says the same: what the rules make of it is seen alone. */
export function constantModel(output: number): Model {
  return modelOf({ algorithm: "baseline", formatVersion: 1, json: {}, arrays: { outputs: Float64Array.of(output) } });
}
