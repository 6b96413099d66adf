import { join } from "node:path";
import { hasCode, KaaykoError } from "../core/errors.ts";
import type { FileSystem } from "./file-system.ts";

const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/;

/** Names that Windows keeps for devices, with any ending. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** True for a name that is safe as one part of a path everywhere: letters, digits, `._-`, no leading dot, at most 200. */
export function isSafeName(name: string): boolean {
  return NAME.test(name) && !name.endsWith(".") && !DEVICE.test(name);
}

/** @throws KaaykoError (usage) for a name that could leave its folder or that some system refuses */
export function checkName(name: string, what: string): string {
  if (isSafeName(name)) return name;
  throw new KaaykoError({
    action: `use ${JSON.stringify(name.slice(0, 80))} as ${what}`,
    rule: "a name is 1 to 200 letters, digits, dots, dashes and underscores and starts with no dot or dash",
    remedy: "Choose another name.",
    kind: "usage",
  });
}

/**
 * The path of a key such as "run-1/blobs/2/abc" under a folder. Every part is a safe name, so no key leaves the folder.
 *
 * @throws KaaykoError (usage) for an unsafe part
 */
export function pathOfKey(root: string, key: string): string {
  return join(root, ...key.split("/").map((part) => checkName(part, "part of a path")));
}

/**
 * Refuses links among the folders from `root` (not checked itself: it is the user's choice) down to a key's folder.
 *
 * @throws KaaykoError (damaged) where one is a link or not a folder
 */
export async function checkNoLinks(fs: FileSystem, root: string, key: string): Promise<void> {
  const parts = key.split("/").slice(0, -1);
  for (let depth = 1; depth <= parts.length; depth++) {
    const path = pathOfKey(root, parts.slice(0, depth).join("/"));
    const kind = await kindAt(fs, path);
    if (kind === undefined) return;
    if (kind !== "folder")
      throw new KaaykoError({
        action: `use ${path}`,
        rule: "it must be a folder, links are not followed",
        remedy: "Replace it by a real folder.",
        kind: "damaged",
      });
  }
}

async function kindAt(fs: FileSystem, path: string): Promise<string | undefined> {
  try {
    return (await fs.status(path)).kind;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}
