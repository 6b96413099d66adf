import { describe, expect, it } from "vitest";
import { renderReports } from "../../src/reports/index.ts";
import { classDocument, regressionDocument } from "./documents.ts";

describe("the model's card", () => {
  it("has the sections of model cards, in their order, and the numbers of the document", async () => {
    const card = (await renderReports(regressionDocument()))["card.md"]!;
    expect([...card.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual([
      "Model details",
      "Intended use",
      "Factors",
      "Metrics",
      "Evaluation data",
      "Training data",
      "Quantitative analyses",
      "Ethical considerations",
      "Caveats and recommendations",
    ]);
    expect(card).toContain("| **XGBoost** | 1.25 | 0.8 |");
    expect(card).toContain("| rooms | 0.5 | 0.125 |");
    expect(card).toContain("rooms (25 %)".replace("25 %", "25.0 %"));
    expect(card).toContain("- careful");
  });

  it("leaves to the owner what only the owner knows", async () => {
    const card = (await renderReports(classDocument(["no", "yes"])))["card.md"]!;
    expect([...card.matchAll(/To be filled in by the owner/g)]).toHaveLength(3);
  });

  it("takes hostile names as text", async () => {
    const card = (await renderReports(regressionDocument((plain) => `${plain}|<b>\n## x [y](z)`)))["card.md"]!;
    expect(card).not.toContain("<b>");
    expect([...card.matchAll(/^## /gm)]).toHaveLength(9);
    expect(card).toContain("rooms\\|&lt;b\\> \\#\\# x \\[y\\]\\(z\\)");
  });
});
