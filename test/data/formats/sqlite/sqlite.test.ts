import { copyFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KaaykoError } from "../../../../src/core/index.ts";
import { openSource } from "../../../../src/data/index.ts";
import { cellsOf, inputErrorOf, readAll, temporaryFiles } from "../text-tables.ts";

const fixture = (name: string) => new URL(`../../../fixtures/sqlite/${name}`, import.meta.url);
const files = temporaryFiles();
const put = (name: string): string => files.file(name, readFileSync(fixture(name)));

type Rows = Record<string, (string | number | null)[]>;
/** What Python's own sqlite3 reads; test/fixtures/sqlite/make.py wrote it. */
const expected = JSON.parse(readFileSync(fixture("expected.json"), "utf8")) as {
  types: { "some things": Rows; keyed: Rows };
  utf16: Rows;
  ahead: Rows;
};

describe("a table of an SQLite database", () => {
  it("has the cells that another program reads, by kinds of what they hold", async () => {
    const source = await openSource(`${put("types.sqlite")}#some things`);
    const { columns, rows, unreadable } = await source.describe();
    const truth = expected.types["some things"];
    expect(source.format).toBe("sqlite");
    expect(rows).toBe(truth.id!.length);
    expect(unreadable).toEqual([{ name: "picture", reason: "binary values" }]);
    expect(Object.fromEntries(columns.map(({ name, kind }) => [name, kind]))).toEqual({
      id: "numeric",
      price: "numeric",
      name: "categorical",
      when: "date",
      ok: "boolean",
      mixed: "categorical",
      holes: "numeric",
      empty: "numeric",
      big: "numeric",
      'odd "name': "categorical",
    });
    const cells = await readAll(source);
    for (const name of ["id", "name", "ok", "big", 'odd "name', "empty"])
      expect(cells[name], name).toEqual(truth[name]!.map((cell) => cell));
    expect(cells.price).toEqual(truth.price!.map((cell) => Math.fround(Number(cell))));
    expect(cells.when).toEqual(truth.when!.map((day) => Date.parse(`${day}T00:00:00Z`)));
    expect(cells.mixed).toEqual(truth.mixed!.map((cell) => (cell === null ? null : String(cell))));
    // An empty string among numbers is missing.
    expect(cells.holes).toEqual(truth.holes!.map((cell) => (cell === "" ? null : cell)));
  });

  it("has its rows in the order of the table, whichever columns are asked for, and in every form of text", async () => {
    const path = put("types.sqlite");
    const names = await readAll(await openSource(`${path}#some things`), { columns: ["name"] });
    expect(names.name).toEqual(expected.types["some things"].name);
    expect(await readAll(await openSource(`${path}#keyed`))).toEqual(expected.types.keyed);
    const texts = await readAll(await openSource(put("utf16.sqlite")));
    expect(texts).toEqual(expected.utf16);
  });

  it("is the only one where none is named; else the others are listed", async () => {
    const path = put("types.sqlite");
    expect(await readAll(await openSource(put("ahead.sqlite")))).toEqual(expected.ahead);
    const open = (address: string) => inputErrorOf(async () => (await openSource(address)).describe());
    expect(await open(path)).toMatch(/which of its tables.*got keyed, some things.*types\.sqlite#keyed/);
    expect(await open(`${path}#keyd`)).toMatch(/must have that table, got keyd.*Did you mean .*#keyed/);
    expect(await open(`${path}#cheap`)).toMatch(/Views cannot be read/);
    expect(await open(`${files.file("a.csv", "a\n1\n")}#t`)).toMatch(/only a database has several tables/);
  });

  it("continues at any position, and keeps the table with retain", async () => {
    const address = `${put("types.sqlite")}#some things`;
    const source = await openSource(address);
    const whole = await readAll(source);
    const reader = await source.open({ batchRows: 20 });
    await reader.next();
    const position = reader.position();
    const second = JSON.stringify(await reader.next());
    await reader.close();
    const other = await (await openSource(address)).open({ batchRows: 20 });
    await other.seek(JSON.parse(JSON.stringify(position)));
    expect(JSON.stringify(await other.next())).toBe(second);
    await expect(other.seek({ row: 7 })).rejects.toThrow(KaaykoError);
    await other.close();
    const keeper = await source.open({ batchRows: 20, retain: true });
    await keeper.seek(position);
    while ((await keeper.next()) !== null);
    for (const column of keeper.table().columns) expect(cellsOf(column)).toEqual(whole[column.name]);
    await keeper.close();
  });

  it("is refused with what to do where changes lie in a file beside it", async () => {
    const path = put("ahead.sqlite");
    writeFileSync(`${path}-wal`, "changes");
    expect(await inputErrorOf(async () => (await openSource(path)).describe())).toMatch(
      /ahead\.sqlite-wal.*wal_checkpoint/,
    );
    renameSync(`${path}-wal`, files.path("gone"));
    expect((await (await openSource(path)).describe()).rows).toBe(2);
  });

  it("that is damaged ends in an error or in rows, never in a crash", async () => {
    const bytes = readFileSync(fixture("types.sqlite"));
    const read = async (damaged: Uint8Array) => {
      const source = await openSource(`${files.file("damaged.sqlite", damaged)}#some things`);
      return readAll(source);
    };
    await expect(read(bytes.subarray(0, 700))).rejects.toThrow(/must be a whole SQLite database/);
    copyFileSync(fixture("types.sqlite"), files.path("copy.sqlite"));
    const change = fc.tuple(fc.integer({ min: 16, max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 30 }), async (changes) => {
        const damaged = Uint8Array.from(bytes);
        for (const [at, byte] of changes) damaged[at] = byte;
        const error = await read(damaged).then(
          () => null,
          (caught: unknown) => caught,
        );
        expect(error === null || error instanceof KaaykoError, String(error)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
