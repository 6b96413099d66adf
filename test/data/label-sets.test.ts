import { describe, expect, it } from "vitest";
import type { StringColumn, Task } from "../../src/core/index.ts";
import { labelsOf, separatorOf } from "../../src/data/label-sets.ts";
import { createTargetEncoder } from "../../src/data/target.ts";

describe("sets of labels", () => {
  it.each([
    [["joy", "joy;anger"], ";", ["joy", "anger"]],
    [["joy, love", "anger"], ",", ["joy", "love"]],
    [["a|b", "c, d|e"], "|", ["a", "b"]],
    [['["joy", "anger"]'], ",", ["joy", "anger"]],
    [["['joy']"], ",", ["joy"]],
    [['["a; b","c"]'], ";", ["a; b", "c"]],
    [["['joy' 'love']"], ",", ["joy", "love"]],
    [["[2 14]"], ",", ["2", "14"]],
    [["[2, 14]"], ",", ["2", "14"]],
    [["one label"], ",", ["one label"]],
  ])("are told apart in %j", (cells, separator, labels) => {
    expect(separatorOf(cells)).toBe(separator);
    expect(labelsOf(cells.at(cells.length === 1 ? 0 : separator === ";" ? 1 : 0)!, separator)).toEqual(labels);
  });

  it("become ones and zeros, in the order of the classes, and NaN where nothing is said", () => {
    const task: Task = { kind: "multilabel", target: "l", classes: ["anger", "joy", "love"], separator: "," };
    const column: StringColumn = {
      kind: "categorical",
      name: "l",
      codes: Uint8Array.of(1, 0, 2),
      dictionary: ["love,joy", "[]"],
    };
    expect([...createTargetEncoder(task)(column)]).toEqual([0, 1, 1, Number.NaN, Number.NaN, Number.NaN, 0, 0, 0]);
  });

  it("refuse a label that training did not know", () => {
    const task: Task = { kind: "multilabel", target: "l", classes: ["anger", "joy"], separator: "," };
    const column: StringColumn = { kind: "categorical", name: "l", codes: Uint8Array.of(1), dictionary: ["joy,envy"] };
    expect(() => createTargetEncoder(task)(column)).toThrow(/classes seen in training, got "envy"/);
  });
});
