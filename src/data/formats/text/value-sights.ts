import type { ColumnKind, JsonValue } from "../../../core/index.ts";
import { readDate } from "../../../kernels/csv/index.ts";
import { isList, needsDouble } from "./kinds.ts";
import type { SeenColumn } from "./value-columns.ts";

type Sight =
  | "number"
  | "wide"
  | "boolean"
  | "year"
  | "month"
  | "day"
  | "either"
  | "zoned"
  | "zoneless"
  | "string"
  | "nested";

/** The sights of a column; a new one is put behind the others. */
export function sightsOf(seen: Map<string, ValueSights>, name: string): ValueSights {
  const known = seen.get(name) ?? new ValueSights();
  seen.set(name, known);
  return known;
}

/** What the values of a column were seen to be: numbers, booleans, dates, other strings and lists, or what is no value of a table. */
export class ValueSights {
  readonly #seen = new Set<Sight>();

  note(value: JsonValue): void {
    const seen = this.#seen;
    if (value === null) return;
    if (typeof value === "number") seen.add("number");
    else if (typeof value === "boolean") seen.add("boolean");
    else if (typeof value === "object") seen.add(isList(value) ? "string" : "nested");
    // One string that is no date settles the matter.
    else if (!seen.has("string")) this.#noteText(value);
    if (typeof value === "number" && needsDouble(value)) seen.add("wide");
  }

  #noteText(value: string): void {
    const date = readDate(value);
    this.#seen.add(date?.order ?? "string");
    if (date?.zoned !== undefined) this.#seen.add(date.zoned ? "zoned" : "zoneless");
  }

  /** Undefined where values are nested: no column of a table. A mixture is categorical, by its text. */
  kind(): ColumnKind | undefined {
    const seen = this.#seen;
    if (seen.has("nested")) return undefined;
    const dates = (["year", "month", "day", "either"] as const).some((order) => seen.has(order));
    const sorts = [dates, seen.has("number"), seen.has("boolean")].filter(Boolean).length;
    if (seen.has("string") || sorts > 1) return "categorical";
    if (seen.has("boolean")) return "boolean";
    if (!dates) return "numeric";
    const bothOrders = seen.has("month") && seen.has("day");
    const unclear = seen.has("either") && !seen.has("month") && !seen.has("day");
    return bothOrders || unclear ? "categorical" : "date";
  }

  /** True where no value but null was seen. */
  get nothing(): boolean {
    return this.#seen.size === 0;
  }

  /** What a scan says of the column. */
  column(name: string): SeenColumn {
    const seen = this.#seen;
    return {
      name,
      kind: this.kind(),
      wide: seen.has("wide"),
      dayFirst: seen.has("day"),
      mixedZones: seen.has("zoned") && seen.has("zoneless"),
    };
  }
}
