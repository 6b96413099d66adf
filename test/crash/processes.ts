import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const OWNER = fileURLToPath(new URL("./children/owner.mjs", import.meta.url));

export interface Owner {
  readonly process: ChildProcess;
  /** Lines so far. */
  readonly lines: string[];
  /** Resolves with the first line that begins with a word, or undefined once the process has ended without one. */
  saying(word: string): Promise<string | undefined>;
  /** Resolves once there are so many lines, or the process has ended. */
  afterLines(count: number): Promise<void>;
  /** Exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
}

/** Starts a process that owns a run; see children/owner.mjs. */
export function startOwner(mode: string, folder: string, runId: string, number = 0): Owner {
  return follow(spawn(process.execPath, [OWNER, mode, folder, runId, String(number)], { stdio: "pipe" }));
}

export const ownerCommand = (mode: string, folder: string, runId: string, number: number): string =>
  `'${process.execPath}' '${OWNER}' ${mode} '${folder}' ${runId} ${number}`;

export function follow(child: ChildProcess): Owner {
  const lines: string[] = [];
  let rest = "";
  let finished = false;
  let wake = (): void => undefined;
  const ended = once(child, "close").then(([code, signal]) => {
    finished = true;
    wake();
    return (signal ?? code) as number | string;
  });
  child.stderr!.resume();
  child.stdout!.on("data", (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split("\n");
    rest = parts.pop()!;
    lines.push(...parts);
    wake();
  });
  const changed = (): Promise<void> =>
    new Promise((resolve) => {
      const before = wake;
      wake = () => {
        before();
        resolve();
      };
    });
  const saying = async (word: string): Promise<string | undefined> => {
    for (;;) {
      const line = lines.find((line) => line.startsWith(`${word} `));
      if (line !== undefined || finished) return line;
      await changed();
    }
  };
  const afterLines = async (count: number): Promise<void> => {
    while (lines.length < count && !finished) await changed();
  };
  return { process: child, lines, saying, afterLines, ended };
}
