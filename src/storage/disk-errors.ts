import { KaaykoError } from "../core/errors.ts";

interface Explanation {
  readonly rule: string;
  readonly remedy: string;
}

const FULL: Explanation = {
  rule: "the disk is full",
  remedy: "Free some space and run the same command again; what was saved before is safe.",
};
const FORBIDDEN: Explanation = {
  rule: "permission is missing",
  remedy: "Choose a folder that you may write to, or change its permissions.",
};
const TOO_MANY: Explanation = {
  rule: "too many files are open",
  remedy: "Close other programs or raise the limit (ulimit -n), then run the same command again.",
};
const NOT_A_FOLDER: Explanation = {
  rule: "a part of the path is not a folder",
  remedy: "Choose another folder, or move away what is in the way.",
};

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ENOSPC: FULL,
  EDQUOT: { ...FULL, rule: "the disk is full (quota)" },
  EROFS: { rule: "the folder is read-only", remedy: "Choose a folder that can be written." },
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  EMFILE: TOO_MANY,
  ENFILE: TOO_MANY,
  ENOTDIR: NOT_A_FOLDER,
  EISDIR: { rule: "a folder is in the way", remedy: "Choose another name, or move the folder away." },
  ELOOP: { rule: "links are not followed", remedy: "Replace the link by the file or folder itself." },
  ENAMETOOLONG: { rule: "the name is too long", remedy: "Choose a shorter name or folder." },
  ENOENT: { rule: "it does not exist", remedy: "Check the path." },
  EIO: { rule: "the disk reported an error", remedy: "Check the disk; what was saved before is safe." },
};

/**
 * Turns an error of the file system into one that a user can act on; any other error is returned as it is.
 *
 * @param action after "Cannot": "write checkpoints/run-1/run.json"
 */
export function explainDiskError(action: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof KaaykoError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) return error;
  const known = EXPLANATIONS[code];
  const rule = known?.rule ?? `the file system refused (${code})`;
  const remedy = known?.remedy ?? "Check the folder and the disk, then run the same command again.";
  return new KaaykoError({ action, rule, remedy, kind: "failed", cause: error });
}

/** Runs something that touches the disk, with its errors explained. */
export async function withDiskErrors<T>(action: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainDiskError(action, error);
  }
}
