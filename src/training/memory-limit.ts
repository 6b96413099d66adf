import { freemem } from "node:os";
import type { ParameterValues } from "../core/index.ts";

/** Share of the memory that is free now, where `maxMemory` is not set. */
const FREE_SHARE = 0.6;

/** Bytes that the data may take: as set, or a share of what this process may still have, limits of its container included. */
export function memoryLimit({ maxMemory }: ParameterValues): number {
  return typeof maxMemory === "number" ? maxMemory : FREE_SHARE * (process.availableMemory?.() ?? freemem());
}
