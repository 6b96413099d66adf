import { isUtf8 } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import { MAX_ROW_BYTES, problemError } from "./problems.ts";

const BLOCK_BYTES = 2 ** 20;

/** Walks the lines of a text file in blocks: `line` is synchronous, `fill` brings the next block. Lines end with LF or CR LF. */
export class LineCursor {
  readonly #path: string;
  readonly #file: FileHandle;
  #block: Buffer = Buffer.alloc(0);
  #blockOffset: number;
  #at = 0;

  private constructor(path: string, file: FileHandle, offset: number) {
    this.#path = path;
    this.#file = file;
    this.#blockOffset = offset;
  }

  static async open(path: string, offset = 0): Promise<LineCursor> {
    return new LineCursor(path, await open(path, "r"), offset);
  }

  /** Where the next line starts. */
  get offset(): number {
    return this.#blockOffset + this.#at;
  }

  /** The next line of this block without its end; undefined where the block is used up. */
  line(): string | undefined {
    if (this.#at >= this.#block.length) return undefined;
    const feed = this.#block.indexOf(10, this.#at);
    const end = feed < 0 ? this.#block.length : feed;
    const text = this.#block.toString(
      "utf8",
      this.#at,
      this.#block[end - 1] === 13 ? Math.max(this.#at, end - 1) : end,
    );
    this.#at = Math.min(end + 1, this.#block.length);
    return text;
  }

  /**
   * Brings the next whole lines. False at the end of the file.
   *
   * @throws KaaykoError for a line over 16 MB, NUL bytes, or bytes that are not UTF-8
   */
  async fill(): Promise<boolean> {
    const offset = this.offset;
    for (let size = BLOCK_BYTES; ; size = Math.min(size * 2, MAX_ROW_BYTES + 1)) {
      const buffer = Buffer.allocUnsafe(size);
      const { bytesRead } = await this.#file.read(buffer, 0, size, offset);
      if (bytesRead === 0) return false;
      const end = bytesRead < size ? bytesRead : buffer.lastIndexOf(10) + 1;
      if (end > 0) {
        this.#block = buffer.subarray(0, end);
        this.#blockOffset = offset;
        this.#at = 0;
        await this.#check();
        return true;
      }
      if (size > MAX_ROW_BYTES) throw await problemError(this.#path, { what: "longRow", offset }, []);
    }
  }

  async #check(): Promise<void> {
    const nul = this.#block.indexOf(0);
    if (nul >= 0) throw await problemError(this.#path, { what: "nul", offset: this.#blockOffset + nul }, []);
    if (isUtf8(this.#block)) return;
    let good = 0;
    for (;;) {
      const end = this.#block.indexOf(10, good) + 1;
      if (end === 0 || !isUtf8(this.#block.subarray(good, end))) break;
      good = end;
    }
    throw await problemError(this.#path, { what: "encoding", offset: this.#blockOffset + good }, []);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
