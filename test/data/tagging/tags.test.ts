import { expect, it } from "vitest";
import { tagClasses, tokenTags } from "../../../src/data/tagging/tags.ts";

it("the same entities are read from every scheme of tags", () => {
  const schemes = {
    iob1: "I-a I-a I-a B-a O I-b I-b",
    iob2: "B-a I-a I-a B-a O B-b I-b",
    iobes: "B-a I-a E-a S-a O B-b E-b",
    bilou: "B-a I-a L-a U-a O B-b L-b",
  };
  for (const tags of Object.values(schemes)) {
    expect(tokenTags("one two three four five six seven", tags)).toEqual(schemes.iob2.split(" "));
    expect(tagClasses([tags])).toEqual(["O", "B-a", "I-a", "B-b", "I-b"]);
  }
});
