import { spawn } from "node:child_process";

export interface CommandResult {
  /** Exit status; null where it did not start or a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** True where there is no such program. */
  readonly absent: boolean;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** End it after this time. Default never. */
  readonly timeoutMs?: number;
  readonly onStart?: (pid: number) => void;
  /** Told every line of standard output as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Keeps the end of what a program says; nobody reads more of it. */
const KEPT = 262_144;

/** Runs a program to its end, without a shell. Never throws for what the program does. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env } as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    });
    let stdout = "";
    let stderr = "";
    let partial = "";
    if (child.pid !== undefined) options.onStart?.(child.pid);
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout = (stdout + chunk).slice(-KEPT);
      if (options.onLine === undefined) return;
      const lines = (partial + chunk).split("\n");
      partial = lines.pop()!.slice(-KEPT);
      for (const line of lines) options.onLine(line);
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr = (stderr + chunk).slice(-KEPT);
    });
    child.on("error", (error: NodeJS.ErrnoException) =>
      resolve({ code: null, stdout, stderr: stderr || error.message, absent: error.code === "ENOENT" }),
    );
    child.on("close", (code) => resolve({ code, stdout, stderr, absent: false }));
  });
}
