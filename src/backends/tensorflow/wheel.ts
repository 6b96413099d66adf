import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type JsonObject, type JsonValue, KaaykoError, parseJson } from "../../core/index.ts";
import { isObject } from "../../core/json.ts";
import { runCommand } from "../run-command.ts";
import type { ProvisionProgress } from "../types.ts";
import { TENSORFLOW_VERSION, type TensorflowFolders, WHEEL_PYTHON, wheelMembers, wheelName } from "./parts.ts";
import { explainPip, type Python } from "./python.ts";
import { writeStamp } from "./stamps.ts";

/** What the parts of setting up share. */
export interface ProvisionContext {
  readonly folders: TensorflowFolders;
  readonly gpu: boolean;
  readonly python: Python;
  readonly notify: (message: string) => void;
  readonly onProgress: (progress: ProvisionProgress) => void;
  /** Told the process id of each child, so that the lock outlives us if it does. */
  readonly onChild: (pid: number | undefined) => void;
}

/** About what the wheel weighs, for the progress only. */
const WHEEL_BYTES = { cpu: 274e6, gpu: 572e6 };
const WATCH_MS = 500;

/**
 * Downloads the wheel, takes the libraries and headers out of it and publishes them under `site`, whole or not at all.
 * pip checks the download against the index's hash; every file is checked against the wheel's own record. A damaged wheel
 * is thrown away and fetched once more.
 *
 * @throws KaaykoError naming what is missing or failed
 */
export async function provideLibraries(context: ProvisionContext): Promise<void> {
  const { folders } = context;
  const work = join(folders.root, "work");
  for (let attempt = 1; ; attempt++) {
    rmSync(work, { recursive: true, force: true });
    mkdirSync(join(work, "site"), { recursive: true });
    const wheel = await download(context, work);
    const extracted = await extract(context, wheel, join(work, "site"));
    if (extracted !== null) {
      if (context.gpu) await addCuda(context, join(work, "site"), extracted.requires);
      writeStamp(join(work, "site", "complete.json"), { version: TENSORFLOW_VERSION, files: extracted.files });
      rmSync(folders.site, { recursive: true, force: true });
      renameSync(join(work, "site"), folders.site);
      rmSync(work, { recursive: true, force: true });
      return;
    }
    if (attempt === 2)
      throw failure(
        "the downloaded wheel must be whole, and it is damaged for the second time",
        "Check the disk and the network, then run kaayko setup.",
      );
    context.notify("The downloaded wheel is damaged; fetching it once more.");
  }
}

function failure(rule: string, remedy: string): KaaykoError {
  return new KaaykoError({ action: "set up TensorFlow", rule, remedy });
}

async function download(context: ProvisionContext, work: string): Promise<string> {
  const name = wheelName(context.gpu);
  const target = join(work, "wheel");
  const temporary = join(work, "temporary");
  mkdirSync(temporary);
  const watch = watchGrowth(context, work);
  const result = await runCommand(
    context.python.command,
    [
      ...[
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--no-cache-dir",
        "--quiet",
        "--retries=2",
        "--disable-pip-version-check",
      ],
      ...[
        "--only-binary=:all:",
        `--python-version=${WHEEL_PYTHON}`,
        "--dest",
        target,
        `${name}==${TENSORFLOW_VERSION}`,
      ],
    ],
    // pip writes into its temporary folder first: kept beside the rest, so that its growth is seen and it is cleaned up.
    { env: { TMPDIR: temporary, TEMP: temporary, TMP: temporary }, onStart: context.onChild },
  ).finally(() => clearInterval(watch));
  context.onChild(undefined);
  if (result.code !== 0) {
    const { reason, remedy } = explainPip(result);
    throw failure(reason, remedy);
  }
  const wheel = readdirSync(target).find((file) => file.endsWith(".whl"));
  if (wheel === undefined)
    throw failure(`pip must leave the wheel of ${name}, and it left none`, "Run kaayko setup again.");
  return join(target, wheel);
}

function watchGrowth(context: ProvisionContext, folder: string): NodeJS.Timeout {
  const begin = performance.now();
  const totalBytes = context.gpu ? WHEEL_BYTES.gpu : WHEEL_BYTES.cpu;
  return setInterval(() => {
    const doneBytes = Math.min(totalBytes, bytesUnder(folder));
    context.onProgress({ phase: "download", doneBytes, totalBytes, seconds: (performance.now() - begin) / 1000 });
  }, WATCH_MS);
}

function bytesUnder(folder: string): number {
  let bytes = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      bytes += entry.isDirectory() ? bytesUnder(path) : statSync(path).size;
    }
  } catch {
    // pip moves files while we look; the next look sees them.
  }
  return bytes;
}

/** The files and requirements of the wheel; null where it is damaged. */
async function extract(
  context: ProvisionContext,
  wheel: string,
  target: string,
): Promise<{ files: JsonObject; requires: string[] } | null> {
  const begin = performance.now();
  let report: JsonValue | undefined;
  const script = fileURLToPath(new URL("../../../tools/extract-wheel.py", import.meta.url));
  const result = await runCommand(context.python.command, [script, wheel, target, ...wheelMembers()], {
    onStart: context.onChild,
    onLine: (line) => {
      const [word, ...rest] = line.split(" ");
      if (word === "done") report = parseJson(rest.join(" "), "what extract-wheel.py says");
      else if (word === "progress")
        context.onProgress({
          phase: "extract",
          doneBytes: Number(rest[0]),
          totalBytes: Number(rest[1]),
          seconds: (performance.now() - begin) / 1000,
        });
    },
  });
  context.onChild(undefined);
  if (result.code === 3) return null;
  if (result.code !== 0 || !isObject(report) || !isObject(report.files)) {
    const { reason, remedy } = explainPip(result);
    throw failure(`unpacking the wheel must work; ${reason}`, remedy);
  }
  const requires = Array.isArray(report.requires) ? report.requires.map(String) : [];
  return { files: report.files, requires };
}

/** Puts the CUDA libraries that the wheel's own extra names beside TensorFlow's, where these look for them. */
async function addCuda(context: ProvisionContext, site: string, requires: readonly string[]): Promise<void> {
  const packages = requires
    .filter((line) => /extra\s*==\s*['"]and-cuda['"]/.test(line))
    .map((line) => line.split(";")[0]!.replace(/[\s()]/g, ""));
  if (packages.length === 0) return;
  context.notify(`Fetching ${packages.length} packages with CUDA's libraries (about 3 GB).`);
  const result = await runCommand(
    context.python.command,
    [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--no-deps",
      "--no-cache-dir",
      "--only-binary=:all:",
      `--python-version=${WHEEL_PYTHON}`,
      "--target",
      site,
      ...packages,
    ],
    { onStart: context.onChild },
  );
  context.onChild(undefined);
  if (result.code !== 0) {
    const { reason, remedy } = explainPip(result);
    throw failure(`CUDA's libraries must be fetched; ${reason}`, remedy);
  }
}
