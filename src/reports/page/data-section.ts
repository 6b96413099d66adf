import { element, escapeText } from "../charts/svg.ts";
import type { TrainDocument } from "../document.ts";
import { formatCount, formatShare } from "../format.ts";
import { card, htmlTable, type Section } from "./parts.ts";

/** The columns of the table, and what became of each. */
export function dataSection({ columns = [], rows }: TrainDocument): Section {
  const table = htmlTable(
    "Columns of the table",
    [
      { title: "Column" },
      { title: "Kind" },
      { title: "Missing", number: true },
      { title: "Distinct", number: true },
      { title: "Use" },
    ],
    columns.map((column) => ({
      cells: [
        escapeText(column.name),
        escapeText(column.kind),
        formatShare(column.missing),
        column.distinct === null ? "many" : formatCount(column.distinct),
        column.use === "target" ? element("strong", {}, "target") : escapeText(column.use),
      ],
    })),
    true,
  );
  const parts = (["train", "validation", "test"] as const).filter((role) => (rows[role] ?? 0) > 0);
  const split = parts.map((role) => `${formatCount(rows[role]!)} ${role}`).join(", ");
  return {
    id: "data",
    short: "Data",
    title: "Data",
    lead: `Rows: ${split}. The page holds no row of the table.`,
    body: columns.length === 0 ? "" : card("Columns", "", table, true),
  };
}
