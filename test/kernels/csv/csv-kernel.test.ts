import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  BYTES,
  type CsvKernel,
  createCsvKernel,
  INFO,
  MISSING_WORDS,
  readBoolean,
  readDate,
  readNumber,
  SEEN,
  splitRows,
} from "../../../src/kernels/csv/index.ts";

const CELLS = BYTES + 65536;
const OUT = CELLS + 8 * 65536;
const SCRATCH = OUT + 8 * 65536;
const COMMA = 44;

let kernel: CsvKernel;
beforeAll(() => {
  kernel = createCsvKernel();
  kernel.reserve(SCRATCH + 65536);
});

function tokenize(text: string, columns: number, quoting = true): number {
  const bytes = Buffer.from(text);
  new Uint8Array(kernel.memory.buffer, BYTES, bytes.length).set(bytes);
  return kernel.tokenize(BYTES, BYTES + bytes.length, COMMA, quoting ? 1 : 0, columns, CELLS, INFO);
}

/** The text of the cells that `tokenize` found. */
function cellTexts(count: number): string[] {
  const bytes = Buffer.from(new Uint8Array(kernel.memory.buffer).slice(0, CELLS));
  const cells = new Uint32Array(kernel.memory.buffer, CELLS, 2 * count);
  return Array.from({ length: count }, (_, index) => {
    const end = cells[2 * index + 1]!;
    const text = bytes.toString("utf8", cells[2 * index]!, end & 0x3fffffff);
    return end & 0x40000000 ? text.replaceAll('""', '"') : text;
  });
}

/** What the kernel reads one cell as: a double, or undefined where it is no number. */
function kernelNumber(text: string): number | undefined {
  expect(tokenize(`${text},\n`, 2)).toBe(1);
  const outcome = kernel.readNumbers(CELLS, 1, 2, 1, OUT, SCRATCH);
  if (outcome < 0) return undefined;
  return outcome === 1 ? Number(text) : new Float64Array(kernel.memory.buffer, OUT, 1)[0]!;
}

const decimals = fc.oneof(
  fc.double({ noNaN: true }).map(String),
  fc
    .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 0, max: 30 }))
    .map(([value, digits]) => value.toExponential(digits)),
  fc
    .tuple(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.integer({ min: 0, max: 25 }))
    .map(([value, digits]) => value.toFixed(digits)),
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String),
  fc.stringMatching(/^[+-]?[0-9]{0,25}\.?[0-9]{0,25}([eE][+-]?[0-9]{1,4})?$/),
);

describe("numbers", () => {
  it("are the double that JavaScript reads, for any decimal text", () => {
    fc.assert(
      fc.property(decimals, (text) => {
        if (!MISSING_WORDS.has(text)) expect(kernelNumber(text)).toBe(readNumber(text));
      }),
      { numRuns: 3000 },
    );
  });

  it("are right where rounding is hardest", () => {
    const texts = [
      "2.4703282292062327e-324",
      "2.4703282292062328e-324",
      "2.2250738585072011e-308",
      "1.7976931348623158e308",
      "1.7976931348623159e308",
      "9007199254740993",
      "9007199254740993.00000000000000000000000000000000001",
      "0.500000000000000166533453693773481063544750213623046875",
      "6929495644600919.5",
      "1e-400",
      "-0",
      "1.",
      ".5",
      "+7",
      "-inf",
      "Infinity",
    ];
    for (const text of texts) expect(kernelNumber(text), text).toBe(readNumber(text));
  });

  it("are not what only looks like one", () => {
    for (const text of ["1e", "e5", ".", "+", "0x10", "1_0", "1 2", "1.2.3", "--1", "in", "infinit", "1e+"])
      expect(kernelNumber(text), text).toBeUndefined();
  });
});

