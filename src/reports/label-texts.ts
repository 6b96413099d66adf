import type { LabelPair, TextError } from "../core/index.ts";
import type { LabelResult, TrainDocument } from "./document.ts";
import { formatCount, formatNumber, formatShare } from "./format.ts";
import { printable, type Style } from "./style.ts";
import { renderTable } from "./table.ts";

/** Errors that a terminal shows. */
const ERRORS_SHOWN = 10;
const TEXT_SHOWN = 60;

/** How each of several labels fares, which come together, and the errors worth reading: titles and bodies. */
export function labelTexts({ labels = [], explanation }: TrainDocument, style: Style): [string, string][] {
  const { pairs = [], errors = [] } = explanation?.texts ?? {};
  const texts: [string, string][] = [
    ["Labels, each from its own threshold on", labels.length === 0 ? "" : labelsTable(labels, style)],
    ["Labels that come together", pairs.length === 0 ? "" : pairsTable(pairs, style)],
    ["Errors worth reading", errors.length === 0 ? "" : errorsTable(errors, style)],
  ];
  return texts.filter(([, body]) => body !== "");
}

const number = (title: string) => ({ title, align: "right" as const });

function labelsTable(labels: readonly LabelResult[], style: Style): string {
  const columns = [{ title: "label" }, ...["rows", "threshold", "precision", "recall", "F1"].map(number)];
  const rows = [...labels]
    .sort((a, b) => b.support - a.support)
    .map(({ label, support, threshold, precision, recall, f1 }) => [
      printable(label),
      formatCount(support),
      ...[threshold, precision, recall, f1].map(formatNumber),
    ]);
  return renderTable(columns, rows, style);
}

function pairsTable(pairs: readonly LabelPair[], style: Style): string {
  const columns = [{ title: "labels" }, number("rows"), number("by chance"), number("predicted")];
  const rows = pairs.map(({ first, second, rows: count, expected, predicted }) => [
    printable(`${first} and ${second}`),
    formatCount(count),
    formatNumber(expected),
    formatCount(predicted),
  ]);
  return renderTable(columns, rows, style);
}

function errorsTable(errors: readonly TextError[], style: Style): string {
  const columns = [{ title: "text" }, { title: "wrong" }, { title: "actual" }];
  const rows = errors
    .slice(0, ERRORS_SHOWN)
    .map(({ text, label, probability, actual }) => [
      printable([...text].slice(0, TEXT_SHOWN).join("")),
      printable(`${label} ${actual.includes(label) ? "missed" : "given"}, ${formatShare(probability)}`),
      printable(actual.join(", ")),
    ]);
  return renderTable(columns, rows, style);
}
