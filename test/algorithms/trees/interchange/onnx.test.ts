import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromOnnx, toOnnx } from "../../../../src/algorithms/trees/interchange/index.ts";
import {
  difference,
  exportable,
  fixture,
  golden,
  losses,
  predictGolden,
  predictRowsOf,
  readFixture,
} from "./golden.ts";

interface Peers {
  readonly cells: readonly (readonly number[])[];
  readonly missing: readonly (readonly (number | null)[])[];
  readonly models: Readonly<
    Record<string, { readonly missing: boolean; readonly predictions: readonly (readonly number[])[] }>
  >;
}

/** Models of other converters and what ONNX Runtime predicts with them; `make_onnx.py`. */
const peers = JSON.parse(
  readFileSync(new URL("../../../fixtures/interchange/onnx.json", import.meta.url), "utf8"),
) as Peers;

describe("ONNX models of other converters predict here as in ONNX Runtime", () => {
  it.each(Object.entries(peers.models))("%s", async (name, { missing, predictions }) => {
    const ours = await predictRowsOf(fromOnnx(fixture(name)), missing ? peers.missing : peers.cells);
    expect(difference(ours, predictions.flat())).toBeLessThan(2e-6);
  });
});

describe("models that are written as ONNX and read again predict the same", () => {
  it.each([...Object.keys(golden.models), ...Object.keys(losses.models)])("%s", async (name) => {
    const imported = readFixture(name);
    const bytes = toOnnx(exportable(imported));
    expect(difference(await predictGolden(imported), await predictGolden(fromOnnx(bytes)))).toBeLessThan(1e-12);
  });
});

describe("refuses", () => {
  it("several ensembles", () => {
    expect(() => fromOnnx(fixture("refused-adaboost.onnx"))).toThrow("one operator of trees");
  });

  it("files cut anywhere, or with other bytes, with a clear error or a model", () => {
    const bytes = fixture("onnx-modes-double.onnx");
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const changed = cut ? bytes.subarray(0, at) : Uint8Array.from(bytes);
        if (!cut) changed[at] = byte;
        try {
          fromOnnx(changed);
        } catch (error) {
          expect((error as Error).message).toMatch(/^Cannot/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
