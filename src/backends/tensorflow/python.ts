import { type CommandResult, runCommand } from "../run-command.ts";

/** How Python is started on this machine, with its version. */
export interface Python {
  readonly command: string;
  readonly version: string;
  /** False where the module `pip` is missing. */
  readonly pip: boolean;
}

/** Finds a Python 3.9 or newer; null where there is none. */
export async function findPython(): Promise<Python | null> {
  const candidates = process.platform === "win32" ? ["python", "python3", "py"] : ["python3", "python"];
  for (const command of candidates) {
    const { code, stdout } = await runCommand(
      command,
      ["-c", "import sys, importlib.util as u; print(*sys.version_info[:3], u.find_spec('pip') is not None)"],
      { timeoutMs: 30_000 },
    );
    const match = code === 0 ? /^(\d+) (\d+) (\d+) (True|False)/.exec(stdout) : null;
    if (match !== null && match[1] === "3" && Number(match[2]) >= 9)
      return { command, version: `3.${match[2]}.${match[3]}`, pip: match[4] === "True" };
  }
  return null;
}

const NETWORK =
  /Temporary failure in name resolution|Name or service not known|ConnectionError|NewConnectionError|timed out|ReadTimeout|Network is unreachable|SSLError|ProxyError|Connection refused|nodename nor servname/i;

/** What a pip that failed wants to say, in one line, and what to do about it. */
export function explainPip({ stderr, stdout }: CommandResult): { reason: string; remedy: string } {
  const text = `${stdout}\n${stderr}`;
  if (NETWORK.test(text))
    return {
      reason: "the network or the Python package index cannot be reached",
      remedy: "Check the network or pip's proxy settings (pip config list), then run kaayko setup.",
    };
  if (/No space left|ENOSPC|Errno 28/i.test(text))
    return {
      reason: "the disk is full",
      remedy: "Free 2 GB or set KAAYKO_CACHE to a folder that has them, then run kaayko setup.",
    };
  const line =
    text
      .split("\n")
      .reverse()
      .find((item) => /^ERROR/.test(item.trim())) ??
    text.trim().split("\n").at(-1) ??
    "";
  return {
    reason: `pip failed: ${line
      .trim()
      .replace(/^ERROR:\s*/, "")
      .slice(0, 240)}`,
    remedy: "Mend what pip says, then run kaayko setup.",
  };
}
