import { hasCode } from "../core/errors.ts";
import { withDiskErrors } from "./disk-errors.ts";
import { APPEND, FILE_MODE, type FileSystem, nodeFileSystem } from "./file-system.ts";
import { closing, uninterrupted, writeWhole } from "./system-calls.ts";

export interface AppendOptions {
  /** The file is set aside as `<path>.1` once it is larger, so that two files of this size are the most. Default 16 MiB. */
  readonly rotateBytes?: number;
  readonly fs?: FileSystem;
}

/** Appends a line to a log. Not durable by itself. A line break inside the text is the caller's mistake and is replaced. */
export async function appendLine(path: string, line: string, options: AppendOptions = {}): Promise<void> {
  await appendText(path, `${line.replaceAll(/[\r\n]+/g, " ")}\n`, options);
}

/** Appends whole lines, each with its line break, in one write where the system allows it. */
export async function appendText(path: string, text: string, options: AppendOptions = {}): Promise<void> {
  const { rotateBytes = 16 * 2 ** 20, fs = nodeFileSystem } = options;
  await withDiskErrors(`write ${path}`, async () => {
    await rotate(path, rotateBytes, fs);
    const file = await uninterrupted(() => fs.open(path, APPEND, FILE_MODE));
    await closing(file, () => writeWhole(file, Buffer.from(text, "utf8")));
  });
}

async function rotate(path: string, limit: number, fs: FileSystem): Promise<void> {
  try {
    if ((await fs.status(path)).size > limit) await uninterrupted(() => fs.rename(path, `${path}.1`));
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}
