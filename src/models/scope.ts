import type { Model } from "./package.ts";

/** The answer that no class is meant, and the probability under which even the likeliest class gives way to it. */
export interface Scope {
  readonly name: string;
  readonly threshold: number;
}

/** Null for a model that always answers with a class. */
export function scopeOf({ task, thresholds }: Model): Scope | null {
  return task.outOfScope === undefined ? null : { name: task.outOfScope, threshold: thresholds?.[0] ?? 0 };
}
