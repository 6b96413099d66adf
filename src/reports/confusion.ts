import type { ConfusionMatrix } from "./document.ts";
import { formatCount, formatPlural, formatShare } from "./format.ts";
import { paint, printable, type Style } from "./style.ts";
import { renderTable } from "./table.ts";

const LARGEST_TABLE = 12;

/**
 * Which class was taken for which: a table for up to 12 classes, else the most frequent mistakes.
 * Rows are the actual classes, columns the predicted ones.
 */
export function renderConfusion(matrix: ConfusionMatrix, style: Style): string {
  const classes = matrix.classes.map(printable);
  if (classes.length > LARGEST_TABLE) return mistakes(matrix, classes, style);
  const columns = [
    { title: "actual \\ predicted" },
    ...classes.map((title) => ({ title, align: "right" as const })),
    { title: "found", align: "right" as const, optional: 1 },
  ];
  const rows = matrix.counts.map((counts, actual) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const cells = counts.map((count, predicted) => {
      const text = formatCount(count);
      if (count === 0) return paint(style, "dim", text);
      return paint(style, actual === predicted ? "green" : "red", text);
    });
    return [classes[actual]!, ...cells, total === 0 ? "-" : formatShare(counts[actual]! / total)];
  });
  return renderTable(columns, rows, style);
}

function mistakes(matrix: ConfusionMatrix, classes: readonly string[], style: Style): string {
  const found = matrix.counts
    .flatMap((counts, actual) => counts.map((count, predicted) => ({ actual, predicted, count })))
    .filter((cell) => cell.actual !== cell.predicted && cell.count > 0)
    .sort((a, b) => b.count - a.count);
  if (found.length === 0) return `All ${classes.length} classes were predicted without a mistake.`;
  const rows = found
    .slice(0, 10)
    .map((cell) => [classes[cell.actual]!, classes[cell.predicted]!, formatCount(cell.count)]);
  const table = renderTable(
    [{ title: "actual" }, { title: "taken for" }, { title: "rows", align: "right" }],
    rows,
    style,
  );
  const rest = found.length - 10;
  return rest > 0 ? `${table}\nand ${formatPlural(rest, "rarer mistake")}` : table;
}
