import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type JsonObject, KaaykoError } from "../../src/core/index.ts";
import {
  findModel,
  hashModel,
  listModels,
  loadModel,
  type Model,
  packModel,
  publishModel,
  reserveVersion,
  unpackModel,
} from "../../src/models/index.ts";

const MODEL: Model = {
  task: { kind: "binary", target: "y", classes: ["no", "yes"] },
  threshold: 0.5,
  pipeline: {
    version: 1,
    columns: [{ name: "x", kind: "numeric" }],
    encoders: [{ form: "numeric", column: "x" }],
    features: [{ name: "x", kind: "numeric", cardinality: 0, mean: 0, std: 1, min: -1, max: 1, missing: 0 }],
    user: null,
  },
  content: {
    algorithm: "baseline",
    formatVersion: 1,
    json: { note: "plain" },
    arrays: { outputs: Float64Array.of(0.25), odd: Uint8Array.of(1, 2, 3), words: Uint16Array.of(7) },
  },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaayko-models-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function packed(model = MODEL): { json: Uint8Array; arrays: Uint8Array } {
  const files = new Map(packModel(model));
  return { json: files.get("model.json")!, arrays: files.get("arrays.bin")! };
}

/** The package with its JSON changed. */
function tampered(change: (root: Record<string, JsonObject>) => void): Uint8Array {
  const root = JSON.parse(new TextDecoder().decode(packed().json));
  change(root);
  return new TextEncoder().encode(JSON.stringify(root));
}

async function publish(name: string, model = MODEL): Promise<string> {
  const version = await reserveVersion(folder, name, `run-${Math.random()}`);
  return publishModel(folder, name, version, packModel(model), hashModel(model));
}

describe("a model package", () => {
  it("reads back as it was", () => {
    const { json, arrays } = packed();
    const { model, modelSha256 } = unpackModel(json, arrays, "m");
    expect(model).toEqual(MODEL);
    expect(modelSha256).toBe(hashModel(MODEL));
  });

  it("has a hash of its meaning only", () => {
    const other = {
      ...MODEL,
      content: { ...MODEL.content, arrays: { ...MODEL.content.arrays, outputs: Float64Array.of(0.26) } },
    };
    expect(hashModel(other)).not.toBe(hashModel(MODEL));
    expect(hashModel({ ...MODEL, threshold: 0.4 })).not.toBe(hashModel(MODEL));
    const reordered = { ...MODEL, content: { ...MODEL.content, json: JSON.parse('{"note":"plain"}') } };
    expect(hashModel(reordered)).toBe(hashModel(MODEL));
  });

  it("is refused with any bit flipped or any byte cut off", () => {
    const { json, arrays } = packed();
    fc.assert(
      fc.property(fc.nat(json.length + arrays.length - 1), fc.nat(7), fc.boolean(), (at, bit, cut) => {
        const files = [json.slice(), arrays.slice()] as [Uint8Array, Uint8Array];
        const which = at < json.length ? 0 : 1;
        const place = which === 0 ? at : at - json.length;
        if (cut) files[which] = files[which].slice(0, place);
        else files[which]![place]! ^= 1 << bit;
        try {
          // Whatever is not noticed may not matter: white space.
          expect(unpackModel(...files, "m").model).toEqual(MODEL);
        } catch (error) {
          expect(error).toBeInstanceOf(KaaykoError);
          expect((error as KaaykoError).exitCode).toBe(4);
        }
      }),
      { numRuns: 400 },
    );
  });

  it.each<[string, (root: Record<string, JsonObject>) => void]>([
    ["another format", ({ content }) => Object.assign(content!, { formatVersion: 2 })],
    [
      "an array outside the file",
      ({ arrays }) => Object.assign((arrays!.entries as JsonObject[])[2]!, { length: 2 ** 40 }),
    ],
    ["a negative length", ({ arrays }) => Object.assign((arrays!.entries as JsonObject[])[0]!, { length: -1 })],
    ["overlapping arrays", ({ arrays }) => Object.assign((arrays!.entries as JsonObject[])[1]!, { offset: 0 })],
    ["an unknown dtype", ({ arrays }) => Object.assign((arrays!.entries as JsonObject[])[0]!, { dtype: "object" })],
    ["another task", ({ content }) => Object.assign(content!.task as JsonObject, { kind: "magic" })],
    ["a threshold over 1", ({ content }) => Object.assign(content!, { threshold: 2 })],
    ["no pipeline", ({ content }) => Object.assign(content!, { pipeline: null })],
  ])("is refused with %s", (_, change) => {
    expect(() => unpackModel(tampered(change), packed().arrays, "m")).toThrow(/Cannot (load m|read the features)/);
  });

  it("is refused with a key that names a prototype", () => {
    const text = new TextDecoder().decode(packed().json).replace('"note"', '"__proto__"');
    expect(() => unpackModel(new TextEncoder().encode(text), packed().arrays, "m")).toThrow(/load m/);
  });
});

describe("the folder of models", () => {
  it("numbers versions and finds the newest by name, version or path", async () => {
    await publish("taxi");
    await publish("taxi", { ...MODEL, threshold: 0.4 });
    expect((await findModel("taxi", folder)).version).toBe("2");
    expect((await findModel("taxi@1", folder)).model.threshold).toBe(0.5);
    expect((await findModel("taxi/1", folder)).version).toBe("1");
    expect((await findModel(join(folder, "taxi", "2"), "elsewhere")).model.threshold).toBe(0.4);
    expect((await listModels(folder)).map(({ name, version }) => `${name} ${version}`)).toEqual(["taxi 2", "taxi 1"]);
  });

  it("gives a run the same version again, and another run another", async () => {
    expect(await reserveVersion(folder, "taxi", "run-a")).toBe("1");
    expect(await reserveVersion(folder, "taxi", "run-b")).toBe("2");
    expect(await reserveVersion(folder, "taxi", "run-a")).toBe("1");
    await expect(reserveVersion(folder, "../taxi", "run-a")).rejects.toMatchObject({ exitCode: 2 });
  });

  it("publishes once: the same model is found again, another is refused", async () => {
    const path = await publish("taxi");
    expect(await publishModel(folder, "taxi", "1", packModel(MODEL), hashModel(MODEL))).toBe(path);
    const other = { ...MODEL, threshold: 0.1 };
    await expect(publishModel(folder, "taxi", "1", packModel(other), hashModel(other))).rejects.toThrow(
      /save the model/,
    );
  });

  it("says what there is where a name is wrong", async () => {
    await publish("taxi");
    await expect(findModel("taxy", folder)).rejects.toMatchObject({ exitCode: 2, remedy: "There is: taxi." });
    await expect(findModel("x", join(folder, "none"))).rejects.toMatchObject({ exitCode: 2 });
    expect(await listModels(join(folder, "none"))).toEqual([]);
  });

  it("refuses a package with a file missing or replaced by a link", async () => {
    const path = await publish("taxi");
    const copy = join(folder, "copy");
    await mkdir(copy);
    await cp(join(path, "model.json"), join(copy, "model.json"));
    await expect(loadModel(copy)).rejects.toMatchObject({ exitCode: 4 });
    await symlink(join(path, "arrays.bin"), join(copy, "arrays.bin"));
    await expect(loadModel(copy)).rejects.toMatchObject({ exitCode: 4 });
  });

  it("loads a model whose metadata is damaged", async () => {
    const path = await publish("taxi");
    await writeFile(join(path, "metadata.json"), "{ torn");
    expect((await loadModel(path)).metadata).toEqual({});
    expect(await readFile(join(path, "model.json"), "utf8")).not.toContain(folder);
  });
});