describe("rows", () => {
  const alphabet = fc.constantFrom(",", "\n", "\r", '"', " ", "\t", "a", "é", "1");

  it("are split as the naive twin splits them", () => {
    const properties = fc.tuple(fc.array(alphabet, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), fc.boolean());
    fc.assert(
      fc.property(properties, ([characters, columns, quoting]) => {
        const text = characters.join("");
        const rows = tokenize(text, columns, quoting);
        const naive = splitRows(Buffer.from(text), { delimiter: COMMA, quoting });
        if (rows < 0) return;
        // A trailing delimiter leaves one empty cell too many, which the kernel leaves out.
        expect(cellTexts(rows * columns)).toEqual(naive.flatMap((row) => row.slice(0, columns)));
      }),
      { numRuns: 3000 },
    );
  });

  it("end where the naive twin ends them", () => {
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 60 }), (characters) => {
        const bytes = Buffer.from(characters.join(""));
        new Uint8Array(kernel.memory.buffer, BYTES, bytes.length).set(bytes);
        const end = kernel.lastRowEnd(BYTES, BYTES + bytes.length, COMMA, 1) - BYTES;
        const dialect = { delimiter: COMMA, quoting: true };
        const parts = [...splitRows(bytes.subarray(0, end), dialect), ...splitRows(bytes.subarray(end), dialect)];
        expect(parts).toEqual(splitRows(bytes, dialect));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("dates", () => {
  const two = fc.integer({ min: 0, max: 70 }).map(String);
  const date = fc.tuple(
    fc.oneof(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 4 })),
    two,
    two,
    fc.constantFrom("-", "/"),
    fc.boolean(),
  );
  const time = fc.tuple(
    two,
    two,
    fc.option(two),
    fc.stringMatching(/^(\.[0-9]{1,9})?$/),
    fc.constantFrom("", "Z", "+01:30", "-0500", " +02"),
  );
  const texts = fc.tuple(date, fc.option(time), fc.constantFrom("T", " ", "")).map(([day, clock, gap]) => {
    const [year, a, b, separator, yearFirst] = day;
    const y = String(year).padStart(4, "0");
    const first = (yearFirst ? [y, a, b] : [a, b, y]).join(separator);
    if (clock === null) return first;
    const [hour, minute, second, fraction, zone] = clock;
    const rest = second === null ? "" : `:${second.padStart(2, "0")}${fraction}`;
    return `${first}${gap}${hour}:${minute.padStart(2, "0")}${rest}${zone}`;
  });

  it("are what the naive twin reads", () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (text, dayFirst) => {
        expect(tokenize(`${text},\n`, 2)).toBe(1);
        const outcome = kernel.readDates(CELLS, 1, 2, dayFirst ? 1 : 0, OUT);
        const value = new Float64Array(kernel.memory.buffer, OUT, 1)[0]!;
        const naive = readDate(text, dayFirst);
        expect(outcome < 0 ? undefined : value).toBe(naive?.value);
        const seen = kernel.scanColumn(CELLS, 1, 2);
        expect((seen & SEEN.zonedTime) !== 0).toBe(naive?.zoned === true);
        expect((seen & SEEN.timeWithoutZone) !== 0).toBe(naive?.zoned === false);
      }),
      { numRuns: 4000 },
    );
  });

  it("follow the calendar", () => {
    expect(readDate("2000-02-29")?.value).toBe(Date.UTC(2000, 1, 29));
    expect(readDate("1900-02-29")).toBeUndefined();
    expect(readDate("2016-02-29T23:59:59.999+02:00")?.value).toBe(Date.parse("2016-02-29T23:59:59.999+02:00"));
    expect(readDate("12/31/1999")).toEqual({ order: "month", value: Date.UTC(1999, 11, 31) });
  });
});

describe("booleans and strings", () => {
  it("knows the words for true and false", () => {
    for (const text of ["true", "FALSE", "Yes", "no", "T", "f", "y", "on", "tru", "nope", "falsy"]) {
      tokenize(`${text},\n`, 2);
      const outcome = kernel.readBooleans(CELLS, 1, 2, OUT);
      const value = new Float32Array(kernel.memory.buffer, OUT, 1)[0]!;
      expect(outcome < 0 ? undefined : value, text).toBe(readBoolean(text));
    }
  });

  it("numbers texts in the order of their first appearance", () => {
    const words = fc.array(
      fc.oneof(fc.constantFrom("a", "b", "NA", "", "aaaaaaaab", "aaaaaaaac"), fc.stringMatching(/^[a-zé]{0,20}$/)),
      {
        minLength: 1,
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(words, (cells) => {
        expect(tokenize(cells.map((cell) => `x,${cell}\n`).join(""), 2)).toBe(cells.length);
        const count = kernel.readStrings(CELLS + 8, cells.length, 2, OUT, SCRATCH, SCRATCH + 8 * 256, 512);
        const distinct = [...new Set(cells.filter((cell) => !MISSING_WORDS.has(cell)))];
        expect(count).toBe(distinct.length);
        const codes = [...new Uint32Array(kernel.memory.buffer, OUT, cells.length)];
        expect(codes).toEqual(cells.map((cell) => distinct.indexOf(cell) + 1));
      }),
      { numRuns: 300 },
    );
  });
});
