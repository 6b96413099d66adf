import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { KaaykoError } from "../core/index.ts";

/** The program that runs the peers. It lies beside the sources, of which the built program is a neighbour. */
const SCRIPT = fileURLToPath(new URL("../../src/peers/programs.py", import.meta.url));
const CANDIDATES = ["python3", "python"];
const MOST_OUTPUT = 2 ** 20;

export interface PythonOptions {
  readonly threads: number;
  /** Seconds. */
  readonly limit: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs `programs.py`.
 *
 * @returns what it wrote to standard output
 * @throws KaaykoError where there is no such Python, or with the last line of what the program said
 */
export function runPython(command: string, args: readonly string[], options: PythonOptions): Promise<string> {
  const { limit, signal, threads } = options;
  const count = String(threads);
  const env = {
    ...process.env,
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    TF_NUM_INTRAOP_THREADS: count,
    TF_NUM_INTEROP_THREADS: count,
    TF_CPP_MIN_LOG_LEVEL: "3",
    CUDA_VISIBLE_DEVICES: "",
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const limits = { timeout: 1000 * limit, maxBuffer: MOST_OUTPUT, killSignal: "SIGKILL" as const };
  return new Promise((resolve, reject) => {
    execFile(
      command,
      [SCRIPT, ...args],
      { env, ...limits, ...(signal === undefined ? {} : { signal }) },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(failed(command, args[0]!, error, stderr, limit));
      },
    );
  });
}

function failed(command: string, name: string, error: Error, stderr: string, limit: number): KaaykoError {
  const said = stderr.trim().split("\n").at(-1);
  const killed = "killed" in error && error.killed === true;
  return new KaaykoError({
    action: `run ${name} with ${command}`,
    rule: killed ? `it must be done within ${Math.round(limit)} s` : "it must come to an end",
    ...(killed || !said ? {} : { got: said.slice(0, 300) }),
    cause: error,
  });
}

/** The command of the Python that is meant: the one that is named, else the first there is; null for none. */
export async function findCommand(named: string | null): Promise<{ command: string; listed: string } | null> {
  for (const command of named === null ? CANDIDATES : [named])
    try {
      return { command, listed: await runPython(command, ["--list"], { threads: 1, limit: 60 }) };
    } catch (error) {
      if (named !== null) throw error;
    }
  return null;
}
