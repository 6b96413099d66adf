import { open } from "node:fs/promises";
import { join } from "node:path";
import {
  type Dataset,
  type Examples,
  type FeatureTable,
  type PeerRequest,
  type Role,
  targetWidth,
  type WindowPart,
} from "../core/index.ts";

/** Rows that are written at a time. */
const BLOCK_ROWS = 8192;

/** Writes the rows of a benchmark as `programs.py` reads them, block by block. */
export async function writeRows(folder: string, request: PeerRequest): Promise<void> {
  const { learn, judge, role, threads, seed } = request;
  const train = await writeRole(folder, "train", learn, "train");
  const test = await writeRole(folder, "test", judge, role);
  const { task, features, parts = [] } = judge;
  const window = parts.find(({ kind }) => kind === "windows")?.size ?? null;
  const rows = {
    task: task.kind,
    classes: task.classes?.length ?? 0,
    width: targetWidth(task),
    features: features.map(({ cardinality }) => ({ cardinality })),
    window,
    rows: { train: train.rows, test: test.rows },
    weighted: train.weighted,
    threads,
    seed,
  };
  const file = await open(join(folder, "rows.json"), "wx", 0o600);
  await file.writeFile(JSON.stringify(rows));
  await file.close();
}

async function writeRole(folder: string, prefix: string, dataset: Dataset, role: Role) {
  const stream = await dataset.stream(role, { batchRows: BLOCK_ROWS, shuffle: null });
  const names = ["x.f32", "windows.f32", "y.f64", "weight.f32"] as const;
  const files = await Promise.all(names.map((name) => open(join(folder, `${prefix}-${name}`), "wx", 0o600)));
  const [x, windows, y, weights] = files as [
    (typeof files)[0],
    (typeof files)[0],
    (typeof files)[0],
    (typeof files)[0],
  ];
  let rows = 0;
  let weighted = false;
  try {
    for (let batch = await stream.next(); batch !== null; batch = await stream.next()) {
      const places = batch.rows ?? Uint32Array.from({ length: batch.table.rows }, (_, row) => row);
      await x.writeFile(bytesOf(featuresOf(batch.table, places)));
      await windows.writeFile(bytesOf(windowsOf(batch.table, places)));
      await y.writeFile(bytesOf(targetsOf(batch, places, targetWidth(dataset.task))));
      if (batch.weight !== null) await weights.writeFile(bytesOf(pick(batch.weight, places)));
      weighted ||= batch.weight !== null;
      rows += places.length;
    }
  } finally {
    await stream.close();
    for (const file of files) await file.close();
  }
  return { rows, weighted };
}

function featuresOf({ columns }: FeatureTable, places: Uint32Array): Float32Array {
  const made = new Float32Array(places.length * columns.length);
  columns.forEach((column, k) => {
    const values = column.kind === "numeric" ? column.values : column.codes;
    for (let i = 0; i < places.length; i++) made[i * columns.length + k] = values[places[i]!]!;
  });
  return made;
}

function windowsOf({ parts = [] }: FeatureTable, places: Uint32Array): Float32Array {
  const part = parts.find((found): found is WindowPart => found.kind === "windows");
  if (part === undefined) return new Float32Array(0);
  const { series, ends, channels, steps } = part;
  const size = steps * channels;
  const made = new Float32Array(places.length * size);
  for (let i = 0; i < places.length; i++) {
    const end = ends[places[i]!]! * channels;
    made.set(series.subarray(end - size, end), i * size);
  }
  return made;
}

function targetsOf({ target }: Examples, places: Uint32Array, width: number): Float64Array {
  const made = new Float64Array(places.length * width);
  for (let i = 0; i < places.length; i++)
    for (let step = 0; step < width; step++) made[i * width + step] = target[places[i]! * width + step]!;
  return made;
}

function pick(values: Float32Array, places: Uint32Array): Float32Array {
  return Float32Array.from(places, (place) => values[place]!);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
