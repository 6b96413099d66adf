import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type JsonObject, parseJson } from "../../core/index.ts";
import { isObject } from "../../core/json.ts";

/** A file as a stamp vouches for it. */
export interface StampedFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** A stamp's JSON; null where there is none, or none that can be read. */
export function readStamp(file: string): JsonObject | null {
  try {
    const value = parseJson(readFileSync(file, "utf8"), file);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Writes a stamp: complete and durable under its name, or not there at all. */
export function writeStamp(file: string, value: JsonObject): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(value));
  const descriptor = openSync(temporary, "r+");
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(temporary, file);
}

/** The files that a stamp lists, by path relative to its folder; null where it lists none properly. */
export function stampedFiles(stamp: JsonObject): Readonly<Record<string, StampedFile>> | null {
  const files = stamp.files;
  if (!isObject(files)) return null;
  for (const file of Object.values(files))
    if (!isObject(file) || typeof file.bytes !== "number" || typeof file.sha256 !== "string") return null;
  return files as unknown as Record<string, StampedFile>;
}

/** The first file that is missing or of another size than its stamp says, for a person; null where all are whole. */
export function firstDamaged(folder: string, files: Readonly<Record<string, StampedFile>>): string | null {
  for (const [name, { bytes }] of Object.entries(files)) {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat === undefined) return `${name} is missing`;
    if (stat.size !== bytes) return `${name} has ${stat.size} bytes instead of ${bytes}`;
  }
  return null;
}
