import fc from "fast-check";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";
import { describe, expect, it } from "vitest";
import { decompressSnappy, naiveDecompressSnappy } from "../../../src/kernels/snappy/index.ts";

/** A piece of a block: new bytes, or a copy of what came before, at a share of the way back. */
type Piece =
  | { readonly literal: Uint8Array }
  | { readonly back: number; readonly length: number; readonly wide: 1 | 2 | 4 };

const piece: fc.Arbitrary<Piece> = fc.oneof(
  fc.record({ literal: fc.uint8Array({ minLength: 1, maxLength: 300 }) }),
  fc.record({
    back: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5000 })),
    length: fc.integer({ min: 1, max: 64 }),
    wide: fc.constantFrom(1 as const, 2 as const, 4 as const),
  }),
);

/** A block of Snappy's raw format that holds the pieces, and how many bytes it is of. */
function blockOf(pieces: readonly Piece[]): { readonly packed: Uint8Array; readonly length: number } {
  const body: number[] = [];
  let length = 0;
  for (const one of pieces) {
    if ("literal" in one) {
      const count = one.literal.length - 1;
      if (count < 60) body.push(count << 2);
      else body.push(61 << 2, count & 255, count >> 8);
      body.push(...one.literal);
      length += one.literal.length;
    } else if (length > 0) {
      const distance = Math.min(one.back, length, one.wide === 1 ? 2047 : 65_535);
      const count = one.wide === 1 ? Math.min(Math.max(one.length, 4), 11) : one.length;
      if (one.wide === 1) body.push(1 | ((count - 4) << 2) | ((distance >> 8) << 5), distance & 255);
      else if (one.wide === 2) body.push(2 | ((count - 1) << 2), distance & 255, distance >> 8);
      else body.push(3 | ((count - 1) << 2), distance & 255, distance >> 8, 0, 0);
      length += count;
    }
  }
  const head: number[] = [];
  for (let rest = length; ; rest >>>= 7) {
    head.push(rest < 128 ? rest : (rest & 127) | 128);
    if (rest < 128) break;
  }
  return { packed: Uint8Array.from([...head, ...body]), length };
}

const block = fc.array(piece, { maxLength: 40 }).map(blockOf);

/** What comes out, or "refused"; nothing behind the output may be written. */
function outcome(decompress: typeof decompressSnappy, packed: Uint8Array, length: number): string {
  const room = new Uint8Array(length + 64).fill(0xa5);
  try {
    decompress(packed, room.subarray(0, length));
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return "refused";
  }
  expect(room.subarray(length).every((byte) => byte === 0xa5)).toBe(true);
  return Buffer.from(room.subarray(0, length)).toString("hex");
}

describe("the snappy kernel", () => {
  it("gives back what another library compressed", () => {
    const repeated = fc
      .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 90 }), fc.integer({ min: 1, max: 40 })))
      .map((parts) => Buffer.concat(parts.flatMap(([part, times]) => new Array<Uint8Array>(times).fill(part))));
    fc.assert(
      fc.property(repeated, (bytes) => {
        expect(outcome(decompressSnappy, snappyCompress(bytes), bytes.length)).toBe(bytes.toString("hex"));
      }),
    );
  });

  it("does what its twin does with every kind of piece", () => {
    fc.assert(
      fc.property(block, ({ packed, length }) => {
        const expected = outcome(naiveDecompressSnappy, packed, length);
        expect(expected).not.toBe("refused");
        expect(outcome(decompressSnappy, packed, length)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("refuses what its twin refuses: other lengths, blocks cut short, bytes changed anywhere", () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255), end: fc.nat(), cut: fc.boolean(), more: fc.nat(2) });
    fc.assert(
      fc.property(block, change, ({ packed, length }, { at, byte, end, cut, more }) => {
        const changed = packed.slice(0, cut ? end % packed.length : packed.length);
        if (changed.length > 0) changed[at % changed.length] = byte;
        expect(outcome(decompressSnappy, changed, length + more)).toBe(
          outcome(naiveDecompressSnappy, changed, length + more),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it("never reads or writes beyond, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(100), (bytes, length) => {
        expect(outcome(decompressSnappy, bytes, length)).toBe(outcome(naiveDecompressSnappy, bytes, length));
      }),
      { numRuns: 2000 },
    );
  });

  it("decompresses blocks too large for its memory in their own", () => {
    const bytes = Buffer.alloc(20_000_000, "kaayko");
    expect(outcome(decompressSnappy, snappyCompress(bytes), bytes.length)).toBe(bytes.toString("hex"));
    const larger = Buffer.alloc(40_000_000, "kaayko");
    const output = new Uint8Array(larger.length);
    decompressSnappy(snappyCompress(larger), output);
    expect(Buffer.compare(output, larger)).toBe(0);
  });
});
