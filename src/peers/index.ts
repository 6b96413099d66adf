import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KaaykoError, outputsOf, type PeerBench, type PeerFit, type PeerRequest } from "../core/index.ts";
import { PROGRAMS } from "./programs.ts";
import { findCommand, runPython } from "./python.ts";
import { writeRows } from "./rows.ts";

/** Other programs that Python has, each run in a process of its own on the rows of a benchmark. */
export const pythonPeers: PeerBench = { programs: PROGRAMS, find, fit };

async function find(python: string | null): Promise<Record<string, string>> {
  const found = await findCommand(python);
  if (found === null) return {};
  const versions = JSON.parse(found.listed) as Record<string, unknown>;
  const known = PROGRAMS.filter(({ name }) => typeof versions[name] === "string");
  return Object.fromEntries(known.map(({ name }) => [name, String(versions[name])]));
}

async function fit(name: string, request: PeerRequest): Promise<PeerFit> {
  const { judge, role, python, threads, limit, signal } = request;
  const found = await findCommand(python);
  if (found === null)
    throw new KaaykoError({ action: `run ${name}`, rule: "there must be a Python", remedy: "Name one with --python." });
  const folder = await mkdtemp(join(tmpdir(), "kaayko-peer-"));
  try {
    await writeRows(folder, request);
    await runPython(found.command, [name, folder], { threads, limit, signal });
    return await readFit(name, folder, judge.rows[role] * outputsOf(judge.task));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readFit(name: string, folder: string, outputs: number): Promise<PeerFit> {
  const bytes = await readFile(join(folder, "predictions.f64"));
  const result = JSON.parse(await readFile(join(folder, "result.json"), "utf8")) as Record<string, unknown>;
  const speeds = ["trainSeconds", "rowsPerSecond", "millisecondsPerRow"].map((key) => result[key]);
  if (bytes.byteLength !== 8 * outputs || !speeds.every((speed) => typeof speed === "number"))
    throw new KaaykoError({
      action: `read what ${name} predicted`,
      rule: `there must be ${outputs} numbers`,
      got: `${bytes.byteLength / 8}`,
    });
  const [trainSeconds, rowsPerSecond, millisecondsPerRow] = speeds as [number, number, number];
  const predictions = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  if (predictions.every(Number.isFinite)) return { predictions, trainSeconds, rowsPerSecond, millisecondsPerRow };
  throw new KaaykoError({ action: `use ${name}`, rule: "its predictions must be finite" });
}
