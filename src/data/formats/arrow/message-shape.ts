import type { Shape, Slot } from "./flatbuffer-bounds.ts";

const STRING: Slot = { is: "string" };
const KEY_VALUE: Shape = { 0: STRING, 1: STRING };
const METADATA: Slot = { is: "tables", shape: () => KEY_VALUE };
const NUMBERS: Shape = {};
const TIMESTAMP = 10;
const UNION = 14;

const DICTIONARY_ENCODING: Shape = { 1: { is: "table", shape: () => NUMBERS } };
const FIELD: Shape = {
  0: STRING,
  3: { is: "union", type: 2, shape: typeShape },
  4: { is: "table", shape: () => DICTIONARY_ENCODING },
  5: { is: "tables", shape: () => FIELD },
  6: METADATA,
};
const SCHEMA: Shape = { 1: { is: "tables", shape: () => FIELD }, 2: METADATA, 3: { is: "vector", size: 8 } };
const RECORD_BATCH: Shape = {
  1: { is: "vector", size: 16 },
  2: { is: "vector", size: 16 },
  3: { is: "table", shape: () => NUMBERS },
  4: { is: "vector", size: 8 },
};
const DICTIONARY_BATCH: Shape = { 1: { is: "table", shape: () => RECORD_BATCH } };
const HEADERS: readonly (Shape | undefined)[] = [undefined, SCHEMA, DICTIONARY_BATCH, RECORD_BATCH];

/** Of the messages that Arrow's IPC formats consist of (Message.fbs and Schema.fbs), what refers to something. */
export const MESSAGE: Shape = { 2: { is: "union", type: 1, shape: (type) => HEADERS[type] }, 4: METADATA };

/** The footer of a file (File.fbs). */
export const FOOTER: Shape = {
  1: { is: "table", shape: () => SCHEMA },
  2: { is: "vector", size: 24 },
  3: { is: "vector", size: 24 },
  4: METADATA,
};

function typeShape(type: number): Shape {
  if (type === TIMESTAMP) return { 1: STRING };
  return type === UNION ? { 1: { is: "vector", size: 4 } } : NUMBERS;
}
