import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { formatBytes, printable } from "../../reports/text/index.ts";
import { type Context, examples, onRun, type Register } from "../context.ts";
import { cacheFolder } from "../settings/folders.ts";
import { answersPath } from "../settings/remembered.ts";

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko clear-cache", "forget remembered answers and cached data; runs, models and TensorFlow stay"],
  ]);
  onRun(command, context, () => clearCache(context));
};

/** Removes what is only kept for comfort. */
export async function clearCache(context: Context): Promise<number> {
  const paths = [answersPath(context.host), join(cacheFolder(context.host), "data")].filter((path) => existsSync(path));
  const removed = paths.map((path) => ({ path, bytes: statSync(path).size }));
  for (const path of paths) rmSync(path, { recursive: true, force: true });
  await context.output.result({ schemaVersion: 1, removed }, () =>
    removed.length === 0
      ? "The cache is empty."
      : removed.map(({ path, bytes }) => `removed ${printable(path)}  ${formatBytes(bytes)}`).join("\n"),
  );
  return 0;
}
