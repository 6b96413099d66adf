/** What a text may use: measured once for a stream, passed to everything that renders. Plain data. */
export interface Style {
  /** Columns of the terminal; reports stay within it where any layout can (40 and more). */
  readonly width: number;
  readonly color: boolean;
  /** False where only ASCII is safe. */
  readonly unicode: boolean;
}

/** For files, logs and pipes. */
export const PLAIN_STYLE: Style = { width: 100, color: false, unicode: true };

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** Wraps text in the terminal's codes where the style has colour; else gives it back as it is. */
export function paint(style: Style, kind: keyof typeof CODES, text: string): string {
  if (!style.color || text === "") return text;
  const [open, close] = CODES[kind];
  return `\u001b[${open}m${text}\u001b[${close}m`;
}

/** The sign for a style: the first where Unicode is safe, else the second. */
export function sign(style: Style, unicode: string, ascii: string): string {
  return style.unicode ? unicode : ascii;
}

const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)?/g;
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/**
 * Makes foreign text (a column's name, a cell, a path) safe to print: no escape sequence, no control or direction character
 * reaches the terminal. One line comes out.
 */
export function printable(text: string): string {
  return text.replace(ESCAPES, "").replace(CONTROLS, " ");
}
