import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonValue, KaaykoError } from "../../src/core/index.ts";
import {
  PLAIN_STYLE,
  readTrainDocument,
  renderReports,
  renderTerminalReport,
  type TrainDocument,
} from "../../src/reports/index.ts";
import { classDocument, recipeDocument, regressionDocument, textDocument } from "./documents.ts";

const copy = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
const WHOLE = [
  regressionDocument(),
  recipeDocument(),
  classDocument(["no", "yes"]),
  classDocument(["a", "b", "c"]),
  textDocument(),
];

describe("a stored document", () => {
  it("comes back as it was", async () => {
    for (const document of WHOLE) expect(await readTrainDocument(copy(document), "it")).toEqual(copy(document));
  });

  it("says where it is damaged", async () => {
    const broken = copy(regressionDocument()) as { explanation: { rows: unknown } };
    broken.explanation.rows = "many";
    await expect(readTrainDocument(broken as unknown as JsonValue, "report.json")).rejects.toThrow(
      /Cannot read report.json: it must be the document of a run, got explanation.rows/,
    );
  });

  it("says nothing to a browser, whichever of its texts would, and is refused where one is none that is needed", async () => {
    const texts = new Map(WHOLE.flatMap((document) => textsOf(copy(document)).map((text) => [kindOf(text), text])));
    expect(texts.size).toBeGreaterThan(50);
    for (const [kind, place] of texts)
      for (const value of ["<x>", -1]) {
        const read = await readTrainDocument(changed(place, value), "it").catch(() => null);
        if (read === null) continue;
        const page = (await renderReports(read))["report.html"]!;
        expect(page.match(/.{60}<x>/)?.[0], kind).toBeUndefined();
        expect(renderTerminalReport(read, PLAIN_STYLE).length, kind).toBeGreaterThan(0);
      }
  });

  it("is refused, or can be drawn, whatever was changed in it", async () => {
    const junk = fc.constantFrom<JsonValue[]>(null, -1, 1e308, "<x>", [], {}, [[]], true);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.infiniteStream(fc.nat(50)), junk, async (which, choices, value) => {
        const document = copy(WHOLE[which % WHOLE.length]);
        mutate(document, choices, value);
        let read: TrainDocument;
        try {
          read = await readTrainDocument(document, "it");
        } catch (error) {
          expect(error).toBeInstanceOf(KaaykoError);
          return;
        }
        const page = (await renderReports(read))["report.html"]!;
        expect([page.endsWith("</html>\n"), page.includes("<x>"), page.match(/.{60}NaN/)?.[0]]).toEqual([
          true,
          false,
          undefined,
        ]);
        renderTerminalReport(read, PLAIN_STYLE);
      }),
      { numRuns: 150 },
    );
  });
});

interface Place {
  readonly root: JsonValue;
  readonly path: readonly string[];
}

/** Where the texts of a tree are. */
function textsOf(root: JsonValue, value = root, path: readonly string[] = []): Place[] {
  if (typeof value === "string") return [{ root, path }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => textsOf(root, child, [...path, key]));
}

/** The same for entries of one list: one of them is enough. */
const kindOf = ({ path }: Place): string => path.map((key) => (/^\d+$/.test(key) ? "*" : key)).join(".");

/** The document with another value in a place. */
function changed({ root, path }: Place, value: JsonValue): JsonValue {
  const document = copy(root);
  let at = document as Record<string, JsonValue>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, JsonValue>;
  at[path.at(-1)!] = value;
  return document;
}

/** Replaces a value somewhere in a tree. */
function mutate(root: JsonValue, choices: Iterator<number>, value: JsonValue): void {
  let at = root;
  for (;;) {
    const keys = Object.keys(at as object);
    const key = keys[choices.next().value! % keys.length];
    if (key === undefined) return;
    const child = (at as Record<string, JsonValue>)[key]!;
    if (typeof child === "object" && child !== null && Object.keys(child).length > 0 && choices.next().value! % 4 > 0)
      at = child;
    else {
      (at as Record<string, JsonValue>)[key] = value;
      return;
    }
  }
}
