import { createStreamedFile } from "../../../storage/index.ts";

const FLUSH_CHARACTERS = 2 ** 18;

/** A text file that appears under its name only when it is complete. */
export interface PublishedFile {
  /** Appends text, UTF-8. */
  append(text: string): Promise<void>;
  /** Flushes to the disk and gives the file its name. Returns its bytes. */
  publish(): Promise<number>;
  /** Removes what was written; nothing after `publish`. */
  abort(): Promise<void>;
}

/**
 * Starts a file under a temporary name in the same folder.
 *
 * @throws KaaykoError where the folder is missing or read-only, or the disk is full
 */
export async function createPublishedFile(path: string): Promise<PublishedFile> {
  const file = await createStreamedFile(path);
  let pending = "";
  const flush = async (): Promise<void> => {
    const text = pending;
    pending = "";
    await file.write(Buffer.from(text, "utf8"));
  };
  return {
    async append(text) {
      pending += text;
      if (pending.length >= FLUSH_CHARACTERS) await flush();
    },
    async publish() {
      await flush();
      return file.publish();
    },
    abort: () => file.abort(),
  };
}
