import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { sha256 } from "../core/hash.ts";
import type { FileSystem } from "./file-system.ts";
import { identityOf, ownProcess, type ProcessIdentity } from "./process-identity.ts";
import { removeFile } from "./system-calls.ts";

/** A name beside a path that tells which process writes under it. */
export function ownedTemporary(path: string): string {
  const own = ownProcess();
  const owner = `${own.pid}-${machineOf(own)}-${startOf(own)}`;
  return join(dirname(path), `.${stemOf(path)}.${owner}.${randomBytes(4).toString("hex")}.tmp`);
}

/**
 * Removes what processes that were killed left of a path: files under an `ownedTemporary` whose process of this machine and boot is
 * provably gone. What cannot be told stays.
 */
export async function removeAbandoned(path: string, fs: FileSystem): Promise<void> {
  const folder = dirname(path);
  const prefix = `.${stemOf(path)}.`;
  for (const { name, kind } of await fs.list(folder).catch(() => []))
    if (kind === "file" && name.startsWith(prefix) && isAbandoned(name.slice(prefix.length)))
      await removeFile(fs, join(folder, name)).catch(() => undefined);
}

function isAbandoned(rest: string): boolean {
  const [, pid, machine, start] = /^([1-9]\d{0,9})-([0-9a-f]{8})-([0-9a-f]{8})\.[0-9a-f]{8}\.tmp$/.exec(rest) ?? [];
  const own = ownProcess();
  if (machine !== machineOf(own) || own.bootId === null || own.startTime === null) return false;
  try {
    return start !== startOf(identityOf(Number(pid)));
  } catch {
    return false;
  }
}

/** Where a process id means something. */
function machineOf({ host, bootId, pidNamespace }: ProcessIdentity): string {
  return sha256(JSON.stringify([host, bootId, pidNamespace])).slice(0, 8);
}

/** Tells a process from a later one of the same id. */
function startOf({ startTime }: ProcessIdentity): string {
  return sha256(JSON.stringify([startTime])).slice(0, 8);
}

/** Short enough for a name with everything behind it. */
function stemOf(path: string): string {
  return basename(path).slice(0, 100);
}
