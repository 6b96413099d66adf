import { type Dataset, type FeatureColumn, type Role, randomStream } from "../../core/index.ts";
import { type CompactExamples, compactExamples } from "../compact.ts";

/** Rows that are looked at: enough that a share of 1 % is known to about a tenth of itself. */
const MAX_ROWS = 20_000;
/** Values in all, so that a table of many thousand columns costs no more memory than one of few. */
const MAX_VALUES = 8_000_000;
const BATCH_ROWS = 16_384;

/**
 * Draws rows of a role without replacement (Knuth, "The Art of Computer Programming" 2, algorithm S): up to 20,000, fewer where
 * there are more than 400 features, in the order of the file. The same rows for the same seed, however the data is read.
 */
export async function sampleRows(dataset: Dataset, role: Role, seed: number): Promise<CompactExamples> {
  const total = dataset.rows[role];
  const wanted = sampleSize(dataset, role);
  const random = randomStream(seed, "explain", "rows");
  const stream = await dataset.stream(role, { batchRows: BATCH_ROWS, shuffle: null });
  const parts: CompactExamples[] = [];
  let [seen, chosen] = [0, 0];
  try {
    while (chosen < wanted) {
      const batch = await stream.next();
      if (batch === null) break;
      const rows = batch.rows ?? Uint32Array.from({ length: batch.table.rows }, (_, row) => row);
      const kept = rows.filter(() => {
        const take = random.float() * (total - seen++) < wanted - chosen;
        if (take) chosen++;
        return take;
      });
      parts.push(compactExamples({ ...batch, rows: kept }));
    }
  } finally {
    await stream.close();
  }
  return joinParts(parts);
}

/** How many rows `sampleRows` draws. */
export function sampleSize({ rows, features }: Dataset, role: Role): number {
  return Math.min(rows[role], MAX_ROWS, Math.max(1, Math.floor(MAX_VALUES / Math.max(1, features.length))));
}

/** Some rows at equal distances, at most `count`. */
export function thinRows(examples: CompactExamples, count: number): CompactExamples {
  const { table, target, weight } = examples;
  if (table.rows <= count) return examples;
  const rows = Uint32Array.from({ length: count }, (_, i) => Math.floor((i * table.rows) / count));
  return compactExamples({ table, target, weight, rows });
}

function joinParts(parts: readonly CompactExamples[]): CompactExamples {
  const rows = parts.reduce((sum, part) => sum + part.table.rows, 0);
  const first = parts[0]!;
  const columns = first.table.columns.map((_, index) => joinColumn(parts.map((part) => part.table.columns[index]!)));
  const weight = first.weight === null ? null : joined(parts.map((part) => part.weight!));
  return { table: { rows, columns }, target: joined(parts.map((part) => part.target)), weight };
}

function joinColumn(parts: readonly FeatureColumn[]): FeatureColumn {
  const first = parts[0]!;
  if (first.kind === "numeric")
    return { ...first, values: joined(parts.map((part) => (part as typeof first).values as Float64Array)) };
  return { ...first, codes: joined(parts.map((part) => (part as typeof first).codes as Uint32Array)) };
}

function joined<T extends Float64Array | Float32Array | Uint32Array>(parts: readonly T[]): T {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new (parts[0]!.constructor as new (length: number) => T)(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
