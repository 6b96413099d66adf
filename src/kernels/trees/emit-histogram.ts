/** What a histogram kernel is emitted for. */
export interface HistogramShape {
  /** Bytes of a row of bins. */
  readonly stride: number;
  /** First cell of each column. */
  readonly cellOffsets: ArrayLike<number>;
  /** Bits of the count at the bottom of a cell. */
  readonly shift: number;
}

// Value types and instructions of the WebAssembly binary format that are used below.
const I32 = 0x7f;
const I64 = 0x7e;
const V128 = 0x7b;
const op = {
  blockLoop: [0x03, 0x40],
  end: [0x0b],
  branchIf: [0x0d, 0],
  i32Add: [0x6a],
  i32Multiply: [0x6c],
  i32ShiftLeft: [0x74],
  i32LessUnsigned: [0x49],
  i64Add: [0x7c],
  i64And: [0x83],
  i64Or: [0x84],
  i64ShiftLeft: [0x86],
  i64ShiftRight: [0x87],
  i64x2Add: [0xfd, 0xce, 0x01],
  i64x2Splat: [0xfd, 0x12],
  i64x2ReplaceSecond: [0xfd, 0x1e, 1],
};

/**
 * Emits a WebAssembly module that adds rows into histograms, written for one table: the loop over columns is unrolled and each
 * column's place is a constant, which saves about a third of the time against the loop in `assembly/histogram.ts`, whose
 * functions it exports under the names that are imported there. For a null shape the functions are empty.
 */
export function emitHistogramKernel(shape: HistogramShape | null): Uint8Array<ArrayBuffer> {
  const gathered = [I32, I32, I32, I32, I32];
  const sequence = [I32, I32, I32, I32];
  const constant = [I32, I32, I32, I64, I32];
  const bodies = [
    gatheredBody(shape, "narrow"),
    sequenceBody(shape, "narrow"),
    gatheredBody(shape, "wide"),
    sequenceBody(shape, "wide"),
    gatheredBody(shape, "constant"),
    gatheredBody(shape, "packed"),
    sequenceBody(shape, "packed"),
    pairBody(shape),
  ];
  const names = [
    ...["narrowGathered", "narrowSequence", "wideGathered", "wideSequence", "narrowConstant"],
    ...["packedGathered", "packedSequence", "packedPairSequence"],
  ];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(
      1,
      vector([
        [0x60, ...vector(gathered.map((t) => [t])), 0],
        [0x60, ...vector(sequence.map((t) => [t])), 0],
        [0x60, ...vector(constant.map((t) => [t])), 0],
      ]),
    ),
    ...section(2, vector([[...text("env"), ...text("memory"), 0x02, 0x03, ...unsigned(1), ...unsigned(65_536)]])),
    ...section(3, vector([[0], [1], [0], [1], [2], [0], [1], [0]])),
    ...section(7, vector(names.map((name, i) => [...text(name), 0x00, i]))),
    ...section(10, vector(bodies.map((body) => [...unsigned(body.length), ...body]))),
  ]);
}

/**
 * What a row adds: its 32-bit gradient and a count of one, its record of 16 bytes, what the caller says, or its packed record of 4
 * bytes, spread out as `assembly/packed-histogram.ts` has it.
 */
type Cells = "narrow" | "wide" | "constant" | "packed";

/**
 * (rows, count, bins, quantised, histogram): locals 5 end, 6 row number, 7 row's bins, 8 address, 9 cell. A constant cell comes in the
 * place of the quantised gradients.
 */
function gatheredBody(shape: HistogramShape | null, cells: Cells): number[] {
  const wide = cells === "wide";
  const locals = vector([
    [4, I32],
    [1, wide ? V128 : I64],
  ]);
  if (shape === null) return [...locals, ...op.end];
  const ownCell = [
    ...[...get(3), ...get(6), ...constant(wide ? 4 : 2), ...op.i32ShiftLeft, ...op.i32Add],
    ...[...loadCell(shape, cells, 9), ...set(9)],
  ];
  return [
    ...locals,
    ...[...get(0), ...get(1), ...constant(1), ...op.i32ShiftLeft, ...op.i32Add, ...set(5)],
    ...op.blockLoop,
    ...[...get(0), 0x2f, 1, 0, ...tee(6)],
    ...[...constant(shape.stride), ...op.i32Multiply, ...get(2), ...op.i32Add, ...set(7)],
    ...(cells === "constant" ? [] : ownCell),
    ...addColumns(shape, wide, { row: 7, histogram: 4, address: 8, cell: cells === "constant" ? 3 : 9 }),
    ...[...get(0), ...constant(2), ...op.i32Add, ...tee(0), ...get(5), ...op.i32LessUnsigned, ...op.branchIf],
    ...op.end,
    ...op.end,
  ];
}

