import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { runProgram } from "../../../src/cli/program.ts";
import type { Host } from "../../../src/cli/terminal/host.ts";
import type { ParameterSpec } from "../../../src/core/index.ts";
import { TRAINING_PARAMETERS } from "../../../src/training/settings/index.ts";
import { doubleServices } from "./services.mjs";

type Doubles = Omit<Parameters<typeof doubleServices>[0], "parameters" | "calls"> & {
  /** The settings of `train`. Default the real ones. */
  readonly parameters?: readonly ParameterSpec[];
};

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the services were asked, in order: name and arguments. */
  readonly calls: unknown[][];
}

export interface RunOptions extends Doubles {
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  /** Default a fresh empty folder. */
  readonly cwd?: string;
  readonly columns?: number;
}

/** Runs a command line in this process with services in memory, without a terminal, in its own folders. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const home = mkdtempSync(join(tmpdir(), "kaayko-cli-"));
  const [stdout, stderr] = [collector(), collector()];
  const host: Host = {
    env: { HOME: home, ...options.env },
    cwd: options.cwd ?? home,
    platform: "linux",
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]) as Host["stdin"],
    stdout: Object.assign(stdout.stream, options.columns === undefined ? {} : { columns: options.columns }),
    stderr: stderr.stream,
  };
  const calls: unknown[][] = [];
  try {
    const services = doubleServices({ parameters: TRAINING_PARAMETERS, calls, ...options });
    const code = await runProgram(argv, services, host);
    return { code, stdout: stdout.text(), stderr: stderr.text(), calls };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function collector(): { stream: PassThrough; text: () => string } {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString("utf8") };
}
