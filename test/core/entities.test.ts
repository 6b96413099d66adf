import { expect, it } from "vitest";
import { entitiesOf } from "../../src/core/index.ts";

it("the same entities are read from every scheme of tags", () => {
  const entities = [
    { type: "a", first: 0, last: 2 },
    { type: "a", first: 3, last: 3 },
    { type: "b", first: 5, last: 6 },
  ];
  const schemes = {
    iob1: "I-a I-a I-a B-a O I-b I-b",
    iob2: "B-a I-a I-a B-a O B-b I-b",
    iobes: "B-a I-a E-a S-a O B-b E-b",
    bilou: "B-a I-a L-a U-a O B-b L-b",
  };
  for (const tags of Object.values(schemes)) expect(entitiesOf(tags.split(" "))).toEqual(entities);
});
