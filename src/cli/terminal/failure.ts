import { type JsonObject, KaaykoError } from "../../core/index.ts";
import { paint, printable, sign } from "../../reports/text/index.ts";
import type { Output } from "./output.ts";

/** An error as a user sees it. */
export interface Failure {
  readonly message: string;
  readonly remedy: string | undefined;
  readonly kind: string;
  readonly exitCode: number;
}

/** Ends a command with an exit code when everything that is to be said was said. */
export class Exit extends Error {
  readonly exitCode: number;
  constructor(exitCode: number) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** Ctrl-C at a question. */
const CANCELLED = 130;

const SYSTEM_ERRORS: Record<string, readonly [rule: string, remedy: string, kind: "input" | "failed"]> = {
  ENOENT: ["there is no such file or folder", "Check the path.", "input"],
  EISDIR: ["it is a folder", "Name a file.", "input"],
  ENOTDIR: ["a part of the path is a file", "Check the path.", "input"],
  EACCES: ["access is denied", "Check the permissions.", "failed"],
  EPERM: ["it is not permitted", "Check the permissions.", "failed"],
  EROFS: ["the file system is read-only", "Choose another folder.", "failed"],
  ENOSPC: ["the disk is full", "Make room and run the same command again; nothing that was saved is lost.", "failed"],
  EDQUOT: ["the disk quota is used up", "Make room and run the same command again.", "failed"],
  EMFILE: ["too many files are open", "Raise the limit (ulimit -n) and run the same command again.", "failed"],
};

/** Says in a user's words what went wrong, whatever was thrown. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof KaaykoError) {
    const { message, remedy, kind, exitCode } = error;
    return { message, remedy, kind, exitCode };
  }
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    const system = SYSTEM_ERRORS[error.code];
    if (system !== undefined) return systemFailure(error as NodeJS.ErrnoException, system);
  }
  const what = error instanceof Error ? error.message || error.name : String(error);
  return {
    message: `Cannot go on: something unexpected happened, got ${what}`,
    remedy: "This is a fault of kaayko's own: run the same command with --debug and report what it prints.",
    kind: "failed",
    exitCode: 1,
  };
}

function systemFailure(
  error: NodeJS.ErrnoException,
  [rule, remedy, kind]: readonly [string, string, "input" | "failed"],
): Failure {
  const action = error.path === undefined ? "use a file" : `use ${error.path}`;
  const failure = new KaaykoError({ action, rule, remedy, kind });
  return { message: failure.message, remedy, kind, exitCode: failure.exitCode };
}

/** Prints an error and gives its exit code: a document with `--json`, else two lines; the stack only with `--debug`. */
export async function reportFailure(error: unknown, output: Output): Promise<number> {
  output.live(null);
  if (error instanceof Exit) return error.exitCode;
  if (error instanceof Error && error.name === "ExitPromptError") return CANCELLED;
  const failure = describeFailure(error);
  sayFailure(failure, output);
  if (output.switches.debug) output.say(stackOf(error));
  if (output.switches.json)
    await output.result({ schemaVersion: 1, status: "failed", error: errorDocument(failure) }, () => "");
  return failure.exitCode;
}

/** The two lines of an error: what and why, what to do. */
export function sayFailure({ message, remedy }: Failure, output: Output): void {
  const style = output.talkStyle;
  output.say(`${paint(style, "red", "error:")} ${printable(message)}`);
  if (remedy !== undefined) output.say(`  ${paint(style, "dim", sign(style, "→", "->"))} ${printable(remedy)}`);
}

/** An error as it stands in a document. */
export function errorDocument({ message, remedy, kind }: Failure): JsonObject {
  return { message, remedy: remedy ?? null, kind };
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
