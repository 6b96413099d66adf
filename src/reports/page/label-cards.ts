import type { LabelPair, TextError } from "../../core/index.ts";
import { escapeText, type Markup } from "../charts/svg.ts";
import type { LabelResult, TrainDocument } from "../document.ts";
import { formatCount, formatNumber, formatShare } from "../format.ts";
import { card, htmlTable, numberText } from "./parts.ts";

/** How each of several labels fares, which come together, and the errors worth reading. */
export function labelCards({ labels = [], explanation }: TrainDocument): Markup[] {
  const { pairs = [], errors = [] } = explanation?.texts ?? {};
  return [labelsCard(labels), pairsCard(pairs), errorsCard(errors)].filter((made) => made !== "");
}

function labelsCard(labels: readonly LabelResult[]): Markup {
  if (labels.length === 0) return "";
  const number = (title: string) => ({ title, number: true });
  const columns = [{ title: "label" }, ...["rows", "threshold", "precision", "recall", "F1"].map(number)];
  const rows = [...labels]
    .sort((a, b) => b.support - a.support)
    .map(({ label, support, threshold, precision, recall, f1 }) => ({
      cells: [
        escapeText(label),
        formatCount(support),
        formatNumber(threshold),
        numberText(precision),
        numberText(recall),
        numberText(f1),
      ],
    }));
  const note = "Each label is given from its own threshold on, which validation rows chose.";
  return card("Labels", note, htmlTable("Labels", columns, rows, true), true);
}

function pairsCard(pairs: readonly LabelPair[]): Markup {
  if (pairs.length === 0) return "";
  const number = (title: string) => ({ title, number: true });
  const columns = [{ title: "labels" }, number("rows"), number("by chance"), number("predicted")];
  const rows = pairs.map(({ first, second, rows: count, expected, predicted }) => ({
    cells: [escapeText(`${first} and ${second}`), formatCount(count), formatNumber(expected), formatCount(predicted)],
  }));
  const note =
    "The pairs that are most often together: how often, how often chance alone would do it, how often predicted.";
  return card("Labels that come together", note, htmlTable("Labels that come together", columns, rows), true);
}

function errorsCard(errors: readonly TextError[]): Markup {
  if (errors.length === 0) return "";
  const columns = [{ title: "text" }, { title: "wrong" }, { title: "actual" }, { title: "predicted" }];
  const rows = errors.map(({ text, label, probability, actual, predicted }) => ({
    cells: [
      escapeText(text),
      escapeText(`${label} ${actual.includes(label) ? "missed" : "given"}, ${formatShare(probability)}`),
      escapeText(actual.join(", ") || "none"),
      escapeText(predicted.join(", ") || "none"),
    ],
  }));
  const note =
    "Of each label the errors that the model was surest of: the truth is doubtful there, or something was missed.";
  return card("Errors worth reading", note, htmlTable("Errors worth reading", columns, rows, true), true);
}
