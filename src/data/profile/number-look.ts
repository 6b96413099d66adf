/** What a string looks like where numbers are expected. */
export type NumberLook = "whole" | "point" | "comma" | "grouped" | "coded" | "none";

export const NUMBER_LOOKS: readonly NumberLook[] = ["whole", "point", "comma", "grouped", "coded", "none"];

/**
 * `whole` 12, `point` 1.5 or 2e3, `comma` 1,5 or 1.234,5 (a decimal comma for sure), `grouped` 1,234 (either), `coded` 007 (digits
 * that a number would lose), `none` anything else.
 */
export function numberLook(text: string): NumberLook {
  const first = text.charCodeAt(0);
  // Most strings are no numbers, and say so at once: only blanks, signs, points and digits may begin one.
  if (!(first <= 32 || first === 43 || first === 45 || first === 46 || (first >= 48 && first <= 57))) return "none";
  const word = text.trim();
  if (/^[+-]?0\d/.test(word)) return "coded";
  if (/^[+-]?\d+$/.test(word)) return "whole";
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(word)) return "point";
  if (/^[+-]?[1-9]\d{0,2}(?:,\d{3})+$/.test(word)) return "grouped";
  return /^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+$/.test(word) ? "comma" : "none";
}
