import { numberFormatter } from "../kind-conversion.ts";
import type { ColumnLayout } from "./file-layout.ts";

/** How numbers of a column are written where it is read as strings: by their names, if the file has some. Null is missing. */
export function textOfNumbers({ valueKind, decoding, names }: ColumnLayout): (value: number) => string | null {
  const format = numberFormatter(valueKind, decoding.values === "numbers" && decoding.raw === "float32");
  if (names === undefined) return format;
  // Writers of such names mark what has no label by -1.
  return (value) => names[value] ?? (value < 0 ? null : format(value));
}
