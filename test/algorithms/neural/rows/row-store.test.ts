import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RowStore, readStored } from "../../../../src/algorithms/neural/rows/row-store.ts";
import { useOwnTemporaryFolder } from "../../../support/temporary-folder.ts";

const LARGE = 33 * 2 ** 20;

const temporary = useOwnTemporaryFolder();

describe("the store of packed rows", () => {
  it.each([64, LARGE])("gives %i bytes back as they were put there", (bytes) => {
    const store = new RowStore(bytes);
    const part = Uint8Array.from({ length: 32 }, (_, i) => i);
    store.append(part);
    store.append(part.map((value) => value + 100));
    const read = new Uint8Array(40);
    readStored(store.rows, 16, read);
    expect([...read]).toEqual([...part.slice(16), ...part.slice(0, 24).map((value) => value + 100)]);
    store.close();
    store.close();
  });

  it.skipIf(process.platform === "win32")("leaves no name behind while it is open", () => {
    const store = new RowStore(LARGE);
    expect("file" in store.rows).toBe(true);
    expect(readdirSync(temporary())).toEqual([]);
    store.close();
  });

  it("says what is missing where rows are gone", () => {
    const store = new RowStore(LARGE);
    expect(() => readStored(store.rows, 0, new Uint8Array(8))).toThrow(/all of them must be there/);
    store.close();
  });

  it("says what is missing where no folder has room", () => {
    expect(() => new RowStore(2 ** 60)).toThrow(
      /Cannot keep the rows for the next pass: a temporary folder must have room for them, got 1,099,511,627,776 MiB needed; .* free in /,
    );
  });
});
