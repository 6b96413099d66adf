import {
  type Column,
  type JsonObject,
  type NumberColumn,
  newCodes,
  type StringColumn,
  unknownRows,
} from "../core/index.ts";
import { readFeatures } from "../features/index.ts";
import { outputRow } from "./outputs.ts";
import type { ModelInput, ModelPredictor } from "./predictor.ts";
import { reasonsOf } from "./reasons.ts";
import { checkedRow, readNumber, readText } from "./row-batch.ts";
import { ruledRow } from "./ruled-outputs.ts";
import { tagRows } from "./tagging/index.ts";

/** Different texts of a column that are remembered; beyond, they are forgotten and learnt again. */
const MAX_TEXTS = 10_000;

/** Predicts one row of JSON after the other. */
export interface RowPredictor {
  /**
   * What `predictRows` says of the row. Calls may overlap.
   *
   * @throws KaaykoError (input) naming the key, or the range that a value is out of
   */
  predict(row: unknown): Promise<JsonObject>;
}

/**
 * Prepares a predictor for rows that come one at a time, as to a server: columns, dictionaries and features of a row are made once
 * and written over, which takes a fraction of the time of `predictRows` with one row. It is of use as long as `predictor` is.
 */
export function createRowPredictor(predictor: ModelPredictor): RowPredictor {
  // Of texts almost all time goes into their words.
  if (predictor.model.task.kind === "tagging") return { predict: async (row) => (await tagRows(predictor, [row]))[0]! };
  const idle: RowBuffer[] = [];
  return {
    async predict(row) {
      const buffer = idle.pop() ?? new RowBuffer(predictor);
      try {
        return await buffer.predict(row);
      } finally {
        idle.push(buffer);
      }
    },
  };
}

/** The columns of one row, and its features. */
class RowBuffer {
  readonly #predictor: ModelPredictor;
  readonly #readers: readonly RowColumn[];
  readonly #columns: Column[];
  readonly #features: Float64Array;

  constructor(predictor: ModelPredictor) {
    this.#predictor = predictor;
    this.#readers = predictor.inputs.map((input) =>
      input.kind === "categorical" || input.kind === "text" ? new TextColumn(input) : new RowNumber(input),
    );
    this.#columns = this.#readers.map(({ column }) => column);
    this.#features = new Float64Array(predictor.model.pipeline.features.length);
  }

  async predict(given: unknown): Promise<JsonObject> {
    const row = checkedRow(given, 0);
    for (let i = 0; i < this.#readers.length; i++) this.#columns[i] = this.#readers[i]!.read(row);
    const batch = { firstRow: 0, rows: 1, columns: this.#columns };
    const { model, rules } = this.#predictor;
    const table = this.#predictor.encodeChecked(batch);
    const predictions = await this.#predictor.predictTable(table);
    const output = outputRow(model, predictions, 0, unknownRows(model.task, table));
    if (model.task.kind === "anomaly") output.reasons = [...(await reasonsOf(this.#predictor, table, predictions))[0]!];
    if (rules === null) return output;
    readFeatures(table, 0, this.#features);
    return Object.assign(output, ruledRow(rules, batch, this.#features, 0, predictions[0]!));
  }
}

interface RowColumn {
  readonly column: NumberColumn | StringColumn;
  /** The column with the row's value. */
  read(row: JsonObject): NumberColumn | StringColumn;
}

class RowNumber implements RowColumn {
  readonly column: NumberColumn;
  readonly #input: ModelInput;

  constructor(input: ModelInput) {
    this.#input = input;
    this.column = { kind: input.kind as NumberColumn["kind"], name: input.name, values: new Float64Array(1) };
  }

  read(row: JsonObject): NumberColumn {
    this.column.values[0] = readNumber(row, this.#input, 0);
    return this.column;
  }
}

/** Its dictionary grows with the texts that come, so that encoders look each of them up once. */
class TextColumn implements RowColumn {
  readonly #input: ModelInput;
  #known = new Map<string, number>();
  #dictionary: string[] = [];
  column: StringColumn;

  constructor(input: ModelInput) {
    this.#input = input;
    this.column = this.#empty();
  }

  #empty(): StringColumn {
    this.#known = new Map();
    this.#dictionary = [];
    const { kind, name } = this.#input;
    return { kind: kind as StringColumn["kind"], name, codes: newCodes(1, MAX_TEXTS), dictionary: this.#dictionary };
  }

  read(row: JsonObject): StringColumn {
    const text = readText(row, this.#input.name, 0);
    if (this.#known.size >= MAX_TEXTS) this.column = this.#empty();
    this.column.codes[0] = text === null ? 0 : this.#codeOf(text);
    return this.column;
  }

  #codeOf(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const code = this.#dictionary.push(text);
    this.#known.set(text, code);
    return code;
  }
}
