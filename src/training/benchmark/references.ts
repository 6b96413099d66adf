/** Algorithms that hardly learn: a benchmark trains those that fit the task, whatever else is named. */
export const REFERENCES: readonly string[] = ["baseline", "persistence", "seasonal"];
