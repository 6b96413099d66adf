import type { Batch, JsonObject } from "../../core/index.ts";
import { createLakes } from "./create-lakes.ts";
import { drawBlock } from "./draw-rows.ts";
import type { Lake } from "./lake.ts";

const lakesOfSeeds = new Map<number, readonly Lake[]>();

/** A row group of the table of a seed; what generation asks of a thread. */
export function drawGroup({ seed }: JsonObject, group: number, rows: number): Batch {
  const number = Number(seed);
  const lakes = lakesOfSeeds.get(number) ?? createLakes(number);
  lakesOfSeeds.set(number, lakes);
  return drawBlock(number, lakes, group, rows);
}
