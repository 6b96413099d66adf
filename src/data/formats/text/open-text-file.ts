import { type FileHandle, open } from "node:fs/promises";
import { hasCode } from "../../../core/index.ts";
import { inputError } from "./problems.ts";

/** First bytes of other formats, in hex, and what to do about them. */
const FOREIGN: readonly [string, string, string][] = [
  ["50415231", "a Parquet file", "Name it .parquet."],
  ["4152524f5731", "an Arrow file", "Name it .arrow."],
  ["1f8b", "a gzip file", "Unpack it first: gunzip."],
  ["504b0304", "a zip or Excel file", "Unpack it, or save the sheet as CSV."],
  ["28b52ffd", "a zstd file", "Unpack it first: zstd -d."],
  ["425a68", "a bzip2 file", "Unpack it first: bunzip2."],
  ["fd377a585a", "an xz file", "Unpack it first: unxz."],
  ["53514c69746520", "an SQLite database", "Export the table as CSV."],
  ["25504446", "a PDF file", "Export the table as CSV."],
  ["89484446", "an HDF5 file", "Export the table as CSV."],
  ["fffe", "UTF-16 text", "Convert it: iconv -f UTF-16 -t UTF-8."],
  ["feff", "UTF-16 text", "Convert it: iconv -f UTF-16 -t UTF-8."],
  ["0000feff", "UTF-32 text", "Convert it: iconv -f UTF-32 -t UTF-8."],
];

/** Opens a text file for reading, refusing what is none with a clear error. */
export async function openTextFile(path: string): Promise<{ file: FileHandle; bytes: number; modified: number }> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR"))
      throw inputError(path, "the file must exist", path, "Check the name and the folder.");
    if (hasCode(error, "EACCES", "EPERM"))
      throw inputError(path, "the file must be readable", "no permission", "Check its permissions.");
    throw error;
  }
  try {
    const stat = await file.stat();
    if (stat.isDirectory()) throw inputError(path, "it must be a file", "a folder", "Name a file in it.");
    if (!stat.isFile())
      throw inputError(path, "it must be a regular file", "a pipe or device", "Write it to a file first.");
    if (stat.size === 0) throw inputError(path, "the file must not be empty", "0 bytes", "Check how it was written.");
    const start = Buffer.alloc(8);
    await file.read(start, 0, 8, 0);
    const hex = start.toString("hex");
    const foreign = FOREIGN.find(([magic]) => hex.startsWith(magic));
    if (foreign !== undefined) throw inputError(path, "it must be UTF-8 text", foreign[1], foreign[2]);
    return { file, bytes: stat.size, modified: stat.mtimeMs };
  } catch (error) {
    await file.close();
    throw error;
  }
}
