import { LineCursor } from "./line-cursor.ts";

/**
 * Reads the lines of a text file, the first without its byte order mark.
 *
 * @param take is given each line; reading ends where it returns false
 * @throws KaaykoError as `LineCursor.fill`
 */
export async function readLines(path: string, take: (line: string) => unknown): Promise<void> {
  const cursor = await LineCursor.open(path);
  try {
    for (let isFirst = true; ; ) {
      const line = cursor.line();
      if (line === undefined) {
        if (!(await cursor.fill())) return;
        continue;
      }
      if (take(isFirst ? line.replace(/^\ufeff/, "") : line) === false) return;
      isFirst = false;
    }
  } finally {
    await cursor.close();
  }
}
