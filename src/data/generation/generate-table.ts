import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hasCode, KaaykoError } from "../../core/errors.ts";
import { sha256 as hashOf } from "../../core/hash.ts";
import { canonicalJson, type JsonObject, parseJson } from "../../core/json.ts";
import {
  ensureFolder,
  fateOf,
  isProcessIdentity,
  nodeFileSystem,
  ownProcess,
  readFileCapped,
  removeFile,
  writeFileAtomic,
} from "../../storage/index.ts";
import { openSource } from "../formats/index.ts";
import { type GeneratedTableSpec, TableGenerator } from "./table-generator.ts";

const MAX_JOURNAL_BYTES = 64 * 2 ** 20;

export interface GenerateTableOptions extends GeneratedTableSpec {
  /** Raised where the same configuration draws other rows than before. */
  readonly version: number;
  readonly onProgress?: (rowsDone: number, rowsTotal: number) => void;
  /** Stops behind a row group; what was written is kept for the next call. */
  readonly signal?: AbortSignal;
}

/** What is written beside the partial file after every row group, so that the next call goes on. */
interface Journal {
  /** Of everything that decides the bytes. */
  readonly identity: string;
  readonly owner: unknown;
  readonly state: JsonObject;
}

/**
 * Generates a table, or goes on where an earlier call was stopped or killed: the file has the same bytes either way. A file that is
 * already there and has these columns and rows is kept.
 *
 * @throws KaaykoError (usage) where another table is there; (leased) where another process generates this one; (failed) where
 *   the signal stopped it
 */
export async function generateTable(options: GenerateTableOptions): Promise<{ rows: number; generated: boolean }> {
  const { path, rows } = options;
  if (await isThere(options)) return { rows, generated: false };
  await ensureFolder(dirname(path));
  const journal = join(dirname(path), `.${basename(path)}.journal`);
  const identity = identityOf(options);
  const generator = new TableGenerator(options);
  try {
    const before = await readJournal(journal);
    refuseOther(path, before);
    if (before?.identity === identity) generator.setState({ json: before.state, arrays: {} });
    await drive(generator, options, (state) =>
      writeFileAtomic(journal, JSON.stringify({ identity, owner: ownProcess(), state } satisfies Journal)),
    );
  } finally {
    await generator.dispose();
  }
  await removeFile(nodeFileSystem, journal);
  return { rows, generated: true };
}

async function drive(
  generator: TableGenerator,
  { path, rows, onProgress, signal }: GenerateTableOptions,
  save: (state: JsonObject) => Promise<void>,
): Promise<void> {
  await save((await generator.getState()).json);
  for (;;) {
    const { done } = await generator.step();
    onProgress?.(generator.rowsDone, rows);
    if (done) return;
    await save((await generator.getState()).json);
    if (signal?.aborted)
      throw new KaaykoError({
        action: `generate ${path}`,
        rule: "it was stopped",
        got: `${generator.rowsDone.toLocaleString("en-US")} of ${rows.toLocaleString("en-US")} rows`,
        remedy: "Start it again; it goes on from there.",
      });
  }
}

function identityOf({ rows, schema, configuration, version, module }: GenerateTableOptions): string {
  const name = basename(module.pathname);
  return hashOf(new TextEncoder().encode(canonicalJson({ rows, schema, configuration, version, name } as never)));
}

/** Null where there is none, or it is damaged: generation then begins anew. */
async function readJournal(path: string): Promise<Journal | null> {
  const bytes = await readFileCapped(path, MAX_JOURNAL_BYTES);
  if (bytes === undefined) return null;
  try {
    const value = parseJson(new TextDecoder().decode(bytes), path) as unknown as Journal;
    return typeof value?.identity === "string" && typeof value.state === "object" ? value : null;
  } catch {
    return null;
  }
}

function refuseOther(path: string, journal: Journal | null): void {
  const owner = journal?.owner;
  if (!isProcessIdentity(owner) || owner.pid === process.pid || fateOf(owner) !== "alive") return;
  throw new KaaykoError({
    action: `generate ${path}`,
    rule: "only one process may",
    got: `process ${owner.pid}, which is at it`,
    remedy: "Wait for it, or choose another file.",
    kind: "leased",
  });
}

async function isThere({ path, rows, schema }: GenerateTableOptions): Promise<boolean> {
  try {
    await stat(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
  const description = await (await openSource(path)).describe();
  const same = description.rows === rows && schema.every(({ name }, i) => description.columns[i]?.name === name);
  if (same) return true;
  throw new KaaykoError({
    action: `generate ${path}`,
    rule: "the file is there and holds another table",
    got: `${description.rows ?? "?"} rows`,
    remedy: "Choose another --out, or remove the file.",
    kind: "usage",
  });
}
