import { describe, expect, it } from "vitest";
import { KaaykoError, type ParameterSpec, parseParameter, resolveParameters, suggest } from "../../src/core/index.ts";

const spec = (type: ParameterSpec["type"], rest: Partial<ParameterSpec> = {}): ParameterSpec => ({
  name: "x",
  type,
  description: "",
  ...rest,
});

describe("parseParameter", () => {
  it.each([
    ["integer", "12", 12],
    ["number", "1e-3", 0.001],
    ["number", " .5", 0.5],
    ["boolean", "yes", true],
    ["boolean", false, false],
    ["duration", "30m", 1800],
    ["duration", "1.5h", 5400],
    ["duration", 10, 10],
    ["bytes", "2GB", 2e9],
    ["bytes", "1GiB", 2 ** 30],
    ["list", "a, b,,c", ["a", "b", "c"]],
    ["string", "s", "s"],
  ] as const)("reads %s %j", (type, raw, value) => {
    expect(parseParameter(spec(type), raw)).toEqual(value);
  });

  it.each([
    ["integer", "1.5", "a whole number"],
    ["integer", "0x10z", "a number"],
    ["number", "", "a number"],
    ["number", "Infinity", "a number"],
    ["boolean", "maybe", "true or false"],
    ["duration", "5 parsecs", "a time such as"],
    ["bytes", "-2GB", "a size such as"],
  ] as const)("refuses %s %j", (type, raw, rule) => {
    expect(() => parseParameter(spec(type), raw)).toThrow(rule);
  });

  it("keeps ranges and choices", () => {
    expect(() => parseParameter(spec("integer", { min: 1 }), "0")).toThrow(
      'Cannot set x: it must be at least 1, got "0"',
    );
    expect(() => parseParameter(spec("choice", { choices: ["random", "time"] }), "tme")).toThrow(
      expect.objectContaining({ remedy: 'Did you mean "time"?' }),
    );
  });
});

describe("resolveParameters", () => {
  const specs = [spec("integer", { name: "rounds", default: 100 }), spec("string", { name: "data" })];
  it("fills in defaults and leaves out what nobody gave", () => {
    expect(resolveParameters(specs, { data: undefined }, "setting")).toEqual({ rounds: 100 });
  });
  it("refuses an unknown name with a suggestion", () => {
    const attempt = () => resolveParameters(specs, { ronuds: 3 }, "setting");
    expect(attempt).toThrow(KaaykoError);
    expect(attempt).toThrow(expect.objectContaining({ exitCode: 2, remedy: 'Did you mean "rounds"?' }));
  });
});

describe("suggest", () => {
  it("finds the nearest word and stays silent where none is near", () => {
    expect(suggest("xgbost", ["xgboost", "mlp"])).toBe("xgboost");
    expect(suggest("tran", ["train", "status"])).toBe("train");
    expect(suggest("banana", ["train", "status"])).toBeUndefined();
  });
});
