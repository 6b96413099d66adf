// Writes the features that transactions-anomaly learns from, with what is odd, as CSV: node bench/transactions/features.mjs ROWS SEED > FILE
import { columnNamed } from "../../dist/core/index.js";
import { memorySource, TableBuilder } from "../../dist/data/index.js";
import { drawTable } from "../../dist/recipes/transactions/draw-table.js";
import { transactionsAnomaly } from "../../dist/recipes/transactions/index.js";

const [rows, seed] = process.argv.slice(2).map(Number);
const builder = new TableBuilder(rows);
for (const batch of drawTable({ rows, seed, odd: 0.01 })) builder.append(batch);
const table = builder.table();
const source = transactionsAnomaly.derive(memorySource(table));
const { columns } = await source.describe();
const names = columns
  .map(({ name }) => name)
  .filter((name) => name !== transactionsAnomaly.target && !transactionsAnomaly.ignore.includes(name));
const reader = await source.open({ columns: names, retain: true });
while ((await reader.next()) !== null);
const made = reader.table();
const kinds = columnNamed(table.columns, "anomaly_kind");
const lines = [[...names, "anomaly_kind"].join(",")];
for (let row = 0; row < rows; row++) {
  const cells = made.columns.map(({ values }) => (Number.isNaN(values[row]) ? "" : String(values[row])));
  lines.push([...cells, kinds.codes[row] === 0 ? "" : kinds.dictionary[kinds.codes[row] - 1]].join(","));
}
process.stdout.write(`${lines.join("\n")}\n`);
