import { printable } from "../style.ts";

/** Markup that may stand in a page as it is: made by `element` and `escapeText` only. */
export type Markup = string;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Foreign text (a column's name, a category, a path) as it may stand in text and in attributes. */
export function escapeText(text: string): Markup {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

export type Attributes = Readonly<Record<string, string | number | undefined>>;

const VOID = new Set(["meta", "br", "line", "rect", "circle", "path", "polygon", "polyline"]);

/** An element of HTML or SVG. Attributes are escaped; numbers are rounded to a hundredth; undefined ones are left out. */
export function element(name: string, attributes: Attributes = {}, ...children: readonly Markup[]): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? rounded(value) : escapeText(String(value))}"`);
  if (VOID.has(name) && children.length === 0) return `<${name}${written.join("")}/>`;
  return `<${name}${written.join("")}>${children.join("")}</${name}>`;
}

/** A coordinate with at most two decimals; 0 for what is no finite number. */
export function rounded(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 100) / 100 + 0) : "0";
}

/** The tooltip of a mark. */
export function tooltip(text: string): Markup {
  return element("title", {}, escapeText(text));
}

/** A label in a chart. */
export function label(x: number, y: number, text: string, attributes: Attributes = {}): Markup {
  return element("text", { x, y, ...attributes }, escapeText(text));
}

/** A text that is cut where it would be longer than some characters. */
export function shortened(text: string, length: number): string {
  const characters = [...printable(text)];
  return characters.length <= length ? characters.join("") : `${characters.slice(0, length - 1).join("")}…`;
}

/** What every chart is told. */
export interface ChartText {
  /** Unique in the page, plain letters and dashes: names the parts for assistive programs. */
  readonly id: string;
  readonly title: string;
  /** What the chart shows, in words, for who cannot see it. */
  readonly description: string;
}

/** Wraps a chart. Its text scales with its width: charts are drawn for about the width at which they are shown. */
export function chart({ id, title, description }: ChartText, width: number, height: number, body: Markup): Markup {
  return element(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-labelledby": `${id}-title ${id}-description`,
      class: "chart",
    },
    element("title", { id: `${id}-title` }, escapeText(title)),
    element("desc", { id: `${id}-description` }, escapeText(description)),
    body,
  );
}
