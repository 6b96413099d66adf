import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeFeatures, loadUserFeatures, type UserFeatures } from "../../src/features/index.ts";
import { checkExports } from "../../src/features/user-features.ts";
import { mixedTable } from "../data/tables.ts";
import { finish, prepare } from "./fit.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaayko-user-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const mine = (exports: Record<string, unknown>): UserFeatures => checkExports("mine.ts", "00".repeat(32), exports);
const fitWith = async (exports: Record<string, unknown>) => finish((await prepare("memory", mine(exports))).fitter());

describe("a user's file", () => {
  it("may be TypeScript, with relative imports and packages", async () => {
    await write("helper.ts", "export const half = (value: number): number => value / 2;\n");
    await mkdir(join(folder, "node_modules", "third"), { recursive: true });
    await write("node_modules/third/package.json", '{"name":"third","type":"module","exports":"./main.js"}');
    await write("node_modules/third/main.js", "export default (value) => value / 3;\n");
    const path = await write(
      "mine.ts",
      `import { half } from "./helper.ts";
       import { half as same } from "./helper.js";
       import third from "third";
       interface Row { size: number; rooms: number }
       export const halfSize = ({ size }: Row): number => half(size) + same(0);
       export const thirdOfRooms = { inputs: ["rooms"], kind: "numeric" as const, apply: ({ rooms }: { rooms: Float64Array }) => rooms.map(third) };`,
    );
    const user = await loadUserFeatures(path);
    expect(user.features.map(({ name, inputs }) => [name, inputs])).toEqual([
      ["halfSize", ["size"]],
      ["thirdOfRooms", ["rooms"]],
    ]);
    const { pipeline } = await finish((await prepare("memory", user)).fitter());
    const encoded = encodeFeatures(pipeline, mixedTable(50), { user });
    const [size, rooms] = mixedTable(50).columns as unknown as { values: Float64Array }[];
    const made = encoded.columns.slice(-2) as unknown as { values: Float64Array }[];
    expect([...made[0]!.values]).toEqual(Array.from(size!.values, (value) => value / 2));
    expect([...made[1]!.values]).toEqual(Array.from(rooms!.values, (value) => value / 3));
    expect(await readdir(join(folder, "node_modules", ".cache"))).toEqual([]);
  });

  it("may be JavaScript, and has the hash of its text", async () => {
    const path = await write("plain.js", "export const one = ({ size }) => size;\n");
    const first = await loadUserFeatures(path);
    await write("plain.js", "export const one = ({ size }) => size + 1;\n");
    const second = await loadUserFeatures(path);
    expect(first.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(second.sha256).not.toBe(first.sha256);
    expect(second.features[0]!.apply({ size: Float64Array.of(1) }, null)).toEqual([2]);
  });

  it.each<[string, string, RegExp]>([
    ["missing.ts", "", /must be readable, got ENOENT/],
    ["wrong.py", "x", /must end in .ts/],
    ["broken.ts", "export const a = ;", /must be valid TypeScript/],
    ["throws.ts", "throw new Error('no luck');", /without errors, got Error: no luck/],
    ["empty.ts", "const a = 1;", /must export at least one/],
    ["number.ts", "export const a = 1;", /"a" of .*must be a function of a row, or an object/],
    ["inputs.ts", "export const a = { kind: 'numeric', apply: () => [] };", /inputs must be a list/],
    ["kind.ts", "export const a = { inputs: ['x'], kind: 'text', apply: () => [] };", /kind must be/],
    ["apply.ts", "export const a = { inputs: ['x'], kind: 'numeric' };", /apply must be a function/],
    ["whole.ts", "export const a = (row) => row.size;", /take one row apart/],
    ["gone.ts", "import './nowhere.ts'; export const a = ({ x }) => x;", /imports must exist, got ".\/nowhere.ts"/],
  ])("is refused with a reason: %s", async (name, text, message) => {
    const path = text === "" ? join(folder, name) : await write(name, text);
    await expect(loadUserFeatures(path)).rejects.toThrow(message);
  });
});

describe("a user's features", () => {
  it("become categories where a plain function gives strings", async () => {
    const { pipeline } = await fitWith({ sort: ({ rooms }: { rooms: number }) => (rooms > 3 ? "large" : "small") });
    expect(pipeline.features.at(-1)).toMatchObject({ name: "sort", kind: "categorical", cardinality: 2 });
    expect(pipeline.user!.exports[0]!.categories).toEqual(
      [["small", "large"]].map((list) => expect.arrayContaining(list)),
    );
  });

  it("see strings as strings and missing as null", async () => {
    const seen = new Set<unknown>();
    await fitWith({
      look: ({ colour }: { colour: string | null }) => {
        seen.add(colour);
        return 1;
      },
    });
    expect([...seen].sort()).toEqual(["blue", "green", "rare", "red", null].sort());
  });

  it("keep what they learnt with the model", async () => {
    const learnt = {
      inputs: ["rooms"],
      kind: "numeric",
      fit: () => ({ add: 5 }),
      apply: ({ rooms }: { rooms: Float64Array }, { add }: { add: number }) => rooms.map((value) => value + add),
    };
    const { pipeline } = await fitWith({ learnt });
    expect(pipeline.user!.exports[0]!.state).toEqual({ add: 5 });
    expect(() => encodeFeatures(pipeline, mixedTable(10))).toThrow(/--features must name the file/);
    const other = checkExports("mine.ts", "11".repeat(32), { learnt });
    expect(() => encodeFeatures(pipeline, mixedTable(10), { user: other })).toThrow(/another file/);
  });

  const numericApply = (apply: unknown, more: object = {}) => ({
    bad: { inputs: ["rooms"], kind: "numeric", apply, ...more },
  });
  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      "throws",
      numericApply(() => {
        throw new TypeError("oh");
      }),
      /"bad" of mine.ts: it must not throw, got TypeError: oh/,
    ],
    ["too few values", numericApply(() => [1, 2]), /a value for each of the \d+ rows, got 2 values/],
    ["no values", numericApply(() => undefined), /must return an array of values, got nothing/],
    [
      "strings as numbers",
      numericApply(({ rooms }: { rooms: Float64Array }) => Array.from(rooms, String)),
      /must have numbers/,
    ],
    ["no object", numericApply(() => 3, { outputs: ["p"] }), /must return an object with p/],
    ["no such output", numericApply(() => ({ q: [] }), { outputs: ["p"] }), /"bad.p"/],
    [
      "state that is no JSON",
      numericApply(({ rooms }: { rooms: Float64Array }) => rooms, { fit: () => Number.NaN }),
      /fit must return plain JSON/,
    ],
    [
      "values that depend on other rows",
      numericApply(({ rooms }: { rooms: Float64Array }) =>
        rooms.map((value) => value - Math.max(...rooms) / rooms.length),
      ),
      /may not depend on the other rows/,
    ],
    ["the target as input", { leak: ({ price }: { price: number }) => price }, /may not be made from the target/],
    ["a column that is not there", { a: ({ sise }: { sise: number }) => sise }, /"sise"/],
    ["the name of a column", { size: ({ rooms }: { rooms: number }) => rooms }, /must not be that of a column/],
  ])("are refused with a reason: %s", async (_, exports, message) => {
    await expect(fitWith(exports)).rejects.toThrow(message);
  });

  it("that are infinite are missing", async () => {
    const { pipeline } = await fitWith({ inverse: ({ rooms }: { rooms: number }) => 1 / (rooms - 1) });
    const spec = pipeline.features.at(-1)!;
    expect(spec.max).toBe(1);
    expect(spec.missing).toBeGreaterThan(100);
  });
});
