import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/backends/index.ts";

describe("the diagnosis", () => {
  it("has every part once, each with what was seen, and a remedy where something is wrong", async () => {
    const parts = await diagnose();
    expect(parts.map(({ part }) => part)).toEqual([
      ...["node", "packages", "webassembly", "python", "compiler", "tensorflow", "backend wasm", "backend cpu"],
    ]);
    for (const { part, state, detail, remedy } of parts) {
      expect(detail, part).not.toBe("");
      if (state !== "ok") expect(remedy, part).toMatch(/\.$/);
    }
    for (const name of ["node", "packages", "webassembly", "backend wasm", "backend cpu"])
      expect(parts.find(({ part }) => part === name)!.state, name).toBe("ok");
  });
});
