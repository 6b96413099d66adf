import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import fc from "fast-check";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";
import { describe, expect, it } from "vitest";
import { decompress } from "../../../../src/data/formats/parquet/decompress.ts";
import { HybridReader } from "../../../../src/data/formats/parquet/hybrid-reader.ts";
import { plainNumbers } from "../../../../src/data/formats/parquet/number-conversion.ts";
import { thriftStructEnd } from "../../../../src/data/formats/parquet/thrift-bounds.ts";

describe("decompress", () => {
  it("never makes more than the header of the page promises, nor believes a promise that cannot be kept", () => {
    const room = (length: number): Uint8Array => new Uint8Array(length);
    const zeros = new Uint8Array(20_000_000);
    for (const [codec, packed] of [
      ["GZIP", gzipSync(zeros)],
      ["BROTLI", brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
      ["SNAPPY", snappyCompress(zeros.subarray(0, 100_000))],
    ] as const) {
      expect(() => decompress(codec, packed, 1000, room)).toThrow();
    }
    for (const codec of ["GZIP", "SNAPPY", "LZ4", "LZ4_RAW", "UNCOMPRESSED"] as const) {
      expect(() => decompress(codec, new Uint8Array(20), 2 ** 28, () => expect.fail("memory was asked for"))).toThrow(
        "cannot hold",
      );
    }
  });
});

describe("HybridReader", () => {
  interface Run {
    readonly packed: boolean;
    readonly values: readonly number[];
  }

  /** The plainest way to write runs: values bit by bit. */
  function encode(runs: readonly Run[], width: number): Uint8Array {
    const bytes: number[] = [];
    const varint = (value: number): void => {
      for (let left = value; ; left = Math.floor(left / 128)) {
        bytes.push(left < 128 ? left : (left % 128) + 128);
        if (left < 128) return;
      }
    };
    for (const { packed, values } of runs) {
      if (packed) {
        varint((values.length / 8) * 2 + 1);
        const bits = values.flatMap((value) =>
          Array.from({ length: width }, (_, bit) => Math.floor(value / 2 ** bit) % 2),
        );
        for (let i = 0; i < bits.length; i += 8)
          bytes.push(bits.slice(i, i + 8).reduce((sum, bit, j) => sum + bit * 2 ** j, 0));
      } else {
        varint(values.length * 2);
        for (let i = 0; i < width; i += 8) bytes.push(Math.floor(values[0]! / 2 ** i) % 256);
      }
    }
    return Uint8Array.from(bytes);
  }

  const cases = fc.integer({ min: 1, max: 32 }).chain((width) => {
    const value = fc.integer({ min: 0, max: 2 ** width - 1 });
    const packed = fc
      .integer({ min: 1, max: 6 })
      .chain((groups) => fc.array(value, { minLength: groups * 8, maxLength: groups * 8 }))
      .map((values): Run => ({ packed: true, values }));
    const repeated = fc
      .tuple(value, fc.integer({ min: 1, max: 60 }))
      .map(([one, times]): Run => ({ packed: false, values: new Array<number>(times).fill(one) }));
    return fc.tuple(fc.constant(width), fc.array(fc.oneof(packed, repeated), { minLength: 1, maxLength: 6 }));
  });

  it("reads runs of any width in portions of any size", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 50 }), ([width, runs], portion) => {
        const bytes = encode(runs, width);
        const values = runs.flatMap((run) => run.values);
        const reader = new HybridReader(bytes, 0, bytes.length, width);
        const out = new Uint32Array(values.length);
        for (let at = 0; at < values.length; at += portion) reader.read(out, at, Math.min(portion, values.length - at));
        expect([...out]).toEqual(values);
        expect(() => reader.read(out, 0, 1)).toThrow(RangeError);
      }),
    );
  });
});

describe("plainNumbers", () => {
  it("divides 64-bit counts of nanoseconds exactly", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.constantFrom(1000n, 1_000_000n),
        (count, per) => {
          const bytes = new Uint8Array(new BigInt64Array([count]).buffer);
          const out = new Float64Array(1);
          const scaling = { to: "milliseconds", perMillisecond: Number(per) } as const;
          plainNumbers({ values: "numbers", raw: "int64", width: 8, scaling }, bytes, 0, 1, out, 0);
          const floor = count / per - (count % per < 0n ? 1n : 0n);
          expect(out[0]).toBe(Number(floor));
        },
      ),
    );
  });
});

describe("thriftStructEnd", () => {
  it("refuses a list longer than its bytes, and never hangs on any bytes", () => {
    expect(() => thriftStructEnd(Uint8Array.of(0x19, 0xfc, 0xff, 0xff, 0xff, 0x7f, 0), 0)).toThrow("a list of");
    expect(thriftStructEnd(Uint8Array.of(0x15, 0x02, 0x18, 0x01, 0x61, 0x00, 9), 0)).toBe(6);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(thriftStructEnd(bytes, 0)).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
