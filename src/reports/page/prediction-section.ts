import { escapeText } from "../charts/svg.ts";
import type { TrainDocument } from "../document.ts";
import { formatCount } from "../format.ts";
import { classificationCards } from "./classification-cards.ts";
import { labelCards } from "./label-cards.ts";
import { cards, type Section } from "./parts.ts";
import { regressionCards } from "./regression-cards.ts";

/** How predictions and the truth go together. */
export function predictionSection(document: TrainDocument): Section {
  const { explanation, task } = document;
  const summary = explanation?.predictions;
  const charts =
    summary?.kind === "regression" ? regressionCards(summary, document) : classificationCards(summary, document);
  charts.push(...labelCards(document));
  const rows =
    explanation === undefined
      ? ""
      : ` Drawn from ${formatCount(explanation.rows)} ${escapeText(explanation.role)} rows.`;
  return {
    id: "predictions",
    short: "Predictions",
    title: task === "regression" ? "Predicted against actual" : "Right and wrong",
    lead: `How the champion does on rows that it did not learn from.${rows}`,
    body: charts.length === 0 ? "" : cards(...charts),
  };
}
