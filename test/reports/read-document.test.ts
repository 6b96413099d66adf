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
