import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

/**
 * Gives the tests of a file a folder for temporary files of their own, so that they may look at all of it: in the common one other
 * processes make and remove theirs meanwhile.
 *
 * @returns its path, while tests run
 */
export function useOwnTemporaryFolder(): () => string {
  const common = process.env.TMPDIR;
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kaayko-own-"));
    process.env.TMPDIR = folder;
  });
  afterAll(() => {
    if (common === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = common;
    rmSync(folder, { recursive: true, force: true });
  });
  return () => folder;
}
