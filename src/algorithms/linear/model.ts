import { type JsonObject, KaaykoError, type ModelContent } from "../../core/index.ts";
import type { Design } from "./design.ts";
import { widthOf } from "./design.ts";
import type { Hyperplanes } from "./margins.ts";
import type { Calibration } from "./parameters.ts";

export const FORMAT_VERSION = 1;

/** What a linear model knows. */
export interface LinearModel {
  readonly design: Design;
  readonly planes: Hyperplanes;
  readonly calibration: Calibration;
}

export function contentOf(name: string, loss: string, { design, planes, calibration }: LinearModel): ModelContent {
  const json = { loss, calibration, design } as unknown as JsonObject;
  return {
    algorithm: name,
    formatVersion: FORMAT_VERSION,
    json: JSON.parse(JSON.stringify(json)) as JsonObject,
    arrays: { weights: planes.weights, intercepts: planes.intercepts },
  };
}

/** @throws KaaykoError (damaged) where it is no linear model with `count` hyperplanes */
export function readModel({ formatVersion, json, arrays }: ModelContent, count: number): LinearModel {
  const { weights, intercepts } = arrays;
  const design = json.design as unknown as Design | undefined;
  const calibration = json.calibration as unknown as Calibration | undefined;
  const whole =
    formatVersion === FORMAT_VERSION &&
    weights instanceof Float32Array &&
    intercepts instanceof Float64Array &&
    isDesign(design) &&
    Number.isFinite(calibration?.slope) &&
    Number.isFinite(calibration?.intercept);
  if (!whole || intercepts.length !== count || weights.length !== design.width * count)
    throw new KaaykoError({
      action: "load a linear model",
      rule: "its weights must fit its features",
      kind: "damaged",
    });
  if (!weights.every(Number.isFinite) || !intercepts.every(Number.isFinite))
    throw new KaaykoError({ action: "load a linear model", rule: "its weights must be finite", kind: "damaged" });
  return { design, planes: { weights, intercepts }, calibration: calibration! };
}

export function isDesign(design: Design | undefined): design is Design {
  if (design === undefined || design === null || !Array.isArray(design.parts) || !Array.isArray(design.columns))
    return false;
  const isSize = (size: unknown) => Number.isSafeInteger(size) && (size as number) >= 0;
  const parts = design.parts.every((part) => typeof part?.name === "string" && isSize(part.width));
  const columns = design.columns.every((column) =>
    column?.kind === "numeric"
      ? Number.isFinite(column.mean) && Number.isFinite(column.scale)
      : column?.kind === "categorical" && isSize(column.cardinality),
  );
  if (!parts || !columns) return false;
  const width =
    design.parts.reduce((sum, part) => sum + part.width, 0) + design.columns.reduce((sum, c) => sum + widthOf(c), 0);
  return design.width === width;
}
