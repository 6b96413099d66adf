import { createRequire } from "node:module";
import { dirname } from "node:path";

/** Where a package of node_modules lies; null where it is not installed. */
export function packageFolder(name: string): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return null;
  }
}
