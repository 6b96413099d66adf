import { element, escapeText, type Markup } from "../charts/svg.ts";
import { formatNumber } from "../format.ts";

/** A part of the page with a heading of its own; empty where it has nothing to show. */
export interface Section {
  /** Plain letters and dashes. */
  readonly id: string;
  /** In the navigation. */
  readonly short: string;
  readonly title: string;
  /** How to read it, in a sentence or two; foreign text must be escaped. Default none. */
  readonly lead?: Markup;
  readonly body: Markup;
}

export function renderSection({ id, title, lead, body }: Section): Markup {
  const heading = element("h2", { id: `${id}-heading` }, escapeText(title));
  const introduction = lead === undefined ? "" : element("p", {}, lead);
  return element("section", { id, "aria-labelledby": `${id}-heading` }, heading, introduction, body);
}

/** A chart or a table with its title and a line on what it shows. */
export function card(title: string, note: string, body: Markup, wide = false): Markup {
  const says = note === "" ? "" : element("p", {}, escapeText(note));
  return element("div", { class: wide ? "card wide" : "card" }, element("h3", {}, escapeText(title)), says, body);
}

/** Cards in columns: as many as leave no lonely card in the last line. Empty ones are left out. */
export function cards(...items: readonly Markup[]): Markup {
  const shown = items.filter((item) => item !== "");
  const narrow = shown.filter((item) => !item.startsWith('<div class="card wide"')).length;
  const columns = narrow % 3 === 0 || (narrow % 2 === 1 && narrow > 1) ? "" : " pairs";
  return element("div", { class: `cards${columns}` }, ...shown);
}

/** A number for a table; a dash where there is none. */
export function numberText(value: number | null | undefined): string {
  return value === null || value === undefined || Number.isNaN(value) ? "–" : formatNumber(value);
}

/** A number that counts, with its name above and a remark below. */
export function tile(name: string, value: string, remark = ""): Markup {
  return element(
    "div",
    { class: /^\p{L}/u.test(value) ? "tile words" : "tile" },
    element("dt", {}, escapeText(name)),
    element("dd", { class: "figure" }, escapeText(value)),
    remark === "" ? "" : element("dd", {}, escapeText(remark)),
  );
}

export interface HtmlColumn {
  readonly title: string;
  readonly number?: boolean;
}

/** A table that scrolls sideways where it is narrow, also by keyboard. Cells are markup. */
export function htmlTable(
  caption: string,
  columns: readonly HtmlColumn[],
  rows: readonly { readonly cells: readonly Markup[]; readonly class?: string }[],
  tall = false,
): Markup {
  const head = columns.map(({ title, number }) =>
    element("th", { scope: "col", class: number === true ? "number" : undefined }, escapeText(title)),
  );
  const body = rows.map((row) =>
    element(
      "tr",
      { class: row.class },
      ...row.cells.map((cell, i) => element("td", { class: columns[i]?.number === true ? "number" : "name" }, cell)),
    ),
  );
  return element(
    "div",
    { class: tall ? "scroll tall" : "scroll", tabindex: 0, role: "region", "aria-label": caption },
    element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body)),
  );
}

/** Names and values, one a line. Values are markup. */
export function facts(lines: readonly (readonly [name: string, value: Markup])[]): Markup {
  return element(
    "dl",
    { class: "facts" },
    ...lines.map(([name, value]) => element("dt", {}, escapeText(name)) + element("dd", {}, value)),
  );
}