/** (count, bins, quantised, histogram): locals 4 end, 5 address, 6 cell. */
function sequenceBody(shape: HistogramShape | null, cells: Cells): number[] {
  const wide = cells === "wide";
  const locals = vector([
    [2, I32],
    [1, wide ? V128 : I64],
  ]);
  if (shape === null) return [...locals, ...op.end];
  return [
    ...locals,
    ...[...get(2), ...get(0), ...constant(wide ? 4 : 2), ...op.i32ShiftLeft, ...op.i32Add, ...set(4)],
    ...op.blockLoop,
    ...[...get(2), ...loadCell(shape, cells, 6), ...set(6)],
    ...addColumns(shape, wide, { row: 1, histogram: 3, address: 5, cell: 6 }),
    ...[...get(1), ...constant(shape.stride), ...op.i32Add, ...set(1)],
    ...[
      ...get(2),
      ...constant(wide ? 16 : 4),
      ...op.i32Add,
      ...tee(2),
      ...get(4),
      ...op.i32LessUnsigned,
      ...op.branchIf,
    ],
    ...op.end,
    ...op.end,
  ];
}

/** (count, bins, records, others, cells), for two classes of packed records: locals 5 end, 6 address, 7 cell, 8 both cells. */
function pairBody(shape: HistogramShape | null): number[] {
  const locals = vector([
    [2, I32],
    [1, I64],
    [1, V128],
  ]);
  if (shape === null) return [...locals, ...op.end];
  const advance = (local: number, bytes: number): number[] => [...get(local), ...constant(bytes), ...op.i32Add];
  return [
    ...locals,
    ...[...get(2), ...get(0), ...constant(2), ...op.i32ShiftLeft, ...op.i32Add, ...set(5)],
    ...op.blockLoop,
    ...[...get(2), ...loadCell(shape, "packed", 7), ...op.i64x2Splat],
    ...[...get(3), ...loadCell(shape, "packed", 7), ...op.i64x2ReplaceSecond, ...set(8)],
    ...addColumns(shape, true, { row: 1, histogram: 4, address: 6, cell: 8 }),
    ...[...advance(1, shape.stride), ...set(1), ...advance(3, 4), ...set(3)],
    ...[...advance(2, 4), ...tee(2), ...get(5), ...op.i32LessUnsigned, ...op.branchIf],
    ...op.end,
    ...op.end,
  ];
}

/**
 * From an address on the stack to what is added to each cell: the record itself, the gradient shifted up with a count of one, or
 * gradient, hessian and a count of one. `cell` is a local to use meanwhile.
 */
function loadCell(shape: HistogramShape, cells: Cells, cell: number): number[] {
  if (cells === "wide") return [0xfd, 0x00, 4, 0];
  const record = [0x34, 2, 0];
  // The lowest bit is free, and compilers would fold an added constant into each column's own addition.
  const one = [...longConstant(1), ...op.i64Or];
  if (cells === "narrow") return [...record, ...longConstant(shape.shift), ...op.i64ShiftLeft, ...one];
  return [
    ...[...record, ...tee(cell), ...longConstant(16), ...op.i64ShiftRight, ...longConstant(35), ...op.i64ShiftLeft],
    ...[...get(cell), ...longConstant(0xffff), ...op.i64And, ...longConstant(12), ...op.i64ShiftLeft, ...op.i64Add],
    ...one,
  ];
}

interface Locals {
  readonly row: number;
  readonly histogram: number;
  readonly address: number;
  readonly cell: number;
}

function addColumns(shape: HistogramShape, wide: boolean, at: Locals): number[] {
  const code: number[] = [];
  const scale = wide ? 4 : 3;
  for (let column = 0; column < shape.cellOffsets.length; column++) {
    const offset = unsigned(shape.cellOffsets[column]! * (1 << scale));
    code.push(...get(at.histogram), ...get(at.row), 0x2d, 0, ...unsigned(column));
    code.push(...constant(scale), ...op.i32ShiftLeft, ...op.i32Add, ...tee(at.address), ...get(at.address));
    if (wide) code.push(0xfd, 0x00, 4, ...offset, ...get(at.cell), ...op.i64x2Add, 0xfd, 0x0b, 4, ...offset);
    else code.push(0x29, 3, ...offset, ...get(at.cell), ...op.i64Add, 0x37, 3, ...offset);
  }
  return code;
}

function get(local: number): number[] {
  return [0x20, ...unsigned(local)];
}

function set(local: number): number[] {
  return [0x21, ...unsigned(local)];
}

function tee(local: number): number[] {
  return [0x22, ...unsigned(local)];
}

function constant(value: number): number[] {
  return [0x41, ...signed(value)];
}

function longConstant(value: number): number[] {
  return [0x42, ...signed(value)];
}

/** LEB128 without a sign. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

/** LEB128 with a sign, for 32-bit values. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    if ((rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0)) return [...bytes, low];
    bytes.push(low | 128);
  }
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): number[] {
  return vector([...new TextEncoder().encode(value)].map((byte) => [byte]));
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}
