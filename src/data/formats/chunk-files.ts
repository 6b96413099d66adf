import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileOfTable } from "../../core/index.ts";

/** A list of texts in pieces, as the published sets of Snips have them; strings and white space before it. */
const PIECES = /"data"\s*:\s*\[\s*\{\s*"(?:text|entity|slot_name)"/;
const HEAD_BYTES = 4096;
const HELD_OUT = /^(?:valid|dev|test)/i;
const MOST_FILES = 1000;

/**
 * The files of texts in pieces (`{"PlayMusic": [{"data": [{"text": "play "}, {"text": "Ada", "entity": "artist"}]}]}`) that an address
 * stands for: one, or those of a folder and the folders in it. Of a folder those whose names begin with what stands behind a `#`
 * (`snips#validate`), by default all that are not held out (`validate…`, `test…`, `dev…`); of a file and its larger `…_full` the latter.
 *
 * @returns null where there are none
 */
export function chunkFiles(address: string): readonly string[] | null {
  const path = existsSync(address) ? address : fileOfTable(address);
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isFile() === true) return path === address && isChunked(path) ? [path] : null;
  if (status?.isDirectory() !== true) return null;
  const part = path === address ? null : address.slice(path.length + 1).toLowerCase();
  const named = jsonFiles(path).filter((file) => {
    const name = basename(file).toLowerCase();
    return part === null ? !HELD_OUT.test(name) : name.startsWith(part);
  });
  const whole = named.filter((file) => !named.includes(file.replace(/\.json$/i, "_full.json")));
  const files = whole.filter(isChunked);
  return files.length === 0 ? null : files;
}

/** The files of a folder and of the folders in it, sorted. */
function jsonFiles(folder: string): string[] {
  const of = (own: string) => readdirSync(own, { withFileTypes: true });
  const files = of(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? of(path).map(({ name }) => join(path, name)) : [path];
  });
  return files
    .filter((file) => /\.json$/i.test(file))
    .sort()
    .slice(0, MOST_FILES);
}

function isChunked(path: string): boolean {
  if (!/\.json$/i.test(path) || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return PIECES.test(head.toString("utf8", 0, readSync(file, head, 0, HEAD_BYTES, 0)));
  } finally {
    closeSync(file);
  }
}
