import {
  columnNamed,
  entitiesOf,
  type TableSource,
  type Task,
  tagsOfEntities,
  UNKNOWN_BEGIN,
  UNKNOWN_INSIDE,
} from "../core/index.ts";
import { cellsOf, missingColumn, readTags } from "../data/index.ts";
import { createMetrics, type MetricsResult } from "../metrics/index.ts";
import { type ModelPredictor, tagTexts } from "../models/index.ts";

const BATCH_ROWS = 4096;

export interface EvaluateTaggingOptions {
  readonly predictor: ModelPredictor;
  readonly source: TableSource;
  readonly onProgress?: (rows: number, total: number | undefined) => void;
  /** Asked after every batch; true ends the work. */
  readonly stop?: () => boolean;
  readonly threads?: number;
}

/**
 * Measures a model of tags on tagged texts of any length, on the words as they stand between white space. Rows without a text or tags are
 * left out; types that the model does not know are missed.
 *
 * @returns null where `stop` ended it
 * @throws KaaykoError (input) where a column is missing, or a text has not as many tags as words
 */
export async function evaluateTagging(options: EvaluateTaggingOptions): Promise<MetricsResult | null> {
  const { predictor, source, threads = 1 } = options;
  const { task } = predictor.model;
  const description = await source.describe();
  const names = description.columns.map(({ name }) => name);
  const columns = [task.text!, task.target];
  for (const name of columns) if (!names.includes(name)) throw missingColumn(source.path, name, names);
  const reader = await source.open({ columns, batchRows: BATCH_ROWS, threads });
  const metrics = createMetrics(task);
  let done = 0;
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      const texts = cellsOf(columnNamed(batch.columns, task.text!)!);
      const cells = cellsOf(columnNamed(batch.columns, task.target)!);
      const known = texts.flatMap((text, row) => (text === null || cells[row] === null ? [] : [row]));
      const tagged = await tagTexts(
        predictor,
        known.map((row) => texts[row]!),
      );
      known.forEach((row, i) => {
        metrics.add(scoredText(task, tagged[i]!.tags, readTags(cells[row]!)));
      });
      done += batch.rows;
      options.onProgress?.(done, description.rows);
      if (options.stop?.() === true) return null;
    }
  } finally {
    await reader.close();
  }
  return metrics.result();
}

function scoredText({ classes }: Task, predicted: readonly string[], actual: readonly string[]) {
  const plain = tagsOfEntities(entitiesOf(actual), actual.length);
  return { rows: 1, predictions: codesOf(classes!, predicted), target: codesOf(classes!, plain), weight: null };
}

function codesOf(classes: readonly string[], tags: readonly string[]): Float64Array {
  return Float64Array.from(tags, (tag) => {
    const code = classes.indexOf(tag);
    return code >= 0 ? code : tag.startsWith("B") ? UNKNOWN_BEGIN : UNKNOWN_INSIDE;
  });
}
