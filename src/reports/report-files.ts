import { comparisonReport } from "./comparison.ts";
import type { TrainDocument } from "./document.ts";

/** Texts by the name of their file. */
export type ReportTexts = Readonly<Record<string, string>>;

/**
 * The reports for people that lie beside a model: `report.txt` (100 columns, no colour), `report.html` (a page that needs
 * nothing else) and `card.md` (the model's card). The same document gives the same bytes.
 */
export async function renderReports(document: TrainDocument): Promise<ReportTexts> {
  // The page and its charts are loaded when a run has something to show, not when a command starts.
  const [{ renderPage }, { renderModelCard }] = await Promise.all([import("./page/page.ts"), import("./card.ts")]);
  return {
    "report.txt": comparisonReport(document).text,
    "report.html": renderPage(document),
    "card.md": renderModelCard(document),
  };
}
