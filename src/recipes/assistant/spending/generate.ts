import {
  type ColumnSchema,
  type GeneratedTable,
  type GenerateOptions,
  type RandomStream,
  randomStream,
} from "../../../core/index.ts";
import { writeTable } from "../../write-table.ts";

export const TIME = "date";
export const CATEGORY = "category";
export const TARGET = "amount";
const DAYS = 730;
const DAY = 86_400_000;
/** Sunday, 1 January 2023. */
const START = Date.UTC(2023, 0, 1);

/** What a day costs in a category: on average, on weekend days, at the month's beginning, in December, and how far it varies. */
const CATEGORIES = [
  { name: "groceries", mean: 18, weekend: 1.6, first: 1.1, december: 1.25, spread: 0.35 },
  { name: "restaurants", mean: 9, weekend: 2.4, first: 1.2, december: 1.3, spread: 0.6 },
  { name: "transport", mean: 6, weekend: 0.5, first: 1.8, december: 0.9, spread: 0.4 },
  { name: "leisure", mean: 7, weekend: 2, first: 1.3, december: 1.1, spread: 0.7 },
  { name: "household", mean: 4, weekend: 1.3, first: 3, december: 1.2, spread: 0.5 },
  { name: "clothes", mean: 5, weekend: 1.8, first: 1.5, december: 1.8, spread: 0.8 },
] as const;

export const ROWS = DAYS * CATEGORIES.length;

const SCHEMA: readonly ColumnSchema[] = [
  { name: TIME, kind: "date", physical: "timestamp (ms)" },
  { name: CATEGORY, kind: "categorical", physical: "string" },
  { name: TARGET, kind: "numeric", physical: "double" },
];

/**
 * Writes a synthetic table of what a household spends each day in each category: the same bytes for the same seed and rows.
 *
 * @throws KaaykoError (usage) where the file is there and holds another table
 */
export async function generate(options: GenerateOptions): Promise<GeneratedTable> {
  const { rows = ROWS, seed = 42 } = options;
  return writeTable(options, { schema: SCHEMA, rows, draw: () => drawRows(rows, seed) });
}

/** Days in order, all categories of a day together. */
export function drawRows(rows: number, seed: number) {
  const random = randomStream(seed, "assistant-spending");
  const count = CATEGORIES.length;
  const day = (row: number) => Math.floor(row / count);
  const amounts = Float64Array.from({ length: rows }, (_, row) => drawAmount(random, row % count, day(row)));
  return {
    firstRow: 0,
    rows,
    columns: [
      { kind: "date" as const, name: TIME, values: Float64Array.from(amounts, (_, row) => START + day(row) * DAY) },
      {
        kind: "categorical" as const,
        name: CATEGORY,
        codes: Uint8Array.from(amounts, (_, row) => (row % count) + 1),
        dictionary: CATEGORIES.map(({ name }) => name),
      },
      { kind: "numeric" as const, name: TARGET, values: amounts },
    ],
  };
}

/** Prices rise by 3 % a year. */
function drawAmount(random: RandomStream, category: number, day: number): number {
  const { mean, weekend, first, december, spread } = CATEGORIES[category]!;
  const date = new Date(START + day * DAY);
  const isWeekend = date.getUTCDay() === 0 || date.getUTCDay() === 6;
  const usual = mean * (isWeekend ? weekend : 1) * (date.getUTCDate() <= 3 ? first : 1);
  const now = usual * (date.getUTCMonth() === 11 ? december : 1) * (1 + (0.03 * day) / 365);
  return Math.round(100 * Math.max(0, now * (1 + spread * random.normal()))) / 100;
}
