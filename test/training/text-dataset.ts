import { type FeaturePart, randomStream, type Task, targetWidth } from "../../src/core/index.ts";
import { createMemoryDataset, ROLE, type RoledDataset } from "../../src/data/index.ts";

/** Words: the first four each say a label, and more so the one that stands before "not". */
export const VOCABULARY = 12;
const LENGTH = 8;

/**
 * Texts of numbered words, as sequences of tokens and as rows of a sparse matrix. A text has label k where word k + 1 is in it and the
 * word behind it is not word 5; one class is the first such k.
 */
export function makeTextDataset(task: Task, rows = 240): RoledDataset {
  const random = randomStream(23, "texts");
  const labels = Math.max(2, task.classes?.length ?? 2);
  const texts = Array.from({ length: rows }, () => {
    const length = 2 + random.integer(LENGTH - 1);
    return Array.from({ length }, () => 1 + random.integer(VOCABULARY - 1));
  });
  const said = texts.map((text) =>
    Array.from({ length: labels }, (_, k) => text.some((word, at) => word === k + 1 && text[at + 1] !== 5)),
  );
  const width = targetWidth(task);
  const target = new Float64Array(rows * width);
  said.forEach((has, row) => {
    if (width === 1) target[row] = Math.max(0, has.indexOf(true));
    else for (let k = 0; k < width; k++) target[row * width + k] = has[k] ? 1 : 0;
  });
  const x = Float64Array.from({ length: rows }, () => random.normal());
  return textDataset(task, target, x, [tokenPart(texts), sparsePart(texts)]);
}

/** Texts beside a column of numbers; of ten rows one is for validation, one for tests. */
export function textDataset(
  task: Task,
  target: Float64Array,
  x: Float64Array,
  parts: readonly FeaturePart[],
): RoledDataset {
  const roles = Uint8Array.from(x, (_, row) =>
    row % 10 === 9 ? ROLE.test : row % 10 === 8 ? ROLE.validation : ROLE.train,
  );
  return createMemoryDataset({
    task,
    features: [{ name: "x", kind: "numeric", cardinality: 0, mean: 0, std: 1, min: -4, max: 4, missing: 0 }],
    parts: [
      { name: "t.tokens", kind: "tokens", size: { vocabulary: VOCABULARY } },
      { name: "t.ngrams", kind: "sparse", size: { width: VOCABULARY } },
    ],
    main: {
      table: { rows: x.length, columns: [{ kind: "numeric", name: "x", values: x }], parts },
      target,
      weight: null,
      roles,
    },
  });
}

function offsetsOf(rows: readonly (readonly unknown[])[]): Uint32Array {
  const offsets = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => {
    offsets[i + 1] = offsets[i]! + row.length;
  });
  return offsets;
}

function tokenPart(texts: readonly (readonly number[])[]): FeaturePart {
  const ids = Uint32Array.from(texts.flat());
  return { kind: "tokens", name: "t.tokens", vocabulary: VOCABULARY, offsets: offsetsOf(texts), ids };
}

/** Each word of a text once, all rows of length 1. */
function sparsePart(texts: readonly (readonly number[])[]): FeaturePart {
  const words = texts.map((text) => [...new Set(text)].sort((a, b) => a - b));
  return {
    kind: "sparse",
    name: "t.ngrams",
    width: VOCABULARY,
    offsets: offsetsOf(words),
    indices: Uint32Array.from(words.flat()),
    values: Float32Array.from(words.flatMap((row) => row.map(() => 1 / Math.sqrt(row.length)))),
  };
}
