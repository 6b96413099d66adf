import { readFileSync } from "node:fs";

/** The version of this installation. */
export function readVersion(): string {
  const content = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return content.version;
}
